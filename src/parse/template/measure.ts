import type { ListValue, MapEntry, MapValue, Value } from '../../base/value.ts'

/** Parts of one value; shared ones count as often as they are used, since every reader walks them again. Long texts are many. */
const MAX_PARTS = 500_000
/** Nesting of one value. */
const MAX_DEPTH = 300

/** How large a list or map is. Those that expressions make carry it, so that it costs no walk. */
export interface Measure {
  /** Parts, the whole included. */
  readonly weight: number
  readonly depth: number
}

/** Those of lists and maps that come from files, by what all uses of one share. */
const measured = new WeakMap<object, Measure>()

/** Whether a value has become too large or too deep to be walked. */
export function isTooLarge(value: Value): boolean {
  if (value.kind !== 'list' && value.kind !== 'map') return false
  const { weight, depth } = measureOf(value, 0)
  return weight > MAX_PARTS || depth > MAX_DEPTH
}

/** The measure of a list of these items. */
export function measureItems(items: readonly Value[], level = 0): Measure {
  let weight = 1
  let depth = 0
  for (const item of items) {
    if (item.kind !== 'list' && item.kind !== 'map') {
      weight += weightOf(item)
      continue
    }
    const inner = measureOf(item, level)
    weight += inner.weight
    if (inner.depth > depth) depth = inner.depth
  }
  return { weight: Math.min(weight, MAX_PARTS + 1), depth: depth + 1 }
}

/** The measure of a map of these entries. */
export function measureEntries(entries: ReadonlyMap<string, MapEntry>, level = 0): Measure {
  let weight = 1
  let depth = 0
  for (const { value } of entries.values()) {
    if (value.kind !== 'list' && value.kind !== 'map') {
      weight += weightOf(value)
      continue
    }
    const inner = measureOf(value, level)
    weight += inner.weight
    if (inner.depth > depth) depth = inner.depth
  }
  return { weight: Math.min(weight, MAX_PARTS + 1), depth: depth + 1 }
}

/** Characters of a text that count as one part. */
const TEXT_OF_PART = 256

function weightOf(value: Value): number {
  return value.kind === 'scalar' && typeof value.value === 'string'
    ? 1 + Math.floor(value.value.length / TEXT_OF_PART)
    : 1
}

function measureOf(value: ListValue | MapValue, level: number): Measure {
  if ('weight' in value) return value as unknown as Measure
  const shared = value.kind === 'list' ? value.items : value.entries
  let known = measured.get(shared)
  if (known === undefined) {
    if (level > MAX_DEPTH) return { weight: 1, depth: MAX_DEPTH + 1 }
    known = value.kind === 'list' ? measureItems(value.items, level + 1) : measureEntries(value.entries, level + 1)
    measured.set(shared, known)
  }
  return known
}
