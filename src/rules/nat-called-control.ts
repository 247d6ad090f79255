import { NO_ADDRESSES } from '../algebra/addresses.ts'
import { connectionSets } from '../algebra/connections.ts'
import type { Origin } from '../base/origin.ts'
import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { knownValue } from '../model/azure/prop.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { workerPools } from '../reach/azure/state.ts'
import { askAzure, azureWitness, linkedCluster } from './facts/azure-site.ts'
import { azureOf } from './facts/azure-view.ts'
import { internetPart } from './facts/internet-way.ts'
import { podEgress } from './facts/pod-egress.ts'
import { waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type Hit } from './rule.ts'

export const natCalledControl = defineRule({
  id: 'nat-called-control',
  meta: {
    title: 'NAT gateway controls no egress',
    severity: 'note',
    concepts: ['egress'],
    layer: 'nat',
    why: 'A NAT gateway gives what leaves a fixed address. It filters nothing: whatever a pod sends, to whomever, gets out.',
    fix: 'Control egress by network policies, a firewall or the security group of the subnet; keep the NAT gateway for its address.',
    sources: ['https://learn.microsoft.com/azure/nat-gateway/nat-overview'],
  },

  /** Yields a note for each cluster that leaves by a NAT gateway and of which nothing certainly holds back what it sends to the internet. */
  *check(view) {
    for (const exit of exitsOf(view)) {
      const queries = PORTS.map((port) => ({ from: exit.peer, to: 'internet', protocol: 'TCP', port }) as const)
      const outcomes = queries.map((query) => askAzure(view, query))
      if (outcomes.some(({ answer, steps }) => answer !== 'allowed' || steps.some(({ layer }) => layer === 'firewall')))
        continue
      const held = linkedCluster(view) === exit.cluster ? openWorkloads(view) : undefined
      // Policies that hold every workload are the control.
      if (held?.length === 0) continue
      const names = held?.map(workloadName)
      const by =
        names === undefined
          ? '; whether network policies do, this repository does not say'
          : `, and no network policy of ${listNames(names)} does`
      yield azureHit(view, {
        object: exit.cluster.object,
        at: exit.at,
        detail: 'nat',
        severity: 'note',
        ...within(held),
        say: `leaves for the internet by ${exit.words}, which gives it a fixed address and filters nothing. No firewall and no security group on the way holds back what goes to the internet${by}. Where egress is to be controlled, do it by network policies or a firewall.`,
        witness: azureWitness(queries[0]!, outcomes[0]!),
        decide: 'Is egress to be controlled, and by which layer?',
      })
    }
  },

  merge: mergeAzure,
})

/** A usual port, and one that no rule names. */
const PORTS = [443, 61_000]

interface NatExit {
  readonly cluster: Cluster
  /** One of its nodes, as questions name it. */
  readonly peer: string
  readonly words: string
  readonly at: Origin
}

/** The clusters whose nodes or pods certainly leave by a NAT gateway: that of their subnet, or one that AKS is told to make. */
function* exitsOf(view: StateView): Iterable<NatExit> {
  const azure = azureOf(view)
  const seen = new Set<Cluster>()
  for (const { cluster, subnet, exit, peer } of waysOut(view)) {
    const { natGateway } = subnet
    if (seen.has(cluster) || exit.kind !== 'internet') continue
    if (natGateway.kind !== 'found' && natGateway.kind !== 'outside') continue
    seen.add(cluster)
    const gateway = azure.natGateways.of(natGateway)
    const words = `the NAT gateway ${gateway === undefined ? `of ${labelOf(subnet.object)}` : labelOf(gateway.object)}`
    yield { cluster, peer, words, at: natGateway.origin }
  }
  for (const cluster of azure.clusters.all) {
    const { outboundType, object } = cluster
    const type = knownValue(outboundType)
    const [pool] = workerPools(cluster).filter(({ subnet }) => subnet.kind === 'absent')
    if (seen.has(cluster) || outboundType.known === false || outboundType.isDefault === true || pool === undefined)
      continue
    if (type !== 'managedNATGateway' && type !== 'managedNATGatewayV2') continue
    const [name, own] = [knownValue(object.name), knownValue(pool.name)]
    if (name === undefined || own === undefined) continue
    yield {
      cluster,
      peer: `node/${name}/${own}`,
      words: 'the NAT gateway that AKS makes',
      at: outboundType.origin,
    }
  }
}

/** Workloads that neither policies nor Azure keep from the internet; undefined where the tree runs none. */
function openWorkloads(view: StateView): readonly Workload[] | undefined {
  return podEgress(view)?.kinds.flatMap(({ workloads, egress }) =>
    connectionSets.isEmpty(internetPart(egress.all.certain, NO_ADDRESSES)) ? [] : workloads,
  )
}

/** What is told of a workload with the way that it takes need not be told again. */
function within(open: readonly Workload[] | undefined): Pick<Hit, 'within'> {
  const [first] = open ?? []
  return first === undefined ? {} : { within: { rule: 'egress-internet', subject: first.id } }
}
