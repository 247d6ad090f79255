import { dropHidden, escapeLogLine } from '../base/escape.ts'
import { isAtLeast } from '../base/severity.ts'
import { spreadPlaces } from '../rules/copies.ts'
import type { Finding, Severity } from '../rules/finding.ts'
import type { AuditReport, ReviewReport } from './review-report.ts'
import { isNew } from './words.ts'

/** What a workflow command `::error file=…,line=…::` shows on a file. All text is on one line and fit for a log. */
export interface Annotation {
  readonly level: AnnotationLevel
  readonly title: string
  readonly message: string
  readonly file?: string
  /** 1-based. */
  readonly startLine?: number
  readonly endLine?: number
}

export type AnnotationLevel = 'error' | 'warning' | 'notice'

/** A step shows ten of a type, and cuts messages. Source: actions/runner ExecutionContext.cs `_maxCountPerIssueType`, `_maxIssueMessageLength` */
const MAX_ANNOTATIONS_PER_LEVEL = 10
const MAX_ANNOTATION_LENGTH = 4_096

/**
 * The new findings and the changed places that could not be judged, the highest first. What fails the check is an error, the rest a
 * warning, notes are notices; where there are more than a step shows, the last of a level says how many. A finding at several places
 * has one at each.
 */
export function toAnnotations(report: ReviewReport, failOn: Severity | 'none'): readonly Annotation[] {
  const findings = spreadPlaces(report.findings.filter(isNew))
  return limitLevels([
    ...undecided(report, report.summary.verdict === 'fail'),
    ...findings.map(({ finding }) => annotate(finding, failOn)),
  ])
}

/** As {@link toAnnotations}, of every finding of one state. */
export function toAuditAnnotations(report: AuditReport, failOn: Severity | 'none'): readonly Annotation[] {
  const findings = spreadPlaces(report.findings.filter(({ suppressed }) => suppressed === undefined))
  return limitLevels(findings.map(({ finding }) => annotate(finding, failOn)))
}

function annotate(finding: Finding, failOn: Severity | 'none'): Annotation {
  const { severity, rule, file, line, endLine, side } = finding
  const fails = failOn !== 'none' && isAtLeast(severity, failOn)
  const level = fails ? 'error' : severity === 'note' ? 'notice' : 'warning'
  const title = escapeLogLine(`${severity}: ${finding.title} (${rule})`).slice(0, 255)
  return {
    level,
    title,
    message: cut(finding.message),
    // A line of the base is not on the page where annotations are shown.
    ...(side === 'base' ? {} : { file: dropHidden(file), startLine: line, endLine: Math.max(line, endLine) }),
  }
}

function undecided(report: ReviewReport, fails: boolean): readonly Annotation[] {
  return report.coverage.notAnalysed
    .filter(({ changed }) => changed)
    .map(({ file, line, reason }) => ({
      level: fails ? 'error' : 'warning',
      title: 'changed, but not judged',
      message: cut(reason),
      file: dropHidden(file),
      ...(line === undefined ? {} : { startLine: line, endLine: line }),
    }))
}

function limitLevels(annotations: readonly Annotation[]): readonly Annotation[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const some = annotations.filter((annotation) => annotation.level === level)
    if (some.length <= MAX_ANNOTATIONS_PER_LEVEL) return some
    const shown = some.slice(0, MAX_ANNOTATIONS_PER_LEVEL - 1)
    const message = `${(some.length - shown.length).toLocaleString('en-US')} more in the summary`
    return [...shown, { level, title: 'Ringfence', message }]
  })
}

function cut(message: string): string {
  const text = escapeLogLine(message)
  if (text.length <= MAX_ANNOTATION_LENGTH) return text
  return `${text.slice(0, MAX_ANNOTATION_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
