import type { Value } from '../../base/value.ts'

/** Parts of one value; shared parts count as often as they are used, since every reader walks them again. */
const MAX_PARTS = 500_000
/** Nesting of one value. */
const MAX_DEPTH = 300

interface Measure {
  readonly parts: number
  readonly depth: number
}

const ONE: Measure = { parts: 1, depth: 1 }

/** By the list of items or the map of entries, which all uses of a value share. */
const measured = new WeakMap<object, Measure>()

/** Whether a value has become too large or too deep to be walked. Amortised cost: the parts on top that are new. */
export function isTooLarge(value: Value): boolean {
  if (value.kind !== 'list' && value.kind !== 'map') return false
  const { parts, depth } = measure(value)
  return parts > MAX_PARTS || depth > MAX_DEPTH
}

/** Parts are measured as they are made, so that this goes one level down; a part that was not is walked to a bounded depth. */
function measure(value: Value, level = 0): Measure {
  if (value.kind !== 'list' && value.kind !== 'map') return ONE
  const shared = value.kind === 'list' ? value.items : value.entries
  const known = measured.get(shared)
  if (known !== undefined) return known
  if (level > MAX_DEPTH) return { parts: 1, depth: MAX_DEPTH + 1 }
  let parts = 1
  let depth = 0
  const add = (part: Value) => {
    if (part.kind === 'scalar') {
      parts += 1
      return
    }
    const inner = measure(part, level + 1)
    parts += inner.parts
    depth = Math.max(depth, inner.depth)
  }
  if (value.kind === 'list') for (const item of value.items) add(item)
  else for (const entry of value.entries.values()) add(entry.value)
  const result = { parts: Math.min(parts, MAX_PARTS + 1), depth: depth + 1 }
  measured.set(shared, result)
  return result
}
