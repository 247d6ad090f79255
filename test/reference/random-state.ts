import { after, toAddress, toText } from './address.ts'
import type {
  Cluster,
  Collection,
  Endpoint,
  Firewall,
  Labels,
  Nsg,
  NsgRule,
  Peering,
  Pod,
  Policy,
  PolicyPeer,
  PolicyRule,
  Question,
  Route,
  RouteTable,
  RuleGroup,
  Service,
  State,
  Subnet,
  Vault,
  Vnet,
} from './state.ts'

/** Numbers that follow from a seed alone. */
export interface Dice {
  /** From 0 up to, not including, `count`. */
  below(count: number): number
  chance(probability: number): boolean
  one<T>(options: readonly T[]): T
  some<T>(options: readonly T[], most: number): readonly T[]
  times<T>(count: number, make: (index: number) => T): readonly T[]
}

export function diceOf(seed: number): Dice {
  let state = (seed * 2654435761 + 1013904223) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(next() * count)
  const one = <T>(options: readonly T[]): T => options[below(options.length)]!
  return {
    below,
    one,
    chance: (probability) => next() < probability,
    some(options, most) {
      const left = [...options]
      return Array.from(
        { length: Math.min(below(most + 1), left.length) },
        () => left.splice(below(left.length), 1)[0]!,
      )
    },
    times: (count, make) => Array.from({ length: count }, (_, index) => make(index)),
  }
}

/** Public addresses outside Azure that states and questions name. */
const OUTSIDE = ['203.0.113.7', '203.0.113.200', '198.51.100.9'] as const
const OUTSIDE_CIDRS = ['203.0.113.0/24', '203.0.113.0/25', '198.51.100.9/32'] as const
const OUTSIDE_V6 = ['2001:db8::7', '2606:4700::1111'] as const
const CIDRS_V6 = ['::/0', '2001:db8::/32', 'fd00::/8', 'fd00:1:0:1::/64', 'fd00:2::/48', 'fd00:2:0:2::/64'] as const
const NAMES = ['api.contoso.com', 'contoso.com', 'evilcontoso.com', 'a.b.contoso.com', 'other.example'] as const
const TAGS = ['Storage', 'Storage.WestEurope', 'Storage.NorthEurope', 'Sql', 'AzureCloud', 'AzureKeyVault'] as const
const PORTS = [22, 80, 443, 8080] as const
const CIDRS_INSIDE: Readonly<Record<string, readonly string[]>> = {
  hub: ['10.1.0.0/16', '10.1.0.0/24', '10.1.0.0/25', '10.1.1.0/24', '10.1.2.0/24', '10.1.3.0/26'],
  far: ['10.2.0.0/16', '10.2.0.0/24', '10.2.1.0/24', '10.2.0.128/25'],
}
const POD_CIDR = '10.244.0.0/16'
const POD_CIDR_V6 = 'fd00:244::/56'
const PRIVATE_CIDRS = ['10.0.0.0/8', '192.168.0.0/16', '10.9.0.0/16', POD_CIDR] as const

