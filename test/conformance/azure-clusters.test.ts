import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import { cluster, group, network, OVERLAY, peering, publicIp, subnet, workload } from '../azure/terraform-text.ts'

/** §5.4, §5.6, §6.3 and §10: rows of clusters that no other table holds. */

const BASE =
  network('hub', '10.1.0.0/16') +
  subnet('hub', 'nodes', '10.1.0.0/22') +
  subnet('hub', 'vms', '10.1.8.0/24') +
  subnet('hub', 'api', '10.1.9.0/27')
const FAR =
  network('far', '10.2.0.0/16') + subnet('far', 'desk', '10.2.0.0/24') + peering('hub', 'far') + peering('far', 'hub')
const PLAIN = BASE + cluster({ pool: 'system nodes' })
const PREFIX = 'service.beta.kubernetes.io/azure'
const balanced = (annotations: string, spec = '') => workload('a/web', 8080, `annotations: { ${annotations} }|${spec}`)
const OUTSIDE = '203.0.113.9 -> a/web TCP 8080'

describe('§5.4 "VNet integration: nodes use the private VIP even if public access stays on"; "443 and 4443"', () => {
  const integrated =
    'api_server_access_profile {\n virtual_network_integration_enabled = true\n subnet_id = azurerm_subnet.api.id\n }'
  const aks = (more = '') => BASE + cluster({ pool: 'system nodes', more: `${integrated}\n ${more}` })
  const closed = group('g', ['100 in deny Tcp 10.1.0.0/22 -> * 443'], ['api'])
  asks({ 'main.tf': aks() }, [
    ['node/system -> api-server TCP 443', 'allowed'],
    ['internet -> api-server TCP 443', 'allowed'],
  ])
  asks({ 'main.tf': aks() + closed }, [
    ['node/system -> api-server TCP 443', 'denied by nsg'],
    ['internet -> api-server TCP 443', 'allowed'],
  ])
  asks({ 'main.tf': aks('private_cluster_enabled = true') }, [
    ['node/system -> api-server TCP 443', 'allowed'],
    ['internet -> api-server TCP 443', 'denied by api-server'],
  ])
})

describe('§5.4 "enablePrivateClusterPublicFQDN: only DNS: the name resolves publicly to a private IP"', () => {
  const aks = (more: string) =>
    BASE + FAR + cluster({ pool: 'system nodes', more: `private_cluster_enabled = true\n ${more}` })
  asks({ 'main.tf': aks('') }, [['10.2.0.9 -> api-server TCP 443', 'denied by dns']])
  asks({ 'main.tf': aks('private_cluster_public_fqdn_enabled = true') }, [
    ['10.2.0.9 -> api-server TCP 443', 'allowed'],
    ['internet -> api-server TCP 443', 'denied by api-server'],
  ])
  describe('a zone of the tree that is linked does as well', () => {
    const zone = `resource "azurerm_private_dns_zone" "aks" {
  name = "privatelink.westeurope.azmk8s.io"
  resource_group_name = "rg"
}
resource "azurerm_private_dns_zone_virtual_network_link" "far" {
  name = "far"
  resource_group_name = "rg"
  private_dns_zone_name = azurerm_private_dns_zone.aks.name
  virtual_network_id = azurerm_virtual_network.far.id
}\n`
    asks({ 'main.tf': aks('private_dns_zone_id = azurerm_private_dns_zone.aks.id') + zone }, [
      ['10.2.0.9 -> api-server TCP 443', 'allowed'],
    ])
  })
  describe('§10 a client whose DNS server is not reached has no name to ask', () => {
    const lost = aks('').replace(
      'address_space = ["10.1.0.0/16"]',
      'address_space = ["10.1.0.0/16"]\n  dns_servers = ["10.9.9.9"]',
    )
    asks({ 'main.tf': lost }, [['10.1.8.9 -> api-server TCP 443', 'denied by dns']])
  })
})

