import type { Resource } from '../../parse/resource.ts'
import type { AdminPolicy } from './admin-policy.ts'
import type { Ingress } from './ingress.ts'
import type { Namespace } from './namespace.ts'
import type { NetworkPolicy } from './network-policy.ts'
import type { Service } from './service.ts'
import type { Workload } from './workload.ts'

/** The typed network facts of one cluster. Every list is in the order of the resources. */
export interface KubernetesNetwork {
  readonly workloads: readonly Workload[]
  /** Every namespace that is defined or used, by name. */
  readonly namespaces: ReadonlyMap<string, Namespace>
  readonly policies: readonly NetworkPolicy[]
  readonly adminPolicies: readonly AdminPolicy[]
  readonly services: readonly Service[]
  readonly ingresses: readonly Ingress[]
  /** Objects whose operator makes pods that the tree does not show. */
  readonly operated: readonly Resource[]
}
