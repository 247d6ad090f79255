import type { Witness } from '../../src/rules/finding.ts'
import { after, rangeOf, toAddress } from './address.ts'
import { at } from './cards.ts'
import { passesNsg } from './filter-walk.ts'
import type { Home, Place } from './places.ts'
import type { Question, State } from './state.ts'
import { type Judgement, judgeInAllWorlds, stopped } from './worlds.ts'
import { NotModelled } from './yaml-selector.ts'

/** The protocol and port of a witness. Throws {@link NotModelled}. */
export function demandOf({ packet: { protocol, port } }: Witness): Pick<Question, 'protocol' | 'port'> {
  if (protocol !== 'TCP' && protocol !== 'UDP') throw new NotModelled(`protocol ${protocol}`)
  if (port === undefined) throw new NotModelled('a packet without port')
  return { protocol, port }
}

/** A group by itself: whether anything that can be behind it gets the packet. */
export function askGroup(state: State, name: string, witness: Witness): Judgement | undefined {
  const nsg = state.nsgs.find((one) => one.name === name)
  if (nsg === undefined) return { allowed: false, layers: new Set() }
  const { from, sourceAddress } = witness.packet
  const source: Place =
    sourceAddress === undefined
      ? { kind: 'public', tag: from.replace('tag/', '') }
      : { kind: 'address', address: toAddress(sourceAddress)! }
  const demand = demandOf(witness)
  const all = state.vnets.flatMap((vnet) => vnet.subnets.map(({ routeTable: _, ...subnet }) => ({ vnet, subnet })))
  // By itself: routes of some subnet widen no tag.
  const own = all.filter(({ subnet }) => subnet.nsg === name)
  const homes = [...(own.length > 0 ? own : all), homeIn('10.0.0.0'), homeIn('172.16.0.0')]
  // Any address that its rules or its subnets tell apart.
  const prefixes = [
    ...homes.map(({ subnet }) => subnet.prefix),
    ...nsg.rules.flatMap(({ destinations }) => destinations),
  ]
  const destinations = prefixes.flatMap((cidr) => {
    const range = rangeOf(cidr)
    return range === undefined ? [] : [range.first, after(range.first, range.first === range.last ? 0 : 1), range.last]
  })
  return judgeInAllWorlds((choose) => {
    const passes = homes.some((home) =>
      destinations.some((address) =>
        [[], ...state.groups.map((group) => [group])].some((destinationGroups) => {
          const packet = { source, destination: at(address), destinationGroups, ...demand }
          return passesNsg(state, nsg.rules, 'Inbound', packet, home, choose)
        }),
      ),
    )
    return passes ? { arrives: true } : stopped('nsg')
  })
}

/** A group may stand in any network. */
function homeIn(start: string): Home {
  return {
    vnet: { name: start, space: `${start}/16`, subnets: [], dnsServers: [] },
    subnet: {
      name: 'any',
      prefix: `${start}/24`,
      nat: false,
      serviceEndpoints: [],
      defaultOutbound: true,
      endpointPolicies: 'Disabled',
    },
  }
}
