import { changedStep } from '../../compare/egress-cause.ts'
import type { StateView } from '../../compare/state-view.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import type { Outcome, Step } from '../../reach/azure/outcome.ts'
import { narrowSource } from '../edit/narrow-source.ts'
import { azureOf } from '../facts/azure-view.ts'
import type { ProposedPatch } from '../rule.ts'
import { bringBack, takeBack } from './take-back.ts'

/**
 * Edits that close the way of one packet again, at each layer of Azure where the change opened it: what now lets it through is taken back,
 * what kept it out before is brought back.
 */
export function closeWay(view: StateView, was: Outcome | undefined, is: Outcome): readonly ProposedPatch[] {
  const { before } = view
  if (before === undefined) return []
  const opened = is.steps.filter((step) => !isPolicy(step) && changedStep(step, view, before))
  const closed = (was?.steps ?? []).filter(
    (step) => step.answer === 'denied' && !isPolicy(step) && changedStep(step, before, view),
  )
  return [
    ...opened.flatMap((step) => at(step, (place) => takeBack(view, place, step.layer))),
    ...closed.flatMap((step) => at(step, (place) => bringBack(view, place, step.layer))),
  ]
}

/** Takes out, or leaves to trusted ranges, the rules of security groups that let one packet in. */
export function closeGroups(view: StateView, { steps }: Outcome, trusted: readonly string[]): readonly ProposedPatch[] {
  const azure = azureOf(view)
  return steps.flatMap((step) => {
    if (step.layer !== 'nsg' || step.answer !== 'allowed' || step.origin === undefined) return []
    const rule = azure.objects
      .ofType('microsoft.network/networksecuritygroups/securityrules')
      .find((object) => originOf(object) === step.origin)
    const patch = rule && narrowSource(azure, rule, trusted)
    return patch === undefined ? [] : [{ ...patch, layer: 'nsg' }]
  })
}

function at({ origin, resource }: Step, propose: (place: NonNullable<Step['origin']>) => readonly ProposedPatch[]) {
  const place = origin ?? resource?.origin
  return place === undefined ? [] : propose(place)
}

const POLICY_LAYERS: ReadonlySet<Step['layer']> = new Set([
  'network-policy',
  'admin-policy',
  'cilium',
  'calico',
  'mesh',
])

/** Whether a layer of the cluster's own policies speaks. */
export function isPolicy({ layer }: Step): boolean {
  return POLICY_LAYERS.has(layer)
}