describe('§6.3 what annotations make of the rules that AKS writes', () => {
  describe('"azure-disable-load-balancer-nsg-rule: no rules managed"', () => {
    const app = balanced(`${PREFIX}-disable-load-balancer-nsg-rule: "true"`)
    asks({ 'main.tf': PLAIN, 'app.yaml': app }, [[OUTSIDE, 'denied by nsg']])
  })
  describe('"both loadBalancerSourceRanges and azure-allowed-ip-ranges: rejected": nobody is let in for sure', () => {
    const app = balanced(`${PREFIX}-allowed-ip-ranges: 203.0.113.0/24`, 'loadBalancerSourceRanges: [198.51.100.0/24]')
    asks({ 'main.tf': PLAIN, 'app.yaml': app }, [['internet -> a/web TCP 8080', 'denied']])
  })
  describe('"legacy annotation load-balancer-source-ranges: those CIDRs"', () => {
    const app = balanced('service.beta.kubernetes.io/load-balancer-source-ranges: 203.0.113.0/24')
    asks({ 'main.tf': PLAIN, 'app.yaml': app }, [
      [OUTSIDE, 'allowed'],
      ['198.51.100.9 -> a/web TCP 8080', 'denied'],
    ])
  })
  describe('"spec.loadBalancerClass set: the Azure provider ignores the Service"', () => {
    asks({ 'main.tf': PLAIN, 'app.yaml': balanced('', 'loadBalancerClass: example.com/lb') }, [
      // By whom it is then led, and to whom, is not known.
      [OUTSIDE, 'unknown by service'],
    ])
  })
  describe('"azure-deny-all-except-load-balancer-source-ranges + ranges": closes the network to a public frontend too', () => {
    const app = balanced(
      `${PREFIX}-allowed-ip-ranges: 203.0.113.0/24, ${PREFIX}-deny-all-except-load-balancer-source-ranges: "true"`,
    )
    asks({ 'main.tf': PLAIN, 'app.yaml': app }, [
      [OUTSIDE, 'allowed'],
      ['198.51.100.9 -> a/web TCP 8080', 'denied by nsg'],
    ])
  })
  describe('"azure-load-balancer-internal-subnet puts the VIP in another subnet; its NSG does not filter, the node\'s does"', () => {
    const app = balanced(`${PREFIX}-load-balancer-internal: "true", ${PREFIX}-load-balancer-internal-subnet: vms`)
    const deny = (where: string) => group('g', ['100 in deny Tcp * -> * 8080'], [where])
    const ask = '10.2.0.9 -> a/web TCP 8080'
    asks({ 'main.tf': PLAIN + FAR + deny('vms'), 'app.yaml': app }, [[ask, 'allowed']])
    asks({ 'main.tf': PLAIN + FAR + deny('nodes'), 'app.yaml': app }, [[ask, 'denied by nsg']])
  })
  describe('"azure-pip-name: which public IP; no effect on reach"', () => {
    const app = balanced(`${PREFIX}-pip-name: web-ip`)
    asks({ 'main.tf': PLAIN + publicIp('web-ip'), 'app.yaml': app }, [[OUTSIDE, 'allowed']])
  })
  describe('"spec.type NodePort: from the internet only with node public IP + allow"', () => {
    const service = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: a }
spec:
  type: NodePort
  selector: { app: web }
  ports: [{ port: 8080, targetPort: 8080, nodePort: 30080 }]
---
`
    const app = workload('a/web', 8080) + service
    asks({ 'main.tf': PLAIN, 'app.yaml': app }, [
      [OUTSIDE, 'denied'],
      ['10.1.8.9 -> a/web TCP 8080', 'allowed'],
    ])
    const open = (port: number) => `node_public_ip_enabled = true
    node_network_profile {
      allowed_host_ports {
        port_start = ${port}
        port_end = ${port}
        protocol = "TCP"
      }
    }`
    const aks = (port: number) => BASE + cluster({ pool: 'system nodes', poolMore: open(port) })
    asks({ 'main.tf': aks(30080), 'app.yaml': app }, [[OUTSIDE, 'allowed']])
    asks({ 'main.tf': aks(30081), 'app.yaml': app }, [[OUTSIDE, 'denied by nsg']])
  })
})

describe('§10 peered VNet → pod: "peering both ways → NSG in (VirtualNetwork)"', () => {
  const app = balanced(`${PREFIX}-load-balancer-internal: "true"`)
  const ask = '10.2.0.9 -> a/web TCP 8080'
  const half = network('far', '10.2.0.0/16') + subnet('far', 'desk', '10.2.0.0/24') + peering('far', 'hub')
  asks({ 'main.tf': PLAIN + FAR, 'app.yaml': app }, [[ask, 'allowed']])
  asks({ 'main.tf': PLAIN + half, 'app.yaml': app }, [[ask, 'denied by route']])
  asks(
    { 'main.tf': PLAIN + FAR + group('g', ['100 in deny * VirtualNetwork -> * 8080'], ['nodes']), 'app.yaml': app },
    [[ask, 'denied by nsg']],
  )
})

describe('§5.1 "IPv6 pod egress uses the node\'s IPv6"; without a second family there is none', () => {
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', profile: OVERLAY }), 'app.yaml': workload('a/web', 8080) }, [
    ['a/web -> 2606:4700::1111 TCP 443', 'denied'],
    ['a/web -> 203.0.113.9 TCP 443', 'allowed'],
  ])
})
