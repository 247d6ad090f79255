import type { Problem } from '../base/problem.ts'
import type { Network } from '../model/network.ts'
import type { Resource } from '../parse/resource.ts'
import type { Reachability } from '../reach/reachability.ts'
import type { ClusterLink } from './cluster-link.ts'

/** One side of one state, with all that rules may ask of it. Everything behind `network` and `reach` is computed on demand. */
export interface StateView {
  /** Name of the state; empty where the tree has one. */
  readonly name: string
  readonly resources: readonly Resource[]
  /** What could not be read or used of its units and objects. */
  readonly problems: readonly Problem[]
  readonly network: Network
  readonly reach: Reachability
  /** The cluster that the manifests run in; absent where only Kubernetes is asked about. */
  readonly link?: ClusterLink
  /** The address by which base and head know one resource: that of the base where the change renames or moves it. */
  identity(address: string): string
  /**
   * The identical object in views that differ in nothing but their NetworkPolicies, so that what is found without looking at those holds
   * for all of them.
   */
  readonly surroundings?: object
  /** The base's side of the same state, where this is the head's: for patches that restore what was. */
  readonly before?: StateView | undefined
}
