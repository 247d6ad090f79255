import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import {
  card,
  cluster,
  group,
  natGateway,
  network,
  OVERLAY,
  pool,
  publicIp,
  routes,
  subnet,
  workload,
} from '../azure/terraform-text.ts'

/** Public addresses, balancers and groups: rows of §0.4, §1.4, §2.3, §5.2 that no other table holds. */

const HEAD = 'location = "westeurope"\n  resource_group_name = "rg"'
const HUB = network('hub', '10.1.0.0/16')
const NODES = subnet('hub', 'nodes', '10.1.0.0/22')
const PRIVATE = subnet('hub', 'vms', '10.1.8.0/24', 'default_outbound_access_enabled = false')
const BASE = HUB + NODES + subnet('hub', 'vms', '10.1.8.0/24')
const NONE = `${OVERLAY}\n    outbound_type = "none"`
const withPublic = (more = '') =>
  publicIp('vm-ip') + card('vm', 'vms', '10.1.8.20', `public_ip_address_id = azurerm_public_ip.vm-ip.id${more}`)

describe('§0.4 "Standard public IPs are closed to internet-initiated traffic when neither subnet nor NIC has an NSG"', () => {
  asks({ 'main.tf': BASE + withPublic() }, [['internet -> 10.1.8.20 TCP 22', 'denied by nsg']])
  const open = group('g', ['100 in allow Tcp Internet -> * 22'], ['vms'])
  asks({ 'main.tf': BASE + withPublic() + open }, [
    ['internet -> 10.1.8.20 TCP 22', 'allowed'],
    ['internet -> 10.1.8.20 TCP 23', 'denied by nsg'],
  ])
  describe('an NSG of the card is one', () => {
    const own = `${group('g', ['100 in allow Tcp Internet -> * 22'])}resource "azurerm_network_interface_security_group_association" "vm" {
  network_interface_id = azurerm_network_interface.vm.id
  network_security_group_id = azurerm_network_security_group.g.id
}\n`
    asks({ 'main.tf': BASE + withPublic() + own }, [['internet -> 10.1.8.20 TCP 22', 'allowed']])
    asks({ 'main.tf': BASE + withPublic() + own + group('s', [], ['vms']) }, [
      ['internet -> 10.1.8.20 TCP 22', 'denied by nsg'],
    ])
  })
  describe('Basic ones are open', () => {
    const basic = withPublic().replace('sku = "Standard"', 'sku = "Basic"')
    asks({ 'main.tf': BASE + basic }, [['internet -> 10.1.8.20 TCP 22', 'allowed']])
  })
  describe('§3.3 the answer leaves by the routes of the subnet', () => {
    const tunnel = routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4', '203.0.113.0/24 Internet'], ['vms'])
    asks({ 'main.tf': BASE + withPublic() + open + tunnel }, [
      ['internet -> 10.1.8.20 TCP 22', 'denied by route'],
      ['203.0.113.9 -> 10.1.8.20 TCP 22', 'allowed'],
    ])
  })
})

const balancer = (rule: string) => `${publicIp('lb-ip')}resource "azurerm_lb" "lb" {
  name = "lb"
  ${HEAD}
  sku = "Standard"
  frontend_ip_configuration {
    name = "main"
    public_ip_address_id = azurerm_public_ip.lb-ip.id
  }
}
resource "azurerm_lb_backend_address_pool" "vms" {
  name = "vms"
  loadbalancer_id = azurerm_lb.lb.id
}
resource "azurerm_network_interface_backend_address_pool_association" "a" {
  network_interface_id = azurerm_network_interface.a.id
  ip_configuration_name = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.vms.id
}
${rule}`
const OUTBOUND = `resource "azurerm_lb_outbound_rule" "out" {
  name = "out"
  loadbalancer_id = azurerm_lb.lb.id
  protocol = "All"
  backend_address_pool_id = azurerm_lb_backend_address_pool.vms.id
  frontend_ip_configuration { name = "main" }
}\n`

