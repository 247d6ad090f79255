import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { audit } from './audit.ts'
import { catalogue } from './catalogue.ts'
import type { Call } from './command-line.ts'
import { type Config, EMPTY_CONFIG } from './config/config.ts'
import { loadConfig, loadConfigFile, loadReviewConfig } from './config/load-config.ts'
import { effectiveOptions, type Options } from './config/options.ts'
import { diff, evaluateQueries, explain, list, nothingIn } from './queries.ts'
import { toDot } from './report/dot.ts'
import { graphOfChanges } from './report/graph.ts'
import { auditHtml, reviewHtml } from './report/html.ts'
import { toAuditJson, toReviewJson } from './report/json.ts'
import { auditSummary, jobSummary } from './report/markdown/job-summary.ts'
import { MERMAID_MAX_EDGES, toMermaid } from './report/mermaid.ts'
import type { AuditReport, ReviewReport } from './report/review-report.ts'
import { toSarif } from './report/sarif.ts'
import { auditText, reviewText } from './report/text.ts'
import { withNotes } from './report/with-notes.ts'
import { resources } from './resources.ts'
import { review } from './review.ts'
import { RULES } from './rules/index.ts'
import { sarifTool } from './sarif-tool.ts'
import { BlobStore } from './source/blob-store.ts'
import { openTree } from './source/open-tree.ts'
import type { Tree } from './source/tree.ts'

/** What of the world a command may know. */
export interface Surroundings {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width?: number
  /** ISO date that suppressions are judged by. */
  readonly today: string
}

export interface CommandResult {
  /** For standard output or `--output`. */
  readonly output: string
  /** For standard error, a line each. */
  readonly messages: readonly string[]
  /** 0 nothing at or above `--fail-on`, 1 something is. */
  readonly exitCode: number
}

/** Runs one command. Throws an `InputError` for what cannot be analysed. */
export function runCommand(call: Call, surroundings: Surroundings): CommandResult {
  switch (call.command) {
    case 'review':
      return runReview(call, surroundings)
    case 'audit':
      return runAudit(call, surroundings)
    case 'resources':
      return done(resources(openTree(call.operands[0]!, open(call)), call))
    case 'rules':
      return done(catalogue(call.operands[0], call.format))
    case 'list': {
      const { tree, only } = openInput(call)
      return list(tree, call, only)
    }
    case 'diff': {
      const where = open(call)
      return diff(openTree(call.operands[0]!, where), openTree(call.operands[1]!, where), call)
    }
    case 'eval':
      return evaluateQueries(openTree(call.operands[0]!, open(call)), call)
    case 'explain':
      return explain(openTree(call.operands[0]!, open(call)), call)
  }
}

function runReview(call: Call, surroundings: Surroundings): CommandResult {
  const where = open(call)
  const [base, head] = [openTree(call.options.base!, where), openTree(call.options.head!, where)]
  const { config, options, notes } = configure(call, base, head)
  const report = withNotes(review({ base, head, config, options, today: surroundings.today }), notes)
  return judged(printReview(report, call, surroundings), report)
}

function runAudit(call: Call, surroundings: Surroundings): CommandResult {
  const tree = openTree(call.operands[0]!, open(call))
  const { config, options } = configure(call, tree)
  const report = audit({ tree, config, options, today: surroundings.today })
  const { units, notAnalysed } = report.coverage
  const messages = units.length + notAnalysed.length === 0 ? [nothingIn(tree)] : []
  return { ...judged(printAudit(report, call, surroundings), report), messages }
}

/** np-guard's analyser takes a single file as well: the folder of the file, of which only the file is read. */
function openInput(call: Call): { readonly tree: Tree; readonly only?: string } {
  const spec = call.operands[0]!
  const isFile = call.format === 'np-guard' && statSync(spec, { throwIfNoEntry: false })?.isFile() === true
  return isFile
    ? { tree: openTree(dirname(spec), open(call)), only: basename(spec) }
    : { tree: openTree(spec, open(call)) }
}

function open({ options }: Call) {
  return { store: new BlobStore(), ...(options.repo !== undefined && { repo: options.repo }) }
}

const RULE_IDS: ReadonlySet<string> = new Set(RULES.map(({ id }) => id))

interface Configuration {
  readonly config: Config
  readonly options: Options
  readonly notes: readonly string[]
}

/** What `--config` names, or the tree's own; of a change that of its base, unless the head mends it. */
function configure({ options: given }: Call, tree: Tree, head?: Tree): Configuration {
  const { config, note } = chooseConfig(given.config, tree, head)
  const options = effectiveOptions({ failOn: given.failOn }, config.options)
  return { config, options, notes: note === undefined ? [] : [note] }
}

function chooseConfig(
  given: string | undefined,
  tree: Tree,
  head: Tree | undefined,
): { readonly config: Config; readonly note?: string } {
  if (given === '') return { config: EMPTY_CONFIG }
  if (given !== undefined) return { config: loadConfigFile(given, RULE_IDS) }
  const place = { rules: RULE_IDS }
  return head === undefined ? { config: loadConfig(tree, place) } : loadReviewConfig(tree, head, place)
}

function printReview(report: ReviewReport, { format }: Call, { color, width }: Surroundings): string {
  switch (format) {
    case 'json':
      return toReviewJson(report)
    case 'markdown':
      return jobSummary(report, {})
    case 'sarif':
      return toSarif(report, sarifTool())
    case 'html':
      return reviewHtml(report)
    case 'dot':
      return toDot(graphOfChanges(report, Number.POSITIVE_INFINITY))
    case 'mermaid':
      return toMermaid(graphOfChanges(report, MERMAID_MAX_EDGES))
    default:
      return reviewText(report, { color, ...(width !== undefined && { width }) })
  }
}

function printAudit(report: AuditReport, { format }: Call, { color, width }: Surroundings): string {
  switch (format) {
    case 'json':
      return toAuditJson(report)
    case 'markdown':
      return auditSummary(report, {})
    case 'sarif':
      return toSarif(report, sarifTool())
    case 'html':
      return auditHtml(report)
    default:
      return auditText(report, { color, ...(width !== undefined && { width }) })
  }
}

function judged(output: string, { summary }: ReviewReport | AuditReport): CommandResult {
  return { output: withLineEnd(output), messages: [], exitCode: summary.verdict === 'fail' ? 1 : 0 }
}

function done(output: string): CommandResult {
  return { output: withLineEnd(output), messages: [], exitCode: 0 }
}

function withLineEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
