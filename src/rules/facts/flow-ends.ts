import { addressSets } from '../../algebra/addresses.ts'
import type { Flow, FlowEnd } from '../../compare/flows.ts'

/** True for a workload of the namespace and for a pod that may exist in it. */
export function isOfNamespace({ name, workload }: FlowEnd, namespace: string): boolean {
  return workload === undefined ? name.endsWith(` in namespace ${namespace}`) : workload.startsWith(`${namespace}/`)
}

/** True for a connection that leaves the cluster, or goes to its nodes. */
export function leavesCluster({ kind, to }: Flow): boolean {
  return kind === 'egress' || to.name === 'nodes'
}

/** True for a connection to some of the addresses. */
export function goesTo({ to }: Flow, addresses: Parameters<typeof addressSets.intersect>[0]): boolean {
  return to.addresses !== undefined && !addressSets.isEmpty(addressSets.intersect(to.addresses, addresses))
}
