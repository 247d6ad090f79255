import { addressSets } from '../../algebra/addresses.ts'
import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { both, type Truth } from '../../algebra/truth.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import { surely } from '../../model/azure/prop.ts'
import type { SecurityGroup } from '../../model/azure/security-group.ts'
import type { Subnet, VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { ruleSetsOf } from '../layers/firewall.ts'
import { egressOf } from '../layers/nat.ts'
import { type Filter, toFilter } from '../layers/nsg.ts'
import { effectiveRoutes, type RouteSet, routesTo } from '../layers/route.ts'
import { adminFilterRules } from '../layers/security-admin.ts'
import {
  EVERY_CONNECTION,
  EVERY_FLOW,
  EVERY_REGION,
  type FilterView,
  type FixedEnd,
  type Flows,
  filterFlows,
  filterRegion,
  firstMatch,
  flowSets,
  manyFlows,
  type PlaceRegion,
  placeRegions,
  type RuleDecision,
  regionBounds,
  regionRules,
  regionSets,
  SYMBOLIC_VIEW,
  scopedView,
} from './flows.ts'
import type { Host } from './hosts.ts'
import { atAddresses, EVERYWHERE, INTERNET, NOWHERE, type Places, places } from './places.ts'
import type { Site } from './state.ts'
import { type Peer, toRanges } from './topology.ts'
import { canReach, findFirewall } from './walk.ts'

const NOTHING: Bounds<PlaceRegion> = exactly(placeRegions.empty)
const EVERYTHING: Bounds<PlaceRegion> = exactly(EVERY_REGION)

/**
 * What a security group lets through, by source and destination, wherever it is used: tags and application groups stand for themselves.
 *
 * A reordered, renamed or split list of rules gives the equal set.
 */
export function nsgAllowed(site: Site, group: SecurityGroup, direction: 'inbound' | 'outbound'): Bounds<Flows> {
  return filterFlows(toFilter(site.azure, group), direction, SYMBOLIC_VIEW)
}

/** What a firewall forwards, by source and destination. NAT rules are not in it: they change the destination. */
export function firewallAllowed(site: Site, firewall: Firewall): Bounds<Flows> {
  const rules = ruleSetsOf(site.azure, firewall)
  if (rules === undefined) return { certain: flowSets.empty, possible: EVERY_FLOW }
  const decisions = rules.map(({ source, destination, connections, allows }): RuleDecision<Flows> => {
    const side = (which: 'certain' | 'possible') =>
      flowSets.of(source[which], placeRegions.of(destination[which], connections[which]))
    return { match: { certain: side('certain'), possible: side('possible') }, allows }
  })
  return firstMatch(decisions, EVERY_FLOW, manyFlows)
}

/** What a firewall forwards for one fixed end, by the other. */
export function firewallRegion(site: Site, firewall: Firewall, fixed: FixedEnd): Bounds<PlaceRegion> {
  const rules = ruleSetsOf(site.azure, firewall)
  if (rules === undefined) return { certain: placeRegions.empty, possible: EVERY_REGION }
  const decisions = rules.map((rule): RuleDecision<PlaceRegion> => {
    const [mine, theirs] = fixed.side === 'source' ? [rule.source, rule.destination] : [rule.destination, rule.source]
    const certain = places.covers(mine.certain, fixed.places)
    const possible = !places.isEmpty(places.intersect(mine.possible, fixed.places))
    return {
      match: {
        certain: certain ? placeRegions.of(theirs.certain, rule.connections.certain) : placeRegions.empty,
        possible: possible ? placeRegions.of(theirs.possible, rule.connections.possible) : placeRegions.empty,
      },
      allows: rule.allows,
    }
  })
  return firstMatch(decisions, EVERY_REGION, regionSets)
}

const ROUTES = new WeakMap<Site, Map<Subnet, RouteSet>>()

/** Every route of a subnet, best first. */
export function routesOf(site: Site, subnet: Subnet): RouteSet {
  const made = ROUTES.get(site) ?? new Map<Subnet, RouteSet>()
  ROUTES.set(site, made)
  const set = made.get(subnet) ?? effectiveRoutes(site.topology, site.topology.networkOf(subnet), subnet)
  made.set(subnet, set)
  return set
}

/**
 * What can leave a host: destinations and connections that its filters, its routes and what stands on them let through.
 *
 * The same layers as the walk of one packet, with sets. Filters at private destinations are asked by subnet.
 */
export function azureEgress(site: Site, host: Host): Bounds<PlaceRegion> {
  if (host.unknown !== undefined) return { certain: placeRegions.empty, possible: EVERY_REGION }
  const filtered = filteredAt(site, host, 'outbound', { side: 'source', places: host.places })
  const { routes, unknown } = routeSetOf(site, host)
  if (unknown !== undefined) return { certain: placeRegions.empty, possible: filtered.possible }
  let routed = NOTHING
  for (const { places: carried, route } of routesTo({ routes, unknown }, EVERYWHERE)) {
    const region = regionBounds.intersect(
      carriedBy(site, host, carried, route.hop),
      exactly(placeRegions.of(carried, EVERY_CONNECTION)),
    )
    routed = regionBounds.union(
      routed,
      route.certain ? region : { certain: placeRegions.empty, possible: region.possible },
    )
  }
  return regionBounds.intersect(filtered, routed)
}

/**
 * What can get to a host by its own address: sources of its network, its peers and what its gateways lead to, and the internet where the
 * host has a public address. Load balancers, NAT rules and other ways that give it another address are not in it.
 */
export function azureIngress(site: Site, host: Host): Bounds<PlaceRegion> {
  if (host.unknown !== undefined) return { certain: placeRegions.empty, possible: EVERY_REGION }
  const fixed: FixedEnd = { side: 'destination', places: host.places }
  const filtered = filteredAt(site, host, 'inbound', fixed)
  let sources = host.publicIps.length > 0 ? exactly(placeRegions.of(INTERNET, EVERY_CONNECTION)) : NOTHING
  for (const { range, sure, subnets } of neighbours(site, host)) {
    const own = exactly(placeRegions.of(range, EVERY_CONNECTION))
    let region = subnets.length === 0 ? own : NOTHING
    for (const subnet of subnets) region = regionBounds.union(region, leavingSubnet(site, subnet, host, fixed))
    const outside = subnets.reduce((left, subnet) => places.subtract(left, addressesOf(site, subnet)), range)
    region = regionBounds.union(region, exactly(placeRegions.of(outside, EVERY_CONNECTION)))
    sources = regionBounds.union(sources, sure ? region : { certain: placeRegions.empty, possible: region.possible })
  }
  return regionBounds.intersect(filtered, sources)
}

function routeSetOf(site: Site, host: Host): RouteSet {
  return host.subnet === undefined
    ? effectiveRoutes(site.topology, host.network, undefined)
    : routesOf(site, host.subnet)
}

function addressesOf(site: Site, subnet: Subnet): Places {
  return atAddresses(site.topology.addressesOf(subnet).possible)
}

/** Security admin rules, then every filter of the host and its subnet. */
export function filteredAt(
  site: Site,
  host: Host,
  direction: 'inbound' | 'outbound',
  fixed: FixedEnd,
): Bounds<PlaceRegion> {
  const scope = site.topology.scopeOf(host.network, host.subnet, host.podRanges, host.podRangesRouted)
  const view = scopedView(site, scope)
  const { subnet } = host
  const group = subnet && site.azure.securityGroups.of(subnet.securityGroup)
  const filters: readonly Filter[] = group === undefined ? host.cards : [...host.cards, toFilter(site.azure, group)]
  const missing =
    subnet?.securityGroup.kind === 'outside' || subnet?.securityGroup.kind === 'unknown' || !host.cardsKnown
  let region: Bounds<PlaceRegion> = missing ? { certain: placeRegions.empty, possible: EVERY_REGION } : EVERYTHING
  for (const filter of filters) region = regionBounds.intersect(region, filterRegion(filter, direction, fixed, view))
  return withAdminRules(site, host, direction, fixed, view, region)
}

function withAdminRules(
  site: Site,
  host: Host,
  direction: 'inbound' | 'outbound',
  fixed: FixedEnd,
  view: FilterView,
  region: Bounds<PlaceRegion>,
): Bounds<PlaceRegion> {
  const rules = adminFilterRules(site.azure, host.network, direction === 'inbound' ? 'Inbound' : 'Outbound')
  if (rules.length === 0) return region
  const decisions = regionRules(rules, fixed, view)
  const where = (access: 'Deny' | 'AlwaysAllow') =>
    firstMatch(
      decisions.map((decision, i) => ({
        ...decision,
        allows: rules[i]!.access === undefined ? undefined : rules[i]!.access === access,
      })),
      EVERY_REGION,
      regionSets,
    )
  return regionBounds.subtract(regionBounds.union(region, where('AlwaysAllow')), where('Deny'))
}

/** What becomes of packets that a route carries. */
function carriedBy(
  site: Site,
  host: Host,
  carried: Places,
  hop: RouteSet['routes'][number]['hop'],
): Bounds<PlaceRegion> {
  switch (hop.kind) {
    case 'none':
      return NOTHING
    case 'unknown':
      return { certain: placeRegions.empty, possible: EVERY_REGION }
    case 'local':
      return intoNetwork(site, host, carried, (to) => canReach(site, host.network, to))
    case 'peering':
      return hop.peer.network === undefined
        ? { certain: placeRegions.empty, possible: EVERY_REGION }
        : intoNetwork(site, host, carried, (to) => (to === hop.peer.network ? hop.peer.connected : 'no'))
    case 'private-endpoint':
    case 'service-endpoint':
      return EVERYTHING
    case 'internet':
      return leavingPublicly(site, host)
    case 'gateway': {
      const candidates =
        hop.gateway === undefined
          ? host.network === undefined
            ? []
            : site.topology.gatewaysOf(host.network)
          : [hop.gateway]
      const reached = candidates.map((one) => toRanges(one.ranges).certain).reduce(addressSets.union, NOWHERE.addresses)
      return {
        certain: placeRegions.of(atAddresses(reached), EVERY_CONNECTION),
        possible: candidates.length === 0 ? placeRegions.empty : EVERY_REGION,
      }
    }
    case 'appliance': {
      const firewall = findFirewall(site, hop)
      if (firewall === undefined) return { certain: placeRegions.empty, possible: EVERY_REGION }
      const home = site.azure.subnets.of(firewall.subnet)
      const network = home && site.topology.networkOf(home)
      const reached = canReach(site, host.network, network)
      if (reached === 'no') return NOTHING
      const forwarded = firewallRegion(site, firewall, { side: 'source', places: host.places })
      const onward = regionBounds.union(
        intoNetwork(site, host, carried, (to) => forwardedInto(site, host, network, to)),
        exactly(placeRegions.of(INTERNET, EVERY_CONNECTION)),
      )
      const region = regionBounds.intersect(forwarded, onward)
      return reached === 'yes' ? region : { certain: placeRegions.empty, possible: region.possible }
    }
  }
}

/** Whether a firewall's network passes packets on to another: a spoke takes what the hub forwards only by its flag. */
function forwardedInto(site: Site, from: Host, home: VirtualNetwork | undefined, to: VirtualNetwork): Truth {
  const connected = canReach(site, home, to)
  if (to === home || from.network === home) return connected
  const peer = site.topology.peersOf(to).find(({ network }) => network === home)
  return peer === undefined || surely(peer.local.allowForwardedTraffic, true) ? connected : both(connected, 'maybe')
}

function leavingPublicly(site: Site, host: Host): Bounds<PlaceRegion> {
  let region = NOTHING
  for (const family of ['v4', 'v6'] as const) {
    for (const protocol of ['TCP', 'ICMP'] as const) {
      const { answer } = egressOf(site, host, protocol, family)
      if (answer === 'denied') continue
      const where: Places =
        family === 'v4'
          ? { ...INTERNET, addresses: { v4: INTERNET.addresses.v4, v6: [] } }
          : atAddresses({ v4: [], v6: INTERNET.addresses.v6 })
      const { ICMP, ...ports } = EVERY_CONNECTION
      const connections =
        protocol === 'ICMP'
          ? { ...EVERY_CONNECTION, TCP: [], UDP: [], SCTP: [], other: [], ICMP }
          : { ...ports, ICMP: [] }
      const part = placeRegions.of(where, connections)
      region = regionBounds.union(
        region,
        answer === 'allowed' ? exactly(part) : { certain: placeRegions.empty, possible: part },
      )
    }
  }
  return region
}

/** Private destinations, by the inbound filters of the subnets and cards that hold them. */
function intoNetwork(
  site: Site,
  host: Host,
  carried: Places,
  reaches: (network: VirtualNetwork) => Truth,
): Bounds<PlaceRegion> {
  const fixed: FixedEnd = { side: 'source', places: host.places }
  let region = NOTHING
  for (const { addresses, network, subnet } of site.topology.locate(carried.addresses)) {
    const reached = network === undefined ? 'no' : reaches(network)
    if (network === undefined || reached === 'no') continue
    const whole = placeRegions.of(atAddresses(addresses), EVERY_CONNECTION)
    const part = reached === 'yes' ? exactly(whole) : { certain: placeRegions.empty, possible: whole }
    if (subnet === undefined) {
      region = regionBounds.union(region, part)
      continue
    }
    const target = { ...host, network, subnet, cards: [], cardsKnown: true, podRanges: NOWHERE.addresses }
    region = regionBounds.union(region, regionBounds.intersect(part, filteredAt(site, target, 'inbound', fixed)))
  }
  for (const card of site.azure.interfaces) {
    const group = site.azure.securityGroups.of(card.securityGroup)
    if (group === undefined) continue
    for (const { subnet: link, privateAddress } of card.configurations) {
      const subnet = site.azure.subnets.of(link)
      if (subnet === undefined || privateAddress?.known !== true) continue
      const own = toRanges({
        items: [privateAddress],
        complete: true,
        origin: privateAddress.origin,
        absent: false,
      }).certain
      const scope = site.topology.scopeOf(site.topology.networkOf(subnet), subnet, NOWHERE.addresses, false)
      const admitted = filterRegion(toFilter(site.azure, group), 'inbound', fixed, scopedView(site, scope))
      const here = exactly(placeRegions.of(atAddresses(own), EVERY_CONNECTION))
      region = regionBounds.subtract(region, regionBounds.subtract(here, admitted))
    }
  }
  return region
}

interface Neighbour {
  readonly range: Places
  readonly sure: boolean
  readonly subnets: readonly Subnet[]
}

function neighbours(site: Site, { network }: Host): readonly Neighbour[] {
  if (network === undefined) return []
  const { topology } = site
  const own: Neighbour = {
    range: atAddresses(topology.spaceOf(network).possible),
    sure: true,
    subnets: topology.subnetsOf(network),
  }
  const peers = topology.peersOf(network).flatMap((peer): Neighbour[] => {
    if (peer.connected === 'no' || peer.network === undefined) return []
    return [
      {
        range: atAddresses(topology.spaceOf(peer.network).possible),
        sure: peer.connected === 'yes' && givesAccess(peer),
        subnets: topology.subnetsOf(peer.network),
      },
    ]
  })
  const gateways = topology
    .gatewaysOf(network)
    .map((gateway): Neighbour => ({ range: atAddresses(toRanges(gateway.ranges).certain), sure: true, subnets: [] }))
  return [own, ...peers, ...gateways]
}

/** Without access a peering still carries packets unless an NSG names the tag: whether it does is not certain. */
function givesAccess({ local, remote }: Peer): boolean {
  return [local, remote].every((half) => half === undefined || surely(half.allowVirtualNetworkAccess, true))
}

/** What leaves a subnet towards one host: its filters, and the route that carries it. */
function leavingSubnet(site: Site, subnet: Subnet, to: Host, fixed: FixedEnd): Bounds<PlaceRegion> {
  const own = addressesOf(site, subnet)
  const here = exactly(placeRegions.of(own, EVERY_CONNECTION))
  const source: Host = {
    ...to,
    subnet,
    network: site.topology.networkOf(subnet),
    cards: [],
    cardsKnown: true,
    podRanges: NOWHERE.addresses,
  }
  const filtered = regionBounds.intersect(here, filteredAt(site, source, 'outbound', fixed))
  const set = routesOf(site, subnet)
  if (set.unknown !== undefined) return { certain: placeRegions.empty, possible: filtered.possible }
  const carried = routesTo(set, to.places).map(({ route: { hop } }): Bounds<PlaceRegion> => {
    if (hop.kind === 'local' || hop.kind === 'peering') return EVERYTHING
    if (hop.kind !== 'appliance')
      return hop.kind === 'unknown' ? { certain: placeRegions.empty, possible: EVERY_REGION } : NOTHING
    const firewall = findFirewall(site, hop)
    return firewall === undefined
      ? { certain: placeRegions.empty, possible: EVERY_REGION }
      : firewallRegion(site, firewall, fixed)
  })
  if (carried.length === 0) return NOTHING
  return regionBounds.intersect(filtered, {
    certain: carried.map(({ certain }) => certain).reduce(placeRegions.intersect),
    possible: carried.map(({ possible }) => possible).reduce(placeRegions.union),
  })
}
