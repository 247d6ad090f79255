import type { Policy, Pool } from './cluster-state.ts'
import { type Dice, diceOf } from './dice.ts'
import type { Collection, Firewall, RuleGroup } from './firewall-state.ts'
import type { NsgRule, Peering, State, Subnet } from './state.ts'

/** A state as a pull request leaves it: one to three changes of the kind that people make; the same seed makes the same. */
export function mutateState(state: State, seed: number): State {
  const dice = diceOf(seed ^ 0x2545f491)
  let head = state
  for (let left = 1 + dice.below(3); left > 0; left--) head = dice.one(CHANGES)(head, dice)
  return head
}

type Change = (state: State, dice: Dice) => State

const CHANGES: readonly Change[] = [
  // Policies.
  (state, dice) => ({ ...state, policies: without(state.policies, dice) }),
  (state, dice) => ({ ...state, policies: changed(state.policies, dice, (policy) => widenPolicy(policy, dice)) }),
  (state, dice) => ({ ...state, policies: changed(state.policies, dice, (policy) => widenPolicy(policy, dice)) }),
  // Security groups and where they are.
  (state, dice) => withRules(state, dice, (rules) => without(rules, dice)),
  (state, dice) => withRules(state, dice, (rules) => changed(rules, dice, (rule) => widenRule(rule, dice))),
  (state, dice) => withRules(state, dice, (rules) => changed(rules, dice, (rule) => widenRule(rule, dice))),
  (state, dice) => withSubnet(state, dice, ({ nsg: _, ...subnet }) => subnet),
  // Routes and ways out.
  (state, dice) => withSubnet(state, dice, ({ routeTable: _, ...subnet }) => subnet),
  (state, dice) => withRoutes(state, dice),
  (state, dice) => withRoutes(state, dice),
  (state, dice) => withSubnet(state, dice, (subnet) => ({ ...subnet, nat: !subnet.nat })),
  (state, dice) =>
    withSubnet(state, dice, (subnet) => ({ ...subnet, defaultOutbound: subnet.defaultOutbound === false })),
  (state, dice) =>
    withSubnet(state, dice, (subnet) => ({
      ...subnet,
      serviceEndpoints: subnet.serviceEndpoints.length > 0 ? [] : ['AzureKeyVault'],
    })),
  // Peerings.
  (state, dice) => ({ ...state, peerings: without(state.peerings, dice) }),
  (state) => ({ ...state, peerings: bothHalves(state) }),
  // The firewall.
  (state, dice) => withFirewall(state, (firewall) => widenFirewall(firewall, dice)),
  (state, dice) => withFirewall(state, (firewall) => widenFirewall(firewall, dice)),
  // Ways in.
  (state, dice) => ({
    ...state,
    services: changed(state.services, dice, ({ address: _, ...service }) => ({ ...service, kind: 'public' })),
  }),
  (state, dice) => ({
    ...state,
    services: changed(state.services, dice, (service) => ({ ...service, sourceRanges: [], allowedRanges: [] })),
  }),
  (state, dice) => withPool(state, dice, (pool) => ({ ...pool, publicIps: pool.podSubnet === undefined })),
  (state, dice) => withPool(state, dice, (pool) => ({ ...pool, allowedHostPorts: [dice.one([22, 8080])] })),
  // The cluster.
  (state, dice) => ({
    ...state,
    pods: changed(state.pods, dice, (pod) => ({ ...pod, hostNetwork: !pod.hostNetwork })),
  }),
  (state) => ({ ...state, cluster: { ...state.cluster, api: { private: false, authorized: [] } } }),
  (state, dice) => ({
    ...state,
    cluster: { ...state.cluster, outbound: dice.one(['loadBalancer', 'userDefinedRouting', 'none']) },
  }),
  // Services.
  (state, dice) => ({
    ...state,
    paas: changed(state.paas, dice, (service) =>
      dice.chance(0.5) || service.kind === 'sql'
        ? { ...service, publicAccess: true }
        : { ...service, defaultAction: 'Allow' },
    ),
  }),
  (state) => ({ ...state, zones: state.zones.map((zone) => ({ ...zone, links: [] })) }),
]

function without<T>(items: readonly T[], dice: Dice): readonly T[] {
  const gone = dice.below(items.length)
  return items.filter((_, index) => index !== gone)
}

