import { type Cluster, type NodePool, podAddressing } from '../../model/azure/cluster.ts'

/** Most nodes of a pool, with those that an upgrade adds for a while; undefined where a count is not known. */
export function mostNodes({ count, maxCount, maxSurge }: NodePool): number | undefined {
  const nodes = maxCount ?? count
  if (!nodes.known || (maxSurge !== undefined && !maxSurge.known)) return undefined
  const surge = maxSurge?.value ?? '1'
  const extra = surge.endsWith('%') ? Math.ceil((nodes.value * Number(surge.slice(0, -1))) / 100) : Number(surge)
  return Number.isFinite(extra) ? nodes.value + Math.max(1, extra) : undefined
}

/** Addresses that a pool takes in its subnet: one a node, and one a pod where pods have addresses of it. */
export function addressesOfPool(cluster: Cluster, pool: NodePool): number | undefined {
  const nodes = mostNodes(pool)
  if (nodes === undefined) return undefined
  switch (podAddressing(cluster, pool)) {
    case 'node-subnet':
      if (pool.maxPods?.known === false) return undefined
      // Source: learn.microsoft.com/azure/aks/azure-cni-overview#plan-ip-addressing-for-your-cluster; 30 is the default there.
      return nodes * ((pool.maxPods?.value ?? 30) + 1)
    case 'unknown':
      return undefined
    default:
      return nodes
  }
}
