import { describe } from 'vitest'
import { aksNodeSsh } from '../src/rules/aks-node-ssh.ts'
import { bastionMissing } from '../src/rules/bastion-missing.ts'
import { ddosPlanMissing } from '../src/rules/ddos-plan-missing.ts'
import { nsgLateral } from '../src/rules/nsg-lateral.ts'
import { nsgOnManagedGroup } from '../src/rules/nsg-on-managed-group.ts'
import { nsgOutboundOpen } from '../src/rules/nsg-outbound-open.ts'
import { hub } from './hub.ts'
import { finds, silent } from './rule-table.ts'

const tf = (...parts: readonly string[]) => ({ 'main.tf': parts.join('') })
const NETWORK = `resource "azurerm_virtual_network" "v" {
  name          = "v"
  address_space = ["10.1.0.0/16"]
}
`
const subnet = (name: string, prefix: string) => `resource "azurerm_subnet" "${name}" {
  name                 = "${name}"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["${prefix}"]
}
`
const on = (group: string, home = group) => `resource "azurerm_subnet_network_security_group_association" "${home}" {
  subnet_id                 = azurerm_subnet.${home}.id
  network_security_group_id = azurerm_network_security_group.${group}.id
}
`
interface RuleText {
  readonly name?: string
  readonly priority?: number
  readonly direction?: string
  readonly access?: string
  readonly from?: string
  readonly to?: string
  readonly port?: string
}
const rule = ({
  name = 'one',
  priority = 200,
  direction = 'Outbound',
  access = 'Allow',
  from = '*',
  to = '*',
  port = '*',
}: RuleText) => `  security_rule {
    name                       = "${name}"
    priority                   = ${priority}
    direction                  = "${direction}"
    access                     = "${access}"
    protocol                   = "Tcp"
    source_port_range          = "*"
    source_address_prefix      = "${from}"
    destination_port_range     = "${port}"
    destination_address_prefix = "${to}"
  }
`
const group = (name: string, ...rules: readonly string[]) => `resource "azurerm_network_security_group" "${name}" {
  name                = "${name}"
  resource_group_name = "rg"
${rules.join('')}}
`
const card = (name: string, home: string, more = '') => `resource "azurerm_network_interface" "${name}" {
  name = "${name}"
  ip_configuration {
    name                          = "one"
    subnet_id                     = azurerm_subnet.${home}.id
    private_ip_address_allocation = "Dynamic"
${more}  }
}
`
const WITH_ADDRESS = '    public_ip_address_id          = azurerm_public_ip.one.id\n'
const address = (more = '') => `resource "azurerm_public_ip" "one" {\n  name = "one"\n  sku  = "Standard"\n${more}}\n`

