import type { ConnectionChange, ConnectionChanges } from '../compare/change.ts'
import type {
  Choice,
  ElsewhereChoice,
  Finding,
  FindingPlace,
  Packet,
  Patch,
  PathStep,
  Witness,
} from '../rules/finding.ts'
import type {
  AuditReport,
  Coverage,
  CoveredUnit,
  NotAnalysed,
  ProposedSuppression,
  ReviewReport,
  ReviewSummary,
} from './review-report.ts'

/** What `review --format json` prints: always the same keys in the same order, for the same report the same bytes. */
export function toReviewJson(report: ReviewReport): string {
  return print(shaped(REVIEW)(report))
}

/** What `audit --format json` prints. */
export function toAuditJson(report: AuditReport): string {
  return print(shaped(AUDIT)(report))
}

/**
 * JSON with two spaces. What a terminal or a workflow log would act on (control characters, `##[`) stands as `\u…`, which any reader
 * of JSON turns back.
 */
export function print(value: unknown): string {
  const json = JSON.stringify(value, null, 2)
  return `${json.replace(UNSAFE_IN_A_LOG, escapeUnits).replaceAll('##[', '##\\u005b')}\n`
}

/** C1 controls, line separators, bidirectional controls and other invisible characters. C0 is escaped by JSON itself. */
const UNSAFE_IN_A_LOG = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

function escapeUnits(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

type Field<T> = (value: T) => unknown
/** A field for each key of T, in the order in which they are printed; the compiler complains about one that is missing. */
type Shape<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> }

function shaped<T extends object>(shape: Shape<T>): Field<T> {
  const keys = Object.keys(shape) as (keyof T & string)[]
  return (value) => {
    const result: Record<string, unknown> = {}
    for (const key of keys) {
      const field = value[key]
      if (field !== undefined) result[key] = (shape[key] as Field<unknown>)(field)
    }
    return result
  }
}

function each<T>(field: Field<T>): Field<readonly T[]> {
  return (list) => list.map(field)
}

const same: Field<unknown> = (value) => value

const CONNECTION: Shape<ConnectionChange> = {
  from: same,
  to: same,
  before: same,
  after: same,
  certain: same,
  via: shaped<NonNullable<ConnectionChange['via']>>({ before: same, after: same }),
  states: same,
  cause: shaped<NonNullable<ConnectionChange['cause']>>({
    file: same,
    line: same,
    resource: same,
    why: same,
    side: same,
  }),
}

const CONNECTIONS: Shape<ConnectionChanges> = {
  added: each(shaped(CONNECTION)),
  removed: each(shaped(CONNECTION)),
  changed: each(shaped(CONNECTION)),
}

const PACKET: Shape<Packet> = {
  from: same,
  to: same,
  sourceAddress: same,
  destinationAddress: same,
  protocol: same,
  port: same,
  name: same,
}

const STEP: Shape<PathStep> = { layer: same, verdict: same, rule: same, resource: same, file: same, line: same }

const PATCH: Shape<Patch> = {
  files: each(shaped<Patch['files'][number]>({ path: same, diff: same })),
  verified: same,
  suggestion: shaped<NonNullable<Patch['suggestion']>>({ file: same, startLine: same, endLine: same, text: same }),
  summary: same,
}

const ELSEWHERE: Shape<ElsewhereChoice> = { layer: same, what: same, cost: same }
const CHOICE: Shape<Choice> = { layer: same, what: same, cost: same, files: PATCH.files }

const WITNESS = shaped<Witness>({ packet: shaped(PACKET), path: each(shaped(STEP)) })

const PLACE: Shape<FindingPlace> = {
  file: same,
  line: same,
  endLine: same,
  side: same,
  states: same,
  witness: WITNESS,
  patch: shaped(PATCH),
  fingerprint: same,
}

const FINDING: Shape<Finding> = {
  rule: same,
  concepts: same,
  severity: same,
  status: same,
  title: same,
  message: same,
  resource: same,
  file: same,
  line: same,
  endLine: same,
  side: same,
  layer: same,
  witness: WITNESS,
  patch: shaped(PATCH),
  choices: each(shaped(CHOICE)),
  elsewhere: each(shaped(ELSEWHERE)),
  decide: same,
  states: same,
  places: each(shaped(PLACE)),
  fingerprint: same,
  suppressed: shaped<NonNullable<Finding['suppressed']>>({ reason: same, expires: same }),
}

const SUMMARY: Shape<ReviewSummary> = {
  introduced: same,
  worsened: same,
  fixed: same,
  improved: same,
  existing: same,
  suppressed: same,
  verdict: same,
  reason: same,
}

const COVERAGE: Shape<Coverage> = {
  units: each(shaped<CoveredUnit>({ kind: same, path: same, environment: same, state: same, resources: same })),
  notAnalysed: each(shaped<NotAnalysed>({ file: same, line: same, reason: same, changed: same })),
  notes: same,
}

const TREE = shaped<ReviewReport['base']>({ tree: same })

const REVIEW: Shape<ReviewReport> = {
  schemaVersion: same,
  base: TREE,
  head: TREE,
  summary: shaped(SUMMARY),
  connections: shaped(CONNECTIONS),
  exposure: shaped<ReviewReport['exposure']>({ ingress: shaped(CONNECTIONS), egress: shaped(CONNECTIONS) }),
  findings: each(shaped(FINDING)),
  proposedSuppressions: each(
    shaped<ProposedSuppression>({ rule: same, reason: same, expires: same, file: same, line: same }),
  ),
  coverage: shaped(COVERAGE),
}

const AUDIT: Shape<AuditReport> = {
  schemaVersion: same,
  head: TREE,
  summary: shaped(SUMMARY),
  findings: each(shaped(FINDING)),
  coverage: shaped(COVERAGE),
}
