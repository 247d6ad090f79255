import { dig, get, isAbsent } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { readSelector } from '../../model/kubernetes/selector.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { type Evidence, findEvidence } from '../facts/evidence.ts'
import { listNames } from '../hits/listing.ts'
import type { ProposedPatch } from '../rule.ts'
import { placeBeside } from './new-file.ts'
import {
  DNS_RULE,
  labelsOf,
  type PeerDraft,
  type PolicyDraft,
  type RuleDraft,
  writePolicies,
} from './policy-manifest.ts'

/** Addresses that are no internet host: RFC 1918, RFC 6598, link-local with the metadata service. */
const NOT_PUBLIC = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']

/**
 * A new file with a default deny for the namespace, DNS, and one rule for each connection that the manifests show to be needed.
 *
 * `directions` are those that the default deny closes. Undefined where a workload has no labels to tell it by, or no file of its own.
 */
export function isolateNamespace(
  view: StateView,
  namespace: string,
  directions: readonly ('Ingress' | 'Egress')[],
  policyName = 'default-deny',
): ProposedPatch | undefined {
  const workloads = view.network.kubernetes.workloads.filter(
    (workload) => workload.namespace === namespace && workload.hostNetwork !== 'yes',
  )
  const evidence = findEvidence(view)
  const file = placeBeside(
    view,
    workloads.map(({ resource }) => resource),
    `${namespace}-network-policies`,
  )
  const first = workloads[0]
  if (file === undefined || first === undefined) return undefined
  const isWritten = !isAbsent(get(get(first.resource.value, 'metadata'), 'namespace'))
  const written = isWritten ? namespace : undefined
  const taken = new Set(
    view.network.kubernetes.policies.filter((policy) => policy.namespace === namespace).map(({ name }) => name),
  )
  const nameOf = (name: string) => (taken.has(name) ? `${name}-2` : name)

  const allows: PolicyDraft[] = []
  const told: string[] = []
  for (const workload of workloads) {
    const ingress = directions.includes('Ingress') ? ingressRules(workload, evidence) : []
    const egress = directions.includes('Egress') ? egressRules(workload, evidence) : []
    if (ingress === undefined || egress === undefined) return undefined
    if (ingress.length + egress.length === 0) continue
    const podLabels = podLabelsOf(workload)
    if (podLabels === undefined) return undefined
    for (const { comment } of [...ingress, ...egress]) if (!told.includes(comment)) told.push(comment)
    allows.push({
      name: nameOf(`allow-${workload.name}`),
      namespace: written,
      comments: [],
      podLabels,
      types: [
        ...(ingress.length > 0 ? (['Ingress'] as const) : []),
        ...(egress.length > 0 ? (['Egress'] as const) : []),
      ],
      ingress,
      egress,
    })
  }
  const deny: PolicyDraft = {
    name: nameOf(policyName),
    namespace: written,
    comments: [
      'Only what a policy of this namespace lists is allowed.',
      'Probes need no rule: the kubelet of a node always reaches its pods.',
    ],
    podLabels: new Map(),
    types: directions,
    ingress: [],
    egress: directions.includes('Egress') ? [DNS_RULE] : [],
  }
  return {
    edit: { edits: [], newFiles: new Map([[file.path, writePolicies([deny, ...allows], file.lineBreak)]]) },
    summary: summarise(namespace, directions, told),
  }
}

function summarise(namespace: string, directions: readonly string[], told: readonly string[]): string {
  const what = directions.length === 2 ? 'Denies by default' : `Denies ${directions[0]!.toLowerCase()} by default`
  const dns = directions.includes('Egress') ? ', allows DNS' : ''
  const allowed = told.length === 0 ? '' : `, and allows what the manifests show to be needed: ${listNames(told, 12)}`
  return `${what} in namespace ${namespace}${dns}${allowed}. Probes need no rule, the kubelet is always allowed.`
}

export function ingressRules(workload: Workload, { connections }: Evidence): readonly RuleDraft[] | undefined {
  const rules: RuleDraft[] = []
  for (const { from, to, ports, evidence } of connections) {
    if (to.id !== workload.id || ports.length === 0) continue
    const peer = from && peerOf(from, workload.namespace)
    if (from !== undefined && peer === undefined) return undefined
    addRule(rules, { comment: evidence, peers: peer === undefined ? [] : [peer], ports })
  }
  return rules
}

function egressRules(workload: Workload, { connections, hosts }: Evidence): readonly RuleDraft[] | undefined {
  const rules: RuleDraft[] = []
  for (const { from, to, ports, evidence } of connections) {
    if (from?.id !== workload.id || ports.length === 0) continue
    const peer = peerOf(to, workload.namespace)
    if (peer === undefined) return undefined
    addRule(rules, { comment: evidence, peers: [peer], ports })
  }
  for (const { from, port, evidence } of hosts) {
    if (from.id !== workload.id) continue
    const peers: PeerDraft[] = [{ cidr: '0.0.0.0/0', except: NOT_PUBLIC }]
    addRule(rules, {
      comment: `${evidence}, and a policy cannot name hosts`,
      peers,
      ports: [{ protocol: 'TCP', port }],
    })
  }
  return rules
}

/** Rules that say the same are one; its comment is the first evidence. */
function addRule(rules: RuleDraft[], rule: RuleDraft): void {
  const key = ({ peers, ports }: RuleDraft) => JSON.stringify([peers.map(peerKey), ports])
  if (!rules.some((other) => key(other) === key(rule))) rules.push(rule)
}

function peerKey(peer: PeerDraft): unknown {
  return 'cidr' in peer ? peer.cidr : [peer.namespace ?? null, [...(peer.podLabels ?? [])]]
}

function peerOf(workload: Workload, from: string): PeerDraft | undefined {
  const podLabels = podLabelsOf(workload)
  return podLabels && { namespace: workload.namespace === from ? undefined : workload.namespace, podLabels }
}

/** Labels by which its controller knows the pods; else those of the pods, where there are any. */
export function podLabelsOf(workload: Workload): ReadonlyMap<string, string> | undefined {
  const selector = dig(workload.resource.value, 'spec', 'selector')
  const chosen =
    selector?.kind === 'map' && selector.entries.has('matchLabels') ? labelsOf(readSelector(selector, [])) : undefined
  if (chosen !== undefined) return chosen
  const labels = new Map<string, string>()
  for (const [key, value] of workload.labels.known) if (typeof value === 'string') labels.set(key, value)
  return labels.size === 0 ? undefined : labels
}
