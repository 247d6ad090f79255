import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import { serviceSet, symbolSet } from '../../algebra/service-sets.ts'
import { type Cluster, type NodePool, podAddressing } from '../../model/azure/cluster.ts'
import { knownItems, surely } from '../../model/azure/prop.ts'
import { tagOfName } from '../../model/azure/service-tags.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import { apiServerPlace, judgeApiServer } from '../layers/api-server.ts'
import { type Resolution, resolveName, resolversOf, serviceNamed } from '../layers/dns.ts'
import { type Caller, judgeService, regionOf } from '../layers/paas-firewall.ts'
import { reachabilityOf } from '../reachability.ts'
import { type AskedEnd, findEnd } from './asked-ends.ts'
import { toClusterFacts } from './cluster-facts.ts'
import { frontendsOf } from './frontends.ts'
import { type Host, hostsAt, nodeHost, podHost, podOnWire, subnetHost } from './hosts.ts'
import { type Outsider, type PolicyJudge, translated, waysIn } from './inbound.ts'
import {
  allowed,
  anyWay,
  denied,
  inSeries,
  inSeriesLazily,
  NOTHING_IN_THE_WAY,
  type Outcome,
  outcomeOf,
  unknownAt,
  whichever,
} from './outcome.ts'
import { poolsOf } from './placement.ts'
import {
  atAddresses,
  atHost,
  atServices,
  METADATA,
  PLATFORM_DNS,
  type Places,
  PRIVATE_V4,
  parseRange,
  places,
} from './places.ts'
import { type PodPolicies, type PolicyEnd, toPodPolicies } from './pod-policies.ts'
import { type AzureState, type Site, toSite } from './state.ts'
import {
  answerPublicly,
  canReach,
  type Demand,
  enterFromOutside,
  type Goal,
  walk,
  walkToAny,
  walkToPlatform,
} from './walk.ts'

/** One question: can `from` open a new connection to `to`? Peers are written as people write them. */
export interface AzureQuery {
  readonly from: string
  readonly to: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP'
  readonly port: number
  /** Only the way that this Service, Ingress, firewall rule or workload makes, where `from` is outside and `to` a workload. */
  readonly via?: Resource
}

/** Ready to be asked; everything that questions share is worked out once. */
export interface AzureExplainer {
  explain(query: AzureQuery): Outcome
}

export function toExplainer(state: AzureState): AzureExplainer {
  const site = toSite(state)
  const policies = policiesOf(site)
  return { explain: (query) => explainQuery({ site, policies }, query) }
}

/** The in-cluster layers under the cluster's own engine; undefined where there are no manifests or no engine. */
function policiesOf(site: Site): PodPolicies | undefined {
  const { kubernetes, policies } = site.state
  if (policies !== undefined) return policies
  if (kubernetes === undefined) return undefined
  return toPodPolicies(reachabilityOf({ kubernetes }, site.cluster && toClusterFacts(site, site.cluster)))
}

interface Context {
  readonly site: Site
  readonly policies: PodPolicies | undefined
}

/** One question walked through every layer. */
function explainQuery(context: Context, { from, to, protocol, port, via }: AzureQuery): Outcome {
  const { site } = context
  const source = findEnd(site, from)
  const target = findEnd(site, to)
  if (source === undefined) return unknownAt('host', `nothing in the state is called ${from}`)
  if (target === undefined) return unknownAt('host', `nothing in the state is called ${to}`)
  const demand: Demand = { protocol, port, name: undefined }
  switch (source.kind) {
    case 'workload':
      return fromWorkload(context, source.workload, target, demand)
    case 'node':
      return fromHost(context, nodeHost(site, source.cluster, source.pool), target, demand, via)
    case 'subnet':
      return fromHost(context, subnetHost(site, source.subnet), target, demand, via)
    case 'private':
      return whichever(hostsAt(site, source.addresses).map((host) => fromHost(context, host, target, demand, via)))
    case 'public':
      return fromPublic(context, source.places, target, demand, via)
    case 'platform':
    case 'api-server':
      return unknownAt('host', `what ${from} opens by itself is not modelled`)
  }
}

function judgePolicy({ policies }: Context, from: PolicyEnd, to: PolicyEnd, { protocol, port }: Demand): Outcome {
  if (policies === undefined || protocol === 'ICMP') return NOTHING_IN_THE_WAY
  return policies.judge(from, to, protocol, port)
}

