import type { Finding } from '../../rules/finding.ts'
import { line, strong, text, toMarkdown } from '../inline.ts'
import type { AuditReport, ReviewReport } from '../review-report.ts'
import { count, shortenProse } from '../words.ts'
import { foldedTable, heading } from './blocks.ts'
import type { PageContext } from './context.ts'
import { fixed, layOut, type Section, SUMMARY_LIMIT } from './page.ts'
import { assumptions, coverageSection, findingRow, patches, placeLists, topFindings } from './sections.ts'
import { reviewSections } from './summary-comment.ts'

/** The page of a workflow run: the review with every row that a megabyte holds. It carries no marker. */
export function jobSummary(report: ReviewReport, context: PageContext): string {
  const { marker: _, ...rest } = context
  return layOut(reviewSections(report, rest), SUMMARY_LIMIT)
}

/** The page of an audit: every finding of one state. */
export function auditSummary(report: AuditReport, context: PageContext): string {
  const { marker: _, ...rest } = context
  return layOut(auditSections(report, rest), SUMMARY_LIMIT)
}

function auditSections(report: AuditReport, context: PageContext): readonly Section[] {
  const { summary } = report
  const findings = report.findings.filter(({ suppressed }) => suppressed === undefined)
  const mark = findings.length === 0 ? '✅' : summary.verdict === 'fail' ? '🔴' : '🟡'
  return [
    fixed(heading(3, line`${text(mark)} Ringfence audit: ${text(count(findings.length, 'finding'))}`)),
    topFindings(findings, context),
    allFindings(findings, context),
    ...patches(findings),
    ...placeLists(findings, context),
    coverageSection(report.coverage, context),
    assumptions(report.coverage),
    fixed(
      `<sub>${toMarkdown(line`Check: ${strong(text(summary.verdict === 'pass' ? 'passed' : 'failed'))} (${text(shortenProse(summary.reason, 200))})`)}</sub>`,
    ),
  ]
}

function allFindings(findings: readonly Finding[], context: PageContext): Section {
  if (findings.length === 0) return fixed('')
  return foldedTable({
    gives: 'findings',
    summary: line`All ${text(count(findings.length, 'finding'))}`,
    head: ['', 'rule', 'where', 'what'],
    rowCount: findings.length,
    row: (index) => findingRow(findings[index]!, context),
    rest: (left) => line`… and ${left} more: run with --format json for all of them`,
  })
}
