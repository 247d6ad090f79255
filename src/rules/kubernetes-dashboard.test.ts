import { describe } from 'vitest'
import { deployment } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { kubernetesDashboard } from './kubernetes-dashboard.ts'

const web = (image: string) => deployment('web').replace('example/web:1', image)

describe('kubernetes-dashboard', () => {
  finds(kubernetesDashboard, 'by its image', {
    head: web('docker.io/kubernetesui/dashboard:v2.7.0'),
    at: 'app.yaml: apiVersion: apps/v1',
    severity: 'low',
    says: ['shop/web'],
    patched: 'none',
  })
  finds(kubernetesDashboard, 'by its former image', {
    head: web('k8s.gcr.io/kubernetes-dashboard-amd64:v1.10.1'),
    at: 'app.yaml: apiVersion: apps/v1',
  })
  finds(kubernetesDashboard, 'by the labels of its pods', {
    head: deployment('web').replaceAll('app: web', 'k8s-app: kubernetes-dashboard'),
    at: 'app.yaml: apiVersion: apps/v1',
  })
  finds(kubernetesDashboard, 'only the image changes', {
    base: web('example/web:1'),
    head: web('kubernetesui/dashboard@sha256:0'),
    at: 'app.yaml: apiVersion: apps/v1',
  })

  silent(kubernetesDashboard, 'another dashboard', { head: web('grafana/dashboard:1') })
  silent(kubernetesDashboard, 'it was so before', {
    base: web('kubernetesui/dashboard:v2.6.0'),
    head: web('kubernetesui/dashboard:v2.7.0'),
  })
})
