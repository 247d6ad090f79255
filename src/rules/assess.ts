import { createHash } from 'node:crypto'
import { byCodeUnit } from '../base/order.ts'
import { editableOrigin, toPlace } from '../base/origin.ts'
import { type Finding, type FindingStatus, SEVERITIES, type Severity } from './finding.ts'
import { HitIndex, indexHits } from './hit-index.ts'
import { oneForEachLine } from './one-line.ts'
import type { Hit, Rule, RuleHit } from './rule.ts'

/** A finding, and the hit that it was made from, for the patch. */
export interface AssessedFinding {
  readonly finding: Finding
  readonly hit: RuleHit
}

/**
 * Findings from the hits of both sides: in head alone introduced, in base alone fixed, in both existing, or worsened or improved
 * where their severity or extent differs. One finding for one cause, and for all states in which the same is true. Most severe first.
 * What the configuration accepts is never one finding with what it does not: nothing is silenced that nobody named.
 */
export function assess(
  base: readonly RuleHit[],
  head: readonly RuleHit[],
  severityOf: (rule: Rule, hit: Hit) => Severity | 'off',
  states: readonly string[],
  accepts?: Accepts,
): readonly AssessedFinding[] {
  const judged = judgeHits(base, head, severityOf)
  const merged = new Map<string, { made: AssessedFinding; states: Set<string> }>()
  for (const { hit, status, severity } of oneForEachLine(
    mergeByCause(
      markAccepted(
        judged.all().filter((one) => !isHidden(one, judged)),
        accepts,
      ),
    ),
  )) {
    const finding = toFinding(hit, status, severity)
    const what = hit.hit.across === undefined ? finding.fingerprint : `${finding.rule} ${hit.hit.across}`
    const key = `${status}\0${severity}\0${what}\0${finding.file}`
    const same = merged.get(key)
    if (same === undefined) merged.set(key, { made: { finding, hit }, states: new Set([hit.state]) })
    else same.states.add(hit.state)
  }
  return [...merged.values()].map(({ made, states: where }) => withStates(made, where, states)).sort(byRank)
}

/** The name of what accepts a finding of a rule, undefined where nothing does; the finding is made when it is asked for. */
export type Accepts = (rule: Rule, finding: () => Finding) => string | undefined

interface JudgedHit {
  readonly hit: RuleHit
  readonly status: FindingStatus
  readonly severity: Severity
  readonly accepted?: string
}

function markAccepted(judged: readonly JudgedHit[], accepts: Accepts | undefined): readonly JudgedHit[] {
  if (accepts === undefined) return judged
  return judged.map((one) => {
    const accepted = accepts(one.hit.rule, () => toFinding(one.hit, one.status, one.severity))
    return accepted === undefined ? one : { ...one, accepted }
  })
}

/** Without those that the configuration turns off. */
function judgeHits(
  base: readonly RuleHit[],
  head: readonly RuleHit[],
  severityOf: (rule: Rule, hit: Hit) => Severity | 'off',
): HitIndex<JudgedHit> {
  const before = indexHits(base)
  const judged = new HitIndex<JudgedHit>()
  const add = (hit: RuleHit, status: FindingStatus): void => {
    const severity = severityOf(hit.rule, hit.hit)
    if (severity !== 'off') judged.set(hit.state, hit.rule.id, hit.hit.subject, { hit, status, severity })
  }
  for (const hit of head) add(hit, statusOf(before.get(hit.state, hit.rule.id, hit.hit.subject), hit, severityOf))
  const after = indexHits(head)
  for (const hit of before.all())
    if (after.get(hit.state, hit.rule.id, hit.hit.subject) === undefined) add(hit, 'fixed')
  return judged
}

/** Whether a wider finding says it as well: news is said by news, what is there by what is there, what is gone by what is gone. */
function isHidden({ hit: { hit, state }, status }: JudgedHit, judged: HitIndex<JudgedHit>): boolean {
  if (hit.hidden) return true
  const wider = hit.within && judged.get(state, hit.within.rule, hit.within.subject)
  if (wider === undefined) return false
  // What may still be so in the wide is not said to be gone in part.
  if (wider.hit.hit.hidden && status === 'fixed') return true
  if (status === 'introduced' || status === 'worsened') return isNewStatus(wider.status)
  return (status === 'fixed') === (wider.status === 'fixed')
}

