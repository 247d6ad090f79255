import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import type { Bounds } from '../../algebra/bounds.ts'
import { both, type Truth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { NetworkGateway } from '../../model/azure/outbound.ts'
import { type Prop, type PropList, surely } from '../../model/azure/prop.ts'
import type { RouteTable } from '../../model/azure/route-table.ts'
import type { Peering, Subnet, VirtualNetwork } from '../../model/azure/virtual-network.ts'
import type { TagScope } from '../layers/nsg.ts'
import {
  atAddresses,
  EVERYWHERE,
  INTERNET,
  NOWHERE,
  PLATFORM_DNS,
  type Places,
  PRIVATE_V4,
  parseRange,
  places,
  withPublic,
} from './places.ts'
import { hubConnectionsOf } from './unwalked.ts'

/** How networks and subnets hang together, worked out once per state. */
export interface Topology {
  readonly azure: AzureNetwork
  spaceOf(network: VirtualNetwork): Bounds<AddressSet>
  addressesOf(subnet: Subnet): Bounds<AddressSet>
  networkOf(subnet: Subnet): VirtualNetwork | undefined
  subnetsOf(network: VirtualNetwork): readonly Subnet[]
  peersOf(network: VirtualNetwork): readonly Peer[]
  /** Gateways whose ranges the network learns: its own, or those of a peer that lends them. */
  gatewaysOf(network: VirtualNetwork): readonly NetworkGateway[]
  /** The network of a gateway. */
  homeOf(gateway: NetworkGateway): VirtualNetwork | undefined
  /** The parts of a set of addresses by subnet, by network outside of its subnets, and what is in no network. */
  locate(addresses: AddressSet): readonly Location[]
  /** What tags mean for hosts of a subnet; `isRouted` where their pods' ranges are in routes that the subnet has, as kubenet's are. */
  scopeOf(
    network: VirtualNetwork | undefined,
    subnet: Subnet | undefined,
    podRanges: AddressSet,
    isRouted: boolean,
  ): TagScope
}

/** Where some addresses are: in a subnet, in a network outside of its subnets, or in no network. */
export interface Location {
  readonly addresses: AddressSet
  readonly network: VirtualNetwork | undefined
  readonly subnet: Subnet | undefined
}

/** The other end of a peering of a network. */
export interface Peer {
  /** Undefined where it is not in the tree. */
  readonly network: VirtualNetwork | undefined
  readonly local: Peering
  readonly remote: Peering | undefined
  /** A peering carries traffic when both halves exist. */
  readonly connected: Truth
}

const UNKNOWN_SPACE: AddressSet = PRIVATE_V4

/** How the networks of a state hang together. */
export function toTopology(azure: AzureNetwork): Topology {
  const spaces = new Map(azure.virtualNetworks.all.map((network) => [network, toRanges(network.addressSpace)]))
  const prefixes = new Map(azure.subnets.all.map((subnet) => [subnet, toRanges(subnet.prefixes)]))
  const subnets = new Map<VirtualNetwork, Subnet[]>()
  for (const subnet of azure.subnets.all) {
    const network = azure.virtualNetworks.of(subnet.network)
    if (network !== undefined) subnets.set(network, [...(subnets.get(network) ?? []), subnet])
  }
  const peers = new Map(azure.virtualNetworks.all.map((network) => [network, peersOf(azure, network)]))
  const homes = new Map(azure.gateways.all.map((gateway) => [gateway, homeOf(azure, gateway)]))
  const scopes = new Map<Subnet, TagScope>()

  const topology: Topology = {
    azure,
    spaceOf: (network) => spaces.get(network)!,
    addressesOf: (subnet) => prefixes.get(subnet)!,
    networkOf: (subnet) => azure.virtualNetworks.of(subnet.network),
    subnetsOf: (network) => subnets.get(network) ?? [],
    peersOf: (network) => peers.get(network) ?? [],
    homeOf: (gateway) => homes.get(gateway),
    gatewaysOf: (network) => {
      const own = azure.gateways.all.filter((gateway) => homes.get(gateway) === network)
      const lent = topology.peersOf(network).flatMap((peer) => {
        if (peer.network === undefined || peer.connected === 'no') return []
        if (!surely(peer.local.useRemoteGateways, true) || peer.remote?.allowGatewayTransit.known !== true) return []
        if (!peer.remote.allowGatewayTransit.value) return []
        return azure.gateways.all.filter((gateway) => homes.get(gateway) === peer.network)
      })
      return [...own, ...lent]
    },
    locate: (addresses) => locate(topology, addresses),
    scopeOf: (network, subnet, podRanges, isRouted) => {
      const made = subnet && scopes.get(subnet)
      const scope = made ?? toScope(topology, network, subnet)
      if (subnet !== undefined && made === undefined) scopes.set(subnet, scope)
      if (addressSets.isEmpty(podRanges)) return scope
      const pods = atAddresses(podRanges)
      if (!isRouted) return { ...scope, podRanges: pods }
      const { certain, possible } = scope.virtualNetwork
      return {
        ...scope,
        virtualNetwork: { certain: places.union(certain, pods), possible: places.union(possible, pods) },
      }
    },
  }
  return topology
}

/** Addresses that a list of prefixes surely, and possibly, holds. */
export function toRanges(list: PropList<string>): Bounds<AddressSet> {
  let certain = NO_ADDRESSES
  let open = !list.complete
  for (const item of list.items) {
    const range = rangeOf(item)
    if (range === undefined) open = true
    else certain = addressSets.union(certain, range)
  }
  return { certain, possible: open ? addressSets.union(certain, UNKNOWN_SPACE) : certain }
}

function rangeOf(item: Prop<string>): AddressSet | undefined {
  return item.known ? (parseRange(item.value) ?? NO_ADDRESSES) : undefined
}

function peersOf(azure: AzureNetwork, network: VirtualNetwork): readonly Peer[] {
  return azure.peerings.all
    .filter((peering) => azure.virtualNetworks.of(peering.network) === network)
    .map((local): Peer => {
      const other = azure.virtualNetworks.of(local.remote)
      const here: Truth = local.object.resource.maybe === undefined ? 'yes' : 'maybe'
      if (other === undefined) return { network: undefined, local, remote: undefined, connected: 'maybe' }
      const remote = azure.peerings.all.find(
        (peering) =>
          azure.virtualNetworks.of(peering.network) === other && azure.virtualNetworks.of(peering.remote) === network,
      )
      const there: Truth = remote === undefined ? 'no' : remote.object.resource.maybe === undefined ? 'yes' : 'maybe'
      return { network: other, local, remote, connected: both(here, there) }
    })
}

function homeOf(azure: AzureNetwork, gateway: NetworkGateway): VirtualNetwork | undefined {
  const subnet = azure.subnets.of(gateway.subnet)
  return subnet && azure.virtualNetworks.of(subnet.network)
}

function locate(topology: Topology, addresses: AddressSet): readonly Location[] {
  const found: Location[] = []
  let left = addresses
  const take = (part: AddressSet, network: VirtualNetwork | undefined, subnet: Subnet | undefined) => {
    const hit = addressSets.intersect(left, part)
    if (addressSets.isEmpty(hit)) return
    found.push({ addresses: hit, network, subnet })
    left = addressSets.subtract(left, hit)
  }
  for (const subnet of topology.azure.subnets.all) {
    take(topology.addressesOf(subnet).certain, topology.networkOf(subnet), subnet)
  }
  for (const network of topology.azure.virtualNetworks.all) take(topology.spaceOf(network).certain, network, undefined)
  if (!addressSets.isEmpty(left)) found.push({ addresses: left, network: undefined, subnet: undefined })
  return found
}

/**
 * `VirtualNetwork` is the network's space, its peers, what its gateways lead to, the host's virtual address, and the prefixes of the
 * subnet's own routes; a default route may be in it ("might also contain default routes").
 * Source: learn.microsoft.com/azure/virtual-network/service-tags-overview
 */
function toScope(topology: Topology, network: VirtualNetwork | undefined, subnet: Subnet | undefined): TagScope {
  const { azure } = topology
  const own = network === undefined ? { certain: NO_ADDRESSES, possible: UNKNOWN_SPACE } : topology.spaceOf(network)
  let certain = addressSets.union(own.certain, parseRange(PLATFORM_DNS)!)
  let possible = addressSets.union(own.possible, certain)
  const add = (range: Bounds<AddressSet>, sure: boolean) => {
    if (sure) certain = addressSets.union(certain, range.certain)
    possible = addressSets.union(possible, range.possible)
  }
  for (const peer of network === undefined ? [] : topology.peersOf(network)) {
    if (peer.connected === 'no' || surely(peer.local.allowVirtualNetworkAccess, false)) continue
    const sure = peer.connected === 'yes' && surely(peer.local.allowVirtualNetworkAccess, true)
    if (peer.network === undefined) possible = addressSets.union(possible, UNKNOWN_SPACE)
    else add(topology.spaceOf(peer.network), sure)
  }
  // What a virtual hub leads to is in the tag as well, and not walked.
  if (network !== undefined && hubConnectionsOf(azure, network).length > 0) {
    possible = addressSets.union(possible, UNKNOWN_SPACE)
  }
  const table = subnet && azure.routeTables.of(subnet.routeTable)
  const learns = table === undefined || !surely(table.disableBgpRoutePropagation, true)
  for (const gateway of network === undefined || !learns ? [] : topology.gatewaysOf(network)) {
    add(toRanges(gateway.ranges), table === undefined || surely(table.disableBgpRoutePropagation, false))
    if (gateway.learnsRanges) possible = addressSets.union(possible, UNKNOWN_SPACE)
  }
  if (subnet !== undefined && (subnet.routeTable.kind === 'outside' || subnet.routeTable.kind === 'unknown')) {
    return {
      virtualNetwork: { certain: atAddresses(certain), possible: EVERYWHERE },
      internet: internetWithout(certain),
      podRanges: NOWHERE,
    }
  }
  const routes = routedPrefixes(table)
  certain = addressSets.union(certain, routes.specific)
  possible = addressSets.union(possible, certain)
  return {
    virtualNetwork: {
      certain: atAddresses(certain),
      possible: routes.everything ? EVERYWHERE : withPublic(possible),
    },
    internet: internetWithout(own.certain),
    podRanges: NOWHERE,
  }
}

function internetWithout(space: AddressSet): Places {
  return { ...INTERNET, addresses: places.subtract(INTERNET, atAddresses(space)).addresses }
}

/** Prefixes of user routes; those that hold everything, alone or together, only may be in the tag. */
function routedPrefixes(table: RouteTable | undefined): {
  readonly specific: AddressSet
  readonly everything: boolean
} {
  let specific = NO_ADDRESSES
  let everything = false
  for (const { prefix } of table?.routes ?? []) {
    if (!prefix.known) everything = true
    const range = prefix.known ? parseRange(prefix.value) : undefined
    if (range === undefined) continue
    if (/\/[01]$/.test(prefix.known ? prefix.value : '')) everything = true
    else specific = addressSets.union(specific, range)
  }
  return { specific, everything }
}
