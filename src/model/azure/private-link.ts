import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linkAt, linksAt, toLink } from './link.ts'
import { at, blocksOf, flagProp, type Prop, type PropList, textProp, textsProp } from './prop.ts'

/** `Microsoft.Network/privateEndpoints`. */
export interface PrivateEndpoint {
  readonly object: AzureObject
  readonly subnet: Link
  /** The service behind it. */
  readonly target: Link
  /** Sub-resources: `blob`, `vault`, `registry` … */
  readonly groups: PropList<string>
  /** A manual connection is pending until somebody approves it. */
  readonly manual: Prop<boolean>
  /** Addresses given by hand; without one Azure takes any free address of the subnet. */
  readonly addresses: readonly { readonly address: Prop<string>; readonly group: Prop<string> }[]
  readonly zones: readonly Link[]
  readonly applicationGroups: readonly Link[]
}

export function toPrivateEndpoint(objects: AzureObjects, object: AzureObject): PrivateEndpoint {
  const { origin } = object.resource
  const connection = (path: string) => blocksOf(read(object, `properties.${path}`)).blocks
  const manual = connection('manualPrivateLinkServiceConnections')
  const first = connection('privateLinkServiceConnections')[0] ?? manual[0]
  const groups = objects.childrenOf(object, 'privateDnsZoneGroups')
  return {
    object,
    subnet: linkAt(objects, object, 'properties.subnet.id'),
    target: toLink(objects, object, at(first, 'properties.privateLinkServiceId')),
    groups: textsProp(at(first, 'properties.groupIds'), origin),
    manual: flagProp(at(first, 'properties.isManual'), first !== undefined && first === manual[0], origin),
    addresses: connection('ipConfigurations').map((block) => ({
      address: textProp(at(block, 'properties.privateIPAddress'), '', block.origin),
      group: textProp(at(block, 'properties.groupId'), '', block.origin),
    })),
    zones: groups.flatMap((group) =>
      blocksOf(read(group, 'properties.privateDnsZoneConfigs')).blocks.map((config) =>
        toLink(objects, object, at(config, 'properties.privateDnsZoneId') ?? at(config, 'privateDnsZoneId')),
      ),
    ),
    applicationGroups: [
      ...linksAt(objects, object, 'properties.applicationSecurityGroups', 'id'),
      ...objects
        .childrenOf(object, 'applicationSecurityGroups')
        .map((child) => linkAt(objects, child, 'properties.id')),
    ],
  }
}

/** `Microsoft.Network/privateDnsZones` with its links and address records. */
export interface PrivateDnsZone {
  readonly object: AzureObject
  readonly links: readonly ZoneLink[]
  readonly records: readonly ZoneRecord[]
}

export interface ZoneLink {
  readonly object: AzureObject
  readonly network: Link
  /** `NxDomainRedirect`: a name without a record is asked for outside. */
  readonly fallsBack: Prop<boolean>
}

export interface ZoneRecord {
  readonly object: AzureObject
  /** Relative to the zone; `@` is the zone itself. */
  readonly name: Prop<string>
  readonly addresses: PropList<string>
}

export function toPrivateDnsZone(objects: AzureObjects, object: AzureObject): PrivateDnsZone {
  return {
    object,
    links: objects.childrenOf(object, 'virtualNetworkLinks').map((link) => {
      const policy = textProp(read(link, 'properties.resolutionPolicy'), 'Default', link.resource.origin)
      return {
        object: link,
        network: linkAt(objects, link, 'properties.virtualNetwork.id'),
        fallsBack: policy.known ? { ...policy, value: policy.value.toLowerCase() === 'nxdomainredirect' } : policy,
      }
    }),
    records: [
      ...objects.childrenOf(object, 'A').map((record) => toRecord(record, 'properties.aRecords', 'ipv4Address')),
      ...objects.childrenOf(object, 'AAAA').map((record) => toRecord(record, 'properties.aaaaRecords', 'ipv6Address')),
    ],
  }
}

function toRecord(object: AzureObject, path: string, key: string): ZoneRecord {
  const { origin } = object.resource
  const list = read(object, path)
  const { blocks, complete } = blocksOf(list)
  return {
    object,
    name: object.name,
    addresses: {
      items: blocks.map((block) => textProp(at(block, key), '', block.origin)),
      complete,
      origin,
      absent: list === undefined,
    },
  }
}

/** Inbound endpoints of `Microsoft.Network/dnsResolvers`: addresses that answer as the resolver's network does. */
export interface DnsResolverEndpoint {
  readonly object: AzureObject
  readonly network: Link
  readonly subnet: Link
  readonly address: Prop<string>
}

export function toResolverEndpoint(objects: AzureObjects, object: AzureObject): DnsResolverEndpoint {
  const first = blocksOf(read(object, 'properties.ipConfigurations')).blocks[0]
  const { origin } = object.resource
  return {
    object,
    network:
      object.parent === undefined
        ? { kind: 'unknown', origin }
        : linkAt(objects, object.parent, 'properties.virtualNetwork.id'),
    subnet: toLink(objects, object, at(first, 'subnet.id')),
    address: textProp(at(first, 'privateIpAddress'), '', origin),
  }
}
