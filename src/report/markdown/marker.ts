import type { Finding, Severity } from '../../rules/finding.ts'
import { SEVERITIES } from '../../rules/finding.ts'
import { isNew } from '../words.ts'

/**
 * What the summary comment says about itself in a comment of HTML, so that the next run finds it. Anybody can write one: it is believed
 * only in a comment of our own login, and never for the verdict.
 */
export interface SummaryMarker {
  /** Tells the instances of a repository with several apart. */
  readonly key: string
  /** Short or full id of the commit that was reviewed. */
  readonly head: string
  /** Run id and attempt, as `8123.1`: a newer run is not overwritten by an older one. */
  readonly run: string
  /** New findings that it reported, by severity. */
  readonly open: ReadonlyMap<Severity, number>
  /** Starts of the fingerprints of those findings, at most {@link MAX_FINGERPRINTS}. */
  readonly fingerprints: readonly string[]
}

const MAX_FINGERPRINTS = 50
const FINGERPRINT_LENGTH = 12

export function toSummaryMarker(
  identity: Pick<SummaryMarker, 'key' | 'head' | 'run'>,
  findings: readonly Finding[],
): SummaryMarker {
  const fresh = findings.filter(isNew)
  const open = new Map<Severity, number>()
  for (const severity of SEVERITIES) {
    const n = fresh.filter((finding) => finding.severity === severity).length
    if (n > 0) open.set(severity, n)
  }
  const fingerprints = fresh
    .slice(0, MAX_FINGERPRINTS)
    .map(({ fingerprint }) => fingerprint.slice(0, FINGERPRINT_LENGTH))
  return { ...identity, open, fingerprints }
}

export function formatSummaryMarker(marker: SummaryMarker): string {
  const open = [...marker.open].map(([severity, n]) => `${severity}:${n}`).join(',')
  const fields = [
    `key=${plain(marker.key) || 'default'}`,
    `head=${plain(marker.head)}`,
    `run=${plain(marker.run)}`,
    ...(open === '' ? [] : [`open=${open}`]),
    ...(marker.fingerprints.length === 0 ? [] : [`fp=${marker.fingerprints.map(plain).join(',')}`]),
  ]
  return `<!-- ringfence:v1 ${fields.join(' ')} -->`
}

/** The marker that a comment starts with; undefined where there is none, or one of another key. */
export function parseSummaryMarker(body: string, key: string): SummaryMarker | undefined {
  const match = /^<!-- ringfence:v1 ([A-Za-z0-9 =:,._-]{1,2000}) -->/.exec(body)
  if (match === null) return undefined
  const fields = new Map(
    match[1]!.split(' ').map((field): [string, string] => {
      const at = field.indexOf('=')
      return [field.slice(0, at), field.slice(at + 1)]
    }),
  )
  if (fields.get('key') !== (plain(key) || 'default')) return undefined
  const open = new Map<Severity, number>()
  for (const part of (fields.get('open') ?? '').split(',')) {
    const [name, n] = part.split(':')
    const severity = SEVERITIES.find((one) => one === name)
    if (severity !== undefined && /^\d{1,6}$/.test(n ?? '')) open.set(severity, Number(n))
  }
  return {
    key,
    head: fields.get('head') ?? '',
    run: fields.get('run') ?? '',
    open,
    fingerprints: (fields.get('fp') ?? '').split(',').filter((one) => one !== ''),
  }
}

/** How many of the findings of an earlier comment are gone: not new any more, nor in the base by now, nor suppressed. */
export function countFixedSince(previous: SummaryMarker, findings: readonly Finding[]): number {
  const present = findings.filter(({ status }) => status !== 'fixed')
  const now = new Set(present.map(({ fingerprint }) => plain(fingerprint.slice(0, FINGERPRINT_LENGTH))))
  return previous.fingerprints.filter((fingerprint) => !now.has(fingerprint)).length
}

export function formatFindingMarker(fingerprint: string): string {
  return `<!-- ringfence:finding v1 fp=${plain(fingerprint)} -->`
}

/** The fingerprint of the finding that an inline comment is about. */
export function parseFindingMarker(body: string): string | undefined {
  return /^<!-- ringfence:finding v1 fp=([A-Za-z0-9._-]{1,128}) -->/.exec(body)?.[1]
}

/** Nothing that could end the HTML comment or a field. */
function plain(value: string): string {
  return value
    .replace(/[^A-Za-z0-9._-]/g, '')
    .replace(/--+/g, '-')
    .slice(0, 128)
}
