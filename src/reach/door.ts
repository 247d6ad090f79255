import { type AddressSet, addressSets } from '../algebra/addresses.ts'
import { type Bounds, exactly } from '../algebra/bounds.ts'
import { hasClass } from '../algebra/classes.ts'
import { ALL_CONNECTIONS, type ConnectionSet, connectionSets } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Truth } from '../algebra/truth.ts'
import type { Origin } from '../base/origin.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { Resource } from '../parse/resource.ts'
import { PUBLIC_ADDRESSES } from './address-ranges.ts'
import type { PeerSet } from './peers.ts'
import type { Reachability } from './reachability.ts'
import { NODES } from './universe.ts'

export const DOOR_KINDS = [
  'load-balancer',
  'node-port',
  'external-ip',
  'ingress',
  'host-port',
  'host-network',
  'firewall-nat',
] as const
export type DoorKind = (typeof DOOR_KINDS)[number]

/** A way in from outside the cluster to the pods of one class. */
export interface Door {
  readonly kind: DoorKind
  /** The Service, Ingress or workload that makes it. */
  readonly resource: Resource
  /** The field or item because of which it is there. */
  readonly origin: Origin
  readonly subject: number
  /** Addresses that can come to the door and that it admits, before any policy. */
  readonly sources: Bounds<AddressSet>
  /** Azure service tags that it admits besides. */
  readonly serviceTags: readonly string[]
  /** Whether the internet can come to the door. */
  readonly public: Truth
  /** What clients connect to: the ports of the frontend, not of the pod. */
  readonly frontend: ConnectionSet
  /** Ports of the pod behind the door. */
  readonly target: Bounds<ConnectionSet>
  /** What of `target` the pod's policies let in from some of the sources. */
  readonly allowed: Bounds<ConnectionSet>
  /** The same from the internet: empty where it cannot come to the door. */
  readonly internet: Bounds<ConnectionSet>
  /** Of `sources`, those whom the pod's policies let in on some port of `target`. */
  readonly admitted: Bounds<AddressSet>
  /** {@link internet} by what the cluster says alone, before the network around it is asked. */
  readonly offered: Bounds<ConnectionSet>
}

/** A door before the policies of the pod are asked. */
export type PlainDoor = Omit<Door, 'allowed' | 'internet' | 'offered' | 'admitted'> & {
  /** Whose address a policy sees. */
  readonly seenAs: SeenAs
}

/**
 * The client's, a node's or the client's (nobody says which), or nobody's, as no policy applies; the pods of a class or of a workload
 * that the client is asked through; or hosts that forward what comes, where `orNodes` a node's instead.
 */
export type SeenAs =
  | 'client'
  | 'node-or-client'
  | 'unfiltered'
  | { readonly endpoint: number }
  | { readonly workload: string }
  | { readonly addresses: AddressSet; readonly orNodes: boolean }

/** What the tree shows of the network around a cluster. */
export interface Approach {
  /**
   * The door with the sources that the network lets come to it, and other ways that lead to the same pods. Layers that are not known
   * leave it possible; a door to which nobody can come has no sources.
   */
  narrow(door: PlainDoor, behind: readonly Workload[]): readonly PlainDoor[]
}

/** Asks the network around the cluster, then the policies of the pod behind the door. */
export function openDoors(door: PlainDoor, reach: Reachability): readonly Door[] {
  const { approach } = reach.cluster
  const offered = admittedFrom(door, internetOf(door), reach)
  if (approach === undefined) return [openDoor(door, offered, reach)]
  const members = reach.universe.classes[door.subject]!.members
  const behind = members.flatMap((member) =>
    member.kind === 'workload' ? (reach.classes.workload(member.id) ?? []) : [],
  )
  return approach
    .narrow(door, behind)
    .map((way) => openDoor(way, way.kind === door.kind ? offered : exactly(connectionSets.empty), reach))
}

