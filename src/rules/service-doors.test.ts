import { describe } from 'vitest'
import { denyAll, deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { hostNetwork } from './host-network.ts'
import { hostPort } from './host-port.ts'
import { serviceExternalIps } from './service-external-ips.ts'
import { serviceNodeport } from './service-nodeport.ts'
import { serviceSelectsNothing } from './service-selects-nothing.ts'
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
