import { byCodeUnit } from '../../../base/order.ts'
import type { MapEntry, MapValue, Value } from '../../../base/value.ts'
import { knownText, type TextPart, textParts, toText } from '../text.ts'
import {
  derive,
  entryOf,
  failure,
  firstUnknown,
  isEqual,
  isLazy,
  list,
  map,
  scalar,
  spellingsOf,
  toPlain,
} from '../values.ts'
import {
  isValue,
  numberArgument,
  ofNumbers,
  openOr,
  type PureFunction,
  type Site,
  wrongArguments,
} from './signature.ts'

/** The most that range() gives. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array#range */
const MAX_RANGE = 10_000

/** Functions of arrays and objects. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array, -object */
export const COLLECTION_FUNCTIONS: Readonly<Record<string, PureFunction>> = {
  array: ([value], site) => {
    if (value === undefined) return wrongArguments(site)
    return value.kind === 'list'
      ? value
      : value.kind === 'unknown'
        ? derive(value, site.origin)
        : list([value], site.origin)
  },
  concat: (values, site) => {
    if (values.some((value) => value.kind === 'list')) return concatLists(values, site)
    const parts: TextPart[] = []
    for (const value of values) parts.push(...textParts(value))
    const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0)
    return site.run.tooLong(length, site.origin) ?? toText(parts, site.origin)
  },
  contains: ([container, item], site) => {
    if (container === undefined || item === undefined) return wrongArguments(site)
    switch (container.kind) {
      case 'list':
        return hasItem(container.items, item, site)
      case 'map': {
        const key = knownText(textParts(item))
        return key === undefined
          ? derive(item, site.origin)
          : scalar(entryOf(container, key) !== undefined, site.origin)
      }
      case 'unknown':
      case 'id':
      case 'scalar': {
        const needle = knownText(textParts(item))
        if (needle === undefined) return derive(item, site.origin)
        const parts = textParts(container)
        const text = knownText(parts)
        if (text !== undefined) return scalar(text.includes(needle), site.origin)
        return parts.some((part) => typeof part === 'string' && part.includes(needle))
          ? scalar(true, site.origin)
          : derive(container, site.origin)
      }
      default:
        return openOr(container, site)
    }
  },
  createarray: (values, site) => list(values, site.origin),
  createobject: (values, site) => {
    const entries = new Map<string, MapEntry>()
    for (let i = 0; i + 1 < values.length; i += 2) {
      const key = knownText(textParts(values[i]!))
      if (key === undefined) return derive(values[i]!, site.origin)
      entries.set(key, { value: values[i + 1]! })
    }
    return map(entries, site.origin)
  },
  distinct: ([value], site) => (value?.kind === 'list' ? unionLists(value.items, site) : openOr(value, site)),
  empty: ([value], site) => {
    if (value === undefined) return wrongArguments(site)
    switch (value.kind) {
      case 'list':
        return scalar(value.items.length === 0, site.origin)
      case 'map':
        return scalar(value.entries.size === 0, site.origin)
      case 'scalar':
        return scalar(value.value === null || value.value === '', site.origin)
      default:
        if (isLazy(value) || textParts(value).some((part) => typeof part === 'string'))
          return scalar(false, site.origin)
        return derive(value, site.origin)
    }
  },
  first: ([value], site) => edge(value, site, false),
  last: ([value], site) => edge(value, site, true),
  flatten: ([value], site) => {
    if (value?.kind !== 'list') return openOr(value, site)
    return concatLists(value.items, site)
  },
  indexof: ([container, item], site) => indexOf(container, item, site, false),
  lastindexof: ([container, item], site) => indexOf(container, item, site, true),
  intersection: (values, site) => {
    const open = values.find((value) => value.kind === 'unknown')
    if (open !== undefined) return derive(open, site.origin)
    return values.length === 0 ? wrongArguments(site) : values.reduce((a, b) => intersect(a, b, site))
  },
  items: ([value], site) => {
    if (value?.kind !== 'map') return openOr(value, site)
    return list(
      sortedEntries(value).map(([key, entry]) =>
        map(
          new Map([
            ['key', { value: scalar(key, entry.key ?? site.origin) }],
            ['value', { value: entry.value }],
          ]),
          entry.value.origin,
        ),
      ),
      site.origin,
    )
  },
  join: ([value, separator], site) => {
    if (value?.kind !== 'list' || separator === undefined) return openOr(value, site)
    const parts: TextPart[] = []
    value.items.forEach((item, i) => {
      if (i > 0) parts.push(...textParts(separator))
      parts.push(...textParts(item))
    })
    const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0)
    return site.run.tooLong(length, site.origin) ?? toText(parts, site.origin)
  },
  length: ([value], site) => {
    switch (value?.kind) {
      case 'list':
        return scalar(value.items.length, site.origin)
      case 'map':
        return scalar(value.entries.size, site.origin)
      case 'scalar':
        return typeof value.value === 'string' ? scalar(value.value.length, site.origin) : wrongArguments(site)
      default:
        return openOr(value, site)
    }
  },
  max: (values, site) => extreme(values, site, Math.max),
  min: (values, site) => extreme(values, site, Math.min),
  objectkeys: ([value], site) => {
    if (value?.kind !== 'map') return openOr(value, site)
    return list(
      sortedEntries(value).map(([key, entry]) => scalar(key, entry.key ?? site.origin)),
      site.origin,
    )
  },
  range: ofNumbers(2, ([start = 0, count = 0], site) => {
    if (count < 0 || count > MAX_RANGE) return failure(`range() gives from 0 to ${MAX_RANGE} numbers`, site.origin)
    const spent = site.run.spend(count, site.origin)
    if (spent !== undefined) return spent
    return list(
      Array.from({ length: count }, (_, i) => scalar(start + i, site.origin)),
      site.origin,
    )
  }),
  shallowmerge: ([value], site) => {
    if (value?.kind !== 'list') return openOr(value, site)
    const entries = new Map<string, MapEntry>()
    const put = setterOf(entries)
    for (const item of value.items) {
      if (item.kind === 'map') for (const [key, entry] of item.entries) put(key, entry)
      else if (item.kind !== 'scalar' || item.value !== null) return openOr(item, site)
    }
    return map(entries, site.origin)
  },
  skip: ([value, count], site) => slice(value, count, site, false),
  take: ([value, count], site) => slice(value, count, site, true),
  union: (values, site) => {
    const open = values.find((value) => value.kind === 'unknown' || value.kind === 'id')
    if (open !== undefined) return derive(open, site.origin)
    if (values.every((value) => value.kind === 'list')) {
      return unionLists(
        values.flatMap((value) => value.items),
        site,
      )
    }
    const maps = values.filter((value) => value.kind === 'map')
    if (maps.length === 0 || values.some((value) => value.kind === 'list')) return wrongArguments(site)
    return maps.reduce((a, b) => merge(a, b, site, 0))
  },
}

