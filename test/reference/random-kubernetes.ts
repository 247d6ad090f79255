import type {
  AdminPods,
  AdminPolicy,
  AdminPolicyRule,
  Cluster,
  Ingress,
  Labels,
  Pod,
  Policy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
  Service,
} from './cluster-state.ts'
import type { Dice } from './dice.ts'
import { numberOf, type Plan } from './random-network.ts'
import { CIDRS_V6, OUTSIDE_CIDRS, POD_CIDR, POD_CIDR_V6, PORTS } from './random-ranges.ts'
import type { State } from './state.ts'

export function randomCluster(dice: Dice, mode: Cluster['mode'], { clusterVnet, isDual }: Plan): Cluster {
  const outbound: Cluster['outbound'] = dice.one(['loadBalancer', 'loadBalancer', 'userDefinedRouting', 'none'])
  const pools = ['system', 'apps'].slice(0, 1 + dice.below(2)).map((name, index): Cluster['pools'][number] => ({
    name,
    vnet: clusterVnet,
    subnet: mode === 'pod-subnet' ? `${clusterVnet}-0` : `${clusterVnet}-${dice.chance(0.5) ? 0 : index}`,
    ...(mode === 'pod-subnet' && { podSubnet: `${clusterVnet}-1` }),
    publicIps: mode !== 'pod-subnet' && dice.chance(0.2),
    allowedHostPorts: dice.chance(0.2) ? [dice.one(PORTS)] : [],
    groups: [],
  }))
  return {
    mode,
    // Azure's engine and Calico hold no policy on both families (§0.2).
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

export function randomNamespaces(dice: Dice): State['namespaces'] {
  return [
    { name: 'shop', labels: dice.one<Labels>([{}, { team: 'a' }]) },
    { name: 'pay', labels: dice.one<Labels>([{}, { team: 'b' }]) },
  ].slice(0, 1 + dice.below(2))
}

export function randomPods(dice: Dice, namespaces: State['namespaces'], { pools, engine }: Cluster): readonly Pod[] {
  return dice.times(1 + dice.below(4), (index): Pod => {
    const port = dice.one([8080, 443])
    return {
      namespace: dice.one(namespaces).name,
      name: `app${index}`,
      labels: { app: dice.one(['web', 'api', 'db']) },
      hostNetwork: dice.chance(0.1),
      ...(pools.length > 1 && dice.chance(0.5) && { pool: dice.one(pools).name }),
      port,
      // Cilium skips rules with names of several numbers, which the engine only notes (§0.2).
      ...(dice.chance(0.6) && { portNames: { [engine === 'cilium' && port !== 443 ? 'web' : 'main']: port } }),
    }
  })
}

const label = (dice: Dice): Labels => ({ app: dice.one(['web', 'api', 'db']) })

const NAMESPACES_WANTED: readonly Labels[] = [
  {},
  { team: 'a' },
  { 'kubernetes.io/metadata.name': 'pay' },
  { 'kubernetes.io/metadata.name': 'kube-system' },
]

export function randomPolicy(dice: Dice, namespaces: State['namespaces'], index: number, isDual: boolean): Policy {
  const types = dice.one<Policy['types']>([['Ingress'], ['Egress'], ['Ingress', 'Egress']])
  const rule = (): PolicyRule => ({
    peers: dice.times(dice.below(3), () => randomPeer(dice, isDual)),
    ports: dice.one<readonly PolicyPort[]>([
      [],
      [],
      [{ protocol: 'TCP', port: 443 }],
      [{ protocol: 'TCP', port: 80, endPort: 8080 }],
      [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP' }],
      [{ protocol: 'TCP', port: 'main' }],
      [
        { protocol: 'SCTP', port: 443 },
        { protocol: 'TCP', port: 'main' },
        { protocol: 'UDP', port: 443 },
      ],
    ]),
  })
  return {
    namespace: dice.one(namespaces).name,
    name: `policy${index}`,
    selector: dice.chance(0.5) ? {} : label(dice),
    types,
    ingress: types.includes('Ingress') ? dice.times(dice.below(3), rule) : [],
    egress: types.includes('Egress') ? dice.times(dice.below(3), rule) : [],
  }
}

function randomPeer(dice: Dice, isDual: boolean): PolicyPeer {
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
      '10.1.4.0/24',
      POD_CIDR,
      ...OUTSIDE_CIDRS,
    ])
    const holes: Readonly<Record<string, string>> = { '0.0.0.0/0': '10.0.0.0/8', '10.0.0.0/8': '10.1.0.0/24' }
    const except = dice.chance(0.3)
      ? [...(holes[cidr] === undefined ? [] : [holes[cidr]]), ...(cidr === '0.0.0.0/0' ? ['169.254.169.254/32'] : [])]
      : []
    return { cidr, except }
  }
  const namespaces = dice.one(NAMESPACES_WANTED)
  return dice.one<PolicyPeer>([
    { pods: label(dice) },
    { pods: {} },
    { namespaces },
    { namespaces, pods: dice.chance(0.5) ? label(dice) : { 'k8s-app': 'kube-dns' } },
  ])
}