// ---- from a workload ----

/** A pod runs on one of the pools that take it; what all of them say is certain. */
function fromWorkload(context: Context, workload: Workload, target: AskedEnd, demand: Demand): Outcome {
  const { site } = context
  const { cluster } = site
  const self: PolicyEnd = { kind: 'workload', workload }
  if (cluster === undefined) return unknownAt('host', 'the cluster of the manifests is not in the tree')
  const onHost = workload.hostNetwork === 'yes'
  const pools = poolsOf(cluster, workload)
  const leaving = (then: (host: Host, pool: NodePool) => Outcome) =>
    whichever(
      pools.map((pool) => {
        const host = podHost(site, cluster, pool, onHost)
        return host === undefined
          ? unknownAt('route', 'the network plugin leaves open which address a pod has')
          : then(host, pool)
      }),
    )
  switch (target.kind) {
    case 'workload':
      return betweenPods(context, cluster, workload, target.workload, demand)
    case 'node': {
      const policy = judgePolicy(context, self, nodeEnd(context, target), demand)
      return leaving((host, pool) => {
        const node = nodeHost(site, target.cluster, target.pool)
        const across = inSeriesLazily(
          () => policy,
          () => walk(site, host, { kind: 'host', host: node }, demand),
        )
        if (pool !== target.pool) return across
        return whichever([admitsOwnNode(cluster) ? ON_ONE_NODE : policy, across])
      })
    }
    case 'subnet':
    case 'private': {
      const hosts = target.kind === 'subnet' ? [subnetHost(site, target.subnet)] : hostsAt(site, target.addresses)
      const addresses = target.kind === 'subnet' ? hosts[0]!.places.addresses : target.addresses
      return inSeriesLazily(
        () => judgePolicy(context, self, { kind: 'addresses', addresses }, demand),
        () => leaving((host) => walkToAny(site, host, hosts, demand)),
      )
    }
    case 'platform':
      return inSeriesLazily(
        () => judgePolicy(context, self, { kind: 'addresses', addresses: target.places.addresses }, demand),
        () => metadataRestriction(cluster, target.places, onHost),
        () => leaving((host) => walkToPlatform(site, host, target.places, demand)),
      )
    case 'api-server':
      return leaving((host) => toApiServer(context, host, self, target.cluster, demand))
    case 'public':
      if (target.name === undefined) {
        return inSeriesLazily(
          () => judgePolicy(context, self, publicEnd(target.places), demand),
          () => leaving((host) => walk(site, host, publicGoal(target.places), demand)),
        )
      }
      return leaving((host) => toName(context, host, self, target.name!, demand))
  }
}

/** Under Cilium no CIDR means a node, so that engine is asked about nodes as such. */
function nodeEnd({ site }: Context, { cluster, pool }: { cluster: Cluster; pool: NodePool }): PolicyEnd {
  if (surely(cluster.policyEngine, 'cilium')) return { kind: 'nodes' }
  return { kind: 'addresses', addresses: nodeHost(site, cluster, pool).places.addresses }
}

function publicEnd(where: Places): PolicyEnd {
  return addressSets.isEmpty(where.addresses)
    ? { kind: 'public-host' }
    : { kind: 'addresses', addresses: where.addresses }
}

const ON_ONE_NODE = allowed('host', 'both may be on one node, where nothing is in the way')

/**
 * Azure's engine never keeps a pod from its own node; the others ask the pod's policies. No engine keeps a node from its pods.
 * Source: kubernetes.io/docs/concepts/services-networking/network-policies (kubelet traffic), AKS: migrate-from-npm-to-cilium-network-policy
 */
function admitsOwnNode({ policyEngine }: Cluster): boolean {
  return surely(policyEngine, 'azure')
}

/** Preview setting that keeps pods, but not those on the host network, from the metadata service. */
function metadataRestriction({ podLinkLocalAccess, object }: Cluster, where: Places, onHost: boolean): Outcome {
  if (onHost || !places.equal(where, atAddresses(parseRange(METADATA)!))) return NOTHING_IN_THE_WAY
  const at = { resource: object.resource, origin: podLinkLocalAccess.origin }
  if (!podLinkLocalAccess.known) return unknownAt('host', 'whether pods reach the metadata service is not known', at)
  if (podLinkLocalAccess.value === 'IMDS') return NOTHING_IN_THE_WAY
  return denied('host', 'podLinkLocalAccess None: the node drops what pods send to the metadata service', at)
}

