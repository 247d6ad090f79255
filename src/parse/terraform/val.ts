import { byCodeUnit } from '../../base/order.ts'
import type { Origin } from '../../base/origin.ts'
import type { Reference, UnknownReason } from '../../base/value.ts'
import { Failure } from './failure.ts'
import { compare, type Numeric, numberToString, numericEquals } from './number.ts'
import { BOOL, listOf, mapOf, NUMBER, objectOf, STRING, setOf, type Type, tupleOf } from './type.ts'

/** A value while it is evaluated: with its type, and with where it comes from. Values are never changed, so they may share parts. */
export type Val =
  | StringVal
  | NumberVal
  | BoolVal
  | NullVal
  | ListVal
  | SetVal
  | MapVal
  | TupleVal
  | ObjectVal
  | UnknownVal

export interface StringVal {
  readonly kind: 'string'
  readonly value: string
  readonly origin: Origin
  /** Set where a plan told the value of an attribute of a resource: what it means is still that resource. */
  readonly reference?: Reference
}

export interface NumberVal {
  readonly kind: 'number'
  readonly value: Numeric
  readonly origin: Origin
}

export interface BoolVal {
  readonly kind: 'bool'
  readonly value: boolean
  readonly origin: Origin
}

export interface NullVal {
  readonly kind: 'null'
  readonly type: Type
  readonly origin: Origin
}

interface Remembering {
  /** What {@link findUnknown} found, null for nothing. */
  firstUnknown?: UnknownVal | null
}

export interface ListVal extends Remembering {
  readonly kind: 'list'
  readonly element: Type
  readonly items: readonly Val[]
  /** Parts that the value has when it is written out in full. */
  readonly size: number
  readonly origin: Origin
}

/** Elements are sorted and differ from each other, as far as they are known. */
export interface SetVal extends Remembering {
  readonly kind: 'set'
  readonly element: Type
  readonly items: readonly Val[]
  readonly size: number
  readonly origin: Origin
}

export interface MapVal extends Remembering {
  readonly kind: 'map'
  readonly element: Type
  readonly entries: ReadonlyMap<string, Val>
  readonly keys?: ReadonlyMap<string, Origin>
  readonly size: number
  readonly origin: Origin
}

export interface TupleVal extends Remembering {
  readonly kind: 'tuple'
  /** Once somebody asked for it. */
  type?: Type
  readonly items: readonly Val[]
  readonly size: number
  readonly origin: Origin
}

export interface ObjectVal extends Remembering {
  readonly kind: 'object'
  /** Once somebody asked for it. */
  type?: Type
  /** In the order written; the language iterates in the order of the keys: see {@link sortedEntries}. */
  readonly entries: ReadonlyMap<string, Val>
  /** Where the keys are written. */
  readonly keys?: ReadonlyMap<string, Origin>
  readonly size: number
  readonly origin: Origin
}

export interface UnknownVal {
  readonly kind: 'unknown'
  readonly type: Type
  readonly reason: UnknownReason
  readonly detail: string
  readonly origin: Origin
  readonly reference?: Reference
  /** Where a string surely begins with this. */
  readonly prefix?: string
  /** Of a string with one unknown inside: what stands before and after it. */
  readonly around?: { readonly before: string; readonly hole: UnknownVal; readonly after: string }
  readonly notNull?: boolean
  /** The values that it can be, where these are known: at least two, none of them a choice. */
  readonly options?: readonly Val[]
  /** What is known of an object whose other attributes only the provider knows. */
  readonly attributes?: ReadonlyMap<string, Val>
  /** Where the known attributes are written. */
  readonly keys?: ReadonlyMap<string, Origin>
  /** What a plan knows of the attributes that are not configured: looked up, and no part of the value. */
  readonly computed?: (name: string) => Val | undefined
  /** Parts of the options or attributes, written out in full. */
  readonly size?: number
}

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

/** Unknown because of another unknown: its reason and detail, and nothing else of it. */
export function derived(
  from: UnknownVal,
  type: Type,
  origin: Origin,
  more?: Partial<Pick<UnknownVal, 'prefix' | 'notNull' | 'around'>>,
): UnknownVal {
  return { kind: 'unknown', type, reason: from.reason, detail: from.detail, origin, ...more }
}

/** The type of a value. Computed once for tuples and objects. */
export function typeOf(val: Val): Type {
  switch (val.kind) {
    case 'string':
      return STRING
    case 'number':
      return NUMBER
    case 'bool':
      return BOOL
    case 'null':
    case 'unknown':
      return val.type
    case 'list':
      return listOf(val.element)
    case 'set':
      return setOf(val.element)
    case 'map':
      return mapOf(val.element)
    case 'tuple':
    case 'object': {
      if (val.type === undefined) {
        val.type =
          val.kind === 'tuple'
            ? tupleOf(val.items.map(typeOf))
            : objectOf(new Map([...val.entries].map(([name, item]) => [name, typeOf(item)])))
      }
      return val.type
    }
  }
}

/** The first unknown in a value, however deep; undefined where all of it is known. */
export function findUnknown(val: Val): UnknownVal | undefined {
  switch (val.kind) {
    case 'unknown':
      return val
    case 'list':
    case 'set':
    case 'tuple':
    case 'map':
    case 'object': {
      if (val.firstUnknown !== undefined) return val.firstUnknown ?? undefined
      let found: UnknownVal | undefined
      for (const item of childrenOf(val)) {
        found = findUnknown(item)
        if (found !== undefined) break
      }
      val.firstUnknown = found ?? null
      return found
    }
    default:
      return undefined
  }
}

