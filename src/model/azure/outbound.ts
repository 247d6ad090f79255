import type { MapValue } from '../../base/value.ts'
import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linkAt, linksAt, toLink } from './link.ts'
import { at, blocksOf, flagProp, optionalText, type Prop, type PropList, textProp, textsProp } from './prop.ts'
import { isBefore } from './provider-version.ts'

/** `Microsoft.Network/natGateways`. */
export interface NatGateway {
  readonly object: AzureObject
  readonly sku: Prop<string>
  readonly publicIps: readonly Link[]
  readonly publicIpPrefixes: readonly Link[]
}

export function toNatGateway(objects: AzureObjects, object: AzureObject): NatGateway {
  return {
    object,
    sku: textProp(read(object, 'sku.name'), 'Standard', object.resource.origin),
    publicIps: linksAt(objects, object, 'properties.publicIpAddresses', 'id'),
    publicIpPrefixes: linksAt(objects, object, 'properties.publicIpPrefixes', 'id'),
  }
}

/** `Microsoft.Network/publicIPAddresses` and `publicIPPrefixes`. */
export interface PublicIp {
  readonly object: AzureObject
  readonly kind: 'address' | 'prefix'
  readonly version: Prop<string>
  readonly sku: Prop<string>
  readonly prefix: Link
}

export function toPublicIp(objects: AzureObjects, object: AzureObject): PublicIp {
  const { origin } = object.resource
  return {
    object,
    kind: object.type.endsWith('prefixes') ? 'prefix' : 'address',
    version: textProp(read(object, 'properties.publicIPAddressVersion'), 'IPv4', origin),
    // ARM's own default is Basic; azurerm sends Standard since 4.0.
    sku: textProp(
      read(object, 'sku.name'),
      object.azurerm === undefined || isBefore(object, 4, 0) ? 'Basic' : 'Standard',
      origin,
    ),
    prefix: linkAt(objects, object, 'properties.publicIPPrefix.id'),
  }
}

/** One IP configuration of a network card, load balancer, gateway or firewall. */
export interface IpConfiguration {
  readonly name: Prop<string>
  readonly subnet: Link
  readonly publicIp: Link
  readonly privateAddress: Prop<string> | undefined
  readonly applicationGroups: readonly Link[]
  readonly backendPools: readonly Link[]
}

export function toIpConfigurations(
  objects: AzureObjects,
  object: AzureObject,
  path: string,
): readonly IpConfiguration[] {
  return blocksOf(read(object, path)).blocks.map((block) => toIpConfiguration(objects, object, block))
}

function toIpConfiguration(objects: AzureObjects, object: AzureObject, block: MapValue): IpConfiguration {
  const property = (name: string) => at(block, `properties.${name}`)
  const links = (name: string) => blocksOf(property(name)).blocks.map((item) => toLink(objects, object, at(item, 'id')))
  return {
    name: textProp(at(block, 'name'), '', block.origin),
    subnet: toLink(objects, object, property('subnet.id')),
    // Scale sets describe the public address that each machine gets instead of pointing to one.
    publicIp:
      property('publicIPAddressConfiguration') === undefined
        ? toLink(objects, object, property('publicIPAddress.id'))
        : { kind: 'outside', name: undefined, origin: block.origin },
    privateAddress: optionalText(property('privateIPAddress')),
    applicationGroups: links('applicationSecurityGroups'),
    backendPools: links('loadBalancerBackendAddressPools'),
  }
}

/** `Microsoft.Network/networkInterfaces`, and each interface configuration of a scale set. */
export interface NetworkInterface {
  readonly object: AzureObject
  readonly configurations: readonly IpConfiguration[]
  readonly securityGroup: Link
  /** Groups that an azurerm association gave to all its configurations. */
  readonly applicationGroups: readonly Link[]
  /** Pools of load balancers that an azurerm association put it into. */
  readonly backendPools: readonly Link[]
  readonly ipForwarding: Prop<boolean>
  /** True for the cards of a scale set: there are many, with addresses of the whole subnet. */
  readonly many: boolean
}

