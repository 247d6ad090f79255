import { type Cluster, type NodePool, podAddressing } from '../../model/azure/cluster.ts'
import { surely } from '../../model/azure/prop.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { type Host, podOnWire } from './hosts.ts'
import type { Demand } from './leg.ts'
import { allowed, inSeries, type Outcome, unknownAt, whichever } from './outcome.ts'
import { poolsOf } from './placement.ts'
import { type Context, judgePolicy } from './question.ts'
import type { Site } from './state.ts'
import { walk } from './walk.ts'

/** On one node nothing of Azure is met; between nodes the packet carries the addresses that the plugin gives. */
export function betweenPods(context: Context, cluster: Cluster, from: Workload, to: Workload, demand: Demand): Outcome {
  const { site } = context
  const outcomes: Outcome[] = []
  const policy = judgePolicy(context, { kind: 'workload', workload: from }, { kind: 'workload', workload: to }, demand)
  const isFree = from.hostNetwork === 'yes' || (to.hostNetwork === 'yes' && admitsOwnNode(cluster))
  for (const own of poolsOf(cluster, from)) {
    const source = podOnWire(site, cluster, own, from.hostNetwork === 'yes')
    for (const other of poolsOf(cluster, to)) {
      const target = podOnWire(site, cluster, other, to.hostNetwork === 'yes')
      if (own === other) {
        const near = allowed('host', 'both may run on one node, where no Azure layer is met')
        outcomes.push(isFree ? near : inSeries(policy, near))
      }
      if (policy.answer === 'denied') {
        outcomes.push(policy)
        continue
      }
      if (source === undefined || target === undefined) {
        outcomes.push(unknownAt('route', 'the network plugin leaves open which addresses pods have'))
      } else if (from.hostNetwork === 'yes' && to.hostNetwork === 'yes') {
        outcomes.push(walk(site, source, { kind: 'host', host: target }, demand))
      } else outcomes.push(inSeries(policy, acrossNodes(site, cluster, source, own, target, other, demand)))
    }
  }
  return whichever(outcomes)
}

/** Packets with a pod's own address between nodes are carried by the platform or by routes that AKS keeps: user routes do not steer them. */
export function acrossNodes(
  site: Site,
  cluster: Cluster,
  from: Host,
  own: NodePool,
  to: Host,
  other: NodePool,
  demand: Demand,
): Outcome {
  const usesOwnRange = (pool: NodePool) =>
    podAddressing(cluster, pool) === 'overlay' || podAddressing(cluster, pool) === 'kubenet'
  if (!usesOwnRange(own) && !usesOwnRange(other)) return walk(site, from, { kind: 'host', host: to }, demand)
  // Routing between nodes is the cluster's own affair; only the filters on both sides are met.
  return walk(site, from, { kind: 'host', host: to }, demand, 'filters')
}

/** What is the case for a pod and its own node. */
export const ON_ONE_NODE = allowed('host', 'both may be on one node, where nothing is in the way')

/**
 * Azure's engine never keeps a pod from its own node; the others ask the pod's policies. No engine keeps a node from its pods.
 * Source: kubernetes.io/docs/concepts/services-networking/network-policies (kubelet traffic), AKS: migrate-from-npm-to-cilium-network-policy
 */
export function admitsOwnNode({ policyEngine }: Cluster): boolean {
  return surely(policyEngine, 'azure')
}
