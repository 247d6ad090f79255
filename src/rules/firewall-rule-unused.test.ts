import { describe } from 'vitest'
import { hub } from '../../test/hub.ts'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { firewallOpensSpokes } from './firewall-opens-spokes.ts'
import { firewallRuleUnused } from './firewall-rule-unused.ts'
import { firewallWiderThanPolicies } from './firewall-wider-than-policies.ts'

const group = (collections: string) => `resource "azurerm_firewall_policy_rule_collection_group" "more" {
  name               = "more"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = 300
${collections}}
`
const networkRule = (sources: string, destinations: string, ports: string) => `    rule {
      name                  = "one"
      protocols             = ["TCP"]
      source_addresses      = [${sources}]
      destination_addresses = [${destinations}]
      destination_ports     = [${ports}]
    }
`
const networkRules = (...rules: readonly string[]) =>
  group(
    `  network_rule_collection {\n    name     = "net"\n    priority = 200\n    action   = "Allow"\n${rules.join('')}  }\n`,
  )
const names = (list: string, sources = '"10.240.0.0/22"') =>
  group(
    `  application_rule_collection {\n    name     = "app"\n    priority = 200\n    action   = "Allow"\n    rule {\n      name              = "partner"\n      source_addresses  = [${sources}]\n      destination_fqdns = [${list}]\n      protocols {\n        type = "Https"\n        port = 443\n      }\n    }\n  }\n`,
  )
const NODES = '"10.240.0.0/22"'
const out = (block: string, port: number) =>
  policy(
    'out',
    `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to:\n        - ipBlock:\n            cidr: ${block}\n      ports:\n        - port: ${port}\n`,
  )
const app = (...policies: readonly string[]) => documents(deployment('web'), ...policies)
const open = app(out('0.0.0.0/0', 443))

describe('firewall-rule-unused', () => {
  finds(firewallRuleUnused, 'the range of overlay pods, which come as their node: it goes', {
    head: {
      'main.tf': hub({
        more: networkRules(
          networkRule(NODES, '"20.1.0.0/16"', '"443"'),
          networkRule('"10.244.0.0/16"', '"20.2.0.0/16"', '"443"'),
        ),
      }),
    },
    at: 'main.tf: rule {',
    severity: 'note',
    says: ['10.244.0.0/16', 'with the address of their node'],
    patched: { 'main.tf': hub({ more: networkRules(networkRule(NODES, '"20.1.0.0/16"', '"443"')) }) },
  })
  finds(firewallRuleUnused, 'a part of a network that no subnet has', {
    head: { 'main.tf': hub({ more: names('"api.partner.example"', '"10.240.64.0/24"') }) },
    at: 'main.tf: rule {',
    says: ['has no subnet'],
  })
  finds(firewallRuleUnused, 'policies that let no pod use it', {
    head: { 'main.tf': hub({ more: names('"api.partner.example"') }), 'app.yaml': app(denyAll()) },
    at: 'main.tf: rule {',
    says: ['no policy of theirs lets out TCP 443'],
    patched: 'none',
  })
  finds(firewallRuleUnused, 'a security group that stops all of it before', {
    head: {
      'main.tf': `${hub({ more: networkRules(networkRule(NODES, '"20.1.0.0/16"', '"443"')) })}resource "azurerm_network_security_group" "nodes" {
  name = "nodes"
  security_rule {
    name                       = "closed"
    priority                   = 100
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "20.0.0.0/8"
  }
}
resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}
`,
      'app.yaml': open,
    },
    at: 'main.tf: rule {',
    says: ['stops it before the firewall'],
  })
  silent(firewallRuleUnused, 'a name that policies may let out by its address', {
    head: { 'main.tf': hub({ more: names('"api.partner.example"') }), 'app.yaml': app(out('203.0.113.0/24', 443)) },
  })
  silent(firewallRuleUnused, 'a registry, which nodes pull from', {
    head: { 'main.tf': hub({ more: names('"shop.azurecr.io"') }), 'app.yaml': app(denyAll()) },
  })
  silent(firewallRuleUnused, 'sources that may be spokes elsewhere', {
    head: { 'main.tf': hub({ more: names('"api.partner.example"', '"10.99.0.0/16"') }), 'app.yaml': app(denyAll()) },
  })
  silent(firewallRuleUnused, 'every source', {
    head: { 'main.tf': hub({ more: names('"api.partner.example"', '"*"') }), 'app.yaml': app(denyAll()) },
  })
})

