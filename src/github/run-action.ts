import { InputError } from '../base/problem.ts'
import { undecidedComment } from '../report/markdown/summary-comment.ts'
import { formatRun } from './environment.ts'
import { HostError } from './host.ts'
import { type Outputs, writeOutputs } from './outputs.ts'
import { postReview } from './post.ts'
import { runAudit } from './run-audit.ts'
import { runReview } from './run-review.ts'
import type { Runner, Stages } from './runner.ts'
import { linksOf, openSession, type Session, writeSummary } from './session.ts'
import { exitStatus } from './verdict.ts'
import { createLog, type Log } from './workflow-commands.ts'

/**
 * One run of the action, from the event to the exit status of the job. It fails closed: whatever keeps it from an answer ends in
 * `undecided`, which is no pass; what keeps it from posting changes nothing but a line of the log.
 */
export async function runAction(runner: Runner, stages: Stages): Promise<number> {
  const log = createLog(runner.print)
  let session: Session | undefined
  let outputs: Partial<Outputs>
  try {
    session = openSession(runner, stages, log)
    outputs = await runPlan(session)
  } catch (error) {
    outputs = await tellUndecided(error, log, session)
  }
  const path = runner.variables['GITHUB_OUTPUT']
  if (path) runner.append(path, writeOutputs(outputs))
  return exitStatus(outputs.conclusion ?? 'undecided')
}

async function runPlan(session: Session): Promise<Partial<Outputs>> {
  const { plan, log } = session
  switch (plan.kind) {
    case 'review':
      return runReview(session, plan)
    case 'audit':
      return runAudit(session, plan)
    case 'nothing':
      log.info(`Ringfence has nothing to judge: ${plan.reason}.`)
      return { conclusion: 'skipped' }
  }
}

/** Says everywhere it can that there is no answer, and why. */
async function tellUndecided(error: unknown, log: Log, session: Session | undefined): Promise<Partial<Outputs>> {
  const reason = explain(error)
  log.annotate({ level: 'error', title: 'Ringfence could not decide', message: reason, ...placeOf(error) })
  // A bug of ours: the trace is what helps to find it.
  if (!(error instanceof InputError || error instanceof HostError))
    log.info(error instanceof Error ? (error.stack ?? '') : '')
  if (session === undefined) return { conclusion: 'undecided' }
  writeSummary(session, undecidedComment(reason, {}))
  const url = await postUndecided(session, reason).catch((failure: unknown) => {
    log.info(`the pull request could not be told: ${explain(failure)}`)
    return undefined
  })
  return { conclusion: 'undecided', ...(url !== undefined && { 'comment-url': url }) }
}

async function postUndecided(session: Session, reason: string): Promise<string | undefined> {
  const { plan, trees, inputs, environment, log } = session
  const mode = session.options?.comment ?? inputs.comment
  const pullRequest = plan.kind === 'review' ? plan.pullRequest : undefined
  if (pullRequest === undefined || trees.host === undefined || mode === 'never') return undefined
  const key = session.options?.commentKey ?? inputs.commentKey ?? 'default'
  const { head } = pullRequest
  const marker = { key, head, run: formatRun(environment.run) }
  const context = { marker, head: { sha: head }, links: linksOf(session, head) }
  const posting = {
    pullRequest,
    key,
    run: environment.run,
    create: true,
    summary: () => undecidedComment(reason, context),
  }
  const posted = await postReview(await trees.host(), posting)
  for (const problem of posted.problems) log.info(problem)
  return posted.summary.url
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof InputError || error instanceof HostError
    ? message
    : `an error of Ringfence itself: ${message}`
}

function placeOf(error: unknown): { readonly file?: string; readonly startLine?: number } {
  if (!(error instanceof InputError) || error.file === undefined) return {}
  return { file: error.file, ...(error.line !== undefined && { startLine: error.line }) }
}
