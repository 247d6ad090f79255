import type { AdminPolicy, Cluster, Entry, Ingress, Labels, Pod, Policy, Service } from './cluster-state.ts'
import type { Firewall } from './firewall-state.ts'

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
  /** Machines with a card of their own. */
  readonly machines: readonly Machine[]
  /** A public load balancer whose pool holds the machines that say so; `outbound`: with an outbound rule. */
  readonly balancer?: { readonly outbound: boolean }
  readonly gateway?: Gateway
  /** Of Azure Virtual Network Manager; nobody knows whether rules hold that no deployment of the tree commits. */
  readonly adminRules?: { readonly deployed: boolean; readonly collections: readonly AdminCollection[] }
  /** Names of application security groups. */
  readonly groups: readonly string[]
  readonly firewall?: Firewall
  readonly cluster: Cluster
  readonly namespaces: readonly { readonly name: string; readonly labels: Labels }[]
  readonly pods: readonly Pod[]
  readonly policies: readonly Policy[]
  readonly adminPolicies: readonly AdminPolicy[]
  readonly services: readonly Service[]
  readonly ingresses: readonly Ingress[]
  /** Ways in of trees of people; random states have none. */
  readonly entries?: readonly Entry[]
  readonly paas: readonly Paas[]
  readonly endpoints: readonly Endpoint[]
  readonly zones: readonly Zone[]
}

export interface Vnet {
  readonly name: string
  readonly space: string
  /** Its IPv6 range, where it has both families. */
  readonly space6?: string
  readonly subnets: readonly Subnet[]
  /** Addresses; none: Azure's own. */
  readonly dnsServers: readonly string[]
  /** Written with an API version of which subnets are private where nothing else is said (§1.3). */
  readonly isPrivate?: true
}

export interface Subnet {
  readonly name: string
  readonly prefix: string
  readonly prefix6?: string
  readonly nsg?: string
  readonly routeTable?: string
  /** A NAT gateway with a public address of its own. */
  readonly nat: boolean
  /** Tags of the services that it has service endpoints for. */
  readonly serviceEndpoints: readonly string[]
  /** False: a private subnet. Absent: as the network says. */
  readonly defaultOutbound?: boolean
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
  /** `*`, a tag or CIDRs; empty where there are groups. */
  readonly sources: readonly string[]
  readonly destinations: readonly string[]
  readonly sourceGroups?: readonly string[]
  readonly destinationGroups?: readonly string[]
  /** `*`, `n` or `n-m`. */
  readonly ports: readonly string[]
}

/** Rules that hold in some networks before any NSG is asked. */
export interface AdminCollection {
  readonly vnets: readonly string[]
  readonly rules: readonly (Omit<NsgRule, 'access'> & { readonly access: 'Allow' | 'AlwaysAllow' | 'Deny' })[]
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

export interface Machine {
  readonly name: string
  readonly vnet: string
  readonly subnet: string
  readonly address: string
  /** Of its card. */
  readonly nsg?: string
  readonly groups: readonly string[]
  readonly publicIp: boolean
  readonly balanced: boolean
}

/** An application gateway in a subnet of its own. */
export interface Gateway {
  readonly vnet: string
  readonly subnet: string
  readonly isPublic: boolean
  readonly privateAddress?: string
  readonly waf: 'none' | 'Prevention' | 'Detection' | 'disabled'
  readonly listeners: readonly GatewayListener[]
}

export interface GatewayListener {
  readonly port: number
  readonly isPublic: boolean
  /** Addresses of its pool; empty where the cluster's controller fills it. */
  readonly backends: readonly string[]
}

/** A service with a public name. Its IP rules are CIDRs, or `nat`, `firewall`, `balancer`: the public address of that. */
export interface Paas {
  readonly kind: 'vault' | 'storage' | 'sql'
  readonly name: string
  readonly publicAccess: boolean
  /** A database server has none: it is `Deny`. */
  readonly defaultAction: 'Allow' | 'Deny'
  readonly ipRules: readonly string[]
  /** A database server's rule for every address of Azure. */
  readonly admitsAzure: boolean
  readonly subnets: readonly { readonly vnet: string; readonly subnet: string }[]
  /** A network security perimeter of unknown rules decides, or only takes notes. */
  readonly perimeter?: 'Enforced' | 'Learning'
}

/** A private endpoint of a service. */
export interface Endpoint {
  readonly service: string
  readonly vnet: string
  readonly subnet: string
  /** Absent: any address of its subnet. */
  readonly address?: string
  /** Whether it has a record in the zone of its kind, where there is one. */
  readonly recorded: boolean
  /** Whether somebody has to approve it. */
  readonly manual: boolean
  readonly groups: readonly string[]
}

/** The private zone of a kind of services. */
export interface Zone {
  readonly kind: Paas['kind']
  /** `fallsBack`: what has no record is asked for outside. */
  readonly links: readonly { readonly vnet: string; readonly fallsBack: boolean }[]
}

export interface Question {
  readonly from: string
  readonly to: string
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
}
