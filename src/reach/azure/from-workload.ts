import type { Cluster, NodePool } from '../../model/azure/cluster.ts'
import { surely } from '../../model/azure/prop.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { reachApiServer } from './api-server-way.ts'
import type { AskedEnd } from './asked-ends.ts'
import { admitsOwnNode, betweenPods, ON_ONE_NODE } from './between-pods.ts'
import { reachName } from './by-name.ts'
import { walkToPlatform } from './host-filters.ts'
import { type Host, hostsAt, nodeHost, podHost, subnetHost } from './hosts.ts'
import type { Demand } from './leg.ts'
import { denied, inSeriesLazily, NOTHING_IN_THE_WAY, type Outcome, unknownAt, whichever } from './outcome.ts'
import { poolsOf } from './placement.ts'
import { atAddresses, METADATA, type Places, parseRange, places } from './places.ts'
import type { PolicyEnd } from './pod-policies.ts'
import { type Context, judgePolicy, publicEnd, publicGoal } from './question.ts'
import { walk, walkToAny } from './walk.ts'

/** A pod runs on one of the pools that take it; what all of them say is certain. */
export function fromWorkload(context: Context, workload: Workload, target: AskedEnd, demand: Demand): Outcome {
  const { site } = context
  const { cluster } = site
  const self: PolicyEnd = { kind: 'workload', workload }
  if (cluster === undefined) return unknownAt('host', 'the cluster of the manifests is not in the tree')
  const onHost = workload.hostNetwork === 'yes'
  const pools = poolsOf(cluster, workload)
  const leaving = (then: (host: Host, pool: NodePool) => Outcome) =>
    whichever(
      pools.map((pool) => {
        const host = podHost(site, cluster, pool, onHost)
        return host === undefined
          ? unknownAt('route', 'the network plugin leaves open which address a pod has')
          : then(host, pool)
      }),
    )
  switch (target.kind) {
    case 'workload':
      return betweenPods(context, cluster, workload, target.workload, demand)
    case 'node': {
      const policy = judgePolicy(context, self, nodeEnd(context, target), demand)
      return leaving((host, pool) => {
        const node = nodeHost(site, target.cluster, target.pool)
        const across = inSeriesLazily(
          () => policy,
          () => walk(site, host, { kind: 'host', host: node }, demand),
        )
        if (pool !== target.pool) return across
        return whichever([admitsOwnNode(cluster) ? ON_ONE_NODE : policy, across])
      })
    }
    case 'subnet':
    case 'private': {
      const hosts = target.kind === 'subnet' ? [subnetHost(site, target.subnet)] : hostsAt(site, target.addresses)
      const addresses = target.kind === 'subnet' ? hosts[0]!.places.addresses : target.addresses
      return inSeriesLazily(
        () => judgePolicy(context, self, { kind: 'addresses', addresses }, demand),
        () => leaving((host) => walkToAny(site, host, hosts, demand)),
      )
    }
    case 'platform':
      return inSeriesLazily(
        () => judgePolicy(context, self, { kind: 'addresses', addresses: target.places.addresses }, demand),
        () => metadataRestriction(cluster, target.places, onHost),
        () => leaving((host) => walkToPlatform(site, host, target.places, demand)),
      )
    case 'api-server':
      return leaving((host) => reachApiServer(context, host, self, target.cluster, demand))
    case 'public':
      if (target.name === undefined) {
        return inSeriesLazily(
          () => judgePolicy(context, self, publicEnd(target.places), demand),
          () => leaving((host) => walk(site, host, publicGoal(target.places), demand)),
        )
      }
      return leaving((host) => reachName(context, host, self, target.name!, demand))
  }
}

/** Under Cilium no CIDR means a node, so that engine is asked about nodes as such. */
function nodeEnd({ site }: Context, { cluster, pool }: { cluster: Cluster; pool: NodePool }): PolicyEnd {
  if (surely(cluster.policyEngine, 'cilium')) return { kind: 'nodes' }
  return { kind: 'addresses', addresses: nodeHost(site, cluster, pool).places.addresses }
}

/** Preview setting that keeps pods, but not those on the host network, from the metadata service. */
function metadataRestriction({ podLinkLocalAccess, object }: Cluster, where: Places, onHost: boolean): Outcome {
  if (onHost || !places.equal(where, atAddresses(parseRange(METADATA)!))) return NOTHING_IN_THE_WAY
  const at = { resource: object.resource, origin: podLinkLocalAccess.origin }
  if (!podLinkLocalAccess.known) return unknownAt('host', 'whether pods reach the metadata service is not known', at)
  if (podLinkLocalAccess.value === 'IMDS') return NOTHING_IN_THE_WAY
  return denied('host', 'podLinkLocalAccess None: the node drops what pods send to the metadata service', at)
}
