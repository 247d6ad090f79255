import { type Bounds, boundsOf, exactly, isExact } from '../algebra/bounds.ts'
import { addClass, type ClassSet, classKey, hasClass } from '../algebra/classes.ts'
import { ALL_CONNECTIONS, type ConnectionSet, connectionSets } from '../algebra/connections.ts'
import type { Region, RegionPart } from '../algebra/regions.ts'
import { areIdentical, missingFrom } from '../base/identity.ts'
import type { AdminPolicy } from '../model/kubernetes/admin-policy.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { Network } from '../model/network.ts'
import { ConnectionTable } from './connection-table.ts'
import type { Door } from './door.ts'
import { findDoors } from './doors.ts'
import { type ClusterFacts, isSamePlace, type PolicyPlace, UNKNOWN_CLUSTER } from './engine.ts'
import { explainPacket, type Packet } from './explain.ts'
import type { Path, PolicyLayer } from './layer.ts'
import { type AdminPolicyLayer, adminPolicyLayer } from './layers/admin-policy.ts'
import { type NetworkPolicyLayer, networkPolicyLayer, type Selection } from './layers/network-policy.ts'
import { type PolicyCompiler, policyCompiler } from './layers/policy-compiler.ts'
import type { PeerSet } from './peers.ts'
import { type PortBindings, portBindings } from './port-bindings.ts'
import { findRectangles, type Rectangle } from './rectangles.ts'
import { cutDown, prepareOthers, type Side, toParts } from './sides.ts'
import { haveEqualClasses, type StateClasses, stateClasses } from './state-classes.ts'
import { buildUniverse, tellsApart, type Universe } from './universe.ts'

/** A state to analyse, and what its manifests do not say. */
export interface ReachabilityInput {
  readonly network: Network
  readonly cluster?: ClusterFacts
}

/** Who can reach whom in one state. Results are computed on demand; what all classes of a group share is kept. */
export interface Reachability {
  readonly network: Network
  readonly cluster: ClusterFacts
  readonly universe: Universe
  /** What the policies stand on. The identical object in states that differ in nothing but their NetworkPolicies. */
  readonly ground: Ground
  readonly classes: StateClasses
  readonly networkPolicies: NetworkPolicyLayer
  readonly adminPolicies: Readonly<Record<AdminPolicy['tier'], AdminPolicyLayer>>
  /** In the order in which a packet meets them at one end. */
  readonly layers: readonly PolicyLayer[]
  /** Classes whose own layers say the same in one direction. */
  readonly groups: Readonly<Record<Direction, OwnGroups>>
  /** What the layers at the class's own side let through, the other end not asked. Empty where the state does not have the class. */
  own(subject: number, direction: Direction): Bounds<Region<PeerSet>>
  /**
   * What leaves each of some classes (`egress`) or gets to it (`ingress`) when both ends are asked. O(groups) for each, not kept; groups
   * that have nothing to do with any of the classes are not worked out.
   */
  reachOf(subjects: ClassSet, direction: Direction): (subject: number) => Bounds<Region<PeerSet>>
  /** Connections of one class to another, both ends asked. */
  between(from: number, to: number): Bounds<ConnectionSet>
  /** The policies that select the class and isolate the direction. */
  selecting(subject: number, direction: Direction): readonly Selection[]
  /** Every allowed connection of workloads with each other and with addresses, as rectangles; `among` takes other classes in as well. */
  connections(among?: ClassSet): readonly Rectangle[]
  /** Ways in from outside the cluster, with what the policies let through. */
  doors(): readonly Door[]
  /** Every layer's verdict on one packet, found the plain way. */
  explain(packet: Packet): Path
}

/** Classes by the groups of all layers together. */
export interface OwnGroups {
  readonly count: number
  /** -1 where the state does not have the class. */
  groupOf(subject: number): number
  /** False where the layers certainly let through nothing between the group and any of the classes. */
  admits(group: number, peers: ClassSet): boolean
  members(group: number): ClassSet
  region(group: number): Bounds<Region<PeerSet>>
  /** As `region`, in parts that may overlap. */
  parts(group: number): Bounds<readonly RegionPart<PeerSet>[]>
}

/**
 * Analyses states in one universe, so that what is said of one can be compared with the other: give base and head together.
 *
 * Cost grows with labels, rules and groups; nothing is done for pairs of workloads.
 */
