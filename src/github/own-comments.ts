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

/**
 * Whether a comment already tells a reader what `body` would: the marker is not shown, GitHub may store other line ends, the link
 * to the run leads to the same report, and what was fixed since an earlier push stays true of the same head.
 */
export function readsAs(comment: Comment, body: string): boolean {
  return readable(comment.body) === readable(body)
}

function readable(body: string): string {
  return body
    .replaceAll('\r\n', '\n')
    .replace(/^<!-- ringfence:[^\n]*-->\n*/, '')
    .replace(/\/actions\/runs\/\d+/g, '/actions/runs/0')
    .replace(/ · since the last push: [\d,]+ fixed/, '')
    .replace(/ \(was: [^()\n]*; fixed\)/, '')
    .trim()
}
