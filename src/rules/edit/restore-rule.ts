import { itemSpan } from '../../parse/yaml-span.ts'
import { type Grant, printGrant, rulesList } from '../facts/grant.ts'
import type { ProposedPatch } from '../rule.ts'
import { inPlace } from './one-patch.ts'

/** Writes a rule as the base had it, whole, in the place where it is now. */
export function restoreRule(was: Grant, is: Grant): ProposedPatch | undefined {
  const [before, after] = [rulesList(was.policy, was.direction), rulesList(is.policy, is.direction)]
  if (before === undefined || after === undefined || after.origin.from !== undefined) return undefined
  const [from, to] = [itemSpan(before, was.rule.index), itemSpan(after, is.rule.index)]
  if (from === undefined || to === undefined || from.indent !== to.indent) return undefined
  const text = before.origin.source.text.slice(from.start, from.end)
  const { path } = after.origin.source
  return inPlace(
    [{ path, start: to.start, end: to.end, text }],
    `Restores ${printGrant(is)} as it was before the change.`,
  )
}
