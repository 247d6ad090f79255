import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import {
  applicationRules,
  cluster,
  firewall,
  group,
  NODE_SUBNET,
  natGateway,
  network,
  networkRules,
  OVERLAY,
  peering,
  pool,
  publicIp,
  routes,
  subnet,
  workload,
} from '../azure/terraform-text.ts'

/** Edge cases of Azure's network, one block each, under the section and the sentence that they come from. */

const BASE = network('hub', '10.1.0.0/16') + subnet('hub', 'nodes', '10.1.0.0/22') + subnet('hub', 'vms', '10.1.8.0/24')
const FAR =
  network('far', '10.2.0.0/16') + subnet('far', 'desk', '10.2.0.0/24') + peering('hub', 'far') + peering('far', 'hub')
const PLAIN = BASE + cluster({ pool: 'system nodes' })
const POD = workload('a/web', 8080)
const INTERNAL = 'annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" }'
const FIREWALL_ROUTE = routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['nodes'])
const wall = (collections: string, more = '') => firewall('hub', '10.1.250.0/26', collections, more) + FIREWALL_ROUTE
const NONE = `${OVERLAY}\n    outbound_type = "none"`

describe('§1.3 default outbound access', () => {
  describe('"azurerm sends default_outbound_access_enabled = true when absent"', () => {
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', profile: NONE }) }, [
      ['node/system -> internet TCP 443', 'allowed'],
      ['10.1.8.9 -> internet TCP 443', 'allowed'],
    ])
  })
  describe('"unless the subnet is private"', () => {
    const hidden =
      network('hub', '10.1.0.0/16') + subnet('hub', 'nodes', '10.1.0.0/22', 'default_outbound_access_enabled = false')
    asks({ 'main.tf': hidden + cluster({ pool: 'system nodes', profile: NONE }) }, [
      ['node/system -> internet TCP 443', 'denied by nat'],
    ])
    // "a UDR with next hop Internet needs an explicit egress method too"
    const routed =
      hidden + cluster({ pool: 'system nodes', profile: NONE }) + routes('r', ['Storage Internet'], ['nodes'])
    asks({ 'main.tf': routed }, [['node/system -> tag/Storage TCP 443', 'denied by nat']])
  })
  describe('"network API version ≥ 2025-07-01: subnets of a newly created VNet default to private"', () => {
    const bicep = (version: string) => `resource vnet 'Microsoft.Network/virtualNetworks@${version}' = {
  name: 'hub'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.1.0.0/16'] }
    subnets: [{ name: 'vms', properties: { addressPrefix: '10.1.8.0/24' } }]
  }
}
`
    asks({ 'main.bicep': bicep('2024-05-01') }, [['subnet/hub/vms -> internet TCP 443', 'allowed']])
    asks({ 'main.bicep': bicep('2025-07-01') }, [['subnet/hub/vms -> internet TCP 443', 'denied by nat']])
  })
})

describe('§1.4 which egress path: "UDR 0/0 > NAT gateway > instance IP > LB > default outbound > none"', () => {
  const nat = natGateway('nat', ['nodes'])
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', profile: NONE }) + nat }, [
    ['node/system -> internet TCP 443', 'allowed'],
    ['node/system -> internet UDP 123', 'allowed'],
    // "NAT gateway carries TCP/UDP only, no ICMP"
    ['node/system -> internet ICMP 0', 'denied by nat'],
  ])
  describe('"a more specific UDR to an appliance wins for its prefix only"', () => {
    const some =
      firewall('hub', '10.1.250.0/26', '') + routes('r', ['203.0.113.0/24 VirtualAppliance 10.1.250.4'], ['nodes'])
    asks({ 'main.tf': PLAIN + some }, [
      ['node/system -> 203.0.113.9 TCP 443', 'denied by firewall'],
      ['node/system -> internet TCP 443', 'allowed'],
    ])
  })
  describe('the route to the appliance wins over a NAT gateway', () => {
    asks({ 'main.tf': PLAIN + nat + wall('') }, [['node/system -> internet TCP 443', 'denied by firewall']])
  })
})

