import {
  type Declared,
  type Json,
  network,
  type Properties,
  publicIp,
  ref,
  reference,
  symbolOf,
} from './arm-resources.ts'
import type { ApplicationRule, Collection, NetworkRule, RuleGroup } from './firewall-state.ts'
import type { State } from './state.ts'
import { PRIVATE_RANGES } from './terraform-firewall.ts'

/** A firewall, its policy and the parent of that. */
export function firewallResources({ firewall }: State): readonly Declared[] {
  if (firewall === undefined) return []
  const group = (policy: string) => (one: RuleGroup, index: number) =>
    network(symbolOf(policy, `${index}`), 'firewallPolicies/ruleCollectionGroups', [policy, `group${index}`], {
      priority: one.priority,
      ruleCollections: one.collections.map(collectionOf),
    })
  const hasParent = firewall.parent.length > 0
  return [
    publicIp('fw-ip'),
    ...(hasParent ? [network('parent', 'firewallPolicies', ['parent'], {})] : []),
    network('child', 'firewallPolicies', ['child'], {
      ...(hasParent && { basePolicy: reference('parent') }),
      ...(firewall.snat !== 'default' && { snat: { privateRanges: [PRIVATE_RANGES[firewall.snat]] } }),
      ...(firewall.dnsProxy && { dnsSettings: { enableProxy: true } }),
    }),
    ...firewall.ipGroups.map(({ name, addresses }) =>
      network(symbolOf(name), 'ipGroups', [name], { ipAddresses: addresses }),
    ),
    ...firewall.parent.map(group('parent')),
    ...firewall.groups.map(group('child')),
    network('fw', 'azureFirewalls', ['fw'], {
      sku: { name: 'AZFW_VNet', tier: 'Standard' },
      firewallPolicy: reference('child'),
      ipConfigurations: [
        {
          name: 'main',
          properties: { subnet: reference('AzureFirewallSubnet'), publicIPAddress: reference('fw_ip') },
        },
      ],
    }),
  ]
}

function collectionOf(collection: Collection, index: number): Json {
  const head = { name: `collection${index}`, priority: collection.priority }
  switch (collection.kind) {
    case 'network':
      return {
        ...head,
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        action: { type: collection.action },
        rules: collection.rules.map((rule, each) => ({
          ruleType: 'NetworkRule',
          name: `rule${each}`,
          ipProtocols: rule.protocols,
          ...sourcesOf(rule),
          ...destinationsOf(rule),
          destinationPorts: rule.ports,
        })),
      }
    case 'application':
      return {
        ...head,
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        action: { type: collection.action },
        rules: collection.rules.map((rule, each) => ({
          ruleType: 'ApplicationRule',
          name: `rule${each}`,
          ...sourcesOf(rule),
          ...(rule.tag === undefined ? { targetFqdns: rule.names } : { fqdnTags: [rule.tag] }),
          protocols: rule.protocols.map(({ type, port }) => ({ protocolType: type, port })),
        })),
      }
    case 'dnat':
      return {
        ...head,
        ruleCollectionType: 'FirewallPolicyNatRuleCollection',
        action: { type: 'DNAT' },
        rules: collection.rules.map((rule, each) => ({
          ruleType: 'NatRule',
          name: `rule${each}`,
          ipProtocols: ['TCP'],
          sourceAddresses: rule.sources,
          destinationAddresses: [ref('fw_ip', 'ipAddress')],
          destinationPorts: [`${rule.port}`],
          translatedAddress: rule.address,
          translatedPort: `${rule.translatedPort}`,
        })),
      }
  }
}

function sourcesOf({ sources, sourceGroup }: NetworkRule | ApplicationRule): Properties {
  return sourceGroup === undefined ? { sourceAddresses: sources } : { sourceIpGroups: [ref(symbolOf(sourceGroup))] }
}

function destinationsOf({ destinations, destinationGroup, destinationNames }: NetworkRule): Properties {
  if (destinationNames !== undefined) return { destinationFqdns: destinationNames }
  if (destinationGroup !== undefined) return { destinationIpGroups: [ref(symbolOf(destinationGroup))] }
  return { destinationAddresses: destinations }
}
