import { get } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import { itemSpan, lineBreakOf } from '../../parse/yaml-span.ts'
import { findEvidence } from '../evidence.ts'
import { type Grant, printGrant, rulesList } from '../grant.ts'
import { listNames } from '../listing.ts'
import type { ProposedPatch } from '../rule.ts'
import { workloadsByNamespace } from '../workloads-by-namespace.ts'
import { ingressRules } from './namespace-policies.ts'
import { withoutRule } from './narrow-rule.ts'
import { inPlace } from './one-patch.ts'
import { type RuleDraft, ruleLines } from './policy-manifest.ts'

/**
 * Puts in place of a rule that lets everybody in one rule for each connection that the manifests show to be needed, or takes it out
 * where they show none. Undefined where the policy selects pods that the tree does not run.
 */
export function onlyNeededSources(view: StateView, grant: Grant): ProposedPatch | undefined {
  const { policy, rule } = grant
  const selected = (workloadsByNamespace(view.network.kubernetes).get(policy.namespace) ?? []).filter(
    (workload) => matches(policy.podSelector, workload.labels) !== 'no',
  )
  if (selected.length === 0) return undefined
  const evidence = findEvidence(view)
  const drafts: RuleDraft[] = []
  for (const workload of selected) {
    const rules = ingressRules(workload, evidence)
    if (rules === undefined || rules.some(({ peers }) => peers.length === 0)) return undefined
    drafts.push(...rules)
  }
  if (drafts.length === 0) return withoutRule(grant)
  const list = rulesList(policy, 'ingress')
  const span = list && itemSpan(list, rule.index)
  if (list === undefined || span === undefined || list.origin.from !== undefined) return undefined
  const { source, start } = list.origin
  if (source.text[start] === '[' || get(policy.resource.value, 'spec')?.origin.from !== undefined) return undefined
  const lineBreak = lineBreakOf(source.text)
  const lines = drafts.flatMap((draft) => ruleLines(draft, 'from'))
  const text = lines.map((line) => span.indent + line + lineBreak).join('')
  return inPlace(
    [{ path: source.path, start: span.start, end: span.end, text }],
    `Puts the sources that the manifests show to be needed in place of everybody in ${printGrant(grant)}: ${listNames(
      drafts.map(({ comment }) => comment),
      12,
    )}.`,
  )
}
