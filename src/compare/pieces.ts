import type { Bounds } from '../algebra/bounds.ts'
import { type ConnectionSet, connectionKey, connectionSets, NO_CONNECTIONS } from '../algebra/connections.ts'
import { type PlaceRegion, placeRegions, regionBounds } from '../reach/azure/flows.ts'
import { NOWHERE, type Places, places } from '../reach/azure/places.ts'
import type { Via } from './flows.ts'
import type { WayChange } from './way-changes.ts'
/** Places with one set of connections before and one after. */
export interface Piece {
  readonly where: Places
  readonly before: Bounds<ConnectionSet>
  readonly after: Bounds<ConnectionSet>
  /** Where packets that get there go another way. */
  readonly via?: Via
}

/**
 * The places whose connections differ or to which packets go another way, cut to where both are constant; equal ones are one. Where
 * nothing is reached any more the way says nothing.
 */
export function divide(
  before: Bounds<PlaceRegion>,
  after: Bounds<PlaceRegion>,
  moved: readonly WayChange[] = [],
): readonly Piece[] {
  const isEqual = regionBounds.equal(before, after)
  if (isEqual && moved.length === 0) return []
  const sides = [before.certain, before.possible, after.certain, after.possible]
  const joined = new Map<string, Piece>()
  for (const { where, via: way, values } of cut(
    startingPieces(isEqual ? NOWHERE : changedPlaces(before, after), moved),
    sides,
  )) {
    const [was, mayHaveBeen, is, mayBe] = values as [ConnectionSet, ConnectionSet, ConnectionSet, ConnectionSet]
    const via = connectionSets.isEmpty(mayBe) ? undefined : way
    if (via === undefined && connectionSets.equal(was, is) && connectionSets.equal(mayHaveBeen, mayBe)) continue
    const key = [...values.map(connectionKey), via?.before, via?.after, via?.certain].join('|')
    const same = joined.get(key)
    joined.set(key, {
      where: same === undefined ? where : places.union(same.where, where),
      before: { certain: was, possible: mayHaveBeen },
      after: { certain: is, possible: mayBe },
      ...(via && { via }),
    })
  }
  return [...joined.values()]
}

/** Places with one set of connections for each of several regions, in their order. */
interface Cut {
  readonly where: Places
  readonly via: Via | undefined
  readonly values: readonly ConnectionSet[]
}

function startingPieces(changed: Places, moved: readonly WayChange[]): readonly Omit<Cut, 'values'>[] {
  const rest = moved.reduce((left, { where }) => places.subtract(left, where), changed)
  return [...moved, { where: rest, via: undefined }].filter(({ where }) => !places.isEmpty(where))
}

function changedPlaces(before: Bounds<PlaceRegion>, after: Bounds<PlaceRegion>): Places {
  let changed = NOWHERE
  for (const side of ['certain', 'possible'] as const) {
    const differences = [
      placeRegions.subtract(after[side], before[side]),
      placeRegions.subtract(before[side], after[side]),
    ]
    for (const { peers } of differences.flat()) changed = places.union(changed, peers)
  }
  return changed
}

function cut(pieces: readonly Omit<Cut, 'values'>[], regions: readonly PlaceRegion[]): readonly Cut[] {
  let all: readonly Cut[] = pieces.map((piece) => ({ ...piece, values: regions.map(() => NO_CONNECTIONS) }))
  for (const [side, region] of regions.entries()) {
    for (const part of region) {
      all = all.flatMap((piece) => {
        const inside = places.intersect(piece.where, part.peers)
        if (places.isEmpty(inside)) return [piece]
        const values = piece.values.map((value, i) =>
          i === side ? connectionSets.union(value, part.connections) : value,
        )
        const outside = places.subtract(piece.where, inside)
        return [{ ...piece, where: inside, values }, ...(places.isEmpty(outside) ? [] : [{ ...piece, where: outside }])]
      })
    }
  }
  return all
}
