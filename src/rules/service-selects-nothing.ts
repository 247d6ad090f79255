import { matches } from '../model/kubernetes/labels.ts'
import { printSelector } from '../model/kubernetes/selector.ts'
import { eachService } from './each.ts'
import { type NearMiss, nearMiss, replaceLabel } from './facts/near-miss.ts'
import { workloadsByNamespace } from './facts/workloads-by-namespace.ts'
import { defineRule } from './rule.ts'

export const serviceSelectsNothing = defineRule({
  id: 'service-selects-nothing',
  meta: {
    title: 'Service selects no pod',
    severity: 'low',
    concepts: ['service'],
    layer: 'service',
    why: 'Connections to it fail, and a pod that gets the label by chance is published with it.',
    fix: 'Select the labels of the pods that it is for, or remove it.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors'],
  },

  /** Yields a hit for each Service whose selector holds for no workload, where its namespace has workloads in the tree. */
  check: eachService(function* (service, view) {
    const { selector, namespace, resource, type } = service
    if (selector === undefined || selector.unknown || type === 'ExternalName') return
    const neighbours = workloadsByNamespace(view.network.kubernetes).get(namespace) ?? []
    if (neighbours.length === 0 || view.network.kubernetes.operated.length > 0) return
    if (neighbours.some(({ labels }) => matches(selector, labels) !== 'no')) return
    const near: NearMiss | undefined = nearMiss(selector, neighbours)
    const hint = near === undefined ? '' : ` ${near.words}: is that meant?`
    yield {
      resource: resource.address,
      at: resource.origin,
      subject: view.identity(resource.address),
      message: `${resource.address} selects ${printSelector(selector)}, which no workload of namespace ${namespace} in the tree has: connections to it fail.${hint} Select the labels of the pods that it is for, or remove it.`,
      fix: () => near && replaceLabel(resource, ['spec', 'selector'], near),
    }
  }),

  /** The label of the workload that differs in one place. */
  patch: (hit) => hit.fix?.(),
})
