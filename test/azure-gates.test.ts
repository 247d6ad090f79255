import { describe } from 'vitest'
import { nicIpForwarding } from '../src/rules/nic-ip-forwarding.ts'
import { nicPublicIp } from '../src/rules/nic-public-ip.ts'
import { noWaf } from '../src/rules/no-waf.ts'
import { nsgAnyInbound } from '../src/rules/nsg-any-inbound.ts'
import { nsgOpenPort } from '../src/rules/nsg-open-port.ts'
import { nsgUnattached } from '../src/rules/nsg-unattached.ts'
import { nsgWhereNotAllowed } from '../src/rules/nsg-where-not-allowed.ts'
import { nsgWidePrivateSource } from '../src/rules/nsg-wide-private-source.ts'
import { paasAzureServices } from '../src/rules/paas-azure-services.ts'
import { paasRangeWide } from '../src/rules/paas-range-wide.ts'
import { paasWidened } from '../src/rules/paas-widened.ts'
import { storageNoAzureServices } from '../src/rules/storage-no-azure-services.ts'
import { subnetDefaultOutbound } from '../src/rules/subnet-default-outbound.ts'
import { wafNotPreventing } from '../src/rules/waf-not-preventing.ts'
import { wafRuleLog4j } from '../src/rules/waf-rule-log4j.ts'
import { finds, silent } from './rule-table.ts'

const inbound = (ports: string, source: string, access = 'Allow') => `  security_rule {
    name                       = "in"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "${access}"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "${ports}"
    source_address_prefix      = "${source}"
    destination_address_prefix = "*"
  }
`
const group = (rules: string) => `resource "azurerm_network_security_group" "g" {\n  name = "g"\n${rules}}\n`
const tf = (...parts: readonly string[]) => ({ 'main.tf': parts.join('') })

const armGroup = (port: string, source: string) => ({
  'azuredeploy.json': `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.Network/networkSecurityGroups",
      "apiVersion": "2024-05-01",
      "name": "g",
      "location": "westeurope",
      "properties": {
        "securityRules": [
          {
            "name": "in",
            "properties": {
              "priority": 100,
              "direction": "Inbound",
              "access": "Allow",
              "protocol": "Tcp",
              "sourcePortRange": "*",
              "destinationPortRange": "${port}",
              "sourceAddressPrefix": "${source}",
              "destinationAddressPrefix": "*"
            }
          }
        ]
      }
    }
  ]
}
`,
})

describe('security groups', () => {
  finds(nsgAnyInbound, 'every port to everybody: the rule is for the trusted', {
    head: tf(group(inbound('*', '*'))),
    trusted: ['203.0.113.0/24'],
    at: 'main.tf: security_rule {',
    severity: 'high',
    patched: tf(group(inbound('*', '203.0.113.0/24'))),
  })
  finds(nsgAnyInbound, 'ARM: the two halves of the internet', {
    head: armGroup('0-65535', '0.0.0.0/0'),
    at: 'azuredeploy.json: {',
  })
  silent(nsgAnyInbound, 'every port to a private range', { head: tf(group(inbound('*', '10.0.0.0/8'))) })
  silent(nsgAnyInbound, 'a denial', { head: tf(group(inbound('*', '*', 'Deny'))) })
  finds(nsgOpenPort, 'a port that is no web port', {
    head: tf(group(inbound('9000', 'Internet'))),
    at: 'main.tf: security_rule {',
    severity: 'low',
    says: ['TCP 9000'],
    patched: tf(group('')),
  })
  finds(nsgOpenPort, 'ARM: a web port, which is how entries are', {
    head: armGroup('443', '*'),
    at: 'azuredeploy.json: {',
    severity: 'note',
    patched: 'none',
  })
  silent(nsgOpenPort, 'one address', { head: tf(group(inbound('9000', '203.0.113.7'))) })
  silent(nsgOpenPort, 'SSH, which another rule is for', { head: tf(group(inbound('22', '*'))) })
  finds(nsgWidePrivateSource, 'ARM: SSH from every connected network', {
    head: armGroup('22', '10.0.0.0/8'),
    at: 'azuredeploy.json: {',
    severity: 'low',
    says: ['TCP 22'],
  })
  silent(nsgWidePrivateSource, 'one subnet', { head: armGroup('22', '10.1.2.0/24') })
  silent(nsgWidePrivateSource, 'a port of an application', { head: armGroup('8080', '10.0.0.0/8') })
  const subnet = (name: string) =>
    `resource "azurerm_subnet" "s" {\n  name             = "${name}"\n  address_prefixes = ["10.0.1.0/24"]\n}\n`
  const joined =
    'resource "azurerm_subnet_network_security_group_association" "s" {\n  subnet_id                 = azurerm_subnet.s.id\n  network_security_group_id = azurerm_network_security_group.g.id\n}\n'
  finds(nsgUnattached, 'a group that no subnet has', {
    head: tf(group(''), subnet('apps')),
    at: 'main.tf: resource "azurerm_network_security_group" "g" {',
    severity: 'note',
  })
  silent(nsgUnattached, 'a group with an association', { head: tf(group(''), subnet('apps'), joined) })
  silent(nsgUnattached, 'a module of groups alone', { head: tf(group('')) })
  finds(nsgWhereNotAllowed, 'a group on the subnet of a firewall', {
    head: tf(group(''), subnet('AzureFirewallSubnet'), joined),
    at: 'main.tf: resource "azurerm_network_security_group" "g" {',
    severity: 'medium',
  })
  silent(nsgWhereNotAllowed, 'a group on any other', { head: tf(group(''), subnet('apps'), joined) })
})

