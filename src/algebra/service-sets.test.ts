import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALL_SERVICES,
  hasSymbol,
  NO_SERVICES,
  regionSet,
  type ServiceSet,
  serviceSet,
  serviceSets,
  symbolSet,
} from './service-sets.ts'

const SERVICES = ['storage', 'sql', 'other']
const REGIONS = ['north', 'west', 'elsewhere']

const regions = fc.subarray(REGIONS.slice(0, 2)).map(symbolSet)
const set: fc.Arbitrary<ServiceSet> = fc
  .array(
    fc.oneof(
      fc.constantFrom('storage', 'sql').map((name) => serviceSet(name)),
      fc.tuple(fc.constantFrom('storage', 'sql'), regions).map(([name, where]) => serviceSet(name, where)),
      regions.map(regionSet),
      fc.constant(ALL_SERVICES),
    ),
    { maxLength: 4 },
  )
  .map((parts) =>
    parts.reduce((a, b, i) => (i % 2 === 0 ? serviceSets.union(a, b) : serviceSets.subtract(a, b)), NO_SERVICES),
  )

function has(set: ServiceSet, service: string, region: string): boolean {
  return hasSymbol(new Map(set.services).get(service) ?? set.others, region)
}

describe('sets of named services', () => {
  it('agree with membership and are canonical', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        for (const service of SERVICES) {
          for (const region of REGIONS) {
            const [inA, inB] = [has(a, service, region), has(b, service, region)]
            expect(has(serviceSets.union(a, b), service, region)).toBe(inA || inB)
            expect(has(serviceSets.intersect(a, b), service, region)).toBe(inA && inB)
            expect(has(serviceSets.subtract(a, b), service, region)).toBe(inA && !inB)
          }
        }
        const rebuilt = serviceSets.union(serviceSets.intersect(a, b), serviceSets.subtract(a, b))
        expect(serviceSets.equal(rebuilt, a)).toBe(true)
      }),
    )
  })

  it('orders tags: a region of a service is in the service and in the region of the cloud', () => {
    const storageWest = serviceSet('storage', symbolSet(['west']))
    expect(serviceSets.covers(serviceSet('storage'), storageWest)).toBe(true)
    expect(serviceSets.covers(regionSet(symbolSet(['west'])), storageWest)).toBe(true)
    expect(serviceSets.covers(regionSet(symbolSet(['north'])), storageWest)).toBe(false)
    expect(serviceSets.covers(ALL_SERVICES, storageWest)).toBe(true)
    expect(serviceSets.covers(storageWest, serviceSet('storage'))).toBe(false)
  })
})
