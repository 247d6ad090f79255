import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { noContainers } from './no-containers.ts'

const resource = (type: string, spec: string, more = '') => ({
  'main.tf': `${more}resource "${type}" "web" {\n  metadata {\n    name = "web"\n  }\n${spec}}\n`,
})

describe('no-containers', () => {
  finds(noContainers, 'a pod without spec', {
    head: resource('kubernetes_pod', ''),
    at: 'main.tf: resource "kubernetes_pod" "web" {',
    severity: 'note',
    says: ['cannot be judged'],
    patched: 'none',
  })
  finds(noContainers, 'a template without containers', {
    head: resource('kubernetes_deployment_v1', '  spec {\n    template {\n      spec {\n      }\n    }\n  }\n'),
    at: 'main.tf: resource "kubernetes_deployment_v1" "web" {',
  })

  silent(noContainers, 'a container', {
    head: resource('kubernetes_pod_v1', '  spec {\n    container {\n      name = "web"\n    }\n  }\n'),
  })
  silent(noContainers, 'containers that are not known', {
    head: resource(
      'kubernetes_pod_v1',
      '  spec {\n    dynamic "container" {\n      for_each = var.all\n      content {\n        name = container.value\n      }\n    }\n  }\n',
      'variable "all" {}\n',
    ),
  })
  silent(noContainers, 'a fragment of a manifest', {
    head: 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n',
  })
})
