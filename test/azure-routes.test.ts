import { describe } from 'vitest'
import { egressPathChanged } from '../src/rules/egress-path-changed.ts'
import { firewallBlocksAks } from '../src/rules/firewall-blocks-aks.ts'
import { firewallDnatOpen } from '../src/rules/firewall-dnat-open.ts'
import { firewallRuleShadowed } from '../src/rules/firewall-rule-shadowed.ts'
import { firewallWidened } from '../src/rules/firewall-widened.ts'
import { ipv6Gap } from '../src/rules/ipv6-gap.ts'
import { natGatewayIdle } from '../src/rules/nat-gateway-idle.ts'
import { peeringOpens } from '../src/rules/peering-opens.ts'
import { routeBlackhole } from '../src/rules/route-blackhole.ts'
import { routeLoop } from '../src/rules/route-loop.ts'
import { serviceBlockedByNsg } from '../src/rules/service-blocked-by-nsg.ts'
import { hub, route, TO_FIREWALL, TO_INTERNET } from './hub.ts'
import { deployment, documents, service } from './manifests.ts'
import { finds, silent } from './rule-table.ts'

const tf = (text: string) => ({ 'main.tf': text })
const toAddress = (address: string) => `next_hop_type = "VirtualAppliance"\n  next_hop_in_ip_address = "${address}"`

/** A spoke and a cluster in Bicep; what stands in the braces of the default route is given. */
const bicep = (hop: string, more = '', families = '') => `resource rt 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'rt'
  location: 'westeurope'
  properties: {
    routes: [
      {
        name: 'default'
        properties: {
          addressPrefix: '0.0.0.0/0'
          ${hop}
        }
      }
${more}    ]
  }
}
resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'spoke'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16', 'fd00:20::/48'] }
    subnets: [
      {
        name: 'nodes'
        properties: {
          addressPrefixes: ['10.20.0.0/22', 'fd00:20::/64']
          routeTable: { id: rt.id }
        }
      }
    ]
  }
}
resource nva 'Microsoft.Network/networkInterfaces@2024-05-01' = {
  name: 'nva'
  location: 'westeurope'
  properties: {
    enableIPForwarding: true
    ipConfigurations: [
      {
        name: 'one'
        properties: {
          privateIPAddress: '10.20.9.4'
          privateIPAllocationMethod: 'Static'
          subnet: { id: '\${vnet.id}/subnets/nodes' }
        }
      }
    ]
  }
}
resource aks 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [
      { name: 'system', mode: 'System', vnetSubnetID: '\${vnet.id}/subnets/nodes' }
    ]
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      outboundType: 'loadBalancer'
${families}    }
  }
}
`
const TO_NVA = "nextHopType: 'VirtualAppliance'\n          nextHopIpAddress: '10.20.9.4'"

describe('route-blackhole', () => {
  finds(routeBlackhole, 'the address of nothing', {
    head: tf(hub({ routes: route('default', '0.0.0.0/0', toAddress('10.1.0.200')) })),
    at: 'main.tf: resource "azurerm_route" "default" {',
    severity: 'medium',
    says: ['an address that no firewall'],
  })
  silent(routeBlackhole, 'the address of the firewall, written out', {
    head: tf(hub({ routes: route('default', '0.0.0.0/0', toAddress('10.1.0.4')) })),
  })
  silent(routeBlackhole, 'an appliance in Bicep', { head: { 'main.bicep': bicep(TO_NVA) } })
  silent(routeBlackhole, 'an address of a peered network that is elsewhere', {
    head: tf(
      hub({
        routes: route('default', '0.0.0.0/0', toAddress('172.20.0.4')),
        more: 'variable "far" {}\nresource "azurerm_virtual_network_peering" "far" {\n  name                      = "far"\n  virtual_network_name      = azurerm_virtual_network.spoke.name\n  remote_virtual_network_id = var.far\n}\n',
      }),
    ),
  })
  silent(routeBlackhole, 'next hop None, which is a decision', {
    head: tf(hub({ routes: route('default', '0.0.0.0/0', 'next_hop_type = "None"') })),
  })
})

