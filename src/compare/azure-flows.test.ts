import { describe, expect, it } from 'vitest'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { printConnections } from '../algebra/connections.ts'
import { toAzureNetwork } from '../model/azure/azure-network.ts'
import { parseTree } from '../parse/units.ts'
import { azureFlows } from './azure-flows.ts'

const network = (text: string, path = 'main.tf') =>
  toAzureNetwork(parseTree(memoryTree({ [path]: text })).units.flatMap(({ resources }) => [...resources]))

function told(before: string, after: string): readonly string[] {
  return azureFlows(network(before), network(after)).map(
    ({ kind, from, to, before: was, after: is }) =>
      `${kind} ${from.name} → ${to.name}: ${printConnections(was.possible) || 'nothing'} → ${printConnections(is.possible) || 'nothing'}`,
  )
}

const rule = (name: string, priority: number, access: string, source: string, port: string, way = 'Inbound') => `
  security_rule {
    name = "${name}"
    priority = ${priority}
    direction = "${way}"
    access = "${access}"
    protocol = "Tcp"
    source_port_range = "*"
    source_address_prefix = "${source}"
    destination_port_range = "${port}"
    destination_address_prefix = "*"
  }`
const group = (...rules: readonly string[]) =>
  `resource "azurerm_network_security_group" "n" {\n  name = "nsg"${rules.join('')}\n}\n`
const policy = (...rules: readonly string[]) => `resource "azurerm_firewall_policy" "p" {
  name = "fw"
}
resource "azurerm_firewall_policy_rule_collection_group" "g" {
  name               = "g"
  firewall_policy_id = azurerm_firewall_policy.p.id
  priority           = 200
${rules.join('')}}
`
const allow = (name: string, priority: number, to: string, port: string) => `  network_rule_collection {
    name     = "${name}"
    priority = ${priority}
    action   = "Allow"
    rule {
      name                  = "r"
      protocols             = ["TCP"]
      source_addresses      = ["10.0.0.0/16"]
      destination_addresses = ["${to}"]
      destination_ports     = ["${port}"]
    }
  }
`
const account = (more: string) => `resource "azurerm_storage_account" "s" {\n  name = "acct"\n${more}}\n`

