import { aksRules } from './aks-rules.ts'
import { at, type Card, FIREWALL_SUBNET, firewallCard, rulesOfMachine, type World } from './cards.ts'
import { judgeByAdmin, passesNsg } from './filter-walk.ts'
import { judgeByFirewall } from './firewall-walk.ts'
import { type Demand, isConnected, isPublic, type Packet, type Place } from './places.ts'
import { route } from './route-walk.ts'
import type { NsgRule, State } from './state.ts'
import { ARRIVES, type Arrival, stopped } from './worlds.ts'

/** Security admin rules, then the NSG of the card, then that of the subnet. */
export function leaves(world: World, card: Card, packet: Packet): Arrival {
  return passesFilters(world, card, 'Outbound', packet)
}

/** Security admin rules, then the NSG of the subnet, then that of the card. */
export function enters(world: World, card: Card, packet: Packet): Arrival {
  return passesFilters(world, card, 'Inbound', packet)
}

function passesFilters(world: World, card: Card, direction: 'Inbound' | 'Outbound', packet: Packet): Arrival {
  const { state, choose } = world
  if (card.subnet.name === FIREWALL_SUBNET) return ARRIVES
  // Network policies of the subnet switch the filters of private endpoints on (§2.7).
  if (card.isEndpoint && !['Enabled', 'NetworkSecurityGroupEnabled'].includes(card.subnet.endpointPolicies))
    return ARRIVES
  const admin = judgeByAdmin(state, direction, packet, card, choose)
  const subnetRules = state.nsgs.find(({ name }) => name === card.subnet.nsg)?.rules
  const cardRules = rulesOfCard(state, card, direction)
  // "Standard public IPs are closed to internet-initiated traffic when neither subnet nor NIC has an NSG" (§0.4).
  const isFromOutside = card.machine !== undefined && direction === 'Inbound' && isPublic(state, packet.source)
  if (isFromOutside && subnetRules === undefined && cardRules === undefined) return stopped('nsg', 'security-admin')
  if (admin === 'denied') return stopped('security-admin')
  if (admin === 'delivered') return ARRIVES
  const passes = [subnetRules, cardRules].every(
    (rules) => rules === undefined || passesNsg(state, rules, direction, packet, card, choose),
  )
  return passes ? ARRIVES : stopped('nsg')
}

/** Those that AKS keeps on its nodes, or those of a machine's own NSG. */
function rulesOfCard(state: State, card: Card, direction: 'Inbound' | 'Outbound'): readonly NsgRule[] | undefined {
  if (card.pool !== undefined) return direction === 'Inbound' ? aksRules(state, card) : []
  return card.machine && rulesOfMachine(state, card.machine)
}

/** A packet from a card to a place; `destination`: who has that address. */
export function packetFrom(card: Card, to: Place, demand: Demand, destination?: Card): Packet {
  return {
    source: at(card.address),
    sourceGroups: card.groups,
    destination: to,
    destinationGroups: destination?.groups ?? [],
    ...demand,
  }
}

/** To a private address; `destination` is undefined where no network of the tree holds it. */
export function send(world: World, card: Card, to: Place, destination: Card | undefined, demand: Demand): Arrival {
  const { state, choose } = world
  const packet = packetFrom(card, to, demand, destination)
  const left = leaves(world, card, packet)
  if (!left.arrives) return left
  const hop = route(state, card, to, choose)
  switch (hop.kind) {
    case 'nowhere':
    case 'internet':
    case 'service-endpoint':
      return stopped('route')
    case 'endpoint':
      return deliver(world, card, packet, destination)
    case 'local':
      return destination?.vnet === hop.vnet ? deliver(world, card, packet, destination) : stopped('route')
    case 'firewall': {
      if (destination?.subnet.name === FIREWALL_SUBNET) return ARRIVES
      const passed = throughFirewall(world, packet)
      if (passed === undefined) return stopped('firewall')
      const home = firewallCard(world)
      if (destination !== undefined && !isForwarded(world, card, home, destination)) return stopped('route')
      return deliver(world, home, passed, destination)
    }
  }
}

/** What the firewall sends on towards a private address; undefined where it denies. */
export function throughFirewall(world: World, packet: Packet): Packet | undefined {
  const firewall = world.state.firewall!
  const judged = judgeByFirewall(world.state, packet, world.choose)
  if (judged === 'denied') return undefined
  // Application rules always translate the source, network rules never towards private ranges unless these are none (§4.4).
  const isTranslated = judged === 'application' || firewall.snat === 'always'
  return isTranslated ? { ...packet, source: at(firewallCard(world).address), sourceGroups: [] } : packet
}

/** Whether a peering takes what the firewall's network passes on but did not send: off, nobody says for certain (§1.2). */
export function isForwarded({ state, choose }: World, card: Card, home: Card, destination: Card): boolean {
  if (card.vnet === home.vnet || destination.vnet === home.vnet) return true
  const half = state.peerings.find(({ from, to }) => from === destination.vnet.name && to === home.vnet.name)
  return half === undefined || half.forwarded || choose('forwarded traffic is dropped', [false, true])
}

/** From a card, or from the firewall, to who has the address. */
export function deliver(world: World, card: Card, packet: Packet, destination: Card | undefined): Arrival {
  const { state, choose } = world
  if (destination === undefined) return stopped('route')
  const { vnet } = destination
  if (card.vnet !== vnet && !isConnected(state, card.vnet, vnet)) return stopped('route')
  const entered = enters(world, destination, packet)
  if (!entered.arrives) return entered
  const isFiltered = [card, destination].some(
    ({ pool, subnet, machine }) => pool !== undefined || subnet.nsg !== undefined || machine?.nsg !== undefined,
  )
  const isDoubtful = state.peerings.some(
    ({ from, to, access }) => !access && [from, to].includes(card.vnet.name) && [from, to].includes(vnet.name),
  )
  // The flag only changes the tag; where no NSG asks the tag, nobody says (§1.2).
  if (card.vnet !== vnet && isDoubtful && !isFiltered && !choose('peering without access', [true, false]))
    return stopped('route')
  return ARRIVES
}
