import { byKey } from '../base/order.ts'
import { CONNECTION_FIELDS, type ConnectionSet, connectionKey, connectionSets, NO_CONNECTIONS } from './connections.ts'
import { toIntervals, toPairs } from './intervals.ts'
import type { SetAlgebra } from './set-algebra.ts'

/**
 * A set of (peer, packet) pairs as a list of rectangles.
 *
 * Canonical: the connections of the parts are disjoint, no part is empty, no two parts have the same peers, and the parts are sorted by
 * their connections. So it is the function from a packet to the peers that may send or get it, written with as few parts as there are
 * different values.
 */
export type Region<P> = readonly RegionPart<P>[]

export interface RegionPart<P> {
  readonly peers: P
  readonly connections: ConnectionSet
}

export interface Regions<P> extends SetAlgebra<Region<P>> {
  /** One rectangle. */
  of(peers: P, connections: ConnectionSet): Region<P>
  /** The union of rectangles with disjoint connections. O(n log n). */
  ofDisjoint(parts: readonly RegionPart<P>[]): Region<P>
  /** The union of any rectangles. */
  unionOf(parts: Iterable<RegionPart<P>>): Region<P>
}

/** Of fewer parts all are compared with each other. */
const FEW = 16
/** Of fewer pairs of parts each is tried. */
const MANY_PAIRS = 256

/** The algebra of regions over a kind of peer sets. Operations cost the pairs of parts that have packets in common. */
export function regionsOf<P>(peerSets: SetAlgebra<P>): Regions<P> {
  const of = (peers: P, connections: ConnectionSet): Region<P> =>
    peerSets.isEmpty(peers) || connectionSets.isEmpty(connections) ? [] : [{ peers, connections }]

  /** Joins parts with equal peers; the connections must be disjoint already. */
  function canonical(parts: readonly RegionPart<P>[]): Region<P> {
    const joined: { peers: P; connections: ConnectionSet }[] = []
    const byHash = new Map<number, typeof joined>()
    for (const part of parts) {
      if (peerSets.isEmpty(part.peers)) continue
      const hash = parts.length < FEW ? 0 : (peerSets.hash?.(part.peers) ?? 0)
      let alike = byHash.get(hash)
      if (alike === undefined) {
        alike = []
        byHash.set(hash, alike)
      }
      const same = alike.find((other) => peerSets.equal(other.peers, part.peers))
      if (same === undefined) {
        const own = { ...part }
        alike.push(own)
        joined.push(own)
      } else same.connections = connectionSets.union(same.connections, part.connections)
    }
    return joined.length < 2 ? joined : joined.sort(byKey((part) => connectionKey(part.connections)))
  }

  /** Cuts the packets to where both sides are constant, and gives the operation both values; `none` stands outside a side's parts. */
  function combine(a: Region<P>, b: Region<P>, operation: (a: P, b: P) => P): Region<P> {
    const parts: RegionPart<P>[] = []
    const metOfB: ConnectionSet[][] = b.map(() => [])
    const meeting = a.length * b.length < MANY_PAIRS ? undefined : findMeeting(a, b)
    for (const [i, x] of a.entries()) {
      const met: ConnectionSet[] = []
      for (const j of meeting === undefined ? b.keys() : meeting[i]!) {
        const y = b[j]!
        const connections = connectionSets.intersect(x.connections, y.connections)
        if (connectionSets.isEmpty(connections)) continue
        parts.push({ connections, peers: operation(x.peers, y.peers) })
        met.push(connections)
        metOfB[j]!.push(connections)
      }
      const rest = subtractAll(x.connections, met)
      if (!connectionSets.isEmpty(rest)) parts.push({ connections: rest, peers: operation(x.peers, peerSets.empty) })
    }
    for (const [j, y] of b.entries()) {
      const rest = subtractAll(y.connections, metOfB[j]!)
      if (!connectionSets.isEmpty(rest)) parts.push({ connections: rest, peers: operation(peerSets.empty, y.peers) })
    }
    return canonical(parts)
  }

  const union = (a: Region<P>, b: Region<P>) =>
    a.length === 0 || a === b ? b : b.length === 0 ? a : combine(a, b, peerSets.union)
  const subtract = (a: Region<P>, b: Region<P>) => {
    if (a === b) return []
    return a.length === 0 || b.length === 0 ? a : combine(a, b, peerSets.subtract)
  }

  /** Halves the list, so that n parts with different connections cost n log n sets and not n². */
  function unionOfList(parts: readonly RegionPart<P>[], from: number, to: number): Region<P> {
    if (to - from === 0) return []
    if (to - from === 1) return of(parts[from]!.peers, parts[from]!.connections)
    const middle = (from + to) >> 1
    return union(unionOfList(parts, from, middle), unionOfList(parts, middle, to))
  }

  return {
    of,
    ofDisjoint: (parts) => canonical(parts.filter(({ connections }) => !connectionSets.isEmpty(connections))),
    unionOf(parts) {
      const list = [...joinByConnections(parts, peerSets)]
      return unionOfList(list, 0, list.length)
    },
    empty: [],
    union,
    intersect: (a, b) => {
      if (a === b) return a
      return a.length === 0 || b.length === 0 ? [] : combine(a, b, peerSets.intersect)
    },
    subtract,
    isEmpty: (a) => a.length === 0,
    equal: (a, b) =>
      a === b ||
      (a.length === b.length &&
        a.every(
          (part, i) =>
            connectionSets.equal(part.connections, b[i]!.connections) && peerSets.equal(part.peers, b[i]!.peers),
        )),
    covers: (a, b) => subtract(b, a).length === 0,
  }
}

