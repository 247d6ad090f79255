/** An Azure Firewall with its policy. */
export interface Firewall {
  readonly vnet: string
  /** AzureFirewallSubnet. */
  readonly prefix: string
  readonly address: string
  readonly groups: readonly RuleGroup[]
  /** Rules of the parent policy. */
  readonly parent: readonly RuleGroup[]
  /** Whether it answers queries for names. */
  readonly dnsProxy: boolean
  /** `never`: private ranges of 0.0.0.0/0; `always`: of 255.255.255.255/32. */
  readonly snat: 'default' | 'never' | 'always'
  readonly ipGroups: readonly IpGroup[]
}

export interface IpGroup {
  readonly name: string
  readonly addresses: readonly string[]
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
  /** Empty where there is a group. */
  readonly sources: readonly string[]
  readonly sourceGroup?: string
  /** Empty where there are a group or names. */
  readonly destinations: readonly string[]
  readonly destinationGroup?: string
  readonly destinationNames?: readonly string[]
  readonly protocols: readonly ('TCP' | 'UDP' | 'Any')[]
  readonly ports: readonly string[]
}

export interface ApplicationRule {
  readonly sources: readonly string[]
  readonly sourceGroup?: string
  /** Empty where there is a tag. */
  readonly names: readonly string[]
  /** The tag of what AKS needs. */
  readonly tag?: 'AzureKubernetesService'
  readonly protocols: readonly { readonly type: 'Http' | 'Https'; readonly port: number }[]
}

/** From the firewall's public address to `address`. */
export interface DnatRule {
  readonly sources: readonly string[]
  readonly port: number
  readonly address: string
  readonly translatedPort: number
}
