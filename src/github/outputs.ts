import { randomUUID } from 'node:crypto'
import type { Severity } from '../base/severity.ts'
import type { AuditReport, ReviewReport } from '../report/review-report.ts'
import type { Finding } from '../rules/finding.ts'
import { type Conclusion, highestSeverity } from './verdict.ts'

/** The action's outputs: enums, counts, ids and paths that the workflow chose, never a name from the tree. `action.yml` has the same list. */
export interface Outputs {
  readonly conclusion: Conclusion
  readonly 'reachability-changed': 'true' | 'false'
  readonly 'findings-new': number
  readonly 'findings-fixed': number
  readonly 'findings-suppressed': number
  readonly 'highest-severity': Severity | 'none'
  /** Places that were not analysed. */
  readonly unknowns: number
  /** Resources that were understood, in per cent of these and the places that were not; rounded down. */
  readonly coverage: number
  readonly 'base-sha': string
  readonly 'head-sha': string
  readonly 'report-file': string
  readonly 'sarif-file': string
  readonly 'patch-file': string
  readonly 'comment-url': string
}

type Counts = 'findings-new' | 'findings-fixed' | 'findings-suppressed' | 'highest-severity' | 'unknowns' | 'coverage'

/** The outputs that count. `fresh` are the findings that decide. */
export function countOutputs(report: ReviewReport | AuditReport, fresh: readonly Finding[]): Pick<Outputs, Counts> {
  const resources = report.coverage.units.reduce((sum, unit) => sum + unit.resources, 0)
  const unknowns = report.coverage.notAnalysed.length
  const all = resources + unknowns
  return {
    'findings-new': fresh.filter(({ suppressed }) => suppressed === undefined).length,
    'findings-fixed': report.summary.fixed,
    'findings-suppressed': report.summary.suppressed,
    'highest-severity': highestSeverity(fresh),
    unknowns,
    coverage: all === 0 ? 100 : Math.floor((100 * resources) / all),
  }
}

/**
 * The lines for the file that `GITHUB_OUTPUT` names. The delimiter is random, so no value can end its own block.
 * Source: docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 */
export function writeOutputs(outputs: Partial<Outputs>): string {
  const delimiter = `ringfence_${randomUUID()}`
  return Object.entries(outputs)
    .map(([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`)
    .join('')
}