function changed<T>(items: readonly T[], dice: Dice, change: (item: T) => T): readonly T[] {
  const chosen = dice.below(items.length)
  return items.map((item, index) => (index === chosen ? change(item) : item))
}

function widenPolicy(policy: Policy, dice: Dice): Policy {
  const field = dice.one(['ingress', 'egress'] as const)
  switch (dice.below(3)) {
    case 0:
      return { ...policy, types: policy.types.length > 1 ? [dice.one(policy.types)] : policy.types }
    case 1:
      return { ...policy, [field]: [...policy[field], { peers: [{ cidr: '0.0.0.0/0', except: [] }], ports: [] }] }
    default:
      return { ...policy, [field]: policy[field].map((rule) => ({ ...rule, peers: [] })) }
  }
}

function withRules(state: State, dice: Dice, change: (rules: readonly NsgRule[]) => readonly NsgRule[]): State {
  return { ...state, nsgs: changed(state.nsgs, dice, (nsg) => ({ ...nsg, rules: change(nsg.rules) })) }
}

function widenRule(rule: NsgRule, dice: Dice): NsgRule {
  switch (dice.below(4)) {
    case 0:
      return { ...rule, access: 'Allow' }
    case 1:
      return { ...rule, [rule.direction === 'Inbound' ? 'sources' : 'destinations']: ['*'] }
    case 2:
      return { ...rule, ports: ['*'] }
    default:
      return { ...rule, access: 'Allow', sources: ['*'], ports: [dice.one(['22', '8080'])] }
  }
}

function withSubnet(state: State, dice: Dice, change: (subnet: Subnet) => Subnet): State {
  const vnets = changed(state.vnets, dice, (vnet) => ({ ...vnet, subnets: changed(vnet.subnets, dice, change) }))
  return {
    ...state,
    vnets: vnets.some(({ subnets }) => subnets.some(({ nat }) => nat)) ? vnets : keepNat(state, vnets),
  }
}

/** The rules of services that name the gateway's address go with the gateway. */
function keepNat(state: State, vnets: State['vnets']): State['vnets'] {
  return state.paas.some(({ ipRules }) => ipRules.includes('nat')) ? state.vnets : vnets
}

function withRoutes(state: State, dice: Dice): State {
  const open = { prefix: dice.one(['203.0.113.0/25', '0.0.0.0/0', 'AzureCloud']), hop: 'Internet' } as const
  return {
    ...state,
    routeTables: state.routeTables.map((table) => ({
      ...table,
      routes: dice.chance(0.5)
        ? without(table.routes, dice)
        : [...table.routes.filter(({ prefix }) => prefix !== open.prefix), open],
    })),
  }
}

function bothHalves({ vnets, peerings }: State): readonly Peering[] {
  if (vnets.length < 2) return peerings
  return [
    { from: 'hub', to: 'far', access: true, forwarded: true },
    { from: 'far', to: 'hub', access: true, forwarded: true },
  ]
}

function withFirewall(state: State, change: (firewall: Firewall) => Firewall): State {
  return state.firewall === undefined ? state : { ...state, firewall: change(state.firewall) }
}

function widenFirewall(firewall: Firewall, dice: Dice): Firewall {
  const group = (one: RuleGroup): RuleGroup => ({
    ...one,
    collections: changed(one.collections, dice, (each) => widenCollection(each, dice)),
  })
  return { ...firewall, groups: changed(firewall.groups, dice, group) }
}

function widenCollection(collection: Collection, dice: Dice): Collection {
  switch (collection.kind) {
    case 'network':
      return dice.chance(0.5)
        ? { ...collection, action: 'Allow' }
        : { ...collection, rules: collection.rules.map((rule) => ({ ...rule, destinations: ['*'] })) }
    case 'application':
      return dice.chance(0.5)
        ? { ...collection, action: 'Allow' }
        : { ...collection, rules: collection.rules.map((rule) => ({ ...rule, names: ['*'] })) }
    case 'dnat':
      return { ...collection, rules: collection.rules.map((rule) => ({ ...rule, sources: ['*'] })) }
  }
}

function withPool(state: State, dice: Dice, change: (pool: Pool) => Pool): State {
  return { ...state, cluster: { ...state.cluster, pools: changed(state.cluster.pools, dice, change) } }
}
