import { NO_ADDRESSES } from '../../algebra/addresses.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { surely } from '../../model/azure/prop.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { apiServerPlace, judgeApiServer } from '../layers/api-server.ts'
import type { Resolver } from '../layers/dns.ts'
import { regionOf } from '../layers/paas-firewall.ts'
import { type Host, hostsAt, nodeHost, subnetHost } from './hosts.ts'
import type { Demand, Goal } from './leg.ts'
import { askServers } from './name-servers.ts'
import { allowed, denied, inSeriesLazily, NOTHING_IN_THE_WAY, type Outcome, unknownAt } from './outcome.ts'
import type { PolicyEnd } from './pod-policies.ts'
import { type Context, judgePolicy } from './question.ts'
import type { Site } from './state.ts'
import { walk } from './walk.ts'

/** Public: as any public host, then the access list. Private: an endpoint in the cluster's network. Integrated: an address of its subnet. */
export function reachApiServer(
  context: Context,
  host: Host,
  pod: PolicyEnd | undefined,
  cluster: Cluster,
  demand: Demand,
): Outcome {
  const { site } = context
  const { api } = cluster
  const inside = host.cluster === cluster
  const integrated = surely(api.vnetIntegration, true)
  const policy = (end: PolicyEnd) => (pod === undefined ? NOTHING_IN_THE_WAY : judgePolicy(context, pod, end, demand))
  if (integrated && (inside || surely(api.private, true))) {
    const subnet = site.azure.subnets.of(api.subnet)
    if (subnet === undefined) return unknownAt('api-server', 'the subnet of the API server is not in the tree')
    const target = subnetHost(site, subnet)
    return inSeriesLazily(
      () => policy({ kind: 'addresses', addresses: target.places.addresses }),
      () => (inside ? NOTHING_IN_THE_WAY : resolves(context, host, cluster)),
      () => walk(site, host, { kind: 'host', host: target }, demand),
    )
  }
  if (surely(api.private, true)) {
    const target = apiEndpoint(site, cluster)
    return inSeriesLazily(
      () => policy({ kind: 'addresses', addresses: target.places.addresses }),
      () => (inside ? NOTHING_IN_THE_WAY : resolves(context, host, cluster)),
      () => walk(site, host, { kind: 'host', host: target }, demand),
    )
  }
  if (!api.private.known) return unknownAt('api-server', 'whether the cluster is private is not known')
  const region = regionOf(cluster.object)
  const name = `api.hcp.${region.startsWith('?') ? 'region' : region}.azmk8s.io`
  const goal: Goal = {
    kind: 'public',
    places: apiServerPlace(cluster, region.startsWith('?') ? undefined : region),
    accept: (caller, viaBalancer) => judgeApiServer(site, cluster, caller, viaBalancer && inside),
  }
  return inSeriesLazily(
    () => policy({ kind: 'public-host' }),
    () => walk(site, host, goal, { ...demand, name }),
  )
}

/** The private endpoint that AKS makes stands in the first pool's subnet, and no NSG or route of it applies to the endpoint. */
function apiEndpoint(site: Site, cluster: Cluster): Host {
  const first = cluster.pools[0]
  const node = first && nodeHost(site, cluster, first)
  return {
    ...(node ?? hostsAt(site, NO_ADDRESSES)[0]!),
    label: 'the private endpoint of the API server',
    cards: [],
    groups: new Set(),
    publicIps: [],
    pool: undefined,
    isEndpoint: true,
  }
}

/** Clients outside of the cluster know the API server by its name. */
function resolves({ site }: Context, host: Host, cluster: Cluster): Outcome {
  if (surely(cluster.api.publicName, true)) {
    const at = { resource: cluster.object.resource, origin: cluster.api.privateDnsZone.origin }
    return allowed('dns', 'the public name of the API server gives the private address', at)
  }
  const { asked, resolvers } = askServers(site, host)
  return inSeriesLazily(
    () => asked,
    () => privateZone(site, host, cluster, resolvers),
  )
}

/** `system` links only the cluster's own network; a zone of the tree, the networks that its links name. */
function privateZone(site: Site, host: Host, cluster: Cluster, resolvers: readonly Resolver[]): Outcome {
  const { api } = cluster
  const at = { resource: cluster.object.resource, origin: api.privateDnsZone.origin }
  if (host.network === undefined) return NOTHING_IN_THE_WAY
  const first = cluster.pools[0]
  const subnet = first && site.azure.subnets.of(first.subnet)
  const own = subnet && site.topology.networkOf(subnet)
  const zone = site.azure.privateDnsZones.of(api.zone)
  if (zone === undefined && api.zone.kind === 'outside')
    return unknownAt('dns', 'the links of the private zone are not in the tree', at)
  const networks = zone?.links.map((link) => site.azure.virtualNetworks.of(link.network)) ?? []
  const isLinked = (resolver: VirtualNetwork) => resolver === own || networks.includes(resolver)
  const known = resolvers.filter((resolver) => resolver !== undefined)
  const linked = known.filter(isLinked)
  if (known.length < resolvers.length || (linked.length > 0 && linked.length < known.length))
    return unknownAt('dns', 'which of the DNS servers answers, and what, is not known', at)
  if (linked.length > 0) {
    const words =
      zone === undefined
        ? 'AKS links its zone to the network of the cluster'
        : 'the private zone of the API server is linked'
    return allowed('dns', words, at)
  }
  if (zone !== undefined) return denied('dns', 'the network is not linked to the private zone of the API server', at)
  const isNone = api.privateDnsZone.known && api.privateDnsZone.value.toLowerCase() === 'none'
  return isNone
    ? unknownAt('dns', 'how clients resolve the API server is left to them', at)
    : denied('dns', 'AKS links its own zone to the network of the cluster only', at)
}
