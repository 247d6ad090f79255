import type { ConnectionChanges, ExposureChanges } from '../compare/change.ts'
import type { Finding } from '../rules/finding.ts'

/** What `review --format json` prints, and what every other report is made from. */
export interface ReviewReport {
  readonly schemaVersion: 1
  readonly base: { readonly tree: string }
  readonly head: { readonly tree: string }
  readonly summary: ReviewSummary
  readonly connections: ConnectionChanges
  readonly exposure: ExposureChanges
  /** Most severe first, then by rule, file and line. */
  readonly findings: readonly Finding[]
  /** What the head adds to the suppressions. The configuration is that of the base, so they are shown and not in force. */
  readonly proposedSuppressions?: readonly ProposedSuppression[]
  readonly coverage: Coverage
}

export interface ProposedSuppression {
  readonly rule: string
  readonly reason: string
  /** ISO date. */
  readonly expires: string
  readonly file: string
  /** 1-based. */
  readonly line: number
}

/** What `audit --format json` prints: one state, nothing compared; `findings` all have the status `existing`. */
export interface AuditReport {
  readonly schemaVersion: 1
  readonly head: { readonly tree: string }
  readonly summary: ReviewSummary
  readonly findings: readonly Finding[]
  readonly coverage: Coverage
}

export interface ReviewSummary {
  readonly introduced: number
  readonly worsened: number
  readonly fixed: number
  readonly improved: number
  readonly existing: number
  readonly suppressed: number
  readonly verdict: 'pass' | 'fail'
  /** Why the verdict is what it is, in words: `new finding at or above high`, `could not decide: …`, `no network effect`. */
  readonly reason: string
}

export interface Coverage {
  readonly units: readonly CoveredUnit[]
  /** What was left out, and why. */
  readonly notAnalysed: readonly NotAnalysed[]
  /** What was assumed, or would differ under another engine: sentences. */
  readonly notes: readonly string[]
}

export interface CoveredUnit {
  readonly kind: string
  readonly path: string
  readonly environment?: string
  /** The state it belongs to. */
  readonly state?: string
  readonly resources: number
}

export interface NotAnalysed {
  readonly file: string
  /** 1-based. */
  readonly line?: number
  readonly reason: string
  /** True where the change under review touches it, so that the check must not look green (`fail-on-unknown`). */
  readonly changed: boolean
}