describe('aks-node-ssh', () => {
  const aks = (pool: string, version = '2025-04-02-preview') => ({
    'main.bicep': `resource aks 'Microsoft.ContainerService/managedClusters@${version}' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
${pool}      }
    ]
  }
}
`,
  })
  const off = "        securityProfile: {\n          sshAccess: 'Disabled'\n        }\n"
  finds(aksNodeSsh, 'the default of an API version that can turn it off', {
    head: aks(''),
    at: "main.bicep: resource aks 'Microsoft.ContainerService/managedClusters@2025-04-02-preview' = {",
    severity: 'low',
    says: ['pool system', 'as AKS does by default'],
    patched: aks(off),
  })
  finds(aksNodeSsh, 'it is turned on', {
    head: aks(off.replace('Disabled', 'LocalUser')),
    at: "main.bicep: sshAccess: 'LocalUser'",
    severity: 'low',
    patched: aks(off),
  })
  finds(aksNodeSsh, 'a preview from before there was a word for it', {
    head: aks('', '2022-08-03-preview'),
    at: "main.bicep: resource aks 'Microsoft.ContainerService/managedClusters@2022-08-03-preview' = {",
    severity: 'note',
    patched: 'none',
  })
  finds(aksNodeSsh, 'Terraform, which has no word for it', {
    head: tf('resource "azurerm_kubernetes_cluster" "shop" {\n  default_node_pool {\n    name = "system"\n  }\n}\n'),
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "shop" {',
    severity: 'note',
    says: ['az aks nodepool update --ssh-access disabled'],
    patched: 'none',
  })
  silent(aksNodeSsh, 'off', { head: aks(off) })
  silent(aksNodeSsh, 'by Entra ID', { head: aks(off.replace('Disabled', 'EntraId')) })
  silent(aksNodeSsh, 'nobody knows', {
    head: { 'main.bicep': `param ssh string\n${aks(off.replace("'Disabled'", 'ssh'))['main.bicep']}` },
  })
  silent(aksNodeSsh, 'nodes of Windows', { head: aks("        osType: 'Windows'\n") })
  silent(aksNodeSsh, 'AKS Automatic', {
    head: {
      'main.bicep': aks('')['main.bicep'].replace('  properties', "  sku: {\n    name: 'Automatic'\n  }\n  properties"),
    },
  })
  silent(aksNodeSsh, 'a change elsewhere', {
    base: aks(''),
    head: aks('        count: 5\n'),
  })
})

describe('nsg-on-managed-group', () => {
  const own = (name: string, resourceGroup: string) => `resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  resource_group_name         = ${resourceGroup}
  network_security_group_name = ${name}
  priority                    = 300
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "10.9.0.0/24"
  destination_port_range      = "22"
  destination_address_prefix  = "*"
}
`
  const aks = (more = '') => `resource "azurerm_kubernetes_cluster" "shop" {\n  name = "aks"\n${more}}\n`
  const at = 'main.tf: resource "azurerm_network_security_rule" "ssh" {'
  finds(nsgOnManagedGroup, 'the name that AKS gives', {
    head: tf(own('"aks-agentpool-12345678-nsg"', '"rg"')),
    at,
    severity: 'low',
    says: ['aks-agentpool-12345678-nsg'],
  })
  finds(nsgOnManagedGroup, 'the resource group of the nodes', {
    head: tf(
      aks(),
      own('data.azurerm_resources.nsg.resources[0].name', 'azurerm_kubernetes_cluster.shop.node_resource_group'),
    ),
    at,
  })
  finds(nsgOnManagedGroup, 'that resource group by its name', {
    head: tf(aks('  node_resource_group = "rg-nodes"\n'), own('var.group', '"rg-nodes"')),
    at,
  })
  finds(nsgOnManagedGroup, 'the resource group that AKS names', {
    head: tf(own('var.group', '"MC_rg_aks_westeurope"')),
    at,
  })
  finds(nsgOnManagedGroup, 'its name, of which a part is known', {
    head: tf('variable "resource_group" {}\n', own('var.group', '"MC_${var.resource_group}_aks_westeurope"')),
    at,
  })
  finds(nsgOnManagedGroup, 'that of a cluster that is read', {
    head: tf(
      'data "azurerm_kubernetes_cluster" "shop" {\n  name                = "aks"\n  resource_group_name = "rg"\n}\n',
      own('var.group', 'data.azurerm_kubernetes_cluster.shop.node_resource_group'),
    ),
    at,
  })
  const bicep = (name: string) => ({
    'main.bicep': `resource nsg 'Microsoft.Network/networkSecurityGroups@2024-05-01' existing = {
  name: '${name}'
}
resource ssh 'Microsoft.Network/networkSecurityGroups/securityRules@2024-05-01' = {
  parent: nsg
  name: 'ssh'
  properties: {
    priority: 300
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefix: '10.9.0.0/24'
    destinationPortRange: '22'
    destinationAddressPrefix: '*'
  }
}
`,
  })
  finds(nsgOnManagedGroup, 'Bicep', {
    head: bicep('aks-agentpool-12345678-nsg'),
    at: "main.bicep: resource ssh 'Microsoft.Network/networkSecurityGroups/securityRules@2024-05-01' = {",
  })
  finds(nsgOnManagedGroup, 'ARM', {
    head: {
      'azuredeploy.json': JSON.stringify(
        {
          $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
          contentVersion: '1.0.0.0',
          resources: [
            {
              type: 'Microsoft.Network/networkSecurityGroups/securityRules',
              apiVersion: '2024-05-01',
              name: 'aks-agentpool-12345678-nsg/ssh',
              properties: { priority: 300, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
            },
          ],
        },
        null,
        2,
      ),
    },
    at: 'azuredeploy.json: {',
  })
  silent(nsgOnManagedGroup, 'a group of one’s own', {
    head: tf(group('nodes'), own('azurerm_network_security_group.nodes.name', '"rg"')),
  })
  silent(nsgOnManagedGroup, 'a group that is read', { head: bicep('nsg-nodes') })
  silent(nsgOnManagedGroup, 'a rule of the cloud controller in an exported template', {
    head: {
      'main.bicep': bicep('aks-agentpool-12345678-nsg')['main.bicep'].replace(
        "name: 'ssh'",
        "name: 'k8s-azure-lb_allow_IPv4_1'",
      ),
    },
  })
  silent(nsgOnManagedGroup, 'a resource group that nobody knows', { head: tf(own('var.group', 'var.resource_group')) })
})

describe('bastion-missing', () => {
  const office = (more: RuleText = {}) =>
    group('a', rule({ direction: 'Inbound', from: '198.51.100.0/28', port: '22', name: 'office', ...more }))
  const machines = (rules: string, more = '') =>
    tf(NETWORK, subnet('a', '10.1.0.0/24'), rules, on('a'), address(), card('web', 'a', WITH_ADDRESS), more)
  finds(bastionMissing, 'an office that comes over the internet', {
    head: machines(office()),
    at: 'main.tf: security_rule {',
    severity: 'note',
    says: ['198.51.100.0/28', 'SSH (TCP 22)', 'no Azure Bastion'],
  })
  finds(bastionMissing, 'nodes with public addresses and an open port', {
    head: tf(
      NETWORK,
      subnet('a', '10.1.0.0/24'),
      office(),
      on('a'),
      `resource "azurerm_kubernetes_cluster" "shop" {
  default_node_pool {
    name                   = "system"
    vnet_subnet_id         = azurerm_subnet.a.id
    node_public_ip_enabled = true
    node_network_profile {
      allowed_host_ports {
        port_start = 22
        port_end   = 22
        protocol   = "TCP"
      }
    }
  }
}
`,
    ),
    at: 'main.tf: security_rule {',
  })
  silent(bastionMissing, 'nodes whose own group keeps it out', {
    head: tf(
      NETWORK,
      subnet('a', '10.1.0.0/24'),
      office(),
      on('a'),
      'resource "azurerm_kubernetes_cluster" "shop" {\n  default_node_pool {\n    name                   = "system"\n    vnet_subnet_id         = azurerm_subnet.a.id\n    node_public_ip_enabled = true\n  }\n}\n',
    ),
  })
  silent(bastionMissing, 'a Bastion', {
    head: machines(office(), 'resource "azurerm_bastion_host" "b" {\n  name = "b"\n}\n'),
  })
  silent(bastionMissing, 'a module that is not in the tree', {
    head: machines(office(), 'module "bastion" {\n  source  = "acme/bastion/azurerm"\n  version = "1.0.0"\n}\n'),
  })
  silent(bastionMissing, 'machines without public addresses', {
    head: tf(NETWORK, subnet('a', '10.1.0.0/24'), office(), on('a'), card('web', 'a')),
  })
  silent(bastionMissing, 'a private range, where a Bastion or VPN may stand', {
    head: machines(office({ from: '10.9.0.0/24' })),
  })
  silent(bastionMissing, 'the whole internet, which is another finding', {
    head: machines(office({ from: 'Internet' })),
  })
  silent(bastionMissing, 'a web port', { head: machines(office({ port: '443' })) })
  silent(bastionMissing, 'a range that the configuration trusts', {
    head: machines(office()),
    trusted: ['198.51.100.0/24'],
  })
  silent(bastionMissing, 'a denial above it', {
    head: machines(
      group(
        'a',
        rule({ direction: 'Inbound', access: 'Deny', priority: 100, name: 'none' }),
        rule({ direction: 'Inbound', from: '198.51.100.0/28', port: '22' }),
      ),
    ),
  })
})

describe('ddos-plan-missing', () => {
  const gateway = `resource "azurerm_application_gateway" "web" {
  name = "web"
  gateway_ip_configuration {
    name      = "one"
    subnet_id = azurerm_subnet.a.id
  }
  frontend_ip_configuration {
    name                 = "public"
    public_ip_address_id = azurerm_public_ip.one.id
  }
}
`
  const net = (more: string) => NETWORK.replace('}\n', `${more}}\n`)
  const entry = (more = '', ip = '') => tf(net(more), subnet('a', '10.1.0.0/24'), address(ip), gateway)
  const plan = (enable: string) =>
    `  ddos_protection_plan {\n    id     = azurerm_network_ddos_protection_plan.p.id\n    enable = ${enable}\n  }\n`
  finds(ddosPlanMissing, 'a gateway with a public address', {
    head: entry(),
    at: 'main.tf: resource "azurerm_virtual_network" "v" {',
    severity: 'note',
    says: ['azurerm_application_gateway.web', 'no DDoS protection plan'],
  })
  finds(ddosPlanMissing, 'a plan that is switched off', {
    head: entry(plan('false')),
    at: 'main.tf: resource "azurerm_virtual_network" "v" {',
  })
  finds(ddosPlanMissing, 'Bicep', {
    head: {
      'main.bicep': `resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet'
  location: 'westeurope'
  properties: {
    addressSpace: {
      addressPrefixes: ['10.1.0.0/16']
    }
    subnets: [
      {
        name: 'web'
        properties: {
          addressPrefix: '10.1.0.0/24'
        }
      }
    ]
  }
}
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'ip'
  location: 'westeurope'
}
resource nic 'Microsoft.Network/networkInterfaces@2024-05-01' = {
  name: 'nic'
  location: 'westeurope'
  properties: {
    ipConfigurations: [
      {
        name: 'one'
        properties: {
          publicIPAddress: {
            id: ip.id
          }
          subnet: {
            id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'web')
          }
        }
      }
    ]
  }
}
`,
    },
    at: "main.bicep: resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {",
    says: ['nic'],
  })
  silent(ddosPlanMissing, 'a plan', { head: entry(plan('true')) })
  silent(ddosPlanMissing, 'a plan that may be there', { head: entry(plan('var.on')) })
  silent(ddosPlanMissing, 'protection of the address', { head: entry('', '  ddos_protection_mode = "Enabled"\n') })
  silent(ddosPlanMissing, 'protection that nobody knows', { head: entry('', '  ddos_protection_mode = var.mode\n') })
  silent(ddosPlanMissing, 'an address that is not in the tree', {
    head: tf(NETWORK, subnet('a', '10.1.0.0/24'), gateway.replace('azurerm_public_ip.one.id', 'var.address')),
  })
  silent(ddosPlanMissing, 'a firewall that lets nobody in', { head: tf(hub()) })
  finds(ddosPlanMissing, 'a firewall that forwards what comes in', {
    head: tf(
      hub(),
      `resource "azurerm_firewall_policy_rule_collection_group" "in" {
  name               = "in"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = 100
  nat_rule_collection {
    name     = "in"
    priority = 100
    action   = "Dnat"
    rule {
      name                = "web"
      protocols           = ["TCP"]
      source_addresses    = ["198.51.100.0/24"]
      destination_address = azurerm_public_ip.firewall.ip_address
      destination_ports   = ["443"]
      translated_address  = "10.240.0.9"
      translated_port     = "443"
    }
  }
}
`,
    ),
    at: 'main.tf: resource "azurerm_virtual_network" "hub" {',
    says: ['azurerm_firewall.hub'],
  })
  silent(ddosPlanMissing, 'a network without entries', { head: tf(NETWORK, subnet('a', '10.1.0.0/24')) })
  silent(ddosPlanMissing, 'one more entry', {
    base: entry(),
    head: { 'main.tf': entry()['main.tf'] + card('web', 'a', WITH_ADDRESS) },
  })
})

describe('nsg-outbound-open', () => {
  const home = NETWORK + subnet('a', '10.1.0.0/24')
  const https = rule({ name: 'https', port: '443', to: 'Internet' })
  const none = rule({ name: 'none', priority: 4000, access: 'Deny', to: 'Internet' }).replace('"Tcp"', '"*"')
  const denial = `
  security_rule {
    name                       = "deny-internet-outbound"
    priority                   = 4096
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "*"
    destination_address_prefix = "Internet"
  }
`
  finds(nsgOutboundOpen, 'a list of what may leave without a denial below', {
    head: tf(home, group('a', https), on('a')),
    at: 'main.tf: resource "azurerm_network_security_group" "a" {',
    severity: 'low',
    says: ['https', 'AllowInternetOutBound (65001)'],
    patched: tf(home, group('a', https, denial.slice(1)), on('a')),
  })
  finds(nsgOutboundOpen, 'a rule for everything above the denial', {
    head: tf(home, group('a', rule({ name: 'all', to: 'Internet' }), none), on('a')),
    at: 'main.tf: security_rule {',
    says: ['rule all (priority 200)', 'above the rules that deny some of it'],
  })
  finds(nsgOutboundOpen, 'rules as resources of their own', {
    head: tf(
      home,
      group('a'),
      `resource "azurerm_network_security_rule" "https" {
  name                        = "https"
  priority                    = 200
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "443"
  destination_address_prefix  = "Storage"
  resource_group_name         = "rg"
  network_security_group_name = azurerm_network_security_group.a.name
}
`,
      on('a'),
    ),
    at: 'main.tf: resource "azurerm_network_security_group" "a" {',
    patched: tf(
      home,
      group('a'),
      `
resource "azurerm_network_security_rule" "a_deny_internet_outbound" {
  name                        = "deny-internet-outbound"
  priority                    = 4096
  direction                   = "Outbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "Internet"
  resource_group_name         = azurerm_network_security_group.a.resource_group_name
  network_security_group_name = azurerm_network_security_group.a.name
}
`,
      `resource "azurerm_network_security_rule" "https" {
  name                        = "https"
  priority                    = 200
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "443"
  destination_address_prefix  = "Storage"
  resource_group_name         = "rg"
  network_security_group_name = azurerm_network_security_group.a.name
}
`,
      on('a'),
    ),
  })
  const template = (rules: readonly object[]) => ({
    'azuredeploy.json': `${JSON.stringify(
      {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        resources: [
          {
            type: 'Microsoft.Network/networkSecurityGroups',
            apiVersion: '2024-05-01',
            name: 'nsg',
            location: 'westeurope',
            properties: { securityRules: rules },
          },
          {
            type: 'Microsoft.Network/virtualNetworks',
            apiVersion: '2024-05-01',
            name: 'v',
            location: 'westeurope',
            properties: {
              addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
              subnets: [
                {
                  name: 'a',
                  properties: {
                    addressPrefix: '10.1.0.0/24',
                    networkSecurityGroup: { id: "[resourceId('Microsoft.Network/networkSecurityGroups', 'nsg')]" },
                  },
                },
              ],
            },
          },
        ],
      },
      null,
      2,
    )}\n`,
  })
  const json = (name: string, priority: number, access: string, protocol: string, port: string) => ({
    name,
    properties: {
      priority,
      direction: 'Outbound',
      access,
      protocol,
      sourcePortRange: '*',
      sourceAddressPrefix: '*',
      destinationPortRange: port,
      destinationAddressPrefix: 'Internet',
    },
  })
  finds(nsgOutboundOpen, 'ARM', {
    head: template([json('https', 200, 'Allow', 'Tcp', '443')]),
    at: 'azuredeploy.json: {',
    patched: template([
      json('https', 200, 'Allow', 'Tcp', '443'),
      json('deny-internet-outbound', 4096, 'Deny', '*', '*'),
    ]),
  })
  silent(nsgOutboundOpen, 'no outbound rules, which every group begins with', { head: tf(home, group('a'), on('a')) })
  silent(nsgOutboundOpen, 'a rule that says what the default rule says', {
    head: tf(home, group('a', rule({ name: 'all', to: 'Internet' })), on('a')),
  })
  silent(nsgOutboundOpen, 'the subnet of a gateway that is in another file', {
    head: tf(
      home,
      group('a', https, rule({ name: 'gateway', direction: 'Inbound', from: 'GatewayManager', port: '65200-65535' })),
      on('a'),
    ),
  })
  silent(nsgOutboundOpen, 'a denial below the list', { head: tf(home, group('a', https, none), on('a')) })
  silent(nsgOutboundOpen, 'denials of some of it', {
    head: tf(home, group('a', rule({ name: 'smtp', access: 'Deny', port: '25', to: 'Internet' })), on('a')),
  })
  silent(nsgOutboundOpen, 'rules for the network alone', {
    head: tf(home, group('a', rule({ name: 'sql', port: '1433', to: 'VirtualNetwork' })), on('a')),
  })
  silent(nsgOutboundOpen, 'a group that is attached to nothing', { head: tf(home, group('a', https)) })
  silent(nsgOutboundOpen, 'a way out through the firewall', {
    head: tf(hub({ more: group('nodes', https) + on('nodes') })),
  })
  silent(nsgOutboundOpen, 'rules that nobody knows', {
    head: tf(
      home,
      group(
        'a',
        https,
        '  dynamic "security_rule" {\n    for_each = var.rules\n    content {\n      name = security_rule.value\n    }\n  }\n',
      ),
      on('a'),
    ),
  })
  silent(nsgOutboundOpen, 'the subnet of an application gateway', {
    head: tf(
      home,
      group('a', https),
      on('a'),
      'resource "azurerm_application_gateway" "g" {\n  name = "g"\n  gateway_ip_configuration {\n    name      = "one"\n    subnet_id = azurerm_subnet.a.id\n  }\n}\n',
    ),
  })
})

describe('nsg-lateral', () => {
  const aks = (home: string) => `resource "azurerm_kubernetes_cluster" "shop" {
  name = "aks"
  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.${home}.id
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
  }
}
`
  const net = NETWORK + subnet('nodes', '10.1.0.0/24') + subnet('data', '10.1.8.0/24') + aks('nodes')
  const denial = `
  security_rule {
    name                       = "deny-lateral"
    priority                   = 4096
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_ranges    = ["22", "3389"]
    destination_address_prefix = "10.1.8.0/24"
  }
`
  finds(nsgLateral, 'a machine beside the nodes', {
    head: tf(net, group('nodes'), on('nodes'), card('db', 'data')),
    at: 'main.tf: resource "azurerm_network_security_group" "nodes" {',
    severity: 'low',
    witness: 'node/aks/system → subnet/v/data TCP 22',
    says: ['SSH (TCP 22) and remote desktop (TCP 3389)', 'azurerm_subnet.data'],
    patched: tf(net, group('nodes', denial), on('nodes'), card('db', 'data')),
  })
  silent(nsgLateral, 'a denial for these ports', {
    head: tf(
      net,
      group(
        'nodes',
        rule({ name: 'ssh', access: 'Deny', port: '22', to: '10.1.8.0/24' }),
        rule({ name: 'rdp', priority: 300, access: 'Deny', port: '3389', to: '10.1.8.0/24' }),
      ),
      on('nodes'),
      card('db', 'data'),
    ),
  })
  silent(nsgLateral, 'the subnet of the machines lets none in', {
    head: tf(
      net,
      group('nodes'),
      on('nodes'),
      group('data', rule({ direction: 'Inbound', access: 'Deny', from: '10.1.0.0/24' })),
      on('data'),
      card('db', 'data'),
    ),
  })
  silent(nsgLateral, 'no machines', { head: tf(net, group('nodes'), on('nodes')) })
  silent(nsgLateral, 'no group on the nodes, which is another finding', { head: tf(net, card('db', 'data')) })
  silent(nsgLateral, 'a machine with a group of its own that nobody knows', {
    head: tf(
      net,
      group('nodes'),
      on('nodes'),
      card('db', 'data'),
      'resource "azurerm_network_interface_security_group_association" "db" {\n  network_interface_id      = azurerm_network_interface.db.id\n  network_security_group_id = var.group\n}\n',
    ),
  })
})
