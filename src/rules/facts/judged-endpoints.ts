import { membersOf } from '../../algebra/classes.ts'
import type { StateView } from '../../compare/state-view.ts'
import { DIRECTIONS, type Direction, type NetworkPolicy } from '../../model/kubernetes/network-policy.ts'
import { type Workload, workloadName } from '../../model/kubernetes/workload.ts'
import { hasSamePolicies } from '../../reach/difference.ts'
import type { Endpoint } from '../../reach/endpoint.ts'
import { printHypothetical } from '../../reach/hypothetical.ts'
import type { PacketEnd } from '../../reach/layer.ts'
import { isolation } from '../../reach/layers/network-policy.ts'
import type { Reachability } from '../../reach/reachability.ts'
import { podsIn } from '../../reach/state-classes.ts'
import { mayIsolateOtherwise } from './other-policies.ts'

/** A workload, or a pod that a policy of the tree speaks of and no manifest of the tree runs, as rules judge it. */
export interface JudgedEndpoint {
  /** Number of its class in the universe. */
  readonly subject: number
  readonly end: Extract<PacketEnd, { kind: 'endpoint' }>
  /** The same in base and head. */
  readonly id: string
  /** `shop/web`, `any pod labelled app=web in namespace shop`. */
  readonly name: string
  readonly workload: Workload | undefined
}

const judged = new WeakMap<Reachability['ground'], readonly JudgedEndpoint[]>()

/**
 * Every workload that policies can select, in the order of the network, then the pods of known namespaces that only policies speak of.
 *
 * Both sides of a change give the same endpoints, so that a finding about one is the same finding.
 */
export function judgedEndpoints({ reach }: StateView): readonly JudgedEndpoint[] {
  const known = judged.get(reach.ground)
  if (known !== undefined) return known
  const endpoints: JudgedEndpoint[] = []
  const { classOf, classes } = reach.universe
  for (const workload of reach.network.kubernetes.workloads) {
    const subject = classOf.get(workload.id)
    if (subject === undefined || workload.hostNetwork === 'yes') continue
    const endpoint: Endpoint = { kind: 'workload', id: workload.id }
    endpoints.push({
      subject,
      end: { kind: 'endpoint', endpoint, facts: { ...reach.classes.facts[subject]!, workload } },
      id: workload.id,
      name: workloadName(workload),
      workload,
    })
  }
  for (const [subject, { members }] of classes.entries()) {
    const facts = reach.classes.facts[subject]
    if (facts === undefined) continue
    for (const endpoint of members) {
      if (endpoint.kind !== 'hypothetical' || endpoint.namespace === undefined) continue
      const name = printHypothetical(endpoint)
      endpoints.push({
        subject,
        end: { kind: 'endpoint', endpoint, facts },
        id: endpoint.id,
        name,
        workload: undefined,
      })
    }
  }
  judged.set(reach.ground, endpoints)
  return endpoints
}

const byId = new WeakMap<readonly JudgedEndpoint[], ReadonlyMap<string, JudgedEndpoint>>()

/** The endpoint of an id, which base and head share. */
export function judgedEndpoint(view: StateView, id: string): JudgedEndpoint | undefined {
  const all = judgedEndpoints(view)
  let index = byId.get(all)
  if (index === undefined) {
    index = new Map(all.map((endpoint) => [endpoint.id, endpoint]))
    byId.set(all, index)
  }
  return index.get(id)
}

/**
 * The endpoints of both sides, as each side has them. Where base and head stand on one ground, those that the identical policies judge on
 * both sides are left out: nothing of them can have changed.
 */
export function pairedEndpoints(
  base: StateView,
  head: StateView,
): readonly (readonly [before: JudgedEndpoint, after: JudgedEndpoint])[] {
  const [before, after] = [judgedEndpoints(base), judgedEndpoints(head)]
  if (before === after) {
    const isSame = ({ subject }: JudgedEndpoint) =>
      DIRECTIONS.every((direction) => hasSamePolicies(base.reach, head.reach, subject, direction))
    return after.filter((endpoint) => !isSame(endpoint)).map((endpoint) => [endpoint, endpoint])
  }
  const known = new Map(before.map((endpoint) => [endpoint.id, endpoint]))
  return after.flatMap((endpoint) => {
    const old = known.get(endpoint.id)
    return old === undefined ? [] : [[old, endpoint] as const]
  })
}

/** True where some policy that certainly applies isolates the endpoint. */
export function isIsolated(reach: Reachability, subject: number, direction: Direction): boolean {
  return reach.selecting(subject, direction).some(({ selects }) => selects === 'yes')
}

/** True where no policy isolates the endpoint, not even perhaps. */
export function isOpen(reach: Reachability, subject: number, direction: Direction): boolean {
  return reach.selecting(subject, direction).length === 0
}

/**
 * True where the change may leave an endpoint open that was open: no policy of its head isolates it for certain, since the API server
 * refuses them, say. What was found in the base is not fixed then.
 */
export function mayStayOpen(
  { reach, before }: StateView,
  subject: number,
  direction: Direction,
  namespace: string,
): boolean {
  if (before === undefined || !isOpen(before.reach, subject, direction)) return false
  if (mayIsolateOtherwise(before, namespace)) return false
  return reach.selecting(subject, direction).every(({ selects }) => selects === 'maybe')
}

/**
 * Whether the tree is answerable for what the endpoint may do: it is a workload, or the pod that a policy names whose workloads are not
 * in the tree. Others are compared between base and head, and never shown.
 */
export function isShown(
  { reach }: StateView,
  { subject, end, workload }: JudgedEndpoint,
  direction: Direction,
): boolean {
  if (workload !== undefined) return true
  const { endpoint } = end
  if (endpoint.kind !== 'hypothetical') return false
  return reach
    .selecting(subject, direction)
    .some(({ policy }) => policy.podSelector.key === endpoint.podSelector.key && podsOf(reach, policy).length === 0)
}

const pods = new WeakMap<Reachability['ground'], Map<NetworkPolicy, readonly Workload[]>>()

/** The workloads of the tree that a policy selects, for certain or perhaps; none where it isolates nothing. */
export function podsOf(
  { ground, classes, cluster, universe }: Reachability,
  policy: NetworkPolicy,
): readonly Workload[] {
  let known = pods.get(ground)
  if (known === undefined) {
    known = new Map()
    pods.set(ground, known)
  }
  let found = known.get(policy)
  if (found === undefined) {
    const isIdle = DIRECTIONS.every((direction) => isolation(policy, direction, cluster) === 'no')
    const selected = isIdle ? [] : membersOf(podsIn(classes, policy.namespace, policy.podSelector).possible)
    found = selected.flatMap((subject) =>
      universe.classes[subject]!.members.flatMap(({ id }) => classes.workload(id) ?? []),
    )
    known.set(policy, found)
  }
  return found
}