describe('§1.4 "LB outbound rule > default outbound access > none": for the members of its pool alone', () => {
  const machines = HUB + PRIVATE + card('a', 'vms', '10.1.8.20') + card('b', 'vms', '10.1.8.21')
  asks({ 'main.tf': machines + balancer(OUTBOUND) }, [
    ['10.1.8.20 -> internet TCP 443', 'allowed'],
    ['10.1.8.21 -> internet TCP 443', 'denied by nat'],
    ['10.1.8.99 -> internet TCP 443', 'denied by nat'],
  ])
  describe('a pool without outbound rule leads nowhere', () => {
    asks({ 'main.tf': machines + balancer('') }, [['10.1.8.20 -> internet TCP 443', 'denied by nat']])
  })
  describe('the far end sees its address, or that of a NAT gateway, which comes first', () => {
    const listed = (ip: string) => `resource "azurerm_key_vault" "kv" {
  name = "kvone"
  ${HEAD}
  tenant_id = "00000000-0000-0000-0000-000000000000"
  sku_name = "standard"
  network_acls {
    default_action = "Deny"
    bypass = "None"
    ip_rules = [azurerm_public_ip.${ip}.ip_address]
  }
}\n`
    const ask = '10.1.8.20 -> kvone.vault.azure.net TCP 443'
    asks({ 'main.tf': machines + balancer(OUTBOUND) + listed('lb-ip') }, [[ask, 'allowed']])
    asks({ 'main.tf': machines + balancer(OUTBOUND) + listed('lb-ip') + natGateway('nat', ['vms']) }, [
      [ask, 'denied by paas-firewall'],
    ])
    asks({ 'main.tf': machines + balancer(OUTBOUND) + listed('nat-ip') + natGateway('nat', ['vms']) }, [
      [ask, 'allowed'],
    ])
  })
  describe('the same inline, in a template', () => {
    const bicep = `resource vnet 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: 'hub'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.1.0.0/16'] }
    subnets: [{ name: 'vms', properties: { addressPrefix: '10.1.8.0/24' } }]
  }
}
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'lb-ip'
  location: 'westeurope'
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}
resource lb 'Microsoft.Network/loadBalancers@2024-05-01' = {
  name: 'lb'
  location: 'westeurope'
  sku: { name: 'Standard' }
  properties: {
    frontendIPConfigurations: [{ name: 'main', properties: { publicIPAddress: { id: ip.id } } }]
    backendAddressPools: [{ name: 'vms' }]
    outboundRules: [
      {
        name: 'out'
        properties: {
          protocol: 'All'
          backendAddressPool: { id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'lb', 'vms') }
          frontendIPConfigurations: [{ id: resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', 'lb', 'main') }]
        }
      }
    ]
  }
}
resource nic 'Microsoft.Network/networkInterfaces@2024-05-01' = {
  name: 'a'
  location: 'westeurope'
  properties: {
    ipConfigurations: [
      {
        name: 'main'
        properties: {
          subnet: { id: vnet.properties.subnets[0].id }
          privateIPAllocationMethod: 'Static'
          privateIPAddress: '10.1.8.20'
          loadBalancerBackendAddressPools: [
            { id: resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'lb', 'vms') }
          ]
        }
      }
    ]
  }
}
`
    asks({ 'main.bicep': bicep }, [
      ['10.1.8.20 -> internet TCP 443', 'allowed'],
      ['10.1.8.21 -> internet TCP 443', 'denied by nat'],
    ])
  })
})

describe('§1.4 "instance-level public IP": of the card, before outbound rules', () => {
  asks({ 'main.tf': HUB + PRIVATE + withPublic() }, [
    ['10.1.8.20 -> internet TCP 443', 'allowed'],
    ['10.1.8.21 -> internet TCP 443', 'denied by nat'],
  ])
})

describe('§1.4 "NAT gateway: SKU Standard is IPv4 only, StandardV2 also IPv6"; "it never admits inbound"', () => {
  const dual = HUB.replace('["10.1.0.0/16"]', '["10.1.0.0/16", "fd00:1::/48"]')
  const both = subnet('hub', 'vms', '10.1.8.0/24').replace('["10.1.8.0/24"]', '["10.1.8.0/24", "fd00:1:0:8::/64"]')
  const nat = natGateway('nat', ['vms'])
  asks({ 'main.tf': dual + both + nat }, [['fd00:1:0:8::9 -> 2606:4700::1111 TCP 443', 'denied by nat']])
  const second = nat.replace('azurerm_nat_gateway" "nat" {', 'azurerm_nat_gateway" "nat" {\n  sku_name = "StandardV2"')
  asks({ 'main.tf': dual + both + second }, [['fd00:1:0:8::9 -> 2606:4700::1111 TCP 443', 'allowed']])
  asks({ 'main.tf': BASE + nat }, [['internet -> 10.1.8.9 TCP 443', 'denied by nat']])
})

