import type { Origin } from '../../base/origin.ts'
import type {
  ListValue,
  MapEntry,
  MapValue,
  Reference,
  ScalarValue,
  UnknownReason,
  UnknownValue,
  Value,
} from '../../base/value.ts'
import { type Measure, measureEntries, measureItems } from './measure.ts'

/** Options of one choice; more than these are reported as unknown. */
const MAX_OPTIONS = 8

export function scalar(value: ScalarValue['value'], origin: Origin): ScalarValue {
  return { kind: 'scalar', value, origin }
}

export function list(items: readonly Value[], origin: Origin): ListValue {
  const { weight, depth } = measureItems(items)
  const value: ListValue & Measure = { kind: 'list', items, origin, weight, depth }
  return value
}

export function map(entries: ReadonlyMap<string, MapEntry>, origin: Origin): MapValue {
  const { weight, depth } = measureEntries(entries)
  const value: MapValue & Measure = { kind: 'map', entries, origin, weight, depth }
  return value
}

/** An unknown of its own: copies of it stand for the same value, whatever that is, so that two of them are equal. */
interface TokenValue extends UnknownValue {
  readonly token: number
}

let lastToken = 0

export function unknown(reason: UnknownReason, detail: string, origin: Origin): UnknownValue {
  const value: TokenValue = { kind: 'unknown', reason, detail, origin, token: ++lastToken }
  return value
}

/** A number that two unknowns share where they surely are the same value. */
export function tokenOf(value: UnknownValue): number | undefined {
  return 'token' in value ? (value as TokenValue).token : undefined
}

/** What the language itself refuses. */
export function failure(detail: string, origin: Origin): UnknownValue {
  return unknown('evaluation-error', detail, origin)
}

/** An unknown that says why, made of a value that is not known (or of which only the options are). */
export function derive(value: Value, origin: Origin): UnknownValue {
  if (value.kind === 'unknown' || value.kind === 'choice') {
    return unknown(value.reason, value.detail, flow(origin, value.origin))
  }
  return unknown('derived', 'depends on the deployment', flow(origin, value.origin))
}

/** An object whose members are computed when asked for: a resource, a module, `resourceGroup()`. As a whole it is unknown. */
export interface LazyObject extends UnknownValue {
  /** The member, or undefined where the object surely has none of that name; `safe` where null may then stand for it. */
  readonly member: (name: string, origin: Origin, safe: boolean) => Value | undefined
  /** What the object stands for, for the front end that made it. */
  readonly target?: unknown
}

/** What a resource of the template declares of one of its objects; Azure adds properties that are not known. */
export interface OpenMap extends MapValue {
  readonly open: Reference
}

/** A list that a resource declares, whose objects are such. */
export interface OpenList extends ListValue {
  readonly open: Reference
}

export function isOpen(value: MapValue): value is OpenMap
export function isOpen(value: ListValue): value is OpenList
export function isOpen(value: MapValue | ListValue): boolean {
  return 'open' in value
}

/** The value as an attribute of a deployed resource. */
export function asAttribute(value: Value, reference: Reference): Value {
  if (value.kind !== 'map' && value.kind !== 'list') return value
  const open: OpenMap | OpenList = { ...value, open: reference }
  return open
}

export function isLazy(value: Value): value is LazyObject {
  return value.kind === 'unknown' && 'member' in value
}

/** The origin with the place behind it; where it is the same place, that place. */
export function flow(origin: Origin, from: Origin): Origin {
  if (origin.source === from.source && origin.start === from.start && origin.end === from.end) return from
  return { source: origin.source, start: origin.start, end: origin.end, from }
}

/** The same value, used at another place. */
export function usedAt(value: Value, origin: Origin): Value {
  return { ...value, origin: flow(origin, value.origin) }
}

/** One of several values. Equal ones count once; a single one is itself; too many are unknown. */
export function choose(options: readonly Value[], why: Value, origin: Origin): Value {
  const distinct: Value[] = []
  for (const option of options) {
    for (const one of option.kind === 'choice' ? option.options : [option]) {
      if (!distinct.some((other) => isSame(other, one))) distinct.push(one)
    }
  }
  if (distinct.length === 1) return distinct[0]!
  const { reason, detail } = derive(why, origin)
  if (distinct.length > MAX_OPTIONS || distinct.every((option) => option.kind === 'unknown' && !isLazy(option))) {
    return unknown(reason, detail, origin)
  }
  return { kind: 'choice', options: distinct, reason, detail, origin }
}

/** Surely equal. Unknowns are the same only where they refer to the same attribute. */
export function isSame(a: Value, b: Value): boolean {
  if (a === b) return true
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.value === b.value
  if (a.kind === 'id') return b.kind === 'id' && a.id === b.id
  if (a.kind === 'list') {
    if (b.kind !== 'list' || a.items.length !== b.items.length) return false
    return a.items.every((item, i) => isSame(item, b.items[i]!))
  }
  if (a.kind === 'map') {
    if (b.kind !== 'map' || a.entries.size !== b.entries.size) return false
    for (const [key, entry] of a.entries) {
      const other = b.entries.get(key)
      if (other === undefined || !isSame(entry.value, other.value)) return false
    }
    return true
  }
  if (a.kind === 'unknown' && b.kind === 'unknown') {
    const token = tokenOf(a)
    if (token !== undefined && token === tokenOf(b)) return true
    return (
      a.reference !== undefined &&
      a.reference.address === b.reference?.address &&
      a.reference.attribute === b.reference.attribute
    )
  }
  return false
}

