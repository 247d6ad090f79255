import { isNewer, type Run } from './environment.ts'
import type { Comment, Host } from './host.ts'
import { isOwn, readSummaryMarker, readsAs, writeSummaryMarker } from './markers.ts'

/** When the one summary comment is created; once it is there it is kept true whatever this says, `never` excepted. */
export const COMMENT_MODES = ['changes', 'on-failure', 'always', 'never'] as const
export type CommentMode = (typeof COMMENT_MODES)[number]

/** What is to stand in the summary comment. */
export interface SummaryComment {
  readonly pullRequest: number
  readonly key: string
  /** The head that was judged, and by which run. */
  readonly head: string
  readonly run: Run
  /** Without the marker: the review, or the short resolved state. */
  readonly body: string
  /** Whether a comment is created where none is. */
  readonly create: boolean
}

export interface SummaryPosted {
  readonly what: 'created' | 'updated' | 'unchanged' | 'none' | 'stale'
  /** Where it can be read. */
  readonly url?: string
}

/**
 * Creates the comment or brings it up to date; writes nothing where it already reads so, and nothing where the pull request has
 * moved on or a newer run has spoken (`stale`).
 */
export async function postSummaryComment(host: Host, comment: SummaryComment): Promise<SummaryPosted> {
  const { pullRequest, key, head, run } = comment
  const marked = (await host.comments(pullRequest)).filter((found) => readSummaryMarker(found.body)?.key === key)
  if (marked.length === 0 && !comment.create) return { what: 'none' }
  const viewer = marked.length === 0 ? '' : await host.viewer()
  const existing = marked.find((found) => isOwn(found.author, viewer))
  if (existing === undefined && !comment.create) return { what: 'none' }
  if (existing !== undefined && readsAs(existing, comment.body)) return { what: 'unchanged', url: existing.url }
  if (existing !== undefined && spokenByNewer(existing, head, run)) return { what: 'stale', url: existing.url }
  // As late as possible: a push while we were analysing makes all of this old.
  if ((await host.pullRequest(pullRequest)).head !== head) return { what: 'stale' }
  const body = `${writeSummaryMarker({ key, head, run })}\n${comment.body}`
  if (existing === undefined) return { what: 'created', url: (await host.createComment(pullRequest, body)).url }
  return { what: 'updated', url: (await host.updateComment(existing.id, body)).url }
}

/** Of an older head every run may say more; of the same head only a run that is not older. */
function spokenByNewer(comment: Comment, head: string, run: Run): boolean {
  const marker = readSummaryMarker(comment.body)
  return marker !== undefined && marker.head === head && isNewer(marker.run, run)
}
