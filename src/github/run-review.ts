import type { Options } from '../config/options.ts'
import { toAnnotations } from '../report/annotations.ts'
import { hasNetworkEffect } from '../report/flows.ts'
import { toReviewJson } from '../report/json.ts'
import type { PageContext } from '../report/markdown/context.ts'
import { fixedInlineComment, inlineComment, safeSuggestion } from '../report/markdown/inline-comment.ts'
import { jobSummary } from '../report/markdown/job-summary.ts'
import type { SummaryMarker } from '../report/markdown/marker.ts'
import { summaryComment } from '../report/markdown/summary-comment.ts'
import type { ReviewReport } from '../report/review-report.ts'
import { withNotes } from '../report/with-notes.ts'
import { isNew } from '../report/words.ts'
import { type SpreadFinding, spreadPlaces } from '../rules/copies.ts'
import type { Tree } from '../source/tree.ts'
import { formatRun } from './environment.ts'
import type { PullRequestRef, ReviewPlan } from './event.ts'
import type { InlineCandidate } from './inline-comments.ts'
import { countOutputs, type Outputs } from './outputs.ts'
import { type Posting, postReview } from './post.ts'
import { writeReports } from './report-files.ts'
import { configure, configureReview, linksOf, type Session, writeSummary } from './session.ts'
import { openReviewTrees, type ReviewTrees } from './trees.ts'

/** Compares two versions and tells the result everywhere that the options and the token allow. */
export async function runReview(session: Session, plan: ReviewPlan): Promise<Partial<Outputs>> {
  const { log, inputs, stages, runner } = session
  const trees = await openReviewTrees(plan, session.trees)
  const { base, head, pullRequest } = trees
  // A fork's change cannot bring the configuration that it is judged by, whatever the workflow says.
  const trustsHead = inputs.configFrom === 'head' && pullRequest?.fork !== true
  const { config, options, note } = trustsHead ? configure(session, head) : configureReview(session, base, head)
  const notes = note === undefined ? trees.notes : [...trees.notes, note]
  const configPath = inputs.configFile
  const place = configPath === undefined ? {} : { configPath }
  const report = withNotes(stages.review({ base, head, config, ...place, options, today: runner.today }), notes)

  for (const annotation of toAnnotations(report, options.failOn)) log.annotate(annotation)
  const files = writeReports(session, report, head, () => toReviewJson(report))
  const context = pageContext(session, trees, options, files['report-file'])
  writeSummary(session, jobSummary(report, context))
  const url = await post(session, report, trees, options, context)
  const { verdict, reason } = report.summary
  for (const one of notes) log.info(one)
  log.info(`Ringfence: ${verdict} (${reason}). Compared ${trees.baseCommit} with ${trees.headCommit}.`)
  return {
    conclusion: verdict,
    'reachability-changed': changesReachability(report) ? 'true' : 'false',
    ...countOutputs(report, report.findings.filter(isNew)),
    'base-sha': trees.baseCommit,
    'head-sha': trees.headCommit,
    ...files,
    ...(url !== undefined && { 'comment-url': url }),
  }
}

function changesReachability({ connections, exposure }: ReviewReport): boolean {
  return [connections, exposure.ingress, exposure.egress].some(
    ({ added, removed, changed }) => added.length + removed.length + changed.length > 0,
  )
}

function pageContext(
  session: Session,
  trees: ReviewTrees,
  options: Options,
  reportFile: string | undefined,
): PageContext {
  const { pullRequest, baseCommit, headCommit } = trees
  // People know the commit that was pushed; the test merge is GitHub's own.
  const head = pullRequest?.head ?? headCommit
  const ref = pullRequest?.baseRef
  return {
    links: linksOf(session, head, baseCommit),
    base: { sha: baseCommit, ...(ref !== undefined && { ref }) },
    head: { sha: head },
    graph: options.graph,
    ...(reportFile !== undefined && { reportFile }),
  }
}

/** Posts on the pull request; gives the URL of the summary comment. */
async function post(
  session: Session,
  report: ReviewReport,
  { pullRequest, head }: ReviewTrees,
  options: Options,
  context: PageContext,
): Promise<string | undefined> {
  const { log, trees, environment } = session
  if (pullRequest === undefined || options.comment === 'never') return undefined
  if (trees.host === undefined) {
    log.info('Nothing is posted on the pull request: the action was given no github-token.')
    return undefined
  }
  const marker = { key: options.commentKey, head: pullRequest.head, run: formatRun(environment.run) }
  const create = mayCreate(report, options)
  const posting: Posting = {
    pullRequest,
    key: options.commentKey,
    run: environment.run,
    create,
    summary: (inlineCount: number, previous: SummaryMarker | undefined) =>
      summaryComment(report, { ...context, marker, inlineCount, ...(previous !== undefined && { previous }) }),
    inline: {
      tree: head,
      candidates: spreadPlaces(report.findings.filter(isNew))
        .filter(({ place }) => place.side !== 'base')
        .map((spread) => toCandidate(spread, head, options, context)),
      // Where nothing new is to be said on the pull request, what stands on lines is still kept true.
      limit: create ? options.inlineComments : 0,
      renderFixed: (id) => fixedInlineComment(id, pullRequest.head, context.links),
    },
  }
  const posted = await postReview(await trees.host(), posting)
  for (const problem of posted.problems) log.info(problem)
  logPosted(session, pullRequest, posted)
  return posted.summary.url
}

function mayCreate(report: ReviewReport, { comment }: Options): boolean {
  switch (comment) {
    case 'always':
      return true
    case 'on-failure':
      return report.summary.verdict === 'fail'
    case 'changes':
      return hasNetworkEffect(report)
    case 'never':
      return false
  }
}

function toCandidate(
  { finding, place, others }: SpreadFinding,
  tree: Tree,
  options: Options,
  { links }: PageContext,
): InlineCandidate {
  const suggestion = options.suggestions && finding.patch !== undefined ? safeSuggestion(finding.patch) : undefined
  return {
    fingerprint: place.fingerprint,
    finding: finding.fingerprint,
    file: finding.file,
    line: finding.line,
    ...(suggestion !== undefined && tree.entry(suggestion.file) !== undefined && { suggestion }),
    render: (id, suggest) =>
      inlineComment({ ...finding, fingerprint: id }, { suggest, others, ...(links !== undefined && { links }) }),
  }
}

function logPosted({ log }: Session, { number }: PullRequestRef, posted: Awaited<ReturnType<typeof postReview>>): void {
  const { summary, inline } = posted
  const lines =
    inline === undefined
      ? ''
      : `; on lines ${inline.created} created, ${inline.fixed} done with, ${inline.standing} in all`
  log.info(`Summary comment on pull request ${number}: ${summary.what}${lines}.`)
}
