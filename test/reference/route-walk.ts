import { type Address, contains, lengthOf, PRIVATE } from './address.ts'
import {
  type Home,
  inTag,
  isCidr,
  isConnected,
  type Place,
  type PublicPlace,
  regionOf,
  routesOf,
  spaceAt,
} from './places.ts'
import type { Route, State, Subnet, Vnet } from './state.ts'
import type { Choose } from './worlds.ts'

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

/** §3.1: longest prefix; at equal ones user before system. */
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
  } else if (subnet.serviceEndpoints.some((tag) => isServedBy(tag, destination, choose))) {
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

/** The service endpoint of storage covers the own region and the paired one (§3.1); all of the state is in West Europe. */
function isServedBy(tag: string, place: PublicPlace, choose: Choose): boolean {
  if (!inTag(tag, place, choose)) return false
  return tag !== 'Storage' || ['WestEurope', 'NorthEurope'].includes(regionOf(place, choose))
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

/** The subnet of the private endpoint that has an address: nothing else is in it. */
export function endpointSubnetAt(state: State, vnet: Vnet, address: Address): Subnet | undefined {
  return state.endpoints
    .filter((endpoint) => endpoint.vnet === vnet.name)
    .map((endpoint) => vnet.subnets.find(({ name }) => name === endpoint.subnet)!)
    .find((subnet) => contains(subnet.prefix, address))
}
