import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AddressSet,
  ALL_ADDRESSES,
  addressSets,
  cidr,
  hasAddress,
  NO_ADDRESSES,
  parseAddress,
} from '../../src/algebra/addresses.ts'
import { boundsOf } from '../../src/algebra/bounds.ts'
import { classKey, classSetsOf, hasClass } from '../../src/algebra/classes.ts'
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionKey,
  connectionSet,
  connectionSets,
  hasPort,
  NO_CONNECTIONS,
  PORT_PROTOCOLS,
} from '../../src/algebra/connections.ts'
import { hasNumber, type Intervals, numberSets, toIntervals } from '../../src/algebra/intervals.ts'
import {
  ALL_NAMES,
  hasName,
  type NameSet,
  NO_NAMES,
  nameKey,
  namePatterns,
  nameSets,
  sampleName,
} from '../../src/algebra/names.ts'
import { type PairSet, pairSetsOf } from '../../src/algebra/pairs.ts'
import { type Region, regionsOf } from '../../src/algebra/regions.ts'
import {
  ALL_SERVICES,
  hasSymbol,
  NO_SERVICES,
  regionSet,
  type ServiceSet,
  serviceSet,
  serviceSets,
  symbolSet,
} from '../../src/algebra/service-sets.ts'
import type { SetAlgebra } from '../../src/algebra/set-algebra.ts'
import { type Places, places, placesKey } from '../../src/reach/azure/places.ts'

/** One kind of set with its brute-force model: whether it holds each point of a small universe. */
interface Model<T> {
  readonly sets: SetAlgebra<T>
  readonly set: fc.Arbitrary<T>
  readonly points: readonly unknown[]
  has(set: T, point: never): boolean
  /** Equal for equal sets only, where the kind has one. */
  readonly key?: (set: T) => string
  /** Whether the points tell apart all sets that are made here. Names have no end, so theirs do not. */
  readonly isExact: boolean
}

const RUNS = { numRuns: 150 }

/** The laws of every kind of set, and membership against the model. */
function obeysLaws<T>(kind: string, model: Model<T>): void {
  const { sets, set, points, has, key, isExact } = model
  const { union, intersect, subtract, isEmpty, equal, covers, empty } = sets
  const holds = (of: T) => points.map((point) => has(of, point as never))
  const same = (a: T, b: T) => {
    expect(equal(a, b)).toBe(true)
    expect(covers(a, b) && covers(b, a)).toBe(true)
    if (key !== undefined) expect(key(a)).toBe(key(b))
  }

  describe(kind, () => {
    it('agree with their points', () => {
      fc.assert(
        fc.property(set, set, (a, b) => {
          const [x, y] = [holds(a), holds(b)]
          expect(holds(union(a, b))).toEqual(x.map((inA, i) => inA || y[i]!))
          expect(holds(intersect(a, b))).toEqual(x.map((inA, i) => inA && y[i]!))
          expect(holds(subtract(a, b))).toEqual(x.map((inA, i) => inA && !y[i]!))
          expect(holds(empty)).not.toContain(true)
          const isCovered = y.every((inB, i) => !inB || x[i]!)
          const isSame = x.every((inA, i) => inA === y[i])
          if (covers(a, b)) expect(isCovered).toBe(true)
          if (equal(a, b)) expect(isSame).toBe(true)
          if (isEmpty(a)) expect(x).not.toContain(true)
          if (!isExact) return
          expect(covers(a, b)).toBe(isCovered)
          expect(equal(a, b)).toBe(isSame)
          expect(isEmpty(a)).toBe(!x.includes(true))
          if (key !== undefined) expect(key(a) === key(b)).toBe(isSame)
        }),
        RUNS,
      )
    })

    it('obey the laws of sets', () => {
      fc.assert(
        fc.property(set, set, set, (a, b, c) => {
          same(union(a, b), union(b, a))
          same(intersect(a, b), intersect(b, a))
          same(union(a, union(b, c)), union(union(a, b), c))
          same(intersect(a, intersect(b, c)), intersect(intersect(a, b), c))
          same(intersect(a, union(b, c)), union(intersect(a, b), intersect(a, c)))
          same(union(a, intersect(b, c)), intersect(union(a, b), union(a, c)))
          same(subtract(a, union(b, c)), intersect(subtract(a, b), subtract(a, c)))
          same(subtract(a, intersect(b, c)), union(subtract(a, b), subtract(a, c)))
          same(subtract(a, subtract(a, b)), intersect(a, b))
        }),
        RUNS,
      )
    })

    it('have one form for one set', () => {
      fc.assert(
        fc.property(set, set, (a, b) => {
          same(union(a, a), a)
          same(intersect(a, a), a)
          same(union(a, empty), a)
          same(subtract(a, empty), a)
          same(subtract(a, a), empty)
          same(intersect(a, empty), empty)
          same(union(a, intersect(a, b)), a)
          same(intersect(a, union(a, b)), a)
          same(union(intersect(a, b), subtract(a, b)), a)
          same(subtract(union(a, b), b), subtract(a, b))
        }),
        RUNS,
      )
    })

    it('order themselves by what they hold', () => {
      fc.assert(
        fc.property(set, set, (a, b) => {
          expect(covers(a, b)).toBe(isEmpty(subtract(b, a)))
          expect(covers(a, b)).toBe(equal(union(a, b), a))
          expect(covers(a, b)).toBe(equal(intersect(a, b), b))
          expect(equal(a, b)).toBe(covers(a, b) && covers(b, a))
        }),
        RUNS,
      )
    })
  })
}

