import type { StateView } from '../../compare/state-view.ts'
import type { Resource } from '../../parse/resource.ts'

const byKind = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>()

/** The resources of some kinds, kind by kind and in the order of the tree: a tree holds thousands, and few of those that a rule is about. */
export function resourcesOfKind({ resources }: StateView, ...kinds: readonly string[]): readonly Resource[] {
  let index = byKind.get(resources)
  if (index === undefined) {
    index = indexByKind(resources)
    byKind.set(resources, index)
  }
  return kinds.flatMap((kind) => index.get(kind) ?? [])
}

function indexByKind(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const index = new Map<string, Resource[]>()
  for (const resource of resources) {
    const list = index.get(resource.kind)
    if (list === undefined) index.set(resource.kind, [resource])
    else list.push(resource)
  }
  return index
}
