import type { AddressSet } from '../../algebra/addresses.ts'
import type { PortProtocol } from '../../algebra/connections.ts'
import type { Origin } from '../../base/origin.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Rejection } from './fields.ts'
import type { Direction } from './network-policy.ts'
import type { Selector } from './selector.ts'

/**
 * A policy of the cluster's administrator: `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy` (v1alpha1) or `ClusterNetworkPolicy`
 * (v1alpha2), which say the same in other words. Source: network-policy-api.sigs.k8s.io/api-overview
 */
export interface AdminPolicy {
  readonly name: string
  readonly resource: Resource
  /** Admin policies stand before NetworkPolicies, baseline ones after them. */
  readonly tier: 'admin' | 'baseline'
  /** Lower goes first. 0 for a `BaselineAdminNetworkPolicy`, of which there is one. */
  readonly priority: number
  /** Undefined where it is not known. */
  readonly subject: PodsOfNamespaces | undefined
  /** In the order in which they are tried. None: the policy does nothing in that direction. */
  readonly rules: Readonly<Record<Direction, readonly AdminRule[]>>
  readonly rejections: readonly Rejection[]
}

export interface PodsOfNamespaces {
  readonly namespaceSelector: Selector
  /** Undefined: all pods. */
  readonly podSelector: Selector | undefined
}

export interface AdminRule {
  readonly index: number
  readonly origin: Origin
  /** `pass`: the next tier decides. Undefined where it is not known. */
  readonly action: 'allow' | 'deny' | 'pass' | undefined
  readonly peers: readonly AdminPeer[]
  /** Undefined: every port. */
  readonly ports: readonly AdminPort[] | undefined
}

export type AdminPeer =
  | ({ readonly kind: 'pods'; readonly origin: Origin } & PodsOfNamespaces)
  | { readonly kind: 'networks'; readonly origin: Origin; readonly addresses: AddressSet }
  | { readonly kind: 'nodes'; readonly origin: Origin }
  | { readonly kind: 'unknown'; readonly origin: Origin }

export type AdminPort =
  | {
      readonly kind: 'range'
      readonly origin: Origin
      readonly protocol: PortProtocol
      readonly first: number
      readonly last: number
    }
  /** The port of that name, whatever its protocol. */
  | { readonly kind: 'named'; readonly origin: Origin; readonly name: string }
  | { readonly kind: 'unknown'; readonly origin: Origin }