describe('§3.3 "next hop Internet means: use §1.4 without the first item, not public"', () => {
  asks({ 'main.tf': HUB + PRIVATE + routes('r', ['0.0.0.0/0 Internet'], ['vms']) }, [
    ['10.1.8.9 -> internet TCP 443', 'denied by nat'],
  ])
  asks({ 'main.tf': HUB + PRIVATE + routes('r', ['0.0.0.0/0 Internet'], ['vms']) + natGateway('nat', ['vms']) }, [
    ['10.1.8.9 -> internet TCP 443', 'allowed'],
  ])
})

describe('§3.3 "east-west inspection needs explicit UDRs for the VNet prefixes, plus a VnetLocal route for the own subnet"', () => {
  const all = routes('r', ['10.1.0.0/16 None'], ['vms'])
  asks({ 'main.tf': BASE + all }, [
    ['10.1.8.9 -> 10.1.0.9 TCP 443', 'denied by route'],
    ['10.1.8.9 -> 10.1.8.10 TCP 443', 'denied by route'],
  ])
  const own = routes('r', ['10.1.0.0/16 None', '10.1.8.0/24 VnetLocal'], ['vms'])
  asks({ 'main.tf': BASE + own }, [
    ['10.1.8.9 -> 10.1.0.9 TCP 443', 'denied by route'],
    ['10.1.8.9 -> 10.1.8.10 TCP 443', 'allowed'],
  ])
})

describe('§2.3 "AKS nodes join through application_security_group_ids"; "an ASG of nodes does not match pod-IP packets"', () => {
  const asg = `resource "azurerm_application_security_group" "nodes" {
  name = "nodes"
  ${HEAD}
}\n`
  const member =
    'node_network_profile {\n application_security_group_ids = [azurerm_application_security_group.nodes.id]\n }'
  const rule = (side: 'source' | 'destination', text: string, subnets: readonly string[]) =>
    group('g', [text], subnets).replace(
      `${side}_address_prefix = "X"`,
      `${side}_application_security_group_ids = [azurerm_application_security_group.nodes.id]`,
    )
  const two = BASE + subnet('hub', 'more', '10.1.4.0/24') + cluster({ pool: 'system nodes' }) + asg
  const pinned = (name: string, on: string) =>
    workload(name, 8080, '', `nodeSelector: { kubernetes.azure.com/agentpool: ${on} }`)
  const pods = pinned('a/web', 'system') + pinned('a/db', 'data')
  const closed = rule('destination', '100 in deny * * -> X *', ['more'])
  asks({ 'main.tf': two + pool('data', 'more', member) + closed, 'app.yaml': pods }, [
    ['node/system -> node/data TCP 443', 'denied by nsg'],
    ['a/web -> a/db TCP 8080', 'allowed'],
  ])
  asks({ 'main.tf': two + pool('data', 'more') + closed, 'app.yaml': pods }, [
    ['node/system -> node/data TCP 443', 'allowed'],
  ])
  describe('§6.3 a frontend is no IP configuration of a node: a rule for the group does not admit its clients', () => {
    const shut = group('g', ['100 in allow Tcp Internet -> X 8080'], ['nodes']).replace(
      'destination_address_prefix = "X"',
      'destination_application_security_group_ids = [azurerm_application_security_group.nodes.id]',
    )
    const joined = cluster({ pool: 'system nodes', poolMore: member })
    asks({ 'main.tf': BASE + joined + asg + shut, 'app.yaml': workload('a/web', 8080, ' ') }, [
      ['internet -> a/web TCP 8080', 'denied by nsg'],
    ])
  })
})

describe('§5.2 "block: NSG deny to internet; VNet traffic stays open"', () => {
  const blocked = cluster({ pool: 'system nodes', profile: `${OVERLAY}\n    outbound_type = "block"` })
  asks({ 'main.tf': BASE + blocked }, [
    ['node/system -> internet TCP 443', 'denied by nsg'],
    ['node/system -> 10.1.8.9 TCP 443', 'allowed'],
  ])
  asks({ 'main.tf': HUB + NODES + PRIVATE + cluster({ pool: 'system nodes', profile: NONE }) }, [
    ['10.1.8.9 -> internet TCP 443', 'denied by nat'],
  ])
})
