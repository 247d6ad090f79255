import type { Bounds } from '../../algebra/bounds.ts'
import { ALL_SERVICES, serviceSet } from '../../algebra/service-sets.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, labelOf } from '../../model/azure/azure-object.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import type { Link } from '../../model/azure/link.ts'
import { knownItems, knownValue } from '../../model/azure/prop.ts'
import { foundObjects, type Host } from '../azure/hosts.ts'
import type { Answer, Step } from '../azure/outcome.ts'
import { atServices, INTERNET, NOWHERE, type Places, places } from '../azure/places.ts'
import { publicPlace } from '../azure/prefixes.ts'
import type { Site } from '../azure/state.ts'
import type { FabricProtocol } from './nsg.ts'

/** How a host's connections leave for public addresses when no appliance takes them, and which address they leave with. */
export interface Egress {
  readonly step: Step
  readonly answer: Answer
  /** Public addresses that the far end may see. */
  readonly identity: Bounds<Places>
  /** True where it is the load balancer that AKS made for the cluster's own outbound traffic. */
  readonly isClusterBalancer: boolean
}

const UNKNOWN_IDENTITY: Bounds<Places> = { certain: NOWHERE, possible: { ...INTERNET, addresses: { v4: [], v6: [] } } }

const LENT = new WeakMap<AzureNetwork, Bounds<Places>>()

/** An address that Azure lends or makes: any of its own but those that the tree has as resources. */
function lentIdentity({ azure }: Site): Bounds<Places> {
  let lent = LENT.get(azure)
  if (lent === undefined) {
    const own = azure.publicIps.all.map(({ object }) => publicPlace(object)).reduce(places.union, NOWHERE)
    lent = { certain: NOWHERE, possible: places.subtract(atServices(ALL_SERVICES), own) }
    LENT.set(azure, lent)
  }
  return lent
}

/**
 * NAT gateway of the subnet, then the host's own public address, then a load balancer's outbound rule, then default outbound access.
 *
 * Source: learn.microsoft.com/azure/nat-gateway/nat-overview
 */
export function egressOf(site: Site, host: Host, protocol: FabricProtocol, family: 'v4' | 'v6'): Egress {
  const { subnet } = host
  if (subnet !== undefined && (subnet.natGateway.kind === 'outside' || subnet.natGateway.kind === 'unknown')) {
    return leaves('a NAT gateway that is not in the tree', subnet.object, UNKNOWN_IDENTITY)
  }
  const nat = subnet && site.azure.natGateways.of(subnet.natGateway)
  // Standard NAT gateways carry IPv4 only, and none carries ICMP.
  const carriesFamily = family === 'v4' || (nat !== undefined && knownValue(nat.sku)?.toLowerCase() === 'standardv2')
  if (nat !== undefined && protocol !== 'ICMP' && carriesFamily) {
    return leaves(
      `NAT gateway ${labelOf(nat.object)}`,
      nat.object,
      identityOf([...nat.publicIps, ...nat.publicIpPrefixes]),
    )
  }
  const own = host.publicIps.filter((link) => isFamily(site, link, family))
  if (own.length > 0)
    return leaves("the host's own public address", host.pool?.object ?? subnet?.object, ownIdentity(site, own))
  if (host.cluster !== undefined) {
    const cluster = clusterEgress(host.cluster, family)
    if (cluster !== undefined) return cluster
  } else {
    const balancer = outboundBalancer(site, host)
    if (balancer !== undefined) return balancer
  }
  if (nat !== undefined && protocol === 'ICMP') {
    const { resource } = nat.object
    const rule = `NAT gateway ${labelOf(nat.object)} carries no ICMP, and beside it there is no default outbound access`
    return {
      identity: UNKNOWN_IDENTITY,
      isClusterBalancer: false,
      answer: 'denied',
      step: { layer: 'nat', answer: 'denied', rule, resource },
    }
  }
  return defaultOutbound(site, host, family)
}

function leaves(
  by: string,
  object: AzureObject | undefined,
  identity: Bounds<Places>,
  isClusterBalancer = false,
): Egress {
  return {
    answer: 'allowed',
    step: { layer: 'nat', answer: 'allowed', rule: `leaves by ${by}`, ...(object && { resource: object.resource }) },
    identity,
    isClusterBalancer,
  }
}

function identityOf(links: readonly Link[]): Bounds<Places> {
  const found = links.flatMap((link) => (link.kind === 'found' ? [publicPlace(link.object)] : []))
  const all = found.reduce(places.union, NOWHERE)
  return found.length === links.length && links.length > 0
    ? { certain: all, possible: all }
    : { certain: NOWHERE, possible: UNKNOWN_IDENTITY.possible }
}

/** Of a host's own addresses: where none is a resource that may be in the tree, AKS makes them. */
function ownIdentity(site: Site, links: readonly Link[]): Bounds<Places> {
  return links.every(({ kind }) => kind === 'outside') ? lentIdentity(site) : identityOf(links)
}