/** A small state; the same seed gives the same one. */
export function randomState(seed: number): State {
  const dice = diceOf(seed)
  const hasFar = dice.chance(0.6)
  const clusterVnet = hasFar && dice.chance(0.3) ? 'far' : 'hub'
  const firewallVnet = dice.chance(0.45) ? (hasFar && dice.chance(0.4) ? 'far' : 'hub') : undefined
  const mode = dice.one(['overlay', 'overlay', 'kubenet', 'node-subnet', 'pod-subnet'] as const)
  // Azure's engine and Calico hold no policy on both families, and only these plugins have them (§5.1).
  const isDual = (mode === 'overlay' || mode === 'kubenet') && dice.chance(0.25)
  const nsgs = dice.times(
    dice.below(3),
    (index): Nsg => ({
      name: `nsg${index}`,
      rules: randomRules(dice).map((rule) => (isDual && dice.chance(0.3) ? toV6(rule, dice) : rule)),
    }),
  )
  const routeTables: readonly RouteTable[] = dice.chance(0.6)
    ? [
        {
          name: 'routes',
          routes: [...randomRoutes(dice, firewallVnet !== undefined), ...(isDual ? routesV6(dice) : [])],
        },
      ]
    : []
  const subnet = (vnet: string, index: number): Subnet => {
    const nsg = dice.chance(0.6) && nsgs.length > 0 ? dice.one(nsgs).name : undefined
    const table = routeTables.length > 0 && dice.chance(0.6) ? 'routes' : undefined
    return {
      name: `${vnet}-${index}`,
      prefix: `10.${vnet === 'hub' ? 1 : 2}.${index}.0/24`,
      ...(isDual && vnet === clusterVnet && { prefix6: `fd00:${vnet === 'hub' ? 1 : 2}:0:${index}::/64` }),
      ...(nsg !== undefined && { nsg }),
      ...(table !== undefined && { routeTable: table }),
      nat: vnet === clusterVnet && dice.chance(0.25),
      keyVaultEndpoint: dice.chance(0.2),
      defaultOutbound: dice.chance(0.7),
      endpointPolicies:
        index === 2
          ? dice.one(['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled'])
          : 'Disabled',
    }
  }
  const vnetOf = (name: string, index: number): Vnet => ({
    name,
    space: `10.${index}.0.0/16`,
    ...(isDual && name === clusterVnet && { space6: `fd00:${index}::/48` }),
    subnets: dice.times(name === clusterVnet ? 3 : 1 + dice.below(3), (each) => subnet(name, each)),
  })
  const vnets = [vnetOf('hub', 1), ...(hasFar ? [vnetOf('far', 2)] : [])]
  const peerings = hasFar
    ? [
        ['hub', 'far'],
        ['far', 'hub'],
      ].flatMap(([from, to]): readonly Peering[] =>
        dice.chance(0.85) ? [{ from: from!, to: to!, access: dice.chance(0.9), forwarded: dice.chance(0.6) }] : [],
      )
    : []
  const cluster = randomCluster(dice, mode, vnets.find(({ name }) => name === clusterVnet)!, isDual)
  const namespaces = [
    { name: 'shop', labels: dice.one<Labels>([{}, { team: 'a' }]) },
    { name: 'pay', labels: dice.one<Labels>([{}, { team: 'b' }]) },
  ].slice(0, 1 + dice.below(2))
  const pods = dice.times(
    1 + dice.below(4),
    (index): Pod => ({
      namespace: dice.one(namespaces).name,
      name: `app${index}`,
      labels: { app: dice.one(['web', 'api', 'db']) },
      hostNetwork: dice.chance(0.1),
      ...(cluster.pools.length > 1 && dice.chance(0.5) && { pool: dice.one(cluster.pools).name }),
      port: dice.one([8080, 443]),
    }),
  )
  const policies = dice.times(dice.below(4), (index) => randomPolicy(dice, namespaces, index, isDual))
  const services = randomServices(dice, cluster, pods)
  const subnetsOf = vnets.flatMap((vnet) => vnet.subnets.map((each) => ({ vnet: vnet.name, subnet: each.name })))
  const vaults = dice.times(
    dice.below(3),
    (index): Vault => ({
      name: `kv${index}`,
      publicAccess: dice.chance(0.75),
      defaultAction: dice.one(['Allow', 'Deny', 'Deny']),
      ipRules: dice.some(
        [
          '203.0.113.0/24',
          '198.51.100.9/32',
          ...(firewallVnet === undefined ? [] : ['firewall']),
          ...(vnets.some((vnet) => vnet.subnets.some(({ nat }) => nat)) ? ['nat'] : []),
        ],
        2,
      ),
      subnets: dice.some(
        subnetsOf.filter(({ vnet, subnet: name }) => subnetAt(vnets, vnet, name).keyVaultEndpoint),
        2,
      ),
    }),
  )
  const endpointHome = vnets.filter(({ subnets }) => subnets.length === 3)
  const endpoints: readonly Endpoint[] =
    vaults.length > 0 && dice.chance(0.6)
      ? [dice.one(endpointHome)].map(({ name }) => ({ vault: vaults[0]!.name, vnet: name, subnet: `${name}-2` }))
      : []
  const zone =
    endpoints.length > 0 && dice.chance(0.8) ? { links: dice.some(vnets, 2).map(({ name }) => name) } : undefined
  const firewall = firewallVnet === undefined ? undefined : randomFirewall(dice, firewallVnet, vnets, services)
  return {
    vnets,
    nsgs,
    routeTables,
    peerings,
    ...(firewall !== undefined && { firewall }),
    cluster,
    namespaces,
    pods,
    policies,
    services,
    vaults,
    endpoints,
    ...(zone !== undefined && { zone }),
  }
}

