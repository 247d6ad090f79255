import type { Origin } from '../../base/origin.ts'
import { sortedDistinct } from './equality.ts'
import { Failure } from './failure.ts'
import type { Numeric } from './number.ts'
import type { Type } from './type.ts'
import type {
  BoolVal,
  ListVal,
  MapVal,
  NullVal,
  NumberVal,
  ObjectVal,
  SetVal,
  StringVal,
  TupleVal,
  Val,
} from './val.ts'

/** Written out in full, a value that has more parts than this is refused. */
const MAX_SIZE = 1_000_000
/** UTF-16 units of one string. */
export const MAX_STRING = 4_000_000

export function makeString(value: string, origin: Origin): StringVal {
  if (value.length > MAX_STRING) throw new Failure('limit-exceeded', `a string has more than ${MAX_STRING} characters`)
  return { kind: 'string', value, origin }
}

export function makeNumber(value: Numeric, origin: Origin): NumberVal {
  return { kind: 'number', value, origin }
}

export function makeBool(value: boolean, origin: Origin): BoolVal {
  return { kind: 'bool', value, origin }
}

export function makeNull(type: Type, origin: Origin): NullVal {
  return { kind: 'null', type, origin }
}

function sizeOf(val: Val): number {
  switch (val.kind) {
    case 'list':
    case 'set':
    case 'map':
    case 'tuple':
    case 'object':
      return val.size
    case 'string':
      // A long string costs like many small parts wherever it is printed.
      return 1 + (val.value.length >> 10)
    case 'number':
    case 'bool':
    case 'null':
      return 1
    case 'unknown':
      return val.size ?? 1
  }
}

/** Parts of several values, written out in full; refused where they are too many. */
export function totalSize(vals: Iterable<Val>): number {
  let size = 1
  for (const val of vals) size += sizeOf(val)
  if (size > MAX_SIZE) throw new Failure('limit-exceeded', `a value has more than ${MAX_SIZE} parts`)
  return size
}

export function makeTuple(items: readonly Val[], origin: Origin): TupleVal {
  return { kind: 'tuple', items, size: totalSize(items), origin }
}

/** Every item must be of the element type already. */
export function makeList(element: Type, items: readonly Val[], origin: Origin): ListVal {
  return { kind: 'list', element, items, size: totalSize(items), origin }
}

/** Sorts, and drops what is equal for certain. Every item must be of the element type already. */
export function makeSet(element: Type, items: readonly Val[], origin: Origin): SetVal {
  const sorted = sortedDistinct(items)
  return { kind: 'set', element, items: sorted, size: totalSize(sorted), origin }
}

export function makeMap(
  element: Type,
  entries: ReadonlyMap<string, Val>,
  origin: Origin,
  keys?: ReadonlyMap<string, Origin>,
): MapVal {
  const size = totalSize(entries.values())
  return keys === undefined
    ? { kind: 'map', element, entries, size, origin }
    : { kind: 'map', element, entries, keys, size, origin }
}

export function makeObject(
  entries: ReadonlyMap<string, Val>,
  origin: Origin,
  keys?: ReadonlyMap<string, Origin>,
): ObjectVal {
  const size = totalSize(entries.values())
  return keys === undefined
    ? { kind: 'object', entries, size, origin }
    : { kind: 'object', entries, keys, size, origin }
}