/** On one node nothing of Azure is met; between nodes the packet carries the addresses that the plugin gives. */
function betweenPods(context: Context, cluster: Cluster, from: Workload, to: Workload, demand: Demand): Outcome {
  const { site } = context
  const outcomes: Outcome[] = []
  const policy = judgePolicy(context, { kind: 'workload', workload: from }, { kind: 'workload', workload: to }, demand)
  const isFree = from.hostNetwork === 'yes' || (to.hostNetwork === 'yes' && admitsOwnNode(cluster))
  for (const own of poolsOf(cluster, from)) {
    const source = podOnWire(site, cluster, own, from.hostNetwork === 'yes')
    for (const other of poolsOf(cluster, to)) {
      const target = podOnWire(site, cluster, other, to.hostNetwork === 'yes')
      if (own === other) {
        const near = allowed('host', 'both may run on one node, where no Azure layer is met')
        outcomes.push(isFree ? near : inSeries(policy, near))
      }
      if (policy.answer === 'denied') {
        outcomes.push(policy)
        continue
      }
      if (source === undefined || target === undefined) {
        outcomes.push(unknownAt('route', 'the network plugin leaves open which addresses pods have'))
      } else if (from.hostNetwork === 'yes' && to.hostNetwork === 'yes') {
        outcomes.push(walk(site, source, { kind: 'host', host: target }, demand))
      } else outcomes.push(inSeries(policy, acrossNodes(site, cluster, source, own, target, other, demand)))
    }
  }
  return whichever(outcomes)
}

/** Packets with a pod's own address between nodes are carried by the platform or by routes that AKS keeps: user routes do not steer them. */
function acrossNodes(
  site: Site,
  cluster: Cluster,
  from: Host,
  own: NodePool,
  to: Host,
  other: NodePool,
  demand: Demand,
): Outcome {
  const usesOwnRange = (pool: NodePool) =>
    podAddressing(cluster, pool) === 'overlay' || podAddressing(cluster, pool) === 'kubenet'
  if (!usesOwnRange(own) && !usesOwnRange(other)) return walk(site, from, { kind: 'host', host: to }, demand)
  // Routing between nodes is the cluster's own affair; only the filters on both sides are met.
  return walk(site, from, { kind: 'host', host: to }, demand, 'filters')
}

// ---- from a host of the network: a node, a machine, any host of a subnet, on-premises ----

function fromHost(context: Context, host: Host, target: AskedEnd, demand: Demand, via?: Resource): Outcome {
  const { site } = context
  switch (target.kind) {
    case 'workload':
      return hostToWorkload(context, host, target.workload, demand, via)
    case 'node': {
      const node = nodeHost(site, target.cluster, target.pool)
      return walk(site, host, { kind: 'host', host: node }, demand)
    }
    case 'subnet':
      return walk(site, host, { kind: 'host', host: subnetHost(site, target.subnet) }, demand)
    case 'private':
      return walkToAny(site, host, hostsAt(site, target.addresses), demand)
    case 'platform':
      return walkToPlatform(site, host, target.places, demand)
    case 'api-server':
      return toApiServer(context, host, undefined, target.cluster, demand)
    case 'public':
      return target.name === undefined
        ? walk(site, host, publicGoal(target.places), demand)
        : toName(context, host, undefined, target.name, demand)
  }
}

