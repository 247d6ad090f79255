/**
 * What every kind of set in this folder can do, so that ranges of unknown sets ({@link Bounds}) and reports are written once.
 *
 * All sets are immutable values in canonical form: equal sets have equal representations.
 */
export interface SetAlgebra<T> {
  readonly empty: T
  union(a: T, b: T): T
  intersect(a: T, b: T): T
  /** `a − b`. */
  subtract(a: T, b: T): T
  isEmpty(a: T): boolean
  equal(a: T, b: T): boolean
  /** Equal for equal sets; kinds of sets of which a region has hundreds have one, so that equal ones are found without comparing all. */
  hash?(a: T): number
  /** `a ⊇ b`. */
  covers(a: T, b: T): boolean
}