function concatLists(values: readonly Value[], site: Site): Value {
  const items: Value[] = []
  for (const value of values) {
    if (value.kind !== 'list') return openOr(value, site)
    const spent = site.run.spend(value.items.length, site.origin)
    if (spent !== undefined) return spent
    for (const item of value.items) items.push(item)
  }
  return list(items, site.origin)
}

function hasItem(items: readonly Value[], item: Value, site: Site): Value {
  let open: Value | undefined
  const spent = site.run.spend(items.length, site.origin)
  if (spent !== undefined) return spent
  for (const one of items) {
    const equal = isEqual(one, item)
    if (equal === true) return scalar(true, site.origin)
    if (equal === undefined) open ??= firstUnknown(one) ?? firstUnknown(item) ?? one
  }
  return open === undefined ? scalar(false, site.origin) : derive(open, site.origin)
}

function edge(value: Value | undefined, site: Site, atEnd: boolean): Value {
  if (value?.kind === 'list') return (atEnd ? value.items.at(-1) : value.items[0]) ?? scalar(null, site.origin)
  if (value === undefined || value.kind === 'map' || value.kind === 'choice') return openOr(value, site)
  if (value.kind === 'scalar' && typeof value.value !== 'string') return wrongArguments(site)
  const parts = textParts(value)
  if (parts.length === 1 && parts[0] === '') return scalar('', site.origin)
  const part = atEnd ? parts.at(-1) : parts[0]
  if (typeof part !== 'string') return derive(value, site.origin)
  return scalar(atEnd ? part.slice(-1) : part.slice(0, 1), site.origin)
}

/** Case is ignored in strings, not in arrays. */
function indexOf(container: Value | undefined, item: Value | undefined, site: Site, fromEnd: boolean): Value {
  if (container === undefined || item === undefined) return wrongArguments(site)
  if (container.kind === 'list') {
    const order = [...container.items.entries()]
    if (fromEnd) order.reverse()
    for (const [i, one] of order) {
      const equal = isEqual(one, item)
      if (equal === undefined) return derive(firstUnknown(one) ?? item, site.origin)
      if (equal) return scalar(i, site.origin)
    }
    return scalar(-1, site.origin)
  }
  if (container.kind === 'map' || container.kind === 'choice') return openOr(container, site)
  const needle = knownText(textParts(item))?.toLowerCase()
  if (needle === undefined) return derive(item, site.origin)
  const parts = textParts(container)
  const text = knownText(parts)?.toLowerCase()
  if (text !== undefined) return scalar(fromEnd ? text.lastIndexOf(needle) : text.indexOf(needle), site.origin)
  const head = parts[0]
  const found = !fromEnd && typeof head === 'string' ? head.toLowerCase().indexOf(needle) : -1
  return found >= 0 ? scalar(found, site.origin) : derive(container, site.origin)
}

