import { type AddressSet, addressSets, NO_ADDRESSES, toRanges } from '../../algebra/addresses.ts'
import type { Bounds } from '../../algebra/bounds.ts'
import { hasClass } from '../../algebra/classes.ts'
import {
  type ConnectionSet,
  connectionSet,
  connectionSets,
  NO_CONNECTIONS,
  PORT_PROTOCOLS,
} from '../../algebra/connections.ts'
import { toPairs } from '../../algebra/intervals.ts'
import type { Region } from '../../algebra/regions.ts'
import type { StateView } from '../../compare/state-view.ts'
import { METADATA_ADDRESS, PUBLIC_ADDRESSES } from '../../reach/address-ranges.ts'
import type { PeerSet } from '../../reach/peers.ts'
import type { Reachability } from '../../reach/reachability.ts'
import { NODES } from '../../reach/universe.ts'
import { nodeSettings } from './node-settings.ts'

/** What of the world outside the cluster a group of workloads can open connections to. */
export interface OpenEgress {
  readonly internet: OpenInternet | undefined
  /** To the instance metadata service, which listens on TCP 80. */
  readonly metadata: boolean
  /** To TCP 22 of the nodes: `maybe` where a block may hold their addresses. */
  readonly nodeSsh: 'yes' | 'maybe' | 'no'
}

export interface OpenInternet {
  readonly addresses: AddressSet
  readonly connections: ConnectionSet
  readonly breadth: InternetBreadth
  /** Addresses times ports: grows with either. */
  readonly extent: number
}

/** `any`: so many ports that it is no limit; `names`: DNS only; `some`: a few ports. */
export type InternetBreadth = 'any' | 'some' | 'names'

/** How many public addresses of a family are "the internet": a /8 of IPv4, or as large a part of IPv6. A tenant has no such range. */
const WIDE_V4 = 2 ** 24
/** From so many addresses on they are "the internet" and no list of ranges: half of IPv4. */
export const HALF_OF_V4 = 2 ** 31
const DNS_ONLY = [53, 853]
  .flatMap((port) => [connectionSet('TCP', port), connectionSet('UDP', port)])
  .reduce(connectionSets.union)
const METADATA_PORT = connectionSet('TCP', 80)
const SSH = connectionSet('TCP', 22)
/** From so many ports on, a list of ports is no limit. */
const MANY_PORTS = 1000

const known = new WeakMap<Reachability, Map<string, OpenEgress>>()

/** What the egress of a class certainly reaches outside, as far as the nodes do not bar it; classes of one group share the answer. */
export function openEgress(view: StateView, subject: number, trusted: AddressSet = NO_ADDRESSES): OpenEgress {
  const open = openByPolicies(view, subject, trusted)
  const { barsMetadata, barsSsh } = nodeSettings(view)
  if (!barsMetadata && !barsSsh) return open
  return {
    ...open,
    metadata: open.metadata && !barsMetadata,
    nodeSsh: barsSsh ? 'no' : open.nodeSsh,
  }
}

function openByPolicies({ reach }: StateView, subject: number, trusted: AddressSet): OpenEgress {
  const groups = known.get(reach) ?? new Map<string, OpenEgress>()
  known.set(reach, groups)
  const key = `${reach.groups.egress.groupOf(subject)} ${toRanges(trusted).join()}`
  const made = groups.get(key)
  if (made !== undefined) return made
  const open = readEgress(reach.own(subject, 'egress'), reach, trusted)
  groups.set(key, open)
  return open
}

function readEgress(
  { certain, possible }: Bounds<Region<PeerSet>>,
  reach: Reachability,
  trusted: AddressSet,
): OpenEgress {
  return {
    internet: readInternet(certain, trusted),
    metadata: reachesMetadata(certain),
    nodeSsh: reachesSsh(certain, reach) ? 'yes' : reachesSsh(possible, reach) ? 'maybe' : 'no',
  }
}

function readInternet(region: Region<PeerSet>, trusted: AddressSet): OpenInternet | undefined {
  let addresses = NO_ADDRESSES
  let connections = NO_CONNECTIONS
  let extent = 0
  for (const part of region) {
    const open = publicPart(part.peers.addresses, trusted)
    if (!isWide(open)) continue
    addresses = addressSets.union(addresses, open)
    connections = connectionSets.union(connections, part.connections)
    extent += extentOf(open, part.connections)
  }
  if (addressSets.isEmpty(addresses)) return undefined
  return { addresses, connections, extent, breadth: breadthOf(connections) }
}

export function breadthOf(connections: ConnectionSet): InternetBreadth {
  if (connectionSets.covers(DNS_ONLY, connections)) return 'names'
  return countPorts(connections) >= MANY_PORTS ? 'any' : 'some'
}

export function publicPart(addresses: AddressSet, trusted: AddressSet = NO_ADDRESSES): AddressSet {
  return addressSets.subtract(addressSets.intersect(addresses, PUBLIC_ADDRESSES), trusted)
}

/** True where the set is no range that one owner has, but a good part of the internet. */
export function isWide(addresses: AddressSet): boolean {
  return countAddresses(addresses) >= WIDE_V4
}

/** IPv4 addresses, and IPv6 addresses in units of 2^96, so that the whole of either counts alike. */
export function countAddresses({ v4, v6 }: AddressSet): number {
  let count = 0
  for (const [first, end] of toPairs(v4)) count += end - first
  for (const [first, end] of toPairs(v6)) count += Number((end - first) >> 96n)
  return count
}

export function countPorts(connections: ConnectionSet): number {
  let count = 0
  for (const protocol of PORT_PROTOCOLS) for (const [first, end] of toPairs(connections[protocol])) count += end - first
  return count
}

export function extentOf(addresses: AddressSet, connections: ConnectionSet): number {
  return countAddresses(addresses) * countPorts(connections)
}

export function reachesMetadata(region: Region<PeerSet>): boolean {
  return region.some(
    ({ peers, connections }) =>
      addressSets.covers(peers.addresses, METADATA_ADDRESS) && connectionSets.covers(connections, METADATA_PORT),
  )
}

export function reachesSsh(region: Region<PeerSet>, reach: Reachability): boolean {
  const nodes = reach.universe.classOf.get(NODES.id)!
  return region.some(
    ({ peers, connections }) => hasClass(peers.classes, nodes) && connectionSets.covers(connections, SSH),
  )
}
