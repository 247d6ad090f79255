import { byCodeUnit } from '../base/order.ts'
import type { ConnectionChange } from '../compare/change.ts'
import { severityRank } from '../rules/assess.ts'
import type { Finding, Severity } from '../rules/finding.ts'
import type { ReviewReport } from './review-report.ts'
import { isGone, isNew } from './words.ts'

/** A connection that the change opens, closes or alters, with the worst finding about it. */
export interface Flow {
  readonly change: 'new' | 'gone' | 'changed'
  /** True for what comes from or goes to something outside of the state. */
  readonly exposure: boolean
  readonly connection: ConnectionChange
  readonly severity?: Severity
}

/** Every flow of a review once: the most severe first, then what opens before what closes, exposure before the rest, then by name. */
export function listFlows(report: ReviewReport): readonly Flow[] {
  return listChanges(report, report.findings)
}

/** As {@link listFlows}, of changes that nobody judged. */
export function listChanges(
  { connections, exposure: outside }: Pick<ReviewReport, 'connections' | 'exposure'>,
  findings: readonly Finding[] = [],
): readonly Flow[] {
  const severities = severityByTie(findings)
  const flows = new Map<string, Flow>()
  const add = (change: Flow['change'], exposure: boolean, found: readonly ConnectionChange[]) => {
    for (const connection of found) {
      const { from, to, before, after, via } = connection
      const key = JSON.stringify([change, from, to, before, after, via])
      if (flows.has(key)) continue
      const severity = change === 'gone' ? undefined : worstOf(severities, connection)
      flows.set(key, { change, exposure, connection, ...(severity === undefined ? {} : { severity }) })
    }
  }
  for (const [exposure, changes] of [
    [true, outside.ingress],
    [true, outside.egress],
    [false, connections],
  ] as const) {
    add('new', exposure, changes.added)
    add('changed', exposure, changes.changed)
    add('gone', exposure, changes.removed)
  }
  return [...flows.values()].sort(byWeight)
}

/** What a report shows of a flow: the connections that are there after, or were there before, and the way where that is another one. */
export function flowPorts(flow: Flow): string {
  const { before, after, via } = flow.connection
  const way = via === undefined ? '' : `, ${wayWords(via)}`
  switch (flow.change) {
    case 'new':
      return `${after}${way}`
    case 'gone':
      return before
    case 'changed':
      return before === after ? `${after}${way}` : `${before} → ${after}${way}`
  }
}

/** `now bypassing firewall/hub-fw`, `now through firewall/hub-fw, before directly`. */
export function wayWords({ before, after }: NonNullable<ConnectionChange['via']>): string {
  if (after === 'direct' && before !== 'not known') return `now bypassing ${before}`
  return `now ${carrierWords(after)}, before ${carrierWords(before)}`
}

function carrierWords(carrier: string): string {
  if (carrier === 'direct') return 'directly'
  return carrier === 'not known' ? 'by a way that is not known' : `through ${carrier}`
}

/** Whether the change does anything that somebody must hear of; without it there is silence. */
export function hasNetworkEffect(report: ReviewReport): boolean {
  const { connections, exposure, findings, coverage } = report
  return (
    [connections, exposure.ingress, exposure.egress].some(
      ({ added, removed, changed }) => added.length + removed.length + changed.length > 0,
    ) ||
    findings.some((finding) => isNew(finding) || isGone(finding)) ||
    coverage.notAnalysed.some(({ changed }) => changed)
  )
}

/**
 * The worst severity for each thing that ties a finding to a flow: the two peers of its witness, the line that caused the flow, or one of
 * the peers with the resource that did.
 */
function severityByTie(findings: readonly Finding[]): ReadonlyMap<string, Severity> {
  const severities = new Map<string, Severity>()
  for (const finding of findings) {
    const { witness, severity } = finding
    if (!isNew(finding) || witness === undefined) continue
    for (const tie of ties(witness.packet.from, witness.packet.to, finding)) {
      const known = severities.get(tie)
      if (known === undefined || severityRank(severity) > severityRank(known)) severities.set(tie, severity)
    }
  }
  return severities
}

function worstOf(
  severities: ReadonlyMap<string, Severity>,
  { from, to, cause }: ConnectionChange,
): Severity | undefined {
  const found = ties(from, to, cause).flatMap((tie) => severities.get(tie) ?? [])
  return found.reduce<Severity | undefined>(
    (worst, one) => (worst === undefined || severityRank(one) > severityRank(worst) ? one : worst),
    undefined,
  )
}

function ties(
  from: string,
  to: string,
  cause: { readonly file: string; readonly line: number; readonly resource: string } | undefined,
): readonly string[] {
  const pair = JSON.stringify([from, to])
  if (cause === undefined) return [pair]
  const { file, line, resource } = cause
  return [
    pair,
    JSON.stringify(['line', file, line]),
    JSON.stringify(['resource', resource, 'from', from]),
    JSON.stringify(['resource', resource, 'to', to]),
  ]
}

const CHANGE_RANK: Readonly<Record<Flow['change'], number>> = { new: 2, changed: 1, gone: 0 }

function byWeight(a: Flow, b: Flow): number {
  return (
    rank(b) - rank(a) ||
    CHANGE_RANK[b.change] - CHANGE_RANK[a.change] ||
    Number(b.exposure) - Number(a.exposure) ||
    byCodeUnit(a.connection.from, b.connection.from) ||
    byCodeUnit(a.connection.to, b.connection.to) ||
    byCodeUnit(flowPorts(a), flowPorts(b))
  )
}

function rank(flow: Flow): number {
  return flow.severity === undefined ? -1 : severityRank(flow.severity)
}
