import { type ClassSet, membersOf } from '../algebra/classes.ts'
import { type ConnectionDifference, diffReachability } from '../reach/difference.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { Reachability } from '../reach/reachability.ts'
import { absentPods } from './absent-pods.ts'
import { doorFlows } from './door-flows.ts'
import { type FlowCauses, flowCauses, toCause } from './flow-cause.ts'
import type { Flow } from './flows.ts'
import { EVERYWHERE, namePeers } from './name-peers.ts'
import type { StateView } from './state-view.ts'
import { withoutPerhapsNamed } from './unseen-namespaces.ts'

/** Pairs of one state that are told; more than that is said to be more. */
const MOST_FLOWS = 2000

/** What the change opens and closes in one state, with the line because of which. */
export function diffStates(base: StateView, head: StateView): readonly Flow[] {
  const difference = diffReachability(base.reach, head.reach)
  const causes = flowCauses(base, head)
  const absent = absentPods(base.reach, head.reach)
  const flows: Flow[] = []
  for (const change of withoutPerhapsNamed(difference.connections, head.reach)) {
    if (flows.length > MOST_FLOWS) break
    flows.push(...toFlows(change, base.reach, head.reach, causes, absent))
  }
  flows.push(...doorFlows(difference.doors, base, head))
  return flows
}

function toFlows(
  change: ConnectionDifference,
  base: Reachability,
  head: Reachability,
  causes: FlowCauses,
  absent: ClassSet,
): readonly Flow[] {
  if (isUntold(change.from, head) || isUntold(change.to, head)) return []
  const { classSets } = head.universe
  const nameEnd = ({ classes, addresses }: PeerSet, other: PeerSet) => {
    const untold = classSets.intersect(classes, absent)
    const told = { classes: classSets.subtract(classes, untold), addresses }
    // Nobody misses a pod in the list of its own peers.
    const itself = membersOf(other.classes).length === 1 ? other.classes : classSets.empty
    return namePeers(told, classSets.union(itself, untold), base, head)
  }
  const senders = nameEnd(change.from, change.to)
  const receivers = nameEnd(change.to, change.from)
  const causeOf = causes.of(change)
  return senders.flatMap((from) =>
    receivers.flatMap((to): readonly Flow[] => {
      if (from.addresses !== undefined && to.addresses !== undefined) return []
      // A node always reaches the pods on it (kubernetes.io/docs/concepts/services-networking/network-policies).
      if (from.name === 'nodes') return []
      const kind =
        from.addresses !== undefined || from.name === 'nodes'
          ? 'ingress'
          : to.addresses !== undefined || to.name === 'nodes'
            ? 'egress'
            : 'connection'
      const named =
        kind === 'ingress' && from.addresses !== undefined ? { ...from, name: outsideName(from.name) } : from
      const found = causeOf(from, to)
      return [
        { kind, from: named, to, before: change.before, after: change.after, ...(found && { cause: toCause(found) }) },
      ]
    }),
  )
}

/** A policy that admits any address does not make a pod reachable from the internet: only a way in does. */
export function outsideName(name: string): string {
  return name.replace(EVERYWHERE, 'any address outside the cluster')
}

/** The ingress controller's own side is told by the doors that lead through it. */
function isUntold({ classes, addresses }: PeerSet, { universe }: Reachability): boolean {
  const members = membersOf(classes)
  const controller = universe.classOf.get('ingress-controller')
  return members.length === 1 && members[0] === controller && addresses.v4.length + addresses.v6.length === 0
}
