import type { Bounds } from '../algebra/bounds.ts'
import type { ClassSet } from '../algebra/classes.ts'
import type { PortProtocol } from '../algebra/connections.ts'
import type { Region, RegionPart } from '../algebra/regions.ts'
import type { Truth } from '../algebra/truth.ts'
import type { Origin } from '../base/origin.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { Resource } from '../parse/resource.ts'
import type { Endpoint, EndpointFacts } from './endpoint.ts'
import type { PeerSet } from './peers.ts'

/** The name of a layer, as `eval` and findings print it. */
export type LayerName = 'network-policy' | 'admin-policy' | 'cilium' | 'calico' | 'service' | 'ingress' | 'host'

/**
 * One layer that judges the connections of a workload on its own side, in one direction.
 *
 * The layers of a state stand in a row: what one neither allows nor denies is left to the next, and what is left at the end is allowed.
 * A layer says everything twice: `decide` for all peers at once with sets, and `judge` for one packet the plain way, without sets or
 * classes. A property test holds the two against each other.
 */
export interface PolicyLayer {
  readonly name: LayerName
  /** Number of the group of a class: classes of one group share one decision. Groups are numbered from 0. */
  groupOf(subject: number, direction: Direction): number
  /** What the layer does for a group; undefined where it leaves everything to the next layer. */
  decide(group: number, direction: Direction): Decision | undefined
  /**
   * What `decide` allows, where the layer denies all else: parts that may overlap, which costs less than to join them. Undefined where
   * that is not so.
   */
  allowedParts?(group: number, direction: Direction): Bounds<readonly RegionPart<PeerSet>[]> | undefined
  /** False where the layer certainly lets through nothing between a group and any of the classes, and leaves nothing of it to the next. */
  admits(group: number, direction: Direction, peers: ClassSet): boolean
  /** Walks the layer's rules for one packet of one end point. */
  judge(subject: PolicySubject, direction: Direction, packet: PolicyPacket): Judgement
}

/** `allow` and `deny` are disjoint in truth, and so are their certain parts; what is in neither goes on to the next layer. */
export interface Decision {
  readonly allow: Bounds<Region<PeerSet>>
  /** `rest`: everything that is not allowed, so that nothing is left to the next layer. */
  readonly deny: Bounds<Region<PeerSet>> | 'rest'
}

/** {@link Decision} for one packet, with the rule that says so. Both `no`: the packet goes on to the next layer. */
export interface Judgement {
  readonly allow: Truth
  readonly deny: Truth
  /** In words, without a full stop: `no NetworkPolicy selects shop/web for ingress`. Text of the tree: escape before printing. */
  readonly rule: string
  readonly resource?: Resource
  readonly origin?: Origin
}

export interface PolicySubject {
  readonly endpoint: Endpoint
  readonly facts: EndpointFacts
}

/** One packet as the policy of one end sees it: the peer is the destination for egress and the source for ingress. */
export interface PolicyPacket {
  readonly peer: PacketEnd
  readonly protocol: PortProtocol
  /** Of the destination, after service translation. */
  readonly port: number
}

/** One end of one packet: an end point of the state, or one address that is no pod's. */
export type PacketEnd = ({ readonly kind: 'endpoint' } & PolicySubject) | AddressEnd

export interface AddressEnd {
  readonly kind: 'address'
  /** Printed form of one address. */
  readonly address: string
}

/** What one layer says of one packet, as paths show it. */
export interface Verdict {
  readonly layer: LayerName
  /** `maybe`: something unknown decides. */
  readonly allowed: Truth
  readonly rule: string
  readonly resource?: Resource
  readonly origin?: Origin
}

/** The layers in the order in which a packet meets them. */
export interface Path {
  readonly allowed: Truth
  readonly verdicts: readonly Verdict[]
}
