import { dig, get, itemsOf } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import { matches } from '../model/kubernetes/labels.ts'
import { DIRECTIONS, type NetworkPolicy, type PodPeer } from '../model/kubernetes/network-policy.ts'
import { isEverything, printSelector } from '../model/kubernetes/selector.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import { replaceScalar } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { nearMiss } from './near-miss.ts'
import { defineRule } from './rule.ts'
import { workloadsByNamespace } from './workloads-by-namespace.ts'

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
  *check(view) {
    const { policies, operated } = view.network.kubernetes
    if (operated.length > 0) return
    for (const policy of policies) {
      if (policy.rejections.length > 0) continue
      for (const direction of DIRECTIONS) {
        if (policy.isolates[direction] === 'no') continue
        for (const rule of policy.rules[direction]) {
          for (const [index, peer] of (rule.peers ?? []).entries()) {
            if (peer.kind !== 'pods') continue
            const candidates = candidatesOf(view, policy, peer)
            const { podSelector } = peer
            if (
              candidates === undefined ||
              podSelector === undefined ||
              podSelector.unknown ||
              isEverything(podSelector)
            )
              continue
            if (
              candidates.some(
                ({ labels, hostNetwork }) => hostNetwork !== 'yes' && matches(podSelector, labels) !== 'no',
              )
            )
              continue
            const near = nearMiss(podSelector, candidates)
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
              message: `${address} ${direction} rule ${rule.index + 1} names pods labelled ${printSelector(podSelector)}, and no workload in the tree is one: what was meant to be allowed is not.${hint} Name the labels of the pods that are meant.`,
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
    }
  },

  /** The label of the workload that differs in one place. */
  patch: (hit) => hit.fix?.(),
})

/** The workloads of the namespaces that a peer means; undefined where the tree may not run all of them. */
function candidatesOf(
  view: StateView,
  policy: NetworkPolicy,
  { namespaceSelector }: PodPeer,
): readonly Workload[] | undefined {
  const spaces = workloadsByNamespace(view.network.kubernetes)
  if (namespaceSelector === undefined) return spaces.get(policy.namespace)
  if (namespaceSelector.unknown) return undefined
  const found: Workload[] = []
  for (const { name, labels } of view.network.kubernetes.namespaces.values()) {
    const truth = matches(namespaceSelector, labels)
    if (truth === 'maybe') return undefined
    if (truth === 'no') continue
    const own = spaces.get(name)
    if (own === undefined) return undefined
    found.push(...own)
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