export function buildReachability(states: readonly ReachabilityInput[]): readonly Reachability[] {
  const universe = buildUniverse(states.map(({ network }) => network.kubernetes))
  const grounds: Ground[] = []
  for (const [state, { network, cluster = UNKNOWN_CLUSTER }] of states.entries()) {
    const before = states[state - 1]?.network.kubernetes
    const isEqual =
      before !== undefined &&
      isSamePlace(grounds[state - 1]!.cluster, cluster) &&
      haveEqualClasses(universe, [before, network.kubernetes], [state - 1, state])
    grounds.push(isEqual ? grounds[state - 1]! : groundOf(stateClasses(universe, state, network.kubernetes), cluster))
  }
  const analysed: Reachability[] = []
  for (const [state, { network, cluster = UNKNOWN_CLUSTER }] of states.entries())
    analysed.push(analyse(network, cluster, grounds[state]!, analysed.at(-1)))
  return analysed
}

/** What policies stand on. Base and head have one ground where a change touches no workload, no namespace and no address of the cluster. */
export interface Ground {
  readonly classes: StateClasses
  readonly cluster: PolicyPlace
  readonly bindings: PortBindings
  readonly compile: PolicyCompiler
  readonly table: ConnectionTable
}

function groundOf(classes: StateClasses, cluster: PolicyPlace): Ground {
  const bindings = portBindings(classes)
  return {
    classes,
    cluster,
    bindings,
    compile: policyCompiler(classes, cluster, bindings),
    table: new ConnectionTable(),
  }
}

/** Analyses one state by itself. */
export function reachabilityOf(network: Network, cluster?: ClusterFacts): Reachability {
  return buildReachability([cluster === undefined ? { network } : { network, cluster }])[0]!
}

/**
 * A state that differs from a known one in its NetworkPolicies alone, in the universe of that one: what the others come to is taken over.
 * Undefined where more differs, or where the new policies ask for labels or port names that the universe does not tell apart.
 */
export function withOtherPolicies(known: Reachability, network: Network): Reachability | undefined {
  const [before, after] = [known.network.kubernetes, network.kubernetes]
  const isSame =
    areIdentical(before.workloads, after.workloads) &&
    areIdentical(before.services, after.services) &&
    areIdentical(before.ingresses, after.ingresses) &&
    areIdentical(before.adminPolicies, after.adminPolicies) &&
    sameNamespaces(before.namespaces, after.namespaces)
  return isSame && tellsApart(known.universe, { ...after, policies: missingFrom(after.policies, before.policies) })
    ? analyse(network, known.cluster, known.ground, known)
    : undefined
}

/**
 * A state that differs from a known one in the network around its cluster alone: `network` has the identical manifests. Undefined where the
 * policies mean something else in the cluster as it is now.
 */
export function withOtherCluster(
  known: Reachability,
  network: Network,
  cluster: ClusterFacts,
): Reachability | undefined {
  return isSamePlace(known.ground.cluster, cluster) ? analyse(network, cluster, known.ground, known) : undefined
}

/** What is known of a namespace is told by its object, and by its name where the tree has none. */
function sameNamespaces(before: KubernetesNetwork['namespaces'], after: KubernetesNetwork['namespaces']): boolean {
  return (
    before === after ||
    (before.size === after.size &&
      [...before].every(([name, { resource }]) => after.has(name) && after.get(name)!.resource === resource))
  )
}

