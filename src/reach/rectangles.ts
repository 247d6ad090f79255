import { addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import { type Bounds, isExact } from '../algebra/bounds.ts'
import {
  addCommon,
  type ClassSet,
  type ClassSets,
  classKey,
  equalClasses,
  hashClasses,
  membersOf,
  overlaps,
} from '../algebra/classes.ts'
import { type ConnectionSet, connectionSets } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { ConnectionTable } from './connection-table.ts'
import type { PeerSet } from './peers.ts'
import type { OwnGroups } from './reachability.ts'
import { type SidePart, toParts } from './sides.ts'
import type { StateClasses } from './state-classes.ts'
import type { Universe } from './universe.ts'

/** Every pair of one of `from` and one of `to` has all of `connections`. Other rectangles may say more of the same pair. */
export interface Rectangle {
  readonly from: PeerSet
  readonly to: PeerSet
  readonly connections: ConnectionSet
  /** False where something unknown decides; then none of it is certain. */
  readonly certain: boolean
}

/**
 * Intersects what egress groups may send with what ingress groups may get.
 *
 * Only pairs of groups that meet are looked at: for each ingress group the egress groups that its peers belong to. `among` limits the
 * classes on both ends; without it they are the workloads of the state.
 */
export function findRectangles(
  classes: StateClasses,
  groups: Readonly<Record<Direction, OwnGroups>>,
  table: ConnectionTable,
  among: ClassSet = workloadClasses(classes),
): readonly Rectangle[] {
  const { universe } = classes
  const prepare = (direction: Direction, other: Direction): readonly (Group | undefined)[] =>
    Array.from({ length: groups[direction].count }, (_, group) => {
      const members = universe.classSets.intersect(groups[direction].members(group), among)
      if (universe.classSets.isEmpty(members)) return undefined
      return prepareGroup(members, groups[direction].region(group), groups[other], table, among, universe)
    })
  const targets = prepare('ingress', 'egress')
  const senders = prepare('egress', 'ingress')
  return [
    ...senders.flatMap((sender) => (sender === undefined ? [] : withAddresses(sender, 'egress', universe))),
    ...targets.flatMap((target, number) =>
      target === undefined
        ? []
        : [...withAddresses(target, 'ingress', universe), ...withSenders(target, number, senders, table, universe)],
    ),
  ]
}

/** The classes of workloads that the state has. */
export function workloadClasses({ universe, facts }: StateClasses): ClassSet {
  const numbers = universe.classes.flatMap(({ members }, number) =>
    members[0]!.kind === 'workload' && facts[number] !== undefined ? number : [],
  )
  return universe.classSets.of(numbers)
}

interface Group {
  readonly members: ClassSet
  readonly region: Bounds<Region<PeerSet>>
  readonly certain: readonly SidePart[]
  /** The same list where nothing about the classes asked for is unknown. */
  readonly possible: readonly SidePart[]
  /** Groups of the other direction to which its possible peers belong; undefined where its peers are in all of them. */
  readonly meets: ReadonlySet<number> | undefined
}

function prepareGroup(
  members: ClassSet,
  region: Bounds<Region<PeerSet>>,
  others: OwnGroups,
  table: ConnectionTable,
  among: ClassSet,
  { classSets }: Universe,
): Group {
  const possible = toParts(region.possible, table)
  const meets = groupsOf(possible, others)
  if (isExact(region)) return { members, region, certain: possible, possible, meets }
  const certain = toParts(region.certain, table)
  const asked = (parts: readonly SidePart[]) =>
    parts
      .filter(({ classes }) => overlaps(classes, among))
      .map(({ classes, connections }) => `${connections} ${classKey(classSets.intersect(classes, among))}`)
      .sort()
      .join('|')
  return { members, region, certain, possible: asked(certain) === asked(possible) ? certain : possible, meets }
}

/** What a group's members send to, or get from, addresses. */
function withAddresses({ members, region }: Group, direction: Direction, universe: Universe): readonly Rectangle[] {
  const { regions, classSets } = universe
  const rectangles = (parts: Region<PeerSet>, certain: boolean) =>
    parts.flatMap(({ peers, connections }): readonly Rectangle[] => {
      if (addressSets.isEmpty(peers.addresses)) return []
      const outside = { classes: classSets.empty, addresses: peers.addresses }
      const [from, to] = direction === 'egress' ? [only(members), outside] : [outside, only(members)]
      return [{ from, to, connections, certain }]
    })
  const certain = rectangles(region.certain, true)
  if (isExact(region)) return certain
  return [...certain, ...rectangles(regions.subtract(region.possible, region.certain), false)]
}

function withSenders(
  target: Group,
  number: number,
  senders: readonly (Group | undefined)[],
  table: ConnectionTable,
  { classSets }: Universe,
): readonly Rectangle[] {
  const certain = new Boxes()
  const possible = new Boxes()
  const join = (sent: readonly SidePart[], got: readonly SidePart[], members: ClassSet, boxes: Boxes) => {
    for (const mine of sent) {
      let to: ClassSet | undefined
      for (const theirs of got) {
        const connections = table.intersect(mine.connections, theirs.connections)
        if (connections === 0 || !overlaps(theirs.classes, members)) continue
        to ??= classSets.intersect(mine.classes, target.members)
        if (classSets.isEmpty(to)) break
        boxes.add(connections, to, theirs.classes, members)
      }
    }
  }
  for (const candidate of target.meets ?? senders.keys()) {
    const sender = senders[candidate]
    if (sender === undefined || (sender.meets !== undefined && !sender.meets.has(number))) continue
    join(sender.certain, target.certain, sender.members, certain)
    const known = sender.certain === sender.possible && target.certain === target.possible
    if (!known) join(sender.possible, target.possible, sender.members, possible)
  }
  const known = certain.all()
  const rectangle = ({ from, to, connections }: Box, isCertain: boolean): Rectangle => ({
    from: only(from),
    to: only(to),
    connections: table.at(connections),
    certain: isCertain,
  })
  return [
    ...known.map((box) => rectangle(box, true)),
    ...possible.all().flatMap((box) => subtractAll(box, known, table, classSets).map((left) => rectangle(left, false))),
  ]
}

/** All of `from`, all of `to`, and connections by number. */
interface Box {
  readonly from: ClassSet
  readonly to: ClassSet
  readonly connections: number
}

/** Boxes of one receiving group; those with equal receivers and connections are one. */
class Boxes {
  readonly #buckets = new Map<number, Box[]>()

  /** Adds the senders that two sets share. */
  add(connections: number, to: ClassSet, a: ClassSet, b: ClassSet): void {
    const hash = Math.imul(hashClasses(to) ^ connections, 0x01000193)
    let bucket = this.#buckets.get(hash)
    if (bucket === undefined) {
      bucket = []
      this.#buckets.set(hash, bucket)
    }
    let same = bucket.find((found) => found.connections === connections && equalClasses(found.to, to))
    if (same === undefined) {
      same = { from: new Uint32Array(to.length), to, connections }
      bucket.push(same)
    }
    addCommon(same.from, a, b)
  }

  all(): readonly Box[] {
    return [...this.#buckets.values()].flat()
  }
}

/** What is left of a box without some others, as disjoint boxes. */
function subtractAll(box: Box, others: readonly Box[], table: ConnectionTable, classSets: ClassSets): readonly Box[] {
  let left: readonly Box[] = [box]
  for (const other of others) {
    left = left.flatMap((each): readonly Box[] => {
      const shared = table.intersect(each.connections, other.connections)
      if (shared === 0 || !overlaps(each.from, other.from) || !overlaps(each.to, other.to)) return [each]
      const from = classSets.intersect(each.from, other.from)
      const to = classSets.intersect(each.to, other.to)
      const rest = table.numberOf(connectionSets.subtract(table.at(each.connections), table.at(shared)))
      return [
        { ...each, from: classSets.subtract(each.from, from) },
        { ...each, from, to: classSets.subtract(each.to, to) },
        { from, to, connections: rest },
      ].filter((piece) => piece.connections !== 0 && !classSets.isEmpty(piece.from) && !classSets.isEmpty(piece.to))
    })
  }
  return left
}

/** A region that covers all classes meets every group: then there is no list. */
function groupsOf(parts: readonly SidePart[], groups: OwnGroups): ReadonlySet<number> | undefined {
  const met = new Set<number>()
  for (const { classes } of parts) {
    for (const subject of membersOf(classes)) {
      const group = groups.groupOf(subject)
      if (group >= 0) met.add(group)
    }
    if (met.size === groups.count) return undefined
  }
  return met
}

function only(classes: ClassSet): PeerSet {
  return { classes, addresses: NO_ADDRESSES }
}
