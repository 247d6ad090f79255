import { type AddressSet, ALL_V4, addressSets, cidr, parseCidr } from '../../algebra/addresses.ts'
import { type ServiceSet, serviceSet, symbolSet } from '../../algebra/service-sets.ts'
import type { Origin } from '../../base/origin.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, labelOf, read } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import type { NetworkGateway } from '../../model/azure/outbound.ts'
import { knownItems, textProp } from '../../model/azure/prop.ts'
import type { Route } from '../../model/azure/route-table.ts'
import { SERVICE_KINDS } from '../../model/azure/service.ts'
import { regionKey, serviceTag } from '../../model/azure/service-tags.ts'
import type { Subnet, VirtualNetwork } from '../../model/azure/virtual-network.ts'
import type { Resource } from '../../parse/resource.ts'
import { atAddresses, atServices, NOWHERE, type Places, PRIVATE_V4, places } from '../azure/places.ts'
import { type Peer, type Topology, toRanges } from '../azure/topology.ts'
import { hubConnectionsOf } from '../azure/unwalked.ts'

/** Where a route leads. */
export type NextHop =
  | { readonly kind: 'local' }
  | { readonly kind: 'peering'; readonly peer: Peer }
  | { readonly kind: 'internet' }
  | { readonly kind: 'appliance'; readonly address: AddressSet | undefined; readonly object: AzureObject | undefined }
  | { readonly kind: 'gateway'; readonly gateway: NetworkGateway | undefined }
  | { readonly kind: 'service-endpoint' }
  | { readonly kind: 'private-endpoint' }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string }

/** One route in force, with what it is for. */
export interface EffectiveRoute {
  readonly kind: 'user' | 'learned' | 'system'
  /** For people: `route to-firewall`, `system route for the network's own space`. */
  readonly label: string
  readonly places: Places
  /** Prefix length, which decides first; tags count as longer than any default route. */
  readonly length: number
  readonly hop: NextHop
  readonly certain: boolean
  readonly resource: Resource | undefined
  readonly origin: Origin | undefined
}

/** A part of the destinations and the route that carries it. */
export interface RouteChoice {
  readonly places: Places
  readonly route: EffectiveRoute
}

/** Tags compare as prefixes longer than any default route; no written range holds what they stand for. */
const TAG_LENGTH = 8
const SERVICE_LENGTH = TAG_LENGTH + 0.5
const KIND_ORDER = { user: 0, learned: 1, system: 2 } as const

/** Whether the tables that decide are known. */
export interface RouteSet {
  readonly routes: readonly EffectiveRoute[]
  /** Set where a route table exists that is not in the tree. */
  readonly unknown: string | undefined
}

/**
 * Every route of a subnet, best first: longest prefix, then user before learned before system; but routes of the network, of peerings
 * and of service endpoints stand before learned ones of any length.
 * Source: learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route
 */
export function effectiveRoutes(
  topology: Topology,
  network: VirtualNetwork | undefined,
  subnet: Subnet | undefined,
): RouteSet {
  const { azure } = topology
  const table = subnet && azure.routeTables.of(subnet.routeTable)
  const outside = subnet !== undefined && (subnet.routeTable.kind === 'outside' || subnet.routeTable.kind === 'unknown')
  const routes: EffectiveRoute[] = []
  for (const route of table?.routes ?? []) routes.push(...userRoutes(topology, route))
  if (network !== undefined) {
    routes.push(...ownRoutes(network))
    for (const peer of topology.peersOf(network)) routes.push(...peerRoutes(topology, peer))
    routes.push(...hubRoutes(azure, network))
    const propagation = table?.disableBgpRoutePropagation
    if (propagation === undefined || !propagation.known || !propagation.value) {
      for (const gateway of topology.gatewaysOf(network))
        routes.push(...gatewayRoutes(gateway, propagation?.known !== false))
    }
  }
  if (subnet !== undefined) {
    const own = endpointRoutes(subnet, network)
    // Whether the prefixes of a service are longer than those that AzureCloud lists for it is not documented.
    const isRivalled = routes.some(
      ({ kind, length }) => kind === 'user' && length >= TAG_LENGTH && length < SERVICE_LENGTH,
    )
    if (isRivalled) routes.push(...own.map((route) => ({ ...route, length: SERVICE_LENGTH, certain: false })))
    routes.push(...own)
  }
  routes.push(...SYSTEM)
  return {
    routes: withoutFavoured(routes).toSorted(byPreference),
    unknown: outside ? 'the subnet has a route table that is not in the tree' : undefined,
  }
}

