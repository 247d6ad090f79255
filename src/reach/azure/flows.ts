import { NO_ADDRESSES } from '../../algebra/addresses.ts'
import { type Bounds, boundsOf, exactly } from '../../algebra/bounds.ts'
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from '../../algebra/connections.ts'
import { type Intervals, intersectIntervals, interval } from '../../algebra/intervals.ts'
import { type PairSet, pairSetsOf } from '../../algebra/pairs.ts'
import { type Region, regionsOf } from '../../algebra/regions.ts'
import { serviceSet } from '../../algebra/service-sets.ts'
import type { SetAlgebra } from '../../algebra/set-algebra.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import type { RuleProtocol } from '../../model/azure/security-group.ts'
import type { NetworkTag } from '../../model/azure/service-tags.ts'
import type { Filter, FilterEnd, FilterRule, TagScope } from '../layers/nsg.ts'
import { firstMatch, firstMatchByPorts, type ManySets, type RuleDecision } from './first-match.ts'
import {
  atAddresses,
  atServices,
  EVERYWHERE,
  INTERNET,
  NOWHERE,
  type Places,
  parseRange,
  places,
  placesKey,
} from './places.ts'
import { ANYTHING, placeBounds } from './prefixes.ts'
import type { Site } from './state.ts'

/** Packets of one fixed end, by the other end and connection. */
export type PlaceRegion = Region<Places>
/** Packets by source, destination and connection. */
export type Flows = PairSet<Places, PlaceRegion>

export const placeRegions = regionsOf(places)
export const regionBounds = boundsOf(placeRegions)
export const flowSets = pairSetsOf<Places, PlaceRegion>(places, placeRegions, placesKey)

/** Every packet of every protocol: ports, ICMP types and codes, numbers of other IP protocols. */
export const EVERY_CONNECTION: ConnectionSet = { ...ALL_CONNECTIONS, ICMP: interval(0, 65536), other: interval(0, 256) }
export const EVERY_FLOW: Flows = flowSets.of(EVERYWHERE, placeRegions.of(EVERYWHERE, EVERY_CONNECTION))

/** Numbers of IP protocols. Source: IANA protocol numbers */
const ESP = 50
const AH = 51

/** What a rule's protocol and ports stand for. Protocols without ports ignore the port fields. */
export function connectionsOf(protocol: RuleProtocol | undefined, ports: Intervals): ConnectionSet {
  const range = intersectIntervals(ports, interval(1, 65536))
  switch (protocol) {
    case 'Tcp':
      return { ...NO_CONNECTIONS, TCP: range }
    case 'Udp':
      return { ...NO_CONNECTIONS, UDP: range }
    case 'Icmp':
      return { ...NO_CONNECTIONS, ICMP: EVERY_CONNECTION.ICMP }
    case 'Esp':
      return { ...NO_CONNECTIONS, other: interval(ESP, ESP + 1) }
    case 'Ah':
      return { ...NO_CONNECTIONS, other: interval(AH, AH + 1) }
    case '*':
    case undefined: {
      const isAll = range.length === 2 && range[0] === 1 && range[1] === 65536
      return isAll ? EVERY_CONNECTION : { ...NO_CONNECTIONS, TCP: range, UDP: range, SCTP: range }
    }
  }
}

/** What tags and groups stand for in one view of a filter. */
export interface FilterView {
  tag(tag: NetworkTag, isDefault: boolean): Bounds<Places>
  group(object: AzureObject): Bounds<Places>
}

/** Tags and groups as things of their own: for comparing filters wherever they are used. */
export const SYMBOLIC_VIEW: FilterView = {
  tag: (tag) => exactly(tag === 'Internet' ? places.subtract(INTERNET, symbol('VirtualNetwork')) : symbol(tag)),
  group: (object) => exactly(symbol(object.resource.address)),
}

function symbol(name: string): Places {
  return atServices(serviceSet(`the set ${name.toLowerCase()}`))
}

/** Tags as hosts of one subnet see them. Members of groups are known where their cards have written addresses. */
export function scopedView(site: Site, scope: TagScope): FilterView {
  return {
    tag: (tag, isDefault) => {
      if (tag === 'Internet') return exactly(scope.internet)
      if (tag !== 'VirtualNetwork') return exactly(NOWHERE)
      const { certain, possible } = scope.virtualNetwork
      return {
        certain: isDefault ? places.union(certain, scope.podRanges) : certain,
        possible: places.union(possible, scope.podRanges),
      }
    },
    group: (object) => membersOf(site, object),
  }
}

function membersOf(site: Site, group: AzureObject): Bounds<Places> {
  let known = NOWHERE
  let open = false
  for (const { configurations, applicationGroups } of site.azure.interfaces) {
    for (const own of configurations) {
      const links = [...applicationGroups, ...own.applicationGroups]
      if (!links.some((link) => link.kind === 'found' && link.object === group)) continue
      if (own.privateAddress?.known !== true) open = true
      else known = places.union(known, atAddresses(parseRange(own.privateAddress.value) ?? NO_ADDRESSES))
    }
  }
  // Nodes of pools are members by their pool, with addresses that nobody writes out.
  const hasPools = site.azure.clusters.all.some(({ pools }) =>
    pools.some((pool) => pool.applicationGroups.some((link) => link.kind === 'found' && link.object === group)),
  )
  return open || hasPools ? { certain: known, possible: EVERYWHERE } : exactly(known)
}

