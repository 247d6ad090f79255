import { InputError } from '../base/problem.ts'
import type { Options } from '../config/options.ts'
import { toAuditAnnotations } from '../report/annotations.ts'
import { toAuditJson } from '../report/json.ts'
import { auditSummary } from '../report/markdown/job-summary.ts'
import type { AuditReport } from '../report/review-report.ts'
import { placesOf, withoutPlaces } from '../rules/copies.ts'
import type { Finding } from '../rules/finding.ts'
import type { AuditPlan } from './event.ts'
import { countOutputs, type Outputs } from './outputs.ts'
import { writeReports } from './report-files.ts'
import { configure, linksOf, type Session, writeSummary } from './session.ts'
import { openAuditTree } from './trees.ts'

/** Judges one version: every finding of its state, but those that the baseline knows. */
export async function runAudit(session: Session, { revision }: AuditPlan): Promise<Partial<Outputs>> {
  const { log, runner, stages } = session
  const { tree, commit } = await openAuditTree(revision, session.trees)
  const { config, options } = configure(session, tree)
  const audited = stages.audit({ tree, config, options, today: runner.today })
  const report = withoutBaseline(session, audited, options)

  for (const annotation of toAuditAnnotations(report, options.failOn)) log.annotate(annotation)
  const files = writeReports(session, report, tree, () => toAuditJson(report))
  const links = linksOf(session, commit)
  const reportFile = files['report-file']
  const context = {
    links,
    head: { sha: commit },
    graph: options.graph,
    ...(reportFile !== undefined && { reportFile }),
  }
  writeSummary(session, auditSummary(report, context))
  const { verdict, reason } = report.summary
  log.info(`Ringfence: ${verdict} (${reason}). Judged ${commit}.`)
  return { conclusion: verdict, ...countOutputs(report, report.findings), 'head-sha': commit, ...files }
}

/** What an earlier report file holds, which is what a baseline is. */
interface Baseline {
  /** Fingerprints of places. */
  readonly places: ReadonlySet<string>
  /** Fingerprints of findings that had one place, whose file may have another name since. */
  readonly findings: ReadonlySet<string>
}

function readBaseline({ inputs, runner }: Session): Baseline {
  const file = inputs.baselineFile
  if (file === undefined) return { places: new Set(), findings: new Set() }
  const text = runner.read(file)
  if (text === undefined) throw new InputError('the baseline file cannot be read', { file })
  try {
    const { findings } = JSON.parse(text) as Pick<AuditReport, 'findings'>
    return {
      places: new Set(findings.flatMap(placesOf).map(({ fingerprint }) => fingerprint)),
      findings: new Set(findings.filter(({ places }) => places === undefined).map(({ fingerprint }) => fingerprint)),
    }
  } catch {
    throw new InputError('the baseline file is no report of an audit as report-file writes it', { file })
  }
}

function withoutBaseline(session: Session, report: AuditReport, options: Options): AuditReport {
  const known = readBaseline(session)
  const findings = report.findings.flatMap((finding): readonly Finding[] => {
    if (finding.places === undefined && known.findings.has(finding.fingerprint)) return []
    const rest = withoutPlaces(finding, ({ fingerprint }) => known.places.has(fingerprint))
    return rest === undefined ? [] : [rest]
  })
  const left = report.findings.length - findings.length
  if (left === 0 && findings.every((finding, i) => finding === report.findings[i])) return report
  const counts = {
    existing: findings.filter(({ suppressed }) => suppressed === undefined).length,
    suppressed: findings.filter(({ suppressed }) => suppressed !== undefined).length,
  }
  const stand =
    left === 1 ? '1 finding stands in the baseline and is' : `${left} findings stand in the baseline and are`
  const notes = left === 0 ? report.coverage.notes : [`${stand} left out.`, ...report.coverage.notes]
  // What could not be decided with the findings that are left out cannot be decided without them.
  const open = report.summary.reason.startsWith('could not decide')
  const verdict = open ? {} : session.stages.judgeAudit(findings, report.coverage, options)
  const summary = { ...report.summary, ...counts, ...verdict }
  return { ...report, findings, summary, coverage: { ...report.coverage, notes } }
}