function subnetAt(vnets: readonly Vnet[], vnet: string, subnet: string): Subnet {
  return vnets.find(({ name }) => name === vnet)!.subnets.find(({ name }) => name === subnet)!
}

function randomRules(dice: Dice): readonly NsgRule[] {
  const used = new Set<string>()
  return dice.times(dice.below(7), (): NsgRule => {
    const direction = dice.one(['Inbound', 'Outbound'] as const)
    const insides = [...CIDRS_INSIDE['hub']!, ...CIDRS_INSIDE['far']!]
    const anything = ['*', '*', 'VirtualNetwork', '0.0.0.0/0']
    const inner = (): readonly string[] =>
      dice.chance(0.5)
        ? [dice.one(anything)]
        : [dice.one([...insides, ...insides, ...PRIVATE_CIDRS]), ...dice.some(insides, 1)]
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
      prefix: dice.one(['Storage', 'Storage.WestEurope', 'AzureCloud', 'AzureKeyVault']),
      hop: dice.one(['Internet', 'None']),
    }),
  ]
  for (let count = dice.below(4); count > 0; count--) routes.push(dice.one(options)())
  return routes.filter(({ prefix }, index) => routes.findIndex((route) => route.prefix === prefix) === index)
}

function randomCluster(dice: Dice, mode: Cluster['mode'], vnet: Vnet, isDual: boolean): Cluster {
  const outbound: Cluster['outbound'] = dice.one(['loadBalancer', 'loadBalancer', 'userDefinedRouting', 'none'])
  const pools = ['system', 'apps'].slice(0, 1 + dice.below(2)).map((name, index): Cluster['pools'][number] => ({
    name,
    vnet: vnet.name,
    subnet: mode === 'pod-subnet' ? `${vnet.name}-0` : `${vnet.name}-${dice.chance(0.5) ? 0 : index}`,
    ...(mode === 'pod-subnet' && { podSubnet: `${vnet.name}-1` }),
    publicIps: mode !== 'pod-subnet' && dice.chance(0.2),
    allowedHostPorts: dice.chance(0.2) ? [dice.one(PORTS)] : [],
  }))
  return {
    mode,
    engine: dice.one(isDual ? ['none', 'cilium', 'cilium'] : ['none', 'azure', 'azure', 'calico', 'cilium']),
    outbound,
    podCidr: POD_CIDR,
    ...(isDual && { podCidr6: POD_CIDR_V6 }),
    pools,
    api: {
      private: dice.chance(0.3),
      authorized: dice.chance(0.5) ? dice.some(['203.0.113.0/24', '198.51.100.9/32', '0.0.0.0/0'], 2) : [],
    },
  }
}

