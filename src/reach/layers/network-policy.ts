import type { AddressSet } from '../../algebra/addresses.ts'
import { type Bounds, boundsOf, exactly, isExact } from '../../algebra/bounds.ts'
import { type ClassSet, hasClass, membersOf, overlaps } from '../../algebra/classes.ts'
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionSet,
  connectionSets,
  NO_CONNECTIONS,
} from '../../algebra/connections.ts'
import type { Region, RegionPart } from '../../algebra/regions.ts'
import { both, type Truth } from '../../algebra/truth.ts'
import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import type {
  Direction,
  NetworkPolicy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
} from '../../model/kubernetes/network-policy.ts'
import { blockHolds } from '../address-ranges.ts'
import { blocksMatchNodes, blocksMatchPods, type ClusterFacts } from '../engine.ts'
import type { Decision, PolicyLayer } from '../layer.ts'
import { bindingsKey, portNameKey } from '../named-ports.ts'
import type { PeerSet } from '../peers.ts'
import type { PortBindings } from '../port-bindings.ts'
import { podsIn, type StateClasses } from '../state-classes.ts'
import { judgeNetworkPolicies } from './network-policy-judge.ts'

/** A policy that selects a class, for certain or perhaps. */
export interface Selection {
  readonly policy: NetworkPolicy
  /** Never `no`. */
  readonly selects: Truth
}

export interface NetworkPolicyLayer extends PolicyLayer {
  /** The policies that select a class and isolate the direction, in the order of the network. */
  selecting(subject: number, direction: Direction): readonly Selection[]
  /** Equal for classes of states with one compiler that the identical policies select alike. */
  selectionNumber(subject: number, direction: Direction): number
  /** What one rule lets through, for a class that its policy selects. */
  ruleRegion(rule: PolicyRule, policy: NetworkPolicy, direction: Direction, subject: number): Bounds<Region<PeerSet>>
}

/**
 * NetworkPolicies: where one selects a pod, only what some rule allows gets through.
 *
 * Classes are grouped by the set of policies that select them, and each group's rules are put together once.
 * Source: kubernetes.io/docs/concepts/services-networking/network-policies
 */
export function networkPolicyLayer(
  network: KubernetesNetwork,
  classes: StateClasses,
  cluster: ClusterFacts,
  compile: PolicyCompiler,
): NetworkPolicyLayer {
  const groups = { ingress: groupClasses('ingress'), egress: groupClasses('egress') }

  function groupClasses(direction: Direction): Groups {
    const selections: Selection[][] = []
    for (const policy of network.policies) {
      const isolates = isolation(policy, direction, cluster)
      if (isolates === 'no') continue
      const inForce = policy.rejections.length === 0 && policy.resource.maybe === undefined ? isolates : 'maybe'
      const pods = compile.pods(policy)
      for (const subject of membersOf(pods.possible)) {
        const certain = hasClass(pods.certain, subject)
        const list = selections[subject] ?? []
        list.push({ policy, selects: both(inForce, certain ? 'yes' : 'maybe') })
        selections[subject] = list
      }
    }
    return new Groups(selections, direction, classes, compile)
  }

  return {
    name: 'network-policy',
    groupOf: (subject, direction) => groups[direction].groupOf(subject),
    selecting: (subject, direction) => groups[direction].selections(groups[direction].groupOf(subject)),
    selectionNumber: (subject, direction) => groups[direction].number(groups[direction].groupOf(subject)),
    decide(group, direction) {
      const selections = groups[direction].selections(group)
      if (selections.length === 0) return undefined
      return compile.decision(direction, groups[direction].number(group), () =>
        combine(classes, selections, (policy) => {
          const subject = groups[direction].example(group)
          return compile.policy(policy, direction, subject)
        }),
      )
    },
    allowedParts(group, direction) {
      const selections = groups[direction].selections(group)
      if (!selections.some(({ selects }) => selects === 'yes')) return undefined
      const subject = groups[direction].example(group)
      const partsOf = ({ policy }: Selection) => compile.parts(policy, direction, subject)
      const certain = selections.filter(({ selects }) => selects === 'yes').flatMap((each) => partsOf(each).certain)
      const isKnown = selections.every((each) => each.selects === 'yes' && isExact(partsOf(each)))
      return isKnown ? exactly(certain) : { certain, possible: selections.flatMap((each) => partsOf(each).possible) }
    },
    admits(group, direction, peers) {
      const selections = groups[direction].selections(group)
      const isDenied = selections.some(({ selects }) => selects === 'yes')
      return !isDenied || selections.some(({ policy }) => overlaps(compile.peers(policy, direction), peers))
    },
    ruleRegion: (rule, policy, direction, subject) => compile.rule(rule, policy, direction, subject),
    judge: (subject, direction, packet) => judgeNetworkPolicies(network, cluster, subject, direction, packet),
  }
}

