import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasAddress, parseAddress } from '../../src/algebra/addresses.ts'
import { type Bounds, boundsOf } from '../../src/algebra/bounds.ts'
import { hasClass, membersOf } from '../../src/algebra/classes.ts'
import {
  type ConnectionSet,
  connectionSets,
  hasPort,
  PORT_PROTOCOLS,
  type PortProtocol,
} from '../../src/algebra/connections.ts'
import type { Region } from '../../src/algebra/regions.ts'
import { both, type Truth } from '../../src/algebra/truth.ts'
import type { Network } from '../../src/model/network.ts'
import { diffReachability } from '../../src/reach/difference.ts'
import { ENGINES } from '../../src/reach/engine.ts'
import type { PacketEnd } from '../../src/reach/layer.ts'
import type { PeerSet } from '../../src/reach/peers.ts'
import { buildReachability, type Reachability, reachabilityOf } from '../../src/reach/reachability.ts'
import { ADDRESSES, networkOf, PORTS, randomCluster } from './random-cluster.ts'

interface End {
  readonly end: PacketEnd
  readonly subject?: number
}

/** Every end point of the state, workloads and those that may exist, and some addresses. */
function endsOf(reach: Reachability): readonly End[] {
  const { universe, classes } = reach
  const endpoints = membersOf(classes.present).flatMap((subject) =>
    universe.classes[subject]!.members.map((endpoint): End => {
      const workload = classes.workload(endpoint.id)
      return { subject, end: { kind: 'endpoint', endpoint, facts: { ...classes.facts[subject]!, workload } } }
    }),
  )
  return [...endpoints, ...ADDRESSES.map((address): End => ({ end: { kind: 'address', address } }))]
}

function truthIn(bounds: Bounds<ConnectionSet>, protocol: PortProtocol, port: number): Truth {
  return hasPort(bounds.certain, protocol, port) ? 'yes' : hasPort(bounds.possible, protocol, port) ? 'maybe' : 'no'
}

function truthOf(bounds: Bounds<Region<PeerSet>>, peer: End, protocol: PortProtocol, port: number): Truth {
  const holds = (region: Region<PeerSet>) =>
    region.some(({ peers, connections }) => hasPort(connections, protocol, port) && isIn(peers, peer))
  return holds(bounds.certain) ? 'yes' : holds(bounds.possible) ? 'maybe' : 'no'
}

function isIn(peers: PeerSet, { end, subject }: End): boolean {
  return end.kind === 'address'
    ? hasAddress(peers.addresses, parseAddress(end.address)!)
    : hasClass(peers.classes, subject!)
}

/** Sets of classes say of every pair what the plain walk says packet by packet. */
function expectToAgree(reach: Reachability): void {
  const ends = endsOf(reach)
  for (const from of ends) {
    for (const to of ends) {
      if (from.subject === undefined && to.subject === undefined) continue
      if (from.end.kind === 'endpoint' && to.end.kind === 'endpoint' && from.end.endpoint === to.end.endpoint) continue
      for (const protocol of PORT_PROTOCOLS) {
        for (const port of PORTS) {
          const walked = reach.explain({ from: from.end, to: to.end, protocol, port }).allowed
          const sent =
            from.subject === undefined ? 'yes' : truthOf(reach.own(from.subject, 'egress'), to, protocol, port)
          const got = to.subject === undefined ? 'yes' : truthOf(reach.own(to.subject, 'ingress'), from, protocol, port)
          expect(both(sent, got)).toBe(walked)
        }
      }
    }
  }
}

