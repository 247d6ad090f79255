import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classKey, classSetsOf, hasClass, membersOf, overlaps } from './classes.ts'

const sized = fc
  .integer({ min: 1, max: 100 })
  .chain((size) => fc.tuple(fc.constant(size), fc.uniqueArray(fc.nat(size - 1)), fc.uniqueArray(fc.nat(size - 1))))
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)

describe('class sets', () => {
  it('agree with plain sets', () => {
    fc.assert(
      fc.property(sized, ([size, a, b]) => {
        const sets = classSetsOf(size)
        const [x, y] = [sets.of(a), sets.of(b)]
        expect(membersOf(x)).toEqual(sorted(a))
        expect(membersOf(sets.union(x, y))).toEqual(sorted([...new Set([...a, ...b])]))
        expect(membersOf(sets.intersect(x, y))).toEqual(sorted(a.filter((n) => b.includes(n))))
        expect(membersOf(sets.subtract(x, y))).toEqual(sorted(a.filter((n) => !b.includes(n))))
        expect(sets.equal(sets.complement(sets.complement(x)), x)).toBe(true)
        expect(sets.covers(sets.all, x)).toBe(true)
        expect(sets.covers(x, y)).toBe(b.every((n) => a.includes(n)))
        expect(overlaps(x, y)).toBe(b.some((n) => a.includes(n)))
        expect(classKey(x) === classKey(y)).toBe(sets.equal(x, y))
        expect(hasClass(x, size - 1)).toBe(a.includes(size - 1))
      }),
    )
  })
})
