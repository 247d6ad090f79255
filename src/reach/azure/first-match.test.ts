import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactly } from '../../algebra/bounds.ts'
import { ALL_CONNECTIONS, connectionSet, PORT_PROTOCOLS } from '../../algebra/connections.ts'
import { type Intervals, interval, numberSets } from '../../algebra/intervals.ts'
import { type Region, type RegionPart, regionsOf } from '../../algebra/regions.ts'
import { firstMatch, firstMatchByPorts, type RuleDecision } from './first-match.ts'

const regions = regionsOf(numberSets)
const EVERYTHING: RegionPart<Intervals> = { peers: interval(0, 20), connections: ALL_CONNECTIONS }

const box = fc
  .record({
    from: fc.nat(18),
    wide: fc.integer({ min: 1, max: 20 }),
    protocol: fc.constantFrom(...PORT_PROTOCOLS),
    first: fc.integer({ min: 1, max: 12 }),
    more: fc.nat(6),
    isAnyPort: fc.boolean(),
  })
  .map(({ from, wide, protocol, first, more, isAnyPort }) =>
    regions.of(
      interval(from, Math.min(20, from + wide)),
      isAnyPort ? ALL_CONNECTIONS : connectionSet(protocol, first, first + more),
    ),
  )

/** Rules that are known, that are only perhaps there, that hold more than is known, and whose action is not known. */
const rule: fc.Arbitrary<RuleDecision<Region<Intervals>>> = fc
  .record({
    match: box,
    more: box,
    kind: fc.constantFrom('known', 'known', 'perhaps', 'wider'),
    allows: fc.constantFrom(true, false, undefined),
  })
  .map(({ match, more, kind, allows }) => ({
    match:
      kind === 'known'
        ? exactly(match)
        : { certain: kind === 'perhaps' ? regions.empty : match, possible: regions.union(match, more) },
    allows,
  }))

describe('the first rule that matches', () => {
  it('decides port by port as it does for all packets at once', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), (rules) => {
        const sets = { ...regions, join: (parts: readonly Region<Intervals>[]) => regions.unionOf(parts.flat()) }
        const plain = firstMatch(rules, regions.of(EVERYTHING.peers, EVERYTHING.connections), sets)
        const byPorts = firstMatchByPorts(rules, EVERYTHING, regions, numberSets)
        expect(byPorts).toEqual(plain)
        expect(byPorts.certain === byPorts.possible).toBe(plain.certain === plain.possible)
      }),
      { numRuns: 500 },
    )
  })
})