/** One hit for all of one cause that have equal status and severity, where the rule says how. */
function mergeByCause(judged: readonly JudgedHit[]): readonly JudgedHit[] {
  const groups = new Map<string, [JudgedHit, ...JudgedHit[]]>()
  for (const one of judged) {
    const { rule, hit, state } = one.hit
    const isOfMany = rule.merge !== undefined && hit.cause !== undefined
    const own = isOfMany
      ? `${state}\0${rule.id}\0${one.status}\0${one.severity}\0\0${hit.cause}`
      : `${state}\0${rule.id}\0${hit.subject}\0${one.status}`
    const key = one.accepted === undefined ? own : `${own}\0accepted ${one.accepted}`
    const same = groups.get(key)
    if (same === undefined) groups.set(key, [one])
    else same.push(one)
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    const { rule } = first.hit
    if (group.length <= (rule.mergeAbove ?? 1)) return group
    // What is there already is told by audits alone, which name each.
    if (first.status === 'existing' && rule.mergeAbove !== undefined) return group
    return { ...first, hit: { ...first.hit, hit: rule.merge!(group.map((one) => one.hit.hit)) } }
  })
}

export function severityRank(severity: Severity): number {
  return SEVERITIES.length - SEVERITIES.indexOf(severity)
}

/** True for what a change is answerable for. */
export function isNew({ status }: Finding): boolean {
  return isNewStatus(status)
}

function isNewStatus(status: FindingStatus): boolean {
  return status === 'introduced' || status === 'worsened'
}

function statusOf(
  before: RuleHit | undefined,
  after: RuleHit,
  severityOf: (rule: Rule, hit: Hit) => Severity | 'off',
): FindingStatus {
  if (before === undefined) return 'introduced'
  if (before.hit === after.hit) return 'existing'
  const [was, is] = [severityOf(before.rule, before.hit), severityOf(after.rule, after.hit)]
  if (was !== 'off' && is !== 'off' && was !== is) return severityRank(is) > severityRank(was) ? 'worsened' : 'improved'
  const [less, more] = [before.hit.extent ?? 0, after.hit.extent ?? 0]
  return more > less ? 'worsened' : more < less ? 'improved' : 'existing'
}

function toFinding({ rule, hit }: RuleHit, status: FindingStatus, severity: Severity): Finding {
  const place = toPlace(editableOrigin(hit.at))
  return {
    rule: rule.id,
    concepts: hit.concepts ?? rule.meta.concepts,
    severity,
    status,
    title: rule.meta.title,
    message: hit.message,
    resource: hit.resource,
    file: place.file,
    line: place.line,
    endLine: place.endLine,
    ...(hit.side && { side: hit.side }),
    layer: hit.layer ?? rule.meta.layer,
    ...(hit.witness && { witness: hit.witness }),
    ...(hit.decide && { decide: hit.decide }),
    fingerprint: createHash('sha256').update(`${rule.id}\0${hit.subject}`).digest('hex').slice(0, 16),
  }
}

function withStates(made: AssessedFinding, where: ReadonlySet<string>, states: readonly string[]): AssessedFinding {
  if (states.length < 2) return made
  return { ...made, finding: { ...made.finding, states: states.filter((state) => where.has(state)) } }
}

const STATUS_RANK: Record<FindingStatus, number> = { introduced: 0, worsened: 1, fixed: 2, improved: 3, existing: 4 }

function byRank({ finding: a }: AssessedFinding, { finding: b }: AssessedFinding): number {
  return (
    Number(isNew(b)) - Number(isNew(a)) ||
    severityRank(b.severity) - severityRank(a.severity) ||
    STATUS_RANK[a.status] - STATUS_RANK[b.status] ||
    byCodeUnit(a.rule, b.rule) ||
    byCodeUnit(a.file, b.file) ||
    a.line - b.line ||
    byCodeUnit(a.fingerprint, b.fingerprint)
  )
}