describe('route-loop', () => {
  const loop = `resource "azurerm_subnet_route_table_association" "firewall" {
  subnet_id      = azurerm_subnet.firewall.id
  route_table_id = azurerm_route_table.nodes.id
}
`
  finds(routeLoop, 'the table of the nodes on the subnet of the firewall: it is taken off', {
    head: tf(hub({ more: loop })),
    at: 'main.tf: resource "azurerm_route_table" "nodes" {',
    severity: 'high',
    patched: tf(hub()),
  })
  silent(routeLoop, 'a firewall that leaves straight', { head: tf(hub()) })
  silent(routeLoop, 'a table of the firewall that leads to the internet', {
    head: tf(
      hub({
        more: `${loop.replace('azurerm_route_table.nodes', 'azurerm_route_table.own')}resource "azurerm_route_table" "own" {\n  name = "own"\n  route {\n    name           = "default"\n    address_prefix = "0.0.0.0/0"\n    next_hop_type  = "Internet"\n  }\n}\n`,
      }),
    ),
  })
})

describe('nat-gateway-idle', () => {
  const nat = `resource "azurerm_nat_gateway" "nat" {
  name     = "nat"
  location = "westeurope"
}
resource "azurerm_subnet_nat_gateway_association" "nodes" {
  subnet_id      = azurerm_subnet.nodes.id
  nat_gateway_id = azurerm_nat_gateway.nat.id
}
`
  finds(natGatewayIdle, 'a gateway behind a route to the firewall', {
    head: tf(hub({ more: nat })),
    at: 'main.tf: resource "azurerm_nat_gateway" "nat" {',
    severity: 'note',
    says: ['the gateway carries nothing'],
  })
  silent(natGatewayIdle, 'a gateway that the default route uses', {
    head: tf(hub({ more: nat, routes: route('default', '0.0.0.0/0', TO_INTERNET) })),
  })
  silent(natGatewayIdle, 'a subnet without one', { head: tf(hub()) })
})

describe('ipv6-gap', () => {
  const DUAL = "      ipFamilies: ['IPv4', 'IPv6']\n"
  const v6 = (hop: string) =>
    `      {\n        name: 'v6'\n        properties: { addressPrefix: '::/0', ${hop} }\n      }\n`
  finds(ipv6Gap, 'a table without ::/0', {
    head: { 'main.bicep': bicep(TO_NVA, '', DUAL) },
    at: 'main.bicep: {',
    severity: 'medium',
    witness: 'node/aks/system → 2606:4700::1111 TCP 443',
    says: ['no route for ::/0'],
  })
  silent(ipv6Gap, 'IPv6 that goes nowhere', {
    head: { 'main.bicep': bicep(TO_NVA, v6("nextHopType: 'None'"), DUAL) },
  })
  silent(ipv6Gap, 'a cluster of IPv4 alone', { head: { 'main.bicep': bicep(TO_NVA) } })
  silent(ipv6Gap, 'neither family is filtered, which another finding says', {
    head: { 'main.bicep': bicep("nextHopType: 'Internet'", '', DUAL) },
  })
})

describe('egress-path-changed', () => {
  finds(egressPathChanged, 'the load balancer gives way to an appliance', {
    base: { 'main.bicep': bicep("nextHopType: 'Internet'") },
    head: { 'main.bicep': bicep(TO_NVA) },
    at: 'main.bicep: {',
    severity: 'low',
    says: ['another public address'],
  })
  silent(egressPathChanged, 'the same way with another name', {
    base: tf(hub()),
    head: tf(hub({ routes: route('everything', '0.0.0.0/0', TO_FIREWALL) })),
  })
  silent(egressPathChanged, 'a way around the firewall, which a worse finding says', {
    base: tf(hub()),
    head: tf(hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET) })),
  })
})

describe('peering-opens', () => {
  const partner = `resource "azurerm_virtual_network" "partner" {
  name          = "partner"
  location      = "westeurope"
  address_space = ["10.77.0.0/16"]
}
resource "azurerm_subnet" "office" {
  name                 = "office"
  virtual_network_name = azurerm_virtual_network.partner.name
  address_prefixes     = ["10.77.0.0/24"]
}
resource "azurerm_virtual_network_peering" "in" {
  name                      = "in"
  virtual_network_name      = azurerm_virtual_network.partner.name
  remote_virtual_network_id = azurerm_virtual_network.spoke.id
}
`
  const half = `resource "azurerm_virtual_network_peering" "out" {
  name                      = "out"
  virtual_network_name      = azurerm_virtual_network.spoke.name
  remote_virtual_network_id = azurerm_virtual_network.partner.id
}
`
  finds(peeringOpens, 'the second half, with which the office gets to the nodes', {
    base: tf(hub({ more: partner })),
    head: tf(hub({ more: partner + half })),
    at: 'main.tf: resource "azurerm_virtual_network_peering" "out" {',
    severity: 'medium',
    witness: 'subnet/partner/office → node/aks/system TCP 22',
    patched: tf(hub({ more: partner })),
  })
  silent(peeringOpens, 'one half alone, which connects nothing', { base: tf(hub()), head: tf(hub({ more: partner })) })
  silent(peeringOpens, 'a peering that was there', {
    base: tf(hub({ more: partner + half })),
    head: tf(`${hub({ more: partner + half })}# nothing\n`),
  })
})

