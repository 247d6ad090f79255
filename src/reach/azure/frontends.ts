import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import { exactly } from '../../algebra/bounds.ts'
import { interval } from '../../algebra/intervals.ts'
import { serviceSet } from '../../algebra/service-sets.ts'
import type { Truth } from '../../algebra/truth.ts'
import { dig, stringOf } from '../../base/value.ts'
import type { Cluster, NodePool } from '../../model/azure/cluster.ts'
import { knownValue } from '../../model/azure/prop.ts'
import { serviceTag } from '../../model/azure/service-tags.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import { type Filter, type FilterRule, generatedFilter, generatedRule } from '../layers/nsg.ts'
import { frontendAddress } from './frontend-address.ts'
import { atAddresses, atServices, EVERYWHERE, NOWHERE, type Places, parseRange, places, withPublic } from './places.ts'
import { type PrefixSet, publicPlace } from './prefixes.ts'
import type { Site } from './state.ts'
import { workerPools } from './state.ts'

const ANNOTATION = 'service.beta.kubernetes.io/'

/** What AKS makes of one Service of type LoadBalancer. */
export interface Frontend {
  readonly service: Service
  readonly public: Truth
  /** The address that clients connect to, and that NSG rules see as the destination, as load balancing rules use floating IP. */
  readonly places: Places
  readonly floating: boolean
  /** Where the frontend of an internal load balancer stands. */
  readonly subnet: Subnet | undefined
  /** Clients that kube-proxy lets through: `spec.loadBalancerSourceRanges`. Undefined: all. */
  readonly nodeRanges: AddressSet | undefined
}

/** Load balancer frontends of a cluster, in the order of the Services. */
export function frontendsOf(site: Site, cluster: Cluster): readonly Frontend[] {
  return (site.state.kubernetes?.services ?? []).flatMap((service) => {
    const { loadBalancer } = service
    if (loadBalancer === undefined || loadBalancer.refused !== undefined) return []
    return [toFrontend(site, cluster, service, loadBalancer.public)]
  })
}

function toFrontend(site: Site, cluster: Cluster, service: Service, isPublic: Truth): Frontend {
  const ranges = dig(service.resource.value, 'spec', 'loadBalancerSourceRanges')
  const texts = ranges?.kind === 'list' ? ranges.items.flatMap((item) => stringOf(item) ?? []) : []
  const subnet = isPublic === 'yes' ? undefined : internalSubnet(site, cluster, service)
  return {
    service,
    public: isPublic,
    places: frontendPlaces(site, service, isPublic, subnet),
    floating: service.annotations.get(`${ANNOTATION}azure-disable-load-balancer-floating-ip`) !== 'true',
    subnet,
    nodeRanges:
      texts.length === 0 ? undefined : texts.map((text) => parseRange(text) ?? NO_ADDRESSES).reduce(addressSets.union),
  }
}

/** The annotation names a subnet of the cluster's network; without it the frontend stands in the first pool's subnet. */
function internalSubnet(site: Site, cluster: Cluster, service: Service): Subnet | undefined {
  const first = workerPools(cluster)[0]
  const own = first && site.azure.subnets.of(first.subnet)
  const name = service.annotations.get(`${ANNOTATION}azure-load-balancer-internal-subnet`)
  if (name === undefined || own === undefined) return own
  const network = site.topology.networkOf(own)
  return (
    network &&
    site.topology
      .subnetsOf(network)
      .find((subnet) => knownValue(subnet.object.name)?.toLowerCase() === name.toLowerCase())
  )
}

function frontendPlaces(site: Site, service: Service, isPublic: Truth, subnet: Subnet | undefined): Places {
  const range = frontendAddress(service)
  if (range !== undefined) return atAddresses(range)
  if (isPublic !== 'no') {
    const name = service.annotations.get(`${ANNOTATION}azure-pip-name`)?.toLowerCase()
    const known = site.azure.publicIps.all.find(({ object }) => knownValue(object.name)?.toLowerCase() === name)
    if (name !== undefined && known !== undefined) return publicPlace(known.object)
    return atServices(serviceSet(`frontend of ${service.namespace}/${service.name}`))
  }
  return subnet === undefined ? NOWHERE : atAddresses(site.topology.addressesOf(subnet).possible)
}

/** First priority of the rules that the cloud controller writes. Source: kubernetes-sigs/cloud-provider-azure, pkg/consts */
const FIRST_PRIORITY = 500
/** The rule that closes the network to a frontend with source ranges. Same source. */
const DENY_PRIORITY = 4095

const FILTERS = new WeakMap<Site, Map<NodePool, Filter>>()

