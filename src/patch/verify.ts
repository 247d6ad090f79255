import type { TreeEdit } from '../base/edit.ts'
import type { Flow } from '../compare/flows.ts'
import type { HitIndex, RuleHit } from '../rules/assess.ts'

/** What the analysis says of the head with an edit laid over it. */
export interface EditedOutcome {
  /** Everything that the rules find, in every state that the finding is in and every other that the edit reaches. */
  readonly hits: readonly RuleHit[]
  /** Connections that the base had and the edited head has not, although the head as proposed has them. */
  readonly lost: readonly Flow[]
  /** True where the edited files could not be read back without a new problem. */
  readonly broken: boolean
}

/** Why a proposed patch is not shown. */
export type Refusal = 'broken' | 'finding-stays' | 'new-finding' | 'connection-lost'

/**
 * Whether an edit does what a patch promises: the finding is gone, nothing new is found, and no connection of the base is lost that
 * the finding does not object to. `states` are those that the finding speaks of. `known` gives what base or head had already, by state,
 * rule and subject; `analyse` runs the whole analysis on the edited tree. Undefined: it holds.
 */
export function verifyPatch(
  target: RuleHit,
  states: readonly string[],
  known: HitIndex<RuleHit>,
  edit: TreeEdit,
  analyse: (edit: TreeEdit) => EditedOutcome,
): Refusal | undefined {
  const { hits, lost, broken } = analyse(edit)
  if (broken) return 'broken'
  for (const { rule, hit, state } of hits) {
    // The same in another environment has a place of its own, and a finding and a patch there.
    if (rule === target.rule && hit.subject === target.hit.subject && states.includes(state)) return 'finding-stays'
    if (hit.hidden) continue
    const before = known.get(state, rule.id, hit.subject)?.hit
    // A note that appears (a rule that the patch makes redundant, say) is still something new to explain: refuse it as well.
    if (before === undefined || (hit.extent ?? 0) > (before.extent ?? 0)) return 'new-finding'
  }
  const objects = target.hit.objectsTo
  return lost.every((flow) => objects?.(flow) ?? false) ? undefined : 'connection-lost'
}
