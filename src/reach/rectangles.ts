import { type AddressSet, addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import { isExact } from '../algebra/bounds.ts'
import { addCommon, type ClassSet, equalClasses, hashClasses, membersOf, overlaps } from '../algebra/classes.ts'
import type { ConnectionSet } from '../algebra/connections.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { ConnectionTable } from './connection-table.ts'
import type { PeerSet } from './peers.ts'
import type { OwnGroups } from './reachability.ts'
import { type Side, type SidePart, toParts } from './sides.ts'
import type { StateClasses } from './state-classes.ts'

/** Every pair of one of `from` and one of `to` has all of `connections`. Other rectangles may say more of the same pair. */
export interface Rectangle {
  readonly from: PeerSet
  readonly to: PeerSet
  readonly connections: ConnectionSet
  /** False where something unknown decides; what is certain of it is in other rectangles. */
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
  const certain = rectanglesOn('certain', classes, groups, table, among)
  const known = (['ingress', 'egress'] as const).every((direction) => {
    for (let group = 0; group < groups[direction].count; group++) {
      if (!isExact(groups[direction].region(group))) return false
    }
    return true
  })
  return known ? certain : [...certain, ...rectanglesOn('possible', classes, groups, table, among)]
}

/** The classes of workloads that the state has. */
export function workloadClasses({ universe, facts }: StateClasses): ClassSet {
  const numbers = universe.classes.flatMap(({ members }, number) =>
    members[0]!.kind === 'workload' && facts[number] !== undefined ? number : [],
  )
  return universe.classSets.of(numbers)
}

interface Group {
  readonly parts: readonly SidePart[]
  readonly members: ClassSet
  /** Groups of the other direction to which its peers belong; undefined where its peers are in all of them. */
  readonly meets: ReadonlySet<number> | undefined
}

function rectanglesOn(
  side: Side,
  { universe }: StateClasses,
  groups: Readonly<Record<Direction, OwnGroups>>,
  table: ConnectionTable,
  among: ClassSet,
): readonly Rectangle[] {
  const { classSets } = universe
  const prepare = (direction: Direction, other: Direction): (Group | undefined)[] =>
    Array.from({ length: groups[direction].count }, (_, group) => {
      const members = classSets.intersect(groups[direction].members(group), among)
      if (classSets.isEmpty(members)) return undefined
      const parts = toParts(groups[direction].region(group)[side], table)
      return { parts, members, meets: groupsOf(parts, groups[other]) }
    })
  const targets = prepare('ingress', 'egress')
  const senders = prepare('egress', 'ingress')
  const certain = side === 'certain'
  const rectangles: Rectangle[] = []
  const outside = (addresses: AddressSet): PeerSet => ({ classes: classSets.empty, addresses })

  for (const sender of senders) {
    for (const { addresses, connections } of sender?.parts ?? []) {
      if (addressSets.isEmpty(addresses)) continue
      rectangles.push({
        from: only(sender!.members),
        to: outside(addresses),
        connections: table.at(connections),
        certain,
      })
    }
  }
  for (const [number, target] of targets.entries()) {
    if (target === undefined) continue
    for (const { addresses, connections } of target.parts) {
      if (addressSets.isEmpty(addresses)) continue
      rectangles.push({
        from: outside(addresses),
        to: only(target.members),
        connections: table.at(connections),
        certain,
      })
    }
    const found = new Rectangles()
    for (const candidate of target.meets ?? senders.keys()) {
      const sender = senders[candidate]
      if (sender === undefined || (sender.meets !== undefined && !sender.meets.has(number))) continue
      for (const sent of sender.parts) {
        let to: ClassSet | undefined
        for (const got of target.parts) {
          const connections = table.intersect(sent.connections, got.connections)
          if (connections === 0 || !overlaps(got.classes, sender.members)) continue
          to ??= classSets.intersect(sent.classes, target.members)
          if (classSets.isEmpty(to)) break
          found.add(connections, to, got.classes, sender.members)
        }
      }
    }
    for (const { from, to, connections } of found.all()) {
      rectangles.push({ from: only(from), to: only(to), connections: table.at(connections), certain })
    }
  }
  return rectangles
}

interface Found {
  readonly from: ClassSet
  readonly to: ClassSet
  readonly connections: number
}

/** Rectangles of one receiving group; those with equal receivers and connections are one. */
class Rectangles {
  readonly #buckets = new Map<number, Found[]>()

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

  *all(): Iterable<Found> {
    for (const bucket of this.#buckets.values()) yield* bucket
  }
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
