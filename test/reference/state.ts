/**
 * A small state as plain data: what the reference evaluator walks and what the writers turn into source text.
 *
 * Addresses are text, of either family. Absent optional fields mean what the platform makes of an absent property.
 */
export interface State {
  /** Manifests without Azure code: nothing is known of the network around the cluster. */
  readonly alone?: true
  readonly vnets: readonly Vnet[]
  readonly nsgs: readonly Nsg[]
  readonly routeTables: readonly RouteTable[]
  readonly peerings: readonly Peering[]
  readonly firewall?: Firewall
  readonly cluster: Cluster
  readonly namespaces: readonly { readonly name: string; readonly labels: Labels }[]
  readonly pods: readonly Pod[]
  readonly policies: readonly Policy[]
  readonly services: readonly Service[]
  /** Ways in of trees of people; random states have none. */
  readonly entries?: readonly Entry[]
  readonly vaults: readonly Vault[]
  readonly endpoints: readonly Endpoint[]
  /** The private zone of Key Vault, where the tree has it. */
  readonly zone?: { readonly links: readonly string[] }
}

export type Labels = Readonly<Record<string, string>>

export interface Vnet {
  readonly name: string
  readonly space: string
  /** Its IPv6 range, where it has both families. */
  readonly space6?: string
  readonly subnets: readonly Subnet[]
}

export interface Subnet {
  readonly name: string
  readonly prefix: string
  readonly prefix6?: string
  readonly nsg?: string
  readonly routeTable?: string
  /** A NAT gateway with a public address of its own. */
  readonly nat: boolean
  readonly keyVaultEndpoint: boolean
  /** Tags of services that it has other service endpoints for. */
  readonly otherEndpoints?: readonly string[]
  /** False: a private subnet. */
  readonly defaultOutbound: boolean
  readonly endpointPolicies: 'Disabled' | 'Enabled' | 'NetworkSecurityGroupEnabled' | 'RouteTableEnabled'
}

export interface Nsg {
  readonly name: string
  readonly rules: readonly NsgRule[]
}

export interface NsgRule {
  readonly direction: 'Inbound' | 'Outbound'
  readonly priority: number
  readonly access: 'Allow' | 'Deny'
  readonly protocol: '*' | 'Tcp' | 'Udp'
  /** `*`, a tag or CIDRs. */
  readonly sources: readonly string[]
  readonly destinations: readonly string[]
  /** `*`, `n` or `n-m`. */
  readonly ports: readonly string[]
}

export interface RouteTable {
  readonly name: string
  readonly routes: readonly Route[]
}

export interface Route {
  /** A CIDR or a service tag. */
  readonly prefix: string
  readonly hop: 'VirtualAppliance' | 'Internet' | 'None' | 'VnetLocal'
  /** Of an appliance: the firewall, or an address where nothing forwards. */
  readonly appliance?: 'firewall'
}

/** One half: what `from` says of `to`. */
export interface Peering {
  readonly from: string
  readonly to: string
  readonly access: boolean
  readonly forwarded: boolean
}

export interface Firewall {
  readonly vnet: string
  /** AzureFirewallSubnet. */
  readonly prefix: string
  readonly address: string
  readonly groups: readonly RuleGroup[]
  /** Rules of the parent policy. */
  readonly parent: readonly RuleGroup[]
}

export interface RuleGroup {
  readonly priority: number
  readonly collections: readonly Collection[]
}

export type Collection =
  | {
      readonly kind: 'network'
      readonly priority: number
      readonly action: 'Allow' | 'Deny'
      readonly rules: readonly NetworkRule[]
    }
  | {
      readonly kind: 'application'
      readonly priority: number
      readonly action: 'Allow' | 'Deny'
      readonly rules: readonly ApplicationRule[]
    }
  | { readonly kind: 'dnat'; readonly priority: number; readonly rules: readonly DnatRule[] }

export interface NetworkRule {
  readonly sources: readonly string[]
  readonly destinations: readonly string[]
  readonly protocols: readonly ('TCP' | 'UDP' | 'Any')[]
  readonly ports: readonly string[]
}

export interface ApplicationRule {
  readonly sources: readonly string[]
  readonly names: readonly string[]
  readonly protocols: readonly { readonly type: 'Http' | 'Https'; readonly port: number }[]
}

/** From the firewall's public address to `address`. */
export interface DnatRule {
  readonly sources: readonly string[]
  readonly port: number
  readonly address: string
  readonly translatedPort: number
}

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
  readonly ports: readonly { readonly protocol: 'TCP' | 'UDP'; readonly port?: number; readonly endPort?: number }[]
}

export type PolicyPeer =
  | { readonly cidr: string; readonly except: readonly string[] }
  | { readonly pods?: Labels; readonly namespaces?: Labels }

export interface Service {
  readonly namespace: string
  readonly name: string
  readonly selector: Labels
  readonly port: number
  /** Of the pod, where it is another. */
  readonly targetPort?: number
  readonly kind: 'public' | 'internal'
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

/** A Key Vault. Its IP rules are CIDRs, `nat` or `firewall`: the public address of that. */
export interface Vault {
  readonly name: string
  readonly publicAccess: boolean
  readonly defaultAction: 'Allow' | 'Deny'
  readonly ipRules: readonly string[]
  readonly subnets: readonly { readonly vnet: string; readonly subnet: string }[]
}

/** An approved private endpoint of a vault; it has a record in the zone where there is one. */
export interface Endpoint {
  readonly vault: string
  readonly vnet: string
  readonly subnet: string
}

export interface Question {
  readonly from: string
  readonly to: string
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
}
