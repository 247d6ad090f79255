import type { Truth } from '../algebra/truth.ts'
import type { Labels } from '../model/kubernetes/labels.ts'
import type { Selector } from '../model/kubernetes/selector.ts'
import type { ContainerPort, Workload } from '../model/kubernetes/workload.ts'

/**
 * One end of connections that is no address: a workload, or one that may exist and is not in the tree.
 *
 * It has one identity in base and head and may be different, or absent, in either.
 */
export type Endpoint = WorkloadEndpoint | HypotheticalEndpoint | NodesEndpoint | ControllerEndpoint

export interface WorkloadEndpoint {
  readonly kind: 'workload'
  /** `shop/web[Deployment]`. */
  readonly id: string
}

/** Any pod that satisfies the selectors and has no other label: never an invented name. */
export interface HypotheticalEndpoint {
  readonly kind: 'hypothetical'
  readonly id: string
  /** Name of a known namespace, or undefined: one that satisfies `namespaceSelector`. */
  readonly namespace: string | undefined
  readonly namespaceSelector: Selector
  readonly podSelector: Selector
}

/** The cluster's nodes, and the pods in their network. */
export interface NodesEndpoint {
  readonly kind: 'nodes'
  readonly id: 'nodes'
}

/** The pods of an ingress controller that is not in the tree: nothing is known of their labels or namespace. */
export interface ControllerEndpoint {
  readonly kind: 'ingress-controller'
  readonly id: 'ingress-controller'
}

/** What one state says of an end point, as far as any selector or rule can tell. */
export interface EndpointFacts {
  /** Undefined for nodes and for namespaces that are not known by name. */
  readonly namespace: string | undefined
  readonly namespaceLabels: Labels
  readonly labels: Labels
  /** Undefined where the pod is not in the tree, so that any port may have any name. */
  readonly ports: readonly ContainerPort[] | undefined
  /** No selector reaches a pod in the node's network. */
  readonly hostNetwork: Truth
  readonly workload: Workload | undefined
}
