import { createHash } from 'node:crypto'
import { parseFindingMarker } from '../report/markdown/marker.ts'
import type { Author, Comment } from './host.ts'

/**
 * Whether the token's owner wrote it. Our comments start with a marker that anybody can copy, so the author decides too. Of an app
 * GraphQL gives the login with or without the `[bot]` that REST always has, and a user may have the name without it.
 */
export function isOwn(author: Author, viewer: string): boolean {
  return author.login === viewer || (author.bot && author.login === `${viewer}[bot]`)
}

/** What a comment on a line is about: the finding, as one instance of the action on the pull request sees it. */
export interface InlineSubject {
  readonly key: string
  readonly fingerprint: string
  /** The comment says that its finding is gone. */
  readonly fixed: boolean
}

/** The subject as the marker of a comment on a line names it: `default.7d1c…`, `default.7d1c….fixed`. */
export function toSubjectId({ key, fingerprint, fixed }: InlineSubject): string {
  return `${key}.${fingerprint}${fixed ? '.fixed' : ''}`
}

export function readSubject(body: string): InlineSubject | undefined {
  const match = /^(.+)\.([0-9a-f]+)(\.fixed)?$/.exec(parseFindingMarker(body) ?? '')
  return match === null ? undefined : { key: match[1]!, fingerprint: match[2]!, fixed: match[3] !== undefined }
}

/** Whether a comment reads as `body` does: GitHub may store other line ends. */
export function readsAs(comment: Comment, body: string): boolean {
  return withUnixLines(comment.body) === withUnixLines(body)
}

/**
 * The last line of a summary comment: a digest of what it says about the change, and one of all that stands above.
 *
 * The text names the run and what was fixed since an earlier push, which the next run of the same head cannot know. By the first
 * digest it knows that it has nothing else to say, by the second that nobody has edited the text since.
 */
export function seal(body: string, says: string): string {
  return `${body.trimEnd()}\n<!-- ringfence:seal ${digest(withoutRun(says))} ${digest(body)} -->\n`
}

/** Whether a sealed comment says this, untouched. */
export function isSealed(comment: Comment, says: string): boolean {
  const match = /^([\s\S]*)\n<!-- ringfence:seal (\w+) (\w+) -->\s*$/.exec(withUnixLines(comment.body))
  return match !== null && match[2] === digest(withoutRun(says)) && match[3] === digest(match[1]!)
}

function withoutRun(body: string): string {
  return body.replace(/^<!-- ringfence:[^\n]*-->\n/, '').replace(/\/actions\/runs\/\d+/g, '/actions/runs/0')
}

function digest(text: string): string {
  return createHash('sha256').update(withUnixLines(text)).digest('hex').slice(0, 16)
}

function withUnixLines(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}