describe('network cards and subnets', () => {
  const nic = (more: string, address = '') =>
    `resource "azurerm_network_interface" "jump" {\n  name = "jump"\n${more}  ip_configuration {\n    name                          = "one"\n    private_ip_address_allocation = "Static"\n    private_ip_address            = "10.0.1.7"\n${address}  }\n}\n`
  const ip = 'resource "azurerm_public_ip" "jump" {\n  name = "jump"\n}\n'
  finds(nicPublicIp, 'a machine for administration', {
    head: tf(ip, nic('', '    public_ip_address_id          = azurerm_public_ip.jump.id\n')),
    at: 'main.tf: resource "azurerm_public_ip" "jump" {',
    severity: 'medium',
  })
  silent(nicPublicIp, 'a private one', { head: tf(ip, nic('')) })
  const table = (hop: string) =>
    `resource "azurerm_route_table" "t" {\n  name = "t"\n  route {\n    name                   = "default"\n    address_prefix         = "0.0.0.0/0"\n    next_hop_type          = "VirtualAppliance"\n    next_hop_in_ip_address = "${hop}"\n  }\n}\n`
  finds(nicIpForwarding, 'a card that no route leads to', {
    head: tf(nic('  ip_forwarding_enabled = true\n'), table('10.0.1.9')),
    at: 'main.tf: ip_forwarding_enabled = true',
    severity: 'low',
    patched: tf(nic('  ip_forwarding_enabled = false\n'), table('10.0.1.9')),
  })
  silent(nicIpForwarding, 'an appliance', { head: tf(nic('  ip_forwarding_enabled = true\n'), table('10.0.1.7')) })
  const bicep = (access: string, outbound: string) => ({
    'main.bicep': `resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'v'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      {
        name: 'nodes'
        properties: {
          addressPrefix: '10.0.0.0/22'
          defaultOutboundAccess: ${access}
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
      { name: 'system', vnetSubnetID: '\${vnet.id}/subnets/nodes' }
    ]
    networkProfile: { networkPlugin: 'azure', outboundType: '${outbound}' }
  }
}
`,
  })
  finds(subnetDefaultOutbound, 'Bicep: nodes that are meant to have no way out: the subnet is private', {
    head: bicep('true', 'none'),
    at: 'main.bicep: defaultOutboundAccess: true',
    severity: 'medium',
    patched: bicep('false', 'none'),
  })
  silent(subnetDefaultOutbound, 'a private subnet', { head: bicep('false', 'none') })
  silent(subnetDefaultOutbound, 'nodes that leave by the load balancer', { head: bicep('true', 'loadBalancer') })
})

