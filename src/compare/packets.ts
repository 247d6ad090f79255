import { type ConnectionSet, connectionKey, connectionSets } from '../algebra/connections.ts'
import { type Places, places, placesKey } from '../reach/azure/places.ts'

/** Every packet from some of the sources to some of the destinations over some of the connections. */
export interface PacketBox {
  readonly from: Places
  readonly to: Places
  readonly connections: ConnectionSet
}

/** A set of packets as boxes, which may overlap. */
export type Packets = readonly PacketBox[]

/** A set that falls into more pieces is not worked out further: rule sets that people write need a few dozen. */
const MOST_BOXES = 4000

/** The set has too many pieces to be compared. */
export class TooManyPackets extends Error {
  override readonly name = 'TooManyPackets'
}

/**
 * `a − b`. Throws {@link TooManyPackets} where the result falls into thousands of pieces. O(|a| + |b|) for what both have alike, and
 * O(|a| · |b|) for the rest where little overlaps.
 */
export function subtractPackets(a: Packets, b: Packets): Packets {
  let left = a.length < 2 ? a : withoutEqual(a, b)
  for (const box of b) {
    if (left.length === 0) return left
    left = left.flatMap((one) => subtractBox(one, box))
    if (left.length > MOST_BOXES) throw new TooManyPackets(`more than ${MOST_BOXES} pieces`)
  }
  return left
}

/** Two versions of a rule set have nearly all their boxes alike. */
function withoutEqual(a: Packets, b: Packets): Packets {
  const known = new Set(b.map(boxKey))
  return a.filter((box) => !known.has(boxKey(box)))
}

const KEYS = new WeakMap<PacketBox, string>()

function boxKey(box: PacketBox): string {
  let key = KEYS.get(box)
  if (key === undefined) {
    key = `${placesKey(box.from)}|${placesKey(box.to)}|${connectionKey(box.connections)}`
    KEYS.set(box, key)
  }
  return key
}

function subtractBox(a: PacketBox, b: PacketBox): Packets {
  const from = places.intersect(a.from, b.from)
  if (places.isEmpty(from)) return [a]
  const to = places.intersect(a.to, b.to)
  if (places.isEmpty(to)) return [a]
  const both = connectionSets.intersect(a.connections, b.connections)
  if (connectionSets.isEmpty(both)) return [a]
  return [
    { ...a, from: places.subtract(a.from, b.from) },
    { ...a, from, to: places.subtract(a.to, b.to) },
    { from, to, connections: connectionSets.subtract(a.connections, b.connections) },
  ].filter((box) => !isEmptyBox(box))
}

export function isEmptyBox({ from, to, connections }: PacketBox): boolean {
  return places.isEmpty(from) || places.isEmpty(to) || connectionSets.isEmpty(connections)
}

/** True where every packet of `b` is in `a`. */
export function coversPackets(a: Packets, b: Packets): boolean {
  return subtractPackets(b, a).length === 0
}