/** Up to two of the admin tier, and perhaps the one of the baseline. */
export function randomAdminPolicies(dice: Dice): readonly AdminPolicy[] {
  const pods = (): AdminPods => ({
    namespaces: dice.one(NAMESPACES_WANTED),
    ...(dice.chance(0.4) && { pods: label(dice) }),
  })
  const rule = (actions: readonly AdminPolicyRule['action'][]) => (): AdminPolicyRule => ({
    action: dice.one(actions),
    peers: [pods(), ...(dice.chance(0.3) ? [pods()] : [])],
    ports: dice.one<AdminPolicyRule['ports']>([
      [],
      [{ protocol: 'TCP', first: 443, last: 443 }],
      [{ protocol: 'TCP', first: 80, last: 8080 }],
    ]),
  })
  const policy = (tier: AdminPolicy['tier'], priority: number): AdminPolicy => {
    const one = rule(tier === 'Admin' ? ['Allow', 'Deny', 'Pass'] : ['Allow', 'Deny'])
    return {
      tier,
      priority,
      subject: pods(),
      ingress: dice.times(dice.below(3), one),
      egress: dice.times(dice.below(3), one),
    }
  }
  return [
    ...dice.times(dice.below(3), (index) => policy('Admin', 10 + index)),
    ...(dice.chance(0.3) ? [policy('Baseline', 0)] : []),
  ]
}

export function randomServices(dice: Dice, { pools }: Cluster, pods: readonly Pod[]): readonly Service[] {
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
      ...(kind === 'internal' && { address: `10.${numberOf(pools[0]!.vnet)}.${nodeIndex}.${200 + index}` }),
    }
  })
}

/** Ingresses of the application gateway's class, each with the Service that it leads to. */
export function randomIngresses(
  dice: Dice,
  pods: readonly Pod[],
): { readonly ingresses: readonly Ingress[]; readonly services: readonly Service[] } {
  const made = dice.times(1 + dice.below(2), (index) => {
    const pod = dice.one(pods)
    const service: Service = {
      namespace: pod.namespace,
      name: `behind${index}`,
      selector: { app: pod.labels['app']! },
      port: pod.port,
      kind: 'cluster',
      sourceRanges: [],
      allowedRanges: [],
      denyOthers: false,
      local: false,
    }
    const ingress: Ingress = {
      namespace: pod.namespace,
      name: `way${index}`,
      service: service.name,
      tls: dice.chance(0.5),
      usesPrivate: dice.chance(0.3),
    }
    return { ingress, service }
  })
  return { ingresses: made.map(({ ingress }) => ingress), services: made.map(({ service }) => service) }
}
