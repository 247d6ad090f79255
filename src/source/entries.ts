import { byCodeUnit } from '../base/order.ts'
import { InputError } from '../base/problem.ts'
import type { FileRead, TreeEntry } from './tree.ts'

/** The entries sorted by path and found by path. Throws {@link InputError} where a path leads out of the tree. */
export function indexEntries(
  name: string,
  listed: readonly TreeEntry[],
): { readonly entries: readonly TreeEntry[]; readonly byPath: ReadonlyMap<string, TreeEntry> } {
  const byPath = new Map<string, TreeEntry>()
  let sorted = true
  let previous = ''
  for (const entry of listed) {
    requireInside(name, entry.path)
    if (byPath.has(entry.path)) throw new InputError(`${name} lists ${JSON.stringify(entry.path)} twice`)
    byPath.set(entry.path, entry)
    if (previous > entry.path) sorted = false
    previous = entry.path
  }
  const entries = sorted ? listed : [...listed].sort((a, b) => byCodeUnit(a.path, b.path))
  return { entries, byPath }
}

/** Paths with an empty, `.` or `..` part cannot stand in a work tree; git refuses to check them out, and so do we. */
function requireInside(name: string, path: string): void {
  if (path === '' || path.startsWith('/') || path.endsWith('/') || path.includes('\0') || OUTSIDE.test(path)) {
    throw new InputError(`${name} holds the path ${JSON.stringify(path)}, which leads out of it`)
  }
}
const OUTSIDE = /(?:^|\/)\.{0,2}(?:\/|$)/

/** What reading a path gives where there is no plain file. */
export function notAFile(path: string, kind: 'symlink' | 'submodule' | undefined): FileRead {
  switch (kind) {
    case undefined:
      return { ok: false, reason: 'absent', message: `there is no file ${path}` }
    case 'symlink':
      return { ok: false, reason: 'symlink', message: 'a symbolic link, which is not followed' }
    case 'submodule':
      return { ok: false, reason: 'submodule', message: 'a submodule, whose content is in another repository' }
  }
}
