import type { AzureNetwork } from '../../src/model/azure/azure-network.ts'
import type {
  FirewallPolicy,
  FirewallRule,
  Firewall as ModelFirewall,
  RuleCollection,
} from '../../src/model/azure/firewall.ts'
import type { Link } from '../../src/model/azure/link.ts'
import { after, rangeOf, toText } from './address.ts'
import type { Collection, Firewall, RuleGroup } from './firewall-state.ts'
import { AKS_NAMES } from './firewall-walk.ts'
import { linkName, single, value, values } from './read-prop.ts'
import { NotModelled } from './yaml-selector.ts'

/** The firewall of a tree with its policy. Throws {@link NotModelled}. */
export function toFirewall(azure: AzureNetwork): Firewall | undefined {
  const [firewall, ...others] = azure.firewalls.all
  if (firewall === undefined) return undefined
  if (others.length > 0) throw new NotModelled('several firewalls')
  const subnet = azure.subnets.of(firewall.subnet)
  const network = subnet?.network
  if (subnet === undefined || network === undefined) throw new NotModelled('a firewall without subnet')
  const policy = azure.firewallPolicies.of(firewall.policy)
  if (policy === undefined && firewall.policy.kind !== 'absent')
    throw new NotModelled('a policy that is not in the tree')
  const prefix = single(subnet.prefixes, 'a subnet of several ranges')
  const parent = policy && azure.firewallPolicies.of(policy.base)
  return {
    vnet: linkName(network),
    prefix,
    address: toText(after(rangeOf(prefix)!.first, 4)),
    groups: policy === undefined ? [classic(azure, firewall)] : toGroups(azure, policy),
    parent: parent === undefined ? [] : toGroups(azure, parent),
    dnsProxy: policy !== undefined && value(policy.dnsProxy),
    snat: 'default',
    ipGroups: [],
  }
}

function classic(azure: AzureNetwork, { collections }: ModelFirewall): RuleGroup {
  return { priority: 100, collections: collections.map((one) => toCollection(azure, one)) }
}

function toGroups(azure: AzureNetwork, { groups, privateRanges }: FirewallPolicy): readonly RuleGroup[] {
  if (!privateRanges.absent) throw new NotModelled('private ranges of a firewall')
  return groups.map(({ priority, collections }) => ({
    priority: value(priority),
    collections: collections.map((one) => toCollection(azure, one)),
  }))
}

function toCollection(azure: AzureNetwork, { kind, priority, action, rules, complete }: RuleCollection): Collection {
  if (!complete) throw new NotModelled('a list that is not known')
  const head = { priority: value(priority) }
  if (kind === 'nat') throw new NotModelled('translation rules that people wrote')
  const verdict = value(action) === 'Deny' ? 'Deny' : 'Allow'
  if (kind === 'network') {
    return {
      kind,
      ...head,
      action: verdict,
      rules: rules.map((rule) => {
        if (rule.destinationNames.items.length > 0) throw new NotModelled('names in network rules')
        return {
          sources: sourcesOf(azure, rule),
          destinations: [
            ...values(rule.destinations),
            ...rule.destinationGroups.flatMap((link) => groupOf(azure, link)),
          ],
          protocols: values(rule.protocols).map((one) => one as 'TCP'),
          ports: values(rule.destinationPorts),
        }
      }),
    }
  }
  return {
    kind,
    ...head,
    action: verdict,
    rules: rules.flatMap((rule) => {
      if (rule.webCategories.items.length > 0) throw new NotModelled('web categories')
      const names = values(rule.targetNames)
      const tags = values(rule.nameTags)
      if (names.length === 0 && tags.length === 0) throw new NotModelled('rules for URLs')
      return [
        {
          sources: sourcesOf(azure, rule),
          names: [...names, ...(tags.length > 0 ? AKS_NAMES : [])],
          protocols: rule.services.map(({ protocol, port }) => ({
            type: value(protocol) as 'Https',
            port: value(port),
          })),
        },
      ]
    }),
  }
}

function sourcesOf(azure: AzureNetwork, { sources, sourceGroups }: FirewallRule): readonly string[] {
  return [...values(sources), ...sourceGroups.flatMap((link) => groupOf(azure, link))]
}

function groupOf(azure: AzureNetwork, link: Link): readonly string[] {
  const group = azure.ipGroups.of(link)
  if (group === undefined) throw new NotModelled('an IP group that is not in the tree')
  return values(group.addresses)
}
