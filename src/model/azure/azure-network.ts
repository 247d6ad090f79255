import { isCloudUnit, type Resource } from '../../parse/resource.ts'
import { type ApplicationGateway, toApplicationGateway, toWafPolicy, type WafPolicy } from './application-gateway.ts'
import type { AzureObject } from './azure-object.ts'
import { type AzureObjects, toAzureObjects } from './azure-objects.ts'
import { type Cluster, toCluster } from './cluster.ts'
import {
  type Firewall,
  type FirewallPolicy,
  type IpGroup,
  toFirewall,
  toFirewallPolicy,
  toIpGroup,
} from './firewall.ts'
import { type FactSet, factSet } from './link.ts'
import type { ReadFact } from './object-group.ts'
import {
  type LoadBalancer,
  type NatGateway,
  type NetworkGateway,
  type NetworkInterface,
  type PublicIp,
  toLoadBalancer,
  toNatGateway,
  toNetworkGateway,
  toNetworkInterface,
  toPublicIp,
  toScaleSetInterfaces,
} from './outbound.ts'
import {
  type DnsResolverEndpoint,
  type PrivateDnsZone,
  type PrivateEndpoint,
  toPrivateDnsZone,
  toPrivateEndpoint,
  toResolverEndpoint,
} from './private-link.ts'
import { type RouteTable, toRouteTable } from './route-table.ts'
import {
  type AdminRule,
  type ApplicationSecurityGroup,
  type SecurityGroup,
  toAdminRules,
  toSecurityGroup,
} from './security-group.ts'
import { type ServiceEndpoint, serviceKind, toService } from './service.ts'
import {
  type Peering,
  type Subnet,
  toPeering,
  toSubnet,
  toVirtualNetwork,
  type VirtualNetwork,
} from './virtual-network.ts'

/** Every Azure fact of one state. */
export interface AzureNetwork {
  /** All objects, those without facts of their own included, for rules that read one property. */
  readonly objects: AzureObjects
  readonly virtualNetworks: FactSet<VirtualNetwork>
  readonly subnets: FactSet<Subnet>
  readonly peerings: FactSet<Peering>
  readonly securityGroups: FactSet<SecurityGroup>
  readonly applicationGroups: FactSet<ApplicationSecurityGroup>
  readonly adminRules: readonly AdminRule[]
  readonly routeTables: FactSet<RouteTable>
  readonly natGateways: FactSet<NatGateway>
  readonly publicIps: FactSet<PublicIp>
  readonly loadBalancers: FactSet<LoadBalancer>
  /** Cards of single machines, and those that scale sets describe. */
  readonly interfaces: readonly NetworkInterface[]
  readonly gateways: FactSet<NetworkGateway>
  readonly firewalls: FactSet<Firewall>
  readonly firewallPolicies: FactSet<FirewallPolicy>
  readonly ipGroups: FactSet<IpGroup>
  readonly applicationGateways: FactSet<ApplicationGateway>
  readonly wafPolicies: FactSet<WafPolicy>
  readonly clusters: FactSet<Cluster>
  readonly privateEndpoints: FactSet<PrivateEndpoint>
  readonly privateDnsZones: FactSet<PrivateDnsZone>
  readonly resolverEndpoints: FactSet<DnsResolverEndpoint>
  readonly services: FactSet<ServiceEndpoint>
}

/**
 * Reads the Azure resources of one state; others are left out. O(resources), nothing is looked up twice.
 *
 * The same resources give the identical network, so that what is worked out of it is worked out once for all states that share it, and for
 * base and head where nothing of it changed.
 */
export function toAzureNetwork(resources: readonly Resource[]): AzureNetwork {
  const own = resources.filter(({ unit }) => isCloudUnit(unit))
  const known = NETWORKS.get(own[0] ?? NO_RESOURCE) ?? []
  const same = known.find(
    (made) => made.resources.length === own.length && made.resources.every((one, i) => one === own[i]),
  )
  if (same !== undefined) return same.network
  const network = readNetwork(own)
  NETWORKS.set(own[0] ?? NO_RESOURCE, [...known, { resources: own, network }])
  return network
}

