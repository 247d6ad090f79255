import type { Bounds } from '../../algebra/bounds.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import { namePatterns } from '../../algebra/names.ts'
import { either, type Truth, toTruth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { AzureObjects } from '../../model/azure/azure-objects.ts'
import type { Firewall, FirewallRule, RuleCollection } from '../../model/azure/firewall.ts'
import type { Link } from '../../model/azure/link.ts'
import { knownItems, knownValue, type PropList } from '../../model/azure/prop.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Answer, FirewallRuleKind, Step } from '../azure/outcome.ts'
import { isIn, type Places } from '../azure/places.ts'
import { ANYTHING, type PrefixSet, placeBounds, toPrefixSet } from '../azure/prefixes.ts'
import { type FabricProtocol, toPorts } from './nsg.ts'

/** A packet as a firewall sees it; `name` is what the client asks for, where it asks by name. */
export interface FirewallPacket {
  readonly source: Places
  readonly destination: Places
  readonly name: string | undefined
  readonly protocol: FabricProtocol
  readonly port: number
}

/** What the firewall does with a packet, and which of its rule types decided: application rules always translate the source. */
export interface FirewallStep extends Step {
  readonly by: FirewallRuleKind
}

/** One rule with its prefixes, groups and ports read once. */
export interface CompiledRule {
  /** The identical object in rules of a state that name the same addresses in the same order, and nothing else. */
  readonly source: Bounds<Places>
  readonly destination: Bounds<Places>
  readonly hasDestination: boolean
  readonly ports: ReturnType<typeof toPorts>
  /** Undefined where a pattern cannot be taken apart. Made when first asked for: most rules are only looked at many at once. */
  readonly names: ReturnType<typeof namePatterns>
}

const COMPILED = new WeakMap<FirewallRule, CompiledRule>()

/** A rule with its addresses; `from` is the resource whose references it uses. Made once a rule. */
export function compile(network: AzureNetwork, rule: FirewallRule, from: Resource): CompiledRule {
  const made = COMPILED.get(rule)
  if (made !== undefined) return made
  const destination = sideOf(network, rule.destinations, rule.destinationGroups, from)
  let names: CompiledRule['names']
  let isNamed = false
  const compiled: CompiledRule = {
    source: sideOf(network, rule.sources, rule.sourceGroups, from),
    destination,
    hasDestination: !rule.destinations.absent || rule.destinationGroups.length > 0,
    ports: toPorts(rule.destinationPorts),
    get names() {
      if (!isNamed) names = namePatterns(knownItems(rule.targetNames), 'any')
      isNamed = true
      return names
    },
  }
  COMPILED.set(rule, compiled)
  return compiled
}

/** Of the addresses and tags that are written out: what they stand for hangs on the words alone. */
const WRITTEN = new WeakMap<AzureObjects, Map<string, Bounds<Places>>>()

/** One side of a rule. Most rules of a firewall have the same few senders, so each such list is read once. */
function sideOf(
  network: AzureNetwork,
  list: PropList<string>,
  groups: readonly Link[],
  from: Resource,
): Bounds<Places> {
  const words = knownItems(list)
  const isWritten = groups.length === 0 && list.complete && words.length === list.items.length
  const written = WRITTEN.get(network.objects) ?? new Map<string, Bounds<Places>>()
  WRITTEN.set(network.objects, written)
  const key = JSON.stringify(words)
  const known = isWritten ? written.get(key) : undefined
  if (known !== undefined) return known
  const side = union(network, toPrefixSet(network, list, from), groups)
  if (isWritten) written.set(key, side)
  return side
}

/** Addresses and the address groups beside them. */
function union(network: AzureNetwork, prefixes: PrefixSet, groups: readonly Link[]): Bounds<Places> {
  let all = prefixes.places
  // A firewall knows no `Internet` or `VirtualNetwork`: such a word stands for nothing that could be told.
  if (prefixes.tags.length > 0) all = placeBounds.union(all, ANYTHING)
  for (const link of groups) {
    const group = network.ipGroups.of(link)
    all = placeBounds.union(
      all,
      group === undefined ? ANYTHING : toPrefixSet(network, group.addresses, group.object.resource).places,
    )
  }
  return all
}

/** Whether a packet's place is one that a rule is for. */
export function within(where: Places, { certain, possible }: Bounds<Places>): Truth {
  const surely = isIn(where, certain)
  if (surely === 'yes') return 'yes'
  return either(surely, isIn(where, possible) === 'no' ? 'no' : 'maybe')
}

/** Whether a network or NAT rule is for a protocol. */
export function matchesProtocol({ protocols }: FirewallRule, wanted: FabricProtocol): Truth {
  if (protocols.absent) return 'no'
  const found = protocols.items.map((item): Truth => {
    if (!item.known) return 'maybe'
    return toTruth(item.value.toLowerCase() === 'any' || item.value.toUpperCase() === wanted)
  })
  return [...found, protocols.complete ? 'no' : ('maybe' as Truth)].reduce(either, 'no')
}

/** Whether a rule is for the port of a packet; ICMP has none. */
export function matchesPort({ ports }: CompiledRule, { port, protocol }: FirewallPacket): Truth {
  if (protocol === 'ICMP') return 'yes'
  if (hasNumber(ports.certain, port)) return 'yes'
  return hasNumber(ports.possible, port) ? 'maybe' : 'no'
}

/** What a rule says of a packet, in words, with the line that it stands in. */
export function stepOf(
  firewall: Firewall,
  collection: RuleCollection,
  rule: FirewallRule,
  by: FirewallStep['by'],
  answer: Answer,
): FirewallStep {
  const name = `${knownValue(collection.name) ?? '?'}/${knownValue(rule.name) ?? '?'}`
  return {
    layer: 'firewall',
    answer,
    rule: `${labelOf(firewall.object)}: ${by} rule ${name}`,
    resource: collection.object.resource,
    origin: rule.value.origin,
    by,
  }
}

/** Whether a tag of names is the one of AKS, whose names are known. */
export function isAksTag(tag: string): boolean {
  return tag.toLowerCase() === 'azurekubernetesservice'
}
