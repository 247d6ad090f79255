import { type AddressSet, addressSets } from '../algebra/addresses.ts'
import { addCommon, type ClassSet, hasClass } from '../algebra/classes.ts'
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

/** The regions of all groups of one direction, on one side, prepared for many questions. */
export interface GroupSides {
  readonly members: readonly ClassSet[]
  readonly parts: readonly (readonly SidePart[])[]
}

export function prepareGroups(groups: OwnGroups, side: Side, table: ConnectionTable): GroupSides {
  const numbers = Array.from({ length: groups.count }, (_, group) => group)
  return {
    members: numbers.map((group) => groups.members(group)),
    parts: numbers.map((group) => toParts(groups.region(group)[side], table)),
  }
}

export function toParts(region: Region<PeerSet>, table: ConnectionTable): readonly SidePart[] {
  return region.map(({ peers, connections }) => ({ ...peers, connections: table.numberOf(connections) }))
}

/** One class's own region cut down to what the groups at the other end let through. */
export function cutDown(
  subject: number,
  mine: readonly SidePart[],
  others: GroupSides,
  table: ConnectionTable,
  { regions, classSets, peerSets }: Universe,
): Region<PeerSet> {
  const found = new Map<number, ClassSet>()
  for (const [group, parts] of others.parts.entries()) {
    for (const theirs of parts) {
      if (!hasClass(theirs.classes, subject)) continue
      for (const own of mine) {
        const connections = table.intersect(own.connections, theirs.connections)
        if (connections === 0) continue
        let classes = found.get(connections)
        if (classes === undefined) {
          classes = classSets.of([])
          found.set(connections, classes)
        }
        addCommon(classes, own.classes, others.members[group]!)
      }
    }
  }
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