function hostToWorkload(context: Context, host: Host, workload: Workload, demand: Demand, via?: Resource): Outcome {
  const { site } = context
  const { cluster } = site
  if (cluster === undefined) return unknownAt('host', 'the cluster of the manifests is not in the tree')
  const end: PolicyEnd =
    host.pool !== undefined ? { kind: 'nodes' } : { kind: 'addresses', addresses: host.places.addresses }
  const ways: Outcome[] = []
  const onHost = workload.hostNetwork === 'yes'
  const pools = poolsOf(cluster, workload)
  const isOwnNode = host.pool !== undefined && host.cluster === cluster
  const flat = pools.filter(
    (pool) => onHost || isOwnNode || ['node-subnet', 'pod-subnet', 'unknown'].includes(podAddressing(cluster, pool)),
  )
  if (flat.length === pools.length && via === undefined) {
    ways.push(
      whichever(
        flat.flatMap((pool) => {
          const pod = podOnWire(site, cluster, pool, onHost)
          if (pod === undefined) return [unknownAt('route', 'the network plugin leaves open which addresses pods have')]
          const across = inSeriesLazily(
            () =>
              isOwnNode && !onHost
                ? acrossNodes(site, cluster, host, host.pool!, pod, pool, demand)
                : walk(site, host, { kind: 'host', host: pod }, demand),
            () => judgePolicy(context, end, { kind: 'workload', workload }, demand),
          )
          return isOwnNode && host.pool === pool ? [ON_ONE_NODE, across] : [across]
        }),
      ),
    )
  }
  if (!isOwnNode) {
    const outsider: Outsider = { places: host.places, host, end }
    const judge: PolicyJudge = (from, to, wanted) =>
      judgePolicy(context, from, { kind: 'workload', workload: to }, wanted)
    ways.push(...waysIn(site, cluster, outsider, workload, demand, judge, via))
  }
  return (
    anyWay(ways) ??
    denied('service', `nothing leads from outside of the cluster to ${workload.namespace}/${workload.name}`)
  )
}

// ---- from the internet ----

function fromPublic(context: Context, source: Places, target: AskedEnd, demand: Demand, via?: Resource): Outcome {
  const { site } = context
  const caller: Caller = { identity: { certain: source, possible: source }, subnet: undefined, region: undefined }
  switch (target.kind) {
    case 'workload': {
      const { cluster } = site
      if (cluster === undefined) return unknownAt('host', 'the cluster of the manifests is not in the tree')
      const outsider: Outsider = { places: source, host: undefined, end: publicEnd(source) }
      const judge: PolicyJudge = (from, to, wanted) =>
        judgePolicy(context, from, { kind: 'workload', workload: to }, wanted)
      const ways = waysIn(site, cluster, outsider, target.workload, demand, judge, via)
      return (
        anyWay(ways) ??
        denied('service', `nothing public leads to ${target.workload.namespace}/${target.workload.name}`)
      )
    }
    case 'node': {
      const node = nodeHost(site, target.cluster, target.pool)
      if (!target.pool.publicIps.known) return unknownAt('nat', 'whether the nodes have public addresses is not known')
      if (node.publicIps.length > 0) {
        return inSeriesLazily(
          () => enterFromOutside(site, node, source, node.places, demand),
          () => answerPublicly(site, node, source),
        )
      }
      return (
        byTranslation(context, source, node.places.addresses, demand) ?? denied('nat', 'the node has no public address')
      )
    }
    case 'subnet':
    case 'private': {
      const hosts = target.kind === 'subnet' ? [subnetHost(site, target.subnet)] : hostsAt(site, target.addresses)
      return whichever(
        hosts.map((host) =>
          host.publicIps.length > 0 && host.firewall === undefined
            ? enterFromOutside(site, host, source, host.places, demand)
            : (byTranslation(context, source, host.places.addresses, demand) ??
              denied('nat', `${host.label} has no public address`)),
        ),
      )
    }
    case 'platform':
      return denied('route', 'platform addresses are reached from hosts in Azure only')
    case 'api-server':
      return judgeApiServer(site, target.cluster, caller, false)
    case 'public': {
      const named = target.name === undefined ? undefined : serviceNamed(site, target.name)
      return named === undefined
        ? allowed('route', 'both ends are outside of the tree')
        : outcomeOf(judgeService(site, named.service, caller))
    }
  }
}

/** By a NAT rule of a firewall to one of these addresses, which is certain only where they are one. */
function byTranslation(context: Context, source: Places, addresses: AddressSet, demand: Demand): Outcome | undefined {
  const { site } = context
  return anyWay(
    translated(site, source, demand)
      .filter(({ address, port }) => addressSets.covers(addresses, address) && port === demand.port)
      .filter(({ address }) => !isFrontend(site, address))
      .map(({ address, home, arrived }) => {
        const outcome = inSeries(arrived, walkToAny(site, home, hostsAt(site, address), demand))
        if (addressSets.equal(addresses, address)) return outcome
        return whichever([
          outcome,
          denied('nat', 'the NAT rule leads to one address, which may be that of another host'),
        ])
      }),
  )
}

