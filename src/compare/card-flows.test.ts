import { expect, test } from 'vitest'
import { treeOf } from '../../test/parse/tree-of.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { ParseCache } from '../parse/front-end.ts'
import { parseTree } from '../parse/units.ts'
import { cardFlows } from './card-flows.ts'
import { toChanges } from './to-changes.ts'

const block = (kind: string, name: string, ...lines: readonly string[]) =>
  `resource "${kind}" "${name}" {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`

const rule = (priority: number, access: string, source: string, port: string) =>
  `security_rule {
    name                       = "r${priority}"
    priority                   = ${priority}
    direction                  = "Inbound"
    access                     = "${access}"
    protocol                   = "Tcp"
    source_port_range          = "*"
    source_address_prefix      = "${source}"
    destination_port_range     = "${port}"
    destination_address_prefix = "*"
  }`
const group = (name: string, ...rules: readonly string[]) =>
  block('azurerm_network_security_group', name, `name = "${name}"`, ...rules)
const onCard = (name: string) =>
  block(
    'azurerm_network_interface_security_group_association',
    'jump',
    'network_interface_id = azurerm_network_interface.jump.id',
    `network_security_group_id = azurerm_network_security_group.${name}.id`,
  )
const onSubnet = (name: string) =>
  block(
    'azurerm_subnet_network_security_group_association',
    'ops',
    'subnet_id = azurerm_subnet.ops.id',
    `network_security_group_id = azurerm_network_security_group.${name}.id`,
  )
const MACHINE = block(
  'azurerm_linux_virtual_machine',
  'jump',
  'name = "jump"',
  'network_interface_ids = [azurerm_network_interface.jump.id]',
)
const GROUPS = [
  group('ssh', rule(100, 'Allow', '198.51.100.0/24', '22')),
  group('admin', rule(100, 'Allow', 'Internet', '22'), rule(110, 'Allow', 'Internet', '3389')),
  group('closed', rule(100, 'Deny', 'Internet', '*'), rule(110, 'Deny', 'VirtualNetwork', '3389')),
].join('')

const card = (sku = 'Standard') =>
  [
    block('azurerm_virtual_network', 'v', 'name = "v"', 'location = "westeurope"', 'address_space = ["10.1.0.0/16"]'),
    block(
      'azurerm_subnet',
      'ops',
      'name = "ops"',
      'virtual_network_name = azurerm_virtual_network.v.name',
      'address_prefixes = ["10.1.4.0/24"]',
    ),
    block('azurerm_public_ip', 'jump', 'name = "jump"', `sku = "${sku}"`),
    `resource "azurerm_network_interface" "jump" {
  name = "jump-nic"
  ip_configuration {
    name                 = "main"
    subnet_id            = azurerm_subnet.ops.id
    public_ip_address_id = azurerm_public_ip.jump.id
  }
}
`,
    GROUPS,
  ].join('')

function told(before: string, after: string): readonly string[] {
  const tree = (text: string) => parseTree(treeOf({ 'main.tf': text }), { cache: new ParseCache() })
  const [pair] = analysePair(tree(before), tree(after), EMPTY_CONFIG)
  const { base, head } = pair!
  const flows = cardFlows(base!.network.azure!, head.network.azure!, head.identity)
  const { ingress, egress } = toChanges([['', flows]], 1).exposure
  return [ingress, egress].flatMap(({ added, removed, changed }) =>
    [...added, ...removed, ...changed].map(
      ({ from, to, before: was, after: is }) => `${from} → ${to}: ${was || 'nothing'} → ${is || 'nothing'}`,
    ),
  )
}

test('tells what a group opens that a card gets, which has a public address of the tier that is closed without', () => {
  expect(told(card() + MACHINE, card() + MACHINE + onCard('ssh'))).toEqual([
    '198.51.100.0/24 → vm/jump: nothing → TCP 22',
  ])
  expect(told(card() + MACHINE + onCard('ssh'), card() + MACHINE)).toEqual([
    '198.51.100.0/24 → vm/jump: TCP 22 → nothing',
  ])
})

test('tells what a group closes where the address was open without', () => {
  expect(told(card('Basic'), card('Basic') + onCard('ssh'))).toEqual([
    'internet except 198.51.100.0/24 → nic/jump-nic: all connections → nothing',
    '198.51.100.0/24 → nic/jump-nic: all connections → TCP 22',
  ])
})

test('tells of the group of the subnet what it leaves', () => {
  const guarded = card() + MACHINE + onSubnet('ssh')
  expect(told(guarded, guarded + onCard('admin'))).toEqual([])
  expect(told(guarded + onCard('closed'), guarded + onCard('admin'))).toEqual([
    '198.51.100.0/24 → vm/jump: nothing → TCP 22',
    '10.1.0.0/16 → vm/jump: TCP 1-3388,3390-65535, UDP, SCTP → all connections',
  ])
})

test('tells nothing where a group moves from the subnet to the card, is written in another way, or is as it was', () => {
  expect(told(card() + MACHINE + onSubnet('ssh'), card() + MACHINE + onCard('ssh'))).toEqual([])
  expect(told(card() + onCard('ssh'), onCard('ssh') + card())).toEqual([])
  expect(told(card() + onCard('ssh'), card() + onCard('ssh') + MACHINE)).toEqual([])
})
