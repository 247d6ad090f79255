import { setTimeout as sleep } from 'node:timers/promises'
import { InputError } from '../base/problem.ts'
import { BlobStore } from '../source/blob-store.ts'
import { commitParents, ensureCommit, isPartialClone } from '../source/commits.ts'
import { findRevision } from '../source/git-tree.ts'
import { openTree } from '../source/open-tree.ts'
import { treeFromTarball } from '../source/tarball.ts'
import type { Tree } from '../source/tree.ts'
import type { PullRequestRef, ReviewPlan, Sides } from './event.ts'
import { type Host, HostError, type PullRequest } from './host.ts'

/** Where versions are read from. */
export interface TreeSource {
  /** Folder of the check-out. It may hold no clone: then GitHub's API serves. */
  readonly workspace: string
  /** For fetching what the clone lacks. */
  readonly token?: string
  /** Made when it is first needed; absent where there is no token. */
  readonly host?: () => Promise<Host>
  /** First pause while GitHub works out whether a pull request can be merged; it doubles. */
  readonly pauseMs?: number
}

export interface ReviewTrees {
  readonly base: Tree
  readonly head: Tree
  readonly baseCommit: string
  readonly headCommit: string
  /** Known from the plan, or found on the way. */
  readonly pullRequest?: PullRequestRef
  /** What a reader must know of the choice of the two sides: sentences of ours, with commit ids at most. */
  readonly notes: readonly string[]
}

/**
 * Opens the two versions that a plan names. Git objects are read, never the work tree; the base is the first parent of the test
 * merge, since `base.sha` of the event goes stale and would show other people's merges as part of the change.
 *
 * Throws an {@link InputError} or a {@link HostError} where a version cannot be had: then nothing can be decided.
 */
export async function openReviewTrees(plan: ReviewPlan, source: TreeSource): Promise<ReviewTrees> {
  const { base, head, notes, pullRequest = plan.pullRequest } = await resolveSides(plan.sides, source)
  const store = new BlobStore()
  const trees = await Promise.all([openCommit(base, source, store), openCommit(head, source, store)])
  return {
    base: trees[0],
    head: trees[1],
    baseCommit: base,
    headCommit: head,
    notes,
    ...(pullRequest !== undefined && { pullRequest }),
  }
}

/** Opens the one version that an audit judges. */
export async function openAuditTree(
  revision: string,
  source: TreeSource,
): Promise<{ readonly tree: Tree; readonly commit: string }> {
  const commit = await resolveRevision(revision, source)
  return { tree: await openCommit(commit, source, new BlobStore()), commit }
}

interface ResolvedSides {
  readonly base: string
  readonly head: string
  readonly notes: readonly string[]
  readonly pullRequest?: PullRequestRef
}

async function resolveSides(sides: Sides, source: TreeSource): Promise<ResolvedSides> {
  switch (sides.kind) {
    case 'test-merge': {
      const parents = await parentsOf(sides.merge, source)
      if (parents.length === 2 && parents[1] === sides.head) return { base: parents[0]!, head: sides.merge, notes: [] }
      const { base } = await (await needHost(source)).pullRequest(sides.number)
      return sinceMergeBase(base, sides.head, source, `${sides.merge} is not the test merge of this pull request`)
    }
    case 'merge-ref':
      return resolveMergeRef(sides.number, sides.head, source)
    case 'commits':
      return {
        base: await resolveRevision(sides.base, source),
        head: await resolveRevision(sides.head, source),
        notes: [],
      }
    case 'merge-base': {
      const base = await (await needHost(source)).mergeBase(sides.base, sides.head)
      return {
        base,
        head: sides.head,
        notes: [`The branch is new: it is compared with ${base}, where it left the default branch.`],
      }
    }
    case 'pull-request-of': {
      const pullRequest = await findPullRequest(sides, source)
      return { ...(await resolveMergeRef(pullRequest.number, pullRequest.head, source)), pullRequest }
    }
  }
}

/** How often GitHub is asked whether a pull request can be merged: it works that out when it is asked. */
const MERGEABLE_TRIES = 5

