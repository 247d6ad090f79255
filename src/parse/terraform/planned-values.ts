import type { Origin } from '../../base/origin.ts'
import type { Reference } from '../../base/value.ts'
import { isObject } from '../planned/plan-file.ts'
import { makeBool, makeMap, makeNull, makeNumber, makeObject, makeString, makeTuple } from './make-val.ts'
import { fromNumber, toNumber } from './number.ts'
import { DYNAMIC } from './type.ts'
import { findUnknown, type UnknownVal, type Val } from './val.ts'

/** A value as a plan has it: decoded JSON, and the same shape with true where it is known after apply only. */
export interface Planned {
  readonly value: unknown
  readonly unknown: unknown
}

/** Levels of a value: deeper is no plan of a provider. */
const MAX_DEPTH = 100
/** Pairs of elements that are compared to find which element of a plan means which of the configuration. */
const MAX_PAIRS = 20_000

/** The part of a planned object; undefined where it has none of the name. */
export function plannedAttribute({ value, unknown }: Planned, name: string): Planned | undefined {
  if (unknown === true) return { value: undefined, unknown: true }
  const has = isObject(value) && Object.hasOwn(value, name)
  const later = isObject(unknown) && Object.hasOwn(unknown, name) ? unknown[name] : undefined
  if (!has && (later === undefined || later === false)) return undefined
  return { value: has ? value[name] : undefined, unknown: later }
}

function plannedItems({ value, unknown }: Planned): readonly Planned[] | undefined {
  if (unknown === true) return undefined
  if (!Array.isArray(value))
    return Array.isArray(unknown) ? unknown.map((part) => ({ value: undefined, unknown: part })) : undefined
  return value.map((item, i) => ({ value: item, unknown: Array.isArray(unknown) ? unknown[i] : undefined }))
}

/** An element of a planned list; the object itself where the provider writes its one block as such. */
export function plannedItem(list: Planned, index: number): Planned | undefined {
  return plannedItems(list)?.[index] ?? (isObject(list.value) ? list : undefined)
}

/** A planned value as one of the language; undefined where it is known after apply only. Strings keep the reference that they stand for. */
export function fromPlan(
  planned: Planned,
  origin: Origin,
  reference: Reference | undefined,
  depth = 0,
): Val | undefined {
  const { value, unknown } = planned
  if (unknown === true || depth > MAX_DEPTH) return undefined
  const below = (step: string) =>
    reference && { address: reference.address, attribute: `${reference.attribute}${step}`.replace(/^\./, '') }
  const orUnknown = (part: Planned, step: string): Val =>
    fromPlan(part, origin, below(step), depth + 1) ?? unknownPart(origin, below(step))
  const items = plannedItems(planned)
  if (items !== undefined)
    return makeTuple(
      items.map((item, i) => orUnknown(item, `[${i}]`)),
      origin,
    )
  if (isObject(value) || isObject(unknown)) {
    const names = new Set([
      ...Object.keys(isObject(value) ? value : {}),
      ...Object.keys(isObject(unknown) ? unknown : {}),
    ])
    const entries = new Map<string, Val>()
    for (const name of names) {
      const part = plannedAttribute(planned, name)
      if (part !== undefined) entries.set(name, orUnknown(part, `.${name}`))
    }
    return makeObject(entries, origin)
  }
  if (typeof value === 'string') {
    const val = makeString(value, origin)
    return reference === undefined || reference.attribute === '' ? val : { ...val, reference }
  }
  if (typeof value === 'number') return makeNumber(fromNumber(value), origin)
  return typeof value === 'boolean' ? makeBool(value, origin) : makeNull(DYNAMIC, origin)
}

function unknownPart(origin: Origin, reference: Reference | undefined): UnknownVal {
  const detail =
    reference === undefined ? 'known after apply' : `${reference.address}.${reference.attribute} is known after apply`
  const val: UnknownVal = { kind: 'unknown', type: DYNAMIC, reason: 'provider-computed', detail, origin }
  return reference === undefined ? val : { ...val, reference }
}

/**
 * Whether a plan can have been made of this configuration: false where both know a value and it is not the same. Providers write
 * places without blanks, numbers as strings, nothing as null, and elements of sets in an order of their own.
 */
