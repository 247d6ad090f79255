import { addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { PrivateDnsZone, PrivateEndpoint } from '../../model/azure/private-link.ts'
import { knownItems, knownValue, type Prop, surely } from '../../model/azure/prop.ts'
import type { ServiceEndpoint } from '../../model/azure/service.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { endpointHost, type Host, hostsAt } from '../azure/hosts.ts'
import type { Step } from '../azure/outcome.ts'
import { PLATFORM_DNS, parseRange } from '../azure/places.ts'
import { firewallPlace } from '../azure/prefixes.ts'
import type { Site } from '../azure/state.ts'
import { rulesetOf } from './firewall-ruleset.ts'

/** What a name means to a client in a network. */
export interface Resolution {
  /** `private`: the hosts; `none`: there is no such name; `public`: what the rest of the world sees. */
  readonly kind: 'public' | 'private' | 'none'
  readonly hosts: readonly Host[]
  readonly step: Step
}

/** A service of the tree, and which of its names was asked for. */
export interface NamedService {
  readonly service: ServiceEndpoint
  readonly group: string
}

const NAMED = new WeakMap<Site, ReadonlyMap<string, NamedService>>()

/** The service of the tree that has the public name. */
export function serviceNamed(site: Site, name: string): NamedService | undefined {
  let index = NAMED.get(site)
  if (index === undefined) {
    index = new Map(
      site.azure.services.all.flatMap((service) =>
        [...service.names].map(([group, own]) => [own, { service, group }] as const),
      ),
    )
    NAMED.set(site, index)
  }
  return index.get(name.toLowerCase())
}

/** Zones of private endpoints that are not `privatelink.` and the public suffix. Source: private-endpoint-dns */
const ZONE_OF_SUFFIX: Readonly<Record<string, string>> = { 'vault.azure.net': 'privatelink.vaultcore.azure.net' }

/** Private endpoints of a service for one of its names. */
export function endpointsOf(site: Site, { service, group }: NamedService): readonly PrivateEndpoint[] {
  return site.azure.privateEndpoints.all.filter(
    (endpoint) =>
      endpoint.target.kind === 'found' &&
      endpoint.target.object === service.object &&
      (endpoint.groups.absent ||
        !endpoint.groups.complete ||
        knownItems(endpoint.groups).some((item) => item.toLowerCase() === group)),
  )
}

/** Whose links decide what a DNS server answers: a network of the tree; undefined for a server that nobody knows. */
export type Resolver = VirtualNetwork | undefined

/**
 * What a name means, one answer per resolver that may be asked.
 *
 * A private zone counts where it is linked to the network whose resolver answers; a linked zone without the record says that there is no
 * such name. Source: learn.microsoft.com/azure/private-link/private-endpoint-dns
 */
export function resolveName(site: Site, name: string, resolvers: readonly Resolver[]): readonly Resolution[] {
  const answers = resolvers.flatMap((resolver) =>
    resolver === undefined ? answersOutside(site, name) : [answerIn(site, name, resolver)],
  )
  return answers.length > 0 ? answers : [publicAnswer(name)]
}

function publicAnswer(name: string): Resolution {
  return {
    kind: 'public',
    hosts: [],
    step: { layer: 'dns', answer: 'allowed', rule: `${name} resolves to its public address` },
  }
}

/** The resolvers of a network: its own, or those of its DNS servers. */
export function resolversOf(site: Site, network: VirtualNetwork): readonly Resolver[] {
  const { dnsServers } = network
  if (dnsServers.absent || (dnsServers.complete && dnsServers.items.length === 0)) return [network]
  return [...new Set(dnsServers.items.map((item) => resolverOf(site, network, item)))]
}

/** The resolver behind one of a network's DNS servers. */
export function resolverOf(site: Site, network: VirtualNetwork, server: Prop<string>): Resolver {
  if (server.known) return server.value === PLATFORM_DNS ? network : networkOfServer(site, server.value)
  const target = site.azure.objects.resolve(server.unknown, network.object.resource)
  const firewall = target && site.azure.firewalls.of(target)
  const subnet = firewall && site.azure.subnets.of(firewall.subnet)
  if (subnet !== undefined) return site.topology.networkOf(subnet)
  const endpoint = target && site.azure.resolverEndpoints.of(target)
  return endpoint && site.azure.virtualNetworks.of(endpoint.network)
}

/** The network of a firewall that answers for clients, of a resolver's endpoint, or of a host that is taken to forward to Azure. */
function networkOfServer(site: Site, text: string): VirtualNetwork | undefined {
  const address = parseRange(text)
  if (address === undefined) return undefined
  for (const endpoint of site.azure.resolverEndpoints.all) {
    const own = knownValue(endpoint.address)
    if (own === text) return site.azure.virtualNetworks.of(endpoint.network)
  }
  for (const firewall of site.azure.firewalls.all) {
    const own = firewallPlace(site.azure, firewall.object)
    if (own === undefined || !addressSets.covers(own.possible.addresses, address)) continue
    if (rulesetOf(site.azure, firewall).dnsProxy === 'no') return undefined
    const subnet = site.azure.subnets.of(firewall.subnet)
    return subnet && site.topology.networkOf(subnet)
  }
  return hostsAt(site, address)[0]?.network
}

/** A server that is not in the tree may forward to a network with the private zone, or not. */
function answersOutside(site: Site, name: string): readonly Resolution[] {
  const named = serviceNamed(site, name)
  const endpoints = named === undefined ? [] : endpointsOf(site, named)
  const rule = 'the DNS server is not in the tree, so what it answers is not known'
  const meant: readonly Resolution[] = endpoints.map((endpoint) => ({
    kind: 'private',
    hosts: [endpointHost(site, endpoint, named?.group)],
    step: { layer: 'dns', answer: 'allowed', rule: `${rule}: perhaps ${labelOf(endpoint.object)}` },
  }))
  return [publicAnswer(name), ...meant]
}

function answerIn(site: Site, name: string, resolver: VirtualNetwork): Resolution {
  const named = serviceNamed(site, name)
  const endpoints = named === undefined ? [] : endpointsOf(site, named)
  const direct = recordIn(site, name, resolver, false)
  if (direct !== undefined) return direct
  if (named === undefined || endpoints.length === 0) return publicAnswer(name)
  const suffix = named.service.kind.suffixes[named.group]!
  const label = name.toLowerCase().slice(0, -suffix.length - 1)
  const zoneName = ZONE_OF_SUFFIX[suffix] ?? `privatelink.${suffix}`
  const zones = linkedZones(site, resolver).filter(
    ({ zone }) => knownValue(zone.object.name)?.toLowerCase() === zoneName,
  )
  for (const { zone } of zones) {
    const group = endpoints.find((endpoint) =>
      endpoint.zones.some((link) => link.kind === 'found' && link.object === zone.object),
    )
    if (group !== undefined) return privateAnswer(name, [endpointHost(site, group, named.group)], zone)
    const record = recordIn(site, `${label}.${zoneName}`, resolver, true)
    if (record?.kind === 'private') return record
  }
  const [first] = zones
  if (first === undefined) return publicAnswer(name)
  if (first.fallsBack) return publicAnswer(name)
  return {
    kind: 'none',
    hosts: [],
    step: {
      layer: 'dns',
      answer: 'denied',
      rule: `${labelOf(first.zone.object)} is linked and has no record for ${name}`,
      resource: first.zone.object.resource,
    },
  }
}

function linkedZones(site: Site, network: VirtualNetwork): readonly { zone: PrivateDnsZone; fallsBack: boolean }[] {
  return site.azure.privateDnsZones.all.flatMap((zone) => {
    const link = zone.links.find(({ network: target }) => site.azure.virtualNetworks.of(target) === network)
    return link === undefined ? [] : [{ zone, fallsBack: surely(link.fallsBack, true) }]
  })
}

/** A linked zone that holds the name: the longest one answers, and what it does not hold does not exist. */
function recordIn(
  site: Site,
  name: string,
  network: VirtualNetwork,
  allowPrivateLink: boolean,
): Resolution | undefined {
  const lower = name.toLowerCase()
  const candidates = linkedZones(site, network)
    .map(({ zone, fallsBack }) => ({ zone, fallsBack, suffix: knownValue(zone.object.name)?.toLowerCase() ?? '' }))
    .filter(({ suffix }) => suffix !== '' && (lower === suffix || lower.endsWith(`.${suffix}`)))
    .filter(({ suffix }) => allowPrivateLink || !suffix.startsWith('privatelink.'))
    .sort((a, b) => b.suffix.length - a.suffix.length)
  const [best] = candidates
  if (best === undefined) return undefined
  const relative = lower === best.suffix ? '@' : lower.slice(0, -best.suffix.length - 1)
  const records = best.zone.records.filter((record) => {
    const own = knownValue(record.name)?.toLowerCase()
    return own === relative || own === '*'
  })
  const exact = records.find((record) => knownValue(record.name)?.toLowerCase() === relative) ?? records[0]
  if (exact === undefined) {
    if (best.fallsBack) return publicAnswer(name)
    return {
      kind: 'none',
      hosts: [],
      step: {
        layer: 'dns',
        answer: 'denied',
        rule: `${labelOf(best.zone.object)} is linked and has no record for ${name}`,
        resource: best.zone.object.resource,
      },
    }
  }
  const addresses = knownItems(exact.addresses).map((text) => parseRange(text) ?? NO_ADDRESSES)
  const referred = exact.addresses.items.flatMap((item) => {
    const target = item.known ? undefined : site.azure.objects.resolve(item.unknown, exact.object.resource)
    const endpoint = target && site.azure.privateEndpoints.of(target)
    return endpoint === undefined ? [] : [endpointHost(site, endpoint)]
  })
  const hosts = [...addresses.flatMap((address) => hostsAt(site, address)), ...referred]
  if (hosts.length === 0) {
    return {
      kind: 'private',
      hosts,
      step: {
        layer: 'dns',
        answer: 'unknown',
        rule: `the record for ${name} has an address that is not known`,
        resource: exact.object.resource,
      },
    }
  }
  return privateAnswer(name, hosts, best.zone)
}

function privateAnswer(name: string, hosts: readonly Host[], zone: PrivateDnsZone): Resolution {
  return {
    kind: 'private',
    hosts,
    step: {
      layer: 'dns',
      answer: 'allowed',
      rule: `${name} resolves to ${hosts.map(({ label }) => label).join(' or ')} by ${labelOf(zone.object)}`,
      resource: zone.object.resource,
    },
  }
}
