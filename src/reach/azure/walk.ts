import { addressSets, parseCidr } from '../../algebra/addresses.ts'
import type { Truth } from '../../algebra/truth.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import type { NetworkGateway } from '../../model/azure/outbound.ts'
import { knownItems, perhaps, surely } from '../../model/azure/prop.ts'
import { type Subnet, subnetName, type VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { judgeFirewall, translatesSource } from '../layers/firewall.ts'
import { egressOf } from '../layers/nat.ts'
import {
  type FabricPacket,
  type FabricProtocol,
  type Filter,
  judgeFilter,
  judgePlatform,
  toFilter,
} from '../layers/nsg.ts'
import { type Caller, regionOf } from '../layers/paas-firewall.ts'
import {
  effectiveRoutes,
  type NextHop,
  type RouteChoice,
  type RouteSet,
  routesTo,
  userRouteOver,
} from '../layers/route.ts'
import { judgeAdminRules } from '../layers/security-admin.ts'
import { firewallHost, type Host, hostsAt, subnetHost } from './hosts.ts'
import {
  allowed,
  denied,
  inSeries,
  inSeriesLazily,
  NOTHING_IN_THE_WAY,
  type Outcome,
  outcomeOf,
  unknownAt,
  whichever,
} from './outcome.ts'
import { atAddresses, isIn, METADATA, NOWHERE, type Places, parseRange, places } from './places.ts'
import { firewallPlace, publicPlace } from './prefixes.ts'
import type { Site } from './state.ts'
import { type Peer, toRanges } from './topology.ts'

/**
 * Whether what a host answers to a public client goes back the way the request came: by an appliance or a gateway it does not, and is
 * lost there, as these have not seen the request.
 * Source: learn.microsoft.com/azure/firewall/integrate-lb#asymmetric-routing
 */
export function answerPublicly(site: Site, host: Host, client: Places): Outcome {
  const set = routeSetOf(site, host)
  if (set.unknown !== undefined) return unknownAt('route', set.unknown)
  return whichever(
    routesTo(set, client).map(({ route: { hop, label, resource, origin } }) => {
      if (hop.kind === 'internet' || hop.kind === 'service-endpoint') return NOTHING_IN_THE_WAY
      const place = resource && { resource, ...(origin && { origin }) }
      if (hop.kind === 'unknown') return unknownAt('route', `${label}: ${hop.why}`, place)
      return denied('route', `${label}: the answer to the client does not go back the way the request came`, place)
    }),
  )
}

/** What is sent, as the fabric sees it. */
export interface Demand {
  readonly protocol: FabricProtocol
  readonly port: number
  /** What the client asks for, where it asks by name. */
  readonly name: string | undefined
}

/** Where a packet is meant to arrive. */
export type Goal =
  | { readonly kind: 'host'; readonly host: Host }
  | {
      readonly kind: 'public'
      readonly places: Places
      /** What the far end says of its caller. */
      accept(caller: Caller, viaClusterBalancer: boolean): Outcome
    }

/** Walks one packet from a host to its goal: filters on the way out, the route, what stands on it, and filters on the way in; or only the filters. */
export function walk(
  site: Site,
  from: Host,
  goal: Goal,
  demand: Demand,
  meets: 'everything' | 'filters' = 'everything',
): Outcome {
  if (
    goal.kind === 'host' &&
    goal.host.network === undefined &&
    goal.host.gateway === undefined &&
    from.network === undefined
  ) {
    return denied('route', 'neither end is in a network of the tree')
  }
  if (from.network === undefined && from.gateway !== undefined)
    return comeThroughGateway(site, from, from.gateway, goal, demand)
  return inSeriesLazily(
    () => leave(site, from, goal, demand),
    () =>
      meets === 'filters' && goal.kind === 'host'
        ? enter(site, from, goal.host, demand, from.places)
        : forward(site, from, goal, demand, from),
  )
}

/** From on-premises: the gateway's own subnet has the routes that count. */
function comeThroughGateway(site: Site, from: Host, gateway: NetworkGateway, goal: Goal, demand: Demand): Outcome {
  const subnet = site.azure.subnets.of(gateway.subnet)
  if (goal.kind === 'public')
    return unknownAt('route', 'how on-premises hosts reach public addresses is not in the tree')
  if (subnet === undefined) return unknownAt('route', 'the subnet of the gateway is not in the tree')
  const lent = goal.host.network === undefined || site.topology.gatewaysOf(goal.host.network).includes(gateway)
  if (!lent) return denied('route', 'the network does not use the gateway')
  return forward(site, from, goal, demand, subnetHost(site, subnet))
}

function destinationOf(goal: Goal): Places {
  return goal.kind === 'host' ? goal.host.places : goal.places
}

function packetOf(from: Host, goal: Goal, { protocol, port }: Demand, source: Places): FabricPacket {
  return {
    source,
    destination: destinationOf(goal),
    sourceGroups: from.groups,
    destinationGroups: goal.kind === 'host' ? goal.host.groups : new Set(),
    protocol,
    port,
  }
}

/** Security admin rules, then the card's groups, then the subnet's. */
function leave(site: Site, from: Host, goal: Goal, demand: Demand): Outcome {
  const packet = packetOf(from, goal, demand, from.places)
  return filterAt(site, from, packet, 'outbound')
}

/** Security admin rules, then the subnet's groups, then the card's. */
function enter(site: Site, from: Host, to: Host, demand: Demand, source: Places): Outcome {
  if (to.isEndpoint && !filtersEndpoints(to.subnet)) {
    return allowed('private-endpoint', `${to.label}: network policies of its subnet do not apply to it`)
  }
  const packet = packetOf(from, { kind: 'host', host: to }, demand, source)
  return filterAt(site, to, packet, 'inbound')
}

function filtersEndpoints(subnet: Subnet | undefined): boolean {
  const policies = subnet?.privateEndpointPolicies
  return policies !== undefined && (perhaps(policies, 'Enabled') || perhaps(policies, 'NetworkSecurityGroupEnabled'))
}

function filterAt(site: Site, host: Host, packet: FabricPacket, direction: 'inbound' | 'outbound'): Outcome {
  const scope = site.topology.scopeOf(host.network, host.subnet, host.podRanges, host.podRangesRouted)
  const admin = judgeAdminRules(
    site.azure,
    host.network,
    direction === 'inbound' ? 'Inbound' : 'Outbound',
    packet,
    scope,
  )
  const first = admin.step === undefined ? NOTHING_IN_THE_WAY : outcomeOf(admin.step)
  if (first.answer === 'denied' || admin.skipsGroups === 'yes') return first
  const own = groupsOf(site, host)
  const ordered = direction === 'outbound' ? own.filters : [...own.filters].reverse()
  const judged = inSeries(first, ...ordered.map((filter) => outcomeOf(judgeFilter(filter, direction, packet, scope))))
  const known = own.unknown === undefined ? judged : inSeries(judged, unknownAt('nsg', own.unknown))
  return admin.skipsGroups === 'maybe' ? whichever([first, known]) : known
}

/** Card filters first, then the subnet's; with the reason where some are not in the tree. */
function groupsOf(
  site: Site,
  host: Host,
): { readonly filters: readonly Filter[]; readonly unknown: string | undefined } {
  const { subnet, cards } = host
  // Azure does not use the groups of its firewall's subnet.
  if (host.firewall !== undefined) return { filters: [], unknown: undefined }
  const group = subnet && site.azure.securityGroups.of(subnet.securityGroup)
  const filters = group === undefined ? cards : [...cards, toFilter(site.azure, group)]
  const missing =
    subnet !== undefined && (subnet.securityGroup.kind === 'outside' || subnet.securityGroup.kind === 'unknown')
  const unknown =
    host.unknown ??
    (missing
      ? 'the NSG of the subnet is not in the tree'
      : host.cardsKnown
        ? undefined
        : 'the NSG of the network card is not in the tree')
  return { filters, unknown }
}

/** From the subnet's route on; `source` is the host whose address the packet carries. */
function forward(site: Site, from: Host, goal: Goal, demand: Demand, at: Host): Outcome {
  if (at.unknown !== undefined) return unknownAt('route', at.unknown)
  const wanted = destinationOf(goal)
  const set = routeSetOf(site, at)
  if (set.unknown !== undefined) return unknownAt('route', set.unknown)
  // Only the endpoint's network and its peers have its route; all others send as their own routes say.
  if (goal.kind === 'host' && goal.host.isEndpoint && mayBeNear(site, at, goal.host)) {
    return whichever(endpointHops(at, goal.host, set).map((hop) => follow(site, from, goal, demand, at, hop, wanted)))
  }
  const choices = routesTo(set, wanted)
  if (choices.length === 0) return denied('route', 'no route leads there')
  return whichever(choices.map((choice) => follow(site, from, goal, demand, at, choice, choice.places)))
}

const ROUTES = new WeakMap<Site, Map<Subnet | VirtualNetwork | undefined, RouteSet>>()

function routeSetOf(site: Site, { network, subnet }: Host): RouteSet {
  const made = ROUTES.get(site) ?? new Map()
  ROUTES.set(site, made)
  const key = subnet ?? network
  const known = made.get(key)
  if (known !== undefined) return known
  const set = effectiveRoutes(site.topology, network, subnet)
  made.set(key, set)
  return set
}

/**
 * The endpoint's own route of one address, unless its subnet lets user routes apply and one is at least as long as the network's prefix.
 * Source: learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy
 */
function endpointHops(at: Host, to: Host, set: RouteSet): readonly RouteChoice[] {
  const own: RouteChoice = {
    places: to.places,
    route: {
      kind: 'system',
      label: `route of ${to.label}`,
      places: to.places,
      length: 32,
      hop: { kind: 'private-endpoint' },
      certain: true,
      resource: to.endpoint?.object.resource,
      origin: undefined,
    },
  }
  const policies = to.subnet?.privateEndpointPolicies
  if (policies === undefined || at.subnet === undefined) return [own]
  const open = perhaps(policies, 'Enabled') || perhaps(policies, 'RouteTableEnabled')
  const route = open ? userRouteOver(set, to.places.addresses, prefixLengthOver(to)) : undefined
  if (route === undefined) return [own]
  const user: RouteChoice = { places: to.places, route }
  return policies.known && route.certain ? [user] : [user, own]
}

function prefixLengthOver({ network, places: where }: Host): number {
  const blocks = network === undefined ? [] : knownItems(network.addressSpace).flatMap((text) => parseCidr(text) ?? [])
  return blocks.find(({ addresses }) => addressSets.covers(addresses, where.addresses))?.prefix ?? 33
}

function follow(
  site: Site,
  from: Host,
  goal: Goal,
  demand: Demand,
  at: Host,
  { route }: RouteChoice,
  wanted: Places,
): Outcome {
  const { hop, resource, origin } = route
  const place = resource && { resource, ...(origin && { origin }) }
  const taken = (to: string) => allowed('route', `${route.label}: ${to}`, place)
  const refused = (why: string) => denied('route', `${route.label}: ${why}`, place)
  switch (hop.kind) {
    case 'none':
      return refused('next hop None')
    case 'unknown':
      return unknownAt('route', `${route.label}: ${hop.why}`, place)
    case 'local': {
      if (goal.kind === 'public') return refused('the network does not hold the destination')
      if (goal.host.network !== at.network) return viaPeering(site, from, goal, demand, at, taken, refused)
      return inSeriesLazily(
        () => taken('inside the network'),
        () => enter(site, from, goal.host, demand, from.places),
      )
    }
    case 'peering':
      return goal.kind === 'public'
        ? refused('the peer does not hold the destination')
        : inSeriesLazily(
            () => arrivesOver(site, at, goal.host, hop, taken, refused),
            () => enter(site, from, goal.host, demand, from.places),
          )
    case 'private-endpoint':
      if (goal.kind === 'public') return refused('leads to a private endpoint')
      return inSeriesLazily(
        () => endpointIsNear(site, at, goal.host, taken),
        () => enter(site, from, goal.host, demand, from.places),
        () => approved(goal.host),
      )
    case 'internet':
      return leavePublicly(site, from, goal, demand, at, taken, refused, wanted)
    case 'service-endpoint':
      if (goal.kind === 'host') return refused('leads to a service')
      return inSeriesLazily(
        () => taken('past any firewall, straight to the service'),
        () => endpointPolicies(at.subnet),
        () =>
          goal.accept(
            { identity: { certain: NOWHERE, possible: NOWHERE }, subnet: at.subnet, region: regionOfHost(at) },
            false,
          ),
      )
    case 'gateway':
      return throughGateway(site, at, goal, hop, taken, refused)
    case 'appliance':
      return throughAppliance(site, from, goal, demand, at, hop, taken, refused)
  }
}

/** A user route with next hop VnetLocal for a peer's range. */
function viaPeering(
  site: Site,
  from: Host,
  goal: Extract<Goal, { kind: 'host' }>,
  demand: Demand,
  at: Host,
  taken: (to: string) => Outcome,
  refused: (why: string) => Outcome,
): Outcome {
  const peer = at.network && site.topology.peersOf(at.network).find(({ network }) => network === goal.host.network)
  if (peer === undefined || peer.connected === 'no') return refused('the destination is not in the network')
  return inSeriesLazily(
    () => arrivesOver(site, at, goal.host, { kind: 'peering', peer }, taken, refused),
    () => enter(site, from, goal.host, demand, from.places),
  )
}

function arrivesOver(
  site: Site,
  at: Host,
  to: Host,
  { peer }: Extract<NextHop, { kind: 'peering' }>,
  taken: (to: string) => Outcome,
  refused: (why: string) => Outcome,
): Outcome {
  if (peer.network === undefined) {
    return to.network === undefined
      ? unknownAt('route', 'the peered network is not in the tree')
      : refused('leads to another network')
  }
  if (peer.network !== to.network) return refused('leads to another network')
  if (peer.connected !== 'yes') return unknownAt('route', 'whether both halves of the peering exist is not known')
  const complete = surely(peer.local.completeNetworks, true)
  if (!complete && !seesSubnets(peer.local.localSubnets, at.subnet, peer.local.remoteSubnets, to.subnet)) {
    return refused('the peering is for other subnets')
  }
  if (isDoubtful(site, at, to, peer)) return doubtfulAccess(peer)
  return taken(`peering to ${labelOf(peer.network.object)}`)
}

/**
 * Without access the remote range only leaves the tag `VirtualNetwork`, which the default rules of NSGs name.
 * Source: learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering
 */
function isDoubtful(site: Site, at: Host, to: Host, { local, remote }: Peer): boolean {
  const admits = [local, remote].every((half) => half === undefined || surely(half.allowVirtualNetworkAccess, true))
  return !admits && !isFiltered(site, at) && !isFiltered(site, to)
}

function doubtfulAccess({ local }: Peer): Outcome {
  const why = 'the peering gives no access, which nothing but an NSG is certain to enforce'
  return unknownAt('route', why, { resource: local.object.resource })
}

function isFiltered(site: Site, host: Host): boolean {
  const { filters, unknown } = groupsOf(site, host)
  return filters.length > 0 || unknown !== undefined
}

function seesSubnets(
  local: Parameters<typeof knownItems<string>>[0],
  from: Subnet | undefined,
  remote: Parameters<typeof knownItems<string>>[0],
  to: Subnet | undefined,
): boolean {
  const named = (list: typeof local, subnet: Subnet | undefined) => {
    if (subnet === undefined || list.absent) return true
    const name = subnetName(subnet)
    return !name.known || knownItems(list).some((item) => name.value.toLowerCase().endsWith(`/${item.toLowerCase()}`))
  }
  return named(local, from) && named(remote, to)
}

function mayBeNear({ topology }: Site, at: Host, { network }: Host): boolean {
  if (network === undefined || at.network === network) return true
  if (at.gateway !== undefined && topology.gatewaysOf(network).includes(at.gateway)) return true
  const peers = at.network === undefined ? [] : topology.peersOf(at.network)
  return peers.some((peer) => peer.network === network && peer.connected !== 'no')
}

/** Hosts of the endpoint's network and of its peers have its route. */
function endpointIsNear(site: Site, at: Host, to: Host, taken: (to: string) => Outcome): Outcome {
  if (to.network === undefined) return unknownAt('private-endpoint', `the subnet of ${to.label} is not in the tree`)
  if (at.network === to.network) return taken('inside the network')
  const peer = at.network && site.topology.peersOf(at.network).find(({ network }) => network === to.network)
  if (peer === undefined || peer.connected === 'no') {
    const gateway = at.gateway !== undefined && site.topology.gatewaysOf(to.network).includes(at.gateway)
    return gateway ? taken('through the gateway') : denied('route', `${to.label} is in a network that is not peered`)
  }
  if (peer.connected === 'yes' && isDoubtful(site, at, to, peer)) return doubtfulAccess(peer)
  return peer.connected === 'yes'
    ? taken('over the peering')
    : unknownAt('route', 'whether the peering is connected is not known')
}

function approved({ endpoint, label }: Host): Outcome {
  if (endpoint === undefined || surely(endpoint.manual, false))
    return allowed('private-endpoint', `${label} is approved`)
  return unknownAt('private-endpoint', `${label} waits for somebody to approve it`)
}

function leavePublicly(
  site: Site,
  from: Host,
  goal: Goal,
  demand: Demand,
  at: Host,
  taken: (to: string) => Outcome,
  refused: (why: string) => Outcome,
  wanted: Places,
): Outcome {
  if (goal.kind === 'host') return refused('next hop Internet leads to no private address')
  const family = wanted.addresses.v6.length > 0 && wanted.addresses.v4.length === 0 ? 'v6' : 'v4'
  const egress = egressOf(site, at, demand.protocol, family)
  if (from !== at) return denied('route', 'an appliance is in the way')
  return inSeriesLazily(
    () => taken('next hop Internet'),
    () => outcomeOf(egress.step),
    () =>
      goal.accept({ identity: egress.identity, subnet: undefined, region: regionOfHost(at) }, egress.isClusterBalancer),
  )
}

export function regionOfHost({ network, cluster }: Host): string | undefined {
  if (network !== undefined) return regionOf(network.object)
  return cluster && regionOf(cluster.object)
}

/** With a policy attached, storage accounts that it does not list are refused; which those are is not followed. */
function endpointPolicies(subnet: Subnet | undefined): Outcome {
  if (subnet === undefined || subnet.serviceEndpointPolicies.length === 0) return NOTHING_IN_THE_WAY
  return unknownAt('route', 'a service endpoint policy decides which accounts are reached', {
    resource: subnet.object.resource,
  })
}

function throughGateway(
  site: Site,
  at: Host,
  goal: Goal,
  { gateway }: Extract<NextHop, { kind: 'gateway' }>,
  taken: (to: string) => Outcome,
  refused: (why: string) => Outcome,
): Outcome {
  const own = at.network === undefined ? [] : site.topology.gatewaysOf(at.network)
  if (gateway === undefined && own.length === 0) return refused('the network has no gateway')
  if (goal.kind === 'public') return unknownAt('route', 'what the other side of the gateway does is not known')
  if (goal.host.network !== undefined) return refused('the destination is not behind the gateway')
  const candidates = gateway === undefined ? own : [gateway]
  const reached = candidates.some((one) => addressSets.covers(toRanges(one.ranges).certain, goal.host.places.addresses))
  return reached
    ? taken('through the gateway')
    : unknownAt('route', 'whether the address is behind the gateway is not known')
}

function throughAppliance(
  site: Site,
  from: Host,
  goal: Goal,
  demand: Demand,
  at: Host,
  hop: Extract<NextHop, { kind: 'appliance' }>,
  taken: (to: string) => Outcome,
  refused: (why: string) => Outcome,
): Outcome {
  const firewall = findFirewall(site, hop)
  if (firewall === undefined) return applianceUnknown(site, at, hop, taken, refused)
  const home = firewallHost(site, firewall)
  const reached = canReach(site, at.network, home.network)
  if (reached === 'no') return refused('the firewall is in a network that is not peered')
  const step = judgeFirewall(site.azure, firewall, {
    source: from.places,
    destination: destinationOf(goal),
    name: demand.name,
    protocol: demand.protocol,
    port: demand.port,
  })
  return inSeriesLazily(
    () =>
      reached === 'yes'
        ? taken(`to ${labelOf(firewall.object)}`)
        : unknownAt('route', 'whether the firewall is reached is not known'),
    () => outcomeOf(step),
    () => afterFirewall(site, from, goal, demand, firewall, home, step.by === 'application'),
  )
}

export function canReach(site: Site, from: VirtualNetwork | undefined, to: VirtualNetwork | undefined): Truth {
  if (from === undefined || to === undefined) return 'maybe'
  if (from === to) return 'yes'
  return site.topology.peersOf(from).find(({ network }) => network === to)?.connected ?? 'no'
}

/** The firewall that has the address of a next hop. */
export function findFirewall(
  site: Site,
  { address, object }: Extract<NextHop, { kind: 'appliance' }>,
): Firewall | undefined {
  if (object !== undefined) return site.azure.firewalls.of(object)
  if (address === undefined) return undefined
  return site.azure.firewalls.all.find((firewall) => {
    const own = firewallPlace(site.azure, firewall.object)
    if (own !== undefined && addressSets.covers(own.possible.addresses, address)) return true
    const subnet = site.azure.subnets.of(firewall.subnet)
    return subnet !== undefined && addressSets.covers(site.topology.addressesOf(subnet).certain, address)
  })
}

/** A next hop that is no firewall of the tree: another appliance may do anything, and where there is none the packet is lost. */
function applianceUnknown(
  site: Site,
  at: Host,
  { address, object }: Extract<NextHop, { kind: 'appliance' }>,
  taken: (to: string) => Outcome,
  refused: (why: string) => Outcome,
): Outcome {
  if (address === undefined) {
    return unknownAt(
      'route',
      object === undefined ? 'the next hop is not known' : `what ${object.resource.address} does is not known`,
    )
  }
  const [host] = hostsAt(site, address)
  const isFixed = site.azure.interfaces.some(({ configurations }) =>
    configurations.some(
      ({ privateAddress }) =>
        privateAddress?.known === true && addressSets.covers(address, parseRange(privateAddress.value) ?? address),
    ),
  )
  if (isFixed)
    return inSeries(
      taken('to an appliance'),
      unknownAt('firewall', `what the appliance ${host?.label ?? ''} does is not known`),
    )
  const peersOutside =
    at.network !== undefined && site.topology.peersOf(at.network).some(({ network }) => network === undefined)
  if (host?.network === undefined && peersOutside)
    return unknownAt('firewall', 'the appliance is in a network that is not in the tree')
  const mayHost = site.azure.interfaces.some(
    ({ ipForwarding, configurations }) =>
      !surely(ipForwarding, false) &&
      configurations.some(({ subnet }) => host?.subnet !== undefined && site.azure.subnets.of(subnet) === host.subnet),
  )
  const balancers = site.azure.loadBalancers.all.some(({ frontends }) =>
    frontends.some(({ subnet }) => host?.subnet !== undefined && site.azure.subnets.of(subnet) === host.subnet),
  )
  if (mayHost || balancers) return unknownAt('firewall', 'what the appliance behind the next hop does is not known')
  return refused('nothing in the tree has the address of the next hop')
}

/** From the firewall on: its own subnet's routes, with its address where it translates the source. */
function afterFirewall(
  site: Site,
  from: Host,
  goal: Goal,
  demand: Demand,
  firewall: Firewall,
  home: Host,
  isApplication: boolean,
): Outcome {
  const translates = isApplication ? 'yes' : translatesSource(site.azure, firewall, destinationOf(goal))
  const resource = firewall.object.resource
  if (goal.kind === 'public') {
    if (translates === 'no') {
      return denied(
        'firewall',
        `${labelOf(firewall.object)} keeps the private source address, with which no answer comes back`,
        { resource },
      )
    }
    const identity = firewall.publicIps.flatMap((link) => (link.kind === 'found' ? [publicPlace(link.object)] : []))
    const all = identity.reduce(places.union, NOWHERE)
    const complete = identity.length === firewall.publicIps.length && identity.length > 0
    const own = { certain: complete ? all : NOWHERE, possible: all }
    const onward = routesTo(routeSetOf(site, home), destinationOf(goal))
    if (onward.some(({ route }) => route.hop.kind === 'none')) {
      return denied('route', "the firewall's own subnet has no route there", { resource })
    }
    return goal.accept({ identity: own, subnet: undefined, region: regionOfHost(home) }, false)
  }
  const translated: Host = { ...home, places: home.places, groups: new Set() }
  const kept: Host = { ...home, places: from.places, groups: from.groups }
  const ways = translates === 'maybe' ? [translated, kept] : [translates === 'yes' ? translated : kept]
  return whichever(
    ways.map((source) =>
      inSeriesLazily(
        () => forward(site, { ...source, firewall: undefined }, goal, demand, home),
        () => acceptsForwarded(site, from, goal.host, home, translates),
      ),
    ),
  )
}

/** A spoke takes what the hub forwards only by its peering's flag; whether the flag really drops is told both ways by the documentation. */
function acceptsForwarded(site: Site, from: Host, to: Host, home: Host, translates: Truth): Outcome {
  if (
    to.network === undefined ||
    to.network === home.network ||
    from.network === home.network ||
    translates === 'yes'
  ) {
    return NOTHING_IN_THE_WAY
  }
  const peer = site.topology.peersOf(to.network).find(({ network }) => network === home.network)
  if (peer === undefined || surely(peer.local.allowForwardedTraffic, true)) return NOTHING_IN_THE_WAY
  return unknownAt('route', `${labelOf(peer.local.object)} does not allow forwarded traffic`, {
    resource: peer.local.object.resource,
    origin: peer.local.allowForwardedTraffic.origin,
  })
}

/** Platform addresses: no filter applies but rules that name their tag, and no route. */
export function walkToPlatform(site: Site, from: Host, addresses: Places, demand: Demand): Outcome {
  const tag = isIn(addresses, atAddresses(parseRange(METADATA)!)) === 'yes' ? 'AzurePlatformIMDS' : 'AzurePlatformDNS'
  const { filters, unknown } = groupsOf(site, from)
  const packet = packetOf(
    from,
    { kind: 'public', places: addresses, accept: () => NOTHING_IN_THE_WAY },
    demand,
    from.places,
  )
  const judged = inSeries(
    allowed('host', 'the platform answers on every host'),
    ...filters.map((filter) => outcomeOf(judgePlatform(filter, tag, packet))),
  )
  return unknown === undefined ? judged : inSeries(judged, unknownAt('nsg', unknown))
}

/** Filters at a host for a packet that comes from outside of every network; `destination` is what its header says. */
export function enterFromOutside(site: Site, to: Host, source: Places, destination: Places, demand: Demand): Outcome {
  return filterAt(
    site,
    to,
    {
      source,
      destination,
      sourceGroups: new Set(),
      destinationGroups: to.groups,
      protocol: demand.protocol,
      port: demand.port,
    },
    'inbound',
  )
}

/** Several hosts that an address may stand for, all of them asked. */
export function walkToAny(site: Site, from: Host, hosts: readonly Host[], demand: Demand): Outcome {
  return whichever(hosts.map((host) => walk(site, from, { kind: 'host', host }, demand)))
}
