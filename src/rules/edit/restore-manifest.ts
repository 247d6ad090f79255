import type { StateView } from '../../compare/state-view.ts'
import type { Resource } from '../../parse/resource.ts'
import type { ProposedPatch } from '../rule.ts'

/** An object of a manifest that the head has no more, in a file of its own: in its old place if that is free. */
export function restoreManifest(
  { origin, unit, address }: Resource,
  name: string,
  head: StateView,
): ProposedPatch | undefined {
  const { source, start, end, from } = origin
  if (from !== undefined || unit.kind !== 'manifests' || source.position(start).column !== 1) return undefined
  const taken = new Set(head.resources.map((other) => other.origin.source.path))
  const folder = source.path.slice(0, source.path.lastIndexOf('/') + 1)
  const path = [source.path, `${folder}${name}.yaml`].find((one) => !taken.has(one))
  if (path === undefined) return undefined
  const text = `${source.text.slice(start, end).trimEnd()}\n`
  return { edit: { edits: [], newFiles: new Map([[path, text]]) }, summary: `Brings ${address} back.` }
}
