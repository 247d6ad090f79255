import type { TreeEntry } from '../source/tree.ts'
import {
  type ChangedFile,
  type Comment,
  type Host,
  HostError,
  type NewReview,
  type PullRequest,
  type ReviewComment,
} from './host.ts'

/** What a {@link MemoryHost} starts with; everything may be left out. */
export interface MemoryState {
  readonly pullRequests?: readonly PullRequest[]
  readonly files?: readonly ChangedFile[]
  readonly comments?: readonly Comment[]
  readonly reviewComments?: readonly ReviewComment[]
  readonly refs?: ReadonlyMap<string, string>
  readonly parents?: ReadonlyMap<string, readonly string[]>
  readonly mergeBase?: string
  readonly blobs?: ReadonlyMap<string, string>
  readonly entries?: ReadonlyMap<string, readonly TreeEntry[]>
  readonly tarballs?: ReadonlyMap<string, Uint8Array>
  readonly viewer?: string
  /** Fails a call, named as in {@link Host}, in place of carrying it out. */
  readonly fail?: (call: keyof Host) => HostError | undefined
}

/** A host that keeps everything in memory, and what was asked of it. */
export interface MemoryHost extends Host {
  /** Names of all calls, in order. */
  readonly calls: readonly (keyof Host)[]
  readonly reviews: readonly NewReview[]
  readonly minimized: ReadonlySet<string>
}

/** The twin of the Octokit host for tests: no network, the same answers and the same refusals. */
export function createMemoryHost(state: MemoryState = {}): MemoryHost {
  const viewer = state.viewer ?? 'github-actions[bot]'
  const author = { login: viewer, bot: viewer.endsWith('[bot]') }
  const comments = [...(state.comments ?? [])]
  let reviewComments = [...(state.reviewComments ?? [])]
  const calls: (keyof Host)[] = []
  const reviews: NewReview[] = []
  const minimized = new Set<string>()
  let lastId = 1_000

  const answer = async <T>(call: keyof Host, give: () => T | undefined): Promise<T> => {
    calls.push(call)
    const failure = state.fail?.(call)
    if (failure !== undefined) throw failure
    const given = give()
    if (given === undefined) throw new HostError('not-found', `${call}: there is none`)
    return given
  }

  return {
    calls,
    reviews,
    minimized,
    pullRequest: (number) => answer('pullRequest', () => state.pullRequests?.find((one) => one.number === number)),
    pullRequestsFrom: (branch) =>
      answer('pullRequestsFrom', () =>
        (state.pullRequests ?? []).filter((one) => one.headRepository.startsWith(`${branch.split(':')[0]}/`)),
      ),
    changedFiles: () => answer('changedFiles', () => state.files ?? []),
    comments: () => answer('comments', () => [...comments]),
    createComment: (number, body) =>
      answer('createComment', () => {
        const id = ++lastId
        const comment = { id, body, author, url: `memory:${number}/${id}` }
        comments.push(comment)
        return comment
      }),
    updateComment: (id, body) =>
      answer('updateComment', () => {
        const at = comments.findIndex((comment) => comment.id === id)
        const found = comments[at]
        if (found === undefined) return undefined
        comments[at] = { ...found, body }
        return comments[at]
      }),
    reviewComments: () => answer('reviewComments', () => [...reviewComments]),
    createReview: (_, review) =>
      answer('createReview', () => {
        reviews.push(review)
        for (const comment of review.comments) {
          const id = ++lastId
          reviewComments.push({ ...comment, id, author, nodeId: `node-${id}`, url: `memory:${id}` })
        }
        return null
      }).then(() => {}),
    updateReviewComment: (id, body) =>
      answer('updateReviewComment', () => {
        const found = reviewComments.find((comment) => comment.id === id)
        reviewComments = reviewComments.map((comment) => (comment === found ? { ...comment, body } : comment))
        return found
      }).then(() => {}),
    deleteReviewComment: (id) =>
      answer('deleteReviewComment', () => {
        const found = reviewComments.find((comment) => comment.id === id)
        reviewComments = reviewComments.filter((comment) => comment !== found)
        return found
      }).then(() => {}),
    minimizeComment: (nodeId) => answer('minimizeComment', () => minimized.add(nodeId)).then(() => {}),
    viewer: () => answer('viewer', () => viewer),
    refCommit: (ref) => answer('refCommit', () => state.refs?.get(ref)),
    parents: (commit) => answer('parents', () => state.parents?.get(commit)),
    mergeBase: () => answer('mergeBase', () => state.mergeBase),
    blob: (id) =>
      answer('blob', () => {
        const text = state.blobs?.get(id)
        return text === undefined ? undefined : Buffer.from(text)
      }),
    entries: (commit) => answer('entries', () => state.entries?.get(commit)),
    tarball: (commit) => answer('tarball', () => state.tarballs?.get(commit)),
  }
}
