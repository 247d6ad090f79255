import { type AddressSet, addressSets } from '../algebra/addresses.ts'
import type { Approach } from './door.ts'

/**
 * What enforces NetworkPolicies in a cluster. `unknown`: the API's own text decides, and what an engine would do differently is a note.
 *
 * Source of the differences: learn.microsoft.com/azure/aks/use-network-policies
 */
export const ENGINES = ['unknown', 'none', 'azure', 'cilium', 'calico'] as const
export type Engine = (typeof ENGINES)[number]

/** What policies mean in a cluster hangs on this besides its manifests. */
export interface PolicyPlace {
  readonly engine: Engine
  /** Addresses of pods, where they are known. */
  readonly podAddresses?: AddressSet
  /** Addresses of nodes, where they are known. */
  readonly nodeAddresses?: AddressSet
}

/** Whether policies mean the same in both. */
export function isSamePlace(a: PolicyPlace, b: PolicyPlace): boolean {
  return a.engine === b.engine && areEqual(a.podAddresses, b.podAddresses) && areEqual(a.nodeAddresses, b.nodeAddresses)
}

function areEqual(a: AddressSet | undefined, b: AddressSet | undefined): boolean {
  return a === undefined || b === undefined ? a === b : addressSets.equal(a, b)
}

/** What the manifests do not say about a cluster. */
export interface ClusterFacts extends PolicyPlace {
  /** The network around it, where the tree shows it. */
  readonly approach?: Approach
}

export const UNKNOWN_CLUSTER: ClusterFacts = { engine: 'unknown' }

/** True where a CIDR also means pods that have an address in it; the API leaves it open, and speaks of addresses outside the cluster. */
export function blocksMatchPods(engine: Engine): boolean {
  return engine === 'azure' || engine === 'calico'
}

/** True where a CIDR also means nodes that have an address in it. */
export function blocksMatchNodes(engine: Engine): boolean {
  return engine !== 'cilium'
}
