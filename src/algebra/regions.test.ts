import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectionSet, hasPort, PORT_PROTOCOLS } from './connections.ts'
import { hasNumber, type Intervals, numberSets, toIntervals } from './intervals.ts'
import { type Region, regionsOf } from './regions.ts'

const regions = regionsOf(numberSets)
const PEERS = 5
const PORTS = 8
const rectangle = fc
  .record({
    peers: fc.uniqueArray(fc.nat(PEERS - 1)),
    protocol: fc.constantFrom(...PORT_PROTOCOLS),
    first: fc.integer({ min: 1, max: PORTS }),
    more: fc.nat(3),
  })
  .map(({ peers, protocol, first, more }) => ({
    peers: toIntervals(peers.map((n) => [n, n + 1] as const)),
    connections: connectionSet(protocol, first, first + more),
  }))
const region = fc.array(rectangle, { maxLength: 5 }).map((parts) => regions.unionOf(parts))

const pairs = (of: Region<Intervals>) => {
  const list = new Set<string>()
  for (const { peers, connections } of of)
    for (let peer = 0; peer < PEERS; peer++)
      for (const protocol of PORT_PROTOCOLS)
        for (let port = 1; port <= PORTS + 3; port++)
          if (hasNumber(peers, peer) && hasPort(connections, protocol, port)) list.add(`${peer} ${protocol} ${port}`)
  return list
}

describe('regions', () => {
  it('agree with plain sets of pairs', () => {
    fc.assert(
      fc.property(region, region, (a, b) => {
        const [x, y] = [pairs(a), pairs(b)]
        expect(pairs(regions.union(a, b))).toEqual(new Set([...x, ...y]))
        expect(pairs(regions.intersect(a, b))).toEqual(new Set([...x].filter((p) => y.has(p))))
        expect(pairs(regions.subtract(a, b))).toEqual(new Set([...x].filter((p) => !y.has(p))))
        expect(regions.covers(a, b)).toBe([...y].every((p) => x.has(p)))
      }),
      { numRuns: 300 },
    )
  })

  it('are equal exactly where they hold the same pairs', () => {
    fc.assert(
      fc.property(fc.array(rectangle, { maxLength: 5 }), fc.array(rectangle, { maxLength: 5 }), (a, b) => {
        const [x, y] = [regions.unionOf(a), regions.unionOf(b)]
        expect(regions.equal(x, y)).toBe(pairs(x).size === pairs(y).size && [...pairs(x)].every((p) => pairs(y).has(p)))
        expect(regions.unionOf([...a].reverse())).toEqual(x)
        expect(regions.unionOf([...a, ...a, ...x])).toEqual(x)
      }),
      { numRuns: 300 },
    )
  })
})

describe('regions of many parts', () => {
  /** Enough different ports and peers that parts are met by their borders, and equal peers found by their hashes. */
  const hashed = regionsOf({ ...numberSets, hash: (set: Intervals) => set[0] ?? 0 })
  const many = fc
    .array(
      fc.record({
        peer: fc.nat(9),
        protocol: fc.constantFrom(...PORT_PROTOCOLS),
        first: fc.integer({ min: 1, max: 90 }),
        more: fc.nat(2),
      }),
      { minLength: 40, maxLength: 90 },
    )
    .map((list) =>
      list.map(({ peer, protocol, first, more }) => ({
        peers: toIntervals([[peer, peer + 1] as const]),
        connections: connectionSet(protocol, first, first + more),
      })),
    )

  it('are those of the parts one after the other', () => {
    fc.assert(
      fc.property(many, many, (one, other) => {
        const [a, b] = [hashed.unionOf(one), hashed.unionOf(other)]
        const onePart = (parts: typeof one) => parts.map(({ peers, connections }) => regions.of(peers, connections))
        expect(a).toEqual(onePart(one).reduce(regions.union, regions.empty))
        expect(hashed.union(a, b)).toEqual(onePart(other).reduce(regions.union, a))
        expect(hashed.subtract(a, b)).toEqual(onePart(other).reduce(regions.subtract, a))
        expect(hashed.intersect(a, b)).toEqual(regions.subtract(a, hashed.subtract(a, b)))
      }),
      { numRuns: 30 },
    )
  })
})