function byPreference(a: EffectiveRoute, b: EffectiveRoute): number {
  return b.length - a.length || KIND_ORDER[a.kind] - KIND_ORDER[b.kind]
}

/** Learned routes without what routes of the network, of peerings and of service endpoints carry, which win at any length. */
function withoutFavoured(routes: readonly EffectiveRoute[]): readonly EffectiveRoute[] {
  const favoured = routes
    .filter(({ kind, hop, certain }) => kind === 'system' && certain && hop.kind !== 'none' && hop.kind !== 'internet')
    .map((route) => route.places)
    .reduce(places.union, NOWHERE)
  return routes.map((route) =>
    route.kind === 'learned' ? { ...route, places: places.subtract(route.places, favoured) } : route,
  )
}

function userRoutes(topology: Topology, route: Route): EffectiveRoute[] {
  const { resource } = route.object
  const base = {
    kind: 'user' as const,
    label: `${labelOf(route.object)}${route.prefix.known ? ` (${route.prefix.value})` : ''}`,
    certain: resource.maybe === undefined && route.prefix.known,
    resource,
    origin: originOf(route.object),
    hop: userHop(topology, route),
  }
  if (!route.prefix.known) return [{ ...base, places: { ...NOWHERE }, length: 0 }]
  const block = parseCidr(route.prefix.value)
  if (block !== undefined) return [{ ...base, places: atAddresses(block.addresses), length: block.prefix }]
  const tag = serviceTag(route.prefix.value)
  return tag === undefined ? [] : [{ ...base, places: atServices(tag), length: tagLength(route.prefix.value) }]
}

/** Among tags the closer one wins: region of a service, service, region of the cloud, cloud. */
function tagLength(tag: string): number {
  const isCloud = tag.toLowerCase().startsWith('azurecloud')
  return (isCloud ? TAG_LENGTH : SERVICE_LENGTH) + (tag.includes('.') ? 0.25 : 0)
}

function userHop(topology: Topology, { nextHop, nextHopAddress, object }: Route): NextHop {
  if (!nextHop.known) return { kind: 'unknown', why: 'the next hop of the route is not known' }
  switch (nextHop.value) {
    case 'VnetLocal':
      return { kind: 'local' }
    case 'Internet':
      return { kind: 'internet' }
    case 'VirtualNetworkGateway':
      return { kind: 'gateway', gateway: undefined }
    case 'VirtualAppliance': {
      if (nextHopAddress?.known === true) {
        const written = parseCidr(`${nextHopAddress.value}/${nextHopAddress.value.includes(':') ? 128 : 32}`)
        return { kind: 'appliance', address: written?.addresses, object: undefined }
      }
      const target = nextHopAddress && topology.azure.objects.resolve(nextHopAddress.unknown, object.resource)
      return { kind: 'appliance', address: undefined, object: target }
    }
    case 'None':
      return { kind: 'none' }
    default:
      return { kind: 'unknown', why: 'the next hop of the route is not known' }
  }
}

function ownRoutes(network: VirtualNetwork): EffectiveRoute[] {
  return prefixRoutes(knownItems(network.addressSpace)).map(([addresses, length]) => ({
    kind: 'system',
    label: `system route for ${labelOf(network.object)}`,
    places: atAddresses(addresses),
    length,
    hop: { kind: 'local' },
    certain: true,
    resource: network.object.resource,
    origin: network.addressSpace.origin,
  }))
}

