import { hasClass } from '../../algebra/classes.ts'
import { ALL_CONNECTIONS, type ConnectionSet, connectionSets, NO_CONNECTIONS } from '../../algebra/connections.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { connectionsWith, type Reachability } from '../../reach/reachability.ts'
import type { Side } from './exposed-workloads.ts'
import { declaredPorts } from './open-ingress.ts'
import { sensitiveWorkloads } from './sensitive-workloads.ts'

/** Classes of workloads that are reached over others, each with the one before it; undefined for the first ones. */
export type Steps = ReadonlyMap<number, number | undefined>

/** Questions that one walk may ask. Beyond, a tree is too large to say in a short time which workloads follow from which. */
const MOST_QUESTIONS = 2_000_000

/**
 * Every class of workloads that somebody who has the first ones gets to, hop by hop, on ports that workloads declare; by the fewest hops.
 * On the `possible` side a workload that declares none may serve any. Undefined where there are too many.
 *
 * A class is looked at once from each that has the way to it: O(reached × groups), and never a pair of workloads.
 */
export function stepsFrom(view: StateView, first: Iterable<number>, side: Side): Steps | undefined {
  const { reach } = view
  const served = servedPorts(view, side)
  const steps = new Map<number, number | undefined>()
  for (const subject of first) if (served.has(subject) || side === 'certain') steps.set(subject, undefined)
  const left = new Map<number, number[]>()
  for (const subject of served.keys()) {
    if (steps.has(subject)) continue
    const group = reach.groups.ingress.groupOf(subject)
    const same = left.get(group)
    if (same === undefined) left.set(group, [subject])
    else same.push(subject)
  }
  let questions = 0
  // What is added while this runs is visited as well, in the order in which it came.
  for (const [from] of steps) {
    const out = reach.own(from, 'egress')[side]
    for (const [group, targets] of left) {
      questions += 1 + targets.length
      if (questions > MOST_QUESTIONS) return undefined
      const admitted = connectionsWith(reach.groups.ingress.region(group)[side], from)
      if (connectionSets.isEmpty(admitted)) continue
      const missed: number[] = []
      for (const to of targets) {
        const isOpen = out.some(
          ({ peers, connections }) =>
            hasClass(peers.classes, to) &&
            !connectionSets.isEmpty(
              connectionSets.intersect(connectionSets.intersect(connections, admitted), served.get(to)!),
            ),
        )
        if (isOpen) steps.set(to, from)
        else missed.push(to)
      }
      if (missed.length === 0) left.delete(group)
      else left.set(group, missed)
    }
  }
  return steps
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
