import { type AddressSet, ALL_V4, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import { type AzureObject, labelOf } from '../../model/azure/azure-object.ts'
import { type Cluster, type NodePool, podAddressing } from '../../model/azure/cluster.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import type { Link } from '../../model/azure/link.ts'
import type { IpConfiguration, NetworkGateway, NetworkInterface } from '../../model/azure/outbound.ts'
import type { PrivateEndpoint } from '../../model/azure/private-link.ts'
import { knownItems, knownValue } from '../../model/azure/prop.ts'
import type { Subnet, VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { type Filter, toFilter } from '../layers/nsg.ts'
import { regionOf } from '../layers/paas-firewall.ts'
import { nodeFilter } from './frontends.ts'
import { atAddresses, type Places, parseRange } from './places.ts'
import { firewallPlace } from './prefixes.ts'
import type { Site } from './state.ts'
import { type Location, toRanges } from './topology.ts'

/** One attachment to the fabric: a machine, a node, a pod of some pool, a private endpoint, or a range of such. */
export interface Host {
  /** For people. */
  readonly label: string
  /** The address that the fabric sees; a set where which one is not known. */
  readonly places: Places
  readonly network: VirtualNetwork | undefined
  readonly subnet: Subnet | undefined
  /** Filters of its network card, innermost first. */
  readonly cards: readonly Filter[]
  /** Links to card filters that are not in the tree. */
  readonly cardsKnown: boolean
  readonly groups: ReadonlySet<AzureObject>
  readonly publicIps: readonly Link[]
  /** Pools of load balancers that its card is in. */
  readonly backendPools: readonly Link[]
  /** Set for nodes and pods. */
  readonly cluster: Cluster | undefined
  readonly pool: NodePool | undefined
  readonly endpoint: PrivateEndpoint | undefined
  /** True for private endpoints, also for the one of a cluster's API server, which has no resource of its own. */
  readonly isEndpoint: boolean
  readonly firewall: Firewall | undefined
  /** Behind a gateway of this network, on-premises. */
  readonly gateway: NetworkGateway | undefined
  /** Its pods' own range, where that lies outside of the network. */
  readonly podRanges: AddressSet
  /** Whether AKS keeps routes for these ranges: kubenet only. */
  readonly podRangesRouted: boolean
  /** Why filters and routes cannot be told: the subnet is not in the tree. */
  readonly unknown: string | undefined
}

const PLAIN: Omit<Host, 'label' | 'places' | 'network' | 'subnet'> = {
  cards: [],
  cardsKnown: true,
  groups: new Set(),
  publicIps: [],
  backendPools: [],
  cluster: undefined,
  pool: undefined,
  endpoint: undefined,
  isEndpoint: false,
  firewall: undefined,
  gateway: undefined,
  podRanges: NO_ADDRESSES,
  podRangesRouted: false,
  unknown: undefined,
}

/** The hosts that private addresses stand for, one per card, endpoint, subnet, network or gateway that they fall into. */
export function hostsAt(site: Site, addresses: AddressSet): readonly Host[] {
  const fixed = fixedHost(site, addresses)
  if (fixed !== undefined) return [fixed]
  return site.topology.locate(addresses).flatMap((location) => plainHosts(site, location))
}

function plainHosts(site: Site, { addresses, network, subnet }: Location): readonly Host[] {
  const free = addressSets.subtract(addresses, site.taken)
  const places = atAddresses(addressSets.isEmpty(free) ? addresses : free)
  if (network === undefined) {
    const gateway = site.azure.gateways.all.find((one) => addressSets.covers(toRanges(one.ranges).certain, addresses))
    const possible = gateway ?? site.azure.gateways.all.find((one) => one.learnsRanges)
    return [
      {
        ...PLAIN,
        label: 'a host outside of every network',
        places,
        network: undefined,
        subnet: undefined,
        gateway: possible,
      },
    ]
  }
  const label = subnet === undefined ? `a host in ${labelOf(network.object)}` : `a host in ${labelOf(subnet.object)}`
  return [{ ...PLAIN, label, places, network, subnet }]
}

/** A card, private endpoint or firewall that has exactly these addresses. */
function fixedHost(site: Site, addresses: AddressSet): Host | undefined {
  for (const card of site.azure.interfaces) {
    const own = card.configurations.find(({ privateAddress }) => hasAddresses(knownText(privateAddress), addresses))
    if (own !== undefined) return cardHost(site, card, own, addresses)
  }
  for (const endpoint of site.azure.privateEndpoints.all) {
    if (endpoint.addresses.some(({ address }) => hasAddresses(knownValue(address), addresses))) {
      return endpointHost(site, endpoint)
    }
  }
  for (const firewall of site.azure.firewalls.all) {
    const own = firewallPlace(site.azure, firewall.object)
    if (own !== undefined && addressSets.equal(own.certain.addresses, addresses))
      return firewallHost(site, firewall, addresses)
  }
  return undefined
}

function knownText(prop: IpConfiguration['privateAddress']): string | undefined {
  return prop === undefined ? undefined : knownValue(prop)
}

function hasAddresses(text: string | undefined, addresses: AddressSet): boolean {
  const range = text === undefined ? undefined : parseRange(text)
  return range !== undefined && addressSets.equal(range, addresses)
}

/** A card by its first configuration with a subnet: at its own address, else at one that is free in the subnet. */
export function hostOfCard(site: Site, card: NetworkInterface): Host | undefined {
  for (const own of card.configurations) {
    const subnet = site.azure.subnets.of(own.subnet)
    if (subnet === undefined) continue
    const text = knownText(own.privateAddress)
    const written = text === undefined ? undefined : parseRange(text)
    return cardHost(site, card, own, written ?? subnetHost(site, subnet).places.addresses)
  }
  return undefined
}

function cardHost(site: Site, card: NetworkInterface, own: IpConfiguration, addresses: AddressSet): Host {
  const subnet = site.azure.subnets.of(own.subnet)
  const group = site.azure.securityGroups.of(card.securityGroup)
  return {
    ...PLAIN,
    label: labelOf(card.object),
    places: atAddresses(addresses),
    network: subnet && site.topology.networkOf(subnet),
    subnet,
    cards: group === undefined ? [] : [toFilter(site.azure, group)],
    cardsKnown: group !== undefined || card.securityGroup.kind === 'absent',
    groups: foundObjects([...card.applicationGroups, ...own.applicationGroups]),
    publicIps: card.configurations.map(({ publicIp }) => publicIp).filter(({ kind }) => kind !== 'absent'),
    backendPools: [...card.backendPools, ...own.backendPools],
  }
}

export function foundObjects(links: readonly Link[]): ReadonlySet<AzureObject> {
  return new Set(links.flatMap((link) => (link.kind === 'found' ? [link.object] : [])))
}

export function endpointHost(site: Site, endpoint: PrivateEndpoint, group?: string): Host {
  const subnet = site.azure.subnets.of(endpoint.subnet)
  const wanted = endpoint.addresses.filter(
    (one) => group === undefined || endpoint.addresses.length === 1 || knownValue(one.group) === group,
  )
  const written = wanted.flatMap(({ address }) => (address.known ? [parseRange(address.value) ?? NO_ADDRESSES] : []))
  // Azure gives it an IPv4 address, in a subnet of both families as well.
  const anywhere =
    subnet === undefined ? NO_ADDRESSES : addressSets.intersect(site.topology.addressesOf(subnet).possible, ALL_V4)
  return {
    ...PLAIN,
    label: labelOf(endpoint.object),
    places: atAddresses(
      written.length > 0 ? written.reduce(addressSets.union) : addressSets.subtract(anywhere, site.taken),
    ),
    network: subnet && site.topology.networkOf(subnet),
    subnet,
    groups: foundObjects(endpoint.applicationGroups),
    endpoint,
    isEndpoint: true,
  }
}

export function firewallHost(site: Site, firewall: Firewall, addresses?: AddressSet): Host {
  const subnet = site.azure.subnets.of(firewall.subnet)
  const range = subnet === undefined ? NO_ADDRESSES : site.topology.addressesOf(subnet).possible
  return {
    ...PLAIN,
    label: labelOf(firewall.object),
    places: atAddresses(addresses ?? range),
    network: subnet && site.topology.networkOf(subnet),
    subnet,
    publicIps: firewall.publicIps,
    firewall,
  }
}

/** Any host of a subnet that has no card of its own in the tree. Where pools give a subnet to their pods, nothing else is in it. */
export function subnetHost(site: Site, subnet: Subnet): Host {
  const all = site.topology.addressesOf(subnet).possible
  const free = addressSets.subtract(all, site.taken)
  return {
    ...PLAIN,
    label: labelOf(subnet.object),
    places: atAddresses(addressSets.isEmpty(free) ? all : free),
    network: site.topology.networkOf(subnet),
    subnet,
    cluster: clusterOfPods(site, subnet),
  }
}

/** Source: learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet, which has the subnet delegated to the cluster */
function clusterOfPods({ azure }: Site, subnet: Subnet): Cluster | undefined {
  return azure.clusters.all.find((cluster) =>
    cluster.pools.some(
      (pool) => podAddressing(cluster, pool) === 'pod-subnet' && azure.subnets.of(pool.podSubnet) === subnet,
    ),
  )
}

/** Range of the networks that AKS makes itself. Source: not documented, seen in every cluster without a subnet of its own. */
const MANAGED_RANGE = parseRange('10.224.0.0/12')!

/** A node of a pool. Which of the subnet's free addresses it has is not known. */
export function nodeHost(site: Site, cluster: Cluster, pool: NodePool): Host {
  const subnet = site.azure.subnets.of(pool.subnet)
  const isManaged = pool.subnet.kind === 'absent'
  const range = subnet === undefined ? MANAGED_RANGE : site.topology.addressesOf(subnet).possible
  return {
    ...PLAIN,
    label: `a node of pool ${knownValue(pool.name) ?? '?'}`,
    places: atAddresses(addressSets.subtract(range, site.taken)),
    network: subnet && site.topology.networkOf(subnet),
    subnet,
    cards: [nodeFilter(site, cluster, pool)],
    groups: foundObjects(pool.applicationGroups),
    publicIps: knownValue(pool.publicIps) === true ? [nodePublicIp(pool)] : [],
    cluster,
    pool,
    podRanges: podRangesOf(cluster),
    podRangesRouted: podAddressing(cluster, pool) === 'kubenet',
    unknown: subnet === undefined && !isManaged ? 'the subnet of the node pool is not in the tree' : undefined,
  }
}

/** The address that each node gets has no resource of its own in the tree, unless it is from a prefix. */
function nodePublicIp(pool: NodePool): Link {
  return pool.publicIpPrefix.kind === 'absent'
    ? { kind: 'outside', name: undefined, origin: pool.publicIps.origin }
    : pool.publicIpPrefix
}

function podRangesOf(cluster: Cluster): AddressSet {
  return knownItems(cluster.podCidrs)
    .map((text) => parseRange(text) ?? NO_ADDRESSES)
    .reduce(addressSets.union, NO_ADDRESSES)
}

/** A pod of a pool as hosts outside of the cluster see it. Undefined where the plugin leaves it open. */
export function podHost(site: Site, cluster: Cluster, pool: NodePool, hostNetwork: boolean): Host | undefined {
  const node = nodeHost(site, cluster, pool)
  if (hostNetwork) return node
  const label = `a pod on pool ${knownValue(pool.name) ?? '?'}`
  switch (podAddressing(cluster, pool)) {
    case 'overlay':
    case 'kubenet':
    case 'node-subnet':
      return { ...node, label }
    case 'pod-subnet': {
      const subnet = site.azure.subnets.of(pool.podSubnet)
      if (subnet === undefined) return undefined
      return {
        ...subnetHost(site, subnet),
        label,
        cluster,
        pool,
        publicIps: [],
      }
    }
    case 'unknown':
      return undefined
  }
}

/** A pod as other pods of the cluster see it, on the wire between two nodes. An address of a range of its own is in no security group. */
export function podOnWire(site: Site, cluster: Cluster, pool: NodePool, hostNetwork: boolean): Host | undefined {
  const host = podHost(site, cluster, pool, hostNetwork)
  if (host === undefined || hostNetwork) return host
  const addressing = podAddressing(cluster, pool)
  return addressing === 'overlay' || addressing === 'kubenet'
    ? { ...host, places: atAddresses(podRangesOf(cluster)), groups: new Set() }
    : host
}

/** The region of a host's network, or of its cluster where AKS makes the network; a parameter's name with a question mark before it. */
export function regionOfHost({ network, cluster }: Host): string | undefined {
  if (network !== undefined) return regionOf(network.object)
  return cluster && regionOf(cluster.object)
}
