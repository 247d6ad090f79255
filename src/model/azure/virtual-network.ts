import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linkAt, linksAt, toLink } from './link.ts'
import {
  at,
  flagProp,
  joinLists,
  known,
  listProp,
  type Prop,
  type PropList,
  textProp,
  textsProp,
  wordProp,
} from './prop.ts'
import { isBefore } from './provider-version.ts'

/** `Microsoft.Network/virtualNetworks`. */
export interface VirtualNetwork {
  readonly object: AzureObject
  readonly addressSpace: PropList<string>
  /** None means Azure DNS, 168.63.129.16. */
  readonly dnsServers: PropList<string>
}

export const PE_POLICIES = ['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled'] as const
export type PrivateEndpointPolicies = (typeof PE_POLICIES)[number]

/** `Microsoft.Network/virtualNetworks/subnets`. */
export interface Subnet {
  readonly object: AzureObject
  readonly network: Link
  readonly prefixes: PropList<string>
  readonly securityGroup: Link
  readonly routeTable: Link
  readonly natGateway: Link
  /** `Microsoft.Storage`, `Microsoft.Storage.Global`, `Microsoft.Sql` … */
  readonly serviceEndpoints: PropList<string>
  readonly serviceEndpointPolicies: readonly Link[]
  /** `Microsoft.ContainerService/managedClusters` … */
  readonly delegations: PropList<string>
  /** Whether virtual machines without an explicit way out get one. Depends on the API version where absent. */
  readonly defaultOutboundAccess: Prop<boolean>
  readonly privateEndpointPolicies: Prop<PrivateEndpointPolicies>
}

/** `Microsoft.Network/virtualNetworks/virtualNetworkPeerings`: one half of a peering. */
export interface Peering {
  readonly object: AzureObject
  readonly network: Link
  readonly remote: Link
  readonly allowVirtualNetworkAccess: Prop<boolean>
  readonly allowForwardedTraffic: Prop<boolean>
  readonly allowGatewayTransit: Prop<boolean>
  readonly useRemoteGateways: Prop<boolean>
  /** False: only the named subnets see each other. */
  readonly completeNetworks: Prop<boolean>
  readonly localSubnets: PropList<string>
  readonly remoteSubnets: PropList<string>
}

const NETWORK = 'Microsoft.Network/virtualNetworks'

export function toVirtualNetwork(object: AzureObject): VirtualNetwork {
  const { origin } = object.resource
  const pool = read(object, 'properties.addressSpace.ipamPoolPrefixAllocations')
  const space = textsProp(read(object, 'properties.addressSpace.addressPrefixes'), origin)
  return {
    object,
    addressSpace: pool === undefined ? space : { ...space, complete: false, absent: false },
    dnsServers: textsProp(read(object, 'properties.dhcpOptions.dnsServers'), origin),
  }
}

export function toSubnet(objects: AzureObjects, object: AzureObject): Subnet {
  const { origin } = object.resource
  const pool = read(object, 'properties.ipamPoolPrefixAllocations')
  const prefixes = joinLists(
    textsProp(read(object, 'properties.addressPrefix'), origin),
    textsProp(read(object, 'properties.addressPrefixes'), origin),
  )
  return {
    object,
    network: networkOf(objects, object),
    prefixes: pool === undefined ? prefixes : { ...prefixes, complete: false, absent: false },
    securityGroup: linkAt(objects, object, 'properties.networkSecurityGroup.id'),
    routeTable: linkAt(objects, object, 'properties.routeTable.id'),
    natGateway: linkAt(objects, object, 'properties.natGateway.id'),
    serviceEndpoints: listProp(read(object, 'properties.serviceEndpoints'), origin, (item) =>
      textProp(item.kind === 'map' ? at(item, 'service') : item, '', item.origin),
    ),
    serviceEndpointPolicies: linksAt(objects, object, 'properties.serviceEndpointPolicies', 'id'),
    delegations: listProp(read(object, 'properties.delegations'), origin, (item) =>
      textProp(item.kind === 'map' ? at(item, 'properties.serviceName') : item, '', item.origin),
    ),
    defaultOutboundAccess: defaultOutbound(object),
    privateEndpointPolicies: wordProp(
      read(object, 'properties.privateEndpointNetworkPolicies'),
      PE_POLICIES,
      // azurerm's flag of before 3.103 was on where it was absent.
      isBefore(object, 3, 103) ? 'Enabled' : 'Disabled',
      origin,
    ),
  }
}

/** Network API versions from this one on make the subnets of new networks private. Source: Azure Networking Blog, "Private subnets by default in Azure Virtual Networks". */
const PRIVATE_BY_DEFAULT_SINCE = '2025-07-01'

function defaultOutbound(object: AzureObject): Prop<boolean> {
  // azurerm up to 5.2 sends `true` through API 2025-01-01 when the argument is absent.
  const version = object.azurerm === undefined ? object.apiVersion : undefined
  const isPrivate = version !== undefined && version.slice(0, 10) >= PRIVATE_BY_DEFAULT_SINCE
  return flagProp(read(object, 'properties.defaultOutboundAccess'), !isPrivate, object.resource.origin)
}

export function toPeering(objects: AzureObjects, object: AzureObject): Peering {
  const { origin } = object.resource
  const flag = (name: string, fallback: boolean) => flagProp(read(object, `properties.${name}`), fallback, origin)
  return {
    object,
    network: networkOf(objects, object),
    remote: linkAt(objects, object, 'properties.remoteVirtualNetwork.id'),
    allowVirtualNetworkAccess: flag('allowVirtualNetworkAccess', true),
    allowForwardedTraffic: flag('allowForwardedTraffic', false),
    allowGatewayTransit: flag('allowGatewayTransit', false),
    useRemoteGateways: flag('useRemoteGateways', false),
    completeNetworks: flag('peerCompleteVnets', true),
    localSubnets: textsProp(read(object, 'properties.localSubnetNames'), origin),
    remoteSubnets: textsProp(read(object, 'properties.remoteSubnetNames'), origin),
  }
}

function networkOf(objects: AzureObjects, object: AzureObject): Link {
  if (object.parent !== undefined) {
    const { origin } = object.resource
    return object.parent.existing
      ? { kind: 'outside', name: nameOf(object.parent), origin }
      : { kind: 'found', object: object.parent, origin }
  }
  const link = toLink(objects, object, object.parentHint, NETWORK)
  return link.kind === 'absent' ? { kind: 'unknown', origin: link.origin } : link
}

function nameOf(object: AzureObject): string | undefined {
  return object.name.known ? object.name.value : undefined
}

/** A network's own name, as `subnet/vnet/snet` peers write it. */
export function subnetName(subnet: Subnet): Prop<string> {
  const own = subnet.object.name
  if (!own.known) return own
  const link = subnet.network
  const above = link.kind === 'found' ? nameOf(link.object) : link.kind === 'outside' ? link.name : undefined
  return known(`${above ?? '?'}/${own.value}`, own.origin)
}