/**
 * The NSG that AKS keeps on the nodes of a pool: default rules, one rule per Service, and the allowed host ports: those of a pool whose
 * nodes are in application security groups are for these alone, those of any other pool for the whole cluster.
 *
 * The cloud controller owns it; the customer's own groups are never changed. Source: kubernetes-sigs/cloud-provider-azure,
 * pkg/provider/loadbalancer/accesscontrol.go
 */
export function nodeFilter(site: Site, cluster: Cluster, pool: NodePool): Filter {
  const made = FILTERS.get(site) ?? new Map<NodePool, Filter>()
  FILTERS.set(site, made)
  const known = made.get(pool)
  if (known !== undefined) return known
  const shared = cluster.pools.filter((one) => one === pool || one.applicationGroups.length === 0)
  const rules = [...shared.flatMap(hostPortRules), ...(cluster === site.cluster ? serviceRules(site, cluster) : [])]
  const filter = generatedFilter('the NSG that AKS keeps on the nodes', rules, pool.object.resource)
  made.set(pool, filter)
  return filter
}

function hostPortRules(pool: NodePool): FilterRule[] {
  return pool.allowedHostPorts.map((ports, index) => {
    const [first, last] = [knownValue(ports.first), knownValue(ports.last)]
    const set = interval(first ?? 1, (last ?? 65535) + 1)
    return generatedRule({
      name: 'allowed host ports',
      priority: FIRST_PRIORITY - 100 + index,
      access: 'Allow',
      source: tagged('Internet'),
      protocol: knownValue(ports.protocol) === 'UDP' ? 'Udp' : 'Tcp',
      ports: exactly(set),
      present: first === undefined || last === undefined || !ports.protocol.known ? 'maybe' : 'yes',
      resource: pool.object.resource,
      origin: ports.first.origin,
    })
  })
}

function serviceRules(site: Site, cluster: Cluster): FilterRule[] {
  return frontendsOf(site, cluster).flatMap((frontend, index) => {
    const { service } = frontend
    if (service.annotations.get(`${ANNOTATION}azure-disable-load-balancer-nsg-rule`) === 'true') return []
    const { loadBalancer } = service
    if (loadBalancer === undefined) return []
    const source = admittedSources(frontend)
    const closes = service.annotations.get(`${ANNOTATION}azure-deny-all-except-load-balancer-source-ranges`) === 'true'
    return service.ports.flatMap((port) => {
      const base = {
        name: `Service ${service.namespace}/${service.name}`,
        destination: frontend.floating ? { places: exactly(frontend.places), tags: [] } : ANY,
        protocol: port.protocol === 'UDP' ? ('Udp' as const) : ('Tcp' as const),
        ports: exactly(nodeSidePorts(frontend, port)),
        present: loadBalancer.public === 'maybe' ? ('maybe' as const) : ('yes' as const),
        resource: service.resource,
        origin: port.origin,
      }
      const allow = source && generatedRule({ ...base, priority: FIRST_PRIORITY + index, access: 'Allow', source })
      const deny =
        closes && source ? generatedRule({ ...base, priority: DENY_PRIORITY, access: 'Deny', source: ANY }) : undefined
      return [allow, deny].filter((rule) => rule !== undefined)
    })
  })
}

/** Ports in the packets that reach the node: the Service's with floating IP, else the node port. */
export function nodeSidePorts(
  { floating }: Frontend,
  { port, nodePort }: ServicePort,
): ReturnType<typeof interval<number>> {
  const number = floating ? port : nodePort
  return number === undefined ? interval(1, 65536) : interval(number, number + 1)
}

const ANY: PrefixSet = { places: exactly(EVERYWHERE), tags: [] }

function tagged(tag: 'Internet'): PrefixSet {
  return { places: exactly(NOWHERE), tags: [tag] }
}

/** Whom the controller's rule admits; undefined where it writes none. */
function admittedSources({ service, public: isPublic, nodeRanges }: Frontend): PrefixSet | undefined {
  const { sources, serviceTags, sourcesOrigin } = service.loadBalancer!
  const given = sourcesOrigin !== undefined || nodeRanges !== undefined || serviceTags.length > 0
  if (!given) return isPublic === 'no' ? undefined : tagged('Internet')
  const tags = serviceTags.map((tag) => serviceTag(tag)).filter((tag) => tag !== undefined)
  const named = tags.map(atServices).reduce(places.union, NOWHERE)
  // Tags alone leave no addresses admitted; the sources then say everything.
  const onlyTags = serviceTags.length > 0 && nodeRanges === undefined
  const side = (set: AddressSet) => places.union(onlyTags ? NOWHERE : withPublic(set), named)
  return { places: { certain: side(sources.certain), possible: side(sources.possible) }, tags: [] }
}
