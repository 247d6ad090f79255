import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'

const known = new WeakMap<KubernetesNetwork, ReadonlyMap<string, readonly Workload[]>>()

/** The workloads of each namespace that has some. */
export function workloadsByNamespace(network: KubernetesNetwork): ReadonlyMap<string, readonly Workload[]> {
  const made = known.get(network)
  if (made !== undefined) return made
  const spaces = new Map<string, Workload[]>()
  for (const workload of network.workloads) {
    const same = spaces.get(workload.namespace)
    if (same === undefined) spaces.set(workload.namespace, [workload])
    else same.push(workload)
  }
  known.set(network, spaces)
  return spaces
}
