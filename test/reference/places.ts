import { type Address, contains, isPrivate } from './address.ts'
import type { Route, State, Subnet, Vnet } from './state.ts'
import type { Choose } from './worlds.ts'

/** Where a packet goes or comes from: a concrete address, or a public one that only its tag tells. */
export type Place =
  | { readonly kind: 'address'; readonly address: Address }
  /** No tag: a host outside Azure that no rule names more closely than "everything" or `Internet`. */
  | { readonly kind: 'public'; readonly tag?: string; readonly region?: string }

export type PublicPlace = Extract<Place, { kind: 'public' }>

/** A packet as a layer sees it. */
export interface Packet {
  readonly source: Place
  readonly destination: Place
  /** Application security groups that the addresses are in. */
  readonly sourceGroups?: readonly string[]
  readonly destinationGroups?: readonly string[]
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
  /** The name that the client wants: server name of TLS, host of HTTP. */
  readonly name?: string
}

/** What is asked for, whatever the header says. */
export type Demand = Pick<Packet, 'protocol' | 'port' | 'name'>

export interface Home {
  readonly vnet: Vnet
  readonly subnet: Subnet
}

/** An address or a range, and no tag. */
export function isCidr(text: string): boolean {
  return /^[\da-f]*[.:]/i.test(text)
}

/** The range of a network that holds an address. */
export function spaceAt({ space, space6 }: Vnet, address: Address): string | undefined {
  return [space, space6].find((range) => range !== undefined && contains(range, address))
}

export function isInSubnet({ prefix, prefix6 }: Subnet, address: Address): boolean {
  return contains(prefix, address) || (prefix6 !== undefined && contains(prefix6, address))
}

export function isPodAddress({ cluster }: State, address: Address): boolean {
  const { podCidr, podCidr6 } = cluster
  return contains(podCidr, address) || (podCidr6 !== undefined && contains(podCidr6, address))
}

/** Space outside of the networks, Azure's own included; private ranges are not in it. */
export function isPublic(state: State, place: Place): boolean {
  if (place.kind === 'public') return true
  return !isPrivate(place.address) && !state.vnets.some((vnet) => spaceAt(vnet, place.address) !== undefined)
}

/** Whether a public place is in a service tag (§2.4): all services of a region are in its part of the cloud. */
export function inTag(wanted: string, place: PublicPlace, choose: Choose): boolean {
  if (place.tag === undefined) return false
  const [tag, region] = wanted.split('.')
  // Not addresses of a service, but the exempt platform (§2.6).
  if (tag?.startsWith('AzurePlatform') === true) return false
  const isOfService =
    tag === 'AzureCloud' ||
    tag === place.tag ||
    (place.tag === 'AzureCloud' && choose(`any address of AzureCloud in ${tag}`, [true, false]))
  return isOfService && (region === undefined || regionOf(place, choose) === region)
}

/** What is not told may be any that rules name, or another. */
export function regionOf({ tag, region }: PublicPlace, choose: Choose): string {
  return region ?? choose(`region of an address of ${tag}`, ['WestEurope', 'NorthEurope', 'elsewhere'])
}

export function routesOf(state: State, subnet: Subnet): readonly Route[] {
  return state.routeTables.find(({ name }) => name === subnet.routeTable)?.routes ?? []
}

/** A peering works only when both halves exist (§1.2). */
export function isConnected(state: State, a: Vnet, b: Vnet): boolean {
  const half = (x: Vnet, y: Vnet) => state.peerings.some(({ from, to }) => from === x.name && to === y.name)
  return half(a, b) && half(b, a)
}
