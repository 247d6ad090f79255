import type { Dice } from './dice.ts'
import { CIDRS_INSIDE, CIDRS_V6, OUTSIDE_CIDRS, PRIVATE_CIDRS, TAGS } from './random-ranges.ts'
import type { AdminCollection, Nsg, NsgRule, Peering, Route, RouteTable, Subnet, Vnet } from './state.ts'

/** What decides the shape of a random network. */
export interface Plan {
  readonly vnets: readonly ('hub' | 'far')[]
  readonly clusterVnet: 'hub' | 'far'
  readonly firewallVnet: 'hub' | 'far' | undefined
  readonly gatewayVnet: 'hub' | 'far' | undefined
  readonly isDual: boolean
  /** Application security groups, whose members and rules are all in the cluster's network. */
  readonly groups: readonly string[]
  /** Written with an API version whose subnets are private. */
  readonly isPrivate: boolean
}

export function randomGroups(dice: Dice, { isDual, groups }: Plan): readonly Nsg[] {
  const plain = dice.times(
    dice.below(3),
    (index): Nsg => ({
      name: `nsg${index}`,
      rules: randomRules(dice).map((rule) => (isDual && dice.chance(0.3) ? toV6(rule, dice) : rule)),
    }),
  )
  if (groups.length === 0) return plain
  return [...plain, { name: MEMBERS_NSG, rules: randomRules(dice).map((rule) => withGroups(rule, dice, groups)) }]
}

/** The NSG whose rules name application security groups. */
const MEMBERS_NSG = 'nsg-members'

/** The NSGs that may stand in a network. */
export function groupsFor({ clusterVnet }: Plan, nsgs: readonly Nsg[], vnet: string): readonly Nsg[] {
  return nsgs.filter(({ name }) => name !== MEMBERS_NSG || vnet === clusterVnet)
}

function randomRules(dice: Dice): readonly NsgRule[] {
  const used = new Set<string>()
  return dice.times(dice.below(7), (): NsgRule => {
    const direction = dice.one(['Inbound', 'Outbound'] as const)
    const anything = ['*', '*', 'VirtualNetwork', '0.0.0.0/0']
    const inner = (): readonly string[] =>
      dice.chance(0.5)
        ? [dice.one(anything)]
        : [dice.one([...CIDRS_INSIDE, ...CIDRS_INSIDE, ...PRIVATE_CIDRS]), ...dice.some(CIDRS_INSIDE, 1)]
    const outer = (): readonly string[] =>
      dice.chance(0.4)
        ? inner()
        : dice.chance(0.5)
          ? [dice.one(['Internet', 'Internet', 'AzureLoadBalancer', ...TAGS])]
          : [dice.one(OUTSIDE_CIDRS)]
    let priority = 100 + dice.below(300) * 10
    while (used.has(`${direction}${priority}`)) priority++
    used.add(`${direction}${priority}`)
    const platform = direction === 'Outbound' && dice.chance(0.08)
    return {
      direction,
      priority,
      access: platform || dice.chance(0.5) ? 'Deny' : 'Allow',
      protocol: dice.one(['*', '*', 'Tcp', 'Udp']),
      sources: platform ? ['*'] : direction === 'Inbound' ? outer() : inner(),
      destinations: platform
        ? [dice.one(['AzurePlatformIMDS', 'AzurePlatformDNS'])]
        : direction === 'Outbound'
          ? outer()
          : inner(),
      ports: dice.one([['*'], ['*'], ['443'], ['22', '80-90'], ['8080', '443'], ['53']]),
    }
  })
}

/** The same rule for IPv6: no rule holds prefixes of both families. */
function toV6(rule: NsgRule, dice: Dice): NsgRule {
  const isV4 = (prefix: string) => /^\d/.test(prefix)
  const other = (prefixes: readonly string[]) => (prefixes.some(isV4) ? [dice.one(CIDRS_V6)] : prefixes)
  return { ...rule, sources: other(rule.sources), destinations: other(rule.destinations) }
}

/** Groups stand in place of prefixes. */
function withGroups(rule: NsgRule, dice: Dice, groups: readonly string[]): NsgRule {
  const named = [dice.one(groups), ...dice.some(groups, 1)].filter((name, index, all) => all.indexOf(name) === index)
  switch (dice.below(3)) {
    case 0:
      return { ...rule, sources: [], sourceGroups: named }
    case 1:
      return { ...rule, destinations: [], destinationGroups: named }
    default:
      return rule
  }
}

/** Of Virtual Network Manager: over both networks, or one of them each. */
export function randomAdminRules(dice: Dice, { vnets }: Plan): readonly AdminCollection[] {
  const used = new Set<number>()
  const collections = dice.chance(0.5) ? [vnets] : vnets.map((vnet) => [vnet])
  return collections.map((members) => ({
    vnets: members,
    rules: randomRules(dice)
      .slice(0, 3)
      .filter(({ destinations, sources }) => ![...destinations, ...sources].some((text) => /Platform/.test(text)))
      .map((rule) => {
        let { priority } = rule
        while (used.has(priority)) priority++
        used.add(priority)
        return { ...rule, priority, access: dice.one(['Allow', 'AlwaysAllow', 'Deny', 'Deny'] as const) }
      }),
  }))
}

