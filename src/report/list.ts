import { addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import { classKey, membersOf } from '../algebra/classes.ts'
import { type ConnectionSet, connectionSets, printConnections } from '../algebra/connections.ts'
import { byCodeUnit } from '../base/order.ts'
import { toPlace } from '../base/origin.ts'
import { DIRECTIONS } from '../model/kubernetes/network-policy.ts'
import type { Door } from '../reach/door.ts'
import type { Reachability } from '../reach/reachability.ts'
import { type Rectangle, workloadClasses } from '../reach/rectangles.ts'
import { type SetNames, setNames } from './name-set.ts'

/** What `list --format json` prints of one state. */
export interface ConnectionList {
  /** All of `from` may open `connections` to all of `to`. Sorted. */
  readonly connections: readonly ListedConnection[]
  /** With `--exposure`. */
  readonly exposure?: Exposure
}

export interface ListedConnection {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly connections: string
  /** False where something unknown decides. */
  readonly certain: boolean
}

export interface Exposure {
  /** Ways in from outside the cluster. */
  readonly doors: readonly ListedDoor[]
  /** Connections with pods that are not in the tree. */
  readonly unseenPods: readonly ListedConnection[]
  /** Workloads that no policy isolates in a direction. */
  readonly notIsolated: readonly { readonly workload: string; readonly directions: readonly string[] }[]
}

export interface ListedDoor {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly connections: string
  readonly certain: boolean
  /** `load-balancer`, `ingress` … */
  readonly via: string
  readonly resource: string
  readonly file: string
  /** 1-based. */
  readonly line: number
}

/** Every allowed connection of a state. */
export function listConnections(reach: Reachability, options: { readonly exposure: boolean }): ConnectionList {
  const names = setNames(reach)
  const connections = toList(reach.connections(), names)
  return options.exposure ? { connections, exposure: exposureOf(reach, names) } : { connections }
}

/** As lines for people: `shop/web, shop/admin -> shop/db: TCP 5432`. Empty where nothing is allowed. */
export function printList(list: ConnectionList): string {
  const lines = list.connections.map(printConnection)
  const { exposure } = list
  if (exposure === undefined) return lines.join('\n')
  const sections: [string, readonly string[]][] = [
    ['Ways in from outside the cluster', exposure.doors.map(printDoor)],
    ['Pods that are not in the tree', exposure.unseenPods.map(printConnection)],
    [
      'Workloads that no policy isolates',
      exposure.notIsolated.map(({ workload, directions }) => `${workload}: ${directions.join(', ')}`),
    ],
  ]
  const printed = sections.flatMap(([title, rows]) => (rows.length === 0 ? [] : ['', `${title}:`, ...rows]))
  return [...lines, ...(lines.length === 0 ? printed.slice(1) : printed)].join('\n')
}

function printConnection({ from, to, connections, certain }: ListedConnection): string {
  return `${from.join(', ')} -> ${to.join(', ')}: ${connections}${certain ? '' : ' (may be)'}`
}

function printDoor(door: ListedDoor): string {
  return `${printConnection(door)} by ${door.via} of ${door.resource} (${door.file}:${door.line})`
}

/** Rectangles with equal ends are one line. */
function toList(rectangles: readonly Rectangle[], names: SetNames): readonly ListedConnection[] {
  const joined = new Map<string, { readonly rectangle: Rectangle; connections: ConnectionSet }>()
  for (const rectangle of rectangles) {
    const { from, to, connections, certain } = rectangle
    const key = [classKey(from.classes), addressKey(from), classKey(to.classes), addressKey(to), certain].join('|')
    const same = joined.get(key)
    if (same === undefined) joined.set(key, { rectangle, connections })
    else same.connections = connectionSets.union(same.connections, connections)
  }
  const list = [...joined.values()].map(({ rectangle, connections }) => ({
    from: names.of(rectangle.from),
    to: names.of(rectangle.to),
    connections: printConnections(connections),
    certain: rectangle.certain,
  }))
  const sorted = list
    .map((entry) => ({ entry, text: printConnection(entry) }))
    .sort((a, b) => byCodeUnit(a.text, b.text))
  return sorted
    .filter(({ entry, text }, i) => text !== sorted[i - 1]?.text && !isOneToItself(entry))
    .map(({ entry }) => entry)
}

/** Nobody asks whether the pods of one workload reach each other. */
function isOneToItself({ from, to }: ListedConnection): boolean {
  return from.length === 1 && to.length === 1 && from[0] === to[0] && !from[0]!.startsWith('every ')
}

function addressKey({ addresses }: Rectangle['from']): string {
  return `${addresses.v4.join()};${addresses.v6.join()}`
}

function exposureOf(reach: Reachability, names: SetNames): Exposure {
  return {
    doors: reach.doors().flatMap((door) => listDoor(door, names, reach)),
    unseenPods: toList(withUnseenPods(reach), names),
    notIsolated: notIsolated(reach, names),
  }
}

function listDoor(door: Door, names: SetNames, reach: Reachability): readonly ListedDoor[] {
  const { file, line } = toPlace(door.origin)
  const to = names.of({ classes: reach.universe.classSets.of([door.subject]), addresses: NO_ADDRESSES })
  const from =
    door.public !== 'no' && !connectionSets.isEmpty(door.internet.possible) ? 'internet' : 'the private network'
  const possible = from === 'internet' ? door.internet : door.allowed
  if (connectionSets.isEmpty(possible.possible)) return []
  const certain = connectionSets.equal(possible.certain, possible.possible)
  const sources = addressSets.isEmpty(door.sources.possible) ? door.serviceTags : [from, ...door.serviceTags]
  const connections = printConnections(possible.possible)
  return [{ from: sources, to, connections, certain, via: door.kind, resource: door.resource.address, file, line }]
}

/** Rectangles of workloads with pods that may exist, and not of either among themselves. */
function withUnseenPods(reach: Reachability): readonly Rectangle[] {
  const { classes, universe } = reach
  const { classSets } = universe
  const workloads = workloadClasses(classes)
  const unseen = classSets.of(
    membersOf(classes.present).filter((number) => universe.classes[number]!.members[0]!.kind === 'hypothetical'),
  )
  const only = (peers: Rectangle['from'], set: typeof unseen) => ({
    classes: classSets.intersect(peers.classes, set),
    addresses: NO_ADDRESSES,
  })
  return reach.connections(classSets.union(workloads, unseen)).flatMap((rectangle) =>
    [
      { ...rectangle, from: only(rectangle.from, unseen), to: only(rectangle.to, workloads) },
      { ...rectangle, from: only(rectangle.from, workloads), to: only(rectangle.to, unseen) },
    ].filter(({ from, to }) => !classSets.isEmpty(from.classes) && !classSets.isEmpty(to.classes)),
  )
}

function notIsolated(reach: Reachability, names: SetNames): Exposure['notIsolated'] {
  return membersOf(workloadClasses(reach.classes))
    .flatMap((subject) => {
      const directions = DIRECTIONS.filter((direction) => reach.selecting(subject, direction).length === 0)
      if (directions.length === 0) return []
      const set = { classes: reach.universe.classSets.of([subject]), addresses: NO_ADDRESSES }
      return namesOfOne(set, names, reach, subject).map((workload) => ({ workload, directions }))
    })
    .sort((a, b) => byCodeUnit(a.workload, b.workload))
}

/** One by one, where a set would be called "every workload". */
function namesOfOne(set: Rectangle['from'], names: SetNames, reach: Reachability, subject: number): readonly string[] {
  const all = names.of(set)
  if (!all.some((name) => name.startsWith('every '))) return all
  return reach.universe.classes[subject]!.members.flatMap(({ id }) =>
    reach.classes.workload(id) === undefined ? [] : id,
  )
}
