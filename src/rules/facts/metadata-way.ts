import type { StateView } from '../../compare/state-view.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { type Workload, workloadName } from '../../model/kubernetes/workload.ts'
import { poolsOf } from '../../reach/azure/placement.ts'
import { askAzure, linkedCluster } from './azure-site.ts'
import { nodeSettings } from './node-settings.ts'
import { waysOut } from './way-out.ts'

const known = new WeakMap<StateView, Map<string, boolean>>()

/**
 * Whether the linked cluster or its network certainly keeps a workload from the metadata service, whatever policies say: pods are
 * restricted, or a security group denies the tag of the service. A pod that no manifest of the tree runs may be on any pool. False where no
 * cluster is linked.
 *
 * To be asked about workloads that their policies let through: those that fit the same pools are asked about once.
 */
export function isKeptFromMetadata(view: StateView, workload: Workload | undefined): boolean {
  const cluster = linkedCluster(view)
  if (cluster === undefined) return false
  let answers = known.get(view)
  if (answers === undefined) {
    answers = new Map()
    known.set(view, answers)
  }
  const key = workload === undefined ? '' : keyOf(cluster, workload)
  let isKept = answers.get(key)
  if (isKept === undefined) {
    isKept = workload === undefined ? areAllKept(view, cluster) : isStopped(view, workloadName(workload))
    answers.set(key, isKept)
  }
  return isKept
}

function keyOf(cluster: Cluster, workload: Workload): string {
  const pools = poolsOf(cluster, workload).map((pool) => cluster.pools.indexOf(pool))
  return `${workload.hostNetwork} ${pools.join()}`
}

function areAllKept(view: StateView, cluster: Cluster): boolean {
  if (nodeSettings(view).barsMetadata) return true
  const ways = waysOut(view).filter((way) => way.cluster === cluster && way.carries !== 'nodes')
  return ways.length > 0 && ways.every(({ peer }) => isStopped(view, peer))
}

function isStopped(view: StateView, from: string): boolean {
  const { answer, layer } = askAzure(view, { from, to: 'metadata', protocol: 'TCP', port: 80 })
  return answer === 'denied' && (layer === 'nsg' || layer === 'host')
}
