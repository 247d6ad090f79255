import { type Bounds, exactly } from '../algebra/bounds.ts'
import { addClass, hasClass } from '../algebra/classes.ts'
import { ALL_CONNECTIONS } from '../algebra/connections.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { CarriedPlaces } from '../reach/azure/carriers.ts'
import { type PlaceRegion, placeRegions } from '../reach/azure/flows.ts'
import { EVERYWHERE, NOWHERE, places } from '../reach/azure/places.ts'
import { workerPools } from '../reach/azure/state.ts'
import { absentPods } from './absent-pods.ts'
import { effectiveEgress, type LinkedCluster, poolCarriers, poolEgress } from './effective-egress.ts'
import { type Asked, egressCause } from './egress-cause.ts'
import type { Flow, FlowEnd } from './flows.ts'
import { namePeers } from './name-peers.ts'
import { namePlaces } from './name-places.ts'
import { divide } from './pieces.ts'
import type { StateView } from './state-view.ts'
import { type CarrierNames, carrierNames, type WayChange, wayChanges } from './way-changes.ts'

/** What one kind of pods had and has of the way out. */
interface Change {
  readonly before: Bounds<PlaceRegion>
  readonly after: Bounds<PlaceRegion>
  /** Destinations to which packets go another way than before. */
  moved(): readonly WayChange[]
  /** What single layers let out more than before, for saying what closes the rest of it. Worked out where something differs. */
  offered(): PlaceRegion
}

const NOTHING: Bounds<PlaceRegion> = exactly(placeRegions.empty)

/**
 * What a change opens and closes on the way out of the cluster, all layers of the cluster and of Azure together. Undefined where a side
 * with manifests has no cluster to which they are linked: then only the cluster's own layers can be compared.
 */
export function effectiveFlows(base: StateView, head: StateView): readonly Flow[] | undefined {
  const [was, is] = [base, head].map((view, side, views) => {
    if (view.link?.kind === 'linked') return view.link
    // Of a side without pods nothing is asked but whether it has them.
    const other = views[1 - side]!.link
    return !hasPods(view) && hasPods(views[1 - side]!) && other?.kind === 'linked' ? other : undefined
  })
  if (was === undefined || is === undefined) return undefined
  return hasPods(base) || hasPods(head)
    ? podFlows({ view: base, link: was }, { view: head, link: is })
    : poolFlows(base, head, was, is)
}

function hasPods({ network: { kubernetes } }: StateView): boolean {
  return kubernetes.workloads.length + kubernetes.policies.length > 0
}

interface Side {
  readonly view: StateView
  readonly link: LinkedCluster
}

interface Group {
  readonly change: Change
  readonly workloads: Map<string, number>
  readonly unseen: number[]
  readonly asked: Asked
}

function podFlows(base: Side, head: Side): readonly Flow[] {
  const { universe } = head.view.reach
  const ways = waysBetween(base, head)
  const absent = absentPods(base.view.reach, head.view.reach)
  const groups = new Map<string, Group>()
  const enter = (
    subject: number,
    before: Workload | undefined,
    after: Workload | undefined,
    id: string | undefined,
  ) => {
    const had = has(base, subject, id, before) ? effectiveEgress(base.view, base.link, subject, before) : undefined
    const gets = has(head, subject, id, after) ? effectiveEgress(head.view, head.link, subject, after) : undefined
    if (had === undefined && gets === undefined) return
    const key = `${had?.key ?? ''} ${gets?.key ?? ''}`
    let group = groups.get(key)
    if (group === undefined) {
      const [first = had] = [gets]
      group = {
        change: {
          before: had?.all ?? NOTHING,
          after: gets?.all ?? NOTHING,
          moved: () => (had === undefined || gets === undefined ? [] : ways(had.carriers, gets.carriers)),
          offered: () =>
            placeRegions.union(
              more(gets?.policies, had?.policies),
              placeRegions.intersect(more(gets?.azure, had?.azure), ANYTHING),
            ),
        },
        workloads: new Map(),
        unseen: [],
        asked: { subject, workload: id, pool: first?.pools[0] },
      }
      groups.set(key, group)
    }
    if (id === undefined) group.unseen.push(subject)
    else group.workloads.set(id, subject)
  }
  const [before, after] = [workloadsOf(base), workloadsOf(head)]
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const subject = universe.classOf.get(id)
    if (subject !== undefined) enter(subject, before.get(id), after.get(id), id)
  }
  for (const [subject, { members }] of universe.classes.entries()) {
    if (members[0]!.kind !== 'hypothetical' || hasClass(absent, subject)) continue
    if (has(base, subject) && has(head, subject)) enter(subject, undefined, undefined, undefined)
  }
  return [...groups.values()].flatMap((group) =>
    toFlows(group.change, () => nameMembers(group, base, head), group.asked, base, head),
  )
}