/** One part for each different connection set: most rules of a policy share a few. */
function joinByConnections<P>(parts: Iterable<RegionPart<P>>, peerSets: SetAlgebra<P>): Iterable<RegionPart<P>> {
  const byConnections = new Map<string, RegionPart<P>>()
  for (const part of parts) {
    const key = connectionKey(part.connections)
    const same = byConnections.get(key)
    byConnections.set(key, same === undefined ? part : { ...part, peers: peerSets.union(same.peers, part.peers) })
  }
  return byConnections.values()
}

/** `from` without sets that do not overlap. Of many the union is taken out at once: one after the other would copy what is left for each. */
function subtractAll(from: ConnectionSet, sets: readonly ConnectionSet[]): ConnectionSet {
  if (sets.length < FEW) return sets.reduce(connectionSets.subtract, from)
  const all = Object.fromEntries(
    CONNECTION_FIELDS.map((field) => [field, toIntervals(sets.flatMap((set) => toPairs(set[field])))]),
  )
  return connectionSets.subtract(from, { ...NO_CONNECTIONS, ...all })
}

/** For each part of `a` the parts of `b`, ascending, with connections in common: found in one pass over the borders of both. */
function findMeeting<P>(a: Region<P>, b: Region<P>): readonly (readonly number[])[] {
  const found = a.map(() => new Set<number>())
  for (const field of CONNECTION_FIELDS) {
    const [mine, theirs] = [rangesOf(a, field), rangesOf(b, field)]
    let first = 0
    for (const { start, end, part } of mine) {
      while (first < theirs.length && theirs[first]!.end <= start) first++
      for (let i = first; i < theirs.length && theirs[i]!.start < end; i++) found[part]!.add(theirs[i]!.part)
    }
  }
  return found.map((numbers) => [...numbers].sort((x, y) => x - y))
}

interface PartRange {
  readonly start: number
  readonly end: number
  readonly part: number
}

/** The ranges of all parts in one field, ascending: those of different parts do not overlap. */
function rangesOf<P>(region: Region<P>, field: (typeof CONNECTION_FIELDS)[number]): readonly PartRange[] {
  const ranges: PartRange[] = []
  for (const [part, { connections }] of region.entries()) {
    const borders = connections[field]
    for (let i = 0; i < borders.length; i += 2) ranges.push({ start: borders[i]!, end: borders[i + 1]!, part })
  }
  return ranges.sort((x, y) => x.start - y.start)
}
