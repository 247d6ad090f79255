import { fileName } from '../base/path.ts'
import type { Tree, TreeEntry } from './tree.ts'

/** How the files of two trees differ. Each path stands in one of the lists; all are sorted by path. */
export interface TreeChanges {
  /** In the head only, and not moved there. */
  readonly added: readonly string[]
  /** In the base only, and not moved away. */
  readonly removed: readonly string[]
  /** In both, with another content or kind. A changed file mode is no change. */
  readonly changed: readonly string[]
  /** Files that have another path and the identical content, sorted by `to`. */
  readonly moved: readonly Move[]
}

export interface Move {
  readonly from: string
  readonly to: string
}

/** Compares by path and blob id alone; no file of a git tree is read. O(entries). */
export function compareTrees(base: Tree, head: Tree): TreeChanges {
  const added: TreeEntry[] = []
  const removed: TreeEntry[] = []
  const changed: string[] = []
  let b = 0
  let h = 0
  while (b < base.entries.length || h < head.entries.length) {
    const before = base.entries[b]
    const after = head.entries[h]
    if (before === undefined || (after !== undefined && after.path < before.path)) {
      added.push(after!)
      h++
    } else if (after === undefined || before.path < after.path) {
      removed.push(before)
      b++
    } else {
      if (before !== after && (before.id !== after.id || before.kind !== after.kind)) changed.push(after.path)
      b++
      h++
    }
  }
  const moved = pairMoves(removed, added)
  const gone = new Set(moved.map((move) => move.from))
  const come = new Set(moved.map((move) => move.to))
  return {
    added: added.map((entry) => entry.path).filter((path) => !come.has(path)),
    removed: removed.map((entry) => entry.path).filter((path) => !gone.has(path)),
    changed,
    moved,
  }
}

/** Every path that is not the same on both sides, moved ones under both names. */
export function touchedPaths(changes: TreeChanges): ReadonlySet<string> {
  const moved = changes.moved.flatMap((move) => [move.from, move.to])
  return new Set([...changes.added, ...changes.removed, ...changes.changed, ...moved])
}

/** Pairs equal contents: of several, those that kept their file name first, then in the order of their paths. */
function pairMoves(removed: readonly TreeEntry[], added: readonly TreeEntry[]): readonly Move[] {
  if (removed.length === 0 || added.length === 0) return []
  const moves: Move[] = []
  const unpaired = new Set(added)
  const pairBy = (key: (entry: TreeEntry) => string, from: readonly TreeEntry[]): readonly TreeEntry[] => {
    const byContent = new Map<string, TreeEntry[]>()
    for (const entry of unpaired) {
      const group = byContent.get(key(entry))
      if (group === undefined) byContent.set(key(entry), [entry])
      else group.push(entry)
    }
    for (const group of byContent.values()) group.reverse()
    return from.filter((entry) => {
      const to = byContent.get(key(entry))?.pop()
      if (to === undefined) return true
      unpaired.delete(to)
      moves.push({ from: entry.path, to: to.path })
      return false
    })
  }
  // Empty files are all equal, and say nothing of where one went.
  const movable = removed.filter((entry) => entry.id !== EMPTY_BLOB)
  const left = pairBy((entry) => `${contentKey(entry)} ${fileName(entry.path)}`, movable)
  pairBy(contentKey, left)
  return moves.sort((x, y) => (x.to < y.to ? -1 : 1))
}

/** Git's id of no content. */
const EMPTY_BLOB = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'

function contentKey(entry: TreeEntry): string {
  return `${entry.kind} ${entry.id}`
}
