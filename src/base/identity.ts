/** Whether two lists hold the identical objects in the same order. */
export function areIdentical(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]))
}

/** Whether two lists without repetitions hold the identical objects, in whatever order. */
export function haveSameItems(a: readonly object[], b: readonly object[]): boolean {
  if (a.length !== b.length) return false
  if (areIdentical(a, b)) return true
  const items = new Set(a)
  return b.every((item) => items.has(item))
}

/**
 * Those that are not among the others, neither list with repetitions. Most lists are equal up to a few items: what they start and end
 * with in common costs no table.
 */
export function missingFrom<T extends object>(objects: readonly T[], others: readonly T[]): readonly T[] {
  let start = 0
  while (start < objects.length && objects[start] === others[start]) start++
  let end = objects.length
  let otherEnd = others.length
  while (end > start && otherEnd > start && objects[end - 1] === others[otherEnd - 1]) {
    end--
    otherEnd--
  }
  const known = new Set(others.slice(start, otherEnd))
  return objects.slice(start, end).filter((object) => !known.has(object))
}
