import type { AddressSet } from '../../algebra/addresses.ts'
import { type Bounds, boundsOf, exactly, isExact } from '../../algebra/bounds.ts'
import type { ClassSet } from '../../algebra/classes.ts'
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionSet,
  connectionSets,
  NO_CONNECTIONS,
} from '../../algebra/connections.ts'
import type { Region, RegionPart } from '../../algebra/regions.ts'
import type { Truth } from '../../algebra/truth.ts'
import type {
  Direction,
  NetworkPolicy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
} from '../../model/kubernetes/network-policy.ts'
import { blockHolds } from '../address-ranges.ts'
import { blocksMatchNodes, blocksMatchPods, type PolicyPlace } from '../engine.ts'
import type { Decision } from '../layer.ts'
import { portNameKey } from '../named-ports.ts'
import type { PeerSet } from '../peers.ts'
import type { PortBindings } from '../port-bindings.ts'
import { podsIn, type StateClasses } from '../state-classes.ts'

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
export function policyCompiler(classes: StateClasses, cluster: PolicyPlace, bindings: PortBindings): PolicyCompiler {
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
