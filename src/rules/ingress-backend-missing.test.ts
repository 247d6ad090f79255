import { describe } from 'vitest'
import { deployment, documents, ingress, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { ingressBackendMissing } from './ingress-backend-missing.ts'

const app = documents(deployment('web'), service('web', '    - port: 80\n      targetPort: 8080\n'))
const to = (options: Partial<Parameters<typeof ingress>[1]> = {}) =>
  ingress('web', { service: 'web', port: 80, ...options })

describe('ingress-backend-missing', () => {
  finds(ingressBackendMissing, 'a Service that is not there', {
    head: documents(app, to({ service: 'api' })),
    at: 'app.yaml: service:',
    severity: 'low',
    says: ['no Service api', 'web is'],
  })
  finds(ingressBackendMissing, 'a port that the Service has not', {
    head: documents(app, to({ port: 8080 })).replace('targetPort: 8080', 'targetPort: http'),
    at: 'app.yaml: service:',
    says: ['Service/shop/web has no port 8080'],
  })

  silent(ingressBackendMissing, 'Service and port are there', { head: documents(app, to()) })
  silent(ingressBackendMissing, 'no Service of the namespace is in the tree', { head: to() })
})
