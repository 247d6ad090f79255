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
