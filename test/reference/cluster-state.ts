export type Labels = Readonly<Record<string, string>>

export interface Cluster {
  readonly mode: 'overlay' | 'kubenet' | 'node-subnet' | 'pod-subnet'
  /** `unknown`: manifests alone, of which the API's own text is all that is known. */
  readonly engine: 'none' | 'azure' | 'calico' | 'cilium' | 'unknown'
  readonly outbound: 'loadBalancer' | 'userDefinedRouting' | 'userAssignedNATGateway' | 'none'
  readonly podCidr: string
  /** Of a dual-stack cluster. */
  readonly podCidr6?: string
  readonly pools: readonly Pool[]
  readonly api: { readonly private: boolean; readonly authorized: readonly string[] }
}

export interface Pool {
  readonly name: string
  readonly vnet: string
  readonly subnet: string
  readonly podSubnet?: string
  readonly publicIps: boolean
  readonly allowedHostPorts: readonly number[]
  /** Application security groups of its nodes' cards. */
  readonly groups: readonly string[]
}

export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly hostNetwork: boolean
  /** The pool of its node selector. */
  readonly pool?: string
  readonly port: number
  readonly portNames?: Readonly<Record<string, number>>
}

/** What leads from outside of the cluster to a port of pods, beside load balancers. */
export interface Entry {
  readonly kind: 'node-port' | 'external-address' | 'ingress' | 'host-port'
  readonly namespace: string
  readonly selector: Labels
  readonly port: number
  readonly protocol: 'TCP' | 'UDP'
  /** Whether the pod sees the client's address. */
  readonly local: boolean
}

export interface Policy {
  readonly namespace: string
  readonly name: string
  readonly selector: Labels
  readonly types: readonly ('Ingress' | 'Egress')[]
  readonly ingress: readonly PolicyRule[]
  readonly egress: readonly PolicyRule[]
}

/** No peers: everybody. No ports: every port of every protocol. */
export interface PolicyRule {
  readonly peers: readonly PolicyPeer[]
  readonly ports: readonly PolicyPort[]
}

export interface PolicyPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  /** A number, or the name of a port of the pod that receives. */
  readonly port?: number | string
  readonly endPort?: number
}

export type PolicyPeer =
  | { readonly cidr: string; readonly except: readonly string[] }
  | { readonly pods?: Labels; readonly namespaces?: Labels }

/** An AdminNetworkPolicy or the BaselineAdminNetworkPolicy. */
export interface AdminPolicy {
  readonly tier: 'Admin' | 'Baseline'
  readonly priority: number
  readonly subject: AdminPods
  readonly ingress: readonly AdminPolicyRule[]
  readonly egress: readonly AdminPolicyRule[]
}

export interface AdminPods {
  readonly namespaces: Labels
  readonly pods?: Labels
}

export interface AdminPolicyRule {
  readonly action: 'Allow' | 'Deny' | 'Pass'
  readonly peers: readonly AdminPods[]
  /** None: every port. */
  readonly ports: readonly { readonly protocol: 'TCP' | 'UDP'; readonly first: number; readonly last: number }[]
}

export interface Service {
  readonly namespace: string
  readonly name: string
  readonly selector: Labels
  readonly port: number
  /** Of the pod, where it is another. */
  readonly targetPort?: number
  readonly kind: 'public' | 'internal' | 'cluster'
  /** `spec.loadBalancerSourceRanges`. */
  readonly sourceRanges: readonly string[]
  /** The annotation `azure-allowed-ip-ranges`. */
  readonly allowedRanges: readonly string[]
  /** The annotation `azure-deny-all-except-load-balancer-source-ranges`. */
  readonly denyOthers: boolean
  /** Without floating IP packets go to a node's address and this port. */
  readonly nodePort?: number
  readonly local: boolean
  /** Of an internal one: the frontend's address, in the node subnet. */
  readonly address?: string
}

/** An Ingress of the application gateway's class. */
export interface Ingress {
  readonly namespace: string
  readonly name: string
  /** The Service of its backend. */
  readonly service: string
  readonly tls: boolean
  /** The annotation `appgw.ingress.kubernetes.io/use-private-ip`. */
  readonly usesPrivate: boolean
}
