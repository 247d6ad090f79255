import { describe } from 'vitest'
import { denyAll, deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { serviceNodeport } from './service-nodeport.ts'

const PORTS = '    - port: 80\n      targetPort: 8080\n'
const web = deployment('web')

describe('service-nodeport', () => {
  const nodePort = (ports: string, type = '  type: NodePort\n') => service('web', ports, { more: type })

  finds(serviceNodeport, 'a port on every node', {
    head: documents(web, nodePort('    - port: 80\n      nodePort: 30080\n      targetPort: 8080\n')),
    at: 'app.yaml: type: NodePort',
    severity: 'low',
    witness: 'internet → shop/web TCP 8080',
    says: ['port 30080 on every node', 'shop/web'],
    patched: documents(web, nodePort('    - port: 80\n      targetPort: 8080\n', '  type: ClusterIP\n')),
  })
  finds(serviceNodeport, 'a type in quotes', {
    head: documents(web, nodePort(PORTS, "  type: 'NodePort'\n")),
    at: "app.yaml: type: 'NodePort'",
    says: ['a port that the cluster picks'],
    patched: documents(web, nodePort(PORTS, "  type: 'ClusterIP'\n")),
  })

  silent(serviceNodeport, 'ClusterIP', { head: documents(web, service('web', PORTS)) })
  silent(serviceNodeport, 'pods that policies close', { head: documents(web, denyAll(), nodePort(PORTS)) })
  silent(serviceNodeport, 'a load balancer is another finding', {
    head: documents(web, nodePort(PORTS, '  type: LoadBalancer\n')),
  })
  silent(serviceNodeport, 'the same as before under another name', {
    base: documents(web, nodePort(PORTS)),
    head: documents(web, nodePort(PORTS).replace('name: web', 'name: front')),
  })
})
