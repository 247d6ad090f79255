import { InputError } from '../base/problem.ts'

/**
 * What the runner tells a step about the run it belongs to.
 * Source: docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 */
export interface RunEnvironment {
  readonly repository: Repository
  readonly event: string
  /** Commit the event stands for: the test merge on `pull_request`. Empty where the runner gives none. */
  readonly sha: string
  /** `refs/heads/main`, `refs/pull/7/merge` … */
  readonly ref: string
  readonly run: Run
  /** Without a final slash; GitHub Enterprise Server has its own. */
  readonly apiUrl: string
  readonly serverUrl: string
  /** Folder of the check-out; it may be empty. */
  readonly workspace: string
}

export interface Repository {
  readonly owner: string
  readonly name: string
}

/** Ordered in time by `id`, then `attempt`: see {@link isNewer}. */
export interface Run {
  readonly id: number
  readonly attempt: number
}

type Variables = Readonly<Record<string, string | undefined>>

/** Throws an {@link InputError} where this is no runner's environment. */
export function readEnvironment(variables: Variables): RunEnvironment {
  const [owner, name, ...rest] = (variables['GITHUB_REPOSITORY'] ?? '').split('/')
  if (!owner || !name || rest.length > 0) {
    throw new InputError('GITHUB_REPOSITORY is not set to owner/name: the action runs in a GitHub workflow')
  }
  const event = variables['GITHUB_EVENT_NAME']
  if (!event) throw new InputError('GITHUB_EVENT_NAME is not set: the action runs in a GitHub workflow')
  return {
    repository: { owner, name },
    event,
    sha: variables['GITHUB_SHA'] ?? '',
    ref: variables['GITHUB_REF'] ?? '',
    run: { id: toCount(variables['GITHUB_RUN_ID']), attempt: toCount(variables['GITHUB_RUN_ATTEMPT']) },
    apiUrl: withoutSlash(variables['GITHUB_API_URL'] || 'https://api.github.com'),
    serverUrl: withoutSlash(variables['GITHUB_SERVER_URL'] || 'https://github.com'),
    workspace: variables['GITHUB_WORKSPACE'] || '.',
  }
}

/** `8123.1`: the run's id and its attempt, as the summary comment's marker holds them. */
export function formatRun({ id, attempt }: Run): string {
  return `${id}.${attempt}`
}

/** The run that {@link formatRun} wrote; one older than every other where the text is something else. */
export function parseRun(text: string): Run {
  const [id, attempt] = text.split('.')
  return { id: toCount(id), attempt: toCount(attempt) }
}

export function isNewer(a: Run, b: Run): boolean {
  return a.id > b.id || (a.id === b.id && a.attempt > b.attempt)
}

/** Where the run's job summary is read. */
export function runUrl(environment: RunEnvironment): string {
  const { owner, name } = environment.repository
  return `${environment.serverUrl}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/actions/runs/${environment.run.id}`
}

function toCount(text: string | undefined): number {
  const count = Number(text)
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
