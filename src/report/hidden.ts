import { hasHidden } from '../base/escape.ts'
import type { ReviewReport } from './review-report.ts'

/**
 * The first place of the review whose text holds characters that cannot be seen, such as bidirectional controls. Pages leave them out,
 * and say that they did. Looks at no more than {@link MAX_LOOKED_AT} items of each kind.
 */
export function findHidden(report: ReviewReport): { readonly file?: string } | undefined {
  for (const finding of report.findings.slice(0, MAX_LOOKED_AT)) {
    if (hasHidden(finding.message + finding.resource + finding.file)) return { file: finding.file }
  }
  const { connections, exposure } = report
  for (const changes of [connections, exposure.ingress, exposure.egress]) {
    for (const list of [changes.added, changes.removed, changes.changed]) {
      for (const { from, to, cause } of list.slice(0, MAX_LOOKED_AT)) {
        if (hasHidden(from + to + (cause?.file ?? ''))) return cause === undefined ? {} : { file: cause.file }
      }
    }
  }
  for (const { file, reason } of report.coverage.notAnalysed.slice(0, MAX_LOOKED_AT))
    if (hasHidden(file + reason)) return { file }
  return undefined
}

const MAX_LOOKED_AT = 2_000