function peerRoutes(topology: Topology, peer: Peer): EffectiveRoute[] {
  if (peer.connected === 'no') return []
  const { resource } = peer.local.object
  const base = {
    kind: 'system' as const,
    label: `peering ${labelOf(peer.local.object)}`,
    hop: { kind: 'peering' as const, peer },
    resource,
    origin: originOf(peer.local.object),
  }
  // Of a network that is not in the tree the space is not known: any private address may be there.
  if (peer.network === undefined) return [{ ...base, places: atAddresses(PRIVATE_V4), length: 9, certain: false }]
  const certain = peer.connected === 'yes'
  const { complete } = peer.network.addressSpace
  const routes = prefixRoutes(knownItems(peer.network.addressSpace)).map(
    ([addresses, length]): EffectiveRoute => ({ ...base, places: atAddresses(addresses), length, certain }),
  )
  const open = !complete || topology.spaceOf(peer.network).possible !== topology.spaceOf(peer.network).certain
  return open ? [...routes, { ...base, places: atAddresses(PRIVATE_V4), length: 9, certain: false }] : routes
}

/**
 * Routes that a hub of a virtual WAN gives to the networks that are connected with it: to the other networks and branches, and the default
 * route where the connection takes it. The hub's own route tables and routing intent, which decide where they lead, are not walked.
 * Source: learn.microsoft.com/azure/virtual-wan/about-virtual-hub-routing
 */
function hubRoutes(azure: AzureNetwork, network: VirtualNetwork): EffectiveRoute[] {
  return hubConnectionsOf(azure, network).flatMap(({ object, takesDefaultRoute }) => {
    const base = {
      kind: 'learned' as const,
      label: `route learned from ${labelOf(object)}`,
      hop: { kind: 'unknown' as const, why: 'where the virtual hub sends it is not walked' },
      certain: false,
      resource: object.resource,
      origin: originOf(object),
    }
    const inside: EffectiveRoute = { ...base, places: atAddresses(PRIVATE_V4), length: 9 }
    const rest: EffectiveRoute = { ...base, places: atAddresses(ALL_V4), length: 0 }
    return takesDefaultRoute === 'no' ? [inside] : [inside, rest]
  })
}

function gatewayRoutes(gateway: NetworkGateway, certain: boolean): EffectiveRoute[] {
  const base = {
    kind: 'learned' as const,
    label: `route learned from ${labelOf(gateway.object)}`,
    hop: { kind: 'gateway' as const, gateway },
    resource: gateway.object.resource,
    origin: gateway.ranges.origin,
  }
  const written = prefixRoutes(knownItems(gateway.ranges)).map(
    ([addresses, length]): EffectiveRoute => ({ ...base, places: atAddresses(addresses), length, certain }),
  )
  const known = toRanges(gateway.ranges)
  const open = gateway.learnsRanges || known.certain !== known.possible
  return open ? [...written, { ...base, places: atAddresses(PRIVATE_V4), length: 9, certain: false }] : written
}

function prefixRoutes(prefixes: readonly string[]): (readonly [AddressSet, number])[] {
  return prefixes.flatMap((text) => {
    const block = parseCidr(text)
    return block === undefined ? [] : [[block.addresses, block.prefix] as const]
  })
}

/** Regions of a service endpoint: storage covers its own and the paired region, everything else its own region or all. */
function endpointRoutes(subnet: Subnet, network: VirtualNetwork | undefined): EffectiveRoute[] {
  return knownItems(subnet.serviceEndpoints).flatMap((service): EffectiveRoute[] => {
    const tag = tagOfEndpoint(service)
    if (tag === undefined) return []
    const base = {
      kind: 'system' as const,
      label: `service endpoint ${service} of ${labelOf(subnet.object)}`,
      length: TAG_LENGTH,
      hop: { kind: 'service-endpoint' as const },
      resource: subnet.object.resource,
      origin: subnet.serviceEndpoints.origin,
    }
    const location = network && textProp(read(network.object, 'location'), '', network.object.resource.origin)
    const isRegional = service.toLowerCase() === 'microsoft.storage'
    if (!isRegional) return [{ ...base, places: atServices(serviceSet(tag)), certain: true }]
    if (location === undefined || !location.known || location.value === '') {
      // The network's own region is one of them, whichever it is; other regions may not be.
      return [{ ...base, places: atServices(serviceSet(tag)), certain: false }]
    }
    const own = regionKey(location.value)
    const paired = PAIRS.get(own)
    const regions: ServiceSet = serviceSet(tag, symbolSet(paired === undefined ? [own] : [own, paired]))
    return [{ ...base, places: atServices(regions), certain: true }]
  })
}

