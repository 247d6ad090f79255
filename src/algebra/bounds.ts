import type { SetAlgebra } from './set-algebra.ts'

/**
 * What is known of a set: everything in `certain` is in it, and nothing outside `possible` is. `certain ⊆ possible` always holds.
 *
 * Where both are one object the set is known exactly, and operations do the work once.
 */
export interface Bounds<T> {
  readonly certain: T
  readonly possible: T
}

/** A set that is known. */
export function exactly<T>(set: T): Bounds<T> {
  return { certain: set, possible: set }
}

/** True where nothing about the set is unknown, told by identity: equal sets in two objects count as unknown. */
export function isExact<T>(bounds: Bounds<T>): boolean {
  return bounds.certain === bounds.possible
}

/** The same algebra over bounds. Union and intersection go side by side; what is subtracted swaps its sides. */
export function boundsOf<T>(sets: SetAlgebra<T>): SetAlgebra<Bounds<T>> {
  const eachSide = (operation: (a: T, b: T) => T) => (a: Bounds<T>, b: Bounds<T>) => {
    const certain = operation(a.certain, b.certain)
    return isExact(a) && isExact(b) ? exactly(certain) : { certain, possible: operation(a.possible, b.possible) }
  }
  return {
    empty: exactly(sets.empty),
    union: eachSide(sets.union),
    intersect: eachSide(sets.intersect),
    subtract: (a, b) => {
      const certain = sets.subtract(a.certain, b.possible)
      return isExact(a) && isExact(b) ? exactly(certain) : { certain, possible: sets.subtract(a.possible, b.certain) }
    },
    isEmpty: (a) => sets.isEmpty(a.possible),
    equal: (a, b) =>
      sets.equal(a.certain, b.certain) && (isExact(a) && isExact(b) ? true : sets.equal(a.possible, b.possible)),
    covers: (a, b) => sets.covers(a.certain, b.possible),
  }
}
