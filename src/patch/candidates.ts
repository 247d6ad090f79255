import type { TreeEdit } from '../base/edit.ts'
import { byCodeUnit } from '../base/order.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Copies } from '../rules/copies.ts'
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

/** A candidate for each place of a finding, and the edit of all of them as one. */
export interface JointCandidate extends Candidate {
  /** In the order of the places. */
  readonly parts: Copies<Candidate>
}

/** What can be done at every place alike, in the order of the first place's candidates. */
export function joinCandidates(lists: Copies<readonly Candidate[]>, tree: Tree): readonly JointCandidate[] {
  const [first, ...others] = lists
  if (others.length === 0) return first.map((candidate) => ({ ...candidate, parts: [candidate] }))
  return first.flatMap((candidate, i): readonly JointCandidate[] => {
    const { layer, patch } = candidate
    const alike = others.flatMap((list) => {
      const closing = list.filter((one) => one.layer === layer)
      return closing.find((one) => one.patch.summary === patch.summary) ?? closing.find((one) => one === list[i]) ?? []
    })
    if (alike.length < others.length) return []
    const parts: Copies<Candidate> = [candidate, ...alike]
    const edit = joinEdits(parts.map((part) => part.edit))
    const joint = edit && canApply(tree, edit) ? showPatch(tree, edit, patch.summary) : undefined
    return edit === undefined || joint === undefined ? [] : [{ layer, edit, patch: joint, parts }]
  })
}

/** Undefined where two would make one file with different text. */
function joinEdits(all: readonly TreeEdit[]): TreeEdit | undefined {
  const edits = new Map<string, TreeEdit['edits'][number]>()
  const newFiles = new Map<string, string>()
  for (const one of all) {
    for (const edit of one.edits) edits.set(JSON.stringify([edit.path, edit.start, edit.end, edit.text]), edit)
    for (const [path, text] of one.newFiles) {
      if ((newFiles.get(path) ?? text) !== text) return undefined
      newFiles.set(path, text)
    }
  }
  return { edits: [...edits.values()], newFiles }
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
