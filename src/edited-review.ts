import { connectionSets } from './algebra/connections.ts'
import { type AnalysedPair, analyseEdited, analyseReread } from './analyse.ts'
import type { TreeEdit } from './base/edit.ts'
import { diffLayers } from './compare/diff-layers.ts'
import type { Flow } from './compare/flows.ts'
import type { StateView } from './compare/state-view.ts'
import type { Config } from './config/config.ts'
import { carryOver } from './parse/carry-over.ts'
import { rereadFiles } from './parse/edited.ts'
import type { ParseCache } from './parse/front-end.ts'
import { type ParsedTree, parseTree } from './parse/units.ts'
import type { EditedOutcome, KnownHits } from './patch/verify.ts'
import { type HitIndex, indexHits } from './rules/hit-index.ts'
import { RULES } from './rules/index.ts'
import type { Rule, RuleHit } from './rules/rule.ts'
import type { RuleSettings } from './rules/settings.ts'
import { checkChange, checkState, joinRuns, type RuleRun } from './run-rules.ts'
import { overlayTree } from './source/overlay.ts'
import type { Tree } from './source/tree.ts'

/** The review that an edit is tried on. */
export interface EditContext {
  readonly before: ParsedTree
  readonly after: ParsedTree
  readonly pairs: readonly AnalysedPair[]
  /** The states that the head leaves as they are, which an edit may reach. */
  readonly unchanged: readonly AnalysedPair[]
  /** Of each pair, between base and head. */
  readonly flows: readonly (readonly Flow[])[]
  /** What was found in the head of each pair. */
  readonly runs: readonly RuleRun[]
  readonly head: Tree
  readonly config: Config
  readonly settings: RuleSettings
  readonly cache: ParseCache
  readonly only: (path: string) => boolean
}

/** The analysis again, with an edit laid over the head. What the head itself closed is not the patch's doing. */
export function reviewEdited(context: EditContext, edit: TreeEdit): EditedOutcome {
  const { settings } = context
  const edited = analyseWith(context, edit)
  if (edited === undefined) return BROKEN_EDIT
  const hits: RuleHit[] = []
  const lost: Flow[] = []
  const views: StateView[] = []
  for (const pair of edited) {
    const own = context.pairs.findIndex(({ name }) => name === pair.name)
    if (own < 0 && !pair.changed) continue
    views.push(pair.head)
    // The edit takes back all that the head changes: whatever is found, the base has it as well.
    if (!pair.changed) continue
    const isKnown = pair === context.pairs[own]
    const flows = isKnown ? context.flows[own]! : diffLayers(pair.base, pair.head)
    const run = isKnown ? context.runs[own]! : runHead(pair, flows, settings)
    // What a rule that failed would have found is not known: such an edit proves nothing.
    if (run.failed.length > 0) return BROKEN_EDIT
    hits.push(...run.hits)
    lost.push(...newLosses(flows, context.flows[own] ?? []))
  }
  const findsAll = (rule: Rule) => views.flatMap((view) => checkState([rule], view, settings).hits)
  return { hits, findsAll, lost, broken: false }
}

/** The pairs with the edited head; undefined where the edit leaves something that cannot be read. */
function analyseWith(context: EditContext, edit: TreeEdit): readonly AnalysedPair[] | undefined {
  const { before, after, pairs, unchanged, config, cache, only } = context
  const tree = overlayTree(context.head, edit)
  const files = [...new Set(edit.edits.map(({ path }) => path))]
  const reread = edit.newFiles.size === 0 ? rereadFiles(after, tree, files, cache) : undefined
  if (reread !== undefined) return analyseReread([...pairs, ...unchanged], reread, config)
  const { tree: edited } = carryOver(before, parseTree(tree, { cache, only }))
  if (countProblems(edited) > countProblems(after)) return undefined
  return analyseEdited(pairs, before, edited, config)
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

/** What base or head have already, the head before the base; what both have in common is looked for when it is asked for. */
export function knownHits(
  pairs: readonly AnalysedPair[],
  found: readonly RuleHit[],
  settings: RuleSettings,
): KnownHits {
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

/** What the rules find in the head of a pair, where it may differ from the base. */
export function runHead(pair: AnalysedPair, flows: readonly Flow[], settings: RuleSettings): RuleRun {
  return joinRuns([
    checkState(RULES, pair.head, settings, pair.base),
    checkChange(RULES, { base: pair.base, head: pair.head, flows }, settings),
  ])
}