/** Whether two values are equal as `==` sees them; undefined where that is not known. Linear in the smaller one. */
export function isEqual(a: Value, b: Value): boolean | undefined {
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value === b.value
  if (a.kind === 'unknown' && b.kind === 'unknown') {
    const token = tokenOf(a)
    return token !== undefined && token === tokenOf(b) ? true : undefined
  }
  if (a.kind === 'unknown' || b.kind === 'unknown' || a.kind === 'choice' || b.kind === 'choice') return undefined
  if (a.kind === 'id' || b.kind === 'id') {
    const [id, other] = a.kind === 'id' ? [a, b] : [b as typeof a & { kind: 'id' }, a]
    if (other.kind === 'id') return id.id === other.id ? undefined : false
    if (other.kind !== 'scalar' || typeof other.value !== 'string') return false
    return other.value.endsWith(`/providers/${id.id}`) ? undefined : false
  }
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.items.length !== b.items.length) return false
    return every(a.items.map((item, i) => isEqual(item, b.items[i]!)))
  }
  if (a.kind === 'map' && b.kind === 'map') {
    if (a.entries.size !== b.entries.size) return false
    const results: (boolean | undefined)[] = []
    for (const [key, entry] of a.entries) {
      const other = b.entries.get(key)
      if (other === undefined) return false
      results.push(isEqual(entry.value, other.value))
    }
    return every(results)
  }
  return false
}

function every(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(false)) return false
  return results.includes(undefined) ? undefined : true
}

/** Keys that are looked through one by one; of larger objects the spellings are kept. */
const FEW_KEYS = 16

const spellings = new WeakMap<ReadonlyMap<string, MapEntry>, ReadonlyMap<string, string>>()

/** The entry of a key, its case ignored where no key is exactly the same: ARM's objects do not tell case apart. */
export function entryOf({ entries }: MapValue, key: string): MapEntry | undefined {
  const exact = entries.get(key)
  if (exact !== undefined) return exact
  const wanted = key.toLowerCase()
  if (entries.size > FEW_KEYS) {
    let known = spellings.get(entries)
    if (known === undefined) {
      known = spellingsOf(entries)
      spellings.set(entries, known)
    }
    const spelling = known.get(wanted)
    return spelling === undefined ? undefined : entries.get(spelling)
  }
  for (const [name, entry] of entries) {
    if (name.length === key.length && name.toLowerCase() === wanted) return entry
  }
  return undefined
}

/** Keys as they are written, by themselves in lower case; of several that differ in case the first. */
export function spellingsOf(entries: ReadonlyMap<string, MapEntry>): Map<string, string> {
  const result = new Map<string, string>()
  for (const name of entries.keys()) {
    const lower = name.toLowerCase()
    if (!result.has(lower)) result.set(lower, name)
  }
  return result
}

/** A JavaScript value of wholly known data; undefined where a part is not known. Objects have no prototype. */
export function toPlain(value: Value): unknown {
  switch (value.kind) {
    case 'scalar':
      return value.value
    case 'list': {
      const items: unknown[] = []
      for (const item of value.items) {
        const plain = toPlain(item)
        if (plain === undefined) return undefined
        items.push(plain)
      }
      return items
    }
    case 'map': {
      const object: Record<string, unknown> = Object.create(null)
      for (const [key, entry] of value.entries) {
        const plain = toPlain(entry.value)
        if (plain === undefined) return undefined
        object[key] = plain
      }
      return object
    }
    default:
      return undefined
  }
}

/** Nesting of data that is read; deeper parts are unknown. */
const MAX_DATA_DEPTH = 200

/** A value of plain data, every part of it at one origin. */
export function fromPlain(plain: unknown, origin: Origin, depth = 0): Value {
  if (depth > MAX_DATA_DEPTH) return unknown('limit-exceeded', 'the data is nested too deeply', origin)
  if (Array.isArray(plain)) {
    return list(
      plain.map((item) => fromPlain(item, origin, depth + 1)),
      origin,
    )
  }
  if (typeof plain === 'object' && plain !== null) {
    const entries = new Map<string, MapEntry>()
    for (const [key, item] of Object.entries(plain)) entries.set(key, { value: fromPlain(item, origin, depth + 1) })
    return map(entries, origin)
  }
  if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean') return scalar(plain, origin)
  return scalar(null, origin)
}

/** The first part, however deep, that is not known. */
export function firstUnknown(value: Value): Value | undefined {
  switch (value.kind) {
    case 'scalar':
      return undefined
    case 'list':
      for (const item of value.items) {
        const found = firstUnknown(item)
        if (found !== undefined) return found
      }
      return undefined
    case 'map':
      for (const entry of value.entries.values()) {
        const found = firstUnknown(entry.value)
        if (found !== undefined) return found
      }
      return undefined
    default:
      return value
  }
}
