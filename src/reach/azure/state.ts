import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { Cluster, NodePool } from '../../model/azure/cluster.ts'
import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import { frontendAddress } from './frontend-address.ts'
import { rangeOf } from './places.ts'
import type { PodPolicies } from './pod-policies.ts'
import { type Topology, toTopology } from './topology.ts'

/** A cluster's manifests together with the Azure network that it runs in. */
export interface AzureState {
  readonly azure: AzureNetwork
  readonly kubernetes?: KubernetesNetwork
  /** The in-cluster layers; without them no policy is asked. */
  readonly policies?: PodPolicies
  /** The cluster that the manifests are for; the only one, or the first, where it is not said. */
  readonly cluster?: Cluster
}

/** A state with what is worked out from it once. */
export interface Site {
  readonly state: AzureState
  readonly azure: AzureNetwork
  readonly topology: Topology
  readonly cluster: Cluster | undefined
  /** Addresses that fixed hosts of the tree have, by which they are not anybody else's. */
  readonly taken: AddressSet
}

/** A state, ready to be asked. Sites of one network share its topology. */
export function toSite(state: AzureState): Site {
  const { azure } = state
  let shared = SHARED.get(azure)
  if (shared === undefined) {
    shared = { topology: toTopology(azure), taken: takenAddresses(azure) }
    SHARED.set(azure, shared)
  }
  const { topology, taken } = shared
  const frontends = (state.kubernetes?.services ?? []).flatMap((service) =>
    service.loadBalancer === undefined ? [] : (frontendAddress(service) ?? []),
  )
  return {
    state,
    azure,
    topology,
    taken: frontends.reduce(addressSets.union, taken),
    cluster: state.cluster ?? azure.clusters.all[0],
  }
}

/** What sites of one network have in common, whichever cluster they ask about. */
const SHARED = new WeakMap<AzureNetwork, Pick<Site, 'topology' | 'taken'>>()

/** Static addresses of network cards, private endpoints and application gateways. */
function takenAddresses(azure: AzureNetwork): AddressSet {
  let taken = NO_ADDRESSES
  for (const { configurations } of azure.interfaces) {
    for (const { privateAddress } of configurations) {
      if (privateAddress?.known === true) taken = addressSets.union(taken, rangeOf(privateAddress.value))
    }
  }
  for (const { privateAddress } of azure.applicationGateways.all.flatMap(({ frontends }) => frontends)) {
    if (privateAddress?.known === true) taken = addressSets.union(taken, rangeOf(privateAddress.value))
  }
  for (const { addresses } of azure.privateEndpoints.all) {
    for (const { address } of addresses) if (address.known) taken = addressSets.union(taken, rangeOf(address.value))
  }
  return taken
}

/** Pools whose nodes run workloads: gateway pools do not. */
export function workerPools(cluster: Cluster): readonly NodePool[] {
  return cluster.pools.filter(({ mode }) => !(mode.known && mode.value === 'Gateway'))
}
