import type { TreeEdit } from '../base/edit.ts'
import type { Flow } from '../compare/flows.ts'
import { type AssessedFinding, severityRank } from '../rules/assess.ts'
import type { Copies } from '../rules/copies.ts'
import type { Hit, Rule, RuleHit } from '../rules/rule.ts'

/** What the analysis says of the head with an edit laid over it. */
export interface EditedOutcome {
  /** What the rules find where the edited head may differ from the base, in every state that the finding is in or that the edit reaches. */
  readonly hits: readonly RuleHit[]
  /** All that one rule finds in these states. */
  readonly findsAll: (rule: Rule) => readonly RuleHit[]
  /** Connections that the base had and the edited head has not, although the head as proposed has them. */
  readonly lost: readonly Flow[]
  /** True where the edited files could not be read back without a new problem. */
  readonly broken: boolean
}

/** What base or head have already of a rule, by state and subject. */
export type KnownHits = (rule: Rule, state: string, subject: string) => Hit | undefined

/** Why a proposed patch is not shown. */
export type Refusal = 'broken' | 'finding-stays' | 'new-finding' | 'reopened' | 'connection-lost'

/**
 * Whether an edit does what a patch promises: the finding is gone at each of its places, nothing new is found, nothing comes back that
 * the change had closed and that is worse, and no connection of the base is lost that the finding does not object to. `analyse` runs the
 * whole analysis on the edited tree; `closed` are the findings that the change removes.
 * Undefined: it holds.
 */
export function verifyPatch(
  copies: Copies<AssessedFinding>,
  known: KnownHits,
  closed: readonly AssessedFinding[],
  edit: TreeEdit,
  analyse: (edit: TreeEdit) => EditedOutcome,
): Refusal | undefined {
  const { hits, findsAll, lost, broken } = analyse(edit)
  if (broken) return 'broken'
  for (const { finding, hit: target } of copies) {
    const states = finding.states ?? [target.state]
    // The same in another environment has a place of its own, and a finding and a patch there.
    const isTarget = ({ rule, hit, state }: RuleHit): boolean =>
      rule === target.rule && hit.subject === target.hit.subject && states.includes(state)
    if (hits.some(isTarget)) return 'finding-stays'
    // A finding that got worse may be left as the base had it, which is not gone.
    if (finding.status === 'worsened' && findsAll(target.rule).some(isTarget)) return 'finding-stays'
  }
  for (const { rule, hit, state } of hits) {
    if (hit.hidden) continue
    const before = known(rule, state, hit.subject)
    // A note that appears (a rule that the patch makes redundant, say) is still something new to explain: refuse it as well.
    if (before === undefined || (hit.extent ?? 0) > (before.extent ?? 0)) return 'new-finding'
  }
  const all = new Map<Rule, readonly RuleHit[]>()
  const found = (rule: Rule): readonly RuleHit[] => {
    const known = all.get(rule) ?? findsAll(rule)
    all.set(rule, known)
    return known
  }
  const worst = Math.max(...copies.map(({ finding }) => severityRank(finding.severity)))
  const states = new Set(copies.flatMap(({ finding, hit }) => finding.states ?? [hit.state]))
  for (const { finding, hit: was } of closed) {
    if (severityRank(finding.severity) <= worst || !states.has(was.state)) continue
    const isBack = ({ hit, state }: RuleHit): boolean =>
      state === was.state && hit.subject === was.hit.subject && hit.hidden !== true
    if (found(was.rule).some(isBack)) return 'reopened'
  }
  return lost.every((flow) => copies.some(({ hit }) => hit.hit.objectsTo?.(flow) ?? false))
    ? undefined
    : 'connection-lost'
}
