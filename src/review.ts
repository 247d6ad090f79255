import { connectionSets } from './algebra/connections.ts'
import { type AnalysedPair, analyseEdited, analysePair } from './analyse.ts'
import type { TreeEdit } from './base/edit.ts'
import { diffLayers } from './compare/diff-layers.ts'
import type { Flow } from './compare/flows.ts'
import type { StateView } from './compare/state-view.ts'
import { toChanges } from './compare/to-changes.ts'
import type { Config } from './config/config.ts'
import { type Options, toPathFilter } from './config/options.ts'
import { reviewConfiguration } from './configuration.ts'
import { carryNotes, coverageOf, notesOf } from './coverage.ts'
import { judge } from './judge.ts'
import { carryOver } from './parse/carry-over.ts'
import { ParseCache } from './parse/front-end.ts'
import { withLaterPlans } from './parse/planned/later-plans.ts'
import { type ParsedTree, parseTree } from './parse/units.ts'
import { offerPatches } from './patch/offer-patches.ts'
import type { EditedOutcome, KnownHits } from './patch/verify.ts'
import type { ReviewReport } from './report/review-report.ts'
import { assess, isNew } from './rules/assess.ts'
import type { Finding } from './rules/finding.ts'
import { type HitIndex, indexHits } from './rules/hit-index.ts'
import { RULES } from './rules/index.ts'
import { intentNotes } from './rules/intents/coverage.ts'
import type { Rule, RuleHit } from './rules/rule.ts'
import type { RuleSettings } from './rules/settings.ts'
import {
  acceptedBy,
  checkChange,
  checkState,
  joinRuns,
  type RuleRun,
  ruleSettings,
  severityBy,
  suppress,
} from './run-rules.ts'
import { touchesNothing } from './silence.ts'
import { compareTrees, touchedPaths } from './source/compare-trees.ts'
import { overlayTree } from './source/overlay.ts'
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
  const states = all.map(({ name }) => name)
  const settings = ruleSettings(config, today)

  const flows = pairs.map((pair) => diffLayers(pair.base, pair.head))
  // The head first: what base and head have in common is told as the head has it.
  const headRun = joinRuns(pairs.map((pair, i) => runHead(pair, flows[i]!, settings)))
  const baseRun = joinRuns(pairs.map((pair) => checkState(RULES, pair.base, settings, pair.head)))
  const own = reviewConfiguration({
    base,
    head,
    config,
    touched,
    today,
    ...(configPath !== undefined && { path: configPath }),
  })
  const assessed = assess(
    [...baseRun.hits, ...own.baseHits],
    [...headRun.hits, ...own.headHits],
    severityBy(config),
    states,
    acceptedBy(config, own.inForce, today),
  )
  const { findings } = suppress(assessed, config, own.inForce, today)

  const patched = offerPatches(findings, {
    tree: head,
    isUnreadable: (path) => carried.has(path),
    view: (state) => pairs.find(({ name }) => name === state)?.head,
    known: knownHits(pairs, [...baseRun.hits, ...headRun.hits], settings),
    settings,
    analyse: (edit) => reviewEdited({ before, after, pairs, flows, head, config, settings, cache, only }, edit),
    wants: (finding) => isNew(finding) && finding.suppressed === undefined,
  })

  const read = coverageOf(
    after,
    all.map((pair) => pair.head),
    touched,
    [
      ...carryNotes(carried),
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

function runHead(pair: AnalysedPair, flows: readonly Flow[], settings: RuleSettings): RuleRun {
  return joinRuns([
    checkState(RULES, pair.head, settings, pair.base),
    checkChange(RULES, { base: pair.base, head: pair.head, flows }, settings),
  ])
}

/** What base or head have already, the head before the base; what both have in common is looked for when it is asked for. */
function knownHits(pairs: readonly AnalysedPair[], found: readonly RuleHit[], settings: RuleSettings): KnownHits {
  const touched = indexHits(found)
  const whole = new Map<string, HitIndex<RuleHit>>()
  const wholeOf = (rule: Rule, state: string): HitIndex<RuleHit> => {
    const key = `${state}\0${rule.id}`
    let index = whole.get(key)
    if (index === undefined) {
      const pair = pairs.find(({ name }) => name === state)
      index = indexHits(
        pair === undefined ? [] : [pair.base, pair.head].flatMap((view) => checkState([rule], view, settings).hits),
      )
      whole.set(key, index)
    }
    return index
  }
  return (rule, state, subject) =>
    (touched.get(state, rule.id, subject) ?? wholeOf(rule, state).get(state, rule.id, subject))?.hit
}

interface EditContext {
  readonly before: ParsedTree
  readonly after: ParsedTree
  readonly pairs: readonly AnalysedPair[]
  /** Of each pair, between base and head. */
  readonly flows: readonly (readonly Flow[])[]
  readonly head: Tree
  readonly config: Config
  readonly settings: RuleSettings
  readonly cache: ParseCache
  readonly only: (path: string) => boolean
}

/** The analysis again, with an edit laid over the head. What the head itself closed is not the patch's doing. */
function reviewEdited(context: EditContext, edit: TreeEdit): EditedOutcome {
  const { before, after, config, settings, cache, only } = context
  const { tree: edited } = carryOver(before, parseTree(overlayTree(context.head, edit), { cache, only }))
  if (countProblems(edited) > countProblems(after)) return BROKEN_EDIT
  const hits: RuleHit[] = []
  const lost: Flow[] = []
  const views: StateView[] = []
  for (const pair of analyseEdited(context.pairs, before, edited, config)) {
    const own = context.pairs.findIndex(({ name }) => name === pair.name)
    if (own < 0 && !pair.changed) continue
    views.push(pair.head)
    // The edit takes back all that the head changes: whatever is found, the base has it as well.
    if (!pair.changed) continue
    const flows = diffLayers(pair.base, pair.head)
    const run = runHead(pair, flows, settings)
    // What a rule that failed would have found is not known: such an edit proves nothing.
    if (run.failed.length > 0) return BROKEN_EDIT
    hits.push(...run.hits)
    lost.push(...newLosses(flows, context.flows[own] ?? []))
  }
  const findsAll = (rule: Rule) => views.flatMap((view) => checkState([rule], view, settings).hits)
  return { hits, findsAll, lost, broken: false }
}

const BROKEN_EDIT: EditedOutcome = { hits: [], findsAll: () => [], lost: [], broken: true }

function countProblems({ units, problems }: ParsedTree): number {
  return units.reduce((sum, unit) => sum + unit.problems.length, problems.length)
}

/** What the base had and the edited head has not, beyond what the head as proposed has lost. */
function newLosses(edited: readonly Flow[], proposed: readonly Flow[]): readonly Flow[] {
  const keyOf = ({ kind, from, to }: Flow) => `${kind}\0${from.name}\0${to.name}`
  const lostOf = ({ before, after }: Flow) => connectionSets.subtract(before.possible, after.possible)
  const known = new Map(proposed.map((flow) => [keyOf(flow), lostOf(flow)]))
  return edited.filter((flow) => {
    const already = known.get(keyOf(flow)) ?? connectionSets.empty
    return !connectionSets.isEmpty(connectionSets.subtract(lostOf(flow), already))
  })
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
