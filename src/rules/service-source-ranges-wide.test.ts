import { describe } from 'vitest'
import { denyAll, deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { serviceSourceRangesWide } from './service-source-ranges-wide.ts'

const PORTS = '    - port: 80\n      targetPort: 8080\n'
const web = deployment('web')

describe('service-source-ranges-wide', () => {
  const lb = (ranges: string) =>
    service('web', PORTS, { more: `  type: LoadBalancer\n  loadBalancerSourceRanges: ${ranges}\n` })

  finds(serviceSourceRangesWide, 'a range of many owners', {
    head: documents(web, lb('[20.0.0.0/8]')),
    at: 'app.yaml: loadBalancerSourceRanges: [20.0.0.0/8]',
    severity: 'medium',
    witness: 'internet → shop/web TCP 8080',
    says: ['17 million'],
    patched: 'none',
  })
  finds(serviceSourceRangesWide, 'an annotation', {
    head: documents(
      web,
      service('web', PORTS, {
        metadata: '  annotations:\n    service.beta.kubernetes.io/azure-allowed-ip-ranges: 20.0.0.0/8,40.0.0.0/8\n',
        more: '  type: LoadBalancer\n',
      }),
    ),
    at: 'app.yaml: service.beta.kubernetes.io/azure-allowed-ip-ranges: 20.0.0.0/8,40.0.0.0/8',
  })

  silent(serviceSourceRangesWide, 'ranges of an office', {
    head: documents(web, lb('[198.51.100.0/24, 203.0.113.0/24]')),
  })
  silent(serviceSourceRangesWide, 'private ranges', { head: documents(web, lb('[10.0.0.0/8]')) })
  silent(serviceSourceRangesWide, 'the whole internet is another finding', { head: documents(web, lb('[0.0.0.0/0]')) })
  silent(serviceSourceRangesWide, 'pods that policies close', { head: documents(web, denyAll(), lb('[20.0.0.0/8]')) })
  silent(serviceSourceRangesWide, 'the same range in halves', {
    base: documents(web, lb('[20.0.0.0/8]')),
    head: documents(web, lb('[20.0.0.0/9, 20.128.0.0/9]')),
  })
})