describe('firewall-wider-than-policies', () => {
  const wide = (ports: string) => hub({ more: networkRules(networkRule(NODES, '"20.1.0.0/16"', ports)) })
  finds(firewallWiderThanPolicies, 'every port, of which policies use one', {
    head: { 'main.tf': wide('"1-65535"'), 'app.yaml': open },
    at: 'main.tf: rule {',
    severity: 'note',
    says: ['TCP 1-442,444-65535'],
    patched: { 'main.tf': wide('"443"') },
  })
  finds(firewallWiderThanPolicies, 'a range of which policies use a part', {
    head: { 'main.tf': wide('"443"'), 'app.yaml': app(out('20.1.4.0/24', 443)) },
    at: 'main.tf: rule {',
    says: ['TCP 443 to 20.1.0.0/16, of which policies let pods reach 20.1.4.0/24 alone'],
    patched: { 'main.tf': wide('"443"').replace('20.1.0.0/16', '20.1.4.0/24') },
  })
  silent(firewallWiderThanPolicies, 'what policies let out', { head: { 'main.tf': wide('"443"'), 'app.yaml': open } })
  silent(firewallWiderThanPolicies, 'no manifests', { head: { 'main.tf': wide('"1-65535"') } })
  silent(firewallWiderThanPolicies, 'a pod on the host network, which no policy holds', {
    head: {
      'main.tf': wide('"1-65535"'),
      'app.yaml': documents(
        deployment('web'),
        deployment('agent').replace('      containers:', '      hostNetwork: true\n      containers:'),
        out('0.0.0.0/0', 443),
      ),
    },
  })
})

describe('firewall-opens-spokes', () => {
  const OTHER = `resource "azurerm_virtual_network" "other" {
  name          = "other"
  location      = "westeurope"
  address_space = ["10.250.0.0/16"]
}
resource "azurerm_virtual_network_peering" "other" {
  name                      = "other"
  virtual_network_name      = azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.other.id
}
`
  const two = (sources: string) => `${OTHER}${names('"api.partner.example"', sources)}`
  finds(firewallOpensSpokes, 'a rule for one spoke that is now for all: it is for one again', {
    base: { 'main.tf': hub({ more: two('"10.240.0.0/16"') }) },
    head: { 'main.tf': hub({ more: two('"10.0.0.0/8"') }) },
    at: 'main.tf: source_addresses  = ["10.0.0.0/8"]',
    severity: 'medium',
    says: ['holds spoke and other', 'was for spoke before'],
    patched: { 'main.tf': hub({ more: two('"10.240.0.0/16"') }) },
  })
  finds(firewallOpensSpokes, 'every source, in a rule by address', {
    head: { 'main.tf': hub({ more: `${OTHER}${networkRules(networkRule('"*"', '"20.1.0.0/16"', '"443"'))}` }) },
    at: 'main.tf: source_addresses      = ["*"]',
    severity: 'low',
    says: ['every source'],
    patched: 'none',
  })
  silent(firewallOpensSpokes, 'spokes that are named one by one', {
    head: { 'main.tf': hub({ more: two('"10.240.0.0/16", "10.250.0.0/16"') }) },
  })
  silent(firewallOpensSpokes, 'a hub with one spoke', {
    head: { 'main.tf': hub({ more: names('"api.partner.example"', '"10.0.0.0/8"') }) },
  })
  silent(firewallOpensSpokes, 'what every cluster needs', {
    head: {
      'main.tf': hub({
        more: `${OTHER}${names('"x"', '"10.0.0.0/8"').replace('destination_fqdns = ["x"]', 'destination_fqdn_tags = ["AzureKubernetesService"]')}`,
      }),
    },
  })
})
