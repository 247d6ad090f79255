import { describe } from 'vitest'
import { denyAll, deployment, documents, ingress, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { ingressExposes } from './ingress-exposes.ts'

const app = documents(deployment('web'), service('web', '    - port: 80\n      targetPort: 8080\n'))
const to = (options: Partial<Parameters<typeof ingress>[1]> = {}) =>
  ingress('web', { service: 'web', port: 80, ...options })

describe('ingress-exposes', () => {
  finds(ingressExposes, 'a workload behind a host', {
    base: app,
    head: documents(app, to()),
    at: 'app.yaml: service:',
    severity: 'low',
    witness: 'internet → shop/web TCP 8080',
    says: ['shop/web through Ingress/shop/web', 'not known from here'],
    patched: 'none',
  })
  finds(ingressExposes, 'a console for administrators', {
    head: documents(
      deployment('grafana'),
      service('grafana', '    - port: 80\n      targetPort: 8080\n'),
      to({ service: 'grafana' }),
    ),
    at: 'app.yaml: service:',
    severity: 'high',
    says: ['console'],
  })

  silent(ingressExposes, 'a policy that lets no controller in', { head: documents(app, denyAll(), to()) })
  silent(ingressExposes, 'one more path to the same workload', {
    base: documents(app, to()),
    head: documents(app, to(), ingress('web2', { service: 'web', port: 80, host: 'www.acme.io' })),
  })
  silent(ingressExposes, 'a Service that is not there', { head: documents(app, to({ service: 'api' })) })
})