describe('reachability', () => {
  it('says by sets of classes what explain says packet by packet', () => {
    fc.assert(
      fc.property(randomCluster, fc.constantFrom(...ENGINES), (objects, engine) => {
        expectToAgree(reachabilityOf(networkOf(objects), { engine }))
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  it('says so of a state that takes over the groups of another with other policies', () => {
    fc.assert(
      fc.property(
        randomCluster,
        fc.infiniteStream(fc.constantFrom('both', 'base', 'head')),
        fc.constantFrom(...ENGINES),
        (objects, sides, engine) => {
          const network = networkOf(objects)
          const { kubernetes } = network
          const placed = kubernetes.policies.map((policy) => ({ policy, side: sides.next().value as string }))
          const only = (side: string): Network => ({
            ...network,
            kubernetes: {
              ...kubernetes,
              policies: placed.filter((each) => each.side === 'both' || each.side === side).map(({ policy }) => policy),
            },
          })
          const cluster = { engine }
          const states = [only('base'), only('head')].map((each) => ({ network: each, cluster }))
          const [base, head] = buildReachability(states)
          expect(head!.ground).toBe(base!.ground)
          expectToAgree(head!)
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  it('says the same in every form in which it can be asked', () => {
    fc.assert(
      fc.property(randomCluster, (objects) => {
        const reach = reachabilityOf(networkOf(objects))
        const { present } = reach.classes
        const rectangles = reach.connections(present)
        const { classSets } = reach.universe
        const fromEach = reach.reachOf(present, 'egress')
        for (const from of membersOf(present)) {
          const leaving = fromEach(from)
          for (const to of membersOf(present)) {
            const coming = reach.reachOf(classSets.of([to]), 'ingress')(to)
            const between = reach.between(from, to)
            const boxes = rectangles.filter(
              (each) => hasClass(each.from.classes, from) && hasClass(each.to.classes, to),
            )
            for (const protocol of PORT_PROTOCOLS) {
              for (const port of PORTS) {
                const expected = truthIn(between, protocol, port)
                const peer = (subject: number): End => ({ subject, end: endOf(reach, subject) })
                expect(truthOf(leaving, peer(to), protocol, port)).toBe(expected)
                expect(truthOf(coming, peer(from), protocol, port)).toBe(expected)
                const holding = boxes.filter((each) => hasPort(each.connections, protocol, port))
                expect(holding.some((each) => each.certain) ? 'yes' : holding.length > 0 ? 'maybe' : 'no').toBe(
                  expected,
                )
              }
            }
          }
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  it('keeps what is certain within what is possible', () => {
    fc.assert(
      fc.property(randomCluster, (objects) => {
        const reach = reachabilityOf(networkOf(objects))
        for (const subject of membersOf(reach.classes.present)) {
          for (const direction of ['ingress', 'egress'] as const) {
            const { certain, possible } = reach.own(subject, direction)
            expect(reach.universe.regions.covers(possible, certain)).toBe(true)
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})

function endOf(reach: Reachability, subject: number): PacketEnd {
  const endpoint = reach.universe.classes[subject]!.members[0]!
  return {
    kind: 'endpoint',
    endpoint,
    facts: { ...reach.classes.facts[subject]!, workload: reach.classes.workload(endpoint.id) },
  }
}

describe('difference', () => {
  it('is nothing between a state and itself, in whatever order its objects stand', () => {
    fc.assert(
      fc.property(randomCluster, (objects) => {
        const [base, head] = buildReachability([
          { network: networkOf(objects) },
          { network: networkOf([...objects].reverse()) },
        ])
        const { connections, doors } = diffReachability(base!, head!)
        expect(connections).toEqual([])
        expect(doors).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('holds every pair of classes that changed, with what it had and has', () => {
    fc.assert(
      fc.property(randomCluster, randomCluster, (before, after) => {
        const [base, head] = buildReachability([{ network: networkOf(before) }, { network: networkOf(after) }])
        const { connections } = diffReachability(base!, head!)
        const sets = boundsOf(connectionSets)
        for (const [from] of base!.universe.classes.entries()) {
          for (const [to] of base!.universe.classes.entries()) {
            const had = base!.between(from, to)
            const has = head!.between(from, to)
            const rows = connections.filter(
              (each) => hasClass(each.from.classes, from) && hasClass(each.to.classes, to),
            )
            if (sets.equal(had, has)) expect(rows).toEqual([])
            else {
              expect(rows).toHaveLength(1)
              expect(sets.equal(rows[0]!.before, had) && sets.equal(rows[0]!.after, has)).toBe(true)
            }
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})