export function toNetworkInterface(objects: AzureObjects, object: AzureObject): NetworkInterface {
  return {
    object,
    configurations: toIpConfigurations(objects, object, 'properties.ipConfigurations'),
    securityGroup: linkAt(objects, object, 'properties.networkSecurityGroup.id'),
    applicationGroups: linksAt(objects, object, 'properties.applicationSecurityGroups', 'id'),
    backendPools: linksAt(objects, object, 'properties.loadBalancerBackendAddressPools', 'id'),
    ipForwarding: flagProp(read(object, 'properties.enableIPForwarding'), false, object.resource.origin),
    many: false,
  }
}

const SCALE_SET_CARDS = 'properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations'

export function toScaleSetInterfaces(objects: AzureObjects, object: AzureObject): readonly NetworkInterface[] {
  return blocksOf(read(object, SCALE_SET_CARDS)).blocks.map((block) => ({
    object,
    configurations: blocksOf(at(block, 'properties.ipConfigurations')).blocks.map((item) =>
      toIpConfiguration(objects, object, item),
    ),
    securityGroup: toLink(objects, object, at(block, 'properties.networkSecurityGroup.id')),
    applicationGroups: [],
    backendPools: [],
    ipForwarding: flagProp(at(block, 'properties.enableIPForwarding'), false, object.resource.origin),
    many: true,
  }))
}

/** `Microsoft.Network/loadBalancers` that the tree builds itself; those of a cluster are not in it. */
export interface LoadBalancer {
  readonly object: AzureObject
  readonly frontends: readonly IpConfiguration[]
  readonly outboundRules: readonly AzureObject[]
  /** Pools whose members leave by its outbound rules. */
  readonly outboundPools: readonly Link[]
  readonly rules: readonly AzureObject[]
}

export function toLoadBalancer(objects: AzureObjects, object: AzureObject): LoadBalancer {
  const outboundRules = objects.childrenOf(object, 'outboundRules')
  return {
    object,
    frontends: toIpConfigurations(objects, object, 'properties.frontendIPConfigurations'),
    outboundRules,
    outboundPools: outboundRules.map((rule) => linkAt(objects, rule, 'properties.backendAddressPool.id')),
    rules: objects.childrenOf(object, 'loadBalancingRules'),
  }
}

/** `Microsoft.Network/virtualNetworkGateways` with what its connections lead to. */
export interface NetworkGateway {
  readonly object: AzureObject
  readonly subnet: Link
  readonly type: Prop<string>
  /** Ranges behind the gateway that the tree writes out: local network gateways and point-to-site pools. */
  readonly ranges: PropList<string>
  /** True where BGP (or ExpressRoute) may bring ranges that the tree does not tell. */
  readonly learnsRanges: boolean
}

export function toNetworkGateway(objects: AzureObjects, object: AzureObject): NetworkGateway {
  const { origin } = object.resource
  const type = textProp(read(object, 'properties.gatewayType'), 'Vpn', origin)
  const connections = objects.ofType('microsoft.network/connections').filter((connection) =>
    ['virtualNetworkGateway1', 'virtualNetworkGateway2'].some((side) => {
      const link = linkAt(objects, connection, `properties.${side}.id`)
      return link.kind === 'found' && link.object === object
    }),
  )
  const local = connections.map((connection) => linkAt(objects, connection, 'properties.localNetworkGateway2.id'))
  const lists = local.flatMap((link) =>
    link.kind === 'found'
      ? [textsProp(read(link.object, 'properties.localNetworkAddressSpace.addressPrefixes'), origin)]
      : [],
  )
  const clients = textsProp(
    read(object, 'properties.vpnClientConfiguration.vpnClientAddressPool.addressPrefixes'),
    origin,
  )
  const all = [...lists, clients]
  const bgp = flagProp(read(object, 'properties.enableBgp'), false, origin)
  return {
    object,
    subnet: toLink(
      objects,
      object,
      at(blocksOf(read(object, 'properties.ipConfigurations')).blocks[0], 'properties.subnet.id'),
    ),
    type,
    ranges: {
      items: all.flatMap((list) => list.items),
      complete: all.every((list) => list.complete) && local.every(({ kind }) => kind === 'found' || kind === 'absent'),
      origin,
      absent: all.every((list) => list.absent),
    },
    learnsRanges:
      !bgp.known ||
      bgp.value ||
      (type.known && type.value.toLowerCase() === 'expressroute') ||
      local.some(({ kind }) => kind === 'outside'),
  }
}
