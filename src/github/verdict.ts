import { isAtLeast, SEVERITIES, type Severity } from '../base/severity.ts'
import type { Options } from '../config/options.ts'
import type { Coverage, ReviewSummary } from '../report/review-report.ts'
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

/** Whether the check passes, and why, in words that name nothing of the tree. */
export function judge(
  findings: readonly Finding[],
  coverage: Coverage,
  { failOn, failOnUnknown }: Pick<Options, 'failOn' | 'failOnUnknown'>,
): Pick<ReviewSummary, 'verdict' | 'reason'> {
  const counted = findings.filter(({ suppressed }) => suppressed === undefined)
  const failing = failOn === 'none' ? [] : counted.filter(({ severity }) => isAtLeast(severity, failOn))
  if (failing.length > 0)
    return { verdict: 'fail', reason: `${plural(failing.length, 'finding')} at or above ${failOn}` }
  const unknown = coverage.notAnalysed.filter(
    ({ changed }) => failOnUnknown === 'any' || (failOnUnknown === 'changed' && changed),
  )
  if (unknown.length > 0) {
    const what = failOnUnknown === 'any' ? 'place' : 'changed place'
    return { verdict: 'fail', reason: `could not decide: ${plural(unknown.length, what)} could not be judged` }
  }
  if (counted.length > 0) return { verdict: 'pass', reason: `${plural(counted.length, 'finding')} below ${failOn}` }
  return { verdict: 'pass', reason: 'no finding' }
}

/** The worst of what counts; `none` where nothing does. */
export function highestSeverity(findings: readonly Finding[]): Severity | 'none' {
  const found = new Set(findings.filter(({ suppressed }) => suppressed === undefined).map(({ severity }) => severity))
  return SEVERITIES.find((severity) => found.has(severity)) ?? 'none'
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
