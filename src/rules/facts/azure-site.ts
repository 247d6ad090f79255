import { toPlace } from '../../base/origin.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { type AzureExplainer, type AzureQuery, toExplainer } from '../../reach/azure/explain-azure.ts'
import type { Outcome, Step } from '../../reach/azure/outcome.ts'
import { toPodPolicies } from '../../reach/azure/pod-policies.ts'
import { type Site, toSite } from '../../reach/azure/state.ts'
import type { PathStep, Witness } from '../finding.ts'
import { azureOf } from './azure-view.ts'

const sites = new WeakMap<StateView, Site>()
const explainers = new WeakMap<StateView, AzureExplainer>()

/** The Azure network of a state with its topology, worked out once. */
export function siteOf(view: StateView): Site {
  if (view.link !== undefined && view.link.kind !== 'none') return view.link.site
  let site = sites.get(view)
  if (site === undefined) {
    site = toSite({ azure: azureOf(view), kubernetes: view.network.kubernetes })
    sites.set(view, site)
  }
  return site
}

/** The cluster that the manifests of a state run in, where the state tells. */
export function linkedCluster({ link }: StateView): Cluster | undefined {
  return link?.kind === 'linked' ? link.cluster : undefined
}

/** Whether Services of the state have load balancers, and so rules in the security groups of their cluster's nodes. */
export function hasBalancers({ network: { kubernetes } }: StateView): boolean {
  return kubernetes.services.some(({ loadBalancer }) => loadBalancer !== undefined)
}

/** One packet walked through every layer of the cluster and of Azure; the policies are those of the view, under its engine. */
export function askAzure(view: StateView, query: AzureQuery): Outcome {
  let explainer = explainers.get(view)
  if (explainer === undefined) {
    explainer = toExplainer({ ...siteOf(view).state, policies: toPodPolicies(view.reach) })
    explainers.set(view, explainer)
  }
  return explainer.explain(query)
}

/**
 * The packet of a question with its path, as findings show it. A layer that stops it in one of several cases, and nobody knows which is
 * the case, is not known to stop it.
 */
export function azureWitness({ from, to, protocol, port }: AzureQuery, { answer, steps }: Outcome): Witness {
  const isSure = answer === 'denied'
  return {
    packet: { from, to, protocol, ...(protocol === 'ICMP' ? {} : { port }) },
    path: steps.map((step) => toPathStep(isSure || step.answer !== 'denied' ? step : { ...step, answer: 'unknown' })),
  }
}

const VERDICTS = { allowed: 'allow', denied: 'deny', unknown: 'unknown' } as const

function toPathStep({ layer, answer, rule, resource, origin }: Step): PathStep {
  const home = origin ?? resource?.origin
  const place = home && toPlace(home)
  return {
    layer,
    verdict: VERDICTS[answer],
    rule,
    ...(resource && { resource: resource.address }),
    ...(place && { file: place.file, line: place.line }),
  }
}
