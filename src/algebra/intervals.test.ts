import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  coversIntervals,
  equalIntervals,
  hasNumber,
  type Intervals,
  intersectIntervals,
  subtractIntervals,
  toIntervals,
  toPairs,
  unionIntervals,
} from './intervals.ts'

const UNIVERSE = 24
const members = fc.uniqueArray(fc.nat(UNIVERSE - 1))
const setOf = (numbers: readonly number[]) => toIntervals(numbers.map((n) => [n, n + 1] as const))
const listOf = (set: Intervals) =>
  toPairs(set).flatMap(([first, end]) => Array.from({ length: end - first }, (_, i) => first + i))
const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b)
const bigints = (set: Intervals): Intervals<bigint> => set.map(BigInt)

describe('intervals', () => {
  it('keeps a canonical form: strictly ascending borders, even in number', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(UNIVERSE), fc.nat(UNIVERSE))), (pairs) => {
        const set = toIntervals(pairs)
        expect(set.length % 2).toBe(0)
        for (let i = 1; i < set.length; i++) expect(set[i]! > set[i - 1]!).toBe(true)
        expect(set).toEqual(setOf(pairs.flatMap(([first, end]) => listOf(first < end ? [first, end] : []))))
      }),
    )
  })

  it('agrees with plain sets, for numbers and bigints alike', () => {
    fc.assert(
      fc.property(members, members, fc.nat(UNIVERSE), (a, b, n) => {
        const [x, y] = [setOf(a), setOf(b)]
        const expected = {
          union: sorted(new Set([...a, ...b])),
          intersect: sorted(a.filter((m) => b.includes(m))),
          subtract: sorted(a.filter((m) => !b.includes(m))),
        }
        expect(unionIntervals(x, y)).toEqual(setOf(expected.union))
        expect(intersectIntervals(x, y)).toEqual(setOf(expected.intersect))
        expect(subtractIntervals(x, y)).toEqual(setOf(expected.subtract))
        expect(unionIntervals(bigints(x), bigints(y))).toEqual(bigints(setOf(expected.union)))
        expect(subtractIntervals(bigints(x), bigints(y))).toEqual(bigints(setOf(expected.subtract)))
        expect(coversIntervals(x, y)).toBe(b.every((m) => a.includes(m)))
        expect(equalIntervals(x, y)).toBe(a.length === b.length && b.every((m) => a.includes(m)))
        expect(hasNumber(x, n)).toBe(a.includes(n))
      }),
      { numRuns: 500 },
    )
  })

  it('puts a set together from its intersection and its difference', () => {
    fc.assert(
      fc.property(members, members, (a, b) => {
        const [x, y] = [setOf(a), setOf(b)]
        expect(unionIntervals(intersectIntervals(x, y), subtractIntervals(x, y))).toEqual(x)
      }),
    )
  })
})
