import { hasAddress, parseAddress } from '../../algebra/addresses.ts'
import { type Bounds, boundsOf, exactly } from '../../algebra/bounds.ts'
import { hasClass, membersOf } from '../../algebra/classes.ts'
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionSet,
  NO_CONNECTIONS,
  PORT_PROTOCOLS,
} from '../../algebra/connections.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import type { Region } from '../../algebra/regions.ts'
import { both, either, not, type Truth, toTruth } from '../../algebra/truth.ts'
import { byCodeUnit } from '../../base/order.ts'
import type { AdminPeer, AdminPolicy, AdminPort, AdminRule } from '../../model/kubernetes/admin-policy.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import type { Direction } from '../../model/kubernetes/network-policy.ts'
import { blockHolds } from '../address-ranges.ts'
import type { EndpointFacts } from '../endpoint.ts'
import type { ClusterFacts } from '../engine.ts'
import type { Decision, Judgement, PolicyLayer, PolicyPacket, PolicySubject } from '../layer.ts'
import { bindingsKey, portNameKey, resolvePortName } from '../named-ports.ts'
import type { PeerSet } from '../peers.ts'
import type { BoundPods, PortBindings } from '../port-bindings.ts'
import { podsIn, type StateClasses } from '../state-classes.ts'
import { subjectName } from '../subject-name.ts'

/** A policy of one tier that takes a class for its subject, for certain or perhaps. */
export interface AdminSelection {
  readonly policy: AdminPolicy
  /** Never `no`. */
  readonly selects: Truth
}

export interface AdminPolicyLayer extends PolicyLayer {
  /** In the order in which they are tried. */
  selecting(subject: number, direction: Direction): readonly AdminSelection[]
}

/**
 * One tier of admin policies: by priority, and within a policy by position, the first rule that matches allows, denies, or passes to the
 * next layer. What no rule matches goes on as well. Nothing is isolated.
 *
 * Policies of equal priority have no order: where the order matters the answer is not known. Addresses of `networks` are not compared
 * with those of pods, which the tree does not tell. Source: network-policy-api.sigs.k8s.io/api-overview
 */
