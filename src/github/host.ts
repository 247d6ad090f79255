import type { TreeEntry } from '../source/tree.ts'

/**
 * The part of GitHub that a review needs. `octokit-host.ts` speaks to GitHub, `memory-host.ts` keeps everything in memory for tests.
 *
 * Every call may fail with a {@link HostError}. Lists are whole: the implementation pages.
 */
export interface Host {
  pullRequest(number: number): Promise<PullRequest>
  /** Open pull requests from a branch, given as `owner:branch`. */
  pullRequestsFrom(branch: string): Promise<readonly PullRequest[]>
  /** The first 3,000: GitHub lists no more. Source: docs.github.com/rest/pulls/pulls#list-pull-requests-files */
  changedFiles(pullRequest: number): Promise<readonly ChangedFile[]>

  comments(pullRequest: number): Promise<readonly Comment[]>
  createComment(pullRequest: number, body: string): Promise<Comment>
  updateComment(id: number, body: string): Promise<Comment>

  reviewComments(pullRequest: number): Promise<readonly ReviewComment[]>
  /** All comments or none: GitHub refuses the whole review (422) for one comment that is off the diff. */
  createReview(pullRequest: number, review: NewReview): Promise<void>
  updateReviewComment(id: number, body: string): Promise<void>
  deleteReviewComment(id: number): Promise<void>
  /** Folds the comment away as resolved. */
  minimizeComment(nodeId: string): Promise<void>
  /** Login of the token's owner: `github-actions[bot]`. */
  viewer(): Promise<string>

  /** Commit id of a ref given without `refs/`: `pull/7/merge`. */
  refCommit(ref: string): Promise<string>
  /** Parents in git's order: of a merge, the branch merged into stands first. */
  parents(commit: string): Promise<readonly string[]>
  mergeBase(base: string, head: string): Promise<string>
  blob(id: string): Promise<Uint8Array>
  /** Every entry of the commit's tree. GitHub cuts the list at 100,000 entries or 7 MB; a cut list is an error. */
  entries(commit: string): Promise<readonly TreeEntry[]>
  /** The commit's files as a gzipped tar. */
  tarball(commit: string): Promise<Uint8Array>
}

export interface PullRequest {
  readonly number: number
  readonly state: 'open' | 'closed'
  readonly head: string
  /** `owner/name`; empty where the fork was deleted. */
  readonly headRepository: string
  readonly fork: boolean
  readonly author: string
  /** Commit that the base branch stood at when the pull request was last pushed to; the test merge's first parent may be newer. */
  readonly base: string
  /** Null while GitHub still works it out; undefined where the answer does not tell. */
  readonly mergeable: boolean | null | undefined
}

export interface ChangedFile {
  readonly path: string
  /** Blob id on the head side. */
  readonly id: string
  readonly status: string
  /** Hunks of the diff from the merge base to the head; absent when the file is binary or the diff too large. */
  readonly patch?: string
}

export interface Author {
  readonly login: string
  readonly bot: boolean
}

export interface Comment {
  readonly id: number
  readonly body: string
  readonly author: Author
  readonly url: string
}

export interface ReviewComment extends Comment {
  readonly nodeId: string
  readonly path: string
  /** 1-based line of the head that the last line of the comment stands at; undefined once the line is gone from the diff. */
  readonly line?: number
  readonly startLine?: number
  /** Id of the comment that this one answers. */
  readonly replyTo?: number
}

export interface NewReview {
  /** The head that was judged. */
  readonly commit: string
  readonly body: string
  readonly comments: readonly NewReviewComment[]
}

/** A comment on lines of the head that the diff shows as added or as context. */
export interface NewReviewComment {
  readonly path: string
  readonly line: number
  /** Less than `line`; absent for one line. */
  readonly startLine?: number
  readonly body: string
}

/**
 * - `forbidden`: the token may not do this (401, 403).
 * - `rate-limit`: too many requests, after the retries (403 or 429).
 * - `not-found`, `refused` (422): what was asked for is not there, or is not as GitHub wants it.
 * - `unavailable`: 5xx, a broken connection, no answer in time.
 */
export type HostErrorKind = 'forbidden' | 'rate-limit' | 'not-found' | 'refused' | 'unavailable'

/** A request to GitHub that failed for good. */
export class HostError extends Error {
  override readonly name = 'HostError'
  readonly kind: HostErrorKind

  constructor(kind: HostErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