function childrenOf(val: ListVal | SetVal | TupleVal | MapVal | ObjectVal): Iterable<Val> {
  return val.kind === 'map' || val.kind === 'object' ? val.entries.values() : val.items
}

/** Entries in the order in which the language visits them. */
export function sortedEntries(val: MapVal | ObjectVal): [string, Val][] {
  return [...val.entries].sort((a, b) => byUtf8(a[0], b[0]))
}

/** Strings in the order of their bytes in UTF-8, as the language sorts them. Differs from UTF-16 order behind U+D7FF only. */
export function byUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xSurrogate = x >= 0xd800 && x <= 0xdfff
    const ySurrogate = y >= 0xd800 && y <= 0xdfff
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

/** True or false where it is decided; undefined where an unknown decides. Both must be of one type, or the answer is false. */
export function equals(a: Val, b: Val): boolean | undefined {
  if (a === b && findUnknown(a) === undefined) return true
  if (b.kind === 'unknown') return unknownEquals(b, a)
  switch (a.kind) {
    case 'unknown':
      return unknownEquals(a, b)
    case 'null':
      return b.kind === 'null'
    case 'string':
    case 'bool':
      return a.kind === b.kind && a.value === b.value
    case 'number':
      return b.kind === 'number' && numericEquals(a.value, b.value)
    case 'list':
    case 'tuple':
      return a.kind === b.kind && allEqual(a.items, b.items)
    case 'set':
      return b.kind === 'set' && setEquals(a, b)
    case 'map':
    case 'object': {
      if (a.kind !== b.kind || a.entries.size !== b.entries.size) return false
      const left: Val[] = []
      const right: Val[] = []
      for (const [key, item] of a.entries) {
        const other = b.entries.get(key)
        if (other === undefined) return false
        left.push(item)
        right.push(other)
      }
      return allEqual(left, right)
    }
  }
}

function unknownEquals(unknown: UnknownVal, other: Val): boolean | undefined {
  if (unknown.options !== undefined) {
    const answers = unknown.options.map((option) => equals(option, other))
    if (answers.every((answer) => answer === answers[0])) return answers[0]
    return undefined
  }
  if (other.kind === 'null' && unknown.notNull) return false
  if (other.kind === 'string' && unknown.prefix !== undefined && !other.value.startsWith(unknown.prefix)) return false
  return undefined
}

function allEqual(a: readonly Val[], b: readonly Val[]): boolean | undefined {
  if (a.length !== b.length) return false
  let decided: boolean | undefined = true
  for (let i = 0; i < a.length; i++) {
    const same = equals(a[i]!, b[i]!)
    if (same === false) return false
    if (same === undefined) decided = undefined
  }
  return decided
}

function setEquals(a: SetVal, b: SetVal): boolean | undefined {
  if (findUnknown(a) !== undefined || findUnknown(b) !== undefined) return undefined
  return allEqual(a.items, b.items)
}

/** A text that two known values share exactly if they are equal; undefined where a part is unknown. */
export function identityOf(val: Val): string | undefined {
  switch (val.kind) {
    case 'string':
      return `s${val.value.length}:${val.value}`
    case 'number':
      return `n${numberToString(val.value)}`
    case 'bool':
      return val.value ? 't' : 'f'
    case 'null':
      return '0'
    case 'unknown':
      return undefined
    case 'list':
    case 'tuple':
    case 'set': {
      const parts: string[] = []
      for (const item of val.items) {
        const part = identityOf(item)
        if (part === undefined) return undefined
        parts.push(part)
      }
      return `${val.kind}(${parts.join(',')})`
    }
    case 'map':
    case 'object': {
      const parts: string[] = []
      for (const [key, item] of sortedEntries(val)) {
        const part = identityOf(item)
        if (part === undefined) return undefined
        parts.push(`${key.length}:${key}=${part}`)
      }
      return `${val.kind}(${parts.join(',')})`
    }
  }
}

/** Strings by bytes, numbers by size, false before true; the language leaves the order of all else open. */
function sortedDistinct(items: readonly Val[]): readonly Val[] {
  const seen = new Set<string>()
  const distinct: { readonly item: Val; readonly identity: string | undefined }[] = []
  for (const item of items) {
    const identity = identityOf(item)
    if (identity !== undefined) {
      if (seen.has(identity)) continue
      seen.add(identity)
    }
    distinct.push({ item, identity })
  }
  distinct.sort((a, b) => {
    const x = a.item
    const y = b.item
    if (x.kind === 'string' && y.kind === 'string') return byUtf8(x.value, y.value)
    if (x.kind === 'number' && y.kind === 'number') return compare(x.value, y.value)
    if (x.kind === 'bool' && y.kind === 'bool') return Number(x.value) - Number(y.value)
    if (a.identity === undefined || b.identity === undefined) {
      return Number(a.identity === undefined) - Number(b.identity === undefined)
    }
    return byCodeUnit(a.identity, b.identity)
  })
  return distinct.map((entry) => entry.item)
}
