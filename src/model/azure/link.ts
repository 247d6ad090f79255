import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { parseAzureId } from './azure-id.ts'
import type { AzureObject } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { at, present } from './prop.ts'

/**
 * A property that points to another resource.
 *
 * - `absent`: there is no such property.
 * - `found`: the resource is in the tree.
 * - `outside`: it names a resource that exists and is not in the tree, or only as `existing` or as a data source.
 * - `unknown`: whether there is one at all cannot be known.
 */
export type Link =
  | { readonly kind: 'absent'; readonly origin: Origin }
  | { readonly kind: 'found'; readonly object: AzureObject; readonly origin: Origin }
  | { readonly kind: 'outside'; readonly name: string | undefined; readonly origin: Origin }
  | { readonly kind: 'unknown'; readonly origin: Origin }

/** Follows the id at `path` of an object's body; `type` is what a bare name would mean. */
export function linkAt(objects: AzureObjects, object: AzureObject, path: string, type?: string): Link {
  return toLink(objects, object, at(object.body, path), type)
}

/** Follows a list of ids, or of objects with the id under `key`. An unknown list is one unknown link. */
export function linksAt(objects: AzureObjects, object: AzureObject, path: string, key?: string, type?: string): Link[] {
  const list = at(object.body, path)
  if (list === undefined) return []
  const items = list.kind === 'list' ? list.items : [list]
  return items.map((item) =>
    toLink(objects, object, key !== undefined && item.kind === 'map' ? at(item, key) : item, type),
  )
}

export function toLink(objects: AzureObjects, object: AzureObject, value: Value | undefined, type?: string): Link {
  const found = present(value)
  if (found === undefined) return { kind: 'absent', origin: object.resource.origin }
  const { origin } = found
  if (found.kind === 'scalar' && found.value === '') return { kind: 'absent', origin }
  const target = objects.resolve(found, object.resource, type)
  if (target !== undefined) {
    return target.existing
      ? { kind: 'outside', name: target.name.known ? target.name.value : undefined, origin }
      : { kind: 'found', object: target, origin }
  }
  if (found.kind === 'scalar') return { kind: 'outside', name: parseAzureId(`${found.value}`)?.names.at(-1), origin }
  if (found.kind === 'id') return { kind: 'outside', name: parseAzureId(found.id)?.names.at(-1), origin }
  if (found.kind === 'unknown' && (found.reference !== undefined || found.reason === 'data-source')) {
    return { kind: 'outside', name: undefined, origin }
  }
  return { kind: 'unknown', origin }
}

/** The facts of one kind, found by the object or by a link to it. */
export interface FactSet<T> {
  readonly all: readonly T[]
  of(target: Link | AzureObject | undefined): T | undefined
}

/** The facts that `read` gives, read when the first of them is asked for: few changes need those of every kind. */
export function factSet<T extends { readonly object: AzureObject }>(read: () => readonly T[]): FactSet<T> {
  let all: readonly T[] | undefined
  let byObject: ReadonlyMap<AzureObject, T> | undefined
  const every = () => {
    all ??= read()
    return all
  }
  const find = (object: AzureObject) => {
    byObject ??= new Map(every().map((fact) => [fact.object, fact]))
    return byObject.get(object)
  }
  return {
    get all() {
      return every()
    },
    of: (target) => {
      if (target === undefined) return undefined
      if (!('kind' in target)) return find(target)
      return target.kind === 'found' ? find(target.object) : undefined
    },
  }
}
