import type { TreeEdit } from '../base/edit.ts'
import { byCodeUnit } from '../base/order.ts'
import type { StateView } from '../compare/state-view.ts'
import { type AssessedFinding, indexHits, type RuleHit } from '../rules/assess.ts'
import type { Finding } from '../rules/finding.ts'
import type { RuleSettings } from '../rules/settings.ts'
import type { Tree } from '../source/tree.ts'
import { showPatch } from './show-patch.ts'
import { type EditedOutcome, verifyPatch } from './verify.ts'

/** Patches cost an analysis each; the most severe findings come first. */
const MAX_PATCHES = 25

export interface PatchRun {
  readonly tree: Tree
  /** Files of which the head shows less than the analysis holds: offsets in them are those of another text. */
  readonly isUnreadable: (path: string) => boolean
  /** The head's side of a state by name. */
  readonly view: (state: string) => StateView | undefined
  /** Everything found in the base and, after it, in the head: what a patch brings back is nothing new. */
  readonly known: readonly RuleHit[]
  readonly settings: RuleSettings
  /** The whole analysis on the head with an edit laid over it. */
  readonly analyse: (edit: TreeEdit) => EditedOutcome
  readonly wants: (finding: Finding) => boolean
}

/** The findings, each with its patch where one was proven; in the order given. */
export function offerPatches(findings: readonly AssessedFinding[], run: PatchRun): readonly Finding[] {
  let left = MAX_PATCHES
  const known = indexHits(run.known)
  return findings.map(({ finding, hit }) => {
    if (left === 0 || !run.wants(finding)) return finding
    const view = run.view(hit.state)
    const proposed = view && hit.rule.patch?.(hit.hit, view, run.settings)
    if (proposed === undefined || !canApply(run, proposed.edit)) return finding
    left--
    if (verifyPatch(hit, finding.states ?? [hit.state], known, proposed.edit, run.analyse) !== undefined) return finding
    const patch = showPatch(run.tree, proposed.edit, proposed.summary)
    return patch === undefined ? finding : { ...finding, patch }
  })
}

/** False where a new file would stand in the place of another, two edits touch the same text, or the text is not the head's. */
function canApply({ tree, isUnreadable }: PatchRun, { edits, newFiles }: TreeEdit): boolean {
  if (edits.some(({ path }) => isUnreadable(path))) return false
  const sorted = [...edits].sort((a, b) => byCodeUnit(a.path, b.path) || a.start - b.start || a.end - b.end)
  const overlap = sorted.some((edit, i) => {
    const before = sorted[i - 1]
    return before !== undefined && before.path === edit.path && edit.start < before.end
  })
  return !overlap && ![...newFiles.keys()].some((path) => tree.entry(path) !== undefined)
}
