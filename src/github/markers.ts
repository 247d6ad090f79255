import type { Run } from './environment.ts'
import type { Author, Comment } from './host.ts'

/**
 * Our comments begin with an HTML comment by which they are found again. Anybody can write one, so a comment is ours only when
 * its author is the token's owner too, and what a marker says beside the key decides nothing but whether to stay silent.
 */
export interface SummaryMarker {
  /** Tells apart several instances of the action on one pull request. */
  readonly key: string
  /** Head commit the text is about. */
  readonly head: string
  readonly run: Run
}

export function writeSummaryMarker({ key, head, run }: SummaryMarker): string {
  return `<!-- ringfence:v1 key=${key} head=${head} run=${run.id}.${run.attempt} -->`
}

export function readSummaryMarker(body: string): SummaryMarker | undefined {
  const match = /^<!-- ringfence:v1 key=([\w.-]+) head=([0-9a-f]+) run=(\d{1,15})\.(\d{1,9}) -->/.exec(body)
  if (match === null) return undefined
  const [, key, head, id, attempt] = match as unknown as readonly [string, string, string, string, string]
  return { key, head, run: { id: Number(id), attempt: Number(attempt) } }
}

/** A key as a marker can hold it. */
export const COMMENT_KEY = /^[\w.-]{1,64}$/

export interface FindingMarker {
  readonly key: string
  readonly fingerprint: string
  /** The comment says that its finding is gone. */
  readonly fixed: boolean
}

export function writeFindingMarker({ key, fingerprint, fixed }: FindingMarker): string {
  return `<!-- ringfence:finding v1 key=${key} fp=${fingerprint}${fixed ? ' fixed' : ''} -->`
}

export function readFindingMarker(body: string): FindingMarker | undefined {
  const match = /^<!-- ringfence:finding v1 key=([\w.-]+) fp=([0-9a-f]+)( fixed)? -->/.exec(body)
  return match === null ? undefined : { key: match[1]!, fingerprint: match[2]!, fixed: match[3] !== undefined }
}

/** The body without its first line, where that is a marker. */
export function withoutMarker(body: string): string {
  const text = body.replaceAll('\r\n', '\n')
  return text.startsWith('<!-- ringfence:') ? text.slice(text.indexOf('\n') + 1) : text
}

/** Equal to a reader: GitHub may store other line ends, and the marker is not shown. */
export function readsAs(comment: Comment, body: string): boolean {
  return withoutMarker(comment.body).trim() === withoutMarker(body).trim()
}

/**
 * Whether the token's owner wrote it. Of an app GraphQL gives the login with or without the `[bot]` that REST always has, and a
 * user may have the name without it.
 */
export function isOwn(author: Author, viewer: string): boolean {
  return author.login === viewer || (author.bot && author.login === `${viewer}[bot]`)
}
