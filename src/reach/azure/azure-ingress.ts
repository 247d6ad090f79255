import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { surely } from '../../model/azure/prop.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import { routesTo } from '../layers/route.ts'
import { firewallRegion } from './allowed-flows.ts'
import { findFirewall } from './appliance.ts'
import { filteredAt } from './filtered-region.ts'
import {
  EVERY_CONNECTION,
  EVERYTHING,
  type FixedEnd,
  NOTHING,
  PERHAPS_ANYTHING,
  type PlaceRegion,
  placeRegions,
  regionBounds,
} from './flows.ts'
import { routesOf } from './host-routes.ts'
import type { Host } from './hosts.ts'
import { atAddresses, INTERNET, NOWHERE, type Places, places } from './places.ts'
import type { Site } from './state.ts'
import { type Peer, toRanges } from './topology.ts'

/**
 * What can get to a host by its own address: sources of its network, its peers and what its gateways lead to, and the internet where the
 * host has a public address. Load balancers, NAT rules and other ways that give it another address are not in it.
 */
export function azureIngress(site: Site, host: Host): Bounds<PlaceRegion> {
  if (host.unknown !== undefined) return PERHAPS_ANYTHING
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
    if (hop.kind !== 'appliance') return hop.kind === 'unknown' ? PERHAPS_ANYTHING : NOTHING
    const firewall = findFirewall(site, hop)
    return firewall === undefined ? PERHAPS_ANYTHING : firewallRegion(site, firewall, fixed)
  })
  if (carried.length === 0) return NOTHING
  return regionBounds.intersect(filtered, {
    certain: carried.map(({ certain }) => certain).reduce(placeRegions.intersect),
    possible: carried.map(({ possible }) => possible).reduce(placeRegions.union),
  })
}

function addressesOf(site: Site, subnet: Subnet): Places {
  return atAddresses(site.topology.addressesOf(subnet).possible)
}
