import { createHash } from 'node:crypto'
import { SourceText } from '../../src/base/text.ts'
import type { Tree, TreeEntry } from '../../src/source/tree.ts'

/** A tree in memory, from its files by path. */
export function treeOf(files: Readonly<Record<string, string>>, name = 'tree'): Tree {
  const entries = Object.keys(files)
    .sort()
    .map((path): TreeEntry => ({ path, kind: 'file', id: createHash('sha1').update(files[path]!).digest('hex') }))
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  const sources = new Map<string, SourceText>()
  return {
    name,
    entries,
    entry: (path) => byPath.get(path),
    read(path) {
      if (!byPath.has(path)) return { ok: false, reason: 'absent', message: `${path} is not in the tree` }
      let source = sources.get(path)
      if (source === undefined) {
        source = new SourceText(path, files[path]!)
        sources.set(path, source)
      }
      return { ok: true, source }
    },
    prefetch() {},
  }
}