describe('§2.2 default rules: "an NSG with no rules still lets peered VNets and every subnet in, and everything out"', () => {
  asks({ 'main.tf': PLAIN + FAR + group('g', [], ['nodes', 'vms']) }, [
    ['10.2.0.9 -> 10.1.8.9 TCP 22', 'allowed'],
    ['node/system -> 10.1.8.9 TCP 22', 'allowed'],
    ['10.1.8.9 -> internet TCP 443', 'allowed'],
    ['10.2.0.9 -> node/system TCP 22', 'allowed'],
  ])
})

describe('§2.4 service tags', () => {
  describe('"denying Internet also denies Storage … unless allowed above it"', () => {
    const rules = ['100 out allow Tcp * -> Storage.WestEurope 443', '200 out deny * * -> Internet *']
    asks({ 'main.tf': PLAIN + group('g', rules, ['nodes']) }, [
      ['node/system -> tag/Storage.WestEurope TCP 443', 'allowed'],
      ['node/system -> tag/Storage.NorthEurope TCP 443', 'denied by nsg'],
      ['node/system -> tag/Storage TCP 443', 'unknown by nsg'],
      ['node/system -> tag/Sql TCP 443', 'denied by nsg'],
      ['node/system -> internet TCP 443', 'denied by nsg'],
    ])
  })
  describe('"AzureLoadBalancer: health probes only, not the clients\' traffic"', () => {
    const rules = ['100 in allow * AzureLoadBalancer -> * *', '200 in deny * * -> * *']
    asks({ 'main.tf': PLAIN + group('g', rules, ['nodes']), 'app.yaml': workload('a/web', 8080, ' ') }, [
      ['internet -> a/web TCP 8080', 'denied by nsg'],
    ])
  })
  describe('"AzureCloud: outbound allow = exfiltration path"', () => {
    const rules = ['100 out allow * * -> AzureCloud *', '200 out deny * * -> Internet *']
    asks({ 'main.tf': PLAIN + group('g', rules, ['nodes']) }, [
      ['node/system -> tag/Storage TCP 443', 'allowed'],
      ['node/system -> internet TCP 443', 'denied by nsg'],
    ])
  })
  describe('"0/0 UDR: add 0.0.0.0/0 to VirtualNetwork as possible"; "a specific UDR prefix is certainly in the tag"', () => {
    const rules = ['100 out deny * * -> VirtualNetwork *']
    const toFirewall = wall(networkRules('Allow', 200, ['Any * -> * *']))
    asks({ 'main.tf': PLAIN + toFirewall + group('g', rules, ['nodes']) }, [
      ['node/system -> internet TCP 443', 'unknown by nsg'],
      ['node/system -> 10.1.8.9 TCP 443', 'denied by nsg'],
    ])
    const specific = routes('r', ['203.0.113.0/24 Internet'], ['nodes'])
    asks({ 'main.tf': PLAIN + specific + group('g', rules, ['nodes']) }, [
      ['node/system -> 203.0.113.9 TCP 443', 'denied by nsg'],
      ['node/system -> internet TCP 443', 'allowed'],
    ])
  })
})

describe('§2.6 exempt platform traffic: "only an outbound Deny to the tag"', () => {
  asks(
    { 'main.tf': PLAIN + group('g', ['100 out deny * * -> 168.63.129.16/32 *', '110 out deny * * -> * *'], ['nodes']) },
    [
      ['node/system -> metadata TCP 80', 'allowed'],
      ['node/system -> 168.63.129.16 UDP 53', 'allowed'],
    ],
  )
  asks({ 'main.tf': PLAIN + group('g', ['100 out deny * * -> AzurePlatformDNS *'], ['nodes']) }, [
    ['node/system -> 168.63.129.16 UDP 53', 'denied by nsg'],
    ['node/system -> api.example.com TCP 443', 'denied by dns'],
    ['node/system -> metadata TCP 80', 'allowed'],
  ])
})

const vault = (more = '') => `resource "azurerm_key_vault" "kv" {
  name = "kvone"
  resource_group_name = "rg"
  location = "westeurope"
  tenant_id = "00000000-0000-0000-0000-000000000000"
  sku_name = "standard"
  ${more}
}
`
const zone = (...links: readonly string[]) => `resource "azurerm_private_dns_zone" "kv" {
  name = "privatelink.vaultcore.azure.net"
  resource_group_name = "rg"
}
${links
  .map(
    (link) => `resource "azurerm_private_dns_zone_virtual_network_link" "${link}" {
  name = "${link}"
  resource_group_name = "rg"
  private_dns_zone_name = azurerm_private_dns_zone.kv.name
  virtual_network_id = azurerm_virtual_network.${link}.id
}
`,
  )
  .join('')}`
