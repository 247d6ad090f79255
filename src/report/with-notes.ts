import type { ReviewReport } from './review-report.ts'

/** The review with sentences before those that its coverage has. */
export function withNotes(report: ReviewReport, notes: readonly string[]): ReviewReport {
  if (notes.length === 0) return report
  return { ...report, coverage: { ...report.coverage, notes: [...notes, ...report.coverage.notes] } }
}
