import { applyEdits, type Edit, type TreeEdit } from '../base/edit.ts'
import { byKey } from '../base/order.ts'
import { invariant } from '../base/problem.ts'
import { SourceText } from '../base/text.ts'
import { toBlobId } from './content.ts'
import type { FileRead, Tree, TreeEntry } from './tree.ts'

/**
 * The tree as it would be after an edit; nothing is written.
 *
 * Entries and texts of all other files are the identical objects, so that only what changed is parsed again. The edits must
 * be of readable files, the new files must not exist.
 */
export function overlayTree(tree: Tree, edit: TreeEdit): Tree {
  const changed = new Map<string, { readonly entry: TreeEntry; readonly read: FileRead }>()
  const put = (path: string, text: string): void => {
    const bytes = Buffer.from(text, 'utf8')
    const entry: TreeEntry = { path, kind: 'file', id: toBlobId(bytes), size: bytes.length }
    changed.set(path, { entry, read: { ok: true, source: new SourceText(path, text) } })
  }
  for (const [path, edits] of groupByPath(edit.edits)) {
    const read = tree.read(path)
    invariant(read.ok, `the edited file ${path} can be read`)
    const text = applyEdits(read.source.text, edits)
    if (text !== read.source.text) put(path, text)
  }
  const added: TreeEntry[] = []
  for (const [path, text] of edit.newFiles) {
    invariant(tree.entry(path) === undefined, `the new file ${path} does not exist`)
    put(path, text)
    added.push(changed.get(path)!.entry)
  }
  const kept = tree.entries.map((entry) => changed.get(entry.path)?.entry ?? entry)
  return {
    name: tree.name,
    entries: added.length === 0 ? kept : [...kept, ...added].sort(byKey((entry) => entry.path)),
    entry: (path) => changed.get(path)?.entry ?? tree.entry(path),
    read: (path) => changed.get(path)?.read ?? tree.read(path),
    prefetch: (paths) => tree.prefetch([...paths].filter((path) => !changed.has(path))),
  }
}

function groupByPath(edits: readonly Edit[]): ReadonlyMap<string, readonly Edit[]> {
  const groups = new Map<string, Edit[]>()
  for (const edit of edits) {
    const group = groups.get(edit.path)
    if (group === undefined) groups.set(edit.path, [edit])
    else group.push(edit)
  }
  return groups
}
