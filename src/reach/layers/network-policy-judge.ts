import { type AddressSet, hasAddress, parseAddress } from '../../algebra/addresses.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import { both, either, type Truth, toTruth } from '../../algebra/truth.ts'
import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import type {
  Direction,
  NetworkPolicy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
} from '../../model/kubernetes/network-policy.ts'
import type { Selector } from '../../model/kubernetes/selector.ts'
import { blockHolds } from '../address-ranges.ts'
import type { EndpointFacts } from '../endpoint.ts'
import { blocksMatchNodes, blocksMatchPods, type ClusterFacts } from '../engine.ts'
import type { Judgement, PacketEnd, PolicyPacket, PolicySubject } from '../layer.ts'
import { resolvePortName } from '../named-ports.ts'
import { subjectName } from '../subject-name.ts'

/** Judges one packet by walking every policy and rule, as a person would read them. */
export function judgeNetworkPolicies(
  network: KubernetesNetwork,
  cluster: ClusterFacts,
  subject: PolicySubject,
  direction: Direction,
  packet: PolicyPacket,
): Judgement {
  const judged = network.policies
    .map((policy) => ({ policy, selects: selects(policy, cluster, subject.facts, direction) }))
    .filter(({ selects }) => selects !== 'no')
    .map((selection) => ({ ...selection, ...allowedBy(selection.policy, cluster, subject.facts, direction, packet) }))
  if (judged.length === 0) {
    return { allow: 'no', deny: 'no', rule: `no NetworkPolicy selects ${subjectName(subject)} for ${direction}` }
  }
  const certainly = judged.filter(({ selects }) => selects === 'yes')
  const allow = judged.map(({ allows, selects }) => both(allows, selects)).reduce(either)
  const deny: Truth =
    certainly.length > 0
      ? allow === 'yes'
        ? 'no'
        : allow === 'no'
          ? 'yes'
          : 'maybe'
      : toDoubt(judged.every(({ allows }) => allows === 'yes'))
  const best = judged.find(({ allows, selects }) => both(allows, selects) === allow && allow !== 'no') ?? judged[0]!
  return { allow, deny, ...explanation(best.policy, best.rule, direction, allow, subject) }
}

function toDoubt(harmless: boolean): Truth {
  return harmless ? 'no' : 'maybe'
}

function explanation(
  policy: NetworkPolicy,
  rule: PolicyRule | undefined,
  direction: Direction,
  allow: Truth,
  subject: PolicySubject,
): Pick<Judgement, 'rule' | 'resource' | 'origin'> {
  const { resource } = policy
  if (rule !== undefined && allow !== 'no') {
    return { rule: `${resource.address} ${direction} rule ${rule.index + 1}`, resource, origin: rule.origin }
  }
  return {
    rule: `${resource.address} isolates ${subjectName(subject)} for ${direction}, and no rule allows it`,
    resource,
    origin: policy.rulesOrigin[direction] ?? policy.podSelectorOrigin,
  }
}

function selects(policy: NetworkPolicy, cluster: ClusterFacts, facts: EndpointFacts, direction: Direction): Truth {
  if (cluster.engine === 'none' || facts.namespace !== policy.namespace) return 'no'
  const listed = policy.isolates[direction]
  const isolates = cluster.engine === 'cilium' && policy.rules[direction].length > 0 ? 'yes' : listed
  const inForce = toMaybe(policy.rejections.length === 0 && policy.resource.maybe === undefined)
  return both(both(isolates, inForce), podMatches(policy.podSelector, facts))
}

function toMaybe(known: boolean): Truth {
  return known ? 'yes' : 'maybe'
}

/** Pods in the node's network are nobody's selection. */
function podMatches(selector: Selector | undefined, facts: EndpointFacts): Truth {
  const pods: Truth = facts.hostNetwork === 'yes' ? 'no' : facts.hostNetwork === 'no' ? 'yes' : 'maybe'
  return selector === undefined ? pods : both(pods, matches(selector, facts.labels))
}

function allowedBy(
  policy: NetworkPolicy,
  cluster: ClusterFacts,
  subject: EndpointFacts,
  direction: Direction,
  packet: PolicyPacket,
): { readonly allows: Truth; readonly rule: PolicyRule | undefined } {
  let allows: Truth = policy.moreRules[direction] ? 'maybe' : 'no'
  let best: PolicyRule | undefined
  for (const rule of policy.rules[direction]) {
    const peer =
      rule.peers?.map((each) => peerMatches(each, policy, cluster, packet.peer)).reduce(either, 'no') ?? 'yes'
    const target = direction === 'ingress' ? subject : factsOf(packet.peer)
    const port = rule.ports?.map((each) => portMatches(each, target, packet)).reduce(either, 'no') ?? 'yes'
    const truth = both(peer, port)
    if (truth === 'yes') return { allows: 'yes', rule }
    if (truth === 'maybe') {
      allows = 'maybe'
      best ??= rule
    }
  }
  return { allows, rule: best }
}

function factsOf(end: PacketEnd): EndpointFacts | undefined {
  return end.kind === 'endpoint' ? end.facts : undefined
}

function peerMatches(peer: PolicyPeer, policy: NetworkPolicy, cluster: ClusterFacts, end: PacketEnd): Truth {
  switch (peer.kind) {
    case 'unknown':
      return 'maybe'
    case 'block':
      if (end.kind === 'address') return toTruth(hasAddress(peer.addresses, parseAddress(end.address)!))
      return blockMatches(peer.addresses, cluster, end.facts.hostNetwork)
    case 'pods': {
      if (end.kind === 'address') return 'no'
      const { namespaceSelector } = peer
      const namespace =
        namespaceSelector === undefined
          ? toTruth(end.facts.namespace === policy.namespace)
          : matches(namespaceSelector, end.facts.namespaceLabels)
      return both(namespace, podMatches(peer.podSelector, end.facts))
    }
  }
}

/** Whether a block means the address of a pod, or of its node where it is in the node's network. */
function blockMatches(block: AddressSet, cluster: ClusterFacts, hostNetwork: Truth): Truth {
  const node = blocksMatchNodes(cluster.engine) ? blockHolds(block, cluster.nodeAddresses) : 'no'
  const pod = blocksMatchPods(cluster.engine) ? blockHolds(block, cluster.podAddresses) : 'no'
  if (hostNetwork === 'yes') return node
  if (hostNetwork === 'no') return pod
  return node === 'no' && pod === 'no' ? 'no' : 'maybe'
}

function portMatches(port: PolicyPort, target: EndpointFacts | undefined, packet: PolicyPacket): Truth {
  if (port.protocol !== undefined && port.protocol !== packet.protocol) return 'no'
  switch (port.kind) {
    case 'unknown':
      return 'maybe'
    case 'range':
      return toTruth(packet.port >= port.first && packet.port <= port.last)
    case 'named': {
      if (target === undefined || target.hostNetwork === 'yes') return 'no'
      const numbers = resolvePortName(target.ports, port.protocol, port.name)
      if (hasNumber(numbers.certain, packet.port)) return 'yes'
      return hasNumber(numbers.possible, packet.port) ? 'maybe' : 'no'
    }
  }
}
