import { SEVERITIES, type Severity } from '../base/severity.ts'
import type { ReviewSummary } from '../report/review-report.ts'
import type { Finding } from '../rules/finding.ts'

/**
 * What the job says. `undecided`: the run failed before there was an answer; it must never look like a pass.
 * `skipped`: there was nothing to judge, as for a branch that was deleted.
 */
export type Conclusion = ReviewSummary['verdict'] | 'undecided' | 'skipped'

/** Exit status of the job, which is the required check. */
export function exitStatus(conclusion: Conclusion): 0 | 1 | 2 {
  switch (conclusion) {
    case 'pass':
    case 'skipped':
      return 0
    case 'fail':
      return 1
    case 'undecided':
      return 2
  }
}

/** The worst of what counts; `none` where nothing does. */
export function highestSeverity(findings: readonly Finding[]): Severity | 'none' {
  const found = new Set(findings.filter(({ suppressed }) => suppressed === undefined).map(({ severity }) => severity))
  return SEVERITIES.find((severity) => found.has(severity)) ?? 'none'
}
