import type { PortProtocol } from '../../algebra/connections.ts'
import type { Truth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Labels } from './labels.ts'

/** What runs pods: one pod template, or a pod of its own. */
export interface Workload {
  /** `shop/web[Deployment]`: what identifies it in base and head, whatever file it stands in. Unique in a network. */
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly resource: Resource
  /** Of the pods, not of the controller. */
  readonly labels: Labels
  /** The labels field of the template, or the object where there is none. */
  readonly labelsOrigin: Origin
  readonly serviceAccount: string
  readonly hostNetwork: Truth
  readonly hostNetworkOrigin?: Origin
  /** Declared ports; one that is not declared can be open all the same. */
  readonly ports: readonly ContainerPort[]
  /** The pod's `spec`, for what no layer asks: images, environment, probes. */
  readonly podSpec: Value | undefined
  readonly annotations: ReadonlyMap<string, string>
  /** Names of pods of the tree that belong to it. */
  readonly pods: readonly string[]
  /** Labels of pods that were taken for this workload's although they differ: only where one pod is to stand for all. */
  readonly otherLabels: readonly Labels[]
  /** True where it is not known whether the object is there. */
  readonly maybe: boolean
}

/** One declared container port. */
export interface ContainerPort {
  readonly name: string | undefined
  readonly protocol: PortProtocol
  /** Undefined where it is not known. */
  readonly port: number | undefined
  readonly hostPort?: number
  readonly hostIP?: string
  readonly origin: Origin
  /** Declared by a plain init container, which some engines read for named ports and others do not. */
  readonly init: boolean
}

/** How people write a workload: `shop/web`, without the kind. */
export function workloadName(workload: Workload): string {
  return `${workload.namespace}/${workload.name}`
}
