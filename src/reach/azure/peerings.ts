import type { Truth } from '../../algebra/truth.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import { knownItems, surely } from '../../model/azure/prop.ts'
import { type Subnet, subnetName, type VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { isFiltered } from './host-filters.ts'
import type { Host } from './hosts.ts'
import type { RouteWords } from './leg.ts'
import { denied, NOTHING_IN_THE_WAY, type Outcome, unknownAt } from './outcome.ts'
import type { Site } from './state.ts'
import type { Peer } from './topology.ts'

/** Whether packets get from one network to another by a peering: `maybe` where one of them is not in the tree. */
export function canReach(site: Site, from: VirtualNetwork | undefined, to: VirtualNetwork | undefined): Truth {
  if (from === undefined || to === undefined) return 'maybe'
  if (from === to) return 'yes'
  return site.topology.peersOf(from).find(({ network }) => network === to)?.connected ?? 'no'
}

/** A user route with next hop VnetLocal for a peer's range. */
export function viaPeering(site: Site, at: Host, to: Host, words: RouteWords): Outcome {
  const peer = at.network && site.topology.peersOf(at.network).find(({ network }) => network === to.network)
  if (peer === undefined || peer.connected === 'no') return words.refused('the destination is not in the network')
  return arrivesOver(site, at, to, peer, words)
}

/** What a peering says of packets to a host: whether it is there, whole, and gives access. */
export function arrivesOver(site: Site, at: Host, to: Host, peer: Peer, { taken, refused }: RouteWords): Outcome {
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

/** Whether a host may have the route of a private endpoint: it is in the endpoint's network, or a peer's, or behind its gateway. */
export function isNear({ topology }: Site, at: Host, { network }: Host): boolean {
  if (network === undefined || at.network === network) return true
  if (at.gateway !== undefined && topology.gatewaysOf(network).includes(at.gateway)) return true
  const peers = at.network === undefined ? [] : topology.peersOf(at.network)
  return peers.some((peer) => peer.network === network && peer.connected !== 'no')
}

/** Hosts of the endpoint's network and of its peers have its route. */
export function endpointIsNear(site: Site, at: Host, to: Host, { taken }: RouteWords): Outcome {
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

/** A spoke takes what the hub forwards only by its peering's flag; whether the flag really drops is told both ways by the documentation. */
export function acceptsForwarded(site: Site, from: Host, to: Host, home: Host, translates: Truth): Outcome {
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
