import { both, type Truth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import { knownValue } from '../../model/azure/prop.ts'
import type { AdminRule } from '../../model/azure/security-group.ts'
import type { Subnet, VirtualNetwork } from '../../model/azure/virtual-network.ts'
import type { Step } from '../azure/outcome.ts'
import { type FabricPacket, type FilterRule, matchesRule, type TagScope, toFilterRule } from './nsg.ts'

/** What the rules of Virtual Network Manager say before any NSG is asked. */
export interface AdminJudgement {
  /** Absent where no rule matches. */
  readonly step?: Step
  /** `AlwaysAllow`: the NSGs are not asked. */
  readonly skipsGroups: Truth
}

interface CompiledAdminRule {
  readonly rule: FilterRule
  readonly source: AdminRule
}

const COMPILED = new WeakMap<AzureNetwork, readonly CompiledAdminRule[]>()

function compiledRules(azure: AzureNetwork): readonly CompiledAdminRule[] {
  const made = COMPILED.get(azure)
  if (made !== undefined) return made
  const rules = azure.adminRules.map((source) => ({ rule: toFilterRule(azure, source), source }))
  COMPILED.set(azure, rules)
  return rules
}

/** Where a host stands. */
interface Governed {
  readonly network: VirtualNetwork | undefined
  readonly subnet: Subnet | undefined
}

/** Subnets of Azure's own appliances, by the names that they must have. */
const EXEMPT_NAMES: ReadonlySet<string> = new Set([
  'azurefirewallsubnet',
  'azurefirewallmanagementsubnet',
  'azurebastionsubnet',
  'gatewaysubnet',
  'routeserversubnet',
])

const GATEWAY_SUBNETS = new WeakMap<AzureNetwork, ReadonlySet<Subnet | undefined>>()

/**
 * Subnets of application gateways, firewalls, Bastion, route servers and network gateways take no part.
 * Source: learn.microsoft.com/azure/virtual-network-manager/concept-security-admins#nonapplication-of-security-admin-rules
 */
function isExempt(azure: AzureNetwork, subnet: Subnet | undefined): boolean {
  if (subnet === undefined || azure.adminRules.length === 0) return false
  let gateways = GATEWAY_SUBNETS.get(azure)
  if (gateways === undefined) {
    gateways = new Set(azure.applicationGateways.all.map((gateway) => azure.subnets.of(gateway.subnet)))
    GATEWAY_SUBNETS.set(azure, gateways)
  }
  return gateways.has(subnet) || EXEMPT_NAMES.has(knownValue(subnet.object.name)?.toLowerCase() ?? '')
}

/**
 * Judges a packet at one network: the first rule that matches decides. `Allow` hands on to the NSGs.
 *
 * Source: learn.microsoft.com/azure/virtual-network-manager/concept-security-admins
 */
export function judgeAdminRules(
  azure: AzureNetwork,
  { network, subnet }: Governed,
  direction: 'Inbound' | 'Outbound',
  packet: FabricPacket,
  scope: TagScope,
): AdminJudgement {
  let denied: Truth = 'no'
  let skips: Truth = 'no'
  let open: Truth = 'yes'
  let told: Step | undefined
  const rules = network === undefined || isExempt(azure, subnet) ? [] : compiledRules(azure)
  for (const { rule, source } of rules) {
    if (rule.direction !== undefined && rule.direction !== direction) continue
    const match = both(
      both(appliesTo(azure, source, network!), matchesRule(rule, packet, scope)),
      source.deployed === 'yes' ? 'yes' : 'maybe',
    )
    if (match === 'no') continue
    const reached = both(open, match)
    if (rule.access === 'Deny' || rule.access === undefined)
      denied = worse(denied, rule.access === undefined ? 'maybe' : reached)
    if (rule.access === 'AlwaysAllow') skips = worse(skips, reached)
    told ??= {
      layer: 'security-admin',
      answer: 'allowed',
      rule: `${labelOf(source.object)}: admin rule ${rule.name} (${rule.priority}), ${rule.access ?? 'unknown action'}`,
      resource: source.object.resource,
      ...(rule.origin && { origin: rule.origin }),
    }
    if (match === 'yes') break
    open = 'maybe'
  }
  if (told === undefined) return { skipsGroups: 'no' }
  return {
    step: { ...told, answer: denied === 'yes' ? 'denied' : denied === 'maybe' ? 'unknown' : 'allowed' },
    skipsGroups: skips,
  }
}

function worse(a: Truth, b: Truth): Truth {
  if (a === 'yes' || b === 'yes') return 'yes'
  return a === 'maybe' || b === 'maybe' ? 'maybe' : 'no'
}

function appliesTo(azure: AzureNetwork, { networks, networksComplete }: AdminRule, network: VirtualNetwork): Truth {
  if (networks.some((link) => azure.virtualNetworks.of(link) === network)) return 'yes'
  return networksComplete ? 'no' : 'maybe'
}

/** The rules that hold at a network in one direction, by priority; those that only may hold are marked so. */
export function adminFilterRules(
  azure: AzureNetwork,
  { network, subnet }: Governed,
  direction: 'Inbound' | 'Outbound',
): readonly FilterRule[] {
  if (network === undefined || isExempt(azure, subnet)) return []
  return compiledRules(azure).flatMap(({ rule, source }) => {
    const applies = both(appliesTo(azure, source, network), source.deployed === 'yes' ? 'yes' : 'maybe')
    if (applies === 'no' || (rule.direction !== undefined && rule.direction !== direction)) return []
    return [{ ...rule, present: both(rule.present, applies) }]
  })
}
