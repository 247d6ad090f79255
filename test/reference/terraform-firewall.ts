import type { ApplicationRule, Collection, Firewall, NetworkRule, RuleGroup } from './firewall-state.ts'
import { type Block, block, COMMON, optional, type Pair, publicIp, ref, resource } from './hcl.ts'
import type { State } from './state.ts'

/** A firewall, its policy and the parent of that. */
export function firewallBlocks({ firewall }: State): readonly Block[] {
  if (firewall === undefined) return []
  return [
    publicIp('fw-ip'),
    {
      head: 'resource "azurerm_subnet" "firewall"',
      body: [
        ['name', 'AzureFirewallSubnet'],
        ['resource_group_name', 'rg'],
        ['virtual_network_name', ref(`azurerm_virtual_network.${firewall.vnet}.name`)],
        ['address_prefixes', [firewall.prefix]],
      ],
    },
    resource('firewall', 'fw', [
      ...COMMON,
      ['sku_name', 'AZFW_VNet'],
      ['sku_tier', 'Standard'],
      ['firewall_policy_id', ref('azurerm_firewall_policy.child.id')],
      block('ip_configuration', [
        ['name', 'main'],
        ['subnet_id', ref('azurerm_subnet.firewall.id')],
        ['public_ip_address_id', ref('azurerm_public_ip.fw-ip.id')],
      ]),
    ]),
    ...(firewall.parent.length > 0 ? [resource('firewall_policy', 'parent', COMMON)] : []),
    resource('firewall_policy', 'child', [
      ...COMMON,
      ...optional(firewall.parent.length > 0, 'base_policy_id', ref('azurerm_firewall_policy.parent.id')),
      ...optional(firewall.snat !== 'default', 'private_ip_ranges', [PRIVATE_RANGES[firewall.snat]]),
      ...(firewall.dnsProxy ? [block('dns', [['proxy_enabled', true]])] : []),
    ]),
    ...firewall.ipGroups.map(({ name, addresses }) => resource('ip_group', name, [...COMMON, ['cidrs', addresses]])),
    ...firewall.parent.map((group, index) => ruleGroup('parent', group, index)),
    ...firewall.groups.map((group, index) => ruleGroup('child', group, index)),
  ]
}

/** What ranges are taken for private (§4.4). */
export const PRIVATE_RANGES: Readonly<Record<Firewall['snat'], string>> = {
  default: '',
  never: '0.0.0.0/0',
  always: '255.255.255.255/32',
}

function ruleGroup(policy: string, { priority, collections }: RuleGroup, index: number): Block {
  return resource('firewall_policy_rule_collection_group', `${policy}${index}`, [
    ['firewall_policy_id', ref(`azurerm_firewall_policy.${policy}.id`)],
    ['priority', priority],
    ...collections.map(ruleCollection),
  ])
}

function ruleCollection(collection: Collection, index: number): Block {
  const head: Block['body'] = [
    ['name', `collection${index}`],
    ['priority', collection.priority],
  ]
  switch (collection.kind) {
    case 'network':
      return block('network_rule_collection', [
        ...head,
        ['action', collection.action],
        ...collection.rules.map((rule, each) =>
          block('rule', [
            ['name', `rule${each}`],
            ...sourcesOf(rule),
            ...destinationsOf(rule),
            ['protocols', rule.protocols],
            ['destination_ports', rule.ports],
          ]),
        ),
      ])
    case 'application':
      return block('application_rule_collection', [
        ...head,
        ['action', collection.action],
        ...collection.rules.map((rule, each) =>
          block('rule', [
            ['name', `rule${each}`],
            ...sourcesOf(rule),
            rule.tag === undefined ? ['destination_fqdns', rule.names] : ['destination_fqdn_tags', [rule.tag]],
            ...rule.protocols.map(({ type, port }) =>
              block('protocols', [
                ['type', type],
                ['port', port],
              ]),
            ),
          ]),
        ),
      ])
    case 'dnat':
      return block('nat_rule_collection', [
        ...head,
        ['action', 'Dnat'],
        ...collection.rules.map((rule, each) =>
          block('rule', [
            ['name', `rule${each}`],
            ['protocols', ['TCP']],
            ['source_addresses', rule.sources],
            ['destination_address', ref('azurerm_public_ip.fw-ip.ip_address')],
            ['destination_ports', [`${rule.port}`]],
            ['translated_address', rule.address],
            ['translated_port', `${rule.translatedPort}`],
          ]),
        ),
      ])
  }
}

function sourcesOf({ sources, sourceGroup }: NetworkRule | ApplicationRule): readonly Pair[] {
  return sourceGroup === undefined ? [['source_addresses', sources]] : [['source_ip_groups', [groupId(sourceGroup)]]]
}

function destinationsOf({ destinations, destinationGroup, destinationNames }: NetworkRule): readonly Pair[] {
  if (destinationNames !== undefined) return [['destination_fqdns', destinationNames]]
  if (destinationGroup !== undefined) return [['destination_ip_groups', [groupId(destinationGroup)]]]
  return [['destination_addresses', destinations]]
}

function groupId(name: string) {
  return ref(`azurerm_ip_group.${name}.id`)
}
