import { describe } from 'vitest'
import { deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { tiller } from './tiller.ts'

const server = (image: string, args = '') =>
  deployment('server').replace('example/server:1', image) + (args === '' ? '' : `          args: [${args}]\n`)

describe('tiller', () => {
  finds(tiller, 'a Service by its name', {
    head: service('tiller-deploy', '    - port: 44134\n'),
    at: 'app.yaml: apiVersion: v1',
    severity: 'medium',
    says: ['Service/shop/tiller-deploy'],
    patched: 'none',
  })
  finds(tiller, 'a Service by what it selects', {
    head: service('helm', '    - port: 44134\n').replace('app: helm', 'app: helm\n    name: tiller'),
    at: 'app.yaml: apiVersion: v1',
  })
  finds(tiller, 'a Service by its labels', {
    head: service('helm', '    - port: 44134\n', { metadata: '  labels: {app: helm, name: tiller}\n' }),
    at: 'app.yaml: apiVersion: v1',
  })
  finds(tiller, 'a Service of the Terraform provider', {
    head: {
      'main.tf':
        'resource "kubernetes_service_v1" "helm" {\n  metadata {\n    name = "helm"\n  }\n  spec {\n    selector = {\n      app  = "helm"\n      name = "tiller"\n    }\n    port {\n      port = 44134\n    }\n  }\n}\n',
    },
    at: 'main.tf: resource "kubernetes_service_v1" "helm" {',
  })
  finds(tiller, 'a workload by its image', {
    head: server('ghcr.io/helm/tiller:v2.17.0'),
    at: 'app.yaml: - name: server',
    says: ['shop/server', '--listen=localhost:44134'],
  })
  finds(tiller, 'it listens on every address', {
    head: server('ghcr.io/helm/tiller:v2.17.0', '--listen=:44134'),
    at: 'app.yaml: - name: server',
  })
  finds(tiller, 'only the flag changes', {
    base: server('ghcr.io/helm/tiller:v2.17.0', '--listen=localhost:44134'),
    head: server('ghcr.io/helm/tiller:v2.17.0', '--listen=0.0.0.0:44134'),
    at: 'app.yaml: - name: server',
  })

  silent(tiller, 'it listens on loopback', { head: server('ghcr.io/helm/tiller:v2.17.0', '--listen=localhost:44134') })
  silent(tiller, 'a word that only ends like it', {
    head: documents(server('acme/distiller:1'), service('distiller', '    - port: 80\n')),
  })
  silent(tiller, 'it was so before', {
    base: server('ghcr.io/helm/tiller:v2.16.0'),
    head: server('ghcr.io/helm/tiller:v2.17.0'),
  })
})