/** Whether the policy isolates; Cilium also isolates a direction in which there are rules that `policyTypes` leaves out. */
export function isolation(policy: NetworkPolicy, direction: Direction, cluster: ClusterFacts): Truth {
  if (cluster.engine === 'none') return 'no'
  if (cluster.engine === 'cilium' && policy.rules[direction].length > 0) return 'yes'
  return policy.isolates[direction]
}

/** Classes by the set of policies that select them, and by what port names mean in them where such a policy uses one. */
class Groups {
  readonly #groupOf: Int32Array
  readonly #selections: (readonly Selection[])[] = [[]]
  readonly #examples: number[] = [-1]
  readonly #numbers: number[] = [0]

  constructor(
    selections: readonly (Selection[] | undefined)[],
    direction: Direction,
    classes: StateClasses,
    compile: PolicyCompiler,
  ) {
    this.#groupOf = new Int32Array(classes.facts.length)
    const groups = new Map<string, number>()
    for (const [subject, list] of selections.entries()) {
      if (list === undefined) continue
      let key = ''
      const used = new Set<string>()
      for (const { policy, selects } of list) {
        key += `${compile.numberOf(policy)}${selects === 'yes' ? ' ' : '? '}`
        for (const name of compile.namesIn(policy, direction)) used.add(name)
      }
      if (used.size > 0 && direction === 'ingress') key += bindingsKey(classes.facts[subject]?.ports, used)
      let group = groups.get(key)
      if (group === undefined) {
        group = this.#selections.push(list) - 1
        this.#examples.push(subject)
        this.#numbers.push(compile.selectionNumber(key))
        groups.set(key, group)
      }
      this.#groupOf[subject] = group
    }
  }

  groupOf(subject: number): number {
    return this.#groupOf[subject]!
  }

  selections(group: number): readonly Selection[] {
    return this.#selections[group]!
  }

  /** Equal for groups of states with one compiler that decide the same; 0 where no policy selects. */
  number(group: number): number {
    return this.#numbers[group]!
  }

  /** A class of the group. */
  example(group: number): number {
    return this.#examples[group]!
  }
}

type ByDirection<K, V> = Readonly<Record<Direction, Map<K, V>>>

/** The value under the key, made on the first call. */
function once<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  let value = made.get(key)
  if (value === undefined) {
    value = make()
    made.set(key, value)
  }
  return value
}

function namesIn(rules: readonly PolicyRule[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const rule of rules) {
    for (const port of rule.ports ?? []) if (port.kind === 'named') names.add(portNameKey(port.protocol, port.name))
  }
  return names
}

/**
 * The union of the policies' rules. Where all of them only perhaps select the class, none may: then nothing is denied that each of them
 * allows, and nothing is allowed by the layer for certain.
 */
function combine(
  { universe }: StateClasses,
  selections: readonly Selection[],
  allowedBy: (policy: NetworkPolicy) => Bounds<Region<PeerSet>>,
): Decision {
  const { regions, peerSets } = universe
  const everything = regions.of(peerSets.all, ALL_CONNECTIONS)
  const certainly = selections.filter(({ selects }) => selects === 'yes').map(({ policy }) => allowedBy(policy))
  const perhaps = selections.filter(({ selects }) => selects !== 'yes').map(({ policy }) => allowedBy(policy))
  const certain = regions.unionOf(certainly.flatMap((allowed) => allowed.certain))
  const isKnown = perhaps.length === 0 && certainly.every(isExact)
  const possible = () => regions.unionOf([...certainly, ...perhaps].flatMap((allowed) => allowed.possible))
  const allow = isKnown ? exactly(certain) : { certain, possible: possible() }
  if (certainly.length > 0) return { allow, deny: 'rest' }
  const byEach = perhaps.reduce((common, allowed) => regions.intersect(common, allowed.certain), everything)
  return { allow, deny: { certain: regions.empty, possible: regions.subtract(everything, byEach) } }
}

