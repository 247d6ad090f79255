import type { Origin } from '../../base/origin.ts'
import type { Reference, UnknownReason } from '../../base/value.ts'
import type { Numeric } from './number.ts'
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
