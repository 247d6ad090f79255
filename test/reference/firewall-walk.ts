import { contains, isPrivate } from './address.ts'
import { inTag, isCidr, matchesPorts, type Packet, type Place } from './filter-walk.ts'
import type { ApplicationRule, Collection, DnatRule, Firewall, NetworkRule } from './state.ts'
import type { Choose } from './worlds.ts'

/** §4.2: network rules, then application rules, each by parent, group, collection and order; the first match ends. */
export function judgeByFirewall(
  firewall: Firewall,
  packet: Packet,
  choose: Choose,
): 'network' | 'application' | 'denied' {
  for (const collection of inOrder(firewall, 'network')) {
    if (!collection.rules.some((rule) => matchesNetworkRule(rule, packet, choose))) continue
    return collection.action === 'Allow' ? 'network' : 'denied'
  }
  for (const collection of inOrder(firewall, 'application')) {
    if (!collection.rules.some((rule) => matchesApplicationRule(rule, packet, choose))) continue
    return collection.action === 'Allow' ? 'application' : 'denied'
  }
  return 'denied'
}

/** The first DNAT rule for what a client opens to the firewall's public address. */
export function translate(firewall: Firewall, source: Place, port: number, choose: Choose): DnatRule | undefined {
  return inOrder(firewall, 'dnat')
    .flatMap(({ rules }) => rules)
    .find((rule) => rule.port === port && rule.sources.some((prefix) => matchesAddress(prefix, source, choose)))
}

function inOrder<Kind extends Collection['kind']>(firewall: Firewall, kind: Kind) {
  const byPriority = (a: { priority: number }, b: { priority: number }) => a.priority - b.priority
  return [firewall.parent, firewall.groups]
    .flatMap((groups) => [...groups].sort(byPriority))
    .flatMap(({ collections }) => [...collections].sort(byPriority))
    .filter((collection): collection is Extract<Collection, { kind: Kind }> => collection.kind === kind)
}

function matchesNetworkRule(rule: NetworkRule, packet: Packet, choose: Choose): boolean {
  return (
    rule.protocols.some((protocol) => protocol === 'Any' || protocol === packet.protocol) &&
    matchesPorts(rule.ports, packet.port) &&
    rule.sources.some((prefix) => matchesAddress(prefix, packet.source, choose)) &&
    rule.destinations.some((prefix) => matchesAddress(prefix, packet.destination, choose))
  )
}

function matchesAddress(prefix: string, place: Place, choose: Choose): boolean {
  if (prefix === '*' || prefix === '0.0.0.0/0') return true
  if (isCidr(prefix)) return place.kind === 'address' && contains(prefix, place.address)
  return place.kind === 'public' && inTag(prefix, place, choose)
}

function matchesApplicationRule(rule: ApplicationRule, packet: Packet, choose: Choose): boolean {
  return (
    packet.protocol === 'TCP' &&
    rule.protocols.some(({ port }) => port === packet.port) &&
    rule.sources.some((prefix) => matchesAddress(prefix, packet.source, choose)) &&
    rule.names.some((pattern) => matchesName(pattern, packet))
  )
}

/**
 * §4.3: a star only stands at the left, for any text. A public host has some name, which only `*` is sure to match; what a client says
 * that asks a private address without a name is taken to be none.
 */
function matchesName(pattern: string, { name, destination }: Packet): boolean {
  const isPublic = destination.kind === 'public' || !isPrivate(destination.address)
  if (pattern === '*') return name !== undefined || isPublic
  if (name === undefined) return false
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern
}
