import { type AddressSet, addressSets } from '../algebra/addresses.ts'
import { addCommon, type ClassSet, type ClassSets, hasClass, overlaps } from '../algebra/classes.ts'
import type { Region, RegionPart } from '../algebra/regions.ts'
import type { ConnectionTable } from './connection-table.ts'
import type { PeerSet } from './peers.ts'
import type { OwnGroups } from './reachability.ts'
import type { Universe } from './universe.ts'

/** What is certain, or what is possible. */
export type Side = 'certain' | 'possible'

/** A part of a region with its connections by number. */
export interface SidePart {
  readonly classes: ClassSet
  readonly addresses: AddressSet
  readonly connections: number
}

/** What groups at the other end let through, sorted for questions about a few classes. */
export interface OtherEnds {
  /** Members of the groups that let all of the classes through, by the number of the connections. */
  readonly toAll: ReadonlyMap<number, ClassSet>
  /** What lets some of them through. */
  readonly toSome: readonly { readonly classes: ClassSet; readonly connections: number; readonly members: ClassSet }[]
}

/** Sorts the parts of all groups of one direction for questions about `subjects`. O(groups). */
export function prepareOthers(
  groups: OwnGroups,
  numbers: readonly number[],
  side: Side,
  subjects: ClassSet,
  table: ConnectionTable,
  { classSets }: Universe,
): OtherEnds {
  const toAll = new Map<number, ClassSet>()
  const toSome: OtherEnds['toSome'][number][] = []
  for (const group of numbers) {
    const members = groups.members(group)
    for (const { peers, connections: set } of groups.parts(group)[side]) {
      if (!overlaps(peers.classes, subjects)) continue
      const connections = table.numberOf(set)
      if (classSets.covers(peers.classes, subjects)) addTo(toAll, connections, members, members, classSets)
      else toSome.push({ classes: peers.classes, connections, members })
    }
  }
  return { toAll, toSome }
}

/** Adds what `a` and `b` share to the set of that number. */
function addTo(sets: Map<number, ClassSet>, number: number, a: ClassSet, b: ClassSet, classSets: ClassSets): void {
  let set = sets.get(number)
  if (set === undefined) {
    set = classSets.of([])
    sets.set(number, set)
  }
  addCommon(set, a, b)
}

export function toParts(region: Region<PeerSet>, table: ConnectionTable): readonly SidePart[] {
  return region.map(({ peers, connections }) => ({ ...peers, connections: table.numberOf(connections) }))
}

/** One class's own region cut down to what the groups at the other end let through. */
export function cutDown(
  subject: number,
  mine: readonly SidePart[],
  others: OtherEnds,
  table: ConnectionTable,
  { regions, classSets, peerSets }: Universe,
): Region<PeerSet> {
  const found = new Map<number, ClassSet>()
  const add = (connections: number, members: ClassSet): void => {
    for (const own of mine) {
      const common = table.intersect(own.connections, connections)
      if (common !== 0) addTo(found, common, own.classes, members, classSets)
    }
  }
  for (const [connections, members] of others.toAll) add(connections, members)
  for (const { classes, connections, members } of others.toSome)
    if (hasClass(classes, subject)) add(connections, members)
  const result: RegionPart<PeerSet>[] = []
  for (const [connections, classes] of found) {
    result.push({ peers: { classes, addresses: peerSets.empty.addresses }, connections: table.at(connections) })
  }
  for (const { addresses, connections } of mine) {
    if (addressSets.isEmpty(addresses)) continue
    result.push({ peers: { classes: classSets.empty, addresses }, connections: table.at(connections) })
  }
  return regions.unionOf(result)
}
