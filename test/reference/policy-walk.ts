import { type Address, contains } from './address.ts'
import type {
  AdminPods,
  AdminPolicy,
  Labels,
  Pod,
  Policy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
} from './cluster-state.ts'
import type { State } from './state.ts'
import type { Choose } from './worlds.ts'

/** The other end of a packet as the policies of a pod see it. */
export type PolicyEnd =
  | { readonly kind: 'pod'; readonly pod: Pod; readonly address: Address }
  /** A node, or a pod on the host network, which is one. */
  | { readonly kind: 'node'; readonly isOwn: boolean; readonly address: Address }
  | { readonly kind: 'address'; readonly address: Address }
  /** A public host that no rule names more closely than "everything". */
  | { readonly kind: 'public' }

type Direction = 'Ingress' | 'Egress'

/** What `kube-dns` is to policies; it is not in the tree. */
export const CLUSTER_DNS: Pod = {
  namespace: 'kube-system',
  name: 'coredns',
  labels: { 'k8s-app': 'kube-dns' },
  hostNetwork: false,
  port: 53,
}

/** Whether the policies of a pod let a packet out or in: admin tier, policies of namespaces, baseline tier (§2.1), rule by rule. */
export function admits(
  state: State,
  pod: Pod,
  direction: Direction,
  end: PolicyEnd,
  protocol: 'TCP' | 'UDP',
  port: number,
  choose: Choose,
): boolean {
  const { engine } = state.cluster
  if (engine === 'none' || pod.hostNetwork) return true
  // "own node → pod: always allowed", and NPM allows the way to the own node implicitly (§0.2).
  if (end.kind === 'node' && end.isOwn && (direction === 'Ingress' || engine === 'azure')) return true
  const packet: PolicyPacket = { pod, direction, end, protocol, port }
  const byAdmin = judgeTier(state, 'Admin', packet)
  if (byAdmin !== undefined) return byAdmin
  return judgeNamespaced(state, packet, choose) ?? judgeTier(state, 'Baseline', packet) ?? true
}

interface PolicyPacket {
  readonly pod: Pod
  readonly direction: Direction
  readonly end: PolicyEnd
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
}

// ---- NetworkPolicy ----

/** Undefined where no policy isolates the pod. */
function judgeNamespaced(state: State, packet: PolicyPacket, choose: Choose): boolean | undefined {
  const { pod, direction } = packet
  // Cilium isolates a direction in which there are rules, whatever `policyTypes` says (§3.3).
  const isolates = (types: Policy['types'], rules: readonly PolicyRule[]) =>
    types.includes(direction) || (state.cluster.engine === 'cilium' && rules.length > 0)
  const isolating = state.policies.filter(
    ({ namespace, selector, types, ingress, egress }) =>
      namespace === pod.namespace &&
      hasLabels(pod.labels, selector) &&
      isolates(types, direction === 'Ingress' ? ingress : egress),
  )
  if (isolating.length === 0) return undefined
  return isolating.some((policy) =>
    (direction === 'Ingress' ? policy.ingress : policy.egress).some((rule) =>
      matchesRule(state, policy, rule, packet, choose),
    ),
  )
}

function matchesRule(
  state: State,
  policy: Policy,
  { peers, ports }: PolicyRule,
  packet: PolicyPacket,
  choose: Choose,
): boolean {
  // Cilium before 1.20 skips an egress rule with the name of a port that has several numbers (§0.2).
  const isSkipped =
    state.cluster.engine === 'cilium' &&
    packet.direction === 'Egress' &&
    ports.some(({ port }) => typeof port === 'string' && numbersOf(state, port).size > 1)
  return (
    !isSkipped &&
    (peers.length === 0 || peers.some((peer) => isPeer(state, policy, peer, packet.end, choose))) &&
    (ports.length === 0 || ports.some((item) => isPort(item, packet, choose)))
  )
}

function numbersOf({ pods }: State, name: string): ReadonlySet<number> {
  const named = pods.filter(({ hostNetwork }) => !hostNetwork).map(({ portNames }) => portNames?.[name])
  return new Set(named.filter((number) => number !== undefined))
}

/** A name is one of the pod that receives; what is no pod has none. */
function isPort({ protocol, port, endPort }: PolicyPort, packet: PolicyPacket, choose: Choose): boolean {
  if (protocol !== packet.protocol) return false
  if (typeof port !== 'string') return port === undefined || (port <= packet.port && packet.port <= (endPort ?? port))
  const receiver = packet.direction === 'Ingress' ? packet.pod : packet.end.kind === 'pod' ? packet.end.pod : undefined
  if (receiver === CLUSTER_DNS) return choose(`the DNS server calls a port ${port}`, [true, false])
  return packet.protocol === 'TCP' && receiver?.portNames?.[port] === packet.port
}

function isPeer(state: State, policy: Policy, peer: PolicyPeer, end: PolicyEnd, choose: Choose): boolean {
  if ('cidr' in peer) {
    const { engine } = state.cluster
    // Cilium never takes a CIDR for a pod or a node (§0.2); the API itself leaves it open for pods.
    if (engine === 'cilium' && (end.kind === 'pod' || end.kind === 'node')) return false
    if (engine === 'unknown' && end.kind === 'pod' && !choose('a CIDR means pods', [true, false])) return false
    if (end.kind === 'public') return peer.cidr === '0.0.0.0/0'
    const { address } = end
    return contains(peer.cidr, address) && !peer.except.some((hole) => contains(hole, address))
  }
  if (end.kind !== 'pod') return false
  const { pod } = end
  if (peer.namespaces === undefined ? pod.namespace !== policy.namespace : !inNamespaces(state, pod, peer.namespaces))
    return false
  return peer.pods === undefined || hasLabels(pod.labels, peer.pods)
}

function inNamespaces(state: State, pod: Pod, wanted: Labels): boolean {
  const own = state.namespaces.find(({ name }) => name === pod.namespace)?.labels
  return hasLabels({ ...own, 'kubernetes.io/metadata.name': pod.namespace }, wanted)
}

export function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value)
}

// ---- admin policies ----

/** The first rule that matches decides, and `Pass` leaves the tier; undefined: the next layer is asked (§2.1). */
function judgeTier(
  state: State,
  tier: AdminPolicy['tier'],
  { pod, direction, end, protocol, port }: PolicyPacket,
): boolean | undefined {
  // NPM and Cilium of AKS hold none (§0.1). Elsewhere they are taken to be in force, which coverage says.
  if (state.cluster.engine === 'azure' || state.cluster.engine === 'cilium' || end.kind !== 'pod') return undefined
  const rule = state.adminPolicies
    .filter((policy) => policy.tier === tier && isAmong(state, pod, policy.subject))
    .sort((a, b) => a.priority - b.priority)
    .flatMap(({ ingress, egress }) => (direction === 'Ingress' ? ingress : egress))
    .find(
      ({ peers, ports }) =>
        peers.some((peer) => isAmong(state, end.pod, peer)) &&
        (ports.length === 0 ||
          ports.some((item) => item.protocol === protocol && item.first <= port && port <= item.last)),
    )
  if (rule === undefined || rule.action === 'Pass') return undefined
  return rule.action === 'Allow'
}

function isAmong(state: State, pod: Pod, { namespaces, pods = {} }: AdminPods): boolean {
  return inNamespaces(state, pod, namespaces) && hasLabels(pod.labels, pods)
}
