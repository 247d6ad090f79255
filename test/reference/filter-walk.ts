import { type Address, contains, isPrivate, lengthOf, PRIVATE } from './address.ts'
import type { NsgRule, Route, State, Subnet, Vnet } from './state.ts'
import type { Choose } from './worlds.ts'

/** Where a packet goes or comes from: a concrete address, or a public one that only its tag tells. */
export type Place =
  | { readonly kind: 'address'; readonly address: Address }
  /** No tag: a host outside Azure that no rule names more closely than "everything" or `Internet`. */
  | { readonly kind: 'public'; readonly tag?: string; readonly region?: string }

/** A packet as a layer sees it. */
export interface Packet {
  readonly source: Place
  readonly destination: Place
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
  /** The name that the client wants: server name of TLS, host of HTTP. */
  readonly name?: string
}

export interface Home {
  readonly vnet: Vnet
  readonly subnet: Subnet
}

const DEFAULT_RULES: readonly NsgRule[] = [
  {
    direction: 'Inbound',
    priority: 65000,
    access: 'Allow',
    sources: ['VirtualNetwork'],
    destinations: ['VirtualNetwork'],
  },
  { direction: 'Inbound', priority: 65001, access: 'Allow', sources: ['AzureLoadBalancer'], destinations: ['*'] },
  { direction: 'Inbound', priority: 65500, access: 'Deny', sources: ['*'], destinations: ['*'] },
  {
    direction: 'Outbound',
    priority: 65000,
    access: 'Allow',
    sources: ['VirtualNetwork'],
    destinations: ['VirtualNetwork'],
  },
  { direction: 'Outbound', priority: 65001, access: 'Allow', sources: ['*'], destinations: ['Internet'] },
  { direction: 'Outbound', priority: 65500, access: 'Deny', sources: ['*'], destinations: ['*'] },
].map((rule): NsgRule => ({ ...rule, protocol: '*', ports: ['*'] }) as NsgRule)

/** §2.1: ascending priority, the first match decides; `home` is the subnet that the NSG or its NIC belongs to. */
export function passesNsg(
  state: State,
  rules: readonly NsgRule[],
  direction: 'Inbound' | 'Outbound',
  packet: Packet,
  home: Home,
  choose: Choose,
): boolean {
  const ordered = [...rules, ...DEFAULT_RULES]
    .filter((rule) => rule.direction === direction)
    .sort((a, b) => a.priority - b.priority)
  for (const rule of ordered) if (matchesRule(state, rule, packet, home, choose)) return rule.access === 'Allow'
  throw new Error('the last default rule matches everything')
}

function matchesRule(state: State, rule: NsgRule, packet: Packet, home: Home, choose: Choose): boolean {
  if (rule.protocol !== '*' && rule.protocol.toUpperCase() !== packet.protocol) return false
  if (!matchesPorts(rule.ports, packet.port)) return false
  const isOwn = rule.priority <= 4096
  const matches = (prefix: string, place: Place) => matchesPrefix(state, prefix, place, home, isOwn, choose)
  return (
    rule.sources.some((prefix) => matches(prefix, packet.source)) &&
    rule.destinations.some((prefix) => matches(prefix, packet.destination))
  )
}