function randomPolicy(dice: Dice, namespaces: State['namespaces'], index: number, isDual: boolean): Policy {
  const types = dice.one<Policy['types']>([['Ingress'], ['Egress'], ['Ingress', 'Egress']])
  const label = (): Labels => ({ app: dice.one(['web', 'api', 'db']) })
  const peer = (): PolicyPeer => {
    if (isDual && dice.chance(0.25)) {
      const cidr = dice.one(CIDRS_V6)
      return { cidr, except: cidr === '::/0' && dice.chance(0.3) ? ['2001:db8::/32'] : [] }
    }
    if (dice.chance(0.5)) {
      const cidr = dice.one([
        '0.0.0.0/0',
        '10.0.0.0/8',
        '10.1.0.0/16',
        '10.1.0.0/24',
        '10.1.0.0/25',
        POD_CIDR,
        ...OUTSIDE_CIDRS,
      ])
      const holes: Readonly<Record<string, string>> = { '0.0.0.0/0': '10.0.0.0/8', '10.0.0.0/8': '10.1.0.0/24' }
      const except = dice.chance(0.3)
        ? [...(holes[cidr] === undefined ? [] : [holes[cidr]]), ...(cidr === '0.0.0.0/0' ? ['169.254.169.254/32'] : [])]
        : []
      return { cidr, except }
    }
    const namespacesWanted = dice.one<Labels>([
      {},
      { team: 'a' },
      { 'kubernetes.io/metadata.name': 'pay' },
      { 'kubernetes.io/metadata.name': 'kube-system' },
    ])
    return dice.one<PolicyPeer>([
      { pods: label() },
      { pods: {} },
      { namespaces: namespacesWanted },
      { namespaces: namespacesWanted, pods: dice.chance(0.5) ? label() : { 'k8s-app': 'kube-dns' } },
    ])
  }
  const rule = (): PolicyRule => ({
    peers: dice.times(dice.below(3), peer),
    ports: dice.one<PolicyRule['ports']>([
      [],
      [],
      [{ protocol: 'TCP', port: 443 }],
      [{ protocol: 'TCP', port: 80, endPort: 8080 }],
      [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP' }],
    ]),
  })
  return {
    namespace: dice.one(namespaces).name,
    name: `policy${index}`,
    selector: dice.chance(0.5) ? {} : label(),
    types,
    ingress: types.includes('Ingress') ? dice.times(dice.below(3), rule) : [],
    egress: types.includes('Egress') ? dice.times(dice.below(3), rule) : [],
  }
}

function randomServices(dice: Dice, { pools }: Cluster, pods: readonly Pod[]): readonly Service[] {
  return dice.times(dice.below(3), (index): Service => {
    const pod = dice.one(pods)
    const kind = dice.one(['public', 'internal'] as const)
    const ranges = () => dice.some(['203.0.113.0/24', '198.51.100.9/32', '10.1.0.0/16', '0.0.0.0/0'], 2)
    const how = dice.below(4)
    const nodeIndex = pools[0]!.subnet.split('-')[1]
    return {
      namespace: pod.namespace,
      name: `svc${index}`,
      selector: { app: pod.labels['app']! },
      port: pod.port,
      kind,
      sourceRanges: how === 1 ? ranges() : [],
      allowedRanges: how === 2 ? ranges() : [],
      denyOthers: dice.chance(0.3),
      ...(dice.chance(0.15) && { nodePort: 30080 + index }),
      local: dice.chance(0.5),
      ...(kind === 'internal' && { address: `10.${pools[0]!.vnet === 'hub' ? 1 : 2}.${nodeIndex}.${200 + index}` }),
    }
  })
}

function randomFirewall(dice: Dice, vnet: string, vnets: readonly Vnet[], services: readonly Service[]): Firewall {
  const base = vnet === 'hub' ? '10.1.3' : '10.2.3'
  const spaces = [
    ...vnets.map(({ space }) => space),
    ...vnets.flatMap(({ subnets }) => subnets.map(({ prefix }) => prefix)),
  ]
  const sources = (): readonly string[] => (dice.chance(0.5) ? ['*'] : [dice.one(spaces)])
  const targets = services.flatMap(({ address, port }) => (address === undefined ? [] : [{ address, port }]))
  const collection = (): Collection => {
    const priority = 100 + dice.below(20) * 100
    const action = dice.one(['Allow', 'Allow', 'Deny'] as const)
    const kind = dice.below(targets.length > 0 ? 3 : 2)
    if (kind === 0) {
      return {
        kind: 'network',
        priority,
        action,
        rules: dice.times(1 + dice.below(2), () => ({
          sources: sources(),
          destinations: [dice.one(['*', ...OUTSIDE_CIDRS, ...spaces, 'Storage', 'AzureKeyVault', 'AzureCloud'])],
          protocols: [dice.one(['TCP', 'UDP', 'Any'])],
          ports: [dice.one(['*', '443', '80-443', '22', '53'])],
        })),
      }
    }
    if (kind === 1) {
      return {
        kind: 'application',
        priority,
        action,
        rules: dice.times(1 + dice.below(2), () => ({
          sources: sources(),
          names: [
            dice.one([
              '*',
              '*.contoso.com',
              '*contoso.com',
              'api.contoso.com',
              '*.vault.azure.net',
              'kv0.vault.azure.net',
            ]),
          ],
          protocols: [dice.one([{ type: 'Https', port: 443 } as const, { type: 'Http', port: 80 } as const])],
        })),
      }
    }
    const target = dice.one(targets)
    return {
      kind: 'dnat',
      priority,
      rules: [
        {
          sources: [dice.one(['*', '203.0.113.0/24'])],
          port: target.port,
          address: target.address,
          translatedPort: target.port,
        },
      ],
    }
  }
  const group = (index: number): RuleGroup => ({
    priority: 100 + index * 100 + dice.below(90),
    collections: uniquely(dice.times(dice.below(3), collection)),
  })
  return {
    vnet,
    prefix: `${base}.0/26`,
    address: toText(after(toAddress(`${base}.0`)!, 4)),
    groups: dice.times(1 + dice.below(2), group),
    parent: dice.chance(0.25) ? [group(0)] : [],
  }
}

/** Collections of one group have different priorities. */
function uniquely(collections: readonly Collection[]): readonly Collection[] {
  return collections.filter(
    ({ priority }, index) => collections.findIndex((other) => other.priority === priority) === index,
  )
}

/** Questions about a state, of every kind that it has ends for. */
export function randomQuestions(state: State, seed: number, count: number): readonly Question[] {
  const dice = diceOf(seed ^ 0x5bd1e995)
  const pods = state.pods.map(({ namespace, name }) => `${namespace}/${name}`)
  const nodes = state.cluster.pools.map(({ name }) => `node/${name}`)
  const isClusters = (vnet: string, subnet: string) =>
    state.cluster.pools.some((pool) => pool.vnet === vnet && [pool.subnet, pool.podSubnet].includes(subnet))
  const isEndpoints = (name: string) => state.endpoints.some(({ subnet }) => subnet === name)
  const free = state.vnets.flatMap((vnet) =>
    vnet.subnets
      .filter(({ name }) => !isClusters(vnet.name, name) && !isEndpoints(name))
      .map(({ name, prefix, prefix6 }) => ({
        subnet: `subnet/${vnet.name}/${name}`,
        host: prefix.replace('.0/24', '.140'),
        hasV6: prefix6 !== undefined,
      })),
  )
  const hosts = free.map(({ host }) => host)
  const vaults = state.vaults.map(({ name }) => `${name}.vault.azure.net`)
  const froms = [pods, pods, pods, nodes, hosts, free.map(({ subnet }) => subnet), ['internet'], [...OUTSIDE]]
  const nowhere = ['10.9.0.9', '192.168.4.4']
  const tos = [
    pods,
    pods,
    nodes,
    hosts,
    nowhere,
    free.map(({ subnet }) => subnet),
    ['internet'],
    [...OUTSIDE],
    [...NAMES],
    vaults,
    ['api-server'],
    ['metadata'],
    TAGS.map((tag) => `tag/${tag}`),
  ]
  const some = (lists: readonly (readonly string[])[]) => dice.one(lists.filter((list) => list.length > 0))
  const dual = free.filter(({ hasV6 }) => hasV6)
  const hostsV6 = dual.map(({ subnet }) => `fd00:${subnet.includes('/hub-') ? 1 : 2}:0:${subnet.at(-1)}::8c`)
  return dice.times(count, (): Question => {
    if (state.cluster.podCidr6 !== undefined && dice.chance(0.3)) {
      const from = dice.one(some([pods, pods, nodes, hostsV6, dual.map(({ subnet }) => subnet)]))
      const to = dice.one(some([[...OUTSIDE_V6], hostsV6].filter((list) => !list.includes(from))))
      return { from, to, protocol: dice.chance(0.85) ? 'TCP' : 'UDP', port: dice.one([...PORTS, 443]) }
    }
    for (;;) {
      const from = dice.one(some(froms))
      const to = dice.one(some(tos))
      const isOutside = from === 'internet' || OUTSIDE.some((address) => address === from)
      if (from === to || (from.startsWith('node/') && to.startsWith('node/'))) continue
      // Both ends outside of the tree, or a question that nobody asks.
      if (isOutside && !pods.includes(to) && !nodes.includes(to) && !vaults.includes(to) && to !== 'api-server')
        continue
      const wanted = state.pods.find(({ namespace, name }) => to === `${namespace}/${name}`)?.port
      const port = wanted !== undefined && dice.chance(0.8) ? wanted : dice.one([...PORTS, 443])
      return { from, to, protocol: dice.chance(0.85) ? 'TCP' : 'UDP', port }
    }
  })
}
