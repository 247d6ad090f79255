import type { Bounds } from '../algebra/bounds.ts'
import type { ConnectionSet, PortProtocol } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Truth } from '../algebra/truth.ts'
import type { Origin } from '../base/origin.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { Resource } from '../parse/resource.ts'
import type { Endpoint } from './endpoint.ts'
import type { PeerSet } from './peers.ts'

/** The name of a layer, as `eval` and findings print it. */
export type LayerName = 'admin-policy' | 'network-policy' | 'service' | 'ingress' | 'host' | 'cilium' | 'calico'

/**
 * One layer that judges the connections of a workload on its side, in one direction.
 *
 * Layers of one direction stand in a row: what one neither allows nor denies goes to the next, and what is left at the end is allowed.
 * Each says it twice: `decide` for all peers at once with sets, `judge` for one packet the plain way, without sets or classes. The two
 * must agree: a property test holds them against each other.
 */
export interface PolicyLayer {
  readonly name: LayerName
  /** What the layer does for a class of workloads. Equal groups may share one decision: it is computed once for each. */
  decide(subject: number, direction: Direction): Decision
  /** Walks the layer's rules for one packet. `undefined` where it leaves the packet to the next layer. */
  judge(subject: Endpoint, direction: Direction, packet: PolicyPacket): Verdict | undefined
}

/** A partition of everything that could be said to the layer; `allow` and `deny` are final, the rest goes on. */
export interface Decision {
  readonly allow: Bounds<Region<PeerSet>>
  readonly deny: Bounds<Region<PeerSet>>
}

/** One packet as a policy sees it: the peer is the destination for egress and the source for ingress. */
export interface PolicyPacket {
  readonly peer: PacketEnd
  readonly protocol: PortProtocol
  /** Of the destination, after service translation. */
  readonly port: number
}

/** One end of one packet: an end point of the state, or one address outside it. */
export type PacketEnd = { readonly kind: 'endpoint'; readonly endpoint: Endpoint } | AddressEnd

export interface AddressEnd {
  readonly kind: 'address'
  /** As `parseAddress` reads it, in printed form. */
  readonly address: string
}

/** What one layer says of one packet. */
export interface Verdict {
  readonly layer: LayerName
  /** `maybe`: something unknown decides. */
  readonly allowed: Truth
  /** The rule that says so, in words, without a full stop: `no policy selects shop/web`. */
  readonly rule: string
  readonly resource?: Resource
  readonly origin?: Origin
}

/** The layers in the order in which a packet meets them, up to the one that denies. */
export interface Path {
  readonly allowed: Truth
  readonly verdicts: readonly Verdict[]
}

/** Connections that a door leads to, of one class. */
export interface ClassConnections {
  readonly subject: number
  readonly connections: Bounds<ConnectionSet>
}
