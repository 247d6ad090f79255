import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { nsgInternetAdminPort } from './nsg-internet-admin-port.ts'

const rule = (name: string, priority: number, access: string, source: string, port: string, protocol = 'Tcp') => `
  security_rule {
    name                       = "${name}"
    priority                   = ${priority}
    direction                  = "Inbound"
    access                     = "${access}"
    protocol                   = "${protocol}"
    source_port_range          = "*"
    destination_port_range     = "${port}"
    destination_address_prefix = "*"
    ${source}
  }
`
const group = (...rules: readonly string[]) => `resource "azurerm_network_security_group" "web" {
  name = "nsg-web"
${rules.join('')}}
`
const from = (prefix: string) => `source_address_prefix      = "${prefix}"`

describe('nsg-internet-admin-port', () => {
  finds(nsgInternetAdminPort, 'SSH from anywhere; without trusted ranges the rule goes', {
    head: { 'main.tf': group(rule('web', 100, 'Allow', from('*'), '443'), rule('ssh', 110, 'Allow', from('*'), '22')) },
    at: 'main.tf: security_rule {',
    severity: 'medium',
    witness: 'internet → what nsg-web is in front of TCP 22',
    says: ['SSH', 'rule ssh', 'priority 110'],
    patched: { 'main.tf': group(rule('web', 100, 'Allow', from('*'), '443')) },
  })
  finds(nsgInternetAdminPort, 'with trusted ranges the source is narrowed', {
    head: { 'main.tf': group(rule('ssh', 110, 'Allow', from('Internet'), '22')) },
    trusted: ['203.0.113.0/24'],
    at: 'main.tf: security_rule {',
    patched: { 'main.tf': group(rule('ssh', 110, 'Allow', from('203.0.113.0/24'), '22')) },
  })
  finds(nsgInternetAdminPort, 'two halves that are the internet together', {
    head: {
      'main.tf': group(rule('rdp', 110, 'Allow', 'source_address_prefixes = ["0.0.0.0/1", "128.0.0.0/1"]', '3389')),
    },
    at: 'main.tf: security_rule {',
  })
  finds(nsgInternetAdminPort, 'Bicep, with the tag in capitals', {
    head: {
      'nsg.bicep': `resource nsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg'
  properties: {
    securityRules: [
      {
        name: 'ssh'
        properties: { access: 'Allow', direction: 'Inbound', priority: 100, protocol: 'Tcp', sourceAddressPrefix: 'INTERNET', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22' }
      }
    ]
  }
}
`,
    },
    at: 'nsg.bicep: {',
    patched: {
      'nsg.bicep': `resource nsg 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg'
  properties: {
    securityRules: [
    ]
  }
}
`,
    },
  })
  silent(nsgInternetAdminPort, 'a denial above it', {
    head: {
      'main.tf': group(
        rule('no', 100, 'Deny', from('Internet'), '*', '*'),
        rule('ssh', 200, 'Allow', from('Internet'), '22'),
      ),
    },
  })
  silent(nsgInternetAdminPort, 'ICMP is not SSH', {
    head: { 'main.tf': group(rule('ping', 100, 'Allow', from('*'), '22', 'Icmp')) },
  })
  silent(nsgInternetAdminPort, 'private and trusted sources, and the platform', {
    head: {
      'main.tf': group(
        rule('a', 100, 'Allow', from('10.0.0.0/16'), '22'),
        rule('b', 110, 'Allow', from('20.0.0.0/8'), '22'),
        rule('c', 120, 'Allow', from('168.63.129.16'), '22'),
      ),
    },
    trusted: ['20.0.0.0/8'],
  })
  silent(nsgInternetAdminPort, 'the rule renamed, renumbered and split', {
    base: { 'main.tf': group(rule('admin', 100, 'Allow', from('*'), '22')) },
    head: {
      'main.tf': group(
        rule('first', 150, 'Allow', 'source_address_prefixes = ["0.0.0.0/1"]', '22'),
        rule('rest', 160, 'Allow', from('*'), '22'),
      ),
    },
  })
  silent(nsgInternetAdminPort, 'an unknown source', {
    head: {
      'main.tf': `variable "src" {}\n${group(rule('ssh', 110, 'Allow', 'source_address_prefix = var.src', '22'))}`,
    },
  })
})