export function adminPolicyLayer(
  policies: readonly AdminPolicy[],
  tier: AdminPolicy['tier'],
  classes: StateClasses,
  cluster: ClusterFacts,
  bindings: PortBindings,
): AdminPolicyLayer {
  const { regions, peerSets, classSets } = classes.universe
  const sets = boundsOf(regions)
  const everything = exactly(regions.of(peerSets.all, ALL_CONNECTIONS))
  const ordered = inOrder(policies, tier, cluster)
  const groups = { ingress: groupClasses('ingress'), egress: groupClasses('egress') }

  function groupClasses(direction: Direction) {
    const selections: AdminSelection[][] = []
    for (const policy of ordered) {
      if (policy.rules[direction].length === 0) continue
      const { subject } = policy
      const pods =
        subject === undefined ? classes.pods : podsIn(classes, subject.namespaceSelector, subject.podSelector)
      for (const number of membersOf(pods.possible)) {
        const selected = subject !== undefined && hasClass(pods.certain, number) ? 'yes' : 'maybe'
        const list = selections[number] ?? []
        list.push({ policy, selects: both(inForce(policy), selected) })
        selections[number] = list
      }
    }
    const lists: (readonly AdminSelection[])[] = [[]]
    const examples = [-1]
    const groupOf = new Int32Array(classes.facts.length)
    const byKey = new Map<string, number>()
    for (const [number, list] of selections.entries()) {
      if (list === undefined) continue
      const names = new Set(list.flatMap(({ policy }) => portNames(policy.rules[direction])))
      const bound = direction === 'ingress' && names.size > 0 ? bindingsKey(classes.facts[number]?.ports, names) : ''
      const key = `${list.map(({ policy, selects }) => `${ordered.indexOf(policy)}${selects}`).join(' ')} ${bound}`
      let group = byKey.get(key)
      if (group === undefined) {
        group = lists.push(list) - 1
        examples.push(number)
        byKey.set(key, group)
      }
      groupOf[number] = group
    }
    return { groupOf, lists, examples }
  }

  function decide(selections: readonly AdminSelection[], direction: Direction, subject: number): Decision {
    let rest = everything
    let allow = sets.empty
    let deny = sets.empty
    for (const { policy, selects } of selections) {
      for (const rule of policy.rules[direction]) {
        const region = ruleRegion(rule, direction, subject)
        const known = selects === 'yes' && rule.action !== undefined
        const match = known ? region : { certain: regions.empty, possible: region.possible }
        const hit = sets.intersect(rest, match)
        if (rule.action === 'allow' || rule.action === undefined) allow = sets.union(allow, hit)
        if (rule.action === 'deny' || rule.action === undefined) deny = sets.union(deny, hit)
        rest = sets.subtract(rest, match)
      }
    }
    return { allow, deny }
  }

  function ruleRegion(rule: AdminRule, direction: Direction, subject: number): Bounds<Region<PeerSet>> {
    const peers = boundsOf(peerSets)
    const who = rule.peers.map(peersOf).reduce(peers.union, peers.empty)
    const parts = portParts(rule, direction, subject).map(({ pods, connections }) => ({
      peers:
        pods === undefined
          ? who
          : peers.intersect(who, exactly({ classes: pods, addresses: peerSets.empty.addresses })),
      connections,
    }))
    const side = (which: 'certain' | 'possible') =>
      regions.unionOf(parts.map((part) => ({ peers: part.peers[which], connections: part.connections[which] })))
    const certain = side('certain')
    const possible = side('possible')
    return regions.equal(certain, possible) ? exactly(certain) : { certain, possible }
  }

  function peersOf(peer: AdminPeer): Bounds<PeerSet> {
    const none = peerSets.empty
    switch (peer.kind) {
      case 'unknown':
        return { certain: none, possible: peerSets.all }
      case 'nodes': {
        // Which nodes a selector means is not in the manifests.
        const nodes = { classes: classes.nodes.possible, addresses: none.addresses }
        return { certain: none, possible: nodes }
      }
      case 'networks': {
        const held = blockHolds(peer.addresses, cluster.nodeAddresses)
        const set = (nodes: boolean, which: 'certain' | 'possible') => ({
          classes: nodes ? classes.nodes[which] : classSets.empty,
          addresses: peer.addresses,
        })
        return { certain: set(held === 'yes', 'certain'), possible: set(held !== 'no', 'possible') }
      }
      case 'pods': {
        const pods = podsIn(classes, peer.namespaceSelector, peer.podSelector)
        const set = (which: 'certain' | 'possible') => ({ classes: pods[which], addresses: none.addresses })
        return pods.certain === pods.possible
          ? exactly(set('certain'))
          : { certain: set('certain'), possible: set('possible') }
      }
    }
  }

  /** Connections of a rule, with the pods for which they hold where a port name means something else in each. */
  function portParts({ ports }: AdminRule, direction: Direction, subject: number): readonly PortPart[] {
    if (ports === undefined) return [{ pods: undefined, connections: exactly(ALL_CONNECTIONS) }]
    return ports.flatMap((port): readonly PortPart[] => {
      if (port.kind === 'range')
        return [{ pods: undefined, connections: exactly(connectionSet(port.protocol, port.first, port.last)) }]
      if (port.kind === 'unknown')
        return [{ pods: undefined, connections: { certain: NO_CONNECTIONS, possible: ALL_CONNECTIONS } }]
      return PORT_PROTOCOLS.flatMap((protocol): readonly PortPart[] =>
        direction === 'ingress'
          ? [{ pods: undefined, connections: bindings.of(subject, protocol, port.name) }]
          : bindings.pods(protocol, port.name),
      )
    })
  }

  return {
    name: 'admin-policy',
    groupOf: (subject, direction) => groups[direction].groupOf[subject]!,
    selecting: (subject, direction) => groups[direction].lists[groups[direction].groupOf[subject]!]!,
    decide(group, direction) {
      const selections = groups[direction].lists[group]!
      if (selections.length === 0) return undefined
      const subject = groups[direction].examples[group]!
      const decision = decide(selections, direction, subject)
      const swapped = swapTies(selections)
      return swapped === undefined ? decision : eitherOrder(decision, decide(swapped, direction, subject), regions)
    },
    admits: () => true,
    judge(subject, direction, packet) {
      const selections = ordered.flatMap((policy): readonly AdminSelection[] => {
        const selects =
          policy.rules[direction].length === 0 ? 'no' : both(inForce(policy), isSubject(policy, subject.facts))
        return selects === 'no' ? [] : [{ policy, selects }]
      })
      const judgement = walk(selections, subject, direction, packet, { cluster, tier })
      const swapped = swapTies(selections)
      if (swapped === undefined) return judgement
      const other = walk(swapped, subject, direction, packet, { cluster, tier })
      return { ...judgement, allow: alike(judgement.allow, other.allow), deny: alike(judgement.deny, other.deny) }
    },
  }
}

/** Connections of a rule; `pods` is undefined where they are the same for all of its peers. */
interface PortPart {
  readonly pods: BoundPods['pods'] | undefined
  readonly connections: Bounds<ConnectionSet>
}

function inOrder(
  policies: readonly AdminPolicy[],
  tier: AdminPolicy['tier'],
  { engine }: ClusterFacts,
): readonly AdminPolicy[] {
  // No engine of AKS implements them. Source: network-policy-api.sigs.k8s.io/implementations
  if (engine === 'none' || engine === 'azure' || engine === 'cilium') return []
  return policies
    .filter((policy) => policy.tier === tier)
    .sort((a, b) => a.priority - b.priority || byCodeUnit(a.name, b.name))
}

function inForce(policy: AdminPolicy): Truth {
  return policy.rejections.length === 0 && policy.resource.maybe === undefined ? 'yes' : 'maybe'
}

/** The list with policies of equal priority in the opposite order; undefined where there are none. */
function swapTies(selections: readonly AdminSelection[]): readonly AdminSelection[] | undefined {
  const priorities = new Set(selections.map(({ policy }) => policy.priority))
  if (priorities.size === selections.length) return undefined
  return [...selections].reverse().sort((a, b) => a.policy.priority - b.policy.priority)
}

