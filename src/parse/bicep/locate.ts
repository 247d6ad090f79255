import type { Origin } from '../../base/origin.ts'
import { resolvePath } from '../template/paths.ts'
import type { Run } from '../template/run.ts'

/** Whether a reference names a module of a registry or a template spec, which is never fetched. */
export function isRemote(reference: string): boolean {
  return /^(?:br|ts)[:/]/.test(reference)
}

/** The path of the tree that a module or an import refers to, its absence reported; undefined where there is none. */
export function locate(reference: string, origin: Origin, run: Run): string | undefined {
  if (isRemote(reference)) return undefined
  const path = resolvePath(origin.source.path, reference)
  if (path === undefined) {
    run.report({ code: 'not-followed', message: `"${reference}" lies outside of the tree`, at: origin })
    run.incomplete = true
    return undefined
  }
  const entry = run.tree.entry(path)
  if (entry?.kind !== 'file') {
    const what = entry === undefined ? 'not in the tree' : `a ${entry.kind}, which is not followed`
    run.report({ code: 'not-followed', message: `"${reference}" is ${what}`, at: origin })
    run.incomplete = true
    return undefined
  }
  return path
}
