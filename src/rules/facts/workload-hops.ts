import { type ClassSet, hasClass, membersOf } from '../../algebra/classes.ts'
import { ALL_CONNECTIONS, type ConnectionSet, connectionSets, NO_CONNECTIONS } from '../../algebra/connections.ts'
import type { Region } from '../../algebra/regions.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { PeerSet } from '../../reach/peers.ts'
import { connectionsWith, type Reachability } from '../../reach/reachability.ts'
import type { Side } from './exposed-workloads.ts'
import { declaredPorts } from './open-ingress.ts'
import { sensitiveWorkloads } from './sensitive-workloads.ts'

/** Classes of workloads that are reached over others, each with the one before it; undefined for the first ones. */
export type Steps = ReadonlyMap<number, number | undefined>

/** Connections that one walk may look at. Beyond, a tree is too large to say in a short time which workloads follow from which. */
const MOST_QUESTIONS = 200_000

/**
 * Every class of workloads that somebody who has the first ones gets to, hop by hop, on ports that workloads declare; by the fewest hops.
 * On the `possible` side a workload that declares none may serve any. Undefined where there are too many.
 *
 * Each that is reached asks the groups that name it, and connections only where policies of both ends name the other.
 */
export function stepsFrom(view: StateView, first: Iterable<number>, side: Side): Steps | undefined {
  const { reach } = view
  const served = servedPorts(view, side)
  const steps = new Map<number, number | undefined>()
  for (const subject of first) steps.set(subject, undefined)
  const unreached = unreachedGroups(view, served, side, steps)
  let questions = 0
  // What is added while this runs is visited as well, in the order in which it came.
  for (const [from] of steps) {
    const out = reach.own(from, 'egress')[side]
    const receivers = peersIn(view, out)
    for (const group of [...(unreached.bySender.get(from) ?? []), ...unreached.ofMany]) {
      if (!hasClass(group.senders, from)) continue
      const named = group.targets.filter((to) => hasClass(receivers, to))
      if (named.length === 0) continue
      const admitted = connectionsWith(group.region, from)
      for (const to of named) {
        if (++questions > MOST_QUESTIONS) return undefined
        const open = connectionSets.intersect(
          connectionSets.intersect(connectionsWith(out, to), admitted),
          served.get(to)!,
        )
        if (!connectionSets.isEmpty(open)) steps.set(to, from)
      }
      group.targets = group.targets.filter((to) => !steps.has(to))
    }
  }
  return steps
}

/** Workloads of one ingress group that nobody got to yet. */
interface Unreached {
  readonly region: Region<PeerSet>
  /** Whom the region names at all. */
  readonly senders: ClassSet
  targets: number[]
}

/** Groups that name so many senders are asked of each; the others are found by the sender. */
const MANY_SENDERS = 64

function unreachedGroups(
  view: StateView,
  served: ReadonlyMap<number, ConnectionSet>,
  side: Side,
  reached: ReadonlyMap<number, unknown>,
) {
  const { ingress } = view.reach.groups
  const groups = new Map<number, Unreached>()
  for (const subject of served.keys()) {
    const number = ingress.groupOf(subject)
    if (number < 0 || reached.has(subject)) continue
    const known = groups.get(number)
    if (known !== undefined) known.targets.push(subject)
    else {
      const region = ingress.region(number)[side]
      groups.set(number, { region, senders: peersIn(view, region), targets: [subject] })
    }
  }
  const bySender = new Map<number, Unreached[]>()
  const ofMany: Unreached[] = []
  for (const group of groups.values()) {
    const senders = membersOf(group.senders)
    if (senders.length > MANY_SENDERS) ofMany.push(group)
    else for (const sender of senders) bySender.set(sender, [...(bySender.get(sender) ?? []), group])
  }
  return { bySender, ofMany }
}

function peersIn({ reach: { universe } }: StateView, region: Region<PeerSet>): ClassSet {
  const [only] = region
  if (region.length === 1) return only!.peers.classes
  return region.reduce((sum, { peers }) => universe.classSets.union(sum, peers.classes), universe.classSets.empty)
}

/** From the first to the class itself. */
export function chainTo(steps: Steps, subject: number): readonly number[] {
  const chain: number[] = []
  for (let at: number | undefined = subject; at !== undefined; at = steps.get(at)) chain.unshift(at)
  return chain
}

const known = new WeakMap<Reachability['ground'], Readonly<Record<Side, ReadonlyMap<number, ConnectionSet>>>>()

/** What the workloads of each class serve; of those that hold something sensitive, the ports of that alone. */
export function servedPorts(view: StateView, side: Side): ReadonlyMap<number, ConnectionSet> {
  const { ground } = view.reach
  let made = known.get(ground)
  if (made === undefined) {
    made = { certain: readServed(view, 'certain'), possible: readServed(view, 'possible') }
    known.set(ground, made)
  }
  return made[side]
}

function readServed(view: StateView, side: Side): ReadonlyMap<number, ConnectionSet> {
  const sensitive = new Map(sensitiveWorkloads(view).map(({ endpoint, connections }) => [endpoint.id, connections]))
  const served = new Map<number, ConnectionSet>()
  for (const workload of view.network.kubernetes.workloads) {
    const subject = view.reach.universe.classOf.get(workload.id)
    if (subject === undefined || workload.hostNetwork === 'yes') continue
    const own = sensitive.get(workload.id) ?? portsOf(workload, side)
    if (connectionSets.isEmpty(own)) continue
    served.set(subject, connectionSets.union(served.get(subject) ?? NO_CONNECTIONS, own))
  }
  return served
}

function portsOf(workload: Workload, side: Side): ConnectionSet {
  return side === 'possible' && workload.ports.length === 0 ? ALL_CONNECTIONS : declaredPorts(workload)
}