function intersect(a: Value, b: Value, site: Site): Value {
  if (a.kind === 'list' && b.kind === 'list') {
    const items: Value[] = []
    for (const item of a.items) {
      const has = hasItem(b.items, item, site)
      if (has.kind !== 'scalar') return derive(has, site.origin)
      if (has.value === true) items.push(item)
    }
    return unionLists(items, site)
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const entries = new Map<string, MapEntry>()
    for (const [key, entry] of a.entries) {
      const other = entryOf(b, key)
      if (other === undefined) continue
      const equal = isEqual(entry.value, other.value)
      if (equal === undefined) return derive(firstUnknown(entry.value) ?? other.value, site.origin)
      if (equal) entries.set(key, entry)
    }
    return map(entries, site.origin)
  }
  return openOr(a.kind === 'unknown' ? a : b, site)
}

/** Each known item once, in the order of first appearance. */
function unionLists(items: readonly Value[], site: Site): Value {
  const spent = site.run.spend(items.length, site.origin)
  if (spent !== undefined) return spent
  const seen = new Set<string>()
  const distinct: Value[] = []
  for (const item of items) {
    const plain = toPlain(item)
    if (plain !== undefined) {
      const key = JSON.stringify(plain)
      const tooLong = site.run.tooLong(key.length, site.origin)
      if (tooLong !== undefined) return tooLong
      if (seen.has(key)) continue
      seen.add(key)
    }
    distinct.push(item)
  }
  return list(distinct, site.origin)
}

/** Nested objects are merged, everything else is replaced by the later one. */
function merge(a: MapValue, b: MapValue, site: Site, depth: number): MapValue {
  const entries = new Map(a.entries)
  const put = setterOf(entries)
  for (const [key, entry] of b.entries) {
    const old = entries.get(key) ?? entryOf(a, key)
    if (old?.value.kind === 'map' && entry.value.kind === 'map' && depth < 100) {
      put(key, { value: merge(old.value, entry.value, site, depth + 1), ...(entry.key && { key: entry.key }) })
    } else put(key, entry)
  }
  return map(entries, site.origin)
}

/** Sets keys of a map that nobody else changes meanwhile; one that differs only in case keeps its spelling. */
function setterOf(entries: Map<string, MapEntry>): (key: string, entry: MapEntry) => void {
  let spellings: Map<string, string> | undefined
  return (key, entry) => {
    if (entries.has(key)) {
      entries.set(key, entry)
      return
    }
    spellings ??= spellingsOf(entries)
    const lower = key.toLowerCase()
    const spelling = spellings.get(lower)
    if (spelling === undefined) spellings.set(lower, key)
    entries.set(spelling ?? key, entry)
  }
}

function sortedEntries(value: MapValue): [string, MapEntry][] {
  return [...value.entries].sort((a, b) => byCodeUnit(a[0].toLowerCase(), b[0].toLowerCase()) || byCodeUnit(a[0], b[0]))
}

function slice(value: Value | undefined, count: Value | undefined, site: Site, take: boolean): Value {
  const number = numberArgument(count, site)
  if (isValue(number)) return number
  if (value === undefined || number === undefined) return wrongArguments(site)
  const size = Math.max(0, number)
  if (value.kind === 'list') return list(take ? value.items.slice(0, size) : value.items.slice(size), site.origin)
  if (value.kind === 'map' || value.kind === 'choice') return openOr(value, site)
  const parts = textParts(value)
  const text = knownText(parts)
  if (text !== undefined) return scalar(take ? text.slice(0, size) : text.slice(size), site.origin)
  const head = parts[0]
  if (typeof head !== 'string' || size > head.length) return derive(value, site.origin)
  return take ? scalar(head.slice(0, size), site.origin) : toText([head.slice(size), ...parts.slice(1)], site.origin)
}

function extreme(values: readonly Value[], site: Site, pick: (...numbers: number[]) => number): Value {
  const items = values.length === 1 && values[0]?.kind === 'list' ? values[0].items : values
  const numbers: number[] = []
  for (const item of items) {
    if (item.kind !== 'scalar') return openOr(item, site)
    if (typeof item.value !== 'number') return wrongArguments(site)
    numbers.push(item.value)
  }
  if (numbers.length === 0) return wrongArguments(site)
  return scalar(
    numbers.reduce((a, b) => pick(a, b)),
    site.origin,
  )
}
