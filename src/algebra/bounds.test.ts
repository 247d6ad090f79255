import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bounds, boundsOf, exactly } from './bounds.ts'
import { type Intervals, numberSets, toIntervals } from './intervals.ts'

const sets = boundsOf(numberSets)
const setOf = (numbers: readonly number[]) => toIntervals(numbers.map((n) => [n, n + 1] as const))

/** A set that is known in part, with one of the sets that it may be. */
const guess = fc
  .array(fc.tuple(fc.nat(12), fc.constantFrom('certain', 'there', 'absent')), { maxLength: 12 })
  .map((entries): { readonly bounds: Bounds<Intervals>; readonly actual: Intervals } => {
    const by = new Map(entries)
    const pick = (...states: readonly string[]) =>
      setOf([...by].filter(([, state]) => states.includes(state)).map(([n]) => n))
    return {
      bounds: { certain: pick('certain'), possible: pick('certain', 'there', 'absent') },
      actual: pick('certain', 'there'),
    }
  })

describe('bounds', () => {
  it.each(['union', 'intersect', 'subtract'] as const)(
    '%s holds the result for every completion of what is unknown',
    (operation) => {
      fc.assert(
        fc.property(guess, guess, (a, b) => {
          const bounds = sets[operation](a.bounds, b.bounds)
          const actual = numberSets[operation](a.actual, b.actual)
          expect(numberSets.covers(actual, bounds.certain)).toBe(true)
          expect(numberSets.covers(bounds.possible, actual)).toBe(true)
        }),
      )
    },
  )

  it('keeps known sets known', () => {
    const known = sets.subtract(exactly(setOf([1, 2, 3])), exactly(setOf([2])))
    expect(known.certain).toBe(known.possible)
    expect(known.certain).toEqual(setOf([1, 3]))
  })
})
