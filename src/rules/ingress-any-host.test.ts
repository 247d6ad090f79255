import { describe } from 'vitest'
import { deployment, documents, ingress, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { ingressAnyHost } from './ingress-any-host.ts'

const app = documents(deployment('web'), service('web', '    - port: 80\n      targetPort: 8080\n'))
const to = (options: Partial<Parameters<typeof ingress>[1]> = {}) =>
  ingress('web', { service: 'web', port: 80, ...options })

describe('ingress-any-host', () => {
  finds(ingressAnyHost, 'a rule without host', {
    head: documents(app, to({ host: '' })),
    at: 'app.yaml: - http:',
    severity: 'low',
    says: ['every host name'],
  })
  finds(ingressAnyHost, 'a default back end alone', {
    head: documents(
      app,
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  defaultBackend:\n    service: {name: web, port: {number: 80}}\n',
    ),
    at: 'app.yaml: service: {name: web, port: {number: 80}}',
  })

  silent(ingressAnyHost, 'a host', { head: documents(app, to()) })
  silent(ingressAnyHost, 'a wildcard of one domain', { head: documents(app, to({ host: '"*.acme.io"' })) })
  silent(ingressAnyHost, 'a default back end beside rules', {
    head: documents(app, to({ more: '  defaultBackend:\n    service: {name: web, port: {number: 80}}\n' })),
  })
})
