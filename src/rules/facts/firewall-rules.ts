import { type Bounds, exactly } from '../../algebra/bounds.ts'
import {
  ALL_CONNECTIONS,
  ALL_PORTS,
  type ConnectionSet,
  connectionSets,
  NO_CONNECTIONS,
  singlePort,
} from '../../algebra/connections.ts'
import { intersectIntervals, interval } from '../../algebra/intervals.ts'
import { NO_NAMES, namePatterns, nameSets } from '../../algebra/names.ts'
import { groupsOfOthers } from '../../compare/firewall-packets.ts'
import type { PacketBox } from '../../compare/packets.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, labelOf } from '../../model/azure/azure-object.ts'
import type { FirewallRule, RuleCollection } from '../../model/azure/firewall.ts'
import type { Link } from '../../model/azure/link.ts'
import { knownItems, knownValue } from '../../model/azure/prop.ts'
import { openTag } from '../../model/azure/service-tags.ts'
import { EVERYWHERE, NOWHERE, type Places } from '../../reach/azure/places.ts'
import { ANYTHING, placeBounds, toPrefixSet } from '../../reach/azure/prefixes.ts'
import { namesToCome } from '../../reach/layers/firewall-targets.ts'
import { toPorts } from '../../reach/layers/nsg.ts'

/** One rule of a firewall with the packets that it matches. */
export interface FirewallRulePackets {
  readonly rule: FirewallRule
  readonly collection: RuleCollection
  /** The policy or firewall that holds it; the group where that is not in the tree. */
  readonly owner: AzureObject
  readonly packets: Bounds<PacketBox>
  /** Names of the collection and of the rule. */
  readonly label: string
  /** The rule as it is written, to tell one that the change touched. */
  readonly text: string
}

const known = new WeakMap<AzureNetwork, readonly FirewallRulePackets[]>()

/** Every rule of every policy and classic firewall, in the order in which they are read within one kind. */
export function firewallRules(azure: AzureNetwork): readonly FirewallRulePackets[] {
  let made = known.get(azure)
  if (made === undefined) {
    const owned: readonly (readonly [AzureObject, readonly RuleCollection[]])[] = [
      ...azure.firewallPolicies.all.map(
        ({ object, groups }) => [object, groups.flatMap(({ collections }) => collections)] as const,
      ),
      ...groupsOfOthers(azure).map(({ object, collections }) => [object, collections] as const),
      ...azure.firewalls.all
        .filter(({ policy }) => policy.kind === 'absent')
        .map(({ object, collections }) => [object, collections] as const),
    ]
    made = owned.flatMap(([owner, collections]) =>
      collections.flatMap((collection) => collection.rules.map((rule) => toRule(azure, owner, collection, rule))),
    )
    known.set(azure, made)
  }
  return made
}

function toRule(
  azure: AzureNetwork,
  owner: AzureObject,
  collection: RuleCollection,
  rule: FirewallRule,
): FirewallRulePackets {
  const from = sideOf(azure, collection, rule.sources, rule.sourceGroups)
  const to =
    rule.kind === 'application' ? targetsOf(rule) : sideOf(azure, collection, rule.destinations, rule.destinationGroups)
  const connections = connectionsOf(rule)
  const { source, start, end } = rule.value.origin
  return {
    rule,
    collection,
    owner,
    packets: {
      certain: { from: from.certain, to: to.certain, connections: connections.certain },
      possible: { from: from.possible, to: to.possible, connections: connections.possible },
    },
    label: `${knownValue(collection.name) ?? labelOf(collection.object)}/${knownValue(rule.name) ?? '?'}`,
    text: source.text.slice(start, end),
  }
}

