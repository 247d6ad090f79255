import { contains, lengthOf } from './address.ts'
import { FIREWALL_SUBNET } from './cards.ts'
import {
  type Home,
  inTag,
  isCidr,
  isConnected,
  isPodAddress,
  isPublic,
  type Packet,
  type Place,
  routesOf,
  spaceAt,
} from './places.ts'
import type { NsgRule, State } from './state.ts'
import type { Choose } from './worlds.ts'

const DEFAULT_RULES: readonly NsgRule[] = [
  {
    direction: 'Inbound',
    priority: 65000,
    access: 'Allow',
    sources: ['VirtualNetwork'],
    destinations: ['VirtualNetwork'],
  },
  { direction: 'Inbound', priority: 65001, access: 'Allow', sources: ['AzureLoadBalancer'], destinations: ['*'] },
  { direction: 'Inbound', priority: 65500, access: 'Deny', sources: ['*'], destinations: ['*'] },
  {
    direction: 'Outbound',
    priority: 65000,
    access: 'Allow',
    sources: ['VirtualNetwork'],
    destinations: ['VirtualNetwork'],
  },
  { direction: 'Outbound', priority: 65001, access: 'Allow', sources: ['*'], destinations: ['Internet'] },
  { direction: 'Outbound', priority: 65500, access: 'Deny', sources: ['*'], destinations: ['*'] },
].map((rule): NsgRule => ({ ...rule, protocol: '*', ports: ['*'] }) as NsgRule)

/** §2.1: ascending priority, the first match decides; `home` is the subnet that the NSG or its NIC belongs to. */
export function passesNsg(
  state: State,
  rules: readonly NsgRule[],
  direction: 'Inbound' | 'Outbound',
  packet: Packet,
  home: Home,
  choose: Choose,
): boolean {
  const ordered = [...rules, ...DEFAULT_RULES]
    .filter((rule) => rule.direction === direction)
    .sort((a, b) => a.priority - b.priority)
  for (const rule of ordered) if (matchesRule(state, rule, packet, home, choose)) return rule.access === 'Allow'
  throw new Error('the last default rule matches everything')
}

/** What both kinds of rules match on. */
type Match = Omit<NsgRule, 'access'>

function matchesRule(state: State, rule: Match, packet: Packet, home: Home, choose: Choose): boolean {
  if (rule.protocol !== '*' && rule.protocol.toUpperCase() !== packet.protocol) return false
  if (!matchesPorts(rule.ports, packet.port)) return false
  const isOwn = rule.priority <= 4096
  const matches = (prefix: string, place: Place) => matchesPrefix(state, prefix, place, home, isOwn, choose)
  const isMember = (groups: readonly string[] = [], own: readonly string[] = []) =>
    groups.some((group) => own.includes(group))
  return (
    (rule.sources.some((prefix) => matches(prefix, packet.source)) ||
      isMember(rule.sourceGroups, packet.sourceGroups)) &&
    (rule.destinations.some((prefix) => matches(prefix, packet.destination)) ||
      isMember(rule.destinationGroups, packet.destinationGroups))
  )
}

/**
 * §2.5, before any NSG: by priority, the first match decides. `AlwaysAllow` delivers, `Allow` goes on. Subnets of gateways and firewalls
 * take no part (learn.microsoft.com/azure/virtual-network-manager/concept-security-admins#nonapplication-of-security-admin-rules).
 */
export function judgeByAdmin(
  { adminRules, ...state }: State,
  direction: 'Inbound' | 'Outbound',
  packet: Packet,
  home: Home,
  choose: Choose,
): 'denied' | 'delivered' | 'go on' {
  if (adminRules === undefined || [FIREWALL_SUBNET, state.gateway?.subnet].includes(home.subnet.name)) return 'go on'
  const rule = adminRules.collections
    .filter(({ vnets }) => vnets.includes(home.vnet.name))
    .flatMap(({ rules }) => rules)
    .filter((one) => one.direction === direction)
    .sort((a, b) => a.priority - b.priority)
    .find((one) => matchesRule(state, one, packet, home, choose))
  if (rule === undefined || rule.access === 'Allow') return 'go on'
  if (!adminRules.deployed && !choose('the admin rules are deployed', [true, false])) return 'go on'
  return rule.access === 'Deny' ? 'denied' : 'delivered'
}

export function matchesPorts(ports: readonly string[], port: number): boolean {
  return ports.some((text) => {
    if (text === '*') return true
    const [from, to = from] = text.split('-').map(Number)
    return from! <= port && port <= to!
  })
}

function matchesPrefix(
  state: State,
  prefix: string,
  place: Place,
  home: Home,
  isOwnRule: boolean,
  choose: Choose,
): boolean {
  switch (prefix) {
    case '*':
      return true
    // A star means both families, this one only (§2.3).
    case '0.0.0.0/0':
      return place.kind === 'public' || typeof place.address === 'number'
    case 'VirtualNetwork':
      return inVirtualNetwork(state, place, home, isOwnRule, choose)
    case 'Internet':
      return isPublic(state, place)
    case 'AzureLoadBalancer':
      return false
  }
  if (isCidr(prefix)) return place.kind === 'address' && contains(prefix, place.address)
  return place.kind === 'public' && inTag(prefix, place, choose)
}

/** §2.4. */
function inVirtualNetwork(
  state: State,
  place: Place,
  { vnet, subnet }: Home,
  isOwnRule: boolean,
  choose: Choose,
): boolean {
  if (place.kind === 'address') {
    const { address } = place
    if (spaceAt(vnet, address) !== undefined) return true
    const remote = state.vnets.find((other) => spaceAt(other, address) !== undefined)
    if (remote !== undefined && isConnected(state, vnet, remote)) {
      const own = state.peerings.find(({ from, to }) => from === vnet.name && to === remote.name)!
      if (own.access) return true
    }
    if (isPodAddress(state, address)) {
      // Kubenet's pod ranges are in routes; whether an overlay's are in the tag is not documented (§6.2).
      if (state.cluster.mode === 'kubenet') return true
      if (state.cluster.mode === 'overlay')
        return isOwnRule ? choose('overlay pods in VirtualNetwork', [true, false]) : true
    }
    if (
      routesOf(state, subnet).some(({ prefix }) => isCidr(prefix) && lengthOf(prefix) > 0 && contains(prefix, address))
    )
      return true
  }
  const everything = place.kind === 'address' && typeof place.address === 'bigint' ? '::/0' : '0.0.0.0/0'
  const hasDefault = routesOf(state, subnet).some(({ prefix }) => prefix === everything)
  return hasDefault && choose(`default route of ${vnet.name}/${subnet.name} in VirtualNetwork`, [true, false])
}
