import type { SetAlgebra } from './set-algebra.ts'

/**
 * A set of integers as its borders: `[1, 80, 81, 65536]` is 1–79 and 81–65535.
 *
 * Strictly ascending and of even length: `[0]` is in, `[1]` is the first that is out, and so on, so that touching intervals cannot be
 * told apart from one and the form is canonical. Borders are only compared, never added to, so one code serves numbers and bigints.
 */
export type Intervals<N extends number | bigint = number> = readonly N[]

const NONE: readonly never[] = []

/** The interval from `first` up to, not including, `end`; empty where `end` is not above `first`. */
export function interval<N extends number | bigint>(first: N, end: N): Intervals<N> {
  return first < end ? [first, end] : NONE
}

/** The union of any intervals `[first, end)`, in any order. O(n log n). */
export function toIntervals<N extends number | bigint>(pairs: Iterable<readonly [first: N, end: N]>): Intervals<N> {
  const sorted = [...pairs]
    .filter(([first, end]) => first < end)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  const borders: N[] = []
  for (const [first, end] of sorted) {
    const last = borders.at(-1)
    if (last === undefined || first > last) borders.push(first, end)
    else if (end > last) borders[borders.length - 1] = end
  }
  return borders
}

/** `[first, end)` pairs in ascending order. */
export function toPairs<N extends number | bigint>(set: Intervals<N>): (readonly [first: N, end: N])[] {
  const pairs: [N, N][] = []
  for (let i = 0; i < set.length; i += 2) pairs.push([set[i]!, set[i + 1]!])
  return pairs
}

/** `a ∪ b`. O(|a| + |b|). */
export function unionIntervals<N extends number | bigint>(a: Intervals<N>, b: Intervals<N>): Intervals<N> {
  if (a.length === 0 || a === b) return b
  if (b.length === 0) return a
  const borders: N[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && a[i]! <= b[j]!)
    const first = fromA ? a[i]! : b[j]!
    const end = fromA ? a[i + 1]! : b[j + 1]!
    if (fromA) i += 2
    else j += 2
    const last = borders.length - 1
    if (last < 0 || first > borders[last]!) borders.push(first, end)
    else if (end > borders[last]!) borders[last] = end
  }
  return borders
}

/** `a ∩ b`. O(|a| + |b|). */
export function intersectIntervals<N extends number | bigint>(a: Intervals<N>, b: Intervals<N>): Intervals<N> {
  if (a === b) return a
  const borders: N[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const first = a[i]! > b[j]! ? a[i]! : b[j]!
    const endA = a[i + 1]!
    const endB = b[j + 1]!
    const end = endA < endB ? endA : endB
    if (first < end) borders.push(first, end)
    if (endA <= endB) i += 2
    if (endB <= endA) j += 2
  }
  return borders.length === 0 ? NONE : borders
}

/** `a − b`. O(|a| + |b|). */
export function subtractIntervals<N extends number | bigint>(a: Intervals<N>, b: Intervals<N>): Intervals<N> {
  if (a === b) return NONE
  if (a.length === 0 || b.length === 0) return a
  const borders: N[] = []
  let j = 0
  for (let i = 0; i < a.length; i += 2) {
    let first = a[i]!
    const end = a[i + 1]!
    while (j < b.length && b[j + 1]! <= first) j += 2
    for (let k = j; k < b.length && b[k]! < end; k += 2) {
      if (b[k]! > first) borders.push(first, b[k]!)
      if (b[k + 1]! > first) first = b[k + 1]!
    }
    if (first < end) borders.push(first, end)
  }
  return borders.length === 0 ? NONE : borders
}

/** True where the two sets are the same. */
export function equalIntervals<N extends number | bigint>(a: Intervals<N>, b: Intervals<N>): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** `a ⊇ b`. O(|a| + |b|). */
export function coversIntervals<N extends number | bigint>(a: Intervals<N>, b: Intervals<N>): boolean {
  let i = 0
  for (let j = 0; j < b.length; j += 2) {
    while (i < a.length && a[i + 1]! <= b[j]!) i += 2
    if (i >= a.length || a[i]! > b[j]! || a[i + 1]! < b[j + 1]!) return false
  }
  return true
}

/** True where `value` is in the set. O(log n). */
export function hasNumber<N extends number | bigint>(set: Intervals<N>, value: N): boolean {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (set[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low % 2 === 1
}

/** The operations above as one value. */
export const numberSets: SetAlgebra<Intervals> = {
  empty: NONE,
  union: unionIntervals,
  intersect: intersectIntervals,
  subtract: subtractIntervals,
  isEmpty: (a) => a.length === 0,
  equal: equalIntervals,
  covers: coversIntervals,
}
