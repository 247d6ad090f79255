import type { StateView } from '../../compare/state-view.ts'
import { EVERYTHING } from '../../model/kubernetes/selector.ts'
import { hypothetical } from '../../reach/hypothetical.ts'
import type { PacketEnd } from '../../reach/layer.ts'

/** A pod of which nothing is known, in a namespace of which nothing is known: whatever lets it in lets every pod in. */
export const ANY_POD = hypothetical(undefined, EVERYTHING, EVERYTHING)

/** Any pod as one end of a packet. */
export function anyPod({ reach }: StateView): Extract<PacketEnd, { kind: 'endpoint' }> {
  return { kind: 'endpoint', endpoint: ANY_POD, facts: reach.classes.facts[anyPodClass({ reach })]! }
}

/** The class of any pod. */
export function anyPodClass({ reach }: Pick<StateView, 'reach'>): number {
  return reach.universe.classOf.get(ANY_POD.id)!
}
