import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasNumber, type Intervals, interval, numberSets } from './intervals.ts'
import { type PairSet, pairSetsOf } from './pairs.ts'

const sets = pairSetsOf<Intervals, Intervals>(numberSets, numberSets, (a) => a.join(','))

const range = fc.tuple(fc.nat(6), fc.nat(6)).map(([a, b]) => interval(Math.min(a, b), Math.max(a, b) + 1))
const pairs: fc.Arbitrary<PairSet<Intervals, Intervals>> = fc
  .array(fc.tuple(range, range, fc.boolean()), { maxLength: 5 })
  .map((parts) =>
    parts.reduce<PairSet<Intervals, Intervals>>(
      (all, [a, b, adds]) => (adds ? sets.union(all, sets.of(a, b)) : sets.subtract(all, sets.of(a, b))),
      sets.empty,
    ),
  )

function has(set: PairSet<Intervals, Intervals>, x: number, y: number): boolean {
  return set.some(({ first, second }) => hasNumber(first, x) && hasNumber(second, y))
}

describe('sets of pairs', () => {
  it('agree with membership and are canonical', () => {
    fc.assert(
      fc.property(pairs, pairs, (a, b) => {
        for (let x = 0; x < 8; x++) {
          for (let y = 0; y < 8; y++) {
            const [inA, inB] = [has(a, x, y), has(b, x, y)]
            expect(has(sets.union(a, b), x, y)).toBe(inA || inB)
            expect(has(sets.intersect(a, b), x, y)).toBe(inA && inB)
            expect(has(sets.subtract(a, b), x, y)).toBe(inA && !inB)
          }
        }
        expect(sets.equal(sets.union(sets.intersect(a, b), sets.subtract(a, b)), a)).toBe(true)
        expect(sets.covers(sets.union(a, b), b)).toBe(true)
      }),
    )
  })
})
