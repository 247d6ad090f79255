import { expect, it } from 'vitest'
import { type AddressSet, addressSets, cidr, printAddress } from '../../src/algebra/addresses.ts'
import { type ConnectionSet, connectionSets, hasPort, samplePort } from '../../src/algebra/connections.ts'
import { analyseTree } from '../../src/analyse.ts'
import { explainerOf } from '../../src/compare/egress-cause.ts'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { parseTree } from '../../src/parse/units.ts'
import { PUBLIC_ADDRESSES, sampleAddress } from '../../src/reach/address-ranges.ts'
import type { Door } from '../../src/reach/door.ts'
import { treeOf } from '../parse/tree-of.ts'
import { randomState } from '../reference/random-state.ts'
import { languageOf, writeState } from '../reference/write-state.ts'

const STATES = Number(process.env['RINGFENCE_STATES'] ?? 300)
const FIRST_SEED = Number(process.env['RINGFENCE_SEED'] ?? 1)

/** Where private clients of the random states may be. */
const PRIVATE: AddressSet = cidr('10.0.0.0/8')

interface Claim {
  readonly from: AddressSet
  readonly on: ConnectionSet
  readonly says: 'allowed' | 'not allowed'
}

/** What a door says of packets, one for each kind of client and answer. */
function claimsOf({ sources, internet, allowed, target, public: isPublic }: Door): readonly Claim[] {
  const outside = (set: AddressSet) => addressSets.intersect(set, PUBLIC_ADDRESSES)
  const inside = (set: AddressSet) => addressSets.subtract(set, PUBLIC_ADDRESSES)
  const closed = connectionSets.subtract(target.certain, internet.possible)
  return [
    {
      from: outside(sources.certain),
      on: isPublic === 'yes' ? internet.certain : connectionSets.empty,
      says: 'allowed',
    },
    { from: addressSets.subtract(PUBLIC_ADDRESSES, sources.possible), on: target.certain, says: 'not allowed' },
    { from: outside(sources.possible), on: closed, says: 'not allowed' },
    { from: addressSets.intersect(inside(sources.certain), PRIVATE), on: allowed.certain, says: 'allowed' },
    { from: addressSets.subtract(PRIVATE, sources.possible), on: target.certain, says: 'not allowed' },
  ]
}

it(
  `doors say of ${STATES} random states what the walk of one packet says`,
  () => {
    const wrong: string[] = []
    const asked = { allowed: 0, 'not allowed': 0 }
    for (let seed = FIRST_SEED; seed < FIRST_SEED + STATES; seed++) {
      for (const view of analyseTree(
        parseTree(treeOf(writeState(randomState(seed), languageOf(seed)))),
        EMPTY_CONFIG,
      )) {
        const { link, reach } = view
        if (link?.kind !== 'linked') continue
        const explainer = explainerOf({ view, link })
        for (const door of reach.doors()) {
          if (door.kind === 'external-ip' || door.kind === 'host-network') continue
          // The walk takes a load balancer's own way alone, and not its node ports.
          const isBehindBalancer = reach
            .doors()
            .some((one) => one.resource === door.resource && one.kind === 'load-balancer')
          if (door.kind === 'node-port' && isBehindBalancer) continue
          const to = reach.universe.classes[door.subject]!.members.find(
            ({ id }) => reach.classes.workload(id) !== undefined,
          )!.id
          for (const { from, on, says } of claimsOf(door)) {
            const packet = samplePort(on)
            // Several NAT rules of one resource are one to the walk.
            if (packet === undefined || (door.kind === 'firewall-nat' && says === 'not allowed')) continue
            // A door is open where policies admit some of its sources.
            const admitted = reach
              .own(door.subject, 'ingress')
              .certain.filter(({ connections }) => hasPort(connections, packet.protocol, packet.port))
              .reduce((all, { peers }) => addressSets.union(all, peers.addresses), addressSets.empty)
            const address = sampleAddress(says === 'allowed' ? addressSets.intersect(from, admitted) : from)
            if (address === undefined) continue
            const query = { from: printAddress(address), to, ...packet, via: door.resource }
            const { answer, layer, steps } = explainer.explain(query)
            asked[says]++
            if ((answer === 'allowed') === (says === 'allowed')) continue
            const path = steps.map((step) => `    ${step.layer} ${step.answer}: ${step.rule}`)
            wrong.push(
              `seed ${seed}: ${door.kind} ${door.resource.address}: ${query.from} → ${to} ${packet.protocol} ${packet.port} is ${says}, and the walk says ${answer} (${layer})\n${path.join('\n')}`,
            )
          }
        }
      }
    }
    expect(wrong.join('\n')).toBe('')
    expect(asked.allowed).toBeGreaterThan(STATES / 10)
    expect(asked['not allowed']).toBeGreaterThan(STATES / 10)
  },
  60_000 + STATES * 100,
)