function eitherOrder(
  a: Decision,
  b: Decision,
  regions: Pick<StateClasses['universe']['regions'], 'intersect' | 'union'>,
): Decision {
  const join = (x: Decision['allow'], y: Decision['allow']) => ({
    certain: regions.intersect(x.certain, y.certain),
    possible: regions.union(x.possible, y.possible),
  })
  if (a.deny === 'rest' || b.deny === 'rest') return a
  return { allow: join(a.allow, b.allow), deny: join(a.deny, b.deny) }
}

function alike(a: Truth, b: Truth): Truth {
  return a === b ? a : 'maybe'
}

function portNames(rules: readonly AdminRule[]): readonly string[] {
  return rules.flatMap((rule) =>
    (rule.ports ?? []).flatMap((port) =>
      port.kind === 'named' ? PORT_PROTOCOLS.map((each) => portNameKey(each, port.name)) : [],
    ),
  )
}

/** The plain walk: rule by rule, until one matches for certain. */
function walk(
  selections: readonly AdminSelection[],
  subject: PolicySubject,
  direction: Direction,
  packet: PolicyPacket,
  { cluster, tier }: { readonly cluster: ClusterFacts; readonly tier: AdminPolicy['tier'] },
): Judgement {
  let rest: Truth = 'yes'
  let allow: Truth = 'no'
  let deny: Truth = 'no'
  let decisive: { readonly policy: AdminPolicy; readonly rule: AdminRule } | undefined
  for (const { policy, selects } of selections) {
    for (const rule of policy.rules[direction]) {
      const known = selects === 'yes' && rule.action !== undefined
      const found = ruleMatches(rule, subject.facts, direction, packet, cluster)
      const match: Truth = known || found === 'no' ? found : 'maybe'
      const hit = both(rest, match)
      if (hit !== 'no') decisive ??= { policy, rule }
      if (rule.action === 'allow' || rule.action === undefined) allow = either(allow, hit)
      if (rule.action === 'deny' || rule.action === undefined) deny = either(deny, hit)
      rest = both(rest, not(match))
    }
  }
  if (decisive === undefined)
    return { allow, deny, rule: `no ${tier} policy decides ${direction} of ${subjectName(subject)}` }
  const { policy, rule } = decisive
  const text = `${policy.resource.address} ${direction} rule ${rule.index + 1} (${rule.action ?? 'unknown action'})`
  return { allow, deny, rule: text, resource: policy.resource, origin: rule.origin }
}

function isSubject({ subject }: AdminPolicy, facts: EndpointFacts): Truth {
  if (subject === undefined) return both('maybe', isPod(facts))
  return podsMatch(subject, facts)
}

function isPod({ hostNetwork }: EndpointFacts): Truth {
  return not(hostNetwork)
}

function podsMatch(
  { namespaceSelector, podSelector }: NonNullable<AdminPolicy['subject']>,
  facts: EndpointFacts,
): Truth {
  const labels = podSelector === undefined ? 'yes' : matches(podSelector, facts.labels)
  return both(both(matches(namespaceSelector, facts.namespaceLabels), labels), isPod(facts))
}

function ruleMatches(
  { peers, ports }: AdminRule,
  subject: EndpointFacts,
  direction: Direction,
  packet: PolicyPacket,
  cluster: ClusterFacts,
): Truth {
  const peer = peers.map((each) => peerMatches(each, packet, cluster)).reduce(either, 'no')
  const target = direction === 'ingress' ? subject : packet.peer.kind === 'endpoint' ? packet.peer.facts : undefined
  const port = ports === undefined ? 'yes' : ports.map((each) => portMatches(each, target, packet)).reduce(either, 'no')
  return both(peer, port)
}

function peerMatches(peer: AdminPeer, { peer: end }: PolicyPacket, cluster: ClusterFacts): Truth {
  switch (peer.kind) {
    case 'unknown':
      return 'maybe'
    case 'nodes':
      return end.kind === 'endpoint' && end.facts.hostNetwork !== 'no' ? 'maybe' : 'no'
    case 'networks':
      if (end.kind === 'address') return toTruth(hasAddress(peer.addresses, parseAddress(end.address)!))
      return both(blockHolds(peer.addresses, cluster.nodeAddresses), end.facts.hostNetwork)
    case 'pods':
      return end.kind === 'address' ? 'no' : podsMatch(peer, end.facts)
  }
}

function portMatches(
  port: AdminPort,
  target: EndpointFacts | undefined,
  { protocol, port: number }: PolicyPacket,
): Truth {
  switch (port.kind) {
    case 'unknown':
      return 'maybe'
    case 'range':
      return toTruth(port.protocol === protocol && number >= port.first && number <= port.last)
    case 'named': {
      if (target === undefined || target.hostNetwork === 'yes') return 'no'
      const numbers = resolvePortName(target.ports, protocol, port.name)
      if (hasNumber(numbers.certain, number)) return 'yes'
      return hasNumber(numbers.possible, number) ? 'maybe' : 'no'
    }
  }
}