const endpoint = (where: string, isManual = false) => `resource "azurerm_private_endpoint" "kv" {
  name = "pe"
  resource_group_name = "rg"
  location = "westeurope"
  subnet_id = azurerm_subnet.${where}.id
  private_service_connection {
    name = "kv"
    private_connection_resource_id = azurerm_key_vault.kv.id
    subresource_names = ["vault"]
    is_manual_connection = ${isManual}
  }
  private_dns_zone_group {
    name = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.kv.id]
  }
}
`
const CLOSED = 'public_network_access_enabled = false'
const withPolicies = (policies: string) =>
  PLAIN +
  subnet('hub', 'pe', '10.1.9.0/27', `private_endpoint_network_policies = "${policies}"`) +
  vault(CLOSED) +
  zone('hub') +
  endpoint('pe')

describe('§2.7 private endpoints and NSGs, routes', () => {
  const refuse = group('g', ['100 in deny * * -> * *'], ['pe'])
  describe('"Disabled: NSG rules of the endpoint\'s subnet do not apply"', () => {
    asks({ 'main.tf': withPolicies('Disabled') + refuse }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'allowed'],
    ])
  })
  describe('"NetworkSecurityGroupEnabled, Enabled switch on"', () => {
    asks({ 'main.tf': withPolicies('NetworkSecurityGroupEnabled') + refuse }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'denied by nsg'],
    ])
    asks({ 'main.tf': withPolicies('RouteTableEnabled') + refuse }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'allowed'],
    ])
  })
  describe('"the client subnet\'s outbound NSG always applies"', () => {
    asks({ 'main.tf': withPolicies('Disabled') + group('g', ['100 out deny * * -> 10.1.9.0/27 *'], ['nodes']) }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'denied by nsg'],
    ])
  })
  describe('"a client UDR can replace the /32 only if at least as long as the VNet prefix; 0.0.0.0/0 never does"', () => {
    const toWall = (prefix: string) =>
      firewall('hub', '10.1.250.0/26', '') + routes('r', [`${prefix} VirtualAppliance 10.1.250.4`], ['nodes'])
    asks({ 'main.tf': withPolicies('Enabled') + toWall('0.0.0.0/0') }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'allowed'],
    ])
    asks({ 'main.tf': withPolicies('Enabled') + toWall('10.0.0.0/8') }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'allowed'],
    ])
    asks({ 'main.tf': withPolicies('Enabled') + toWall('10.1.0.0/16') }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'denied by firewall'],
    ])
    asks({ 'main.tf': withPolicies('Disabled') + toWall('10.1.0.0/16') }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'allowed'],
    ])
  })
})

describe('§2.8 traps', () => {
  describe('"rule order is file order": the priority decides', () => {
    const rules = ['300 out deny Tcp * -> 10.1.8.0/24 22', '200 out allow Tcp * -> 10.1.8.9 22']
    asks({ 'main.tf': PLAIN + group('g', rules, ['nodes']) }, [
      ['node/system -> 10.1.8.9 TCP 22', 'allowed'],
      ['node/system -> 10.1.8.10 TCP 22', 'denied by nsg'],
    ])
  })
  describe('"treating Allow below a broader Deny as effective"', () => {
    const rules = ['100 out deny * * -> 10.1.0.0/16 *', '200 out allow Tcp * -> 10.1.8.9 22']
    asks({ 'main.tf': PLAIN + group('g', rules, ['nodes']) }, [['node/system -> 10.1.8.9 TCP 22', 'denied by nsg']])
  })
  describe('"a packet to a private address outside VirtualNetwork meets DenyAllOutBound before any route is asked"', () => {
    asks({ 'main.tf': PLAIN }, [
      ['node/system -> 10.9.0.9 TCP 443', 'denied by nsg'],
      ['10.1.8.9 -> 10.9.0.9 TCP 443', 'denied by route'],
    ])
  })
})

