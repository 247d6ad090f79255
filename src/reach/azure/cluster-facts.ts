import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { knownValue } from '../../model/azure/prop.ts'
import type { ClusterFacts } from '../engine.ts'
import { toApproach } from './approach.ts'
import { nodeHost, podOnWire } from './hosts.ts'
import { type Site, toSite } from './state.ts'

/** What the Azure code says of a cluster that its manifests do not: the policy engine, the ranges of nodes and pods, the network around. */
export function toClusterFacts(site: Site, cluster: Cluster): ClusterFacts {
  const nodes = cluster.pools.map((pool) => nodeHost(site, cluster, pool).places.addresses)
  const pods = cluster.pools.flatMap((pool): AddressSet[] => {
    const host = podOnWire(site, cluster, pool, false)
    return host === undefined ? [] : [host.places.addresses]
  })
  return {
    engine: knownValue(cluster.policyEngine) ?? 'unknown',
    nodeAddresses: nodes.reduce(addressSets.union, NO_ADDRESSES),
    podAddresses: pods.reduce(addressSets.union, NO_ADDRESSES),
    approach: toApproach(site, cluster),
  }
}

/** The facts of the cluster that the manifests of a state are for; undefined where the state has none, or several. */
export function clusterFactsOf(azure: AzureNetwork): ClusterFacts | undefined {
  const [cluster, ...others] = azure.clusters.all
  return cluster === undefined || others.length > 0 ? undefined : toClusterFacts(toSite({ azure }), cluster)
}