/** `like` is another state, which may stand on the same ground. */
function analyse(network: Network, cluster: ClusterFacts, ground: Ground, like?: Reachability): Reachability {
  const { classes, bindings, compile, table } = ground
  const { universe } = classes
  const { regions } = universe
  const networkPolicies = networkPolicyLayer(
    network.kubernetes,
    classes,
    cluster,
    compile,
    like?.ground === ground ? like.networkPolicies : undefined,
  )
  const { adminPolicies } = network.kubernetes
  const tier = (name: AdminPolicy['tier']) => adminPolicyLayer(adminPolicies, name, classes, cluster, bindings)
  const tiers = { admin: tier('admin'), baseline: tier('baseline') }
  const layers: readonly PolicyLayer[] =
    adminPolicies.length === 0 ? [networkPolicies] : [tiers.admin, networkPolicies, tiers.baseline]
  const everything = exactly(regions.of(universe.peerSets.all, ALL_CONNECTIONS))
  const nothing = exactly(regions.empty)
  const groups = {
    ingress: ownGroups('ingress', layers, classes, everything),
    egress: ownGroups('egress', layers, classes, everything),
  }
  let doors: readonly Door[] | undefined

  const own = (subject: number, direction: Direction) => {
    const group = groups[direction].groupOf(subject)
    return group < 0 ? nothing : groups[direction].region(group)
  }

  const prepared = new Map<string, ReturnType<typeof prepare>>()
  const preparedFor = (subjects: ClassSet, direction: Direction) => {
    const key = `${direction} ${classKey(subjects)}`
    const known = prepared.get(key) ?? prepare(subjects, direction)
    prepared.set(key, known)
    return known
  }
  const prepare = (subjects: ClassSet, direction: Direction) => {
    const others = groups[opposite(direction)]
    const numbers = Array.from({ length: others.count }, (_, group) => group).filter((group) =>
      others.admits(group, subjects),
    )
    const on = (side: Side) => prepareOthers(others, numbers, side, subjects, table, universe)
    const certain = on('certain')
    return { certain, possible: numbers.every((group) => isExact(others.parts(group))) ? certain : on('possible') }
  }
  const reachOf = (subjects: ClassSet, direction: Direction) => {
    let others: ReturnType<typeof prepare> | undefined
    return (subject: number): Bounds<Region<PeerSet>> => {
      if (groups[direction].groupOf(subject) < 0) return nothing
      others ??= preparedFor(subjects, direction)
      const mine = own(subject, direction)
      const toRegion = (side: Side) => cutDown(subject, toParts(mine[side], table), others![side], table, universe)
      const certain = toRegion('certain')
      if (others.certain === others.possible && isExact(mine)) return exactly(certain)
      const possible = toRegion('possible')
      return regions.equal(certain, possible) ? exactly(certain) : { certain, possible }
    }
  }

  const reachability: Reachability = {
    network,
    cluster,
    universe,
    ground,
    classes,
    networkPolicies,
    adminPolicies: tiers,
    layers,
    groups,
    own,
    reachOf,
    between(from, to) {
      const connections = boundsOf(connectionSets)
      const side = (which: 'certain' | 'possible') =>
        connectionSets.intersect(
          connectionsWith(own(from, 'egress')[which], to),
          connectionsWith(own(to, 'ingress')[which], from),
        )
      const bounds = { certain: side('certain'), possible: side('possible') }
      return connections.equal(exactly(bounds.certain), exactly(bounds.possible)) ? exactly(bounds.certain) : bounds
    },
    selecting: (subject, direction) => networkPolicies.selecting(subject, direction),
    connections: (among) => findRectangles(classes, groups, table, among),
    doors() {
      doors ??= findDoors(reachability)
      return doors
    },
    explain: (packet) => explainPacket(layers, packet),
  }
  return reachability
}

export function opposite(direction: Direction): Direction {
  return direction === 'ingress' ? 'egress' : 'ingress'
}

/** What a region says of one class. */
export function connectionsWith(region: Region<PeerSet>, subject: number): ConnectionSet {
  let connections = connectionSets.empty
  for (const part of region) {
    if (hasClass(part.peers.classes, subject)) connections = connectionSets.union(connections, part.connections)
  }
  return connections
}

function ownGroups(
  direction: Direction,
  layers: readonly PolicyLayer[],
  classes: StateClasses,
  everything: Bounds<Region<PeerSet>>,
): OwnGroups {
  const { classSets, regions } = classes.universe
  const sets = boundsOf(regions)
  const numbers = new Int32Array(classes.facts.length).fill(-1)
  const byKey = new Map<string | number, number>()
  const groups: { readonly members: ClassSet; readonly parts: readonly number[]; region?: Bounds<Region<PeerSet>> }[] =
    []
  for (const [subject, facts] of classes.facts.entries()) {
    if (facts === undefined) continue
    const parts = layers.map((layer) => layer.groupOf(subject, direction))
    const key = parts.length === 1 ? parts[0]! : parts.join(' ')
    let group = byKey.get(key)
    if (group === undefined) {
      group = groups.push({ members: classSets.of([]), parts }) - 1
      byKey.set(key, group)
    }
    addClass(groups[group]!.members, subject)
    numbers[subject] = group
  }
  const [layer] = layers
  const isOnly = layers.length === 1
  return {
    count: groups.length,
    groupOf: (subject) => numbers[subject]!,
    members: (group) => groups[group]!.members,
    admits: (group, peers) => layers.some((layer, i) => layer.admits(groups[group]!.parts[i]!, direction, peers)),
    parts(number) {
      const allowed = isOnly ? layer!.allowedParts?.(groups[number]!.parts[0]!, direction) : undefined
      return allowed ?? this.region(number)
    },
    region(number) {
      const group = groups[number]!
      group.region ??= layers.reduceRight((rest, layer, i) => {
        const decision = layer.decide(group.parts[i]!, direction)
        if (decision === undefined) return rest
        if (decision.deny === 'rest') return decision.allow
        return sets.subtract(sets.union(decision.allow, rest), decision.deny)
      }, everything)
      return group.region
    },
  }
}
