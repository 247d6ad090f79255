import { addressSets } from '../../algebra/addresses.ts'
import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { both, type Truth } from '../../algebra/truth.ts'
import { surely } from '../../model/azure/prop.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { egressOf } from '../layers/nat.ts'
import { toFilter } from '../layers/nsg.ts'
import { type RouteSet, routesTo } from '../layers/route.ts'
import { firewallRegion } from './allowed-flows.ts'
import { findFirewall } from './appliance.ts'
import { filteredAt } from './filtered-region.ts'
import {
  EVERY_CONNECTION,
  EVERY_REGION,
  EVERYTHING,
  type FixedEnd,
  filterRegion,
  NOTHING,
  PERHAPS_ANYTHING,
  type PlaceRegion,
  placeRegions,
  regionBounds,
  scopedView,
} from './flows.ts'
import { routeSetOf } from './host-routes.ts'
import type { Host } from './hosts.ts'
import { canReach } from './peerings.ts'
import { atAddresses, EVERYWHERE, INTERNET, NOWHERE, type Places } from './places.ts'
import type { Site } from './state.ts'
import { toRanges } from './topology.ts'

/**
 * What can leave a host: destinations and connections that its filters, its routes and what stands on them let through.
 *
 * The same layers as the walk of one packet, with sets. Filters at private destinations are asked by subnet.
 */
export function azureEgress(site: Site, host: Host): Bounds<PlaceRegion> {
  if (host.unknown !== undefined) return PERHAPS_ANYTHING
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
      return PERHAPS_ANYTHING
    case 'local':
      return intoNetwork(site, host, carried, (to) => canReach(site, host.network, to))
    case 'peering':
      return hop.peer.network === undefined
        ? PERHAPS_ANYTHING
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
      if (firewall === undefined) return PERHAPS_ANYTHING
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
