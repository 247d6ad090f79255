import { describe } from 'vitest'
import { denyAll, deployment, documents } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { hostNetwork } from './host-network.ts'

const web = deployment('web')

describe('host-network', () => {
  const host = web.replace('    spec:\n', '    spec:\n      hostNetwork: true\n')

  finds(hostNetwork, 'a Deployment', {
    head: documents(host, denyAll()),
    at: 'app.yaml: hostNetwork: true',
    severity: 'medium',
    witness: 'shop/web → metadata TCP 80',
    says: ['no NetworkPolicy holds'],
    patched: documents(web, denyAll()),
  })

  silent(hostNetwork, 'false', { head: host.replace('hostNetwork: true', 'hostNetwork: false') })
  silent(hostNetwork, 'a text that is no boolean', { head: host.replace('hostNetwork: true', 'hostNetwork: "true"') })
  silent(hostNetwork, 'it was so before', { base: host, head: host.replace('web:1', 'web:2') })
  silent(hostNetwork, 'on the wrong level', {
    head: web.replace('spec:\n  selector', 'spec:\n  hostNetwork: true\n  selector'),
  })
})
