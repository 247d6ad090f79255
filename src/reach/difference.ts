import { type AddressSet, addressSets, NO_ADDRESSES, toRanges } from '../algebra/addresses.ts'
import { type Bounds, boundsOf } from '../algebra/bounds.ts'
import { addClass, type ClassSet, classKey, membersOf } from '../algebra/classes.ts'
import { type ConnectionSet, connectionKey, connectionSets } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import { writtenText } from '../base/origin.ts'
import { invariant } from '../base/problem.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { Door } from './door.ts'
import type { PeerSet } from './peers.ts'
import type { Reachability } from './reachability.ts'
import type { Universe } from './universe.ts'

/** What two states of one universe allow differently. */
export interface ReachabilityDifference {
  readonly base: Reachability
  readonly head: Reachability
  /** Pairs whose connections differ, each pair in one of them. Empty where nothing changed. */
  readonly connections: readonly ConnectionDifference[]
  /** Ways in from outside that came, went or let something else through. */
  readonly doors: readonly DoorDifference[]
  /** Classes whose own side differs, by direction: a class that only one state has is among them. */
  readonly changed: Readonly<Record<Direction, ClassSet>>
}

/** Every pair of one of `from` and one of `to` had `before` and has `after`. At least one side is classes alone. */
export interface ConnectionDifference {
  readonly from: PeerSet
  readonly to: PeerSet
  readonly before: Bounds<ConnectionSet>
  readonly after: Bounds<ConnectionSet>
}

/** One of the two is undefined where the door is new or gone. */
export interface DoorDifference {
  readonly before: Door | undefined
  readonly after: Door | undefined
}

/**
 * Compares two states that were built together. Moved files, renamed policies, other text for the same sets: all that gives no difference.
 *
 * Only classes whose own side changed are looked at more closely, so that an unchanged state costs a comparison of its groups.
 */
export function diffReachability(base: Reachability, head: Reachability): ReachabilityDifference {
  invariant(base.universe === head.universe, 'states must be built together to be compared')
  const changed = { egress: changedClasses(base, head, 'egress'), ingress: changedClasses(base, head, 'ingress') }
  const { classSets } = base.universe
  const found = new Differences()
  const eachRow = (direction: Direction, leaveOut: ClassSet, add: (own: PeerSet, row: Row) => void): void => {
    const [before, after] = [base, head].map((state) => state.reachOf(changed[direction], direction))
    for (const subject of membersOf(changed[direction])) {
      const own = { classes: classSets.of([subject]), addresses: NO_ADDRESSES }
      for (const row of rowsOf(before!(subject), after!(subject), leaveOut, base.universe)) add(own, row)
    }
  }
  eachRow('egress', classSets.empty, (own, row) => found.add(own, row.peers, row))
  // Pairs with a sender that changed itself are in its rows already.
  eachRow('ingress', changed.egress, (own, row) => found.add(row.peers, own, row))
  return { base, head, connections: found.all(), doors: diffDoors(base.doors(), head.doors()), changed }
}

/** The classes whose own side differs; groups that occur together are compared once. */
function changedClasses(base: Reachability, head: Reachability, direction: Direction): ClassSet {
  const { classSets, regions, classes } = base.universe
  const sets = boundsOf(regions)
  const equal = new Map<string, boolean>()
  const changed = classSets.of([])
  for (let subject = 0; subject < classes.length; subject++) {
    if (hasSamePolicies(base, head, subject, direction)) continue
    const before = base.groups[direction].groupOf(subject)
    const after = head.groups[direction].groupOf(subject)
    if (before < 0 && after < 0) continue
    const key = `${before} ${after}`
    let same = equal.get(key)
    if (same === undefined) {
      same = before >= 0 && after >= 0 && sets.equal(base.own(subject, direction), head.own(subject, direction))
      equal.set(key, same)
    }
    if (!same) addClass(changed, subject)
  }
  return changed
}

/** True where the identical policies judge a class's own side in both states, so that it need not be worked out to be known equal. */
export function hasSamePolicies(
  base: Reachability,
  head: Reachability,
  subject: number,
  direction: Direction,
): boolean {
  if (base.ground !== head.ground || base.layers.length > 1 || head.layers.length > 1) return false
  const [before, after] = [base.networkPolicies, head.networkPolicies]
  return before.selectionNumber(subject, direction) === after.selectionNumber(subject, direction)
}

interface Row {
  readonly peers: PeerSet
  readonly before: Bounds<ConnectionSet>
  readonly after: Bounds<ConnectionSet>
}

/** The peers of one class whose connections changed, divided by what they had and have. */
function rowsOf(
  before: Bounds<Region<PeerSet>>,
  after: Bounds<Region<PeerSet>>,
  leaveOut: ClassSet,
  universe: Universe,
): readonly Row[] {
  const { peerSets, regions, classSets } = universe
  let peers = peerSets.empty
  for (const side of ['certain', 'possible'] as const) {
    for (const difference of [
      regions.subtract(after[side], before[side]),
      regions.subtract(before[side], after[side]),
    ]) {
      for (const part of difference) peers = peerSets.union(peers, part.peers)
    }
  }
  peers = { classes: classSets.subtract(peers.classes, leaveOut), addresses: peers.addresses }
  if (peerSets.isEmpty(peers)) return []
  const sides = [before.certain, before.possible, after.certain, after.possible]
  const rows: Row[] = []
  for (const { peers: part, values } of divide(peers, sides, universe)) {
    const [was, mayHaveBeen, is, mayBe] = values
    rows.push({ peers: part, before: bounds(was!, mayHaveBeen!), after: bounds(is!, mayBe!) })
  }
  return rows
}

