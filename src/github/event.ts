import { InputError } from '../base/problem.ts'
import type { RunEnvironment } from './environment.ts'

/** What one run has to do. */
export type Plan = ReviewPlan | AuditPlan | NothingPlan

/** Compare two versions. */
export interface ReviewPlan {
  readonly kind: 'review'
  readonly sides: Sides
  /** Where to post; absent where nothing is ever posted (push, merge queue, a comparison asked for by hand). */
  readonly pullRequest?: PullRequestRef
}

/** Judge one version. */
export interface AuditPlan {
  readonly kind: 'audit'
  /** Commit id, branch or tag. */
  readonly revision: string
}

/** There is nothing to judge: a branch was deleted, a pull request closed. */
interface NothingPlan {
  readonly kind: 'nothing'
  readonly reason: string
}

export interface PullRequestRef {
  readonly number: number
  /** The commit that was pushed, not the test merge. */
  readonly head: string
  readonly fork: boolean
  /** Login of who opened it; empty where the event does not say. */
  readonly author: string
  /** Branch that it is to be merged into, where the event says. */
  readonly baseRef?: string
}

/** How the two versions are named before anything was asked of git or the API. */
export type Sides =
  /** `merge` is the test merge of `pull_request`; its first parent is the base. */
  | { readonly kind: 'test-merge'; readonly merge: string; readonly head: string; readonly number: number }
  /** The test merge is to be asked for: the event runs in the context of the default branch. */
  | { readonly kind: 'merge-ref'; readonly head: string; readonly number: number }
  | { readonly kind: 'commits'; readonly base: string; readonly head: string }
  /** A new branch: what it adds to `base` since they parted. */
  | { readonly kind: 'merge-base'; readonly base: string; readonly head: string }
  /** The open pull request from this branch of this repository, if its head still is this commit. */
  | {
      readonly kind: 'pull-request-of'
      readonly head: string
      readonly headRepository: string
      readonly headBranch: string
    }

export interface PlanInputs {
  readonly mode?: 'auto' | 'pr' | 'audit' | undefined
  readonly baseRef?: string | undefined
  readonly headRef?: string | undefined
}

/**
 * Decides from the event alone what is compared, and for which pull request. Pure.
 *
 * Source of what each event carries: docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 * Throws an {@link InputError} for events that say nothing of a version, and for payloads that lack what they must hold.
 */
export function planRun(environment: RunEnvironment, payload: unknown, inputs: PlanInputs = {}): Plan {
  if (inputs.mode === 'audit') return { kind: 'audit', revision: inputs.headRef ?? environment.sha }
  if (inputs.baseRef !== undefined) {
    const sides = { kind: 'commits', base: inputs.baseRef, head: inputs.headRef ?? environment.sha } as const
    const pullRequest = isPullRequestEvent(environment.event) ? pullRequestOf(payload) : undefined
    return { kind: 'review', sides, ...(pullRequest !== undefined && { pullRequest }) }
  }
  const plan = planOfEvent(environment, payload, inputs.headRef)
  if (inputs.mode === 'pr' && plan.kind !== 'review') {
    throw new InputError(
      `mode is pr, but the event ${environment.event} names no two versions: set base-ref, or use mode auto`,
    )
  }
  return plan
}

/** Whether the event's payload holds a pull request. */
function isPullRequestEvent(event: string): boolean {
  return event === 'pull_request' || event === 'pull_request_target'
}

