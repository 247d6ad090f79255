import type { Origin } from '../../../base/origin.ts'
import type { MapEntry, MapValue, Value } from '../../../base/value.ts'

/** What becomes of the arguments of a block: the ARM path that takes the value, or a function that places it. */
export type Shape = Readonly<Record<string, string | Field>>

/** Places one argument in the ARM body under construction. */
export type Field = (value: Value, draft: Draft) => void

/** An ARM body under construction. */
export interface Draft {
  readonly entries: Map<string, Draft | Value>
  readonly origin: Origin
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
  for (const [argument, entry] of block.entries) {
    if (!Object.hasOwn(shape, argument)) continue
    const { value } = entry
    if (value.kind === 'scalar' && value.value === null) continue
    const field = shape[argument]!
    if (typeof field === 'string') put(draft, field, value)
    else field(value, draft)
  }
}

export function newDraft(origin: Origin): Draft {
  return { entries: new Map(), origin }
}

/** The finished body. */
export function finish(draft: Draft): MapValue {
  const entries = new Map<string, MapEntry>()
  for (const [key, value] of draft.entries) entries.set(key, { value: 'kind' in value ? value : finish(value) })
  return { kind: 'map', entries, origin: draft.origin }
}

/** Puts a value at a dotted path; what stands on the way is kept where it is a draft, and a later value wins. */
export function put(draft: Draft, path: string, value: Value): void {
  const keys = path.split('.')
  const last = keys.pop()!
  let here = draft
  for (const key of keys) {
    const next = here.entries.get(key)
    if (next !== undefined && !('kind' in next)) here = next
    else {
      const fresh = newDraft(value.origin)
      here.entries.set(key, fresh)
      here = fresh
    }
  }
  here.entries.set(last, value)
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
      const inner = newDraft(item.origin)
      fill(shape, item, inner)
      return finish(inner)
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
  return (value, draft) => put(draft, `${path}.id`, value)
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

function valueAt(draft: Draft, path: string): Value | undefined {
  let here: Draft | Value | undefined = draft
  for (const key of path.split('.')) {
    if (here === undefined || 'kind' in here) return undefined
    here = here.entries.get(key)
  }
  return here !== undefined && 'kind' in here ? here : undefined
}
