import { byCodeUnit } from '../base/order.ts'
import type { ConnectionChange } from '../compare/change.ts'
import type { Finding, Severity } from '../rules/finding.ts'
import type { ReviewReport } from './review-report.ts'
import { isGone, isNew, SEVERITY_RANK } from './words.ts'

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
  const severities = severityByPair(report.findings)
  const flows = new Map<string, Flow>()
  const add = (change: Flow['change'], exposure: boolean, connections: readonly ConnectionChange[]) => {
    for (const connection of connections) {
      const key = JSON.stringify([change, connection.from, connection.to, connection.before, connection.after])
      if (flows.has(key)) continue
      const severity = change === 'gone' ? undefined : severities.get(pairKey(connection.from, connection.to))
      flows.set(key, { change, exposure, connection, ...(severity === undefined ? {} : { severity }) })
    }
  }
  for (const [exposure, changes] of [
    [true, report.exposure.ingress],
    [true, report.exposure.egress],
    [false, report.connections],
  ] as const) {
    add('new', exposure, changes.added)
    add('changed', exposure, changes.changed)
    add('gone', exposure, changes.removed)
  }
  return [...flows.values()].sort(byWeight)
}

/** The connection string that a report shows for a flow: what is there after, or what was there before. */
export function flowPorts(flow: Flow): string {
  const { before, after } = flow.connection
  switch (flow.change) {
    case 'new':
      return after
    case 'gone':
      return before
    case 'changed':
      return `${before} → ${after}`
  }
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

function severityByPair(findings: readonly Finding[]): ReadonlyMap<string, Severity> {
  const severities = new Map<string, Severity>()
  for (const finding of findings) {
    if (!isNew(finding) || finding.witness === undefined) continue
    const key = pairKey(finding.witness.packet.from, finding.witness.packet.to)
    const known = severities.get(key)
    if (known === undefined || SEVERITY_RANK[finding.severity] > SEVERITY_RANK[known])
      severities.set(key, finding.severity)
  }
  return severities
}

function pairKey(from: string, to: string): string {
  return JSON.stringify([from, to])
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
  return flow.severity === undefined ? -1 : SEVERITY_RANK[flow.severity]
}
