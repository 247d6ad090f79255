import { type Origin, writtenText } from '../../base/origin.ts'
import type { StateView } from '../../compare/state-view.ts'
import { type Grant, peersList, printGrant, rulesList } from '../facts/grant.ts'
import type { ProposedPatch } from '../rule.ts'
import { removeItem } from './collection-edit.ts'
import { withoutRule } from './narrow-rule.ts'
import { inPlace } from './one-patch.ts'
import { restoreRule } from './restore-rule.ts'

/** Takes back what the change did to one rule: the new peer, the new rule, or what was written in its place. */
export function revertRule(base: StateView, head: StateView, grant: Grant): ProposedPatch | undefined {
  const { policy, rule, direction } = grant
  const old = base.network.kubernetes.policies.find(
    ({ resource }) => resource.address === head.identity(policy.resource.address),
  )
  if (old === undefined) return withoutRule(grant)
  const [was, is] = [rulesList(old, direction), rulesList(policy, direction)]
  const oldRule = old.rules[direction][rule.index]
  if (is === undefined) return undefined
  if (was === undefined || oldRule === undefined || was.items.length < is.items.length) return withoutRule(grant)
  const oldGrant = { policy: old, rule: oldRule, direction }
  const [before, after] = [peersList(oldGrant), peersList(grant)]
  if (before !== undefined && after !== undefined && before.items.length < after.items.length) {
    const known = new Set(before.items.map(({ origin }) => inOneLine(origin)))
    const added = after.items.flatMap(({ origin }, index) => (known.has(inOneLine(origin)) ? [] : [index]))
    const [index] = added
    if (added.length === 1 && index !== undefined)
      return inPlace(removeItem(after, index), `Takes the new peer out of ${printGrant(grant)}.`)
  }
  return restoreRule(oldGrant, grant)
}

function inOneLine(origin: Pick<Origin, 'source' | 'start' | 'end'>): string {
  return writtenText(origin).replace(/\s+/g, ' ')
}
