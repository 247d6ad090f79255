import { byKey } from '../../src/base/order.ts'
import { SourceText } from '../../src/base/text.ts'
import { toBlobId } from '../../src/source/content.ts'
import { notAFile } from '../../src/source/entries.ts'
import type { Tree, TreeEntry } from '../../src/source/tree.ts'

/** A tree of the given files, for tests that need no repository. */
export function memoryTree(files: Readonly<Record<string, string>>, name = 'memory'): Tree {
  const sources = new Map(Object.entries(files).map(([path, text]) => [path, new SourceText(path, text)]))
  const entries = [...sources.values()]
    .map(({ path, text }): TreeEntry => ({ path, kind: 'file', id: toBlobId(Buffer.from(text)) }))
    .sort(byKey((entry) => entry.path))
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  return {
    name,
    entries,
    entry: (path) => byPath.get(path),
    read(path) {
      const source = sources.get(path)
      return source === undefined ? notAFile(path, undefined) : { ok: true, source }
    },
    prefetch: () => {},
  }
}
