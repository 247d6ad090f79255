import { parseSummaryMarker, type SummaryMarker } from '../report/markdown/marker.ts'
import { isNewer, parseRun, type Run } from './environment.ts'
import type { Comment, Host } from './host.ts'
import { isOwn, isSealed, seal } from './own-comments.ts'

/** What is to stand in the summary comment. */
export interface SummaryComment {
  readonly pullRequest: number
  /** Tells apart several instances of the action on one pull request. */
  readonly key: string
  /** The head that was judged, and by which run. */
  readonly head: string
  readonly run: Run
  /** Whether a comment is created where none is. */
  readonly create: boolean
  /** The comment, marker included: the review, or the short resolved state. `previous` is what the comment says so far. */
  render(previous: SummaryMarker | undefined): string
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
  const marked = (await host.comments(pullRequest)).filter(({ body }) => parseSummaryMarker(body, key) !== undefined)
  const viewer = marked.length === 0 ? '' : await host.viewer()
  const existing = marked.find(({ author }) => isOwn(author, viewer))
  if (existing === undefined && !comment.create) return { what: 'none' }
  const previous = existing && parseSummaryMarker(existing.body, key)
  const says = comment.render(undefined)
  if (existing !== undefined && isSealed(existing, says)) return { what: 'unchanged', url: existing.url }
  if (previous?.head === head && isNewer(parseRun(previous.run), run)) return { what: 'stale', ...urlOf(existing) }
  // As late as possible: a push while we were analysing makes all of this old.
  if ((await host.pullRequest(pullRequest)).head !== head) return { what: 'stale', ...urlOf(existing) }
  const body = seal(previous === undefined ? says : comment.render(previous), says)
  if (existing === undefined) return { what: 'created', url: (await host.createComment(pullRequest, body)).url }
  return { what: 'updated', url: (await host.updateComment(existing.id, body)).url }
}

function urlOf(comment: Comment | undefined): { readonly url?: string } {
  return comment === undefined ? {} : { url: comment.url }
}
