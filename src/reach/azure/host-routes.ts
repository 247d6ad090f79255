import { addressSets, parseCidr } from '../../algebra/addresses.ts'
import { knownItems, perhaps } from '../../model/azure/prop.ts'
import type { Subnet, VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { effectiveRoutes, type RouteChoice, type RouteSet, routesTo, userRouteOver } from '../layers/route.ts'
import type { Host } from './hosts.ts'
import { denied, NOTHING_IN_THE_WAY, type Outcome, unknownAt, whichever } from './outcome.ts'
import type { Places } from './places.ts'
import type { Site } from './state.ts'

const ROUTES = new WeakMap<Site, Map<Subnet | VirtualNetwork | undefined, RouteSet>>()

/** Every route that a host's packets may take, best first: those of its subnet, or of its network where it is in none. */
export function routeSetOf(site: Site, { network, subnet }: Pick<Host, 'network' | 'subnet'>): RouteSet {
  const made = ROUTES.get(site) ?? new Map<Subnet | VirtualNetwork | undefined, RouteSet>()
  ROUTES.set(site, made)
  const key = subnet ?? network
  const known = made.get(key)
  if (known !== undefined) return known
  const set = effectiveRoutes(site.topology, network, subnet)
  made.set(key, set)
  return set
}

/** Every route of a subnet, best first. */
export function routesOf(site: Site, subnet: Subnet): RouteSet {
  return routeSetOf(site, { network: site.topology.networkOf(subnet), subnet })
}

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

/**
 * The endpoint's own route of one address, unless its subnet lets user routes apply and one is at least as long as the network's prefix.
 * Source: learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy
 */
export function endpointHops(at: Host, to: Host, set: RouteSet): readonly RouteChoice[] {
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