describe('§3.1 effective routes', () => {
  describe('"longest prefix; equal prefix: UDR > system"', () => {
    asks({ 'main.tf': PLAIN + FAR + routes('r', ['10.2.0.0/16 None'], ['nodes']) }, [
      ['node/system -> 10.2.0.9 TCP 443', 'denied by route'],
    ])
    asks({ 'main.tf': PLAIN + FAR + routes('r', ['10.0.0.0/8 None'], ['nodes']) }, [
      ['node/system -> 10.2.0.9 TCP 443', 'allowed'],
    ])
    asks({ 'main.tf': PLAIN + routes('r', ['203.0.113.0/24 None', '203.0.113.128/25 Internet'], ['nodes']) }, [
      ['node/system -> 203.0.113.9 TCP 443', 'denied by route'],
      ['node/system -> 203.0.113.200 TCP 443', 'allowed'],
    ])
  })
  describe('"regional tag > tag > AzureCloud"', () => {
    const list = ['AzureCloud None', 'Storage None', 'Storage.WestEurope Internet']
    asks({ 'main.tf': PLAIN + routes('r', list, ['nodes']) }, [
      ['node/system -> tag/Storage.WestEurope TCP 443', 'allowed'],
      ['node/system -> tag/Storage.NorthEurope TCP 443', 'denied by route'],
      ['node/system -> tag/Sql TCP 443', 'denied by route'],
      ['node/system -> internet TCP 443', 'allowed'],
    ])
  })
})

describe('§3.2 "disableBgpRoutePropagation / bgp_route_propagation_enabled: inverted name"; None drops', () => {
  const gateway = `${subnet('hub', 'GatewaySubnet', '10.1.255.0/27')}${publicIp('gw-ip')}resource "azurerm_virtual_network_gateway" "gw" {
  name = "gw"
  resource_group_name = "rg"
  location = "westeurope"
  type = "Vpn"
  sku = "VpnGw1"
  ip_configuration {
    subnet_id = azurerm_subnet.gatewaysubnet.id
    public_ip_address_id = azurerm_public_ip.gw-ip.id
  }
}
resource "azurerm_local_network_gateway" "site" {
  name = "site"
  resource_group_name = "rg"
  location = "westeurope"
  gateway_address = "203.0.113.1"
  address_space = ["192.168.0.0/16"]
}
resource "azurerm_virtual_network_gateway_connection" "site" {
  name = "site"
  resource_group_name = "rg"
  location = "westeurope"
  type = "IPsec"
  virtual_network_gateway_id = azurerm_virtual_network_gateway.gw.id
  local_network_gateway_id = azurerm_local_network_gateway.site.id
  shared_key = "x"
}
`
  asks({ 'main.tf': PLAIN + gateway }, [['10.1.8.9 -> 192.168.4.4 TCP 443', 'allowed']])
  asks({ 'main.tf': PLAIN + gateway + routes('r', [], ['vms'], 'bgp_route_propagation_enabled = true') }, [
    ['10.1.8.9 -> 192.168.4.4 TCP 443', 'allowed'],
  ])
  asks({ 'main.tf': PLAIN + gateway + routes('r', [], ['vms'], 'bgp_route_propagation_enabled = false') }, [
    ['10.1.8.9 -> 192.168.4.4 TCP 443', 'denied by route'],
  ])
})

describe('§3.3 what forced tunnelling does not cover', () => {
  describe('"VNet-local, peered prefixes, platform IPs"', () => {
    asks({ 'main.tf': PLAIN + FAR + wall('') }, [
      ['node/system -> internet TCP 443', 'denied by firewall'],
      ['node/system -> 10.1.8.9 TCP 443', 'allowed'],
      ['node/system -> 10.2.0.9 TCP 443', 'allowed'],
      ['node/system -> metadata TCP 80', 'allowed'],
    ])
  })
  describe('"a service endpoint bypasses the firewall, for every tenant\'s instance"', () => {
    const endpoints =
      network('hub', '10.1.0.0/16') +
      subnet('hub', 'nodes', '10.1.0.0/22', 'service_endpoints = ["Microsoft.KeyVault"]')
    asks({ 'main.tf': endpoints + cluster({ pool: 'system nodes' }) + wall('') }, [
      ['node/system -> tag/AzureKeyVault TCP 443', 'allowed'],
      ['node/system -> tag/Sql TCP 443', 'denied by firewall'],
    ])
  })
  describe('"a route table without association, or on the node subnet when pods have their own, does nothing for pods"', () => {
    const pods =
      BASE + subnet('hub', 'pods', '10.1.16.0/20') + cluster({ pool: 'system nodes pods', profile: NODE_SUBNET })
    asks({ 'main.tf': pods + wall(''), 'app.yaml': POD }, [
      ['a/web -> internet TCP 443', 'allowed'],
      ['node/system -> internet TCP 443', 'denied by firewall'],
    ])
    asks(
      {
        'main.tf':
          PLAIN + firewall('hub', '10.1.250.0/26', '') + routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], []),
      },
      [['node/system -> internet TCP 443', 'allowed']],
    )
  })
})