const ANYTHING: PlaceRegion = placeRegions.of(EVERYWHERE, ALL_CONNECTIONS)

function more(after: Bounds<PlaceRegion> | undefined, before: Bounds<PlaceRegion> | undefined): PlaceRegion {
  if (after === undefined) return placeRegions.empty
  return before === undefined ? after.certain : placeRegions.subtract(after.certain, before.possible)
}

function workloadsOf({ view }: Side): ReadonlyMap<string, Workload> {
  return new Map(view.network.kubernetes.workloads.map((workload) => [workload.id, workload]))
}

/** Pods of the tree exist where their workload does; others where their class does. */
function has({ view }: Side, subject: number, id?: string, workload?: Workload): boolean {
  return id === undefined ? view.reach.classes.facts[subject] !== undefined : workload !== undefined
}

/** Classes that changed as a whole by the names that people have for them; of others the workloads that did. */
function nameMembers({ workloads, unseen }: Group, base: Side, head: Side): readonly FlowEnd[] {
  const { universe } = head.view.reach
  const counts = new Map<number, number>()
  for (const subject of workloads.values()) counts.set(subject, (counts.get(subject) ?? 0) + 1)
  const whole = universe.classSets.of(unseen)
  for (const [subject, count] of counts) {
    if (count === universe.classes[subject]!.members.length) addClass(whole, subject)
    else counts.set(subject, -1)
  }
  const single = [...workloads].filter(([, subject]) => counts.get(subject) === -1)
  return [
    ...namePeers(
      { classes: whole, addresses: NOWHERE.addresses },
      universe.classSets.empty,
      base.view.reach,
      head.view.reach,
    ),
    ...single.map(([id]) => ({ name: id.replace(/\[[^\]]*\]$/, ''), workload: id })),
  ]
}

/** Without manifests each pool stands for the pods that it may run. */
function poolFlows(baseView: StateView, headView: StateView, was: LinkedCluster, is: LinkedCluster): readonly Flow[] {
  const [base, head] = [
    { view: baseView, link: was },
    { view: headView, link: is },
  ]
  const ways = waysBetween(base, head)
  return workerPools(is.cluster).flatMap((pool) => {
    const name = knownValue(pool.name)
    const old = workerPools(was.cluster).find((one) => knownValue(one.name) === name)
    if (name === undefined || old === undefined) return []
    const before = poolEgress(was.site, was.cluster, old)
    const after = poolEgress(is.site, is.cluster, pool)
    const moved = () => ways(poolCarriers(was.site, was.cluster, [old]), poolCarriers(is.site, is.cluster, [pool]))
    const change: Change = { before, after, moved, offered: () => placeRegions.empty }
    const asked: Asked = { subject: undefined, workload: undefined, pool }
    return toFlows(change, () => [{ name: `any pod in pool ${name}` }], asked, base, head)
  })
}

/** Compares ways out, each pair once. */
function waysBetween(base: Side, head: Side) {
  let names: CarrierNames | undefined
  return (before: readonly CarriedPlaces[], after: readonly CarriedPlaces[]) => {
    names ??= carrierNames(base.link.site.azure, head.link.site.azure, head.view.identity)
    return wayChanges(before, after, names)
  }
}

function toFlows(
  { before, after, moved, offered }: Change,
  members: () => readonly FlowEnd[],
  asked: Asked,
  base: Side,
  head: Side,
): readonly Flow[] {
  const pieces = divide(before, after, moved())
  if (pieces.length === 0) return []
  const names = members()
  const reached = after.possible.reduce((all, { peers }) => places.union(all, peers), NOWHERE)
  const closed = placeRegions.unionOf(
    offered().map(({ peers, connections }) => ({ peers: places.subtract(peers, reached), connections })),
  )
  return pieces.flatMap(({ where, before: had, after: gets, via }) => {
    const cause = egressCause({ where, before: had, after: gets, closed }, asked, base, head)
    const rest = { before: had, after: gets, ...(via && { via }), ...(cause && { cause }) }
    return namePlaces(where).flatMap((to) => names.map((from): Flow => ({ kind: 'egress', from, to, ...rest })))
  })
}