/** Frontends of the cluster's balancers are no hosts. */
function isFrontend(site: Site, address: AddressSet): boolean {
  const { cluster } = site
  return (
    cluster !== undefined && frontendsOf(site, cluster).some((one) => addressSets.equal(one.places.addresses, address))
  )
}

// ---- names and the API server ----

function publicGoal(where: Places): Goal {
  return { kind: 'public', places: where, accept: () => NOTHING_IN_THE_WAY }
}

/** A name is resolved first; then it is a private host, the tree's own service, or some public host. */
function toName(context: Context, host: Host, pod: PolicyEnd | undefined, name: string, demand: Demand): Outcome {
  const { site } = context
  const named: Demand = { ...demand, name }
  return inSeriesLazily(
    () => canResolve(context, host, pod),
    () =>
      whichever(
        resolveName(site, name, host.network).map((resolution) =>
          toResolved(context, host, pod, name, resolution, named),
        ),
      ),
  )
}

function toResolved(
  context: Context,
  host: Host,
  pod: PolicyEnd | undefined,
  name: string,
  { kind, hosts, step }: Resolution,
  demand: Demand,
): Outcome {
  const { site } = context
  const resolved = outcomeOf(step)
  switch (kind) {
    case 'none':
      return resolved
    case 'private':
      return inSeries(
        resolved,
        whichever(
          hosts.map((target) =>
            inSeriesLazily(
              () =>
                pod === undefined
                  ? NOTHING_IN_THE_WAY
                  : judgePolicy(context, pod, { kind: 'addresses', addresses: target.places.addresses }, demand),
              () => walk(site, host, { kind: 'host', host: target }, demand),
            ),
          ),
        ),
      )
    case 'public':
      return inSeries(
        resolved,
        inSeriesLazily(
          () => (pod === undefined ? NOTHING_IN_THE_WAY : judgePolicy(context, pod, { kind: 'public-host' }, demand)),
          () => walk(site, host, namedGoal(site, name), demand),
        ),
      )
  }
}

/** The tree's own service behind its public name, an Azure service by its suffix, or a host that no rule names by address. */
function namedGoal(site: Site, name: string): Goal {
  const named = serviceNamed(site, name)
  if (named === undefined) {
    const tag = tagOfName(name)
    return publicGoal(tag === undefined ? atHost(name) : atServices(serviceSet(tag.toLowerCase())))
  }
  const { service } = named
  const region = regionOf(service.object)
  const tag = service.kind.tag?.toLowerCase() ?? `service of ${service.object.resource.address}`
  const where = atServices(region.startsWith('?') ? serviceSet(tag) : serviceSet(tag, symbolSet([region])))
  return { kind: 'public', places: where, accept: (caller) => outcomeOf(judgeService(site, service, caller)) }
}

/** UDP 53 is enough: of a pod to the cluster's DNS server, and from there to the network's own. */
function canResolve(context: Context, host: Host, pod: PolicyEnd | undefined): Outcome {
  const { site } = context
  const query: Demand = { protocol: 'UDP', port: 53, name: undefined }
  const asked =
    pod === undefined || onHostNetwork(pod)
      ? NOTHING_IN_THE_WAY
      : (anyWay([
          judgePolicy(context, pod, { kind: 'cluster-dns' }, query),
          judgePolicy(context, pod, { kind: 'cluster-dns' }, { ...query, protocol: 'TCP' }),
        ]) ?? NOTHING_IN_THE_WAY)
  const local = asked.answer === 'allowed' ? NOTHING_IN_THE_WAY : { ...asked, layer: 'dns' as const }
  return inSeriesLazily(
    () => local,
    () => reachesServers(site, host, query),
  )
}

function onHostNetwork(pod: PolicyEnd): boolean {
  return pod.kind === 'workload' && pod.workload.hostNetwork === 'yes'
}