describe('§4.2 evaluation of the firewall', () => {
  describe('"an application Deny with priority 100 never overrides a network Allow with priority 65000"', () => {
    const rules =
      applicationRules('Deny', 100, ['Https * -> api.example.com 443']) +
      networkRules('Allow', 65000, ['TCP * -> * 443'])
    asks({ 'main.tf': PLAIN + wall(rules) }, [
      ['node/system -> api.example.com TCP 443', 'allowed'],
      ['node/system -> api.example.com TCP 80', 'denied by firewall'],
    ])
  })
  describe('"then collection priority; first match ends"', () => {
    const rules =
      networkRules('Allow', 300, ['TCP * -> * 443']) + networkRules('Deny', 200, ['TCP * -> 203.0.113.0/24 443'])
    asks({ 'main.tf': PLAIN + wall(rules) }, [
      ['node/system -> 203.0.113.9 TCP 443', 'denied by firewall'],
      ['node/system -> 198.51.100.9 TCP 443', 'allowed'],
    ])
  })
})

describe('§4.3 names', () => {
  const named = (pattern: string) => PLAIN + wall(applicationRules('Allow', 200, [`Https * -> ${pattern} 443`]))
  describe('"*.contoso.com matches any depth of sub-domain but not contoso.com"', () => {
    asks({ 'main.tf': named('*.contoso.com') }, [
      ['node/system -> www.contoso.com TCP 443', 'allowed'],
      ['node/system -> a.b.contoso.com TCP 443', 'allowed'],
      ['node/system -> contoso.com TCP 443', 'denied by firewall'],
      ['node/system -> evilcontoso.com TCP 443', 'denied by firewall'],
    ])
  })
  describe('"*contoso.com also matches contoso.com and evilcontoso.com"', () => {
    asks({ 'main.tf': named('*contoso.com') }, [
      ['node/system -> contoso.com TCP 443', 'allowed'],
      ['node/system -> evilcontoso.com TCP 443', 'allowed'],
      ['node/system -> contoso.com.example TCP 443', 'denied by firewall'],
    ])
  })
})

describe('§4.4 SNAT', () => {
  const spokes =
    BASE +
    cluster({ pool: 'system nodes' }) +
    network('mid', '10.3.0.0/16') +
    network('far', '10.2.0.0/16') +
    subnet('far', 'desk', '10.2.0.0/24') +
    ['hub', 'far']
      .map((spoke) => peering(spoke, 'mid', 'allow_forwarded_traffic = true') + peering('mid', spoke))
      .join('')
  const through = (collections: string) =>
    firewall('mid', '10.3.250.0/26', collections) + routes('r', ['10.2.0.0/16 VirtualAppliance 10.3.250.4'], ['nodes'])
  const byClient = group('g', ['100 in allow * 10.1.0.0/16 -> * *', '200 in deny * * -> * *'], ['desk'])
  describe('"network rules: no SNAT to destinations in privateRanges": the NSG sees the client', () => {
    asks({ 'main.tf': spokes + through(networkRules('Allow', 200, ['TCP * -> 10.2.0.0/16 443'])) + byClient }, [
      ['node/system -> 10.2.0.9 TCP 443', 'allowed'],
    ])
  })
  describe('a spoke is not reached through the hub without a route: "not transitive" (§1.2)', () => {
    asks({ 'main.tf': spokes }, [['10.1.8.9 -> 10.2.0.9 TCP 443', 'denied by route']])
  })
})

