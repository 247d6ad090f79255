import { dig, get, itemsOf, stringOf, type Value } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { Cluster, PolicyEngine } from '../model/azure/cluster.ts'
import { knownItems, knownValue, surely } from '../model/azure/prop.ts'
import type { Resource } from '../parse/resource.ts'
import { useCilium } from './edit/use-cilium.ts'
import { linkedCluster } from './facts/azure-site.ts'
import { defineRule } from './rule.ts'

export const policyNotEnforced = defineRule({
  id: 'policy-not-enforced',
  meta: {
    title: 'Policy is of a kind that this cluster does not enforce',
    severity: 'high',
    concepts: ['aks-no-network-policy'],
    layer: 'network-policy',
    why: 'Each engine knows its own kinds of policies. An object of another kind is refused or ignored, and the protection that it describes is not there.',
    fix: 'Write the policy as a kind that the engine of the cluster enforces, or change the engine.',
    sources: [
      'https://learn.microsoft.com/azure/aks/use-network-policies',
      'https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium',
      'https://learn.microsoft.com/azure/aks/container-network-security-fqdn-filtering-concepts',
      'https://network-policy-api.sigs.k8s.io/implementations/',
    ],
  },

  /** Yields a hit for each policy object that the linked cluster's engine certainly does not enforce, or not for every family of addresses. */
  *check(view) {
    const cluster = linkedCluster(view)
    const engine = cluster && knownValue(cluster.policyEngine)
    // With a network plugin of the user's own, the engine is the user's own too.
    if (cluster === undefined || engine === undefined || !cluster.plugin.known || cluster.plugin.value === 'none')
      return
    for (const resource of view.resources) {
      const why = refusal(resource, cluster, engine)
      if (why === undefined) continue
      yield {
        resource: resource.address,
        at: resource.origin,
        subject: view.identity(resource.address),
        severity: 'high',
        message: `${resource.address} has no effect: ${why}. What it describes is not enforced, and nothing says so.`,
        decide: `Which engine is ${labelOf(cluster.object)} to have? Write the policy as a kind of that engine.`,
        fix: () => (needsCilium(resource) && engine !== 'calico' ? useCilium(cluster) : undefined),
      }
    }
    yield* halfEnforced(view, cluster, engine)
  },

  /** Cilium as the engine, where it is what the object asks for and the cluster can have it. */
  patch: (hit) => hit.fix?.(),
})

const NAMES: Record<PolicyEngine, string> = {
  none: 'no network policy engine',
  azure: 'the engine Azure NPM',
  calico: 'the engine Calico',
  cilium: 'the engine Cilium',
}

const ADMIN = new Set(['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'])
const CILIUM = new Set(['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'])
const CALICO = /^(?:NetworkPolicy|GlobalNetworkPolicy)(?:\.(?:crd\.)?projectcalico\.org)?\//

/** Why an object has no effect on a cluster; undefined for what is no policy, and for what the engine enforces. */
function refusal(resource: Resource, cluster: Cluster, engine: PolicyEngine): string | undefined {
  const { kind, address } = resource
  const own = `${labelOf(cluster.object)} has ${NAMES[engine]}`
  if (needsCilium(resource)) {
    if (engine !== 'cilium') return `${own}, and only Cilium knows ${kind}`
    return withoutAdvanced(resource, cluster)
  }
  if (kind === 'GlobalNetworkPolicy' || (CALICO.test(address) && isOfCalico(resource))) {
    return engine === 'calico' ? undefined : `${own}, and only Calico knows ${address.slice(0, address.indexOf('/'))}`
  }
  // Of the engines of AKS only the upstream of Calico implements them.
  if (ADMIN.has(kind) && engine !== 'calico') return `${own}, which does not implement ${kind}`
  return undefined
}

function needsCilium({ kind }: Resource): boolean {
  return CILIUM.has(kind)
}

function isOfCalico({ value }: Resource): boolean {
  return /^(?:crd\.)?projectcalico\.org\//.test(stringOf(get(value, 'apiVersion')) ?? '')
}

/** Names and L7 rules are a paid addition of AKS; without it objects that use them are refused. */
function withoutAdvanced(
  { value }: Resource,
  { advancedSecurity, advancedPolicies, object }: Cluster,
): string | undefined {
  const rules = [get(value, 'spec'), ...itemsOf(get(value, 'specs'))].flatMap((spec) => [
    ...itemsOf(get(spec, 'egress')),
    ...itemsOf(get(spec, 'ingress')),
  ])
  const hasNames = rules.some((rule) => get(rule, 'toFQDNs') !== undefined)
  const hasL7 = rules.some((rule) => itemsOf(get(rule, 'toPorts')).some(isL7))
  if (!hasNames && !hasL7) return undefined
  const what = hasNames ? 'domain names (toFQDNs)' : 'HTTP rules'
  if (surely(advancedSecurity, false))
    return `it uses ${what}, which AKS takes only with Advanced Container Networking Services, and these are off on ${labelOf(object)}`
  if (!hasNames && hasL7 && advancedPolicies.known && advancedPolicies.value !== 'L7')
    return `it uses HTTP rules, and the advanced network policies of ${labelOf(object)} are ${advancedPolicies.value}, not L7`
  return undefined
}

function isL7(port: Value): boolean {
  const rules = dig(port, 'rules')
  return ['http', 'kafka', 'l7'].some((name) => get(rules, name) !== undefined)
}

/** Azure NPM and Calico do not work on dual-stack clusters. Source: learn.microsoft.com/azure/aks/azure-cni-overlay */
function* halfEnforced(view: StateView, cluster: Cluster, engine: PolicyEngine) {
  const isDual = knownItems(cluster.ipFamilies).some((family) => family.toLowerCase() === 'ipv6')
  const { policies } = view.network.kubernetes
  const [first] = policies
  if (!isDual || first === undefined || (engine !== 'azure' && engine !== 'calico')) return
  yield {
    resource: cluster.object.resource.address,
    at: cluster.policyEngine.origin,
    subject: `dual stack ${view.identity(cluster.object.resource.address)}`,
    severity: 'high' as const,
    message: `${labelOf(cluster.object)} has IPv6 and ${NAMES[engine]}, which AKS does not support on dual-stack clusters: ${policies.length === 1 ? `${first.resource.address} does` : `the ${policies.length} network policies of this repository do`} not hold IPv6 back. Use the Cilium data plane.`,
    fix: () => useCilium(cluster),
  }
}
