import type { AddressSet } from '../algebra/addresses.ts'
import type { Bounds } from '../algebra/bounds.ts'
import type { ConnectionSet } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Truth } from '../algebra/truth.ts'
import type { Origin } from '../base/origin.ts'
import type { Direction, NetworkPolicy } from '../model/kubernetes/network-policy.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { Network } from '../model/network.ts'
import type { Resource } from '../parse/resource.ts'
import type { PacketEnd, Path } from './layer.ts'
import type { PeerSet } from './peers.ts'
import type { Universe } from './universe.ts'

/** Who can reach whom in one state. Everything is computed on demand and kept. */
export interface Reachability {
  readonly network: Network
  readonly universe: Universe
  /** Class of a workload's pods; undefined where the state has no such workload. */
  classOf(workload: Workload): number | undefined
  /** What the layers at this class's own side let through; the other end is not asked. */
  own(subject: number, direction: Direction): Bounds<Region<PeerSet>>
  /** What can leave the class (`egress`) or get to it (`ingress`) when both ends are asked. */
  reach(subject: number, direction: Direction): Bounds<Region<PeerSet>>
  /** Connections of one class to another, both ends asked. */
  between(from: number, to: number): Bounds<ConnectionSet>
  /** Every allowed connection, as rectangles whose union is the answer. */
  connections(): readonly Rectangle[]
  /** The policies that select the class and act in the direction. */
  selecting(subject: number, direction: Direction): readonly Selection[]
  /** Ways in from outside the cluster, with what of them the policies let through. */
  doors(): readonly Door[]
  /** Every layer's verdict on one packet, found the plain way. */
  explain(packet: {
    readonly from: PacketEnd
    readonly to: PacketEnd
    readonly protocol: 'TCP' | 'UDP' | 'SCTP'
    readonly port: number
  }): Path
}

/** All of `from` can open all of `connections` to all of `to`. */
export interface Rectangle {
  readonly from: PeerSet
  readonly to: PeerSet
  readonly connections: ConnectionSet
  /** False where something unknown decides. */
  readonly certain: boolean
}

export interface Selection {
  readonly policy: NetworkPolicy
  /** Never `no`. */
  readonly selects: Truth
}

/** A way in from outside the cluster to one class of workloads: a load balancer, a node port, an Ingress, a host port, the node's network. */
export interface Door {
  readonly kind: 'load-balancer' | 'node-port' | 'ingress' | 'host-port' | 'host-network' | 'external-ip'
  readonly resource: Resource
  readonly origin: Origin
  readonly subject: number
  /** Addresses that the door admits, before any policy. */
  readonly sources: Bounds<AddressSet>
  readonly serviceTags: readonly string[]
  /** Whether the internet can come to the door. */
  readonly public: Truth
  /** Ports of the pod behind the door. */
  readonly target: ConnectionSet
  /** What of `target` the policies of the pod let in from there. */
  readonly allowed: Bounds<ConnectionSet>
}
