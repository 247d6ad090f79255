import { type Bounds, exactly, isExact } from '../../algebra/bounds.ts'
import { type ClassSet, hasClass, membersOf, overlaps } from '../../algebra/classes.ts'
import { ALL_CONNECTIONS } from '../../algebra/connections.ts'
import type { Region } from '../../algebra/regions.ts'
import { both, type Truth } from '../../algebra/truth.ts'
import { areIdentical, missingFrom } from '../../base/identity.ts'
import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import type { Direction, NetworkPolicy, PolicyRule } from '../../model/kubernetes/network-policy.ts'
import type { ClusterFacts } from '../engine.ts'
import type { Decision, PolicyLayer } from '../layer.ts'
import { bindingsKey } from '../named-ports.ts'
import type { PeerSet } from '../peers.ts'
import type { StateClasses } from '../state-classes.ts'
import { judgeNetworkPolicies } from './network-policy-judge.ts'
import type { PolicyCompiler } from './policy-compiler.ts'

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

/** What stands behind a layer, from which that of a state with almost the same policies is made. */
interface Grouped {
  readonly policies: readonly NetworkPolicy[]
  readonly groups: Readonly<Record<Direction, Groups>>
}

const grouped = new WeakMap<NetworkPolicyLayer, Grouped>()

/**
 * NetworkPolicies: where one selects a pod, only what some rule allows gets through.
 *
 * Classes are grouped by the set of policies that select them, and each group's rules are put together once. `like` is the layer of
 * another state on the same classes and compiler: classes that no other policies select there stay in their groups.
 * Source: kubernetes.io/docs/concepts/services-networking/network-policies
 */
export function networkPolicyLayer(
  network: KubernetesNetwork,
  classes: StateClasses,
  cluster: ClusterFacts,
  compile: PolicyCompiler,
  like?: NetworkPolicyLayer,
): NetworkPolicyLayer {
  const { classSets } = classes.universe
  const before = like && grouped.get(like)
  const touched = before === undefined ? classSets.all : selectedByOthers(before.policies)
  const groups = { ingress: groupClasses('ingress'), egress: groupClasses('egress') }

  /** The classes that not exactly the same policies select as in another state, and all where those are in another order. */
  function selectedByOthers(others: readonly NetworkPolicy[]): ClassSet {
    const { policies } = network
    const [gone, come] = [missingFrom(others, policies), missingFrom(policies, others)]
    if (!areIdentical(missingFrom(others, gone), missingFrom(policies, come))) return classSets.all
    return [...gone, ...come].map((policy) => compile.pods(policy).possible).reduce(classSets.union, classSets.empty)
  }

  function groupClasses(direction: Direction): Groups {
    const selections: Selection[][] = []
    for (const policy of network.policies) {
      const isolates = isolation(policy, direction, cluster)
      if (isolates === 'no') continue
      const inForce = policy.rejections.length === 0 && policy.resource.maybe === undefined ? isolates : 'maybe'
      const pods = compile.pods(policy)
      if (!overlaps(pods.possible, touched)) continue
      for (const subject of membersOf(classSets.intersect(pods.possible, touched))) {
        const certain = hasClass(pods.certain, subject)
        const list = selections[subject] ?? []
        list.push({ policy, selects: both(inForce, certain ? 'yes' : 'maybe') })
        selections[subject] = list
      }
    }
    const result = new Groups(direction, classes, compile, before?.groups[direction])
    for (const subject of membersOf(touched)) result.enter(subject, selections[subject])
    return result
  }

  const layer: NetworkPolicyLayer = {
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
  grouped.set(layer, { policies: network.policies, groups })
  return layer
}

/** Whether the policy isolates; Cilium also isolates a direction in which there are rules that `policyTypes` leaves out. */
export function isolation(policy: NetworkPolicy, direction: Direction, cluster: ClusterFacts): Truth {
  if (cluster.engine === 'none') return 'no'
  if (cluster.engine === 'cilium' && policy.rules[direction].length > 0) return 'yes'
  return policy.isolates[direction]
}

/** Classes by the set of policies that select them, and by what port names mean in them where such a policy uses one. */
class Groups {
  readonly #direction: Direction
  readonly #classes: StateClasses
  readonly #compile: PolicyCompiler
  readonly #groupOf: Int32Array
  readonly #selections: (readonly Selection[])[]
  readonly #examples: number[]
  readonly #numbers: number[]
  readonly #byKey: Map<string, number>

  /** Every class in the group of no policy, or where another state has it. */
  constructor(direction: Direction, classes: StateClasses, compile: PolicyCompiler, like?: Groups) {
    this.#direction = direction
    this.#classes = classes
    this.#compile = compile
    this.#groupOf = like === undefined ? new Int32Array(classes.facts.length) : like.#groupOf.slice()
    this.#selections = like === undefined ? [[]] : [...like.#selections]
    this.#examples = like === undefined ? [-1] : [...like.#examples]
    this.#numbers = like === undefined ? [0] : [...like.#numbers]
    this.#byKey = new Map(like === undefined ? [] : like.#byKey)
  }

  /** Puts a class into the group of those that the same policies select. Only while the groups are made. */
  enter(subject: number, list: readonly Selection[] | undefined): void {
    this.#groupOf[subject] = list === undefined ? 0 : this.#groupFor(subject, list)
  }

  #groupFor(subject: number, list: readonly Selection[]): number {
    let key = ''
    const used = new Set<string>()
    for (const { policy, selects } of list) {
      key += `${this.#compile.numberOf(policy)}${selects === 'yes' ? ' ' : '? '}`
      for (const name of this.#compile.namesIn(policy, this.#direction)) used.add(name)
    }
    if (used.size > 0 && this.#direction === 'ingress') key += bindingsKey(this.#classes.facts[subject]?.ports, used)
    let group = this.#byKey.get(key)
    if (group === undefined) {
      group = this.#selections.push(list) - 1
      this.#examples.push(subject)
      this.#numbers.push(this.#compile.selectionNumber(key))
      this.#byKey.set(key, group)
    }
    return group
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
