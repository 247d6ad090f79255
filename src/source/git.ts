import { spawnSync } from 'node:child_process'
import { devNull } from 'node:os'
import { InputError } from '../base/problem.ts'

export interface GitCall {
  /** Folder in which git looks for the repository. */
  readonly repo: string
  readonly args: readonly string[]
  /** Standard input. */
  readonly input?: string
  /** Bytes of standard output at which the call is given up. */
  readonly maxOutput?: number
  /** Settings that hold for this call alone and that no process list shows. */
  readonly config?: readonly (readonly [key: string, value: string])[]
  /** Transports that git may use; none by default, so that no object is fetched behind our back. */
  readonly protocols?: string
  readonly timeoutMs?: number
}

export interface GitResult {
  readonly ok: boolean
  readonly stdout: Buffer
  /** Trimmed. It may hold text of the tree: escape before printing. */
  readonly stderr: string
}

/**
 * Runs git without hooks, pager, prompts, file monitor, replaced objects, or lazy fetches of partial clones.
 *
 * Throws {@link InputError} when git is missing, hangs, or prints more than `maxOutput`.
 */
export function runGit(call: GitCall): GitResult {
  const maxBuffer = call.maxOutput ?? 16 * 1024 * 1024
  const result = spawnSync('git', ['--no-pager', '-C', call.repo, ...SAFE_CONFIG, ...call.args], {
    env: gitEnvironment(call),
    input: call.input ?? '',
    maxBuffer,
    timeout: call.timeoutMs ?? 60_000,
    windowsHide: true,
  })
  const command = `git ${call.args[0]}`
  // A git that ends before it has read all of its input has said why on its standard error.
  const isAnswer = (result.error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE' && result.status !== null
  if (result.error !== undefined && !isAnswer) throw new InputError(explainFailure(command, result.error, maxBuffer))
  return { ok: result.status === 0, stdout: result.stdout, stderr: result.stderr.toString('utf8').trim() }
}

const SAFE_CONFIG = [
  `core.hooksPath=${devNull}`,
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting])

/**
 * Variables of git that pass from our own environment: where the user's settings are. All others could point git at other
 * objects (`GIT_DIR`, set in hooks) or make it print or run things (`GIT_TRACE`, `GIT_SSH_COMMAND`).
 */
const PASSED = /^GIT_(?:CONFIG|SSL)_/

function gitEnvironment(call: GitCall): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('GIT_') || PASSED.test(name)) env[name] = value
  }
  Object.assign(env, {
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    // The variable is known from git 2.44 on; before it, a lazy fetch fails for want of an allowed protocol.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: call.protocols ?? 'none',
  })
  const given = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0
  const added = call.config ?? []
  added.forEach(([key, value], i) => {
    env[`GIT_CONFIG_KEY_${given + i}`] = key
    env[`GIT_CONFIG_VALUE_${given + i}`] = value
  })
  if (added.length > 0) env['GIT_CONFIG_COUNT'] = String(given + added.length)
  return env
}

function explainFailure(command: string, error: NodeJS.ErrnoException, maxBuffer: number): string {
  switch (error.code) {
    case 'ENOENT':
      return 'git was not found; install it, or name two folders'
    case 'ETIMEDOUT':
      return `${command} took too long and was stopped`
    case 'ENOBUFS':
      return `${command} printed more than ${maxBuffer.toLocaleString('en-US')} bytes; the repository is too large to analyse`
    default:
      return `${command} could not be started: ${error.message}`
  }
}
