import { type AddressSet, ALL_V4, ALL_V6, addressSets } from '../../algebra/addresses.ts'
import { nameSets } from '../../algebra/names.ts'
import { serviceSets } from '../../algebra/service-sets.ts'
import type { NetworkGateway } from '../../model/azure/outbound.ts'
import { surely } from '../../model/azure/prop.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import { egressOf } from '../layers/nat.ts'
import { type NextHop, type RouteChoice, routesTo } from '../layers/route.ts'
import { throughAppliance } from './appliance.ts'
import { enter, leave } from './host-filters.ts'
import { endpointHops, routeSetOf } from './host-routes.ts'
import { type Host, regionOfHost, subnetHost } from './hosts.ts'
import { type Demand, destinationOf, type Goal, type Leg, type RouteWords, wordsOfRoute } from './leg.ts'
import {
  allowed,
  denied,
  inSeriesLazily,
  NOTHING_IN_THE_WAY,
  type Outcome,
  outcomeOf,
  unknownAt,
  whichever,
} from './outcome.ts'
import { arrivesOver, endpointIsNear, isNear, viaPeering } from './peerings.ts'
import { NOWHERE, type Places } from './places.ts'
import type { Site } from './state.ts'
import { toRanges } from './topology.ts'

/** Walks one packet from a host to its goal: filters on the way out, the route, what stands on it, and filters on the way in; or only the filters. */
export function walk(
  site: Site,
  from: Host,
  goal: Goal,
  demand: Demand,
  meets: 'everything' | 'filters' = 'everything',
): Outcome {
  if (goal.kind === 'host' && (hasBoth(from.places) || hasBoth(goal.host.places))) {
    return walkByFamily(site, from, goal.host, demand, meets)
  }
  if (goal.kind === 'public' && hasBoth(from.places)) {
    const source = ofFamily(from, familyOf(goal.places))
    if (source !== undefined) return walk(site, source, goal, demand, meets)
  }
  const leg: Leg = { site, from, goal, demand, at: from }
  const isOutside =
    goal.kind === 'host' &&
    goal.host.network === undefined &&
    goal.host.gateway === undefined &&
    from.network === undefined
  if (isOutside) return denied('route', 'neither end is in a network of the tree')
  if (from.network === undefined && from.gateway !== undefined) return comeThroughGateway(leg, from.gateway)
  return inSeriesLazily(
    () => leave(site, from, goal, demand),
    () => (meets === 'filters' && goal.kind === 'host' ? enter(site, from, goal.host, demand) : forward(leg)),
  )
}

function hasBoth({ addresses: { v4, v6 } }: Places): boolean {
  return v4.length > 0 && v6.length > 0
}

/** A packet is of one family: where both ends have both, either may be used. */
function walkByFamily(site: Site, from: Host, to: Host, demand: Demand, meets: 'everything' | 'filters'): Outcome {
  const ways = [ALL_V4, ALL_V6].flatMap((family): readonly Outcome[] => {
    const [source, target] = [ofFamily(from, family), ofFamily(to, family)]
    if (source === undefined || target === undefined) return []
    return [walk(site, source, { kind: 'host', host: target }, demand, meets)]
  })
  return ways.length === 0 ? denied('route', 'the two ends have no family of addresses in common') : whichever(ways)
}

/** Services and hosts that have no address in the tree are reached over IPv4. */
function familyOf({ addresses: { v4, v6 }, services, hosts }: Places): AddressSet {
  const isWritten = serviceSets.isEmpty(services) && nameSets.isEmpty(hosts)
  return isWritten && v4.length === 0 && v6.length > 0 ? ALL_V6 : ALL_V4
}

/** The host with its addresses of one family; undefined where it has those of the other alone. */
function ofFamily(host: Host, family: AddressSet): Host | undefined {
  if (addressSets.isEmpty(host.places.addresses)) return host
  const addresses = addressSets.intersect(host.places.addresses, family)
  return addressSets.isEmpty(addresses) ? undefined : { ...host, places: { ...host.places, addresses } }
}

/** Several hosts that an address may stand for, all of them asked. */
export function walkToAny(site: Site, from: Host, hosts: readonly Host[], demand: Demand): Outcome {
  return whichever(hosts.map((host) => walk(site, from, { kind: 'host', host }, demand)))
}

