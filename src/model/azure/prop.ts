import type { Origin } from '../../base/origin.ts'
import {
  type ChoiceValue,
  get,
  keysIn,
  type MapValue,
  type ScalarValue,
  type UnknownValue,
  type Value,
} from '../../base/value.ts'

/** One property of a fact: known, or unknown with the value that says why. */
export type Prop<T> = KnownProp<T> | UnknownProp

export interface KnownProp<T> {
  readonly known: true
  readonly value: T
  /** Where the value stands; for a default, the resource. */
  readonly origin: Origin
  /** True where the property is absent and the documented default stands for it. */
  readonly isDefault?: true
}

export interface UnknownProp {
  readonly known: false
  readonly unknown: UnknownValue | ChoiceValue
  readonly origin: Origin
}

/** A list of which some items, or the whole, may be unknown. */
export interface PropList<T> {
  readonly items: readonly Prop<T>[]
  /** False where there may be more items than `items`. */
  readonly complete: boolean
  readonly origin: Origin
  /** True where the property is absent. */
  readonly absent: boolean
}

export function known<T>(value: T, origin: Origin): KnownProp<T> {
  return { known: true, value, origin }
}

export function defaultTo<T>(value: T, origin: Origin): KnownProp<T> {
  return { known: true, value, origin, isDefault: true }
}

export function unknownProp(unknown: UnknownValue | ChoiceValue): UnknownProp {
  return { known: false, unknown, origin: unknown.origin }
}

/** The value where it is known, else undefined. */
export function knownValue<T>(prop: Prop<T>): T | undefined {
  return prop.known ? prop.value : undefined
}

/** The known items of a list. */
export function knownItems<T>(list: PropList<T>): T[] {
  return list.items.flatMap((item) => (item.known ? [item.value] : []))
}

/** True where the property surely has that value. */
export function surely<T>(prop: Prop<T>, value: T): boolean {
  return prop.known && prop.value === value
}

/** True where the property has that value or is unknown. */
export function perhaps<T>(prop: Prop<T>, value: T): boolean {
  return !prop.known || prop.value === value
}

/**
 * The value at a dotted path, keys compared without case as the ARM API does.
 *
 * An unknown on the way is the answer; a choice on the way gives the choice of what its options hold there.
 */
export function at(value: Value | undefined, path: string): Value | undefined {
  let here = value
  for (const key of keysOf(path)) {
    if (here === undefined || here.kind === 'unknown') return here
    if (here.kind === 'choice') return choiceAt(here, key, path)
    if (here.kind === 'list' && here.items.length === 1) here = here.items[0]
    here = here?.kind === 'map' ? entryOf(here, key) : undefined
  }
  return isNull(here) ? undefined : here
}

/** The keys of a dotted path. Paths are written in the code, so there are few of them. */
export function keysOf(path: string): readonly string[] {
  let keys = KEYS.get(path)
  if (keys === undefined) {
    keys = path.split('.')
    KEYS.set(path, keys)
  }
  return keys
}

const KEYS = new Map<string, readonly string[]>()

function choiceAt(choice: ChoiceValue, key: string, path: string): Value | undefined {
  const rest = path.slice(path.indexOf(key))
  const options = choice.options.map((option) => at(option, rest))
  const present = options.filter((option) => option !== undefined)
  if (present.length === 0) return undefined
  const { reason, detail, origin } = choice
  if (present.length < options.length || present.length < 2) return { kind: 'unknown', reason, detail, origin }
  return { kind: 'choice', options: present, reason, detail, origin }
}

function entryOf(map: MapValue, key: string): Value | undefined {
  const exact = get(map, key)
  if (exact !== undefined) return exact
  let lower: string | undefined
  for (const name of keysIn(map)) {
    if (name.length !== key.length) continue
    lower ??= key.toLowerCase()
    if (name.toLowerCase() === lower) return get(map, name)
  }
  return undefined
}

function isNull(value: Value | undefined): boolean {
  return value?.kind === 'scalar' && value.value === null
}

/** Null counts as absent. */
export function present(value: Value | undefined): Value | undefined {
  return isNull(value) ? undefined : value
}

