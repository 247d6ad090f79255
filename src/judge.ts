import { isAtLeast } from './base/severity.ts'
import type { Options } from './config/options.ts'
import type { Coverage, ReviewSummary } from './report/review-report.ts'
import { isNew } from './rules/assess.ts'
import type { Finding } from './rules/finding.ts'
import type { RuleFailure } from './run-rules.ts'

/**
 * Whether the check passes, and why, in words that name nothing of the tree. It fails closed: a rule that failed and a changed place that
 * could not be judged never look like a pass.
 */
export function judge(
  findings: readonly Finding[],
  coverage: Coverage,
  { failOn, failOnUnknown }: Pick<Options, 'failOn' | 'failOnUnknown'>,
  failed: readonly RuleFailure[] = [],
  counts: (finding: Finding) => boolean = isNew,
): Pick<ReviewSummary, 'verdict' | 'reason'> {
  if (failed.length > 0) {
    const rules = [...new Set(failed.map(({ rule }) => rule))].join(', ')
    return { verdict: 'fail', reason: `could not decide: an error of ours in ${rules} (${failed[0]!.message})` }
  }
  const counted = findings.filter((finding) => finding.suppressed === undefined && counts(finding))
  const failing = failOn === 'none' ? [] : counted.filter(({ severity }) => isAtLeast(severity, failOn))
  if (failing.length > 0)
    return { verdict: 'fail', reason: `${plural(failing.length, 'finding')} at or above ${failOn}` }
  const unknown = coverage.notAnalysed.filter(
    ({ changed }) => failOnUnknown === 'any' || (failOnUnknown === 'changed' && changed),
  )
  if (unknown.length > 0) {
    const what = failOnUnknown === 'any' ? 'place' : 'changed place'
    return {
      verdict: 'fail',
      reason: `could not decide: ${plural(unknown.length, what)} could not be judged (fail-on-unknown: ${failOnUnknown})`,
    }
  }
  if (counted.length > 0)
    return {
      verdict: 'pass',
      reason: `${plural(counted.length, 'finding')} below ${failOn === 'none' ? 'every threshold' : failOn}`,
    }
  return { verdict: 'pass', reason: 'no finding' }
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
