import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { flagProp, optionalText, type Prop, textProp, wordProp } from './prop.ts'

/** `Microsoft.Network/routeTables`. */
export interface RouteTable {
  readonly object: AzureObject
  readonly routes: readonly Route[]
  /** True: the subnet learns nothing from gateways, local network gateway prefixes included. */
  readonly disableBgpRoutePropagation: Prop<boolean>
}

export const NEXT_HOPS = ['VirtualNetworkGateway', 'VnetLocal', 'Internet', 'VirtualAppliance', 'None'] as const
export type NextHopType = (typeof NEXT_HOPS)[number]

export interface Route {
  readonly object: AzureObject
  readonly name: Prop<string>
  /** CIDR or service tag. */
  readonly prefix: Prop<string>
  readonly nextHop: Prop<NextHopType>
  /** Only with `VirtualAppliance`. */
  readonly nextHopAddress: Prop<string> | undefined
}

export function toRouteTable(objects: AzureObjects, object: AzureObject): RouteTable {
  return {
    object,
    routes: objects.childrenOf(object, 'routes').map(toRoute),
    disableBgpRoutePropagation: flagProp(
      read(object, 'properties.disableBgpRoutePropagation'),
      false,
      object.resource.origin,
    ),
  }
}

function toRoute(object: AzureObject): Route {
  const { origin } = object.resource
  return {
    object,
    name: object.name,
    prefix: textProp(read(object, 'properties.addressPrefix'), '', origin),
    nextHop: wordProp(read(object, 'properties.nextHopType'), NEXT_HOPS, 'None', origin),
    nextHopAddress: optionalText(read(object, 'properties.nextHopIpAddress')),
  }
}