function bounds(certain: ConnectionSet, possible: ConnectionSet): Bounds<ConnectionSet> {
  return connectionSets.equal(certain, possible) ? { certain, possible: certain } : { certain, possible }
}

interface Piece {
  readonly peers: PeerSet
  /** What each of the regions says of these peers. */
  readonly values: readonly ConnectionSet[]
}

/** Cuts peers to where all regions are constant, and joins what has equal values. */
function divide(peers: PeerSet, sides: readonly Region<PeerSet>[], universe: Universe): Iterable<Piece> {
  const { peerSets } = universe
  let pieces: Piece[] = [{ peers, values: sides.map(() => connectionSets.empty) }]
  for (const [side, region] of sides.entries()) {
    for (const part of region) {
      const next: Piece[] = []
      for (const piece of pieces) {
        const inside = peerSets.intersect(piece.peers, part.peers)
        if (peerSets.isEmpty(inside)) {
          next.push(piece)
          continue
        }
        const values = piece.values.map((value, i) =>
          i === side ? connectionSets.union(value, part.connections) : value,
        )
        next.push({ peers: inside, values })
        const outside = peerSets.subtract(piece.peers, inside)
        if (!peerSets.isEmpty(outside)) next.push({ peers: outside, values: piece.values })
      }
      pieces = next
    }
  }
  const joined = new Map<string, Piece>()
  for (const piece of pieces) {
    const key = piece.values.map(connectionKey).join('|')
    const same = joined.get(key)
    joined.set(key, same === undefined ? piece : { ...piece, peers: peerSets.union(same.peers, piece.peers) })
  }
  return joined.values()
}

/** Joins rows of classes that changed alike. */
class Differences {
  readonly #byKey = new Map<string, ConnectionDifference>()

  add(from: PeerSet, to: PeerSet, { before, after }: Row): void {
    const values = [before.certain, before.possible, after.certain, after.possible].map(connectionKey).join('|')
    // Egress rows have one sender, ingress rows one receiver: the other side is what they may have in common.
    const [varies, common] = isOne(from) ? (['from', to] as const) : (['to', from] as const)
    const key = `${varies} ${peersKey(common)} ${values}`
    const same = this.#byKey.get(key)
    if (same === undefined) this.#byKey.set(key, { from, to, before, after })
    else if (varies === 'from') this.#byKey.set(key, { ...same, from: withClasses(same.from, from) })
    else this.#byKey.set(key, { ...same, to: withClasses(same.to, to) })
  }

  all(): readonly ConnectionDifference[] {
    return [...this.#byKey.values()]
  }
}

function isOne({ classes, addresses }: PeerSet): boolean {
  return addressSets.isEmpty(addresses) && membersOf(classes).length === 1
}

function withClasses(a: PeerSet, b: PeerSet): PeerSet {
  const classes = a.classes.map((word, i) => word | b.classes[i]!)
  return { classes, addresses: a.addresses }
}

function peersKey({ classes, addresses }: PeerSet): string {
  return `${classKey(classes)} ${addressKey(addresses)}`
}

function addressKey(addresses: AddressSet): string {
  return toRanges(addresses).join(',')
}

function diffDoors(before: readonly Door[], after: readonly Door[]): readonly DoorDifference[] {
  const gone = new Map(before.map((door) => [doorKey(door), door]))
  const differences: DoorDifference[] = []
  const come: Door[] = []
  for (const door of after) {
    const key = doorKey(door)
    const old = gone.get(key)
    gone.delete(key)
    if (old === undefined) come.push(door)
    else if (!leadsToTheSame(old, door)) differences.push({ before: old, after: door })
  }
  // What has another address in the code and lets the same in is the same door, called otherwise.
  const left = new Map<string, Door[]>()
  for (const door of gone.values()) left.set(doorKind(door), [...(left.get(doorKind(door)) ?? []), door])
  for (const door of come) {
    const olds = left.get(doorKind(door)) ?? []
    const same = olds.findIndex((old) => leadsToTheSame(old, door))
    if (same < 0) differences.push({ before: undefined, after: door })
    else olds.splice(same, 1)
  }
  for (const olds of left.values()) for (const door of olds) differences.push({ before: door, after: undefined })
  return differences
}

function doorKey(door: Door): string {
  return `${doorKind(door)}|${door.resource.address}`
}

/** All that tells doors apart but whose they are. */
function doorKind({ kind, subject, frontend, origin }: Door): string {
  const item = kind === 'external-ip' ? writtenText(origin) : ''
  return [kind, subject, connectionKey(frontend), item].join('|')
}

function leadsToTheSame(a: Door, b: Door): boolean {
  const connections = boundsOf(connectionSets)
  return (
    a.public === b.public &&
    boundsOf(addressSets).equal(a.sources, b.sources) &&
    a.serviceTags.join() === b.serviceTags.join() &&
    connections.equal(a.target, b.target) &&
    connections.equal(a.allowed, b.allowed) &&
    connections.equal(a.internet, b.internet)
  )
}