/** The tag whose addresses an endpoint of that service name leads to. */
export function tagOfEndpoint(service: string): string | undefined {
  const lower = service.toLowerCase().replace(/\.global$/, '')
  return SERVICE_KINDS.find(({ endpoint }) => endpoint?.toLowerCase() === lower)?.tag?.toLowerCase()
}

/** Paired regions. Source: learn.microsoft.com/azure/reliability/regions-paired, August 2026. */
const PAIRS: ReadonlyMap<string, string> = new Map(
  [
    ['westeurope', 'northeurope'],
    ['eastus', 'westus'],
    ['eastus2', 'centralus'],
    ['northcentralus', 'southcentralus'],
    ['westus2', 'westcentralus'],
    ['uksouth', 'ukwest'],
    ['francecentral', 'francesouth'],
    ['germanywestcentral', 'germanynorth'],
    ['norwayeast', 'norwaywest'],
    ['switzerlandnorth', 'switzerlandwest'],
    ['swedencentral', 'swedensouth'],
    ['canadacentral', 'canadaeast'],
    ['australiaeast', 'australiasoutheast'],
    ['japaneast', 'japanwest'],
    ['koreacentral', 'koreasouth'],
    ['eastasia', 'southeastasia'],
    ['centralindia', 'southindia'],
    ['southafricanorth', 'southafricawest'],
    ['uaenorth', 'uaecentral'],
  ].flatMap(([a, b]) => [
    [a!, b!],
    [b!, a!],
  ]),
)

/** System routes that every subnet has. Source: virtual-networks-udr-overview#default */
const SYSTEM: readonly EffectiveRoute[] = [
  ...(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] as const).map(
    (prefix): EffectiveRoute => systemRoute(prefix, { kind: 'none' }),
  ),
  systemRoute('0.0.0.0/0', { kind: 'internet' }),
  systemRoute('::/0', { kind: 'internet' }),
]

function systemRoute(prefix: string, hop: NextHop): EffectiveRoute {
  return {
    kind: 'system',
    label: `system route ${prefix} to ${hop.kind === 'none' ? 'None' : 'Internet'}`,
    places: atAddresses(cidr(prefix)),
    length: Number(prefix.split('/')[1]),
    hop,
    certain: true,
    resource: undefined,
    origin: undefined,
  }
}

/**
 * Splits the destinations by the route that carries them. A route that only may exist gives its part twice: to itself and to the next.
 *
 * Services and public hosts have addresses that no range names, so only their tags' routes and the default routes carry them.
 */
export function routesTo(set: RouteSet, destination: Places): readonly RouteChoice[] {
  const choices: RouteChoice[] = []
  let left = destination
  for (const route of set.routes) {
    if (places.isEmpty(left)) break
    const carried = carries(route, left)
    if (places.isEmpty(carried)) continue
    choices.push({ places: carried, route })
    if (route.certain) left = places.subtract(left, carried)
  }
  return choices
}

const DEFAULT_HALVES = 1

function carries(route: EffectiveRoute, wanted: Places): Places {
  // A route whose prefix is not known may carry anything.
  if (!route.certain && places.isEmpty(route.places)) return wanted
  const own = places.intersect(route.places, wanted)
  const isDefault = route.length <= DEFAULT_HALVES && addressSets.covers(route.places.addresses, SAMPLE_PUBLIC)
  if (!isDefault) return own
  return { addresses: own.addresses, services: wanted.services, hosts: wanted.hosts }
}

/** Of two halves of a default route the one with this address stands for public hosts: both halves lead the same way in practice. */
const SAMPLE_PUBLIC = cidr('20.0.0.0/8')

/** The longest user route that covers the addresses with at least that prefix length; undefined where there is none. */
export function userRouteOver(set: RouteSet, addresses: AddressSet, least: number): EffectiveRoute | undefined {
  return set.routes.find(
    (route) => route.kind === 'user' && route.length >= least && addressSets.covers(route.places.addresses, addresses),
  )
}
