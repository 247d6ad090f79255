import type { Cluster } from '../model/azure/cluster.ts'
import { azureFlows } from './azure-flows.ts'
import { cardFlows } from './card-flows.ts'
import { clusterFlows } from './cluster-flows.ts'
import { diffStates } from './diff-states.ts'
import { effectiveFlows } from './effective-flows.ts'
import type { Flow } from './flows.ts'
import type { StateView } from './state-view.ts'
import { subnetFlows } from './subnet-flows.ts'

/**
 * What a change opens and closes in one state, in every layer that the tree shows.
 *
 * Where the manifests are linked to a cluster, the way out is that of the whole path, and what the policies alone say of it is left out:
 * a policy that allows the internet behind a closed firewall opens nothing.
 */
export function diffLayers(base: StateView, head: StateView): readonly Flow[] {
  const own = diffStates(base, head)
  const [before, after] = [base.network.azure, head.network.azure]
  if (before === undefined || after === undefined) return own
  const hasAzure = before.objects.objects.length + after.objects.objects.length > 0
  if (!hasAzure) return own
  const effective = effectiveFlows(base, head)
  const kept = effective === undefined ? own : own.filter((flow) => !leaves(flow))
  const isTold = (cluster: Cluster) =>
    effective !== undefined && [base, head].some(({ link }) => link?.kind === 'linked' && link.cluster === cluster)
  return [
    ...kept,
    ...(effective ?? []),
    ...clusterFlows(base, head, isTold),
    ...subnetFlows(base, head),
    ...cardFlows(before, after, head.identity),
    ...withoutTold(azureFlows(before, after, head.identity), kept),
  ]
}

/** What a NAT rule lets in to an address is told of the workload that has it, where there is such a one. */
function withoutTold(flows: readonly Flow[], doors: readonly Flow[]): readonly Flow[] {
  const told = new Set(doors.filter(({ kind, to }) => kind === 'ingress' && to.workload !== undefined).map(lineOf))
  return flows.filter((flow) => !isTranslation(flow) || !told.has(lineOf(flow)))
}

function isTranslation({ kind, to }: Flow): boolean {
  return kind === 'ingress' && / behind firewall\//.test(to.name)
}

function lineOf({ cause }: Flow): string {
  return `${cause?.file}:${cause?.line}`
}

function leaves({ kind, to }: Flow): boolean {
  return kind === 'egress' && to.addresses !== undefined
}
