import { type AddressSet, addressSets } from '../algebra/addresses.ts'
import { type Bounds, exactly } from '../algebra/bounds.ts'
import { hasClass } from '../algebra/classes.ts'
import { type ConnectionSet, connectionSets } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Truth } from '../algebra/truth.ts'
import type { Origin } from '../base/origin.ts'
import type { Resource } from '../parse/resource.ts'
import { PUBLIC_ADDRESSES } from './address-ranges.ts'
import type { PeerSet } from './peers.ts'
import type { Reachability } from './reachability.ts'
import { NODES } from './universe.ts'

export const DOOR_KINDS = ['load-balancer', 'node-port', 'external-ip', 'ingress', 'host-port', 'host-network'] as const
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
}

/** A door before the policies of the pod are asked. */
export type PlainDoor = Omit<Door, 'allowed' | 'internet'> & {
  /** Whose address a policy sees: the client's, a node's or the client's (nobody says which), or nobody's, as no policy applies. */
  readonly seenAs: 'client' | 'node-or-client' | 'unfiltered' | { readonly endpoint: number }
}

/** Asks the policies of the pod behind the door. */
export function openDoor(door: PlainDoor, reach: Reachability): Door {
  const { seenAs, ...plain } = door
  const admitted = (sources: Bounds<AddressSet>) => admittedFrom(door, sources, reach)
  const internet: Bounds<AddressSet> = {
    certain: door.public === 'yes' ? addressSets.intersect(door.sources.certain, PUBLIC_ADDRESSES) : addressSets.empty,
    possible: door.public === 'no' ? addressSets.empty : addressSets.intersect(door.sources.possible, PUBLIC_ADDRESSES),
  }
  return { ...plain, allowed: admitted(door.sources), internet: admitted(internet) }
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
  if (typeof seenAs === 'object') return reach.between(seenAs.endpoint, subject)[which]
  const from = (isPeer: (peers: PeerSet) => boolean) =>
    region.reduce(
      (sum, part) => (isPeer(part.peers) ? connectionSets.union(sum, part.connections) : sum),
      connectionSets.empty,
    )
  const everything = from(() => true)
  if (seenAs === 'unfiltered') return everything
  const client = from((peers) => !addressSets.isEmpty(addressSets.intersect(peers.addresses, sources)))
  if (seenAs === 'client') return client
  const nodes = reach.universe.classOf.get(NODES.id)!
  const node = from((peers) => hasClass(peers.classes, nodes))
  return which === 'certain' ? connectionSets.intersect(client, node) : connectionSets.union(client, node)
}
