import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processorTime } from '../../test/processor-time.ts'
import {
  ALL_NAMES,
  exactName,
  hasName,
  NO_NAMES,
  nameKey,
  namePatterns,
  nameSets,
  printNames,
  sampleName,
} from './names.ts'

const patterns = (...list: string[]) => namePatterns(list, 'any')!

/** Names over a small alphabet, and patterns that hit them often. */
const name = fc.stringMatching(/^[ab]{1,2}(?:\.[ab]{1,2}){0,2}$/)
const pattern = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
  name.map((text) => `*${text}`),
  fc.constant('*'),
)
const universe = fc.array(name, { minLength: 20, maxLength: 40 })

function matches(text: string, pattern: string): boolean {
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : text === pattern
}

describe('names', () => {
  it.each([
    ['*.contoso.com', 'api.contoso.com', true],
    ['*.contoso.com', 'a.b.contoso.com', true],
    ['*.contoso.com', 'contoso.com', false],
    ['*fabrikam.com', 'fabrikam.com', true],
    ['*fabrikam.com', 'evilfabrikam.com', true],
    ['*', 'anything.example', true],
    ['API.Example.com.', 'api.example.com', true],
  ])('reads %s as Azure Firewall does: %s is %s', (text, wanted, expected) => {
    expect(hasName(patterns(text), wanted)).toBe(expected)
  })

  it.each([
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', false],
    ['sub*.example.com', 'sub7.example.com', true],
    ['sub*.example.com', 'sub.example.com', true],
    ['sub*.example.com', 'sub.a.example.com', false],
    ['*.*.example.com', 'a.b.example.com', true],
  ])('reads %s within labels as Cilium does: %s is %s', (text, wanted, expected) => {
    expect(hasName(namePatterns([text], 'label')!, wanted)).toBe(expected)
  })

  it('refuses patterns that would make large automata', () => {
    expect(namePatterns([`${'a*'.repeat(30)}.example`], 'any')).toBeUndefined()
  })

  it('holds what one of the patterns matches', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 6 }), universe, (list, names) => {
        const set = patterns(...list)
        for (const text of names) expect(hasName(set, text)).toBe(list.some((item) => matches(text, item)))
      }),
    )
  })

  it('agrees with membership under union, intersection and difference', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), fc.array(pattern, { maxLength: 5 }), universe, (a, b, names) => {
        const [x, y] = [patterns(...a), patterns(...b)]
        for (const text of names) {
          const [inX, inY] = [hasName(x, text), hasName(y, text)]
          expect(hasName(nameSets.union(x, y), text)).toBe(inX || inY)
          expect(hasName(nameSets.intersect(x, y), text)).toBe(inX && inY)
          expect(hasName(nameSets.subtract(x, y), text)).toBe(inX && !inY)
        }
      }),
    )
  })

  it('is canonical: equal sets have equal keys however they were made', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), fc.array(pattern, { maxLength: 5 }), (a, b) => {
        const [x, y] = [patterns(...a), patterns(...b)]
        const rebuilt = nameSets.union(nameSets.intersect(x, y), nameSets.subtract(x, y))
        expect(nameKey(rebuilt)).toBe(nameKey(x))
        expect(nameSets.equal(rebuilt, x)).toBe(true)
        expect(nameKey(patterns(...[...a, ...b].reverse()))).toBe(nameKey(nameSets.union(x, y)))
        expect(nameSets.covers(nameSets.union(x, y), y)).toBe(true)
      }),
    )
  })

  it('keeps the two forms of a wildcard in order', () => {
    expect(nameSets.covers(patterns('*x.example'), patterns('*.x.example'))).toBe(true)
    expect(nameSets.covers(patterns('*.x.example'), patterns('*x.example'))).toBe(false)
    expect(
      nameSets.equal(nameSets.union(patterns('*.a.example'), patterns('b.a.example')), patterns('*.a.example')),
    ).toBe(true)
    expect(nameSets.subtract(ALL_NAMES, ALL_NAMES)).toBe(NO_NAMES)
  })

  it('prints names, patterns and exceptions', () => {
    expect(printNames(patterns('b.example', '*.a.example'))).toBe('*.a.example, b.example')
    expect(printNames(nameSets.subtract(patterns('*.a.example'), exactName('x.a.example')))).toBe(
      '*.a.example except x.a.example',
    )
    expect(printNames(ALL_NAMES)).toBe('any name')
    expect(printNames(NO_NAMES)).toBe('')
  })

  it('gives a sample that is in the set', () => {
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), (list) => {
        const set = patterns(...list)
        const sample = sampleName(set)
        expect(sample !== undefined && hasName(set, sample)).toBe(true)
      }),
    )
  })

  it('takes thousands of names in time that grows with their length', () => {
    const list = Array.from(
      { length: 4000 },
      (_, i) => `${i % 3 === 0 ? '*.' : ''}host-${i}.region-${i % 40}.example.com`,
    )
    const start = processorTime()
    const set = patterns(...list)
    expect(hasName(set, 'a.host-0.region-0.example.com')).toBe(true)
    expect(processorTime() - start).toBeLessThan(3000)
  })
})
