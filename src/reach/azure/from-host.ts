import { podAddressing } from '../../model/azure/cluster.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import { reachApiServer } from './api-server-way.ts'
import type { AskedEnd } from './asked-ends.ts'
import { acrossNodes, ON_ONE_NODE } from './between-pods.ts'
import { reachName } from './by-name.ts'
import { walkToPlatform } from './host-filters.ts'
import { type Host, hostsAt, nodeHost, podOnWire, subnetHost } from './hosts.ts'
import { waysIn } from './inbound.ts'
import type { Demand } from './leg.ts'
import { anyWay, denied, inSeriesLazily, type Outcome, unknownAt, whichever } from './outcome.ts'
import { poolsOf } from './placement.ts'
import type { PolicyEnd } from './pod-policies.ts'
import { type Context, judgeOf, judgePolicy, publicGoal } from './question.ts'
import type { Outsider } from './visit.ts'
import { walk, walkToAny } from './walk.ts'

/** From a host of the network: a node, a machine, any host of a subnet, on-premises. */
export function fromHost(context: Context, host: Host, target: AskedEnd, demand: Demand, via?: Resource): Outcome {
  const { site } = context
  switch (target.kind) {
    case 'workload':
      return hostToWorkload(context, host, target.workload, demand, via)
    case 'node': {
      const node = nodeHost(site, target.cluster, target.pool)
      return walk(site, host, { kind: 'host', host: node }, demand)
    }
    case 'subnet':
      return walk(site, host, { kind: 'host', host: subnetHost(site, target.subnet) }, demand)
    case 'private':
      return walkToAny(site, host, hostsAt(site, target.addresses), demand)
    case 'platform':
      return walkToPlatform(site, host, target.places, demand)
    case 'api-server':
      return reachApiServer(context, host, undefined, target.cluster, demand)
    case 'public':
      return target.name === undefined
        ? walk(site, host, publicGoal(target.places), demand)
        : reachName(context, host, undefined, target.name, demand)
  }
}

function hostToWorkload(context: Context, host: Host, workload: Workload, demand: Demand, via?: Resource): Outcome {
  const { site } = context
  const { cluster } = site
  if (cluster === undefined) return unknownAt('host', 'the cluster of the manifests is not in the tree')
  const end: PolicyEnd =
    host.pool !== undefined ? { kind: 'nodes' } : { kind: 'addresses', addresses: host.places.addresses }
  const ways: Outcome[] = []
  const onHost = workload.hostNetwork === 'yes'
  const pools = poolsOf(cluster, workload)
  const isOwnNode = host.pool !== undefined && host.cluster === cluster
  const flat = pools.filter(
    (pool) => onHost || isOwnNode || ['node-subnet', 'pod-subnet', 'unknown'].includes(podAddressing(cluster, pool)),
  )
  if (flat.length === pools.length && via === undefined) {
    ways.push(
      whichever(
        flat.flatMap((pool) => {
          const pod = podOnWire(site, cluster, pool, onHost)
          if (pod === undefined) return [unknownAt('route', 'the network plugin leaves open which addresses pods have')]
          const across = inSeriesLazily(
            () =>
              isOwnNode && !onHost
                ? acrossNodes(site, cluster, host, host.pool!, pod, pool, demand)
                : walk(site, host, { kind: 'host', host: pod }, demand),
            () => judgePolicy(context, end, { kind: 'workload', workload }, demand),
          )
          return isOwnNode && host.pool === pool ? [ON_ONE_NODE, across] : [across]
        }),
      ),
    )
  }
  if (!isOwnNode) {
    const outsider: Outsider = { places: host.places, host, end }
    ways.push(...waysIn({ site, cluster, outsider, workload, demand, judge: judgeOf(context), via }))
  }
  return (
    anyWay(ways) ??
    denied('service', `nothing leads from outside of the cluster to ${workload.namespace}/${workload.name}`)
  )
}