export function agrees(val: Val, planned: Planned): boolean {
  const { value, unknown } = planned
  if (unknown === true) return true
  switch (val.kind) {
    case 'null':
      return true
    case 'unknown':
      if (val.options !== undefined) return val.options.some((option) => agrees(option, planned))
      if (val.attributes !== undefined) return val.reference?.attribute === '' || entriesAgree(val.attributes, planned)
      return val.prefix === undefined || typeof value !== 'string' || value.startsWith(val.prefix)
    case 'string':
      if (typeof value === 'string') return sameText(val.value, value)
      return isNothing(value) ? val.value === '' : typeof value !== 'object' && String(value) === val.value
    case 'number':
      return isNothing(value) ? toNumber(val.value) === 0 : Number(value) === toNumber(val.value)
    case 'bool':
      return isNothing(value) ? !val.value : String(value) === String(val.value)
    case 'list':
    case 'set':
    case 'tuple': {
      const items = plannedItems(planned)
      if (items !== undefined) return pairUp(val.items, items) !== undefined
      return isNothing(value) ? val.items.length === 0 : true
    }
    case 'map':
    case 'object':
      return entriesAgree(val.entries, planned)
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}

/** Regions and documents come back from the provider in its own spelling. */
function sameText(a: string, b: string): boolean {
  return a === b || plainText(a) === plainText(b)
}

function plainText(text: string): string {
  return text.replace(/\s+/g, '').toLowerCase()
}

function entriesAgree(entries: ReadonlyMap<string, Val>, planned: Planned): boolean {
  const items = plannedItems(planned)
  // A block that there is one of is an object in the configuration and a list in the plan.
  const whole = items?.length === 1 ? items[0]! : planned
  if (isNothing(whole.value) && !isObject(whole.unknown)) return entries.size === 0
  for (const [name, val] of entries) {
    const part = plannedAttribute(whole, name)
    if (part !== undefined && !agrees(val, part)) return false
  }
  return true
}

/** An unknown in a list of blocks, which stands for any number of them. */
function isStandIn(val: Val): boolean {
  return val.kind === 'unknown' && val.attributes === undefined && val.options === undefined
}

/** For each item the element of the plan that it is; undefined where something known has none, or the plan has more than can be. */
function pairUp(items: readonly Val[], planned: readonly Planned[]): readonly (number | undefined)[] | undefined {
  if (items.length === planned.length && items.every((item, i) => agrees(item, planned[i]!)))
    return items.map((_, i) => i)
  if (items.length * planned.length > MAX_PAIRS) return undefined
  const free = new Set(planned.keys())
  const pairs: (number | undefined)[] = items.map(() => undefined)
  const take = (i: number) => {
    for (const index of free) {
      if (!agrees(items[i]!, planned[index]!)) continue
      free.delete(index)
      pairs[i] = index
      return true
    }
    return false
  }
  for (const [i, item] of items.entries()) if (!isStandIn(item) && !take(i)) return undefined
  for (const [i, item] of items.entries()) if (isStandIn(item)) take(i)
  return free.size === 0 || items.some(isStandIn) ? pairs : undefined
}

/** What is unknown in a value, as far as the plan knows it; all else stays as the configuration has it. */
export function fillFromPlan(val: Val, planned: Planned, place: Origin, blocks = false): Val {
  if (planned.unknown === true || findUnknown(val) === undefined) return val
  switch (val.kind) {
    case 'unknown':
      return fillUnknown(val, planned, place)
    case 'list':
    case 'set':
    case 'tuple': {
      const items = plannedItems(planned)
      const pairs = items && pairUp(val.items, items)
      if (items === undefined || pairs === undefined) return val
      const filled = val.items.map((item, i) => {
        const at = pairs[i]
        return at === undefined ? item : fillFromPlan(item, items[at]!, place)
      })
      return makeTuple(blocks ? withoutStandIns(filled, val.items, items, pairs, place) : filled, val.origin)
    }
    case 'map':
    case 'object': {
      const entries = filledEntries(val.entries, planned, place)
      return val.kind === 'map'
        ? makeMap(val.element, entries, val.origin, val.keys)
        : makeObject(entries, val.origin, val.keys)
    }
    default:
      return val
  }
}

/** The blocks that an unknown stands for are those of the plan that no other block is. */
function withoutStandIns(
  filled: readonly Val[],
  items: readonly Val[],
  planned: readonly Planned[],
  pairs: readonly (number | undefined)[],
  place: Origin,
): readonly Val[] {
  const standIn = items.findIndex(isStandIn)
  if (standIn < 0) return filled
  const paired = new Set(pairs)
  const origin = viaPlan(items[standIn]!.origin, place)
  const rest = planned.flatMap((block, i) =>
    paired.has(i) ? [] : [fromPlan(block, origin, undefined) ?? items[standIn]!],
  )
  const known = filled.filter((_, i) => !isStandIn(items[i]!) || pairs[i] !== undefined)
  return [...known, ...rest]
}

function fillUnknown(val: UnknownVal, planned: Planned, place: Origin): Val {
  if (val.attributes !== undefined) {
    if (val.reference?.attribute === '') return val
    const items = plannedItems(planned)
    return { ...val, attributes: filledEntries(val.attributes, items?.length === 1 ? items[0]! : planned, place) }
  }
  const origin = viaPlan(val.origin, place)
  if (val.options !== undefined) {
    const fitting = val.options.filter((option) => agrees(option, planned))
    const [only] = fitting
    if (only === undefined || fitting.length > 1) return val
    const known = fillFromPlan(only, planned, place)
    const { source, start, end } = val.origin
    return { ...known, origin: viaPlan({ source, start, end, from: known.origin }, place) }
  }
  return fromPlan(planned, origin, val.reference) ?? val
}

function filledEntries(entries: ReadonlyMap<string, Val>, planned: Planned, place: Origin): ReadonlyMap<string, Val> {
  const filled = new Map<string, Val>()
  for (const [name, val] of entries) {
    const part = plannedAttribute(planned, name)
    filled.set(name, part === undefined ? val : fillFromPlan(val, part, place, val.kind === 'tuple'))
  }
  return filled
}

/** The chain of a value that a plan told: through the plan, and at its end still in the configuration, where a person would edit. */
export function viaPlan({ source, start, end, from }: Origin, place: Origin): Origin {
  return {
    source,
    start,
    end,
    from: { source: place.source, start: place.start, end: place.end, from: from ?? { source, start, end } },
  }
}
