import type { Origin } from '../../../base/origin.ts'
import { get, keysIn, type MapEntry, type MapValue, type Value } from '../../../base/value.ts'
import { keysOf } from '../prop.ts'

/** What becomes of the arguments of a block: the ARM path that takes the value, or a function that places it. */
export type Shape = Readonly<Record<string, string | Field>>

/** Places one argument in the ARM body under construction. */
export type Field = (value: Value, draft: Draft) => void

/** An ARM body under construction, or a part of it that a path leads through. */
export class Draft implements MapValue {
  readonly kind = 'map'
  readonly entries = new Map<string, MapEntry>()
  readonly origin: Origin

  constructor(origin: Origin) {
    this.origin = origin
  }
}

/** How one azurerm resource type reads in ARM. */
export interface AzurermType {
  /** ARM type, in ARM's own case. */
  readonly type: string
  /** The parent's ARM type, and the argument that holds its id or name. */
  readonly parent?: { readonly type: string; readonly by: string }
  /** The argument that holds the name (`name` where absent), or the name that ARM fixes. */
  readonly name?: { readonly by: string } | { readonly fixed: string }
  readonly shape: Shape
}

/** Places every argument that the shape names. Null arguments are absent. */
export function fill(shape: Shape, block: MapValue, draft: Draft): void {
  for (const argument of keysIn(block)) {
    if (!Object.hasOwn(shape, argument)) continue
    const value = get(block, argument)!
    if (value.kind === 'scalar' && value.value === null) continue
    const field = shape[argument]!
    if (typeof field === 'string') put(draft, field, value)
    else field(value, draft)
  }
}

/** Puts a value at a dotted path; what stands on the way is kept where it is a draft, and a later value wins. */
export function put(draft: Draft, path: string, value: Value): void {
  const keys = keysOf(path)
  let here = draft
  for (let i = 0; i < keys.length - 1; i++) {
    const key = keys[i]!
    const next = here.entries.get(key)?.value
    if (next instanceof Draft) here = next
    else {
      const fresh = new Draft(value.origin)
      here.entries.set(key, { value: fresh })
      here = fresh
    }
  }
  here.entries.set(keys.at(-1)!, { value })
}

/** A nested block that may stand once: its arguments go to paths of the same body. An unknown block is put at `path`. */
export function one(path: string, shape: Shape): Field {
  return (value, draft) => {
    const block = value.kind === 'list' ? value.items.at(-1) : value
    if (block?.kind === 'map') fill(shape, block, draft)
    else if (block !== undefined) put(draft, path, block)
  }
}

/** A list of blocks that becomes a list of objects. Unknown items stay at their place. */
export function each(path: string, shape: Shape): Field {
  return (value, draft) => {
    const convert = (item: Value): Value => {
      if (item.kind !== 'map') return item
      const inner = new Draft(item.origin)
      fill(shape, item, inner)
      return inner
    }
    append(draft, path, value, convert)
  }
}

/** A list of texts that becomes a list of objects with the text under `key`. */
export function wrap(path: string, key: string): Field {
  return (value, draft) => append(draft, path, value, (item) => (item.kind === 'list' ? item : under(key, item)))
}

/** An id, as ARM's `{id}` object. */
export function id(path: string): Field {
  const full = `${path}.id`
  return (value, draft) => put(draft, full, value)
}

/** A list of ids, as a list of ARM's `{id}` objects. */
export function ids(path: string): Field {
  return wrap(path, 'id')
}

/** One id that becomes a list of one `{id}` object. */
export function idInList(path: string): Field {
  return (value, draft) =>
    append(draft, path, { kind: 'list', items: [value], origin: value.origin }, (item) => under('id', item))
}

/** A flag with the opposite meaning. */
export function not(path: string): Field {
  return choose(path, false, true)
}

/** A flag that ARM writes as one of two values. */
export function choose(path: string, whenTrue: string | boolean, whenFalse: string | boolean): Field {
  return (value, draft) => put(draft, path, mapFlag(value, whenTrue, whenFalse))
}

/** Places one argument in several ways. */
export function both(...fields: readonly (string | Field)[]): Field {
  return (value, draft) => {
    for (const field of fields) {
      if (typeof field === 'string') put(draft, field, value)
      else field(value, draft)
    }
  }
}

/** Puts a constant where the argument or a block of that name is present, whatever its value. */
export function constant(path: string, text: string): Field {
  return (value, draft) => {
    if (value.kind === 'list' && value.items.length === 0) return
    put(draft, path, { kind: 'scalar', value: text, origin: value.origin })
  }
}

function mapFlag(value: Value, whenTrue: string | boolean, whenFalse: string | boolean): Value {
  if (value.kind === 'choice') {
    return { ...value, options: value.options.map((option) => mapFlag(option, whenTrue, whenFalse)) }
  }
  if (value.kind !== 'scalar') return value
  const flag = value.value === true || `${value.value}`.toLowerCase() === 'true'
  return { kind: 'scalar', value: flag ? whenTrue : whenFalse, origin: value.origin }
}

function under(key: string, value: Value): Value {
  return { kind: 'map', entries: new Map([[key, { value }]]), origin: value.origin }
}

/** Adds to the list at `path`; a value that is no list is put as it is, or as a list of one where it is a map. */
function append(draft: Draft, path: string, value: Value, convert: (item: Value) => Value): void {
  if (value.kind === 'unknown' || value.kind === 'choice') {
    put(draft, path, value)
    return
  }
  const items = (value.kind === 'list' ? value.items : [value]).map(convert)
  const before = valueAt(draft, path)
  const earlier = before?.kind === 'list' ? before.items : []
  put(draft, path, { kind: 'list', items: [...earlier, ...items], origin: value.origin })
}

/** What arguments put at a path; undefined where a path only leads through. */
function valueAt(draft: Draft, path: string): Value | undefined {
  let here: Value | undefined = draft
  for (const key of keysOf(path)) {
    if (!(here instanceof Draft)) return undefined
    here = here.entries.get(key)?.value
  }
  return here instanceof Draft ? undefined : here
}
