import { type AddressSet, addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import { isExact } from '../algebra/bounds.ts'
import { type ClassSet, classKey, membersOf } from '../algebra/classes.ts'
import { type ConnectionSet, connectionKey, connectionSets } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { PeerSet } from './peers.ts'
import type { OwnGroups } from './reachability.ts'
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
  among: ClassSet = workloadClasses(classes),
): readonly Rectangle[] {
  const certain = rectanglesOn('certain', classes, groups, among)
  const known = (['ingress', 'egress'] as const).every((direction) => {
    for (let group = 0; group < groups[direction].count; group++) {
      if (!isExact(groups[direction].region(group))) return false
    }
    return true
  })
  return known ? certain : [...certain, ...rectanglesOn('possible', classes, groups, among)]
}

/** The classes of workloads that the state has. */
export function workloadClasses({ universe, facts }: StateClasses): ClassSet {
  const numbers = universe.classes.flatMap(({ members }, number) =>
    members[0]!.kind === 'workload' && facts[number] !== undefined ? number : [],
  )
  return universe.classSets.of(numbers)
}

interface Side {
  readonly region: Region<PeerSet>
  readonly members: ClassSet
  /** Groups of the other direction to which its peers belong; undefined where its peers are all classes. */
  readonly meets: ReadonlySet<number> | undefined
}

function rectanglesOn(
  side: 'certain' | 'possible',
  { universe }: StateClasses,
  groups: Readonly<Record<Direction, OwnGroups>>,
  among: ClassSet,
): readonly Rectangle[] {
  const { classSets } = universe
  const sides = (direction: Direction, other: Direction): (Side | undefined)[] =>
    Array.from({ length: groups[direction].count }, (_, group) => {
      const members = classSets.intersect(groups[direction].members(group), among)
      if (classSets.isEmpty(members)) return undefined
      const region = groups[direction].region(group)[side]
      return { region, members, meets: groupsOf(region, groups[other]) }
    })
  const targets = sides('ingress', 'egress')
  const senders = sides('egress', 'ingress')
  const certain = side === 'certain'
  const rectangles: Rectangle[] = []
  const outside = (addresses: AddressSet): PeerSet => ({ classes: classSets.empty, addresses })

  for (const sender of senders) {
    for (const { peers, connections } of sender?.region ?? []) {
      if (addressSets.isEmpty(peers.addresses)) continue
      rectangles.push({ from: only(sender!.members), to: outside(peers.addresses), connections, certain })
    }
  }
  for (const [number, target] of targets.entries()) {
    if (target === undefined) continue
    for (const { peers, connections } of target.region) {
      if (addressSets.isEmpty(peers.addresses)) continue
      rectangles.push({ from: outside(peers.addresses), to: only(target.members), connections, certain })
    }
    const found = new Map<string, { from: ClassSet; readonly to: ClassSet; readonly connections: ConnectionSet }>()
    for (const candidate of target.meets ?? senders.keys()) {
      const sender = senders[candidate]
      if (sender === undefined || (sender.meets !== undefined && !sender.meets.has(number))) continue
      for (const sent of sender.region) {
        const to = classSets.intersect(sent.peers.classes, target.members)
        if (classSets.isEmpty(to)) continue
        for (const got of target.region) {
          const connections = connectionSets.intersect(sent.connections, got.connections)
          if (connectionSets.isEmpty(connections)) continue
          const from = classSets.intersect(got.peers.classes, sender.members)
          if (classSets.isEmpty(from)) continue
          const key = `${connectionKey(connections)}|${classKey(to)}`
          const same = found.get(key)
          if (same === undefined) found.set(key, { from, to, connections })
          else same.from = classSets.union(same.from, from)
        }
      }
    }
    for (const { from, to, connections } of found.values()) {
      rectangles.push({ from: only(from), to: only(to), connections, certain })
    }
  }
  return rectangles
}

/** A region that covers all classes meets every group: then there is no list. */
function groupsOf(region: Region<PeerSet>, groups: OwnGroups): ReadonlySet<number> | undefined {
  const met = new Set<number>()
  for (const { peers } of region) {
    for (const subject of membersOf(peers.classes)) {
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
