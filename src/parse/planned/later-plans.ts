import { byKey } from '../../base/order.ts'
import type { FileRead, Tree, TreeEntry } from '../../source/tree.ts'
import { LaterPlanText, looksLikePlan } from './plan-file.ts'

/**
 * The base with the plans of the head that it does not have in the same words: such a plan was made for the change, so it tells of the
 * base as well, by what it says of before. The base itself where the head brings none.
 */
export function withLaterPlans(base: Tree, head: Tree): Tree {
  const laid = new Map<string, { readonly entry: TreeEntry; readonly read: FileRead }>()
  for (const entry of head.entries) {
    const { path, kind, id } = entry
    if (kind !== 'file' || !path.endsWith('.json') || base.entry(path)?.id === id) continue
    const read = head.read(path)
    if (!read.ok || !looksLikePlan(read.source.text)) continue
    laid.set(path, {
      entry: { ...entry, id: `${id} before` },
      read: { ok: true, source: new LaterPlanText(path, read.source.text) },
    })
  }
  if (laid.size === 0) return base
  const kept = base.entries.filter(({ path }) => !laid.has(path))
  return {
    name: base.name,
    ...(base.commit !== undefined && { commit: base.commit }),
    entries: [...kept, ...[...laid.values()].map(({ entry }) => entry)].sort(byKey((entry) => entry.path)),
    entry: (path) => laid.get(path)?.entry ?? base.entry(path),
    read: (path) => laid.get(path)?.read ?? base.read(path),
    prefetch: (paths) => base.prefetch([...paths].filter((path) => !laid.has(path))),
  }
}