export function matchesPorts(ports: readonly string[], port: number): boolean {
  return ports.some((text) => {
    if (text === '*') return true
    const [from, to = from] = text.split('-').map(Number)
    return from! <= port && port <= to!
  })
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

function matchesPrefix(
  state: State,
  prefix: string,
  place: Place,
  home: Home,
  isOwnRule: boolean,
  choose: Choose,
): boolean {
  switch (prefix) {
    case '*':
      return true
    // A star means both families, this one only (§2.3).
    case '0.0.0.0/0':
      return place.kind === 'public' || typeof place.address === 'number'
    case 'VirtualNetwork':
      return inVirtualNetwork(state, place, home, isOwnRule, choose)
    case 'Internet':
      return isPublic(state, place)
    case 'AzureLoadBalancer':
      return false
  }
  if (isCidr(prefix)) return place.kind === 'address' && contains(prefix, place.address)
  return place.kind === 'public' && inTag(prefix, place, choose)
}

/** §2.4. */
function inVirtualNetwork(
  state: State,
  place: Place,
  { vnet, subnet }: Home,
  isOwnRule: boolean,
  choose: Choose,
): boolean {
  if (place.kind === 'address') {
    const { address } = place
    if (spaceAt(vnet, address) !== undefined) return true
    const remote = state.vnets.find((other) => spaceAt(other, address) !== undefined)
    if (remote !== undefined && isConnected(state, vnet, remote)) {
      const own = state.peerings.find(({ from, to }) => from === vnet.name && to === remote.name)!
      if (own.access) return true
    }
    if (isPodAddress(state, address)) {
      // Kubenet's pod ranges are in routes; whether an overlay's are in the tag is not documented (§6.2).
      if (state.cluster.mode === 'kubenet') return true
      if (state.cluster.mode === 'overlay')
        return isOwnRule ? choose('overlay pods in VirtualNetwork', [true, false]) : true
    }
    if (
      routesOf(state, subnet).some(({ prefix }) => isCidr(prefix) && lengthOf(prefix) > 0 && contains(prefix, address))
    )
      return true
  }
  const everything = place.kind === 'address' && typeof place.address === 'bigint' ? '::/0' : '0.0.0.0/0'
  const hasDefault = routesOf(state, subnet).some(({ prefix }) => prefix === everything)
  return hasDefault && choose(`default route of ${vnet.name}/${subnet.name} in VirtualNetwork`, [true, false])
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

/** Whether a public place is in a service tag. */
export function inTag(wanted: string, place: Extract<Place, { kind: 'public' }>, choose: Choose): boolean {
  if (place.tag === undefined) return false
  const [tag, region] = wanted.split('.')
  // Not addresses of a service, but the exempt platform (§2.6).
  if (tag?.startsWith('AzurePlatform') === true) return false
  if (tag === 'AzureCloud' && region === undefined) return true
  if (place.tag === 'AzureCloud') return choose(`any address of AzureCloud in ${wanted}`, [true, false])
  if (tag !== place.tag) return false
  if (region === undefined || region === place.region) return true
  return place.region === undefined && choose(`any address of ${tag} in ${wanted}`, [true, false])
}

export function routesOf(state: State, subnet: Subnet): readonly Route[] {
  return state.routeTables.find(({ name }) => name === subnet.routeTable)?.routes ?? []
}

/** A peering works only when both halves exist (§1.2). */
export function isConnected(state: State, a: Vnet, b: Vnet): boolean {
  const half = (x: Vnet, y: Vnet) => state.peerings.some(({ from, to }) => from === x.name && to === y.name)
  return half(a, b) && half(b, a)
}

export type Hop =
  | { readonly kind: 'local'; readonly vnet: Vnet }
  | { readonly kind: 'internet' }
  | { readonly kind: 'endpoint' }
  | { readonly kind: 'service-endpoint' }
  | { readonly kind: 'firewall' }
  | { readonly kind: 'nowhere' }

interface Candidate {
  /** Longest wins; a tag counts as longer than every prefix but an address. */
  readonly length: number
  readonly rank: number
  readonly hop: Hop
}

/** Explicit prefix > regional tag > tag > AzureCloud: more than the default route's, whatever the prefixes of a tag are. */
const TAG_LENGTH = 22
const CLOUD_LENGTH = 20
const USER = 3
const SYSTEM = 1

/** §3.1: longest prefix; at equal ones user before system. `isKeyVault`: the destination is a vault's public address. */
export function route(state: State, { vnet, subnet }: Home, destination: Place, choose: Choose): Hop {
  const candidates: Candidate[] = [{ length: 0, rank: SYSTEM, hop: { kind: 'internet' } }]
  const add = (length: number, rank: number, hop: Hop) => candidates.push({ length, rank, hop })
  if (destination.kind === 'address') {
    const { address } = destination
    for (const prefix of PRIVATE) if (contains(prefix, address)) add(lengthOf(prefix), SYSTEM, { kind: 'nowhere' })
    for (const other of state.vnets) {
      const space = spaceAt(other, address)
      if (space === undefined || (other !== vnet && !isConnected(state, vnet, other))) continue
      add(lengthOf(space), SYSTEM, { kind: 'local', vnet: other })
      const endpointSubnet = endpointSubnetAt(state, other, address)
      if (endpointSubnet !== undefined) {
        // A user route replaces the /32 only where its policies allow, and only if it is as long as the network's prefix (§2.7).
        const yields = ['Enabled', 'RouteTableEnabled'].includes(endpointSubnet.endpointPolicies)
        const replaced = routesOf(state, subnet).some(
          ({ prefix }) => isCidr(prefix) && contains(prefix, address) && lengthOf(prefix) >= lengthOf(space),
        )
        if (!yields || !replaced) add(32, SYSTEM, { kind: 'endpoint' })
      }
    }
  } else if (
    (subnet.keyVaultEndpoint && inTag('AzureKeyVault', destination, choose)) ||
    (subnet.otherEndpoints ?? []).some((tag) => inTag(tag, destination, choose))
  ) {
    // The same prefixes as the tag's, so that a user route for the tag is the equal one that wins; for AzureCloud nobody says.
    const isLonger = choose('the prefixes of the service are longer than those of AzureCloud', [true, false])
    add(isLonger ? TAG_LENGTH : CLOUD_LENGTH, SYSTEM, { kind: 'service-endpoint' })
  }
  for (const { prefix, hop, appliance } of routesOf(state, subnet)) {
    const next = toHop(state, vnet, hop, appliance)
    if (isCidr(prefix)) {
      const matches = destination.kind === 'address' ? contains(prefix, destination.address) : prefix === '0.0.0.0/0'
      if (matches) add(lengthOf(prefix), USER, next)
    } else if (destination.kind === 'public' && inTag(prefix, destination, choose)) {
      const [tag, region] = prefix.split('.')
      add((tag === 'AzureCloud' ? CLOUD_LENGTH : TAG_LENGTH) + (region === undefined ? 0 : 1), USER, next)
    }
  }
  const best = candidates.reduce((a, b) => (b.length > a.length || (b.length === a.length && b.rank > a.rank) ? b : a))
  return best.hop
}

function toHop(state: State, vnet: Vnet, hop: Route['hop'], appliance: Route['appliance']): Hop {
  switch (hop) {
    case 'None':
      return { kind: 'nowhere' }
    case 'Internet':
      return { kind: 'internet' }
    case 'VnetLocal':
      return { kind: 'local', vnet }
    case 'VirtualAppliance': {
      const home = state.vnets.find(({ name }) => name === state.firewall?.vnet)
      const reachable = home !== undefined && (home === vnet || isConnected(state, vnet, home))
      return appliance === 'firewall' && reachable ? { kind: 'firewall' } : { kind: 'nowhere' }
    }
  }
}

/** The subnet of the private endpoint that has an address; endpoints of the tree have the fifth of their subnet. */
export function endpointSubnetAt(state: State, vnet: Vnet, address: Address): Subnet | undefined {
  return state.endpoints
    .filter((endpoint) => endpoint.vnet === vnet.name)
    .map((endpoint) => vnet.subnets.find(({ name }) => name === endpoint.subnet)!)
    .find((subnet) => contains(subnet.prefix, address))
}
