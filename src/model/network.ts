import type { AzureNetwork } from './azure/azure-network.ts'
import type { KubernetesNetwork } from './kubernetes/kubernetes-network.ts'

/** The facts of one state: everything that lives on one network together. */
export interface Network {
  readonly kubernetes: KubernetesNetwork
  /** Absent only where somebody asks about Kubernetes alone. */
  readonly azure?: AzureNetwork | undefined
}
