import { contains, isPrivate } from './address.ts'
import { matchesPorts } from './filter-walk.ts'
import type { ApplicationRule, Collection, DnatRule, Firewall, NetworkRule } from './firewall-state.ts'
import { inTag, isCidr, type Packet, type Place } from './places.ts'
import type { State } from './state.ts'
import type { Choose } from './worlds.ts'

/** §4.2: network rules, then application rules, each by parent, group, collection and order; the first match ends. */
export function judgeByFirewall(state: State, packet: Packet, choose: Choose): 'network' | 'application' | 'denied' {
  const firewall = state.firewall!
  for (const collection of inOrder(firewall, 'network')) {
    if (!collection.rules.some((rule) => matchesNetworkRule(state, rule, packet, choose))) continue
    return collection.action === 'Allow' ? 'network' : 'denied'
  }
  for (const collection of inOrder(firewall, 'application')) {
    if (!collection.rules.some((rule) => matchesApplicationRule(firewall, rule, packet, choose))) continue
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

function matchesNetworkRule(state: State, rule: NetworkRule, packet: Packet, choose: Choose): boolean {
  const firewall = state.firewall!
  const destinations = withGroup(firewall, rule.destinations, rule.destinationGroup)
  return (
    rule.protocols.some((protocol) => protocol === 'Any' || protocol === packet.protocol) &&
    matchesPorts(rule.ports, packet.port) &&
    withGroup(firewall, rule.sources, rule.sourceGroup).some((prefix) =>
      matchesAddress(prefix, packet.source, choose),
    ) &&
    (destinations.some((prefix) => matchesAddress(prefix, packet.destination, choose)) ||
      (rule.destinationNames ?? []).some((name) => isAtName(state, name, packet, choose)))
  )
}

function withGroup({ ipGroups }: Firewall, own: readonly string[], group: string | undefined): readonly string[] {
  return [...own, ...(ipGroups.find(({ name }) => name === group)?.addresses ?? [])]
}

function matchesAddress(prefix: string, place: Place, choose: Choose): boolean {
  if (prefix === '*' || prefix === '0.0.0.0/0') return true
  if (isCidr(prefix)) return place.kind === 'address' && contains(prefix, place.address)
  return place.kind === 'public' && inTag(prefix, place, choose)
}

/**
 * §4.3: the firewall resolves the names of network rules itself, and "may not match" where it is no DNS proxy or where the client asks
 * somebody else. The names of the state belong to public hosts outside of every range that it names.
 */
function isAtName(state: State, name: string, packet: Packet, choose: Choose): boolean {
  if (packet.name !== name) return false
  const { dnsProxy, address } = state.firewall!
  const { source } = packet
  const client = state.vnets.find(({ subnets }) =>
    subnets.some(({ prefix }) => source.kind === 'address' && contains(prefix, source.address)),
  )
  const asksFirewall = client?.dnsServers.every((server) => server === address) && client.dnsServers.length > 0
  return (dnsProxy && asksFirewall === true) || choose(`the firewall has the address of ${name}`, [true, false])
}

function matchesApplicationRule(firewall: Firewall, rule: ApplicationRule, packet: Packet, choose: Choose): boolean {
  const names = rule.tag === undefined ? rule.names : AKS_NAMES
  return (
    packet.protocol === 'TCP' &&
    rule.protocols.some(({ port }) => port === packet.port) &&
    withGroup(firewall, rule.sources, rule.sourceGroup).some((prefix) =>
      matchesAddress(prefix, packet.source, choose),
    ) &&
    names.some((pattern) => matchesName(pattern, packet))
  )
}

/** §4.5, what every public cluster of Azure Global needs: the content of the FQDN tag. */
export const AKS_NAMES = [
  '*.hcp.westeurope.azmk8s.io',
  'mcr.microsoft.com',
  '*.data.mcr.microsoft.com',
  'mcr-0001.mcr-msedge.net',
  'management.azure.com',
  'login.microsoftonline.com',
  'packages.microsoft.com',
  'acs-mirror.azureedge.net',
  'packages.aks.azure.com',
] as const

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
