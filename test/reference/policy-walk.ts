import { type Address, contains } from './address.ts'
import type { Labels, Pod, Policy, PolicyPeer, PolicyRule, State } from './state.ts'
import type { Choose } from './worlds.ts'

/** The other end of a packet as the policies of a pod see it. */
export type PolicyEnd =
  | { readonly kind: 'pod'; readonly pod: Pod; readonly address: Address }
  /** A node, or a pod on the host network, which is one. */
  | { readonly kind: 'node'; readonly isOwn: boolean; readonly address: Address }
  | { readonly kind: 'address'; readonly address: Address }
  /** A public host that no rule names more closely than "everything". */
  | { readonly kind: 'public' }

/** What `kube-dns` is to policies; it is not in the tree. */
export const CLUSTER_DNS: Pod = {
  namespace: 'kube-system',
  name: 'coredns',
  labels: { 'k8s-app': 'kube-dns' },
  hostNetwork: false,
  port: 53,
}

/** Whether the policies of a pod let a packet out or in; the spec's §1.1, pod by pod and rule by rule. */
export function admits(
  state: State,
  pod: Pod,
  direction: 'Ingress' | 'Egress',
  end: PolicyEnd,
  protocol: 'TCP' | 'UDP',
  port: number,
  choose: Choose,
): boolean {
  const { engine } = state.cluster
  if (engine === 'none' || pod.hostNetwork) return true
  // "own node → pod: always allowed", and NPM allows the way to the own node implicitly (§0.2).
  if (end.kind === 'node' && end.isOwn && (direction === 'Ingress' || engine === 'azure')) return true
  // Cilium isolates a direction in which there are rules, whatever `policyTypes` says (§3.3).
  const isolates = (types: Policy['types'], rules: readonly PolicyRule[]) =>
    types.includes(direction) || (engine === 'cilium' && rules.length > 0)
  const isolating = state.policies.filter(
    ({ namespace, selector, types, ingress, egress }) =>
      namespace === pod.namespace &&
      hasLabels(pod.labels, selector) &&
      isolates(types, direction === 'Ingress' ? ingress : egress),
  )
  if (isolating.length === 0) return true
  return isolating.some((policy) =>
    rulesOf(policy, direction).some(
      (rule) =>
        (rule.peers.length === 0 || rule.peers.some((peer) => isPeer(state, policy, peer, end, choose))) &&
        (rule.ports.length === 0 || rule.ports.some((item) => isPort(item, protocol, port))),
    ),
  )
}

function rulesOf(policy: Policy, direction: 'Ingress' | 'Egress'): readonly PolicyRule[] {
  return direction === 'Ingress' ? policy.ingress : policy.egress
}

function isPort(item: PolicyRule['ports'][number], protocol: string, port: number): boolean {
  if (item.protocol !== protocol) return false
  return item.port === undefined || (item.port <= port && port <= (item.endPort ?? item.port))
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
