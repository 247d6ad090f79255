import type { Resource } from '../../parse/resource.ts'
import { reachabilityOf } from '../reachability.ts'
import { findEnd } from './asked-ends.ts'
import { toClusterFacts } from './cluster-facts.ts'
import { fromHost } from './from-host.ts'
import { fromPublic } from './from-internet.ts'
import { fromWorkload } from './from-workload.ts'
import { hostsAt, nodeHost, subnetHost } from './hosts.ts'
import type { Demand } from './leg.ts'
import { type Outcome, unknownAt, whichever } from './outcome.ts'
import { type PodPolicies, toPodPolicies } from './pod-policies.ts'
import type { Context } from './question.ts'
import { type AzureState, type Site, toSite } from './state.ts'

/** One question: can `from` open a new connection to `to`? Peers are written as people write them. */
export interface AzureQuery {
  readonly from: string
  readonly to: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP'
  readonly port: number
  /** Only the way that this Service, Ingress, firewall rule or workload makes, where `from` is outside and `to` a workload. */
  readonly via?: Resource
}

/** Ready to be asked; everything that questions share is worked out once. */
export interface AzureExplainer {
  explain(query: AzureQuery): Outcome
}

/** An explainer for one state. Cheap to make: layers are worked out with the first question that meets them. */
export function toExplainer(state: AzureState): AzureExplainer {
  const site = toSite(state)
  const policies = policiesOf(site)
  return { explain: (query) => explainQuery({ site, policies }, query) }
}

/** The in-cluster layers under the cluster's own engine; undefined where there are no manifests or no engine. */
function policiesOf(site: Site): PodPolicies | undefined {
  const { kubernetes, policies } = site.state
  if (policies !== undefined) return policies
  if (kubernetes === undefined) return undefined
  return toPodPolicies(reachabilityOf({ kubernetes }, site.cluster && toClusterFacts(site, site.cluster)))
}

/** One question walked through every layer. */
function explainQuery(context: Context, { from, to, protocol, port, via }: AzureQuery): Outcome {
  const { site } = context
  const source = findEnd(site, from)
  const target = findEnd(site, to)
  if (source === undefined) return unknownAt('host', `nothing in the state is called ${from}`)
  if (target === undefined) return unknownAt('host', `nothing in the state is called ${to}`)
  const demand: Demand = { protocol, port, name: undefined }
  switch (source.kind) {
    case 'workload':
      return fromWorkload(context, source.workload, target, demand)
    case 'node':
      return fromHost(context, nodeHost(site, source.cluster, source.pool), target, demand, via)
    case 'subnet':
      return fromHost(context, subnetHost(site, source.subnet), target, demand, via)
    case 'private':
      return whichever(hostsAt(site, source.addresses).map((host) => fromHost(context, host, target, demand, via)))
    case 'public':
      return fromPublic(context, source.places, target, demand, via)
    case 'platform':
    case 'api-server':
      return unknownAt('host', `what ${from} opens by itself is not modelled`)
  }
}