/** One server that answers is enough. */
function reachesServers(site: Site, host: Host, query: Demand): Outcome {
  const { network } = host
  const platform = () => walkToPlatform(site, host, atAddresses(parseRange(PLATFORM_DNS)!), query)
  if (network === undefined || network.dnsServers.absent) return renamed(platform())
  const servers = knownItems(network.dnsServers).map((text) => {
    const address = parseRange(text)
    if (address === undefined) return unknownAt('dns', `${text} is no address`)
    if (text === PLATFORM_DNS) return platform()
    const inTree = site.topology.locate(address).some((location) => location.network !== undefined)
    return inTree ? walkToAny(site, host, hostsAt(site, address), query) : walkOutside(site, host, address, query)
  })
  const unknown = servers.length < network.dnsServers.items.length ? resolversKnown(site, network) : []
  const best = anyWay([...servers, ...unknown])
  return best === undefined ? NOTHING_IN_THE_WAY : renamed(best)
}

/** Servers named by a resource of the tree: taken to be reachable where their network is. */
function resolversKnown(site: Site, network: VirtualNetwork): readonly Outcome[] {
  return resolversOf(site, network).map((home) => {
    const truth = canReach(site, network, home)
    if (truth === 'yes') return NOTHING_IN_THE_WAY
    return truth === 'no'
      ? denied('dns', 'the DNS server is in a network that is not peered')
      : unknownAt('dns', 'the DNS server is not known')
  })
}

function walkOutside(site: Site, host: Host, address: AddressSet, query: Demand): Outcome {
  return addressSets.covers(PRIVATE_V4, address)
    ? walkToAny(site, host, hostsAt(site, address), query)
    : walk(site, host, publicGoal(atAddresses(address)), query)
}

/** A denial on the way to the DNS server is one of name resolution. */
function renamed(outcome: Outcome): Outcome {
  return outcome.answer === 'allowed' ? { ...outcome, steps: [] } : { ...outcome, layer: 'dns' }
}

/** Public: as any public host, then the access list. Private: an endpoint in the cluster's network. Integrated: an address of its subnet. */
function toApiServer(
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
      () => (inside ? NOTHING_IN_THE_WAY : privateZone(site, host, cluster)),
      () => walk(site, host, { kind: 'host', host: target }, demand),
    )
  }
  if (surely(api.private, true)) {
    const target = apiEndpoint(site, cluster)
    return inSeriesLazily(
      () => policy({ kind: 'addresses', addresses: target.places.addresses }),
      () => (inside ? NOTHING_IN_THE_WAY : privateZone(site, host, cluster)),
      () => walk(site, host, { kind: 'host', host: target }, demand),
    )
  }
  if (!api.private.known) return unknownAt('api-server', 'whether the cluster is private is not known')
  const region = regionOf(cluster.object)
  const name = `api.hcp.${region.startsWith('?') ? 'region' : region}.azmk8s.io`
  const goal: Goal = {
    kind: 'public',
    places: apiServerPlace(cluster),
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

/** `system` links only the cluster's own network; a zone of the tree, the networks that its links name. */
function privateZone(site: Site, host: Host, cluster: Cluster): Outcome {
  const { api } = cluster
  const at = { resource: cluster.object.resource, origin: api.privateDnsZone.origin }
  if (surely(api.publicName, true))
    return allowed('dns', 'the public name of the API server gives the private address', at)
  const { network } = host
  if (network === undefined) return NOTHING_IN_THE_WAY
  const first = cluster.pools[0]
  const subnet = first && site.azure.subnets.of(first.subnet)
  const own = subnet && site.topology.networkOf(subnet)
  const resolvers = resolversOf(site, network)
  const zone = site.azure.privateDnsZones.of(api.zone)
  if (zone !== undefined) {
    const linked = resolvers.some((resolver) =>
      zone.links.some((link) => site.azure.virtualNetworks.of(link.network) === resolver),
    )
    if (linked || (own !== undefined && resolvers.includes(own)))
      return allowed('dns', 'the private zone of the API server is linked', at)
    return denied('dns', 'the network is not linked to the private zone of the API server', at)
  }
  if (api.zone.kind === 'outside') return unknownAt('dns', 'the links of the private zone are not in the tree', at)
  if (own !== undefined && resolvers.includes(own))
    return allowed('dns', 'AKS links its zone to the network of the cluster', at)
  const isNone = api.privateDnsZone.known && api.privateDnsZone.value.toLowerCase() === 'none'
  return isNone
    ? unknownAt('dns', 'how clients resolve the API server is left to them', at)
    : denied('dns', 'AKS links its own zone to the network of the cluster only', at)
}