const group = (body: string) => `resource "azurerm_firewall_policy_rule_collection_group" "more" {
  name               = "more"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = 300
${body}}
`
const collection = (kind: string, name: string, action: string, priority: number, rule: string) =>
  `  ${kind}_rule_collection {\n    name     = "${name}"\n    priority = ${priority}\n    action   = "${action}"\n    rule {\n${rule}    }\n  }\n`
const networkRule = (name: string, destination: string, ports: string, source = '10.240.0.0/22') =>
  `      name                  = "${name}"\n      protocols             = ["TCP"]\n      source_addresses      = ["${source}"]\n      destination_addresses = ["${destination}"]\n      destination_ports     = ["${ports}"]\n`

describe('firewall-rule-shadowed', () => {
  finds(firewallRuleShadowed, 'a denial below what allows all of it', {
    head: tf(
      hub({
        more: group(
          collection('network', 'open', 'Allow', 100, networkRule('web', '20.0.0.0/8', '443')) +
            collection('network', 'shut', 'Deny', 200, networkRule('bad', '20.9.0.0/16', '443')),
        ),
      }),
    ),
    at: 'main.tf: rule {',
    severity: 'medium',
    says: ['What it was meant to deny is allowed'],
  })
  silent(firewallRuleShadowed, 'a denial above', {
    head: tf(
      hub({
        more: group(
          collection('network', 'open', 'Allow', 300, networkRule('web', '20.0.0.0/8', '443')) +
            collection('network', 'shut', 'Deny', 200, networkRule('bad', '20.9.0.0/16', '443')),
        ),
      }),
    ),
  })
})

describe('firewall-widened', () => {
  const rule = (destination: string, ports: string) =>
    group(collection('network', 'out', 'Allow', 100, networkRule('partner', destination, ports)))
  finds(firewallWidened, 'a wider range', {
    base: tf(hub({ more: rule('20.1.0.0/24', '443') })),
    head: tf(hub({ more: rule('20.1.0.0/16', '443') })),
    at: 'main.tf: rule {',
    severity: 'medium',
    says: ['TCP 443 to 20.1'],
  })
  silent(firewallWidened, 'a narrower one', {
    base: tf(hub({ more: rule('20.1.0.0/16', '443') })),
    head: tf(hub({ more: rule('20.1.0.0/24', '443') })),
  })
  silent(firewallWidened, 'the same in two rules', {
    base: tf(hub({ more: rule('20.1.0.0/16', '443') })),
    head: tf(
      hub({
        more: group(
          collection('network', 'out', 'Allow', 100, networkRule('low', '20.1.0.0/17', '443')) +
            collection('network', 'more', 'Allow', 110, networkRule('high', '20.1.128.0/17', '443')),
        ),
      }),
    ),
  })
})

