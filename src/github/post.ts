import type { SummaryMarker } from '../report/markdown/marker.ts'
import type { Run } from './environment.ts'
import type { PullRequestRef } from './event.ts'
import { type Host, HostError } from './host.ts'
import { type InlineComments, type InlinePosted, postInlineComments } from './inline-comments.ts'
import { postSummaryComment, type SummaryPosted } from './summary-comment.ts'

/** What one run has to say on a pull request. */
export interface Posting {
  readonly pullRequest: PullRequestRef
  readonly key: string
  readonly run: Run
  /** Whether the summary comment is created where there is none. */
  readonly create: boolean
  /** The summary comment, told how many findings have a comment on a line, so that the two never disagree. */
  summary(inline: number, previous: SummaryMarker | undefined): string
  /** Absent where comments on lines are to be left alone. */
  readonly inline?: Pick<InlineComments, 'tree' | 'candidates' | 'limit' | 'renderFixed'>
}

export interface Posted {
  readonly summary: SummaryPosted
  readonly inline?: InlinePosted
  /** For the log: what could not be posted, and why. */
  readonly problems: readonly string[]
}

/**
 * Posts what can be posted. Never throws a {@link HostError}: the verdict stands whether or not anybody could be told, and what
 * a read-only token keeps from the pull request is in the job summary, the annotations and the outputs.
 */
export async function postReview(host: Host, posting: Posting): Promise<Posted> {
  const problems: string[] = []
  const { pullRequest, key, run, create } = posting
  const inline = await orProblem(() => postInline(host, posting))
  if (inline instanceof HostError) problems.push(explain(inline, pullRequest))
  // What may not review may not comment either; other failures may pass.
  if (inline instanceof HostError && inline.kind === 'forbidden') return { summary: { what: 'none' }, problems }
  const placed = inline instanceof HostError ? NO_INLINE : inline
  if (placed.refused) problems.push('GitHub refused the comments on lines; their findings are in the summary comment')

  const render = (previous: SummaryMarker | undefined) => posting.summary(placed.findings, previous)
  const comment = { pullRequest: pullRequest.number, key, run, head: pullRequest.head, create, render }
  const summary = await orProblem(() => postSummaryComment(host, comment))
  if (summary instanceof HostError) problems.push(explain(summary, pullRequest))
  const posted: SummaryPosted = summary instanceof HostError ? { what: 'none' } : summary
  if (posted.what === 'stale' || placed.stale) {
    problems.push('the pull request has moved on, or a newer run has spoken: its comments are left to that run')
  }
  return { summary: posted, inline: placed, problems }
}

const NO_INLINE: InlinePosted = { standing: 0, findings: 0, created: 0, fixed: 0, refused: false, stale: false }

async function postInline(host: Host, { pullRequest, key, inline }: Posting): Promise<InlinePosted> {
  if (inline === undefined) return NO_INLINE
  return postInlineComments(host, { ...inline, pullRequest: pullRequest.number, key, head: pullRequest.head })
}

async function orProblem<T>(run: () => Promise<T>): Promise<T | HostError> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof HostError) return error
    throw error
  }
}

function explain(error: HostError, { fork, author }: PullRequestRef): string {
  if (error.kind !== 'forbidden') return error.message
  const who = fork
    ? 'a pull request from a fork has a token that may only read'
    : author === 'dependabot[bot]'
      ? 'a pull request of Dependabot has a token that may only read'
      : 'the job needs "permissions: pull-requests: write"'
  return `nothing is posted on the pull request, for ${who}; see the job summary (${error.message})`
}
