import { type AddressSet, addressSets, parseCidr } from '../../algebra/addresses.ts'
import type { Origin } from '../../base/origin.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { type Cluster, podAddressing } from '../../model/azure/cluster.ts'
import type { PropList } from '../../model/azure/prop.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'

/** A range that a cluster or a network takes, with where it is written. */
export interface TakenRange {
  readonly words: string
  readonly text: string
  readonly addresses: AddressSet
  readonly origin: Origin
}

export function rangesIn(list: PropList<string>, words: string): readonly TakenRange[] {
  return list.items.flatMap((item) => {
    const cidr = item.known ? parseCidr(item.value) : undefined
    return item.known && cidr !== undefined
      ? [{ words, text: item.value, addresses: cidr.addresses, origin: item.origin }]
      : []
  })
}

/** Pod ranges that are apart from every network: overlay and kubenet have some, other modes take addresses of subnets. */
export function podRangesOf(cluster: Cluster): readonly TakenRange[] {
  const isApart =
    cluster.pools.length === 0 ||
    cluster.pools.some((pool) => ['overlay', 'kubenet'].includes(podAddressing(cluster, pool)))
  return isApart ? rangesIn(cluster.podCidrs, 'pods') : []
}

/** The networks that hold subnets of a cluster's pools. */
export function networksOf(azure: AzureNetwork, { pools }: Cluster): readonly VirtualNetwork[] {
  const found = pools
    .flatMap(({ subnet, podSubnet }) => [azure.subnets.of(subnet), azure.subnets.of(podSubnet)])
    .map((subnet) => subnet && azure.virtualNetworks.of(subnet.network))
    .filter((network) => network !== undefined)
  return [...new Set(found)]
}

/** A network and those that are peered with it, as far as the tree holds them. */
export function withPeers(azure: AzureNetwork, network: VirtualNetwork): readonly VirtualNetwork[] {
  const peers = azure.peerings.all.flatMap(({ network: own, remote }) =>
    own.kind === 'found' && own.object === network.object ? (azure.virtualNetworks.of(remote) ?? []) : [],
  )
  return [...new Set([network, ...peers])]
}

export function overlaps(a: AddressSet, b: AddressSet): boolean {
  return !addressSets.isEmpty(addressSets.intersect(a, b))
}

export function networkName({ name, resource }: AzureObject): string {
  return name.known && name.value !== '' ? name.value : resource.address
}
