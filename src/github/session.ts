import type { Config } from '../config/config.ts'
import { loadConfig, loadReviewConfig } from '../config/load-config.ts'
import { effectiveOptions, type Options } from '../config/options.ts'
import type { ReviewLinks } from '../report/links.ts'
import type { Tree } from '../source/tree.ts'
import { type RunEnvironment, readEnvironment, runUrl } from './environment.ts'
import { type Plan, planRun } from './event.ts'
import type { Host } from './host.ts'
import { type ActionInputs, readInputs } from './inputs.ts'
import type { Runner, Stages } from './runner.ts'
import type { TreeSource } from './trees.ts'
import type { Log } from './workflow-commands.ts'

/** What one run knows before it has read a tree. */
export interface Session {
  readonly runner: Runner
  readonly stages: Stages
  readonly log: Log
  readonly environment: RunEnvironment
  readonly inputs: ActionInputs
  readonly plan: Plan
  readonly trees: TreeSource
  /** Set when the configuration was read, so that a failure after it is told as it says. */
  options?: Options
}

/** Reads inputs, environment and event. Throws an {@link InputError} for what is not as GitHub gives it. */
export function openSession(runner: Runner, stages: Stages, log: Log): Session {
  const inputs = readInputs(runner.variables)
  const environment = readEnvironment(runner.variables)
  const path = runner.variables['GITHUB_EVENT_PATH']
  const payload: unknown = JSON.parse((path && runner.read(path)) || '{}')
  const plan = planRun(environment, payload, inputs)
  const host = hostFactory(runner, environment, inputs.token, log)
  const trees = {
    workspace: environment.workspace,
    ...(inputs.token !== undefined && { token: inputs.token }),
    ...(host !== undefined && { host }),
  }
  return { runner, stages, log, environment, inputs, plan, trees }
}

/** The client is loaded and made when it is first needed: a push that changes nothing never needs it. */
function hostFactory(
  runner: Runner,
  environment: RunEnvironment,
  token: string | undefined,
  log: Log,
): (() => Promise<Host>) | undefined {
  const given = runner.host
  if (given !== undefined) return async () => given
  if (token === undefined) return undefined
  let made: Promise<Host> | undefined
  const make = async () => {
    const [{ createClient }, { createOctokitHost }, { setSecret }] = await Promise.all([
      import('./client.ts'),
      import('./octokit-host.ts'),
      import('@actions/core'),
    ])
    // The runner masks its own token, and not one that the workflow brings from elsewhere.
    setSecret(token)
    const client = createClient({ token, apiUrl: environment.apiUrl, onWait: log.info })
    return createOctokitHost(client, environment.repository)
  }
  return () => {
    made ??= make()
    return made
  }
}

export interface Configuration {
  readonly config: Config
  readonly options: Options
  /** What a reader must know of the choice. */
  readonly note?: string
}

/** The configuration of a tree, and the options that follow from it and from the inputs. */
export function configure(session: Session, tree: Tree): Configuration {
  return withOptions(session, { config: loadConfig(tree, placeOf(session)) })
}

/** As {@link configure}, for a change: the base's, unless that is broken and the head mends it. */
export function configureReview(session: Session, base: Tree, head: Tree): Configuration {
  return withOptions(session, loadReviewConfig(base, head, placeOf(session)))
}

function placeOf({ inputs, stages }: Session) {
  return { rules: stages.rules, ...(inputs.configFile !== undefined && { path: inputs.configFile }) }
}

function withOptions(session: Session, loaded: Omit<Configuration, 'options'>): Configuration {
  const options = effectiveOptions(session.inputs, loaded.config.options)
  session.options = options
  return { ...loaded, options }
}

/** Where the reports' links lead. The rules' pages are those of the action's own version. */
export function linksOf({ runner, environment }: Session, headSha: string, baseSha?: string): ReviewLinks {
  const { owner, name } = environment.repository
  const action = runner.variables['GITHUB_ACTION_REPOSITORY']
  const ref = runner.variables['GITHUB_ACTION_REF']
  const rulesUrl = action && ref ? `${environment.serverUrl}/${action}/blob/${ref}/docs/rules` : undefined
  return {
    serverUrl: environment.serverUrl,
    repository: `${owner}/${name}`,
    headSha,
    ...(baseSha !== undefined && { baseSha }),
    ...(environment.run.id > 0 && { runUrl: runUrl(environment) }),
    ...(rulesUrl !== undefined && { rulesUrl }),
  }
}

/** Adds to the job summary, where the runner has one and the workflow wants it. */
export function writeSummary({ runner, inputs, options }: Session, markdown: string): void {
  const path = runner.variables['GITHUB_STEP_SUMMARY']
  if (path && (inputs.summary ?? options?.summary ?? true)) runner.append(path, `${markdown}\n`)
}
