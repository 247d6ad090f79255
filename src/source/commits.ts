import { InputError } from '../base/problem.ts'
import { runGit } from './git.ts'

/** Where to fetch a commit from that the clone lacks. */
export interface FetchFrom {
  /** Name of a remote or its URL; `origin` where absent. */
  readonly remote?: string
  /** The job's token. It is given to git by its environment, so no process list and no log holds it. */
  readonly token?: string
}

/**
 * Ids of a commit's parents, first parent first. The first parent of a pull request's test merge is the base branch as it
 * was merged with.
 *
 * Read from the commit object itself, so a depth-1 clone tells them too, although it lacks their trees.
 */
export function commitParents(repo: string, commit: string): readonly string[] {
  const object = readCommit(repo, commit)
  if (object === undefined) throw new InputError(`${repo} holds no commit ${JSON.stringify(commit)}`)
  const header = object.slice(0, object.indexOf('\n\n'))
  return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1]!)
}

/** Whether the clone holds the commit and the root of its tree. */
export function hasCommit(repo: string, id: string): boolean {
  requireId(id)
  const { stdout } = runGit({ repo, args: ['cat-file', '--batch-check'], input: `${id}^{commit}\n${id}^{tree}\n` })
  const lines = stdout.toString('utf8').split('\n')
  return / commit \d+$/.test(lines[0] ?? '') && / tree \d+$/.test(lines[1] ?? '')
}

/**
 * Whether the clone may lack contents of files, as after `git clone --filter` or a sparse check-out of actions/checkout. They are not
 * fetched when they are read: that would be a request for each file.
 */
export function isPartialClone(repo: string): boolean {
  return runGit({ repo, args: ['config', '--get-regexp', '^remote\\..*\\.promisor$', 'true'] }).ok
}

/**
 * Sees to it that the clone holds a commit with its tree: fetches it by its id, alone, when it is missing.
 *
 * No ref is written. Throws {@link InputError} that says what to put into the workflow when it is missing and cannot be
 * fetched.
 */
export function ensureCommit(repo: string, id: string, from: FetchFrom = {}): void {
  if (hasCommit(repo, id)) return
  const remote = from.remote ?? 'origin'
  const url = remoteUrl(repo, remote)
  // A path or file URL needs no token; anything else may, and without one GitHub refuses private repositories after a delay.
  if (url === undefined || (from.token === undefined && /^https?:/.test(url))) throw missingCommit(id)
  const { ok, stderr } = runGit({
    repo,
    args: [
      'fetch',
      '--depth=1',
      '--no-tags',
      // A partial clone would else fetch in part again.
      '--no-filter',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--refmap=',
      '--quiet',
      '--end-of-options',
      remote,
      id,
    ],
    config: authorization(url, from.token),
    protocols: 'https:http:ssh:file',
    timeoutMs: FETCH_TIMEOUT_MS,
  })
  if (!ok || !hasCommit(repo, id)) throw missingCommit(id, withoutSecrets(stderr, from.token))
}

/** A base of some hundred megabytes on a slow runner; beyond it the check should fail rather than hang. */
const FETCH_TIMEOUT_MS = 5 * 60_000

function readCommit(repo: string, name: string): string | undefined {
  if (name === '' || /[\n\r\0]/.test(name)) return undefined
  const { stdout } = runGit({ repo, args: ['cat-file', '--batch'], input: `${name}^{commit}\n` })
  const lineEnd = stdout.indexOf(0x0a)
  const size = / commit (\d+)$/.exec(stdout.toString('latin1', 0, Math.max(lineEnd, 0)))?.[1]
  return size === undefined ? undefined : stdout.toString('utf8', lineEnd + 1, lineEnd + 1 + Number(size))
}

/** The URL of a configured remote, or the URL itself; undefined where it is neither. */
function remoteUrl(repo: string, remote: string): string | undefined {
  if (remote.startsWith('-')) throw new InputError(`${JSON.stringify(remote)} is not a remote`)
  if (/^(?:https?|ssh|file):\/\//.test(remote)) return remote
  const { ok, stdout } = runGit({ repo, args: ['config', '--get', `remote.${remote}.url`] })
  return ok ? stdout.toString('utf8').trim() : undefined
}

/**
 * The header by which actions/checkout authenticates too. It is bound to the host of the remote, and the empty value before
 * it clears what a configuration already gave for that host, since GitHub refuses two of them.
 */
function authorization(url: string, token: string | undefined): (readonly [string, string])[] {
  if (token === undefined || !/^https?:/.test(url)) return []
  const key = `http.${new URL(url).origin}/.extraheader`
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  return [
    [key, ''],
    [key, `AUTHORIZATION: basic ${basic}`],
  ]
}

function withoutSecrets(text: string, token: string | undefined): string {
  // A remote's URL may hold credentials, and git repeats it in its messages.
  const masked = text.replace(/\/\/[^/@\s]+@/g, '//***@')
  return token === undefined || token === '' ? masked : masked.replaceAll(token, '***')
}

function missingCommit(id: string, detail = ''): InputError {
  const reason = detail === '' ? '' : ` git says: ${detail}`
  return new InputError(
    `this clone lacks the commit ${id}, one of the two sides to compare. In the workflow, give actions/checkout` +
      ` "fetch-depth: 2", or give this action its "github-token" so that it can fetch the commit itself.${reason}`,
  )
}

function requireId(id: string): void {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) throw new InputError(`${JSON.stringify(id)} is not a commit id`)
}