/** Both sides of a rule as places. */
export function endOf(end: FilterEnd, view: FilterView, isDefault: boolean): Bounds<Places> {
  if (end.groups.size > 0 || !end.groupsKnown) {
    const known = [...end.groups].map((group) => view.group(group)).reduce(placeBounds.union, exactly(NOWHERE))
    return end.groupsKnown ? known : placeBounds.union(known, ANYTHING)
  }
  return end.prefixes.tags.map((tag) => view.tag(tag, isDefault)).reduce(placeBounds.union, end.prefixes.places)
}

/** What a filter lets through in one direction, by source and destination. */
export function filterFlows(filter: Filter, direction: 'inbound' | 'outbound', view: FilterView): Bounds<Flows> {
  if (!filter.complete) return { certain: flowSets.empty, possible: EVERY_FLOW }
  const rules = filter[direction].map((rule) => {
    const source = endOf(rule.source, view, rule.isDefault)
    const destination = endOf(rule.destination, view, rule.isDefault)
    return toDecision(rule, flowSets, (which) =>
      flowSets.of(source[which], placeRegions.of(destination[which], connectionsOf(rule.protocol, rule.ports[which]))),
    )
  })
  return firstMatch(rules, EVERY_FLOW, manyFlows)
}

/** One end of packets that is somewhere in `places`, while the other end varies. */
export interface FixedEnd {
  readonly side: 'source' | 'destination'
  readonly places: Places
}

export const EVERY_REGION: PlaceRegion = placeRegions.of(EVERYWHERE, EVERY_CONNECTION)
/** Nothing, for certain. */
export const NOTHING: Bounds<PlaceRegion> = exactly(placeRegions.empty)
/** Everything, for certain. */
export const EVERYTHING: Bounds<PlaceRegion> = exactly(EVERY_REGION)
/** What nobody can tell. */
export const PERHAPS_ANYTHING: Bounds<PlaceRegion> = { certain: placeRegions.empty, possible: EVERY_REGION }

/** What a filter lets through for one fixed end, by the other end. */
export function filterRegion(
  filter: Filter,
  direction: 'inbound' | 'outbound',
  fixed: FixedEnd,
  view: FilterView,
): Bounds<PlaceRegion> {
  if (!filter.complete) return { certain: placeRegions.empty, possible: EVERY_REGION }
  return firstMatchOf(regionRules(filter[direction], fixed, view))
}

/** Rules for one fixed end, as decisions over the other end. */
export function regionRules(
  rules: readonly FilterRule[],
  { side: ownSide, places: own }: FixedEnd,
  view: FilterView,
): readonly RuleDecision<PlaceRegion>[] {
  return rules.map((rule) => {
    const [mine, theirs] = ownSide === 'destination' ? [rule.destination, rule.source] : [rule.source, rule.destination]
    const held = endOf(mine, view, rule.isDefault)
    const other = endOf(theirs, view, rule.isDefault)
    const applies = {
      certain: places.covers(held.certain, own),
      possible: !places.isEmpty(places.intersect(held.possible, own)),
    }
    return toDecision(rule, placeRegions, (which) =>
      applies[which]
        ? placeRegions.of(other[which], connectionsOf(rule.protocol, rule.ports[which]))
        : placeRegions.empty,
    )
  })
}

function toDecision<T>(
  rule: FilterRule,
  sets: SetAlgebra<T>,
  side: (which: 'certain' | 'possible') => T,
): RuleDecision<T> {
  const isSure =
    rule.isDefault || (rule.present === 'yes' && rule.protocol !== undefined && rule.direction !== undefined)
  return {
    match: { certain: isSure ? side('certain') : sets.empty, possible: side('possible') },
    allows: rule.access === undefined ? undefined : rule.access !== 'Deny',
  }
}

export const manyFlows: ManySets<Flows> = {
  ...flowSets,
  join: (parts) => flowSets.unionOf(parts.flat(), (regions) => placeRegions.unionOf(regions.flat())),
}

/** What rules let through for one fixed end, by the other: the first that matches decides. */
export function firstMatchOf(rules: readonly RuleDecision<PlaceRegion>[]): Bounds<PlaceRegion> {
  return firstMatchByPorts(rules, { peers: EVERYWHERE, connections: EVERY_CONNECTION }, placeRegions, places)
}

/** What two versions of a set of packets have and the other has not. Equal sets differ in nothing, however their rules are written. */
export interface FlowDifference {
  /** `certain`: surely new. */
  readonly added: Bounds<Flows>
  readonly removed: Bounds<Flows>
}

const flowBounds = boundsOf(flowSets)

export function diffFlows(before: Bounds<Flows>, after: Bounds<Flows>): FlowDifference {
  return { added: flowBounds.subtract(after, before), removed: flowBounds.subtract(before, after) }
}
