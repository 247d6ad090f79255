import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionKey,
  connectionSet,
  connectionSets,
  hasPort,
  NO_CONNECTIONS,
  PORT_PROTOCOLS,
  printConnections,
  samplePort,
} from './connections.ts'

const { union, intersect, subtract, equal, covers, isEmpty } = connectionSets
const part = fc
  .tuple(fc.constantFrom(...PORT_PROTOCOLS), fc.integer({ min: 1, max: 12 }), fc.nat(5))
  .map(([protocol, first, more]) => connectionSet(protocol, first, first + more))
const set = fc.array(part, { maxLength: 4 }).map((parts) => parts.reduce(union, NO_CONNECTIONS))
const packets = (of: ConnectionSet) =>
  PORT_PROTOCOLS.flatMap((protocol) =>
    Array.from({ length: 20 }, (_, port) => [protocol, port] as const).filter(([, port]) =>
      hasPort(of, protocol, port),
    ),
  )

describe('connection sets', () => {
  it('agree with plain sets of packets', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [x, y] = [packets(a), packets(b)].map((list) => new Set(list.map(String)))
        const texts = (of: ConnectionSet) => new Set(packets(of).map(String))
        expect(texts(union(a, b))).toEqual(new Set([...texts(a), ...texts(b)]))
        expect(texts(intersect(a, b))).toEqual(new Set([...x!].filter((p) => y!.has(p))))
        expect(texts(subtract(a, b))).toEqual(new Set([...x!].filter((p) => !y!.has(p))))
        expect(covers(a, b)).toBe([...y!].every((p) => x!.has(p)))
        expect(equal(a, b)).toBe(connectionKey(a) === connectionKey(b))
        expect(isEmpty(subtract(a, a))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('print as people read them', () => {
    expect(printConnections(NO_CONNECTIONS)).toBe('')
    expect(printConnections(ALL_CONNECTIONS)).toBe('all connections')
    expect(
      printConnections(union(union(connectionSet('UDP', 53), connectionSet('TCP', 443)), connectionSet('TCP', 80, 81))),
    ).toBe('TCP 80-81,443, UDP 53')
    expect(printConnections(connectionSet('TCP'))).toBe('TCP')
    expect(printConnections(connectionSet('TCP', 1, 1))).toBe('TCP 1')
  })

  it('give a familiar port as an example', () => {
    expect(samplePort(ALL_CONNECTIONS)).toEqual({ protocol: 'TCP', port: 443 })
    expect(samplePort(connectionSet('UDP', 900, 910))).toEqual({ protocol: 'UDP', port: 900 })
    expect(samplePort(NO_CONNECTIONS)).toBeUndefined()
  })
})
