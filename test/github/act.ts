import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { writeFiles } from './fake-repository.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The version that `scripts/install-act.sh` builds. */
const VERSION = 'v0.2.89'

/** The program, where `scripts/install-act.sh` puts it or on the path. */
export function findAct(): string | undefined {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const folders = [join(cache, 'ringfence', `act-${VERSION}`), ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, 'act')).find((path) => existsSync(path))
}

export interface Job {
  readonly act: string
  readonly event: string
  readonly payload: unknown
  /** A check-out; act takes its commit as the run's. */
  readonly workspace: string
  readonly workflow: string
  readonly apiUrl: string
  /** The action as the workflow names it: `owner/name@ref`. */
  readonly action: string
}

export interface JobResult {
  readonly result: string | undefined
  readonly outputs: ReadonlyMap<string, string>
  readonly summary: string
  readonly log: string
}

const TIMEOUT_MS = 120_000

/**
 * Runs a workflow file on this machine, with this repository's `action.yml` and `dist/` as the action. act takes the work tree that
 * is there for `actions/checkout`'s, so nothing is fetched.
 */
export async function runWorkflow(job: Job): Promise<JobResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-act-'))
  const action = join(folder, 'action')
  cpSync(join(ROOT, 'dist'), join(action, 'dist'), { recursive: true })
  cpSync(join(ROOT, 'action.yml'), join(action, 'action.yml'))
  writeFileSync(join(folder, 'event.json'), JSON.stringify(job.payload))
  writeFiles(folder, { 'workflows/ringfence.yml': job.workflow })
  const args = [
    job.event,
    '--json',
    ...['--workflows', join(folder, 'workflows')],
    ...['--eventpath', join(folder, 'event.json')],
    ...['--platform', 'ubuntu-latest=-self-hosted'],
    ...['--local-repository', `${job.action}=${action}`],
    ...['--action-cache-path', join(folder, 'cache')],
    ...['--env', `GITHUB_API_URL=${job.apiUrl}`],
    ...['--env', 'GITHUB_REPOSITORY=acme/shop'],
    ...['--secret', 'GITHUB_TOKEN=a-token'],
    '--no-cache-server',
  ]
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  const env = { PATH: path, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') }
  const child = spawn(job.act, args, { cwd: job.workspace, env, timeout: TIMEOUT_MS })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')))
  await new Promise((resolve) => {
    child.on('close', resolve)
  })
  rmSync(folder, { recursive: true, force: true })
  return readLog(chunks.join(''))
}

interface LogLine {
  readonly command?: string
  readonly name?: string
  readonly arg?: string
  readonly content?: string
  readonly jobResult?: string
}

/** act prints a line of JSON for each thing that happens. */
function readLog(log: string): JobResult {
  const lines = log.split('\n').flatMap((line): readonly LogLine[] => (line.startsWith('{') ? [JSON.parse(line)] : []))
  const outputs = lines.filter(({ command }) => command === 'set-output').map(({ name, arg }) => [name!, arg!] as const)
  const summary = lines.filter(({ command }) => command === 'summary').map(({ content }) => content)
  return {
    result: lines.findLast(({ jobResult }) => jobResult !== undefined)?.jobResult,
    outputs: new Map(outputs),
    summary: summary.join('\n'),
    log,
  }
}
