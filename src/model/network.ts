import type { KubernetesNetwork } from './kubernetes/kubernetes-network.ts'

/** The facts of one state: everything that lives on one network together. */
export interface Network {
  readonly kubernetes: KubernetesNetwork
}
