import { analysePair } from './analyse.ts'
import { diffLayers } from './compare/diff-layers.ts'
import { toChanges } from './compare/to-changes.ts'
import type { Config } from './config/config.ts'
import { type Options, toPathFilter } from './config/options.ts'
import { reviewConfiguration } from './configuration.ts'
import { carryNotes, coverageOf, notesOf } from './coverage.ts'
import { knownHits, reviewEdited, runHead } from './edited-review.ts'
import { judge } from './judge.ts'
import { withoutLostSight } from './lost-sight.ts'
import { carryOver } from './parse/carry-over.ts'
import { ParseCache } from './parse/front-end.ts'
import { withLaterPlans } from './parse/planned/later-plans.ts'
import { parseTree } from './parse/units.ts'
import { offerPatches } from './patch/offer-patches.ts'
import type { ReviewReport } from './report/review-report.ts'
import { assess, isNew } from './rules/assess.ts'
import { groupCopies } from './rules/copies.ts'
import type { Finding } from './rules/finding.ts'
import { RULES } from './rules/index.ts'
import { intentNotes } from './rules/intents/coverage.ts'
import { acceptedBy, checkState, joinRuns, ruleSettings, severityBy, suppress } from './run-rules.ts'
import { touchesNothing } from './silence.ts'
import { compareTrees, touchedPaths } from './source/compare-trees.ts'
import type { Tree } from './source/tree.ts'
import { withUnreadKinds } from './unread-kinds.ts'

export interface ReviewInput {
  readonly base: Tree
  readonly head: Tree
  /** Of the base, so that a change cannot wave itself through. */
  readonly config: Config
  /** Of the configuration in both trees, where it is not where it usually is. */
  readonly configPath?: string
  readonly options: Options
  /** ISO date that suppressions are judged by. */
  readonly today: string
}

/** What a pull request changes: the pipeline, stage by stage. */
export function review({ base, head, config, configPath, options, today }: ReviewInput): ReviewReport {
  const touched = touchedPaths(compareTrees(base, head))
  const cache = new ParseCache({ maxFileLength: config.maxFileBytes })
  const only = toPathFilter(options)
  if (touchesNothing(base, head, touched, { cache, only })) return silentReport(base, head)

  const before = parseTree(withLaterPlans(base, head), { cache, only })
  const { tree: after, files: carried } = carryOver(before, parseTree(head, { cache, only }))
  const all = analysePair(before, after, config)
  const pairs = all.filter(({ changed }) => changed)
  const unchanged = all.filter(({ changed }) => !changed)
  const states = all.map(({ name }) => name)
  const settings = ruleSettings(config, today)

  const flows = pairs.map((pair) => diffLayers(pair.base, pair.head))
  // The head first: what base and head have in common is told as the head has it.
  const headRuns = pairs.map((pair, i) => runHead(pair, flows[i]!, settings))
  const headRun = joinRuns(headRuns)
  const baseRun = joinRuns(pairs.map((pair) => checkState(RULES, pair.base, settings, pair.head)))
  const own = reviewConfiguration({
    base,
    head,
    config,
    touched,
    today,
    ...(configPath !== undefined && { path: configPath }),
  })
  const seen = withoutLostSight(baseRun.hits, headRun.hits, pairs)
  const assessed = assess(
    [...seen.hits, ...own.baseHits],
    [...headRun.hits, ...own.headHits],
    severityBy(config),
    states,
    acceptedBy(config, own.inForce, today),
  )
  const { findings } = suppress(assessed, config, own.inForce, today)

  const patched = offerPatches(groupCopies(findings), {
    tree: head,
    states: pairs.length,
    isTouched: (path) => touched.has(path),
    isUnreadable: (path) => carried.has(path),
    view: (state) => pairs.find(({ name }) => name === state)?.head,
    known: knownHits(pairs, [...baseRun.hits, ...headRun.hits], settings),
    settings,
    analyse: (edit) =>
      reviewEdited(
        { before, after, pairs, unchanged, flows, runs: headRuns, head, config, settings, cache, only },
        edit,
      ),
    wants: (finding) => isNew(finding) && finding.suppressed === undefined,
  })

  const read = coverageOf(
    after,
    all.map((pair) => pair.head),
    touched,
    [
      ...carryNotes(carried),
      ...seen.notes,
      ...notesOf(pairs.map((pair) => pair.head)),
      ...intentNotes(
        config.intents,
        all.map((pair) => pair.head),
        pairs.map((pair) => pair.head),
      ),
    ],
  )
  const coverage = withUnreadKinds(read, before, after, touched)
  const failed = [...baseRun.failed, ...headRun.failed]
  return {
    schemaVersion: 1,
    base: { tree: base.name },
    head: { tree: head.name },
    summary: { ...countFindings(patched), ...judge(patched, coverage, options, failed) },
    ...toChanges(
      pairs.map(({ name }, i) => [name, flows[i]!] as const),
      states.length,
    ),
    findings: patched,
    ...(own.proposed.length > 0 && { proposedSuppressions: own.proposed }),
    coverage,
  }
}

function countFindings(findings: readonly Finding[]) {
  const counts = { introduced: 0, worsened: 0, fixed: 0, improved: 0, existing: 0, suppressed: 0 }
  for (const { status, suppressed } of findings) {
    if (suppressed === undefined) counts[status]++
    else counts.suppressed++
  }
  return counts
}

/** The answer for a change that cannot touch the network: nothing was compared because nothing could differ. */
function silentReport(base: Tree, head: Tree): ReviewReport {
  const nothing = { added: [], removed: [], changed: [] }
  return {
    schemaVersion: 1,
    base: { tree: base.name },
    head: { tree: head.name },
    summary: { ...countFindings([]), verdict: 'pass', reason: 'no network effect' },
    connections: nothing,
    exposure: { ingress: nothing, egress: nothing },
    findings: [],
    coverage: { units: [], notAnalysed: [], notes: [] },
  }
}