/** A text property, `fallback` where it is absent; numbers and booleans are written out. */
export function textProp(value: Value | undefined, fallback: string, home: Origin): Prop<string> {
  return scalarProp(value, home, fallback, (scalar) => `${scalar.value}`)
}

/** A flag; the texts `true` and `false` count as well. */
export function flagProp(value: Value | undefined, fallback: boolean, home: Origin): Prop<boolean> {
  return scalarProp(
    value,
    home,
    fallback,
    (scalar) => scalar.value === true || `${scalar.value}`.toLowerCase() === 'true',
  )
}

export function numberProp(value: Value | undefined, fallback: number, home: Origin): Prop<number> {
  return scalarProp(value, home, fallback, (scalar) => Number(scalar.value))
}

/** A property that may be absent without a default. */
export function optionalText(value: Value | undefined): Prop<string> | undefined {
  const found = present(value)
  return found === undefined ? undefined : textProp(found, '', found.origin)
}

/** One of a closed set of words, compared without case and given as `words` writes it; other words are given as they stand. */
export function wordProp<W extends string>(
  value: Value | undefined,
  words: readonly W[],
  fallback: W,
  home: Origin,
): Prop<W> {
  return scalarProp(value, home, fallback, (scalar) => {
    const lower = `${scalar.value}`.toLowerCase()
    return words.find((word) => word.toLowerCase() === lower) ?? (`${scalar.value}` as W)
  })
}

function scalarProp<T>(value: Value | undefined, home: Origin, fallback: T, read: (scalar: ScalarValue) => T): Prop<T> {
  const found = present(value)
  if (found === undefined) return defaultTo(fallback, home)
  switch (found.kind) {
    case 'scalar':
      return known(read(found), found.origin)
    case 'unknown':
      return unknownProp(found)
    case 'choice': {
      const options = found.options.map((option) => scalarProp(option, home, fallback, read))
      const first = options[0]
      const same = options.every((option) => option.known && first?.known === true && option.value === first.value)
      return same && first !== undefined ? first : unknownProp(found)
    }
    case 'id':
    case 'list':
    case 'map':
      return unknownProp({
        kind: 'unknown',
        reason: 'evaluation-error',
        detail: `expected one value, found a ${found.kind}`,
        origin: found.origin,
      })
  }
}

/** A list of texts; a single text stands for a list of one. */
export function textsProp(value: Value | undefined, home: Origin): PropList<string> {
  return listProp(value, home, (item) => textProp(item, '', item.origin))
}

/** Reads each item of a list. A lone value is a list of one; a choice of lists is possible items and `complete: false`. */
export function listProp<T>(value: Value | undefined, home: Origin, read: (item: Value) => Prop<T>): PropList<T> {
  const found = present(value)
  if (found === undefined) return { items: [], complete: true, origin: home, absent: true }
  switch (found.kind) {
    case 'list':
      return {
        items: found.items.filter((item) => !isNull(item)).map(read),
        complete: true,
        origin: found.origin,
        absent: false,
      }
    case 'scalar':
    case 'map':
    case 'id':
      return { items: [read(found)], complete: true, origin: found.origin, absent: false }
    case 'unknown':
    case 'choice':
      return { items: [unknownProp(found)], complete: false, origin: found.origin, absent: false }
  }
}

/** Two lists as one: the union of a singular and a plural field. */
export function joinLists<T>(a: PropList<T>, b: PropList<T>): PropList<T> {
  if (a.absent) return b
  if (b.absent) return a
  return {
    items: [...a.items, ...b.items],
    complete: a.complete && b.complete,
    origin: a.origin,
    absent: false,
  }
}

/** The maps of a list of blocks, each with what makes it uncertain; unknown lists give none and `complete: false`. */
export function blocksOf(value: Value | undefined): {
  readonly blocks: readonly MapValue[]
  readonly complete: boolean
} {
  const found = present(value)
  if (found === undefined) return { blocks: [], complete: true }
  if (found.kind === 'map') return { blocks: [found], complete: true }
  if (found.kind !== 'list') return { blocks: [], complete: false }
  const blocks = found.items.flatMap((item) => (item.kind === 'map' ? [item] : []))
  return { blocks, complete: blocks.length === found.items.length }
}