describe('§5.1 network profile', () => {
  describe('"networkPolicy absent: none": policies have no effect', () => {
    const denyAll = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: a }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
---
`
    asks({ 'main.tf': PLAIN, 'app.yaml': POD + denyAll }, [['a/web -> internet TCP 443', 'allowed']])
    const cilium = `${OVERLAY}\n    network_data_plane = "cilium"`
    // "Cilium data plane enforces policies without further install"
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', profile: cilium }), 'app.yaml': POD + denyAll }, [
      ['a/web -> internet TCP 443', 'denied by network-policy'],
    ])
  })
})

describe('§5.2 outboundType', () => {
  describe('"none: whatever the subnet offers … not a block"', () => {
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', profile: NONE }) }, [
      ['node/system -> internet TCP 443', 'allowed'],
    ])
  })
  describe('"userDefinedRouting: what the appliance allows"', () => {
    const udr = cluster({ pool: 'system nodes', profile: `${OVERLAY}\n    outbound_type = "userDefinedRouting"` })
    asks({ 'main.tf': BASE + udr + wall(networkRules('Allow', 200, ['UDP * -> * 123'])) }, [
      ['node/system -> internet UDP 123', 'allowed'],
      ['node/system -> internet TCP 443', 'denied by firewall'],
    ])
  })
  describe('"loadBalancer: if the subnet has 0/0 → appliance, the UDR wins"', () => {
    asks({ 'main.tf': PLAIN + wall('') }, [['node/system -> internet TCP 443', 'denied by firewall']])
  })
})

describe('§5.3 "node public IP with outboundType none reopens egress"', () => {
  const hidden =
    network('hub', '10.1.0.0/16') + subnet('hub', 'nodes', '10.1.0.0/22', 'default_outbound_access_enabled = false')
  asks({ 'main.tf': hidden + cluster({ pool: 'system nodes', profile: NONE }) }, [
    ['node/system -> internet TCP 443', 'denied by nat'],
  ])
  asks(
    { 'main.tf': hidden + cluster({ pool: 'system nodes', profile: NONE, poolMore: 'node_public_ip_enabled = true' }) },
    [['node/system -> internet TCP 443', 'allowed']],
  )
})

describe('§5.4 API server: "0.0.0.0/0 = any"', () => {
  const more = 'api_server_access_profile {\n authorized_ip_ranges = ["0.0.0.0/0"]\n }'
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', more }) }, [['internet -> api-server TCP 443', 'allowed']])
})

describe('§6.1 source address and governing subnet', () => {
  const rule = (source: string) => group('g', [`100 in deny * ${source} -> * *`], ['vms'])
  describe('overlay, kubenet: node IP', () => {
    asks({ 'main.tf': PLAIN + rule('10.244.0.0/16'), 'app.yaml': POD }, [['a/web -> 10.1.8.9 TCP 443', 'allowed']])
    asks({ 'main.tf': PLAIN + rule('10.1.0.0/22'), 'app.yaml': POD }, [['a/web -> 10.1.8.9 TCP 443', 'denied by nsg']])
  })
  describe("pod subnet: pod IP, and the pod subnet's NSG", () => {
    const pods =
      BASE + subnet('hub', 'pods', '10.1.16.0/20') + cluster({ pool: 'system nodes pods', profile: NODE_SUBNET })
    asks(
      { 'main.tf': pods + rule('10.1.16.0/20'), 'app.yaml': POD + workload('a/host', 9100, '', 'hostNetwork: true') },
      [
        ['a/web -> 10.1.8.9 TCP 443', 'denied by nsg'],
        ['a/host -> 10.1.8.9 TCP 443', 'allowed'],
      ],
    )
    asks({ 'main.tf': pods + group('g', ['100 out deny * * -> Internet *'], ['pods']), 'app.yaml': POD }, [
      ['a/web -> internet TCP 443', 'denied by nsg'],
      ['node/system -> internet TCP 443', 'allowed'],
    ])
  })
})

describe('§6.2 what a custom NSG must keep open', () => {
  const pinned = (name: string, port: number, on: string) =>
    workload(name, port, '', `nodeSelector: { kubernetes.azure.com/agentpool: ${on} }`)
  const two = BASE + subnet('hub', 'more', '10.1.4.0/24') + cluster({ pool: 'system nodes' }) + pool('data', 'more')
  const pods = pinned('a/web', 8080, 'system') + pinned('a/db', 5432, 'data')
  const rules = ['100 in allow * VirtualNetwork -> VirtualNetwork *', '4000 in deny * * -> * *']
  describe('"with default rules pod↔pod works; with a custom Deny … possible"', () => {
    asks({ 'main.tf': two + group('g', [], ['nodes', 'more']), 'app.yaml': pods }, [
      ['a/web -> a/db TCP 5432', 'allowed'],
    ])
    asks({ 'main.tf': two + group('g', rules, ['more']), 'app.yaml': pods }, [
      ['a/web -> a/db TCP 5432', 'unknown by nsg'],
    ])
  })
  describe('"kubenet pod prefixes are in UDRs, hence in the tag"', () => {
    const kubenet = two.replace(
      'network_plugin = "azure"\n    network_plugin_mode = "overlay"',
      'network_plugin = "kubenet"',
    )
    asks({ 'main.tf': kubenet + group('g', rules, ['more']), 'app.yaml': pods }, [
      ['a/web -> a/db TCP 5432', 'allowed'],
    ])
  })
})

describe('§6.3 LoadBalancer Services and NSGs', () => {
  const annotated = (...annotations: readonly string[]) =>
    workload(
      'a/web',
      8080,
      `annotations: { ${annotations.map((one) => `service.beta.kubernetes.io/${one}`).join(', ')} }`,
    )
  const state = (app: string) => ({ 'main.tf': PLAIN + FAR, 'app.yaml': app })
  describe('"internal, no restriction: AllowVnetInBound admits VNet, peers"', () => {
    asks(state(workload('a/web', 8080, INTERNAL)), [
      ['10.1.8.9 -> a/web TCP 8080', 'allowed'],
      ['10.2.0.9 -> a/web TCP 8080', 'allowed'],
      ['internet -> a/web TCP 8080', 'denied'],
    ])
  })
  describe('"azure-allowed-ip-ranges: those CIDRs (NSG only)"; "without deny-all VNet and peers still reach the VIP"', () => {
    const ranges = 'azure-allowed-ip-ranges: 10.2.0.0/24'
    asks(state(annotated('azure-load-balancer-internal: "true"', ranges)), [['10.1.8.9 -> a/web TCP 8080', 'allowed']])
    const closed = 'azure-deny-all-except-load-balancer-source-ranges: "true"'
    asks(state(annotated('azure-load-balancer-internal: "true"', ranges, closed)), [
      ['10.1.8.9 -> a/web TCP 8080', 'denied by nsg'],
      ['10.2.0.9 -> a/web TCP 8080', 'allowed'],
    ])
  })
  describe('"internal iff value is exactly "true""', () => {
    asks(state(annotated('azure-load-balancer-internal: "True"')), [['internet -> a/web TCP 8080', 'allowed']])
  })
  describe("without floating IP the NSG sees the node and the node port, the client's own sees the frontend", () => {
    const app = annotated('azure-disable-load-balancer-floating-ip: "true"').replace(
      'ports: [{ port: 8080, targetPort: 8080 }]',
      'ports: [{ port: 8080, targetPort: 8080, nodePort: 30080 }]',
    )
    const admit = group('g', ['100 in allow Tcp Internet -> 10.1.0.0/22 30080'], ['nodes'])
    asks({ 'main.tf': PLAIN + admit, 'app.yaml': app }, [['internet -> a/web TCP 8080', 'allowed']])
    const wrong = group('g', ['100 in allow Tcp Internet -> * 8080'], ['nodes'])
    asks({ 'main.tf': PLAIN + wrong, 'app.yaml': app }, [['internet -> a/web TCP 8080', 'denied by nsg']])
  })
})

describe('§7.1 the public path', () => {
  const acls = (rules: string) => vault(`network_acls {\n default_action = "Deny"\n bypass = "None"\n ${rules}\n }`)
  describe('"all networks" when absent; "Disabled overrides every rule"', () => {
    asks({ 'main.tf': PLAIN + vault() }, [['internet -> kvone.vault.azure.net TCP 443', 'allowed']])
    asks({ 'main.tf': PLAIN + vault(CLOSED) }, [
      ['internet -> kvone.vault.azure.net TCP 443', 'denied by paas-firewall'],
      ['node/system -> kvone.vault.azure.net TCP 443', 'denied by paas-firewall'],
    ])
  })
  describe('"ip rules ∋ c\'s public IP"', () => {
    asks({ 'main.tf': PLAIN + acls('ip_rules = ["203.0.113.0/24"]') }, [
      ['203.0.113.9 -> kvone.vault.azure.net TCP 443', 'allowed'],
      ['198.51.100.9 -> kvone.vault.azure.net TCP 443', 'denied by paas-firewall'],
    ])
    const nat = natGateway('nat', ['nodes'])
    asks({ 'main.tf': PLAIN + nat + acls('ip_rules = [azurerm_public_ip.nat-ip.ip_address]') }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'allowed'],
    ])
  })
})

describe('§7.2 service endpoint: "source the service sees: subnet identity; IP rules on the old public IP stop matching"', () => {
  const endpoints =
    network('hub', '10.1.0.0/16') + subnet('hub', 'nodes', '10.1.0.0/22', 'service_endpoints = ["Microsoft.KeyVault"]')
  const acls = (rules: string) => vault(`network_acls {\n default_action = "Deny"\n bypass = "None"\n ${rules}\n }`)
  const nat = natGateway('nat', ['nodes'])
  asks(
    {
      'main.tf':
        endpoints + cluster({ pool: 'system nodes' }) + nat + acls('ip_rules = [azurerm_public_ip.nat-ip.ip_address]'),
    },
    [['node/system -> kvone.vault.azure.net TCP 443', 'denied by paas-firewall']],
  )
  asks(
    {
      'main.tf':
        endpoints + cluster({ pool: 'system nodes' }) + acls('virtual_network_subnet_ids = [azurerm_subnet.nodes.id]'),
    },
    [['node/system -> kvone.vault.azure.net TCP 443', 'allowed']],
  )
})

describe('§7.3 DNS for the private path', () => {
  const private_ = PLAIN + FAR + subnet('hub', 'pe', '10.1.9.0/27')
  describe('"missing link ⇒ the public IP is used: if public access is Disabled the connection fails"', () => {
    asks({ 'main.tf': private_ + vault(CLOSED) + zone('hub') + endpoint('pe') }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'allowed'],
      ['10.2.0.9 -> kvone.vault.azure.net TCP 443', 'denied by paas-firewall'],
    ])
    asks({ 'main.tf': private_ + vault(CLOSED) + zone('hub', 'far') + endpoint('pe') }, [
      ['10.2.0.9 -> kvone.vault.azure.net TCP 443', 'allowed'],
    ])
  })
  describe('"a manual connection is Pending until approved: not open"', () => {
    asks({ 'main.tf': private_ + vault(CLOSED) + zone('hub') + endpoint('pe', true) }, [
      ['node/system -> kvone.vault.azure.net TCP 443', 'unknown by private-endpoint'],
    ])
  })
  describe("an endpoint of a network that is not peered is reached by routes alone, through the hub's firewall", () => {
    const spokes =
      BASE +
      cluster({ pool: 'system nodes' }) +
      network('mid', '10.3.0.0/16') +
      network('far', '10.2.0.0/16') +
      subnet('far', 'pe', '10.2.0.0/27') +
      ['hub', 'far']
        .map((spoke) => peering(spoke, 'mid', 'allow_forwarded_traffic = true') + peering('mid', spoke))
        .join('') +
      vault(CLOSED) +
      zone('hub') +
      endpoint('pe')
    asks({ 'main.tf': spokes }, [['10.1.8.9 -> kvone.vault.azure.net TCP 443', 'denied by route']])
    const through =
      firewall('mid', '10.3.250.0/26', applicationRules('Allow', 200, ['Https * -> kvone.vault.azure.net 443'])) +
      routes('r', ['0.0.0.0/0 VirtualAppliance 10.3.250.4'], ['nodes', 'vms'])
    asks({ 'main.tf': spokes + through }, [['10.1.8.9 -> kvone.vault.azure.net TCP 443', 'denied by route']])
    // "10/8 → None" is longer than 0/0, so the spoke's range needs a route of its own.
    const named = through.replace('0.0.0.0/0', '10.2.0.0/16')
    asks({ 'main.tf': spokes + named }, [
      ['10.1.8.9 -> kvone.vault.azure.net TCP 443', 'allowed'],
      ['10.1.8.9 -> kvone.vault.azure.net TCP 80', 'denied by firewall'],
    ])
  })
})