function planOfEvent(environment: RunEnvironment, payload: unknown, headRef: string | undefined): Plan {
  switch (environment.event) {
    case 'pull_request': {
      const pullRequest = pullRequestOf(payload)
      if (text(payload, 'action') === 'closed') return { kind: 'nothing', reason: 'the pull request is closed' }
      const { number, head } = pullRequest
      return {
        kind: 'review',
        sides: { kind: 'test-merge', merge: commit(environment.sha), head, number },
        pullRequest,
      }
    }
    case 'pull_request_target': {
      const pullRequest = pullRequestOf(payload)
      if (text(payload, 'action') === 'closed') return { kind: 'nothing', reason: 'the pull request is closed' }
      const { number, head } = pullRequest
      return { kind: 'review', sides: { kind: 'merge-ref', head, number }, pullRequest }
    }
    case 'merge_group': {
      if (text(payload, 'action') === 'destroyed') return { kind: 'nothing', reason: 'the merge group is gone' }
      // A group may hold several pull requests and names only one, inside a ref: it is decided, and never commented.
      const base = commit(text(payload, 'merge_group', 'base_sha'))
      return {
        kind: 'review',
        sides: { kind: 'commits', base, head: commit(text(payload, 'merge_group', 'head_sha')) },
      }
    }
    case 'push':
      return planOfPush(payload)
    case 'workflow_run': {
      const event = text(payload, 'workflow_run', 'event')
      if (event !== 'pull_request') {
        return { kind: 'nothing', reason: `the workflow that ended was not started by a pull request, but by ${event}` }
      }
      // `pull_requests` is empty for forks, and an artifact's word is not to be trusted: the head finds the pull request.
      const head = commit(text(payload, 'workflow_run', 'head_sha'))
      const headRepository = text(payload, 'workflow_run', 'head_repository', 'full_name')
      const headBranch = text(payload, 'workflow_run', 'head_branch')
      return { kind: 'review', sides: { kind: 'pull-request-of', head, headRepository, headBranch } }
    }
    case 'workflow_dispatch':
    case 'schedule':
      return { kind: 'audit', revision: headRef ?? environment.sha }
    default:
      throw new InputError(
        `the event ${environment.event} is not served: use pull_request, pull_request_target, merge_group, push, schedule, workflow_dispatch or workflow_run, or set base-ref and head-ref`,
      )
  }
}

/** The id that stands for "no commit" in `before` and `after`. Source: git's null object id. */
const NO_COMMIT = /^0+$/

function planOfPush(payload: unknown): Plan {
  const ref = text(payload, 'ref')
  const before = text(payload, 'before')
  const after = text(payload, 'after')
  if (NO_COMMIT.test(after)) return { kind: 'nothing', reason: 'the ref was deleted' }
  const head = commit(after)
  if (!NO_COMMIT.test(before) && !ref.startsWith('refs/tags/')) {
    return { kind: 'review', sides: { kind: 'commits', base: commit(before), head } }
  }
  const defaultBranch = text(payload, 'repository', 'default_branch')
  if (!ref.startsWith('refs/heads/') || ref === `refs/heads/${defaultBranch}`) return { kind: 'audit', revision: head }
  return { kind: 'review', sides: { kind: 'merge-base', base: defaultBranch, head } }
}

function pullRequestOf(payload: unknown): PullRequestRef {
  const number = at(payload, 'pull_request', 'number')
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new InputError('the event names no pull request')
  }
  const headRepository = at(payload, 'pull_request', 'head', 'repo', 'full_name')
  return {
    number,
    head: commit(text(payload, 'pull_request', 'head', 'sha')),
    // A fork that was deleted meanwhile has no repository left.
    fork: headRepository !== at(payload, 'pull_request', 'base', 'repo', 'full_name'),
    author: text(payload, 'pull_request', 'user', 'login'),
    baseRef: text(payload, 'pull_request', 'base', 'ref'),
  }
}

/** SHA-1 or SHA-256 object id, whole. */
const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Nothing but a whole commit id goes from an event to git or into a URL. */
function commit(id: string): string {
  if (!COMMIT_ID.test(id) || NO_COMMIT.test(id)) throw new InputError('the event names no commit')
  return id
}

function text(payload: unknown, ...path: readonly string[]): string {
  const value = at(payload, ...path)
  return typeof value === 'string' ? value : ''
}

function at(payload: unknown, ...path: readonly string[]): unknown {
  let value = payload
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}
