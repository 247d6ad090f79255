import type { StateView } from '../../compare/state-view.ts'
import { causeOf, type Grant } from '../facts/grant.ts'
import { type Because, lineOf } from '../one-line.ts'
import type { Hit } from '../rule.ts'

/** What hits of several workloads share because of one rule of a policy; nothing where no policy limits them. */
export function ofGrant(
  view: StateView,
  grant: Grant | undefined,
  aside?: Because['aside'],
): Pick<Hit, 'cause' | 'because'> {
  if (grant === undefined) return {}
  const because: Because = { line: lineOf(grant.rule.origin), tells: 'effect', ...(aside && { aside }) }
  return { cause: causeOf(view, grant), because }
}
