import { describe } from 'vitest'
import { deployment } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { hostPort } from './host-port.ts'

const web = deployment('web')

describe('host-port', () => {
  const port = web.replace('- containerPort: 8080\n', '- containerPort: 8080\n              hostPort: 80\n')

  finds(hostPort, 'a port of the node', {
    head: port,
    at: 'app.yaml: - containerPort: 8080',
    severity: 'low',
    witness: 'internet → shop/web TCP 8080',
    says: ['port 80 of every node'],
    patched: web,
  })
  finds(hostPort, 'flow style', {
    head: web.replace('- containerPort: 8080\n', '- {containerPort: 8080, hostPort: 80}\n'),
    at: 'app.yaml: - {containerPort: 8080, hostPort: 80}',
    patched: web.replace('- containerPort: 8080\n', '- {containerPort: 8080}\n'),
  })

  silent(hostPort, 'a port of the container', { head: web })
  silent(hostPort, 'port 0', { head: port.replace('hostPort: 80', 'hostPort: 0') })
  silent(hostPort, 'in the network of the node another finding says it', {
    head: port.replace('    spec:\n', '    spec:\n      hostNetwork: true\n'),
  })
})