function sideOf(
  azure: AzureNetwork,
  { object }: RuleCollection,
  list: FirewallRule['sources'],
  groups: readonly Link[],
): Bounds<Places> {
  const own = toPrefixSet(azure, list, object.resource)
  // A firewall knows no tags of virtual networks.
  const parts = [own.tags.length > 0 ? placeBounds.union(own.places, ANYTHING) : own.places]
  for (const link of groups) {
    const group = azure.ipGroups.of(link)
    parts.push(group === undefined ? ANYTHING : toPrefixSet(azure, group.addresses, group.object.resource).places)
  }
  return parts.reduce(placeBounds.union)
}

function targetsOf(rule: FirewallRule): Bounds<Places> {
  const { targetNames, nameTags, targetUrls, webCategories } = rule
  const patterns = knownItems(targetNames)
  const set = nameSets.union(namePatterns(patterns, 'any') ?? NO_NAMES, namesToCome(rule))
  const named: Places = patterns.includes('*') ? EVERYWHERE : { ...NOWHERE, hosts: set }
  const isSure = targetNames.complete && patterns.length === targetNames.items.length
  const isAll = isSure && nameTags.absent && targetUrls.absent && webCategories.absent
  return isAll ? exactly(named) : { certain: named, possible: EVERYWHERE }
}

function connectionsOf(rule: FirewallRule): Bounds<ConnectionSet> {
  if (rule.kind === 'application') {
    const ports = rule.services.map(({ port }) => (port.known ? singlePort('TCP', port.value) : NO_CONNECTIONS))
    return exactly(ports.reduce(connectionSets.union, NO_CONNECTIONS))
  }
  const ports = toPorts(rule.destinationPorts)
  const of = (numbers: typeof ports.certain): ConnectionSet =>
    rule.protocols.items
      .map((protocol): ConnectionSet => {
        const own = intersectIntervals(numbers, ALL_PORTS)
        switch (protocol.known ? protocol.value.toUpperCase() : 'ANY') {
          case 'TCP':
            return { ...NO_CONNECTIONS, TCP: own }
          case 'UDP':
            return { ...NO_CONNECTIONS, UDP: own }
          case 'ICMP':
            return { ...NO_CONNECTIONS, ICMP: interval(0, 65536) }
          default:
            return { ...ALL_CONNECTIONS, TCP: own, UDP: own, SCTP: own }
        }
      })
      .reduce(connectionSets.union, NO_CONNECTIONS)
  return { certain: of(ports.certain), possible: of(ports.possible) }
}

/** The destinations of a rule as they are written; a tag of a region that is not known is `AzureCloud.<location>`. */
export function destinationWords({ destinations }: FirewallRule): readonly string[] {
  return destinations.items.flatMap((item) =>
    item.known ? [item.value] : item.unknown.kind === 'unknown' ? (openTag(item.unknown) ?? []) : [],
  )
}

/**
 * Subjects by what a rule says and not by where it stands: renamed, renumbered, or moved to another collection, group or policy it is
 * the same. Of several that say the same the second is `… 2`.
 */
export function contentSubjects(): (rule: FirewallRulePackets, more?: string) => string {
  const seen = new Map<string, number>()
  return ({ rule }, more = '') => {
    const key = `${rule.kind} rule ${more === '' ? contentOf(rule) : more}`
    const number = (seen.get(key) ?? 0) + 1
    seen.set(key, number)
    return number === 1 ? key : `${key} ${number}`
  }
}

/** Asked by many rules in every state that has the firewall. */
const CONTENTS = new WeakMap<FirewallRule, string>()

function contentOf(rule: FirewallRule): string {
  let content = CONTENTS.get(rule)
  if (content === undefined) {
    const lists = [rule.targetNames, rule.destinationNames, rule.destinationPorts, rule.protocols]
    const words = [destinationWords(rule), ...lists.map(knownItems<string>)]
      .map((list) =>
        list
          .map((word) => word.toLowerCase())
          .sort()
          .join(','),
      )
      .join(' ')
    const translated = [rule.translatedAddress, rule.translatedPort].map((prop) => prop && knownValue(prop)).join(' ')
    content = `${words} ${translated}`
    CONTENTS.set(rule, content)
  }
  return content
}