/** From on-premises: the gateway's own subnet has the routes that count. */
function comeThroughGateway(leg: Leg, gateway: NetworkGateway): Outcome {
  const { site, goal } = leg
  const subnet = site.azure.subnets.of(gateway.subnet)
  if (goal.kind === 'public')
    return unknownAt('route', 'how on-premises hosts reach public addresses is not in the tree')
  if (subnet === undefined) return unknownAt('route', 'the subnet of the gateway is not in the tree')
  const lent = goal.host.network === undefined || site.topology.gatewaysOf(goal.host.network).includes(gateway)
  if (!lent) return denied('route', 'the network does not use the gateway')
  return forward({ ...leg, at: subnetHost(site, subnet) })
}

/** From the routes of the host where the packet is. */
function forward(leg: Leg): Outcome {
  const { site, goal, at } = leg
  if (at.unknown !== undefined) return unknownAt('route', at.unknown)
  const wanted = destinationOf(goal)
  const set = routeSetOf(site, at)
  if (set.unknown !== undefined) return unknownAt('route', set.unknown)
  // Only the endpoint's network and its peers have its route; all others send as their own routes say.
  if (goal.kind === 'host' && goal.host.isEndpoint && isNear(site, at, goal.host)) {
    return whichever(endpointHops(at, goal.host, set).map((hop) => follow(leg, hop, wanted)))
  }
  const choices = routesTo(set, wanted)
  if (choices.length === 0) return denied('route', 'no route leads there')
  return whichever(choices.map((choice) => follow(leg, choice, choice.places)))
}

function follow(leg: Leg, choice: RouteChoice, wanted: Places): Outcome {
  const { site, from, goal, demand, at } = leg
  const { hop, label, resource, origin } = choice.route
  const words = wordsOfRoute(choice)
  const { taken, refused } = words
  switch (hop.kind) {
    case 'none':
      return refused('next hop None')
    case 'unknown':
      return unknownAt('route', `${label}: ${hop.why}`, resource && { resource, ...(origin && { origin }) })
    case 'local': {
      if (goal.kind === 'public') return refused('the network does not hold the destination')
      const { host } = goal
      return inSeriesLazily(
        () => (host.network === at.network ? taken('inside the network') : viaPeering(site, at, host, words)),
        () => enter(site, from, host, demand),
      )
    }
    case 'peering': {
      if (goal.kind === 'public') return refused('the peer does not hold the destination')
      const { host } = goal
      return inSeriesLazily(
        () => arrivesOver(site, at, host, hop.peer, words),
        () => enter(site, from, host, demand),
      )
    }
    case 'private-endpoint': {
      if (goal.kind === 'public') return refused('leads to a private endpoint')
      const { host } = goal
      return inSeriesLazily(
        () => endpointIsNear(site, at, host, words),
        () => enter(site, from, host, demand),
        () => approved(host),
      )
    }
    case 'internet':
      return leavePublicly(leg, words, wanted)
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
      return throughGateway(leg, hop, words)
    case 'appliance':
      return throughAppliance(leg, hop, words, forward)
  }
}

function approved({ endpoint, label }: Host): Outcome {
  if (endpoint === undefined || surely(endpoint.manual, false))
    return allowed('private-endpoint', `${label} is approved`)
  return unknownAt('private-endpoint', `${label} waits for somebody to approve it`)
}

function leavePublicly({ site, from, goal, demand, at }: Leg, { taken, refused }: RouteWords, wanted: Places): Outcome {
  if (goal.kind === 'host') return refused('next hop Internet leads to no private address')
  if (from !== at) return denied('route', 'an appliance is in the way')
  const family = wanted.addresses.v6.length > 0 && wanted.addresses.v4.length === 0 ? 'v6' : 'v4'
  const egress = egressOf(site, at, demand.protocol, family)
  return inSeriesLazily(
    () => taken('next hop Internet'),
    () => outcomeOf(egress.step),
    () =>
      goal.accept({ identity: egress.identity, subnet: undefined, region: regionOfHost(at) }, egress.isClusterBalancer),
  )
}

/** With a policy attached, storage accounts that it does not list are refused; which those are is not followed. */
function endpointPolicies(subnet: Subnet | undefined): Outcome {
  if (subnet === undefined || subnet.serviceEndpointPolicies.length === 0) return NOTHING_IN_THE_WAY
  return unknownAt('route', 'a service endpoint policy decides which accounts are reached', {
    resource: subnet.object.resource,
  })
}

function throughGateway(
  { site, at, goal }: Leg,
  { gateway }: Extract<NextHop, { kind: 'gateway' }>,
  { taken, refused }: RouteWords,
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