/** Sets made of parts by union and difference, so that they have gaps. */
function madeOf<T>(sets: SetAlgebra<T>, part: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T> {
  return fc
    .array(fc.tuple(part, fc.constantFrom('adds', 'adds', 'takes')), { maxLength })
    .map((steps) =>
      steps.reduce(
        (all, [each, how]) => (how === 'adds' ? sets.union(all, each) : sets.subtract(all, each)),
        sets.empty,
      ),
    )
}

const range = (end: number) =>
  fc.tuple(fc.nat(end), fc.nat(3)).map(([first, more]): Intervals => toIntervals([[first, first + more + 1]]))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

obeysLaws<Intervals>('intervals', {
  sets: numberSets,
  set: madeOf(numberSets, range(12), 6),
  points: upTo(20),
  has: (set, point: number) => hasNumber(set, point),
  key: (set) => set.join(),
  isExact: true,
})

const blocks = [
  '10.0.0.0/30',
  '10.0.0.4/31',
  '10.0.0.6/32',
  '10.0.0.0/29',
  '0.0.0.0/0',
  '2001:db8::/126',
  '2001:db8::2/127',
  '::/0',
]
const inBlocks = [
  ...upTo(9).map((last) => `10.0.0.${last}`),
  '9.255.255.255',
  '255.255.255.255',
  ...upTo(5).map((last) => `2001:db8::${last}`),
  '::',
  'ffff::',
].map((text) => parseAddress(text)!)
obeysLaws<AddressSet>('addresses of both families', {
  sets: addressSets,
  set: madeOf(addressSets, fc.constantFrom(NO_ADDRESSES, ALL_ADDRESSES, ...blocks.map(cidr)), 5),
  points: inBlocks,
  has: (set, point: (typeof inBlocks)[number]) => hasAddress(set, point),
  isExact: true,
})

const ports = fc
  .tuple(fc.constantFrom(...PORT_PROTOCOLS), fc.integer({ min: 1, max: 8 }), fc.nat(4))
  .map(([protocol, first, more]) => connectionSet(protocol, first, first + more))
const connections = madeOf(connectionSets, fc.oneof(ports, fc.constant(NO_CONNECTIONS)), 5)
obeysLaws<ConnectionSet>('connections', {
  sets: connectionSets,
  set: fc.oneof(
    { weight: 5, arbitrary: connections },
    { weight: 1, arbitrary: connections.map((set) => connectionSets.subtract(ALL_CONNECTIONS, set)) },
  ),
  points: PORT_PROTOCOLS.flatMap((protocol) => [...upTo(16).slice(1), 65535].map((port) => [protocol, port] as const)),
  has: (set, [protocol, port]: readonly [(typeof PORT_PROTOCOLS)[number], number]) => hasPort(set, protocol, port),
  key: connectionKey,
  isExact: true,
})

const classes = classSetsOf(40)
obeysLaws('classes', {
  sets: classes,
  set: fc.oneof(fc.uniqueArray(fc.nat(39)).map(classes.of), fc.constant(classes.all)),
  points: upTo(40),
  has: (set, point: number) => hasClass(set, point),
  key: (set) => `${classKey(set)}`,
  isExact: true,
})

const names: readonly string[] = ['a', 'b', 'c'].flatMap((one) => [
  one,
  ...['a', 'b', 'ab', 'c'].flatMap((two) => [`${two}.${one}`, ...['a', 'bb'].map((three) => `${three}.${two}.${one}`)]),
])
const text = fc.stringMatching(/^[ab]{1,2}(?:\.[ab]){0,2}$/)
const pattern = fc.oneof(
  text.map((name) => namePatterns([name], 'any')!),
  text.map((name) => namePatterns([`*.${name}`], 'any')!),
  text.map((name) => namePatterns([`*${name}`], 'any')!),
  text.map((name) => namePatterns([`*.${name}`], 'label')!),
  fc.constantFrom(ALL_NAMES, NO_NAMES),
)
const nameSet = madeOf(nameSets, pattern, 4)
obeysLaws<NameSet>('names with wildcards of both kinds', {
  sets: nameSets,
  set: nameSet,
  points: names,
  has: (set, point: string) => hasName(set, point),
  key: nameKey,
  isExact: false,
})

describe('names have no end', () => {
  it('so what one set does not cover of another is shown by a name', () => {
    fc.assert(
      fc.property(nameSet, nameSet, (a, b) => {
        const rest = nameSets.subtract(b, a)
        if (nameSets.covers(a, b)) {
          expect(nameSets.isEmpty(rest)).toBe(true)
          return
        }
        const shown = sampleName(rest)
        // Where nothing but the host that no rule names is left, there is no name to show.
        if (shown === undefined) expect(hasName(rest, '')).toBe(true)
        else expect([hasName(a, shown), hasName(b, shown)]).toEqual([false, true])
      }),
      RUNS,
    )
  })
})

const places1 = fc.subarray(['north', 'west']).map(symbolSet)
const services = madeOf(
  serviceSets,
  fc.oneof(
    fc.constantFrom('storage', 'sql').map((name) => serviceSet(name)),
    fc.tuple(fc.constantFrom('storage', 'sql'), places1).map(([name, where]) => serviceSet(name, where)),
    places1.map(regionSet),
    fc.constantFrom(ALL_SERVICES, NO_SERVICES),
  ),
  5,
)
obeysLaws<ServiceSet>('services by region', {
  sets: serviceSets,
  set: services,
  points: ['storage', 'sql', 'other'].flatMap((service) =>
    ['north', 'west', 'elsewhere'].map((region) => [service, region] as const),
  ),
  has: (set, [service, region]: readonly [string, string]) =>
    hasSymbol(new Map(set.services).get(service) ?? set.others, region),
  isExact: true,
})

const regions = regionsOf(numberSets)
obeysLaws<Region<Intervals>>('regions', {
  sets: regions,
  set: madeOf(
    regions,
    fc.tuple(range(4), ports).map(([peers, over]) => regions.of(peers, over)),
    4,
  ),
  points: upTo(9).flatMap((peer) =>
    PORT_PROTOCOLS.flatMap((protocol) =>
      upTo(14)
        .slice(1)
        .map((port) => [peer, protocol, port] as const),
    ),
  ),
  has: (set, [peer, protocol, port]: readonly [number, (typeof PORT_PROTOCOLS)[number], number]) =>
    set.some((part) => hasNumber(part.peers, peer) && hasPort(part.connections, protocol, port)),
  isExact: true,
})

const pairs = pairSetsOf<Intervals, Intervals>(numberSets, numberSets, (set) => set.join())
obeysLaws<PairSet<Intervals, Intervals>>('pairs', {
  sets: pairs,
  set: madeOf(
    pairs,
    fc.tuple(range(4), range(4)).map(([first, second]) => pairs.of(first, second)),
    5,
  ),
  points: upTo(9).flatMap((x) => upTo(9).map((y) => [x, y] as const)),
  has: (set, [x, y]: readonly [number, number]) =>
    set.some(({ first, second }) => hasNumber(first, x) && hasNumber(second, y)),
  isExact: true,
})

type Point = readonly ['address', (typeof inBlocks)[number]] | readonly ['name', string] | readonly ['service', string]
obeysLaws<Places>('addresses, services and names in one set', {
  sets: places,
  set: fc
    .tuple(madeOf(addressSets, fc.constantFrom(...blocks.map(cidr)), 3), services, nameSet)
    .map(([addresses, all, hosts]) => ({ addresses, services: all, hosts })),
  points: [
    ...inBlocks.map((address) => ['address', address] as const),
    ...names.map((name) => ['name', name] as const),
    ...['storage', 'sql', 'other'].map((service) => ['service', service] as const),
  ],
  has: (set, [kind, value]: Point) => {
    if (kind === 'address') return hasAddress(set.addresses, value)
    if (kind === 'name') return hasName(set.hosts, value)
    return hasSymbol(new Map(set.services.services).get(value) ?? set.services.others, 'west')
  },
  key: placesKey,
  isExact: false,
})

describe('certain and possible', () => {
  const sets = boundsOf(numberSets)
  const bounds = fc
    .tuple(madeOf(numberSets, range(8), 4), madeOf(numberSets, range(8), 4))
    .map(([certain, more]) => ({ certain, possible: numberSets.union(certain, more) }))

  it('keep the certain part within the possible one', () => {
    fc.assert(
      fc.property(bounds, bounds, (a, b) => {
        for (const operation of ['union', 'intersect', 'subtract'] as const) {
          const { certain, possible } = sets[operation](a, b)
          expect(numberSets.covers(possible, certain)).toBe(true)
        }
      }),
      RUNS,
    )
  })

  it('are as narrow as what is not known allows', () => {
    fc.assert(
      fc.property(bounds, bounds, (a, b) => {
        const { certain, possible } = sets.subtract(a, b)
        for (const n of upTo(16)) {
          const [sureA, perhapsA] = [hasNumber(a.certain, n), hasNumber(a.possible, n)]
          const [sureB, perhapsB] = [hasNumber(b.certain, n), hasNumber(b.possible, n)]
          expect(hasNumber(certain, n)).toBe(sureA && !perhapsB)
          expect(hasNumber(possible, n)).toBe(perhapsA && !sureB)
        }
      }),
      RUNS,
    )
  })
})