describe('services', () => {
  const account = (rules: string) => `resource "azurerm_storage_account" "data" {
  name = "stdata"
  network_rules {
    default_action = "Deny"
${rules}  }
}
`
  finds(paasRangeWide, 'a /12', {
    head: tf(account('    ip_rules       = ["20.16.0.0/12"]\n')),
    at: 'main.tf: ip_rules       = ["20.16.0.0/12"]',
    severity: 'medium',
  })
  silent(paasRangeWide, 'an office', { head: tf(account('    ip_rules       = ["203.0.113.0/24"]\n')) })
  finds(paasWidened, 'one more office', {
    base: tf(account('    ip_rules       = ["203.0.113.0/24"]\n')),
    head: tf(account('    ip_rules       = ["203.0.113.0/24", "198.51.100.0/24"]\n')),
    at: 'main.tf: ip_rules       = ["203.0.113.0/24", "198.51.100.0/24"]',
    severity: 'low',
    says: ['198.51.100.0/24'],
  })
  silent(paasWidened, 'one office less', {
    base: tf(account('    ip_rules       = ["203.0.113.0/24", "198.51.100.0/24"]\n')),
    head: tf(account('    ip_rules       = ["203.0.113.0/24"]\n')),
  })
  finds(storageNoAzureServices, 'no exception', {
    head: tf(account('    bypass         = ["None"]\n')),
    at: 'main.tf: bypass         = ["None"]',
    severity: 'note',
  })
  silent(storageNoAzureServices, 'the exception', { head: tf(account('    bypass         = ["AzureServices"]\n')) })
  silent(paasAzureServices, 'a database that admits one address', {
    head: tf(
      'resource "azurerm_mssql_server" "sql" {\n  name = "sql"\n}\nresource "azurerm_mssql_firewall_rule" "office" {\n  name             = "office"\n  server_id        = azurerm_mssql_server.sql.id\n  start_ip_address = "203.0.113.7"\n  end_ip_address   = "203.0.113.7"\n}\n',
    ),
  })
})

describe('web application firewalls', () => {
  const gateway = (more: string, ip = 'azurerm_public_ip.in.id') => `resource "azurerm_public_ip" "in" {
  name = "in"
}
resource "azurerm_application_gateway" "in" {
  name = "in"
  frontend_ip_configuration {
    name                 = "front"
    public_ip_address_id = ${ip}
  }
${more}}
`
  const policy = (settings: string, rules: string) => ({
    'main.bicep': `resource waf 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies@2024-05-01' = {
  name: 'waf'
  location: 'westeurope'
  properties: {
    policySettings: {
      ${settings}
      mode: 'Prevention'
    }
    managedRules: {
      managedRuleSets: [
        ${rules}
      ]
    }
  }
}
`,
  })
  const OWASP = "{ ruleSetType: 'OWASP', ruleSetVersion: '3.2' }"
  finds(noWaf, 'a public gateway', {
    head: tf(gateway('')),
    at: 'main.tf: resource "azurerm_application_gateway" "in" {',
    severity: 'medium',
  })
  finds(noWaf, 'Bicep: a policy that is off is switched on', {
    head: policy("state: 'Disabled'", OWASP),
    at: "main.bicep: state: 'Disabled'",
    patched: policy("state: 'Enabled'", OWASP),
  })
  silent(noWaf, 'a gateway with a policy', {
    head: tf(
      gateway('  firewall_policy_id = azurerm_web_application_firewall_policy.waf.id\n'),
      'resource "azurerm_web_application_firewall_policy" "waf" {\n  name = "waf"\n  managed_rules {\n    managed_rule_set {\n      type    = "OWASP"\n      version = "3.2"\n    }\n  }\n}\n',
    ),
  })
  silent(wafNotPreventing, 'a policy in prevention mode', { head: policy("state: 'Enabled'", OWASP) })
  finds(wafRuleLog4j, 'the rule is switched off', {
    head: policy(
      "state: 'Enabled'",
      "{ ruleSetType: 'OWASP', ruleSetVersion: '3.2', ruleGroupOverrides: [ { ruleGroupName: 'REQUEST-944-APPLICATION-ATTACK-JAVA', rules: [ { ruleId: '944240', state: 'Disabled' } ] } ] }",
    ),
    at: "main.bicep: { ruleSetType: 'OWASP', ruleSetVersion: '3.2', ruleGroupOverrides: [ { ruleGroupName: 'REQUEST-944-APPLICATION-ATTACK-JAVA', rules: [ { ruleId: '944240', state: 'Disabled' } ] } ] }",
    severity: 'low',
  })
  silent(wafRuleLog4j, 'a rule set that has it', { head: policy("state: 'Enabled'", OWASP) })
})
