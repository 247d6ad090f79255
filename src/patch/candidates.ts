import type { TreeEdit } from '../base/edit.ts'
import { byCodeUnit } from '../base/order.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Layer, Patch } from '../rules/finding.ts'
import type { ProposedPatch, RuleHit } from '../rules/rule.ts'
import type { RuleSettings } from '../rules/settings.ts'
import type { Tree } from '../source/tree.ts'
import { showPatch } from './show-patch.ts'

/** An edit that may close a finding, as it would be shown. */
export interface Candidate {
  readonly layer: Layer
  readonly edit: TreeEdit
  readonly patch: Patch
}

export interface CandidateContext {
  readonly tree: Tree
  readonly settings: RuleSettings
  /** Files of which the head shows less than the analysis holds: offsets in them are those of another text. */
  readonly isUnreadable: (path: string) => boolean
}

/** What a rule proposes for a hit, at whatever layer, the smallest edit first; of equally small ones the rule's own order counts. */
export function candidatesOf(
  { rule, hit }: RuleHit,
  view: StateView,
  { tree, settings, isUnreadable }: CandidateContext,
): readonly Candidate[] {
  const own = rule.patch?.(hit, view, settings)
  const all = [...(own === undefined ? [] : [own]), ...(hit.otherwise?.() ?? [])]
  const seen = new Set<string>()
  return all
    .flatMap(({ edit, summary, layer }: ProposedPatch): readonly (Candidate & { readonly size: Size })[] => {
      const isHere = !edit.edits.some(({ path }) => isUnreadable(path)) && canApply(tree, edit)
      const patch = isHere ? showPatch(tree, edit, summary) : undefined
      if (patch === undefined || seen.has(keyOf(patch))) return []
      seen.add(keyOf(patch))
      return [{ layer: layer ?? hit.layer ?? rule.meta.layer, edit, patch, size: sizeOf(patch) }]
    })
    .sort((a, b) => a.size.lines - b.size.lines || a.size.characters - b.size.characters)
}

/** Equal for patches that leave the same tree. */
function keyOf({ files }: Patch): string {
  return JSON.stringify(files.map(({ path, diff }) => [path, diff]))
}

interface Size {
  readonly lines: number
  readonly characters: number
}

/** What a reviewer has to read of a patch: the lines that go and come. */
function sizeOf({ files }: Patch): Size {
  let [lines, characters] = [0, 0]
  for (const { diff } of files) {
    for (const line of diff.split('\n')) {
      if (!/^[+-](?!\+\+ |-- )/.test(line)) continue
      lines++
      characters += line.length
    }
  }
  return { lines, characters }
}

/** False where a new file would stand in the place of another, or two edits touch the same text. */
function canApply(tree: Tree, { edits, newFiles }: TreeEdit): boolean {
  const sorted = [...edits].sort((a, b) => byCodeUnit(a.path, b.path) || a.start - b.start || a.end - b.end)
  const overlap = sorted.some((edit, i) => {
    const before = sorted[i - 1]
    return before !== undefined && before.path === edit.path && edit.start < before.end
  })
  return !overlap && ![...newFiles.keys()].some((path) => tree.entry(path) !== undefined)
}