function openDoor(door: PlainDoor, offered: Bounds<ConnectionSet>, reach: Reachability): Door {
  const { seenAs: _, ...plain } = door
  return {
    ...plain,
    allowed: admittedFrom(door, callersOf(door), reach),
    internet: admittedFrom(door, internetOf(door), reach),
    admitted: admittedSources(door, reach),
    offered,
  }
}

/** Only where policies see the client do they tell one from another. */
function admittedSources({ seenAs, subject, target, sources }: PlainDoor, reach: Reachability): Bounds<AddressSet> {
  if (seenAs !== 'client' && seenAs !== 'node-or-client') return sources
  const own = reach.own(subject, 'ingress')
  const nodes = reach.universe.classOf.get(NODES.id)!
  const side = (which: 'certain' | 'possible'): AddressSet => {
    const open = own[which].filter(
      ({ connections }) => !connectionSets.isEmpty(connectionSets.intersect(connections, target[which])),
    )
    // A node may stand for any client.
    if (seenAs === 'node-or-client' && which === 'possible' && open.some(({ peers }) => hasClass(peers.classes, nodes)))
      return sources.possible
    const clients = open.reduce((sum, { peers }) => addressSets.union(sum, peers.addresses), addressSets.empty)
    return addressSets.intersect(sources[which], clients)
  }
  return { certain: side('certain'), possible: side('possible') }
}

/** Tags stand for public addresses that nobody writes out. */
function callersOf({ sources, serviceTags }: PlainDoor): Bounds<AddressSet> {
  return serviceTags.length > 0 && addressSets.isEmpty(sources.possible) ? exactly(PUBLIC_ADDRESSES) : sources
}

function internetOf({ public: isPublic, sources }: PlainDoor): Bounds<AddressSet> {
  return {
    certain: isPublic === 'yes' ? addressSets.intersect(sources.certain, PUBLIC_ADDRESSES) : addressSets.empty,
    possible: isPublic === 'no' ? addressSets.empty : addressSets.intersect(sources.possible, PUBLIC_ADDRESSES),
  }
}

/** What some source may open through the door. */
function admittedFrom(
  { seenAs, subject, target }: PlainDoor,
  sources: Bounds<AddressSet>,
  reach: Reachability,
): Bounds<ConnectionSet> {
  const own = reach.own(subject, 'ingress')
  const side = (which: 'certain' | 'possible'): ConnectionSet => {
    if (addressSets.isEmpty(sources[which])) return connectionSets.empty
    return connectionSets.intersect(
      target[which],
      admittedOn(own[which], which, seenAs, sources[which], subject, reach),
    )
  }
  const certain = side('certain')
  const possible = side('possible')
  return connectionSets.equal(certain, possible) ? exactly(certain) : { certain, possible }
}

function admittedOn(
  region: Region<PeerSet>,
  which: 'certain' | 'possible',
  seenAs: PlainDoor['seenAs'],
  sources: AddressSet,
  subject: number,
  reach: Reachability,
): ConnectionSet {
  if (typeof seenAs === 'object' && 'endpoint' in seenAs) return reach.between(seenAs.endpoint, subject)[which]
  if (typeof seenAs === 'object' && 'workload' in seenAs) {
    const through = reach.universe.classOf.get(seenAs.workload)
    return through === undefined ? connectionSets.empty : reach.between(through, subject)[which]
  }
  const from = (isPeer: (peers: PeerSet) => boolean) =>
    region.reduce(
      (sum, part) => (isPeer(part.peers) ? connectionSets.union(sum, part.connections) : sum),
      connectionSets.empty,
    )
  if (seenAs === 'unfiltered') return ALL_CONNECTIONS
  const seen = typeof seenAs === 'object' ? seenAs.addresses : sources
  const client = from((peers) => !addressSets.isEmpty(addressSets.intersect(peers.addresses, seen)))
  if (seenAs === 'client' || (typeof seenAs === 'object' && !seenAs.orNodes)) return client
  const nodes = reach.universe.classOf.get(NODES.id)!
  const node = from((peers) => hasClass(peers.classes, nodes))
  return which === 'certain' ? connectionSets.intersect(client, node) : connectionSets.union(client, node)
}
