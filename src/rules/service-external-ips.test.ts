import { describe } from 'vitest'
import { deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { serviceExternalIps } from './service-external-ips.ts'

const PORTS = '    - port: 80\n      targetPort: 8080\n'
const web = deployment('web')

describe('service-external-ips', () => {
  const taking = (more: string) => service('web', PORTS, { more })

  finds(serviceExternalIps, 'an address of somebody', {
    head: documents(web, taking('  externalIPs:\n    - 198.51.100.7\n')),
    at: 'app.yaml: - 198.51.100.7',
    severity: 'high',
    witness: 'internet → shop/web TCP 8080',
    says: ['CVE-2020-8554', '198.51.100.7'],
    patched: documents(web, taking('')),
  })
  finds(serviceExternalIps, 'one address more', {
    base: documents(web, taking('  externalIPs: [198.51.100.7]\n')),
    head: documents(web, taking('  externalIPs: [198.51.100.7, 8.8.8.8]\n')),
    at: 'app.yaml: externalIPs: [198.51.100.7, 8.8.8.8]',
  })

  silent(serviceExternalIps, 'no address', { head: documents(web, taking('  externalIPs: []\n')) })
  silent(serviceExternalIps, 'the same address', {
    base: documents(web, taking('  externalIPs: [198.51.100.7]\n')),
    head: documents(taking('  externalIPs:\n  - 198.51.100.7\n'), web),
  })
  silent(serviceExternalIps, 'an address of a load balancer', {
    head: documents(web, taking('  type: LoadBalancer\n  loadBalancerIP: 198.51.100.7\n')),
  })
})
