import type { AddressSet } from '../../algebra/addresses.ts'
import type { PortProtocol } from '../../algebra/connections.ts'
import type { Truth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Rejection } from './fields.ts'
import type { Selector } from './selector.ts'

export const DIRECTIONS = ['ingress', 'egress'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** A `NetworkPolicy` of `networking.k8s.io/v1`, defaults filled in. */
export interface NetworkPolicy {
  readonly name: string
  readonly namespace: string
  readonly resource: Resource
  readonly podSelector: Selector
  /** The `podSelector` field, or the object where it is not written. */
  readonly podSelectorOrigin: Origin
  /** Whether it isolates the pods that it selects: its policy types. */
  readonly isolates: Readonly<Record<Direction, Truth>>
  /** Rules of a direction that it does not isolate are here as well; they have no effect. */
  readonly rules: Readonly<Record<Direction, readonly PolicyRule[]>>
  /** The field `ingress` or `egress`, where it is written. */
  readonly rulesOrigin: Readonly<Partial<Record<Direction, Origin>>>
  /** Why the API server refuses it; then it may not be in force, and an older version may be. Empty for a valid one. */
  readonly rejections: readonly Rejection[]
  /** True where rules of either direction are unknown as a whole, so that there may be more than are listed. */
  readonly moreRules: Readonly<Record<Direction, boolean>>
}

/** One item of `ingress` or `egress`: any of the peers on any of the ports. */
export interface PolicyRule {
  /** 0-based position in its list. */
  readonly index: number
  readonly origin: Origin
  /** Undefined: every peer, addresses and nodes included (`from` or `to` absent or empty). */
  readonly peers: readonly PolicyPeer[] | undefined
  /** Undefined: every port of every protocol (`ports` absent or empty). */
  readonly ports: readonly PolicyPort[] | undefined
}

export type PolicyPeer = PodPeer | BlockPeer | UnknownPeer

/** Pods by labels. */
export interface PodPeer {
  readonly kind: 'pods'
  readonly origin: Origin
  /** Undefined: only the policy's own namespace. */
  readonly namespaceSelector: Selector | undefined
  /** Undefined is every pod, as an empty selector is; output tells them apart. */
  readonly podSelector: Selector | undefined
}

/** Addresses: `ipBlock`. */
export interface BlockPeer {
  readonly kind: 'block'
  readonly origin: Origin
  /** `cidr` without `except`. */
  readonly addresses: AddressSet
  readonly cidr: BlockCidr
  readonly except: readonly BlockCidr[]
}

export interface BlockCidr {
  /** As written. */
  readonly text: string
  readonly addresses: AddressSet
  readonly origin: Origin
}

/** A peer of which nothing, or not enough, is known, or which the API server refuses. */
export interface UnknownPeer {
  readonly kind: 'unknown'
  readonly origin: Origin
}

export type PolicyPort =
  | {
      readonly kind: 'range'
      readonly origin: Origin
      readonly protocol: PortProtocol
      readonly first: number
      readonly last: number
    }
  | { readonly kind: 'named'; readonly origin: Origin; readonly protocol: PortProtocol; readonly name: string }
  | { readonly kind: 'unknown'; readonly origin: Origin; readonly protocol: PortProtocol | undefined }