describe('firewall-dnat-open', () => {
  const arm = (source: string) =>
    `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Network/firewallPolicies",
      "apiVersion": "2024-05-01",
      "name": "fwp",
      "location": "westeurope",
      "properties": {}
    },
    {
      "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
      "apiVersion": "2024-05-01",
      "name": "fwp/in",
      "dependsOn": ["[resourceId('Microsoft.Network/firewallPolicies', 'fwp')]"],
      "properties": {
        "priority": 100,
        "ruleCollections": [
          {
            "ruleCollectionType": "FirewallPolicyNatRuleCollection",
            "name": "in",
            "priority": 100,
            "action": { "type": "DNAT" },
            "rules": [
              {
                "ruleType": "NatRule",
                "name": "shop",
                "ipProtocols": ["TCP"],
                "sourceAddresses": ["${source}"],
                "destinationAddresses": ["20.50.1.1"],
                "destinationPorts": ["443"],
                "translatedAddress": "10.240.0.20",
                "translatedPort": "443"
              }
            ]
          }
        ]
      }
    }
  ]
}
`
  finds(firewallDnatOpen, 'ARM: any source', {
    head: { 'azuredeploy.json': arm('*') },
    at: 'azuredeploy.json: {',
    severity: 'high',
    says: ['10.240.0.20', 'TCP 443'],
  })
  finds(firewallDnatOpen, 'ARM: any source, where the configuration names who may', {
    head: { 'azuredeploy.json': arm('*') },
    trusted: ['198.51.100.0/24'],
    at: 'azuredeploy.json: {',
    patched: { 'azuredeploy.json': arm('198.51.100.0/24') },
  })
  silent(firewallDnatOpen, 'ARM: one partner', { head: { 'azuredeploy.json': arm('203.0.113.0/24') } })
})

describe('firewall-blocks-aks', () => {
  const names = '"api.stripe.com"'
  const allowed = `      protocols {
        type = "Https"
        port = 443
      }
    }
    rule {
      name                  = "allow-aks-required"
      source_addresses      = ["10.240.0.0/22"]
      destination_fqdn_tags = ["AzureKubernetesService"]
      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}
resource "azurerm_route_table"`
  finds(firewallBlocksAks, 'the collection that allows gets the tag', {
    head: tf(hub({ names })),
    at: 'main.tf: resource "azurerm_firewall_policy" "hub" {',
    severity: 'high',
    says: ['management.azure.com'],
    patched: tf(
      hub({ names }).replace(
        / {6}protocols \{\n {8}type = "Https"\n {8}port = 443\n {6}\}\n {4}\}\n {2}\}\n\}\nresource "azurerm_route_table"/,
        allowed,
      ),
    ),
  })
  finds(firewallBlocksAks, 'a policy with network rules alone gets a collection', {
    head: tf(
      hub()
        .replace(/ {2}application_rule_collection \{[\s\S]*?\n {2}\}\n\}\n/, '}\n')
        .replace(
          '  priority           = 200\n}',
          `  priority           = 200\n${collection('network', 'ntp', 'Allow', 300, networkRule('ntp', '20.1.0.0/16', '123'))}}`,
        ),
    ),
    at: 'main.tf: resource "azurerm_firewall_policy" "hub" {',
    patched: tf(
      hub()
        .replace(/ {2}application_rule_collection \{[\s\S]*?\n {2}\}\n\}\n/, '}\n')
        .replace(
          '  priority           = 200\n}',
          `  priority           = 200\n${collection('network', 'ntp', 'Allow', 300, networkRule('ntp', '20.1.0.0/16', '123'))}
  application_rule_collection {
    name     = "aks-required"
    priority = 400
    action   = "Allow"

    rule {
      name                  = "allow-aks-required"
      source_addresses      = ["10.240.0.0/22"]
      destination_fqdn_tags = ["AzureKubernetesService"]
      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}`,
        ),
    ),
  })
  silent(firewallBlocksAks, 'the tag', { head: tf(hub()) })
})

describe('service-blocked-by-nsg', () => {
  const balancer = service('web', '    - { port: 443, targetPort: 8080 }\n', { more: '  type: LoadBalancer\n' })
  const app = { 'app.yaml': documents(deployment('web'), balancer) }
  const nsg = (rules: string) => `resource "azurerm_network_security_group" "nodes" {
  name = "nodes"
${rules}}
resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}
`
  const ADMIT = `  security_rule {
    name                       = "web"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "443"
    source_address_prefix      = "Internet"
    destination_address_prefix = "*"
  }
`
  const straight = (more: string) => tf(hub({ routes: '', more, outbound: 'loadBalancer' }))
  finds(serviceBlockedByNsg, 'a group of the subnet that admits nobody', {
    head: { ...app, ...straight(nsg('')) },
    at: 'app.yaml: type: LoadBalancer',
    severity: 'medium',
    says: ['clients get no answer'],
  })
  silent(serviceBlockedByNsg, 'a group that admits the port', { head: { ...app, ...straight(nsg(ADMIT)) } })
  silent(serviceBlockedByNsg, 'no group on the subnet', { head: { ...app, ...straight('') } })
})
