import { type Bounds, exactly } from '../algebra/bounds.ts'
import { ALL_PORTS, type ConnectionSet, NO_CONNECTIONS } from '../algebra/connections.ts'
import { equalIntervals, type Intervals, intersectIntervals, interval } from '../algebra/intervals.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { type AzureObject, read } from '../model/azure/azure-object.ts'
import { textProp } from '../model/azure/prop.ts'
import { type RuleProtocol, type SecurityGroup, toSecurityRule } from '../model/azure/security-group.ts'
import type { NetworkTag } from '../model/azure/service-tags.ts'
import { atAddresses, EVERYWHERE, INTERNET, NOWHERE, type Places, PRIVATE_V4, places } from '../reach/azure/places.ts'
import { type Filter, type FilterEnd, type FilterRule, toFilter } from '../reach/layers/nsg.ts'
import { isEmptyBox, type PacketBox, type Packets, subtractPackets, TooManyPackets } from './packets.ts'
import { standIn } from './stand-in.ts'

export type Way = 'inbound' | 'outbound'

/** One rule of a filter with the packets that reach it and that it lets pass. */
export interface RulePackets {
  readonly rule: FilterRule
  /** What it matches, whatever stands above it. */
  readonly matches: Bounds<PacketBox>
  /** For an Allow: what is left of that below the denials above it. */
  readonly passes: Bounds<Packets>
}

/** A security group, or a rule whose group is not in the tree, with the packets of its rules. */
export interface FilterPackets {
  readonly object: AzureObject
  readonly filter: Filter
  of(way: Way): readonly RulePackets[]
  /** Everything that it lets pass, default rules included. */
  admits(way: Way): Bounds<Packets>
}

const known = new WeakMap<AzureNetwork, readonly FilterPackets[]>()

/** The filters of a state; rules without their group stand for themselves, without default rules. */
export function filtersOf(azure: AzureNetwork): readonly FilterPackets[] {
  let made = known.get(azure)
  if (made === undefined) {
    made = [...azure.securityGroups.all, ...orphans(azure)].map((group) => packetsOf(group, toFilter(azure, group)))
    known.set(azure, made)
  }
  return made
}

/** Base, head and all states that have a filter share its packets. */
function packetsOf({ object }: SecurityGroup, filter: Filter): FilterPackets {
  let made = PACKETS.get(filter)
  if (made === undefined) {
    made = new LazyFilter(object, filter)
    PACKETS.set(filter, made)
  }
  return made
}

const PACKETS = new WeakMap<Filter, FilterPackets>()

function orphans({ objects }: AzureNetwork): readonly SecurityGroup[] {
  return objects
    .ofType('microsoft.network/networksecuritygroups/securityrules')
    .filter(({ parent, existing }) => (parent === undefined || parent.existing) && !existing)
    .map((object) => ({ object, rules: [toSecurityRule(objects, object)], complete: true }))
}

class LazyFilter implements FilterPackets {
  readonly object: AzureObject
  readonly filter: Filter
  readonly #rules = new Map<Way, readonly RulePackets[]>()
  readonly #admits = new Map<Way, Bounds<Packets>>()

  constructor(object: AzureObject, filter: Filter) {
    this.object = object
    this.filter = filter
  }

  of(way: Way): readonly RulePackets[] {
    let rules = this.#rules.get(way)
    if (rules === undefined) {
      rules = rulePackets(this.filter, way)
      this.#rules.set(way, rules)
    }
    return rules
  }

  admits(way: Way): Bounds<Packets> {
    let all = this.#admits.get(way)
    if (all === undefined) {
      const rules = this.of(way)
      all = this.filter.complete
        ? {
            certain: rules.flatMap(({ passes }) => passes.certain),
            possible: rules.flatMap(({ passes }) => passes.possible),
          }
        : { certain: [], possible: [EVERYTHING] }
      this.#admits.set(way, all)
    }
    return all
  }
}

function rulePackets({ inbound, outbound, complete }: Filter, way: Way): readonly RulePackets[] {
  const mayDeny: PacketBox[] = []
  const surelyDenies: PacketBox[] = []
  return (way === 'inbound' ? inbound : outbound).map((rule): RulePackets => {
    const matches = boxOf(rule, way)
    const isThere = rule.present === 'yes' && complete
    const denies = rule.access === 'Deny'
    const mayAllow = rule.access === undefined || !denies
    const passes: Bounds<Packets> = {
      certain: isThere && rule.access !== undefined && !denies ? without(matches.certain, mayDeny, []) : [],
      possible: mayAllow ? without(matches.possible, surelyDenies, [matches.possible]) : [],
    }
    if (denies || rule.access === undefined) mayDeny.push(matches.possible)
    if (denies && isThere) surelyDenies.push(matches.certain)
    return { rule, matches, passes }
  })
}

