import type { Cluster, Service } from './cluster-state.ts'
import type { Dice } from './dice.ts'
import type { Firewall } from './firewall-state.ts'
import { groupsFor, numberOf, type Plan } from './random-network.ts'
import { OUTSIDE } from './random-ranges.ts'
import type { Endpoint, Gateway, GatewayListener, Machine, Nsg, State, Vnet } from './state.ts'

/** Machines with cards of their own, in subnets that are not for pods, endpoints or the gateway alone. */
export function randomMachines(
  dice: Dice,
  plan: Plan,
  { vnets, nsgs, cluster, endpoints }: Pick<State, 'vnets' | 'nsgs' | 'cluster' | 'endpoints'>,
): readonly Machine[] {
  const isTaken = (name: string) =>
    name.endsWith('-gw') ||
    endpoints.some(({ subnet }) => subnet === name) ||
    cluster.pools.some(({ podSubnet }) => podSubnet === name)
  const homes = vnets.flatMap(({ name, subnets }) =>
    subnets.filter((subnet) => !isTaken(subnet.name)).map((subnet) => ({ vnet: name, subnet })),
  )
  return dice.times(dice.chance(0.5) ? 1 + dice.below(2) : 0, (index): Machine => {
    const { vnet, subnet } = dice.one(homes)
    const own: readonly Nsg[] = groupsFor(plan, nsgs, vnet)
    return {
      name: `vm${index}`,
      vnet,
      subnet: subnet.name,
      address: subnet.prefix.replace('.0/24', `.${20 + index}`),
      ...(own.length > 0 && dice.chance(0.5) && { nsg: dice.one(own).name }),
      groups: vnet === plan.clusterVnet ? dice.some(plan.groups, 2) : [],
      publicIp: dice.chance(0.3),
      balanced: dice.chance(0.4),
    }
  })
}

/** The application gateway; with Ingresses the cluster's controller owns its listeners. */
export function randomGateway(dice: Dice, vnet: string, services: readonly Service[], isSteered: boolean): Gateway {
  const isPublic = dice.chance(0.8)
  const addresses = services.flatMap(({ address }) => address ?? [])
  const listeners = dice.times(
    1 + dice.below(2),
    (index): GatewayListener => ({
      port: [80, 443][index]!,
      isPublic: isPublic && dice.chance(0.7),
      backends: isSteered || addresses.length === 0 ? [] : [dice.one(addresses)],
    }),
  )
  const needsPrivate = !isPublic || listeners.some((listener) => !listener.isPublic) || dice.chance(0.4)
  return {
    vnet,
    subnet: `${vnet}-gw`,
    isPublic,
    ...(needsPrivate && { privateAddress: `10.${numberOf(vnet)}.4.10` }),
    waf: dice.one(['none', 'Prevention', 'Detection', 'disabled']),
    listeners,
  }
}

/** DNS servers: Azure's own by its address, the firewall, a machine, somebody outside, or nobody. */
export function withDnsServers(
  dice: Dice,
  vnets: readonly Vnet[],
  { firewall, machines, cluster }: Pick<State, 'firewall' | 'machines' | 'cluster'>,
): readonly Vnet[] {
  // A server with both families would be asked over either.
  if (cluster.podCidr6 !== undefined && !(firewall?.dnsProxy && hasNames(firewall))) return vnets
  const servers = [
    '168.63.129.16',
    ...(firewall === undefined ? [] : [firewall.address, firewall.address]),
    ...machines.map(({ address }) => address),
    OUTSIDE[0],
    '10.9.0.53',
  ]
  // Names in network rules hold for clients of the proxy; what others resolve is not known (§4.3), which the engine does not tell.
  if (firewall?.dnsProxy && hasNames(firewall))
    return vnets.map((vnet) => ({ ...vnet, dnsServers: [firewall.address] }))
  return vnets.map((vnet) => ({ ...vnet, dnsServers: dice.chance(0.25) ? dice.some(servers, 2) : [] }))
}

/** Whether a network rule of the firewall is about names. */
function hasNames({ groups, parent }: Firewall): boolean {
  return [...groups, ...parent]
    .flatMap(({ collections }) => collections)
    .some((one) => one.kind === 'network' && one.rules.some(({ destinationNames }) => destinationNames !== undefined))
}

/** Members among the private endpoints. */
export function withEndpointGroups(
  dice: Dice,
  { groups, clusterVnet }: Plan,
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  return endpoints.map((endpoint) =>
    endpoint.vnet === clusterVnet ? { ...endpoint, groups: dice.some(groups, 1) } : endpoint,
  )
}

/** Members among the pools' nodes. */
export function withPoolGroups(dice: Dice, { groups }: Plan, cluster: Cluster): Cluster {
  return { ...cluster, pools: cluster.pools.map((pool) => ({ ...pool, groups: dice.some(groups, 1) })) }
}
