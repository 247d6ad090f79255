import type { StateView } from '../../compare/state-view.ts'
import type { Cluster, NodePool } from '../../model/azure/cluster.ts'
import { type Workload, workloadName } from '../../model/kubernetes/workload.ts'
import { poolsOf } from '../../reach/azure/placement.ts'
import { askAzure, linkedCluster } from './azure-site.ts'

const known = new WeakMap<StateView, Map<string, boolean>>()

/**
 * Whether the linked cluster or its network certainly keeps a workload from the metadata service, whatever policies say: pods are
 * restricted, or a security group denies the tag of the service. False for pods that no manifest of the tree runs, and where no cluster is
 * linked.
 *
 * To be asked about workloads that their policies let through: those that fit the same pools are asked about once.
 */
export function isKeptFromMetadata(view: StateView, workload: Workload | undefined): boolean {
  const cluster = linkedCluster(view)
  if (cluster === undefined || workload === undefined) return false
  let answers = known.get(view)
  if (answers === undefined) {
    answers = new Map()
    known.set(view, answers)
  }
  const key = `${workload.hostNetwork} ${poolsOf(cluster, workload)
    .map((pool) => poolKey(cluster, pool))
    .join()}`
  let isKept = answers.get(key)
  if (isKept === undefined) {
    const { answer, layer } = askAzure(view, {
      from: workloadName(workload),
      to: 'metadata',
      protocol: 'TCP',
      port: 80,
    })
    isKept = answer === 'denied' && (layer === 'nsg' || layer === 'host')
    answers.set(key, isKept)
  }
  return isKept
}

function poolKey({ pools }: Cluster, pool: NodePool): number {
  return pools.indexOf(pool)
}