async function resolveMergeRef(number: number, head: string, source: TreeSource): Promise<ResolvedSides> {
  const host = await needHost(source)
  let pullRequest = await host.pullRequest(number)
  for (let tries = 1; pullRequest.mergeable === null && tries < MERGEABLE_TRIES; tries++) {
    await sleep((source.pauseMs ?? 1_000) * 2 ** (tries - 1))
    pullRequest = await host.pullRequest(number)
  }
  if (pullRequest.mergeable === false) {
    return sinceMergeBase(pullRequest.base, head, source, 'The pull request conflicts with its base')
  }
  const merge = await findRef(host, `pull/${number}/merge`)
  const parents = merge === undefined ? [] : await host.parents(merge)
  if (merge !== undefined && parents.length === 2 && parents[1] === head)
    return { base: parents[0]!, head: merge, notes: [] }
  return sinceMergeBase(pullRequest.base, head, source, 'GitHub has no test merge of this head')
}

async function sinceMergeBase(base: string, head: string, source: TreeSource, why: string): Promise<ResolvedSides> {
  const mergeBase = await (await needHost(source)).mergeBase(base, head)
  const note = `${why}, so the head was compared with ${mergeBase}, where it left the base branch, and not with what a merge would give.`
  return { base: mergeBase, head, notes: [note] }
}

async function findPullRequest(
  { head, headRepository, headBranch }: Extract<Sides, { kind: 'pull-request-of' }>,
  source: TreeSource,
): Promise<PullRequestRef> {
  const owner = headRepository.split('/')[0] ?? ''
  const open = await (await needHost(source)).pullRequestsFrom(`${owner}:${headBranch}`)
  const isIt = (found: PullRequest) =>
    found.state === 'open' && found.head === head && found.headRepository === headRepository
  const found = open.find(isIt)
  if (found === undefined) throw new InputError(`no open pull request has the head ${head}`)
  return { number: found.number, head, fork: found.fork, author: found.author }
}

const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** The commit that a branch, a tag or an id means: the clone is asked first, then GitHub. */
async function resolveRevision(revision: string, source: TreeSource): Promise<string> {
  if (COMMIT_ID.test(revision)) return revision
  if (revision === '') throw new InputError('the run names no commit: set head-ref')
  const short = revision.replace(/^refs\/(?:heads|tags)\//, '')
  for (const name of [revision, `origin/${short}`]) {
    const found = inClone(() => findRevision(source.workspace, name))
    if (found?.commit !== undefined) return found.commit
  }
  if (source.host !== undefined) {
    const host = await source.host()
    for (const ref of [`heads/${short}`, `tags/${short}`]) {
      const commit = await findRef(host, ref)
      if (commit !== undefined) return commit
    }
  }
  throw new InputError(`${JSON.stringify(revision)} is neither a branch, a tag nor a commit of this repository`)
}

async function findRef(host: Host, ref: string): Promise<string | undefined> {
  try {
    return await host.refCommit(ref)
  } catch (error) {
    if (error instanceof HostError && error.kind === 'not-found') return undefined
    throw error
  }
}

async function parentsOf(commit: string, source: TreeSource): Promise<readonly string[]> {
  const parents = inClone(() => commitParents(source.workspace, commit))
  return parents ?? (await needHost(source)).parents(commit)
}

/** From the clone, which fetches a commit that it lacks; where that fails too, or contents may be missing, from GitHub's API, two calls. */
async function openCommit(commit: string, source: TreeSource, store: BlobStore): Promise<Tree> {
  const local = source.host === undefined || !inClone(() => isPartialClone(source.workspace))
  if (local) {
    const { workspace, token } = source
    try {
      ensureCommit(workspace, commit, token === undefined ? {} : { token })
      return openTree(commit, { repo: workspace, store })
    } catch (error) {
      if (!(error instanceof InputError) || source.host === undefined) throw error
    }
  }
  const host = await needHost(source)
  // `.gitattributes` can hide a file from the archive, so the listing says what must be there.
  const listing = await host.entries(commit)
  return treeFromTarball(commit, await host.tarball(commit), { store, listing })
}

function inClone<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

async function needHost(source: TreeSource): Promise<Host> {
  if (source.host === undefined) {
    throw new InputError('GitHub must be asked for the two sides to compare: give this action its "github-token"')
  }
  return source.host()
}
