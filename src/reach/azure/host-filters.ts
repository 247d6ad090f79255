import { perhaps } from '../../model/azure/prop.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import { type FabricPacket, type Filter, judgeFilter, judgePlatform, toFilter } from '../layers/nsg.ts'
import { judgeAdminRules } from '../layers/security-admin.ts'
import type { Host } from './hosts.ts'
import { type Demand, type Goal, packetOf } from './leg.ts'
import { allowed, inSeries, NOTHING_IN_THE_WAY, type Outcome, outcomeOf, unknownAt, whichever } from './outcome.ts'
import { atAddresses, isIn, METADATA, type Places, parseRange } from './places.ts'
import type { Site } from './state.ts'

/** Security admin rules, then the card's groups, then the subnet's. */
export function leave(site: Site, from: Host, goal: Goal, demand: Demand): Outcome {
  const packet = packetOf(from, goal, demand)
  return filterAt(site, from, packet, 'outbound')
}

/** Security admin rules, then the subnet's groups, then the card's. */
export function enter(site: Site, from: Host, to: Host, demand: Demand): Outcome {
  if (to.isEndpoint && !filtersEndpoints(to.subnet)) {
    return allowed('private-endpoint', `${to.label}: network policies of its subnet do not apply to it`)
  }
  const packet = packetOf(from, { kind: 'host', host: to }, demand)
  return filterAt(site, to, packet, 'inbound')
}

/** Filters at a host for a packet that comes from outside of every network; `destination` is what its header says. */
export function enterFromOutside(site: Site, to: Host, source: Places, destination: Places, demand: Demand): Outcome {
  return filterAt(
    site,
    to,
    {
      source,
      destination,
      sourceGroups: new Set(),
      destinationGroups: to.groups,
      protocol: demand.protocol,
      port: demand.port,
    },
    'inbound',
  )
}

/** Platform addresses: no filter applies but rules that name their tag, and no route. */
export function walkToPlatform(site: Site, from: Host, addresses: Places, demand: Demand): Outcome {
  const tag = isIn(addresses, atAddresses(parseRange(METADATA)!)) === 'yes' ? 'AzurePlatformIMDS' : 'AzurePlatformDNS'
  const { filters, unknown } = groupsOf(site, from)
  const packet = packetOf(from, { kind: 'public', places: addresses, accept: () => NOTHING_IN_THE_WAY }, demand)
  const judged = inSeries(
    allowed('host', 'the platform answers on every host'),
    ...filters.map((filter) => outcomeOf(judgePlatform(filter, tag, packet))),
  )
  return unknown === undefined ? judged : inSeries(judged, unknownAt('nsg', unknown))
}

/** Whether any security group stands, or may stand, before a host. */
export function isFiltered(site: Site, host: Host): boolean {
  const { filters, unknown } = groupsOf(site, host)
  return filters.length > 0 || unknown !== undefined
}

function filterAt(site: Site, host: Host, packet: FabricPacket, direction: 'inbound' | 'outbound'): Outcome {
  const scope = site.topology.scopeOf(host.network, host.subnet, host.podRanges, host.podRangesRouted)
  const admin = judgeAdminRules(site.azure, host, direction === 'inbound' ? 'Inbound' : 'Outbound', packet, scope)
  const first = admin.step === undefined ? NOTHING_IN_THE_WAY : outcomeOf(admin.step)
  if (first.answer === 'denied' || admin.skipsGroups === 'yes') return first
  const own = groupsOf(site, host)
  const ordered = direction === 'outbound' ? own.filters : [...own.filters].reverse()
  const judged = inSeries(first, ...ordered.map((filter) => outcomeOf(judgeFilter(filter, direction, packet, scope))))
  const known = own.unknown === undefined ? judged : inSeries(judged, unknownAt('nsg', own.unknown))
  return admin.skipsGroups === 'maybe' ? whichever([first, known]) : known
}

/** Card filters first, then the subnet's; with the reason where some are not in the tree. */
function groupsOf(
  site: Site,
  host: Host,
): { readonly filters: readonly Filter[]; readonly unknown: string | undefined } {
  const { subnet, cards } = host
  // Azure does not use the groups of its firewall's subnet.
  if (host.firewall !== undefined) return { filters: [], unknown: undefined }
  const group = subnet && site.azure.securityGroups.of(subnet.securityGroup)
  const filters = group === undefined ? cards : [...cards, toFilter(site.azure, group)]
  const missing =
    subnet !== undefined && (subnet.securityGroup.kind === 'outside' || subnet.securityGroup.kind === 'unknown')
  const unknown =
    host.unknown ??
    (missing
      ? 'the NSG of the subnet is not in the tree'
      : host.cardsKnown
        ? undefined
        : 'the NSG of the network card is not in the tree')
  return { filters, unknown }
}

function filtersEndpoints(subnet: Subnet | undefined): boolean {
  const policies = subnet?.privateEndpointPolicies
  return policies !== undefined && (perhaps(policies, 'Enabled') || perhaps(policies, 'NetworkSecurityGroupEnabled'))
}
