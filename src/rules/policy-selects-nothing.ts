import type { StateView } from '../compare/state-view.ts'
import { matches } from '../model/kubernetes/labels.ts'
import { isEverything, printSelector } from '../model/kubernetes/selector.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import { eachPolicy } from './each.ts'
import { restoreText } from './edit/restore-text.ts'
import { podsOf } from './facts/judged-endpoints.ts'
import { nearMiss, replaceLabel } from './facts/near-miss.ts'
import { workloadsByNamespace } from './facts/workloads-by-namespace.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const policySelectsNothing = defineRule({
  id: 'policy-selects-nothing',
  meta: {
    title: 'Policy selects no pod',
    severity: 'low',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'It protects nothing, although it looks as if it did.',
    fix: 'Select the labels of the pods that it is for, in the namespace that they are in, or remove it.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource'],
  },

  /** Yields a hit for each policy that holds for no workload, where its namespace, or its labels, are those of workloads of the tree. */
  check: eachPolicy(function* (policy, view) {
    const { operated, workloads } = view.network.kubernetes
    const { podSelector, namespace, resource } = policy
    if (operated.length > 0 || podSelector.unknown || policy.rejections.length > 0) return
    if (podsOf(view.reach, policy).length > 0) return
    const neighbours = workloadsByNamespace(view.network.kubernetes).get(namespace) ?? []
    // A policy that isolates nothing selects nobody either; pods in the node's network are not selected at all.
    if (neighbours.some(({ labels }) => matches(podSelector, labels) !== 'no')) return
    const elsewhere = isEverything(podSelector)
      ? []
      : workloads.filter((one) => one.namespace !== namespace && matches(podSelector, one.labels) === 'yes')
    if (neighbours.length === 0 && elsewhere.length === 0) return
    const near = nearMiss(podSelector, neighbours)
    const hint =
      near !== undefined
        ? ` ${near.words}: is that meant?`
        : elsewhere.length > 0
          ? ` ${listNames(elsewhere.map(workloadName))} would match, in another namespace: a policy holds in its own only.`
          : ''
    const selected = printSelector(podSelector)
    yield {
      resource: resource.address,
      at: policy.podSelectorOrigin,
      subject: view.identity(resource.address),
      ...(hint === '' ? {} : { severity: 'medium' as const }),
      message: `${resource.address} protects nothing: no workload of namespace ${namespace} in the tree has ${selected === '' ? 'pods' : selected}.${hint} Select the labels of the pods that it is for, in their namespace, or remove it.`,
      fix: () => near && replaceLabel(resource, ['spec', 'podSelector', 'matchLabels'], near),
    }
  }),

  /** The label of the workload that differs in one place, else the selector as the base has it. */
  patch: (hit, view) => hit.fix?.() ?? restoreSelector(hit.resource, view),
})

function restoreSelector(address: string, view: StateView): ProposedPatch | undefined {
  const find = (state: StateView | undefined, name: string) =>
    state?.network.kubernetes.policies.find(({ resource }) => resource.address === name)
  const [was, is] = [find(view.before, view.identity(address)), find(view, address)]
  return restoreText(was?.podSelectorOrigin, is?.podSelectorOrigin, `Restores the podSelector of ${address}.`)
}