/** By their first resource. */
const NETWORKS = new WeakMap<
  object,
  readonly { readonly resources: readonly Resource[]; readonly network: AzureNetwork }[]
>()
const NO_RESOURCE = {}

function readNetwork(resources: readonly Resource[]): AzureNetwork {
  const objects = toAzureObjects(resources)
  const facts = <T extends { readonly object: AzureObject }>(
    types: readonly string[],
    toFact: ReadFact<T>,
  ): FactSet<T> =>
    factSet(() => types.flatMap((type) => real(objects, type)).map((object) => objects.fact(object, toFact)))
  /** Of what is worked out with facts about other objects, and kept with the fact. */
  const ownFacts = <T extends { readonly object: AzureObject }>(type: string, toFact: ReadFact<T>): FactSet<T> =>
    factSet(() => real(objects, type).map((object) => toFact(objects, object)))
  const network = (types: string, ...more: readonly string[]) =>
    [types, ...more].map((type) => `microsoft.network/${type}`)

  let adminRules: readonly AdminRule[] | undefined
  let interfaces: readonly NetworkInterface[] | undefined
  return {
    objects,
    virtualNetworks: facts(network('virtualnetworks'), readVirtualNetwork),
    subnets: facts(network('virtualnetworks/subnets'), toSubnet),
    peerings: facts(network('virtualnetworks/virtualnetworkpeerings'), toPeering),
    securityGroups: facts(network('networksecuritygroups'), toSecurityGroup),
    applicationGroups: facts(network('applicationsecuritygroups'), readApplicationGroup),
    get adminRules() {
      adminRules ??= toAdminRules(objects)
      return adminRules
    },
    routeTables: facts(network('routetables'), toRouteTable),
    natGateways: facts(network('natgateways'), toNatGateway),
    publicIps: facts(network('publicipaddresses', 'publicipprefixes'), toPublicIp),
    loadBalancers: facts(network('loadbalancers'), toLoadBalancer),
    get interfaces() {
      interfaces ??= [
        ...real(objects, 'microsoft.network/networkinterfaces').map((object) => toNetworkInterface(objects, object)),
        ...real(objects, 'microsoft.compute/virtualmachinescalesets').flatMap((object) =>
          toScaleSetInterfaces(objects, object),
        ),
      ]
      return interfaces
    },
    gateways: facts(network('virtualnetworkgateways'), toNetworkGateway),
    firewalls: ownFacts('microsoft.network/azurefirewalls', toFirewall),
    firewallPolicies: ownFacts('microsoft.network/firewallpolicies', toFirewallPolicy),
    ipGroups: facts(network('ipgroups'), toIpGroup),
    applicationGateways: facts(network('applicationgateways'), toApplicationGateway),
    wafPolicies: facts(
      network('applicationgatewaywebapplicationfirewallpolicies', 'frontdoorwebapplicationfirewallpolicies'),
      readWafPolicy,
    ),
    clusters: facts(['microsoft.containerservice/managedclusters'], toCluster),
    privateEndpoints: facts(network('privateendpoints'), toPrivateEndpoint),
    privateDnsZones: facts(network('privatednszones'), toPrivateDnsZone),
    resolverEndpoints: facts(network('dnsresolvers/inboundendpoints'), toResolverEndpoint),
    services: factSet(() =>
      objects.objects
        .filter((object) => !object.existing && serviceKind(object.type) !== undefined)
        .map((object) => objects.fact(object, readService)),
    ),
  }
}

const readVirtualNetwork: ReadFact<VirtualNetwork> = (_, object) => toVirtualNetwork(object)
const readApplicationGroup: ReadFact<ApplicationSecurityGroup> = (_, object) => ({ object })
const readWafPolicy: ReadFact<WafPolicy> = (_, object) => toWafPolicy(object)
const readService: ReadFact<ServiceEndpoint> = (objects, object) =>
  toService(objects, object, serviceKind(object.type)!)

/** Objects that the tree creates: of what it only reads, the properties are not known. */
function real(objects: AzureObjects, type: string): readonly AzureObject[] {
  return objects.ofType(type).filter((object) => !object.existing)
}
