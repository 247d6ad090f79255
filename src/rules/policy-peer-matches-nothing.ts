import { dig, get, itemsOf } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import { matches } from '../model/kubernetes/labels.ts'
import { DIRECTIONS, type NetworkPolicy, type PodPeer } from '../model/kubernetes/network-policy.ts'
import { isEverything, printSelector, type Selector } from '../model/kubernetes/selector.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { eachPolicy } from './each.ts'
import { replaceScalar } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { nearMiss } from './facts/near-miss.ts'
import { workloadsByNamespace } from './facts/workloads-by-namespace.ts'
import { defineRule } from './rule.ts'

export const policyPeerMatchesNothing = defineRule({
  id: 'policy-peer-matches-nothing',
  meta: {
    title: 'Rule names pods that do not exist',
    severity: 'low',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'What was meant to be allowed is not, and a pod that gets the label by chance is let in.',
    fix: 'Name the labels of the pods that are meant; pods of another namespace need a namespaceSelector beside the podSelector.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
    ],
  },

  /** Yields a hit for each peer of a rule that no workload answers to, where the tree runs workloads in the namespaces that it means. */
  check: eachPolicy(function* (policy, view) {
    if (view.network.kubernetes.operated.length > 0 || policy.rejections.length > 0) return
    for (const direction of DIRECTIONS) {
      if (policy.isolates[direction] === 'no') continue
      for (const rule of policy.rules[direction]) {
        for (const [index, peer] of (rule.peers ?? []).entries()) {
          if (peer.kind !== 'pods') continue
          const { podSelector } = peer
          if (podSelector === undefined || podSelector.unknown || isEverything(podSelector)) continue
          const candidates = candidatesOf(view, policy, peer)
          if (candidates === undefined) continue
          if (
            candidates.some(({ labels, hostNetwork }) => hostNetwork !== 'yes' && matches(podSelector, labels) !== 'no')
          )
            continue
          const unseen = candidates.find(({ labels }) => matches(podSelector, labels) !== 'no')
          const near = unseen === undefined ? nearMiss(podSelector, candidates) : undefined
          const elsewhere = peer.namespaceSelector === undefined ? namespaceOf(view, policy, peer) : undefined
          const hint =
            elsewhere !== undefined
              ? ` Pods with these labels are in namespace ${elsewhere}: without a namespaceSelector the rule means its own namespace only.`
              : near === undefined
                ? ''
                : ` ${near.words}: is that meant?`
          const { address } = policy.resource
          yield {
            resource: address,
            at: peer.origin,
            subject: `${view.identity(address)} ${direction} ${peer.namespaceSelector?.key ?? ''} ${podSelector.key}`,
            ...(unseen === undefined ? {} : { within: { rule: 'host-network', subject: unseen.id } }),
            message:
              unseen === undefined
                ? `${address} ${direction} rule ${rule.index + 1} names pods labelled ${printSelector(podSelector)}, and no workload in the tree is one: what was meant to be allowed is not.${hint} Name the labels of the pods that are meant.`
                : `${address} ${direction} rule ${rule.index + 1} names pods labelled ${printSelector(podSelector)}, as ${workloadName(unseen)} is, which runs in the network of its node: no selector finds it there, and what was meant to be allowed is not. Take it off its node's network, or name the addresses of the nodes.`,
            fix: () => {
              const field = direction === 'egress' ? 'to' : 'from'
              const item = itemsOf(get(itemsOf(dig(policy.resource.value, 'spec', direction))[rule.index], field))[
                index
              ]
              const value = near && get(dig(item, 'podSelector', 'matchLabels'), near.key)
              return value && near && elsewhere === undefined
                ? inPlace(replaceScalar(value, near.is), `Names ${near.key}=${near.is} in ${address}.`)
                : undefined
            },
          }
        }
      }
    }
  }),

  /** The label of the workload that differs in one place. */
  patch: (hit) => hit.fix?.(),
})

/** The workloads of the namespaces that a peer means; undefined where the tree may not run all of them. */
function candidatesOf(
  view: StateView,
  policy: NetworkPolicy,
  { namespaceSelector }: PodPeer,
): readonly Workload[] | undefined {
  if (namespaceSelector === undefined) return workloadsByNamespace(view.network.kubernetes).get(policy.namespace)
  if (namespaceSelector.unknown) return undefined
  const { kubernetes } = view.network
  const known = candidates.get(kubernetes) ?? new Map<string, readonly Workload[] | undefined>()
  candidates.set(kubernetes, known)
  if (!known.has(namespaceSelector.key)) known.set(namespaceSelector.key, workloadsIn(kubernetes, namespaceSelector))
  return known.get(namespaceSelector.key)
}

/** What {@link workloadsIn} found, by the selector's key: many rules mean the same namespaces. */
const candidates = new WeakMap<KubernetesNetwork, Map<string, readonly Workload[] | undefined>>()

/** The workloads of all namespaces that satisfy the selector; undefined where one of them has none. */
function workloadsIn(kubernetes: KubernetesNetwork, selector: Selector): readonly Workload[] | undefined {
  const spaces = workloadsByNamespace(kubernetes)
  const found: Workload[] = []
  for (const { name, labels } of kubernetes.namespaces.values()) {
    const truth = matches(selector, labels)
    if (truth === 'maybe') return undefined
    if (truth === 'no') continue
    const own = spaces.get(name)
    if (own === undefined) return undefined
    for (const workload of own) found.push(workload)
  }
  return found.length === 0 ? undefined : found
}

/** The one other namespace whose workloads have the labels. */
function namespaceOf(view: StateView, policy: NetworkPolicy, { podSelector }: PodPeer): string | undefined {
  const found = new Set<string>()
  for (const { namespace, labels } of view.network.kubernetes.workloads) {
    if (namespace !== policy.namespace && podSelector !== undefined && matches(podSelector, labels) === 'yes')
      found.add(namespace)
  }
  return found.size === 1 ? [...found][0] : undefined
}