export function randomRouteTables(dice: Dice, { firewallVnet, isDual }: Plan): readonly RouteTable[] {
  if (!dice.chance(0.6)) return []
  return [
    { name: 'routes', routes: [...randomRoutes(dice, firewallVnet !== undefined), ...(isDual ? routesV6(dice) : [])] },
  ]
}

function routesV6(dice: Dice): readonly Route[] {
  const hops = ['None', 'Internet'] as const
  return dice
    .some(['::/0', '2001:db8::/32', 'fd00:1:0:1::/64', 'fd00:2:0:2::/64'], 2)
    .map((prefix) => ({ prefix, hop: dice.one(hops) }))
}

function randomRoutes(dice: Dice, hasFirewall: boolean): readonly Route[] {
  const appliance = (prefix: string): Route =>
    hasFirewall ? { prefix, hop: 'VirtualAppliance', appliance: 'firewall' } : { prefix, hop: 'None' }
  const routes: Route[] = []
  if (dice.chance(0.6)) {
    routes.push(
      dice.chance(0.15)
        ? { prefix: '0.0.0.0/0', hop: 'Internet' }
        : dice.chance(0.1)
          ? { prefix: '0.0.0.0/0', hop: 'None' }
          : appliance('0.0.0.0/0'),
    )
  }
  const options: readonly (() => Route)[] = [
    () => ({ prefix: dice.one(OUTSIDE_CIDRS), hop: dice.one(['None', 'Internet']) }),
    () => appliance(dice.one(['203.0.113.0/25', '10.2.0.0/16', '10.1.0.0/16', '10.9.0.0/16', '10.2.0.0/24'])),
    () => ({ prefix: dice.one(['10.1.1.0/24', '10.2.0.0/24', '192.168.0.0/16']), hop: 'None' }),
    () => ({
      prefix: dice.one(['Storage', 'Storage.WestEurope', 'AzureCloud', 'AzureCloud.WestEurope', 'AzureKeyVault']),
      hop: dice.one(['Internet', 'None']),
    }),
  ]
  for (let count = dice.below(4); count > 0; count--) routes.push(dice.one(options)())
  return routes.filter(({ prefix }, index) => routes.findIndex((route) => route.prefix === prefix) === index)
}

/** Networks of one to three subnets, and one for the application gateway. */
export function randomVnets(
  dice: Dice,
  plan: Plan,
  nsgs: readonly Nsg[],
  routeTables: readonly RouteTable[],
): readonly Vnet[] {
  const { clusterVnet, gatewayVnet, isDual, isPrivate } = plan
  const subnet = (vnet: string, name: string, third: number): Subnet => {
    const own = groupsFor(plan, nsgs, vnet)
    const nsg = dice.chance(0.6) && own.length > 0 ? dice.one(own).name : undefined
    const table = routeTables.length > 0 && dice.chance(0.6) ? 'routes' : undefined
    const defaultOutbound = dice.one([undefined, undefined, true, false, false])
    return {
      name: `${vnet}-${name}`,
      prefix: `10.${numberOf(vnet)}.${third}.0/24`,
      ...(isDual && vnet === clusterVnet && { prefix6: `fd00:${numberOf(vnet)}:0:${third}::/64` }),
      ...(nsg !== undefined && { nsg }),
      ...(table !== undefined && { routeTable: table }),
      nat: vnet === clusterVnet && dice.chance(0.25),
      serviceEndpoints: dice.some(['AzureKeyVault', 'Storage'], 1).filter(() => dice.chance(0.5)),
      ...(defaultOutbound !== undefined && { defaultOutbound }),
      endpointPolicies:
        third === 2
          ? dice.one(['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled'])
          : 'Disabled',
    }
  }
  return plan.vnets.map((name): Vnet => {
    const count = name === clusterVnet ? 3 : 1 + dice.below(3)
    return {
      name,
      space: `10.${numberOf(name)}.0.0/16`,
      ...(isDual && name === clusterVnet && { space6: `fd00:${numberOf(name)}::/48` }),
      subnets: [
        ...dice.times(count, (index) => subnet(name, `${index}`, index)),
        ...(gatewayVnet === name ? [subnet(name, 'gw', 4)] : []),
      ],
      dnsServers: [],
      ...(isPrivate && { isPrivate }),
    }
  })
}

/** The second number of the addresses of a network. */
export function numberOf(vnet: string): number {
  return vnet === 'hub' ? 1 : 2
}

export function randomPeerings(dice: Dice, { vnets }: Plan): readonly Peering[] {
  if (vnets.length < 2) return []
  return [
    ['hub', 'far'],
    ['far', 'hub'],
  ].flatMap(([from, to]): readonly Peering[] =>
    dice.chance(0.85) ? [{ from: from!, to: to!, access: dice.chance(0.9), forwarded: dice.chance(0.6) }] : [],
  )
}