/** `box − denied`, or what is safe to say where that falls into too many pieces. */
function without(box: PacketBox, denied: Packets, otherwise: Packets): Packets {
  try {
    return isEmptyBox(box) ? [] : subtractPackets([box], denied)
  } catch (error) {
    if (error instanceof TooManyPackets) return otherwise
    throw error
  }
}

function boxOf(rule: FilterRule, way: Way): Bounds<PacketBox> {
  const from = endOf(rule.source, way === 'outbound')
  const to = endOf(rule.destination, way === 'inbound')
  return {
    certain: {
      from: from.certain,
      to: to.certain,
      connections: connectionsOf(rule.protocol, rule.ports.certain, false),
    },
    possible: {
      from: from.possible,
      to: to.possible,
      connections: connectionsOf(rule.protocol, rule.ports.possible, true),
    },
  }
}

/** On the own side of a filter `VirtualNetwork` is everything that the filter is in front of. */
function endOf({ prefixes, groups, groupsKnown }: FilterEnd, isOwn: boolean): Bounds<Places> {
  if (groups.size > 0 || !groupsKnown) {
    const certain = [...groups].map(placeOfGroup).reduce(places.union, NOWHERE)
    return { certain, possible: groupsKnown ? certain : EVERYWHERE }
  }
  let { certain, possible } = prefixes.places
  // Rules of a module or a fixture may leave their own side out: it is then whatever the filter is in front of.
  if (isOwn && prefixes.tags.length === 0 && places.isEmpty(possible)) return exactly(EVERYWHERE)
  for (const tag of prefixes.tags) {
    const meant = isOwn && tag === 'VirtualNetwork' ? exactly(EVERYWHERE) : meaningOf(tag)
    certain = places.union(certain, meant.certain)
    possible = places.union(possible, meant.possible)
  }
  return { certain, possible }
}

/** By its own name and that of its resource group, whatever address the code gives it. */
function placeOfGroup(object: AzureObject): Places {
  const { name, resource } = object
  if (!name.known) return standIn(`members of ${resource.address}`)
  const home = textProp(read(object, 'resourceGroup'), '', resource.origin)
  return standIn(`members of ${home.known && home.value !== '' ? `${home.value}/` : ''}${name.value}`)
}

/** Which addresses a network has, and what is peered with it, changes the meaning of the tag and not of the rule: so it stays a tag. */
function meaningOf(tag: NetworkTag): Bounds<Places> {
  if (tag === 'Internet') return exactly(INTERNET)
  const own = standIn(tag)
  return { certain: own, possible: tag === 'VirtualNetwork' ? places.union(own, atAddresses(PRIVATE_V4)) : own }
}

const ANY_NUMBER: Intervals = interval(0, 65536)
const ALL_PROTOCOLS: ConnectionSet = {
  TCP: ALL_PORTS,
  UDP: ALL_PORTS,
  SCTP: ALL_PORTS,
  ICMP: ANY_NUMBER,
  other: interval(0, 256),
}
const EVERYTHING: PacketBox = { from: EVERYWHERE, to: EVERYWHERE, connections: ALL_PROTOCOLS }

/** Protocol numbers of Esp and Ah. Source: IANA protocol numbers. */
const NUMBERS = { Esp: 50, Ah: 51 } as const

function connectionsOf(protocol: RuleProtocol | undefined, numbers: Intervals, possible: boolean): ConnectionSet {
  const ports = intersectIntervals(numbers, ALL_PORTS)
  switch (protocol) {
    case 'Tcp':
      return { ...NO_CONNECTIONS, TCP: ports }
    case 'Udp':
      return { ...NO_CONNECTIONS, UDP: ports }
    case 'Icmp':
      return { ...NO_CONNECTIONS, ICMP: ANY_NUMBER }
    case 'Esp':
    case 'Ah':
      return { ...NO_CONNECTIONS, other: interval(NUMBERS[protocol], NUMBERS[protocol] + 1) }
    case undefined:
      return possible ? ALL_PROTOCOLS : NO_CONNECTIONS
    default:
      // A rule for some ports of any protocol is meant for those that have ports.
      return equalIntervals(ports, ALL_PORTS) ? ALL_PROTOCOLS : { ...NO_CONNECTIONS, TCP: ports, UDP: ports }
  }
}
