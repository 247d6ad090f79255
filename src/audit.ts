import { analyseTree } from './analyse.ts'
import type { Config } from './config/config.ts'
import { type Options, toPathFilter } from './config/options.ts'
import { auditConfiguration, readComments } from './configuration.ts'
import { coverageOf, notesOf } from './coverage.ts'
import { judge } from './judge.ts'
import { ParseCache } from './parse/front-end.ts'
import { parseTree } from './parse/units.ts'
import type { AuditReport } from './report/review-report.ts'
import { assess, severityRank } from './rules/assess.ts'
import { groupCopies, joinCopies } from './rules/copies.ts'
import { RULES } from './rules/index.ts'
import { intentNotes } from './rules/intents/coverage.ts'
import { acceptedBy, checkState, joinRuns, ruleSettings, severityBy, suppress } from './run-rules.ts'
import type { Tree } from './source/tree.ts'
import { withUnreadKinds } from './unread-kinds.ts'

export interface AuditInput {
  readonly tree: Tree
  readonly config: Config
  readonly options: Options
  /** ISO date that suppressions are judged by. */
  readonly today: string
}

/** Every finding of one tree, whatever made it. */
export function audit({ tree, config, options, today }: AuditInput): AuditReport {
  const parsed = parseTree(tree, {
    cache: new ParseCache({ maxFileLength: config.maxFileBytes }),
    only: toPathFilter(options),
  })
  const views = analyseTree(parsed, config)
  const settings = ruleSettings(config, today)
  const { hits, failed } = joinRuns(views.map((view) => checkState(RULES, view, settings)))
  const states = views.map(({ name }) => name)
  // Environments of one root share its files.
  const files = new Set(parsed.units.flatMap(({ unit }) => unit.files))
  const comments = readComments(tree, files)
  const assessed = assess(hits, hits, severityBy(config), states, acceptedBy(config, comments.suppressions, today))
  const { findings: marked, used } = suppress(assessed, config, comments.suppressions, today)
  const own = auditConfiguration(config, comments, today, used)
  const findings = groupCopies([...marked, ...assess(own.hits, own.hits, severityBy(config), [])])
    .map(([first, ...others]) => joinCopies([first.finding, ...others.map(({ finding }) => finding)]))
    .sort((a, b) => severityRank(b.severity) - severityRank(a.severity))
  const read = coverageOf(parsed, views, new Set(), [
    ...own.notes,
    ...notesOf(views),
    ...intentNotes(config.intents, views),
  ])
  const coverage = withUnreadKinds(read, undefined, parsed, new Set())
  const suppressed = findings.filter((finding) => finding.suppressed !== undefined).length
  return {
    schemaVersion: 1,
    head: { tree: tree.name },
    summary: {
      introduced: 0,
      worsened: 0,
      fixed: 0,
      improved: 0,
      existing: findings.length - suppressed,
      suppressed,
      ...judge(findings, coverage, options, failed, () => true),
    },
    findings,
    coverage,
  }
}
