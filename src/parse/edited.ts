import type { Tree } from '../source/tree.ts'
import type { ParseCache } from './front-end.ts'
import { withEditedFile } from './kubernetes/index.ts'
import type { RenderedUnit, Resource } from './resource.ts'
import type { ParsedTree } from './units.ts'

/** A tree of which some files were edited, and what that put in place of what. */
export interface EditedTree {
  readonly tree: ParsedTree
  readonly units: ReadonlyMap<RenderedUnit, RenderedUnit>
  readonly resources: ReadonlyMap<Resource, Resource>
}

/**
 * A known tree with some of its files read again, for an edit that leaves every object in its place: then the units are the same, and
 * nobody need look for them. Undefined where the edit may do more than that, or where a file is no plain manifest.
 */
export function rereadFiles(
  known: ParsedTree,
  edited: Tree,
  files: readonly string[],
  cache: ParseCache,
): EditedTree | undefined {
  const units = new Map<RenderedUnit, RenderedUnit>()
  const resources = new Map<Resource, Resource>()
  for (const file of files) {
    const before = known.units.find(({ unit }) => unit.files.includes(file))
    const after = before && withEditedFile(units.get(before) ?? before, edited, file, cache)
    if (before === undefined || after === undefined) return undefined
    units.set(before, after)
  }
  for (const [before, after] of units) {
    for (const [i, resource] of before.resources.entries())
      if (after.resources[i] !== resource) resources.set(resource, after.resources[i]!)
  }
  return { tree: { ...known, units: known.units.map((unit) => units.get(unit) ?? unit) }, units, resources }
}
