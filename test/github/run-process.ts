import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a runner gives to one step. */
export interface Step {
  /** File that node runs. */
  readonly entry: string
  readonly event: string
  readonly payload: unknown
  readonly apiUrl: string
  readonly workspace: string
  readonly sha?: string
  readonly ref?: string
  readonly inputs?: Readonly<Record<string, string>>
  readonly run?: number
  readonly repository?: string
  readonly variables?: Readonly<Record<string, string>>
}

export interface StepResult {
  readonly status: number | null
  /** Standard output and error. */
  readonly log: string
  readonly outputs: ReadonlyMap<string, string>
  readonly summary: string
}

/** Longest that a step may take: a server that hangs must not hang the job. */
const TIMEOUT_MS = 120_000

/** Runs a file as a runner runs a JavaScript action: the same variables and files, and nothing else of ours. */
export async function runStep(step: Step): Promise<StepResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-step-'))
  const file = (name: string, text = '') => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const inputs = { 'github-token': 'a-token', ...step.inputs }
  const variables = {
    PATH: process.env['PATH'],
    HOME: folder,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'mona',
    GITHUB_API_URL: step.apiUrl,
    GITHUB_GRAPHQL_URL: `${step.apiUrl}/graphql`,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_EVENT_NAME: step.event,
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(step.payload)),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_REPOSITORY: step.repository ?? 'acme/shop',
    GITHUB_REF: step.ref ?? 'refs/heads/main',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: String(step.run ?? 8_123),
    GITHUB_SHA: step.sha ?? '',
    GITHUB_WORKSPACE: step.workspace,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...step.variables,
  }
  const child = spawn(process.execPath, [step.entry], { env: variables, cwd: step.workspace, timeout: TIMEOUT_MS })
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => log.push(chunk.toString('utf8')))
  const status = await new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const result = { status, log: log.join(''), outputs: parseOutputs(read('output')), summary: read('summary') }
  rmSync(folder, { recursive: true, force: true })
  return result
}

/** As the runner reads the file. */
function parseOutputs(text: string): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>()
  for (const [, name, , value] of text.matchAll(/^([^\n=<]+)<<([^\n]+)\n([\s\S]*?)\n\2$/gm)) outputs.set(name!, value!)
  return outputs
}
