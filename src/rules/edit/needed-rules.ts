import { hasClass } from '../../algebra/classes.ts'
import { hasPort, type PortProtocol } from '../../algebra/connections.ts'
import { get } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { itemSpan, lineBreakOf } from '../../parse/yaml-span.ts'
import { findEvidence } from '../facts/evidence.ts'
import { type Grant, printGrant, rulesList } from '../facts/grant.ts'
import { workloadsByNamespace } from '../facts/workloads-by-namespace.ts'
import { listNames } from '../hits/listing.ts'
import type { ProposedPatch } from '../rule.ts'
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
  // What the other rules allow already need not be said again.
  const others = allowedByOthers(view, grant)
  const connections = evidence.connections.filter(({ to }) => selected.includes(to))
  const isSaid = (draft: RuleDraft) =>
    connections.some(
      ({ from, to, ports, evidence: words }) =>
        words === draft.comment && from !== undefined && ports.every((port) => others(from, to, port)),
    )
  const missing = drafts.filter((draft) => !isSaid(draft))
  if (missing.length === 0) return withoutRule(grant)
  const list = rulesList(policy, 'ingress')
  const span = list && itemSpan(list, rule.index)
  if (list === undefined || span === undefined || list.origin.from !== undefined) return undefined
  const { source, start } = list.origin
  if (source.text[start] === '[' || get(policy.resource.value, 'spec')?.origin.from !== undefined) return undefined
  const lineBreak = lineBreakOf(source.text)
  const lines = missing.flatMap((draft) => ruleLines(draft, 'from'))
  const text = lines.map((line) => span.indent + line + lineBreak).join('')
  return inPlace(
    [{ path: source.path, start: span.start, end: span.end, text }],
    `Puts the sources that the manifests show to be needed in place of everybody in ${printGrant(grant)}: ${listNames(
      missing.map(({ comment }) => comment),
      12,
    )}.`,
  )
}

/** Whether a connection is still allowed at the receiving end without the rule. */
function allowedByOthers({ reach }: StateView, { policy, rule }: Grant) {
  return (
    from: Workload,
    to: Workload,
    { protocol, port }: { readonly protocol: string; readonly port: number | string },
  ): boolean => {
    const [sender, subject] = [reach.universe.classOf.get(from.id), reach.universe.classOf.get(to.id)]
    const number = typeof port === 'number' ? port : to.ports.find(({ name }) => name === port)?.port
    if (sender === undefined || subject === undefined || number === undefined) return false
    return reach
      .selecting(subject, 'ingress')
      .some(({ policy: other }) =>
        other.rules.ingress.some(
          (one) =>
            (other !== policy || one !== rule) &&
            reach.networkPolicies
              .ruleRegion(one, other, 'ingress', subject)
              .certain.some(
                ({ peers, connections }) =>
                  hasClass(peers.classes, sender) && hasPort(connections, protocol as PortProtocol, number),
              ),
        ),
      )
  }
}