/** What policies come to, over one set of classes: shared by base and head where no class differs, so that each policy is worked out once. */
export interface PolicyCompiler {
  /** Equal for the identical policy. */
  numberOf(policy: NetworkPolicy): number
  /** The pods that the policy selects. */
  pods(policy: NetworkPolicy): Bounds<ClassSet>
  /** Port names that the policy's rules use. */
  namesIn(policy: NetworkPolicy, direction: Direction): ReadonlySet<string>
  /** Every class that some rule of the policy may let through, on whatever port. */
  peers(policy: NetworkPolicy, direction: Direction): ClassSet
  policy(policy: NetworkPolicy, direction: Direction, subject: number): Bounds<Region<PeerSet>>
  /** As `policy`, a part for each rule or more: they may overlap. */
  parts(policy: NetworkPolicy, direction: Direction, subject: number): Bounds<readonly RegionPart<PeerSet>[]>
  rule(rule: PolicyRule, policy: NetworkPolicy, direction: Direction, subject: number): Bounds<Region<PeerSet>>
  /** Number of a list of policies by its key, from 1. */
  selectionNumber(key: string): number
  /** What was decided for the policies of that number, made on the first call. */
  decision(direction: Direction, selection: number, make: () => Decision): Decision
}

/** Turns rules into regions. What does not hang on the subject's port names is made once for each policy and rule. */
export function policyCompiler(classes: StateClasses, cluster: ClusterFacts, bindings: PortBindings): PolicyCompiler {
  const { universe } = classes
  const { regions, peerSets, classSets } = universe
  const peers = boundsOf(peerSets)
  const numbers = new Map<NetworkPolicy, number>()
  const pods = new Map<NetworkPolicy, Bounds<ClassSet>>()
  const names: ByDirection<NetworkPolicy, ReadonlySet<string>> = { ingress: new Map(), egress: new Map() }
  const peersOfPolicies: ByDirection<NetworkPolicy, ClassSet> = { ingress: new Map(), egress: new Map() }
  const ofPolicies: ByDirection<NetworkPolicy, Bounds<Region<PeerSet>>> = { ingress: new Map(), egress: new Map() }
  const partsOfPolicies: ByDirection<NetworkPolicy, Bounds<readonly RegionPart<PeerSet>[]>> = {
    ingress: new Map(),
    egress: new Map(),
  }
  const ofRules: ByDirection<PolicyRule, Bounds<Region<PeerSet>>> = { ingress: new Map(), egress: new Map() }
  const peersOfRules = new Map<PolicyRule, Bounds<PeerSet>>()
  const selectionNumbers = new Map<string, number>()
  const decisions: ByDirection<number, Decision> = { ingress: new Map(), egress: new Map() }

  const compiler: PolicyCompiler = {
    numberOf: (policy) => once(numbers, policy, () => numbers.size),
    pods: (policy) => once(pods, policy, () => podsIn(classes, policy.namespace, policy.podSelector)),
    namesIn: (policy, direction) => once(names[direction], policy, () => namesIn(policy.rules[direction])),
    peers: (policy, direction) =>
      once(peersOfPolicies[direction], policy, () => {
        if (policy.moreRules[direction]) return classSets.all
        return policy.rules[direction]
          .map((rule) => peersOfRule(rule, policy).possible.classes)
          .reduce(classSets.union, classSets.empty)
      }),
    policy(policy, direction, subject) {
      const make = () => joinParts(compiler.parts(policy, direction, subject))
      return isShared(policy, direction) ? once(ofPolicies[direction], policy, make) : make()
    },
    parts(policy, direction, subject) {
      const make = () => toSides(partsOfRules(policy, direction, subject))
      return isShared(policy, direction) ? once(partsOfPolicies[direction], policy, make) : make()
    },
    rule(rule, policy, direction, subject) {
      const make = () => joinParts(toSides(partsOf(rule, policy, direction, subject)))
      const isShared = direction === 'egress' || namesIn([rule]).size === 0
      return isShared ? once(ofRules[direction], rule, make) : make()
    },
    selectionNumber: (key) => once(selectionNumbers, key, () => selectionNumbers.size + 1),
    decision: (direction, selection, make) => once(decisions[direction], selection, make),
  }
  return compiler

  /** False where the same rules may let through something else for another class. */
  function isShared(policy: NetworkPolicy, direction: Direction): boolean {
    return direction === 'egress' || compiler.namesIn(policy, direction).size === 0
  }

  function partsOfRules(policy: NetworkPolicy, direction: Direction, subject: number): readonly BoundedPart[] {
    const parts = policy.rules[direction].flatMap((rule) => partsOf(rule, policy, direction, subject))
    if (!policy.moreRules[direction]) return parts
    const more: BoundedPart = {
      peers: { certain: peerSets.empty, possible: peerSets.all },
      connections: { certain: NO_CONNECTIONS, possible: ALL_CONNECTIONS },
    }
    return [...parts, more]
  }

  function toSides(parts: readonly BoundedPart[]): Bounds<readonly RegionPart<PeerSet>[]> {
    const side = (which: 'certain' | 'possible') =>
      parts.map(
        ({ peers, connections }): RegionPart<PeerSet> => ({ peers: peers[which], connections: connections[which] }),
      )
    const isKnown = parts.every((part) => isExact(part.peers) && isExact(part.connections))
    return isKnown ? exactly(side('certain')) : { certain: side('certain'), possible: side('possible') }
  }

  function joinParts(parts: Bounds<readonly RegionPart<PeerSet>[]>): Bounds<Region<PeerSet>> {
    const certain = regions.unionOf(parts.certain)
    return isExact(parts) ? exactly(certain) : { certain, possible: regions.unionOf(parts.possible) }
  }

  function partsOf(
    rule: PolicyRule,
    policy: NetworkPolicy,
    direction: Direction,
    subject: number,
  ): readonly BoundedPart[] {
    const who = peersOfRule(rule, policy)
    if (rule.ports === undefined) return [{ peers: who, connections: exactly(ALL_CONNECTIONS) }]
    const parts: BoundedPart[] = []
    let numbered: Bounds<ConnectionSet> = exactly(NO_CONNECTIONS)
    const connections = boundsOf(connectionSets)
    for (const port of rule.ports) {
      if (port.kind !== 'named') numbered = connections.union(numbered, portNumbers(port))
      else if (direction === 'ingress') {
        numbered = connections.union(numbered, bindings.of(subject, port.protocol, port.name))
      } else {
        for (const { pods, connections: there } of bindings.pods(port.protocol, port.name)) {
          const only = exactly({ classes: pods, addresses: peerSets.empty.addresses })
          parts.push({ peers: peers.intersect(who, only), connections: there })
        }
      }
    }
    return [{ peers: who, connections: numbered }, ...parts]
  }

  function peersOfRule(rule: PolicyRule, policy: NetworkPolicy): Bounds<PeerSet> {
    if (rule.peers === undefined) return exactly(peerSets.all)
    return once(peersOfRules, rule, () =>
      rule.peers!.map((peer) => peersOf(peer, policy)).reduce(peers.union, peers.empty),
    )
  }

  function peersOf(peer: PolicyPeer, policy: NetworkPolicy): Bounds<PeerSet> {
    switch (peer.kind) {
      case 'unknown':
        return { certain: peerSets.empty, possible: peerSets.all }
      case 'block': {
        const certain = { classes: blockClasses(peer.addresses, 'certain'), addresses: peer.addresses }
        const possible = { classes: blockClasses(peer.addresses, 'possible'), addresses: peer.addresses }
        return classSets.equal(certain.classes, possible.classes) ? exactly(certain) : { certain, possible }
      }
      case 'pods': {
        const pods = podsIn(classes, peer.namespaceSelector ?? policy.namespace, peer.podSelector)
        const toPeers = (set: ClassSet) => ({ classes: set, addresses: peerSets.empty.addresses })
        return isExact(pods)
          ? exactly(toPeers(pods.certain))
          : { certain: toPeers(pods.certain), possible: toPeers(pods.possible) }
      }
    }
  }

  /** Classes that a CIDR means besides addresses outside the cluster. */
  function blockClasses(block: AddressSet, side: 'certain' | 'possible'): ClassSet {
    const isHeld = (truth: Truth) => truth === 'yes' || (truth === 'maybe' && side === 'possible')
    let set = classSets.empty
    if (blocksMatchNodes(cluster.engine) && isHeld(blockHolds(block, cluster.nodeAddresses))) {
      set = classSets.union(set, classes.nodes[side])
    }
    if (blocksMatchPods(cluster.engine) && isHeld(blockHolds(block, cluster.podAddresses))) {
      set = classSets.union(set, classes.pods[side])
    }
    return set
  }
}

interface BoundedPart {
  readonly peers: Bounds<PeerSet>
  readonly connections: Bounds<ConnectionSet>
}

function portNumbers(port: Exclude<PolicyPort, { kind: 'named' }>): Bounds<ConnectionSet> {
  if (port.kind === 'range') return exactly(connectionSet(port.protocol, port.first, port.last))
  const possible = port.protocol === undefined ? ALL_CONNECTIONS : connectionSet(port.protocol)
  return { certain: NO_CONNECTIONS, possible }
}
