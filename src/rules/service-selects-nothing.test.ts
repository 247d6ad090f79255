import { describe } from 'vitest'
import { deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { serviceSelectsNothing } from './service-selects-nothing.ts'

const PORTS = '    - port: 80\n      targetPort: 8080\n'
const web = deployment('web')

describe('service-selects-nothing', () => {
  finds(serviceSelectsNothing, 'a slip in a label', {
    head: documents(web, service('web', PORTS).replace('app: web', 'app: wbe')),
    at: 'app.yaml: apiVersion: v1',
    severity: 'low',
    says: ['app=wbe', 'shop/web has app=web'],
    patched: documents(web, service('web', PORTS)),
  })
  finds(serviceSelectsNothing, 'pods that are not there', {
    head: documents(web, service('legacy', PORTS)),
    at: 'app.yaml: apiVersion: v1',
    patched: 'none',
  })

  silent(serviceSelectsNothing, 'a match', { head: documents(web, service('web', PORTS)) })
  silent(serviceSelectsNothing, 'no workload of the namespace is in the tree', {
    head: documents(deployment('web', { namespace: 'pay' }), service('web', PORTS)),
  })
  silent(serviceSelectsNothing, 'a Service without selector', {
    head: documents(web, service('db', PORTS).replace('  selector:\n    app: db\n', '')),
  })
  silent(serviceSelectsNothing, 'pods in the network of their node', {
    head: documents(web.replace('    spec:\n', '    spec:\n      hostNetwork: true\n'), service('web', PORTS)),
  })
})