function isFamily(site: Site, link: Link, family: 'v4' | 'v6'): boolean {
  const address = site.azure.publicIps.of(link)
  const version = address === undefined ? 'IPv4' : (knownValue(address.version) ?? 'IPv4')
  return (version.toLowerCase() === 'ipv6') === (family === 'v6')
}

/** What AKS builds for the outbound type; undefined where it builds nothing. */
function clusterEgress(cluster: Cluster, family: 'v4' | 'v6'): Egress | undefined {
  const { object, outboundType } = cluster
  if (!outboundType.known) {
    return {
      ...leaves('whatever the outbound type says, which is not known', object, UNKNOWN_IDENTITY),
      answer: 'unknown',
      step: {
        layer: 'nat',
        answer: 'unknown',
        rule: 'the outbound type of the cluster is not known',
        resource: object.resource,
      },
    }
  }
  const dual = knownItems(cluster.ipFamilies).some((item) => item.toLowerCase() === 'ipv6')
  switch (outboundType.value) {
    case 'loadBalancer': {
      if (family === 'v6' && !dual) return undefined
      const given = [...cluster.outboundIps, ...cluster.outboundIpPrefixes]
      const managed = made(`outbound address of ${object.resource.address}`)
      const identity = given.length > 0 ? identityOf(given) : { certain: managed, possible: managed }
      return leaves("the outbound rule of the cluster's load balancer", object, identity, true)
    }
    case 'managedNATGateway':
    case 'managedNATGatewayV2': {
      if (family === 'v6') return undefined
      const managed = made(`NAT address of ${object.resource.address}`)
      return leaves('the NAT gateway that AKS manages', object, { certain: managed, possible: managed })
    }
    case 'block':
      return {
        ...leaves('nothing', object, UNKNOWN_IDENTITY),
        answer: 'denied',
        step: {
          layer: 'nsg',
          answer: 'denied',
          rule: 'outbound type block: AKS denies the internet',
          resource: object.resource,
        },
      }
    case 'userAssignedNATGateway':
    case 'userDefinedRouting':
    case 'none':
      return undefined
    default:
      // A word that Azure may add later.
      return undefined
  }
}

function made(name: string): Places {
  return atServices(serviceSet(name))
}

/** A load balancer of the tree with an outbound rule for a pool that holds the host's card. */
function outboundBalancer(site: Site, host: Host): Egress | undefined {
  const pools = foundObjects([...host.backendPools, ...poolsOfMany(site, host)])
  const balancer = site.azure.loadBalancers.all.find(({ outboundPools }) =>
    outboundPools.some((link) => link.kind === 'found' && pools.has(link.object)),
  )
  if (balancer === undefined) return undefined
  return leaves(
    `an outbound rule of ${labelOf(balancer.object)}`,
    balancer.object,
    identityOf(balancer.frontends.map(({ publicIp }) => publicIp)),
  )
}

/** Of a scale set in the host's subnet: its machines have any of the addresses there. */
function poolsOfMany({ azure }: Site, { subnet }: Host): readonly Link[] {
  if (subnet === undefined) return []
  return azure.interfaces
    .filter(({ many }) => many)
    .flatMap(({ configurations }) => configurations.filter((own) => azure.subnets.of(own.subnet) === subnet))
    .flatMap(({ backendPools }) => backendPools)
}

/** Addresses that Azure lends to hosts without any way out of their own, unless the subnet is private. IPv4 only. */
function defaultOutbound(site: Site, { subnet, pool, unknown }: Host, family: 'v4' | 'v6'): Egress {
  const resource = subnet?.object.resource ?? pool?.object.resource
  const at = resource && { resource }
  const base = { identity: lentIdentity(site), isClusterBalancer: false }
  if (unknown !== undefined)
    return { ...base, answer: 'unknown', step: { layer: 'nat', answer: 'unknown', rule: unknown, ...at } }
  const access = subnet?.defaultOutboundAccess
  if (family === 'v6') {
    return { ...base, answer: 'denied', step: { layer: 'nat', answer: 'denied', rule: 'no way out for IPv6', ...at } }
  }
  if (access !== undefined && !access.known) {
    return {
      ...base,
      answer: 'unknown',
      step: { layer: 'nat', answer: 'unknown', rule: 'whether the subnet is private is not known', ...at },
    }
  }
  // Subnets that AKS makes itself are private; a host in no subnet of the tree gets what Azure gives by default.
  if (access?.value === true || (subnet === undefined && pool === undefined)) {
    const rule = 'leaves by default outbound access'
    return { ...base, answer: 'allowed', step: { layer: 'nat', answer: 'allowed', rule, ...at } }
  }
  return {
    ...base,
    answer: 'denied',
    step: {
      layer: 'nat',
      answer: 'denied',
      rule: 'no way out: no NAT gateway, public address or outbound rule, and the subnet is private',
      ...at,
      ...(access && { origin: access.origin }),
    },
  }
}
