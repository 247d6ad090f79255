import type { Config } from '../config/config.ts'
import type { Options } from '../config/options.ts'
import type { AuditReport, Coverage, ReviewReport, ReviewSummary } from '../report/review-report.ts'
import type { Finding } from '../rules/finding.ts'
import type { Tree } from '../source/tree.ts'
import type { Host } from './host.ts'

/** What a run needs of the machine it runs on. */
export interface Runner {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** ISO date that suppressions are judged by. */
  readonly today: string
  /** A line of standard output, which the runner reads for workflow commands. */
  print(line: string): void
  /** Text of a file; undefined where there is none. */
  read(path: string): string | undefined
  /** Adds to a file that the runner made. */
  append(path: string, text: string): void
  write(path: string, text: string): void
  /** GitHub, for tests; the real one is made from the variables where this is absent. */
  readonly host?: Host
}

/** The stages of the analysis, as the action calls them. */
export interface Stages {
  /** Ids of the catalogue's rules: the configuration may name no other. */
  readonly rules: ReadonlySet<string>
  review(input: ReviewInput): ReviewReport
  audit(input: AuditInput): AuditReport
  /** The verdict of an audit when some of its findings are left out. */
  judgeAudit(
    findings: readonly Finding[],
    coverage: Coverage,
    options: Options,
  ): Pick<ReviewSummary, 'verdict' | 'reason'>
  sarif(report: ReviewReport | AuditReport): string
}

interface ReviewInput {
  readonly base: Tree
  readonly head: Tree
  /** The base's, unless the workflow trusts the head's. */
  readonly config: Config
  /** Of the configuration in both trees, where the workflow names a place. */
  readonly configPath?: string
  readonly options: Options
  readonly today: string
}

interface AuditInput {
  readonly tree: Tree
  readonly config: Config
  readonly options: Options
  readonly today: string
}
