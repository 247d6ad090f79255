import { describe, expect, test } from 'vitest'
import { treeOf } from '../../test/parse/tree-of.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { ParseCache } from '../parse/front-end.ts'
import { parseTree } from '../parse/units.ts'
import type { ConnectionChange } from './change.ts'
import { diffLayers } from './diff-layers.ts'
import { toChanges } from './to-changes.ts'

const block = (kind: string, name: string, ...lines: readonly string[]) =>
  `resource "${kind}" "${name}" {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`

const network = (name: string, space: string) =>
  block(
    'azurerm_virtual_network',
    name,
    `name = "vnet-${name}"`,
    'location = "westeurope"',
    `address_space = ["${space}"]`,
  )
const subnet = (name: string, of: string, range: string) =>
  block(
    'azurerm_subnet',
    name,
    `name = "${name}"`,
    `virtual_network_name = azurerm_virtual_network.${of}.name`,
    `address_prefixes = ["${range}"]`,
  )
const peering = (from: string, to: string) =>
  block(
    'azurerm_virtual_network_peering',
    `${from}_${to}`,
    `name = "${from}-${to}"`,
    `virtual_network_name = azurerm_virtual_network.${from}.name`,
    `remote_virtual_network_id = azurerm_virtual_network.${to}.id`,
  )
const rule = (name: string, priority: number, access: string, source: string, port: string, direction = 'Inbound') =>
  `security_rule {
    name                       = "${name}"
    priority                   = ${priority}
    direction                  = "${direction}"
    access                     = "${access}"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "${source}"
    destination_port_range     = "${port}"
    destination_address_prefix = "*"
  }`
const group = (resource: string, name: string, ...rules: readonly string[]) =>
  block('azurerm_network_security_group', resource, `name = "${name}"`, ...rules)
const guard = (of: string, resource: string) =>
  block(
    'azurerm_subnet_network_security_group_association',
    of,
    `subnet_id = azurerm_subnet.${of}.id`,
    `network_security_group_id = azurerm_network_security_group.${resource}.id`,
  )

/** Two networks: one with machines, one with data. */
const TWO = [
  network('work', '10.1.0.0/16'),
  subnet('machines', 'work', '10.1.4.0/24'),
  network('store', '10.2.0.0/16'),
  subnet('data', 'store', '10.2.4.0/24'),
].join('')
const BOTH_HALVES = peering('work', 'store') + peering('store', 'work')
const ONLY_SQL = group(
  'd',
  'nsg-data',
  rule('sql', 100, 'Allow', '10.1.4.0/24', '1433'),
  rule('rest', 200, 'Deny', '*', '*'),
)

function changes(before: string, after: string, path = 'main.tf') {
  const tree = (text: string) => parseTree(treeOf({ [path]: text }), { cache: new ParseCache() })
  const pairs = analysePair(tree(before), tree(after), EMPTY_CONFIG)
  const all = pairs.map(({ name, base, head }) => [name, diffLayers(base, head)] as const)
  const { connections, exposure } = toChanges(all, 1)
  return [connections, exposure.ingress, exposure.egress].flatMap(({ added, removed, changed }) => [
    ...added,
    ...removed,
    ...changed,
  ])
}

const told = ({ from, to, before, after, via }: ConnectionChange) =>
  `${from} → ${to}: ${before || 'nothing'} → ${after || 'nothing'}${via ? ` by ${via.before} → ${via.after}` : ''}`

describe('peerings', () => {
  test('open both networks to each other, as far as filters let', () => {
    const opened = changes(TWO, TWO + BOTH_HALVES)
    expect(opened.map(told)).toEqual([
      'subnet/vnet-store/data → 10.1.0.0/16: nothing → all connections',
      'subnet/vnet-work/machines → 10.2.0.0/16: nothing → all connections',
    ])
    expect(opened[1]!.cause).toMatchObject({ resource: 'azurerm_virtual_network_peering.work_store' })
    const guarded = TWO + ONLY_SQL + guard('data', 'd')
    const through = changes(guarded, guarded + BOTH_HALVES).map(told)
    expect(through).toContain('subnet/vnet-work/machines → 10.2.4.0/24: nothing → TCP 1433, UDP 1433, SCTP 1433')
  })

  test('close them where they go', () => {
    expect(changes(TWO + BOTH_HALVES, TWO).map(told)).toEqual([
      'subnet/vnet-store/data → 10.1.0.0/16: all connections → nothing',
      'subnet/vnet-work/machines → 10.2.0.0/16: all connections → nothing',
    ])
  })

  test('do nothing by one half, by another name or in another order', () => {
    expect(changes(TWO, TWO + peering('work', 'store'))).toEqual([])
    const renamed = BOTH_HALVES.replaceAll('"work-store"', '"to-store"').replace('"work_store"', '"first"')
    expect(changes(TWO + BOTH_HALVES, renamed + TWO)).toEqual([])
  })

  test('are read from Bicep alike', () => {
    const opened = changes(bicep(''), bicep(BICEP_PEERINGS), 'main.bicep')
    expect(opened.map(told)).toEqual([
      'subnet/vnet-store/data → 10.1.0.0/16: nothing → all connections',
      'subnet/vnet-work/machines → 10.2.0.0/16: nothing → all connections',
    ])
  })

  test('tell all subnets of a network at once', () => {
    const many = TWO + ['a', 'b', 'c'].map((name, i) => subnet(name, 'work', `10.1.${i + 10}.0/24`)).join('')
    expect(changes(many, many + BOTH_HALVES).map(told)).toEqual([
      'every subnet in vnet/vnet-work → 10.2.0.0/16: nothing → all connections',
      'subnet/vnet-store/data → 10.1.0.0/16: nothing → all connections',
    ])
  })
})