describe('azureFlows', () => {
  it('tells the packets that a security group newly admits, and those that it no longer does', () => {
    expect(
      told(group(rule('a', 100, 'Allow', '10.1.0.0/16', '22')), group(rule('a', 100, 'Allow', '20.1.0.0/16', '22'))),
    ).toContain('ingress 20.1.0.0/16 → nsg/nsg: nothing → TCP 22')
    expect(told(group(rule('a', 100, 'Allow', 'Internet', '443')), group())).toEqual([
      'ingress internet → nsg/nsg: TCP 443 → nothing',
    ])
    expect(told(group(), group(rule('no', 100, 'Deny', '*', '*', 'Outbound')))).toHaveLength(2)
  })

  it('calls a renamed, reordered or split rule set no change', () => {
    const before = group(rule('a', 100, 'Allow', 'Internet', '80-81'), rule('d', 200, 'Deny', '20.0.0.0/8', '90'))
    const after = group(
      rule('x', 150, 'Allow', 'Internet', '81'),
      rule('y', 110, 'Allow', 'Internet', '80'),
      rule('z', 300, 'Deny', '20.0.0.0/8', '90'),
    )
    expect(told(before, after)).toEqual([])
  })

  it('compares firewalls over IPv4, whatever the order and the names of collections', () => {
    const one = allow('a', 100, '20.0.0.0/24', '443')
    expect(
      told(
        policy(one, allow('b', 200, '30.0.0.0/24', '443')),
        policy(allow('z', 100, '30.0.0.0/24', '443'), allow('y', 300, '20.0.0.0/24', '443')),
      ),
    ).toEqual([])
    expect(told(policy(allow('a', 100, '0.0.0.0/0', '443')), policy(allow('a', 100, '*', '443')))).toEqual([])
    expect(told(policy(one), policy(one, allow('b', 200, '*', '80')))).toEqual([
      'egress 10.0.0.0/16 through firewall/fw → any address: nothing → TCP 80',
    ])
  })

  it('tells who may newly call an API server or a service, and nothing where one unknown follows another', () => {
    expect(told(account('  public_network_access_enabled = false\n'), account(''))).toEqual([
      'ingress internet → service/acct: nothing → TCP 443',
    ])
    const cluster = (list: string) =>
      `variable "a" {}\nvariable "b" {}\nresource "azurerm_kubernetes_cluster" "k" {\n  name = "aks"\n  api_server_access_profile {\n    authorized_ip_ranges = ${list}\n  }\n}\n`
    expect(told(cluster('[var.a]'), cluster('[var.b]'))).toEqual([])
    expect(told(cluster('var.a'), cluster('var.b'))).toEqual([])
    expect(told(cluster('[var.a]'), cluster('[]'))).toEqual(['ingress internet → api-server/aks: nothing → TCP 443'])
  })

  it('tells whom NAT rules newly let in, by the address behind the firewall', () => {
    const nat = (...rules: readonly string[]) =>
      policy(`  nat_rule_collection {
    name     = "in"
    priority = 90
    action   = "Dnat"
${rules.join('')}  }
`)
    const to = (name: string, sources: string, more = '') => `    rule {
      name                = "${name}"
      protocols           = ["TCP"]
      source_addresses    = [${sources}]
      destination_address = "20.50.0.1"
      destination_ports   = ["80"]
      translated_address  = "10.0.4.100"
      translated_port     = "8080"
${more}    }
`
    const one = to('web', '"198.51.100.7"')
    expect(told(policy(), nat(one))).toEqual([
      'ingress 198.51.100.7 → 10.0.4.100 behind firewall/fw: nothing → TCP 8080',
    ])
    expect(told(nat(one), policy())).toEqual([
      'ingress 198.51.100.7 → 10.0.4.100 behind firewall/fw: TCP 8080 → nothing',
    ])
    expect(told(nat(one), nat(to('web', '"*"')))).toEqual([
      'ingress internet except 198.51.100.7 → 10.0.4.100 behind firewall/fw: nothing → TCP 8080',
    ])
    const elsewhere = one.replace('10.0.4.100', '10.0.4.101')
    expect(told(nat(one), nat(elsewhere))).toEqual([
      'ingress 198.51.100.7 → 10.0.4.101 behind firewall/fw: nothing → TCP 8080',
      'ingress 198.51.100.7 → 10.0.4.100 behind firewall/fw: TCP 8080 → nothing',
    ])
  })

  it('calls renamed, split and never reached NAT rules no change', () => {
    const nat = (...rules: readonly (readonly [name: string, sources: string, target: string])[]) =>
      policy(`  nat_rule_collection {
    name     = "in"
    priority = 90
    action   = "Dnat"
${rules
  .map(
    ([name, sources, target]) => `    rule {
      name                = "${name}"
      protocols           = ["TCP"]
      source_addresses    = [${sources}]
      destination_address = "20.50.0.1"
      destination_ports   = ["80"]
      translated_address  = "${target}"
      translated_port     = "80"
    }
`,
  )
  .join('')}  }
`)
    const before = nat(['web', '"198.51.100.7", "198.51.100.9"', '10.0.4.100'])
    expect(told(before, nat(['www', '"198.51.100.9"', '10.0.4.100'], ['two', '"198.51.100.7"', '10.0.4.100']))).toEqual(
      [],
    )
    const shadowed = nat(
      ['web', '"198.51.100.7", "198.51.100.9"', '10.0.4.100'],
      ['late', '"198.51.100.7"', '10.0.4.9'],
    )
    expect(told(before, shadowed)).toEqual([])
  })
})

describe('services whose callers are subnets', () => {
  const tree = (subnet: string, other: string, allowed: string) => `resource "azurerm_virtual_network" "v" {
  name = "v"
}
resource "azurerm_subnet" "${subnet}" {
  name                 = "nodes"
  virtual_network_name = azurerm_virtual_network.v.name
}
resource "azurerm_subnet" "${other}" {
  name                 = "jump"
  virtual_network_name = azurerm_virtual_network.v.name
}
resource "azurerm_storage_account" "data" {
  name = "data"
  network_rules {
    default_action             = "Deny"
    virtual_network_subnet_ids = [azurerm_subnet.${allowed}.id]
  }
}
`
  it('says nothing of a subnet that is only called otherwise in the code', () => {
    expect(told(tree('a', 'b', 'a'), tree('nodes', 'b', 'nodes'))).toEqual([])
    expect(told(tree('a', 'b', 'a'), tree('b', 'a', 'b'))).toEqual([])
  })
  it('tells another subnet under the same address', () => {
    expect(told(tree('a', 'b', 'a'), tree('b', 'a', 'a'))).toEqual([
      expect.stringContaining('v/jump'),
      expect.stringContaining('v/nodes'),
    ])
  })
})

describe('rules for members of a group', () => {
  const tree = (group: string, home: string) => `resource "azurerm_application_security_group" "${group}" {
  name                = "web"
  resource_group_name = "${home}"
}
resource "azurerm_network_security_group" "n" {
  name = "nsg"
  security_rule {
    name = "web"
    priority = 100
    direction = "Inbound"
    access = "Allow"
    protocol = "Tcp"
    source_port_range = "*"
    source_address_prefix = "203.0.113.0/24"
    destination_port_range = "443"
    destination_application_security_group_ids = [azurerm_application_security_group.${group}.id]
  }
}
`
  it('says nothing of a group that is only called otherwise in the code', () => {
    expect(told(tree('web', 'rg'), tree('front', 'rg'))).toEqual([])
  })
  it('tells another group of that name', () => {
    expect(told(tree('web', 'rg'), tree('web', 'other'))).not.toEqual([])
  })
})