describe('security groups of subnets', () => {
  const peered = TWO + BOTH_HALVES

  test('admit packets where they are taken off, and where they go', () => {
    const sql = '10.1.4.0/24 → subnet/vnet-store/data: TCP 1433, UDP 1433, SCTP 1433 → all connections'
    const base = peered + ONLY_SQL + guard('data', 'd')
    const taken = changes(base, peered + ONLY_SQL)
    expect(taken.map(told)).toContain(sql)
    expect(taken).toHaveLength(2)
    expect(taken.find(({ before }) => before === '')!.from).toMatch(/^10\.1\.0\.0\/22, /)
    expect(taken[0]!.cause).toMatchObject({
      resource: 'azurerm_subnet.data',
      why: 'nsg: azurerm_subnet.data had azurerm_network_security_group.d attached',
      side: 'base',
    })
    expect(changes(base, peered).map(told)).toContain(sql)
  })

  test('close where they are new', () => {
    const closed = changes(peered, peered + ONLY_SQL + guard('data', 'd'))
    expect(closed.map(told)).toContain(
      '10.1.4.0/24 → subnet/vnet-store/data: all connections → TCP 1433, UDP 1433, SCTP 1433',
    )
    expect(closed[0]!.cause).toMatchObject({ file: 'main.tf' })
  })

  test('are no news by their name, by where they are written, or where nothing has them', () => {
    const base = peered + ONLY_SQL + guard('data', 'd')
    expect(changes(base, base.replaceAll('nsg-data', 'nsg-store'))).toEqual([])
    expect(changes(base, base.replaceAll('.d.id', '.store.id').replace('_group" "d"', '_group" "store"'))).toEqual([])
    expect(changes(peered, peered + ONLY_SQL)).toEqual([])
    expect(changes(peered + ONLY_SQL, peered)).toEqual([])
  })

  test('are read from Bicep alike', () => {
    const guarded = bicep(BICEP_PEERINGS, 'networkSecurityGroup: { id: nsg.id }')
    const opened = changes(guarded, bicep(BICEP_PEERINGS), 'main.bicep')
    expect(opened.map(told)).toEqual(['10.1.0.0/16, 10.2.0.0/16 → subnet/vnet-store/data: nothing → all connections'])
    expect(changes(guarded, guarded.replaceAll('nsg-data', 'nsg-store'), 'main.bicep')).toEqual([])
  })
})

describe('routes of subnets without a cluster', () => {
  const firewall = [
    subnet('AzureFirewallSubnet', 'work', '10.1.0.0/26'),
    block('azurerm_public_ip', 'fw', 'name = "pip-fw"', 'sku = "Standard"', 'allocation_method = "Static"'),
    block(
      'azurerm_firewall',
      'hub',
      'name = "afw-hub"',
      `ip_configuration {
    name                 = "a"
    subnet_id            = azurerm_subnet.AzureFirewallSubnet.id
    public_ip_address_id = azurerm_public_ip.fw.id
  }`,
    ),
    block(
      'azurerm_firewall_network_rule_collection',
      'web',
      'name = "web"',
      'azure_firewall_name = azurerm_firewall.hub.name',
      'priority = 100',
      'action = "Allow"',
      `rule {
    name                  = "web"
    source_addresses      = ["10.1.4.0/24"]
    destination_addresses = ["*"]
    destination_ports     = ["*"]
    protocols             = ["Any"]
  }`,
    ),
  ].join('')
  const table = (hop: string) =>
    block(
      'azurerm_route_table',
      'rt',
      'name = "rt"',
      `route {
    name           = "default"
    address_prefix = "0.0.0.0/0"
    ${hop}
  }`,
    ) +
    block(
      'azurerm_subnet_route_table_association',
      'machines',
      'subnet_id = azurerm_subnet.machines.id',
      'route_table_id = azurerm_route_table.rt.id',
    )
  const toFirewall = table('next_hop_type = "VirtualAppliance"\n    next_hop_in_ip_address = "10.1.0.4"')

  test('tell who goes past the firewall', () => {
    const base = TWO + firewall
    for (const after of [base, base + table('next_hop_type = "Internet"')]) {
      expect(changes(base + toFirewall, after).map(told)).toEqual([
        'subnet/vnet-work/machines → internet (IPv4): TCP, UDP → all connections by firewall/afw-hub → direct',
      ])
    }
    expect(changes(base, base + toFirewall)).toMatchObject([{ via: { before: 'direct', after: 'firewall/afw-hub' } }])
  })

  test('are no news in another table with the same routes', () => {
    const other = toFirewall
      .replaceAll('"rt"', '"rt-machines"')
      .replaceAll('azurerm_route_table.rt.', 'azurerm_route_table.rt-machines.')
    expect(changes(TWO + firewall + toFirewall, TWO + firewall + other)).toEqual([])
  })
})

const BICEP_PEERINGS = `
resource there 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
  parent: work
  name: 'to-store'
  properties: { remoteVirtualNetwork: { id: store.id } }
}
resource back 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
  parent: store
  name: 'to-work'
  properties: { remoteVirtualNetwork: { id: work.id } }
}
`

function bicep(more: string, data = ''): string {
  return `
resource nsg 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-data'
  location: 'westeurope'
  properties: {
    securityRules: [
      {
        name: 'none'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}
resource work 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-work'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.1.0.0/16'] }
    subnets: [{ name: 'machines', properties: { addressPrefix: '10.1.4.0/24' } }]
  }
}
resource store 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-store'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.2.0.0/16'] }
    subnets: [
      {
        name: 'data'
        properties: {
          addressPrefix: '10.2.4.0/24'
          ${data}
        }
      }
    ]
  }
}
${more}`
}
