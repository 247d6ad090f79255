import { type AddressSet, ALL_V4, addressSets, NO_ADDRESSES, printAddress, toCidrs } from '../algebra/addresses.ts'
import { type Bounds, exactly } from '../algebra/bounds.ts'
import { type ConnectionSet, connectionSets, hasPort, NO_CONNECTIONS, samplePort } from '../algebra/connections.ts'
import { toPlace } from '../base/origin.ts'
import { PUBLIC_ADDRESSES, sampleAddress } from '../reach/address-ranges.ts'
import type { DoorDifference } from '../reach/difference.ts'
import type { Door } from '../reach/door.ts'
import type { ConnectionChange } from './change.ts'
import { changeBetween, explainerOf, type LinkedSide, wordsOf } from './egress-cause.ts'
import type { Flow } from './flows.ts'
import { nameAddresses, namePeers } from './name-peers.ts'
import type { StateView } from './state-view.ts'

/** Who comes in from outside through doors that are new, gone or lead elsewhere, with the line because of which. */
export function doorFlows(doors: readonly DoorDifference[], base: StateView, head: StateView): readonly Flow[] {
  const { classSets } = head.reach.universe
  const flows = new Map<string, Flow>()
  for (const { before, after } of doors) {
    const door = after ?? before!
    const pieces = sourcesOf(before, after).filter(({ was, is }) => !equal(was, is))
    if (pieces.length === 0) continue
    const behind = { classes: classSets.of([door.subject]), addresses: NO_ADDRESSES }
    const subjects = namePeers(behind, classSets.empty, base.reach, head.reach)
    for (const piece of pieces) {
      const cause = causeOf(piece, { before, after }, base, head)
      for (const subject of subjects) {
        const flow: Flow = {
          kind: 'ingress',
          from: { name: piece.name },
          to: subject,
          before: piece.was,
          after: piece.is,
          cause,
        }
        const key = `${piece.name}\0${subject.name}\0${door.resource.address}`
        const same = flows.get(key)
        flows.set(
          key,
          same === undefined
            ? flow
            : { ...same, before: join(same.before, piece.was), after: join(same.after, piece.is) },
        )
      }
    }
  }
  return [...flows.values()].filter(({ before, after }) => !equal(before, after))
}

const DOOR_WORDS: Readonly<Record<Door['kind'], string>> = {
  'load-balancer': 'load balancer',
  'node-port': 'node port',
  'external-ip': 'external IP',
  ingress: 'ingress',
  'host-port': 'host port',
  'host-network': 'host network',
  'firewall-nat': 'NAT rule of the firewall',
}

/** Some sources of a door, alike on each side. */
interface Piece {
  readonly name: string
  /** As questions name one of them. */
  readonly peer: string | undefined
  readonly was: Bounds<ConnectionSet>
  readonly is: Bounds<ConnectionSet>
}

/** Whom one side's door admits: ranges that are told, or names where nobody tells which addresses they have. */
interface Admitted {
  readonly addresses: AddressSet
  /** The internet's share of `addresses`, which may be less than what the others get. */
  readonly internet: Bounds<ConnectionSet>
  readonly others: Bounds<ConnectionSet>
  readonly names: readonly string[]
}

const NOTHING = exactly(NO_CONNECTIONS)
const NOBODY: Admitted = { addresses: NO_ADDRESSES, internet: NOTHING, others: NOTHING, names: [] }

/** Who can come through a door, by name: the internet, and the narrower sources that it admits. */
function sourcesOf(before: Door | undefined, after: Door | undefined): readonly Piece[] {
  const [old, now] = [before, after].map((door) => (door === undefined ? NOBODY : admittedBy(door))) as [
    Admitted,
    Admitted,
  ]
  const pieces: Piece[] = []
  const common = addressSets.intersect(old.addresses, now.addresses)
  const parts = [common, addressSets.subtract(old.addresses, common), addressSets.subtract(now.addresses, common)]
  for (const [i, part] of parts.entries()) {
    const without = i === 0 ? NO_ADDRESSES : common
    for (const isPublic of [true, false]) {
      const own = isPublic
        ? addressSets.intersect(part, PUBLIC_ADDRESSES)
        : addressSets.subtract(part, PUBLIC_ADDRESSES)
      if (addressSets.isEmpty(own)) continue
      const share = (side: Admitted) => (isPublic ? side.internet : side.others)
      const peer = sampleAddress(own)
      pieces.push({
        name: nameSources(own, without),
        peer: isPublic && isMost(own) ? 'internet' : peer && printAddress(peer),
        was: i === 2 ? NOTHING : share(old),
        is: i === 1 ? NOTHING : share(now),
      })
    }
  }
  // A door that is open to the internet is open to everybody whom the other side's door admits.
  const whole = (side: Admitted) => (addressSets.covers(side.addresses, PUBLIC_ADDRESSES) ? side.internet : NOTHING)
  for (const name of new Set([...old.names, ...now.names])) {
    pieces.push({
      name,
      peer: name.startsWith('tag/') ? name : undefined,
      was: old.names.includes(name) ? old.others : whole(old),
      is: now.names.includes(name) ? now.others : whole(now),
    })
  }
  return pieces
}

function admittedBy(door: Door): Admitted {
  const { kind, sources, internet, allowed, serviceTags } = door
  if (kind === 'host-network') return NOBODY
  const names = serviceTags.map((tag) => `tag/${tag}`)
  const addresses = sources.possible
  const isEverybody = addressSets.covers(addresses, ALL_V4)
  const isNode = kind === 'node-port' || kind === 'host-port'
  if (!isEverybody) return { addresses, internet: door.public === 'no' ? allowed : internet, others: allowed, names }
  // The manifests alone say that the door is there, and not who can come to it.
  const isOpen = !connectionSets.isEmpty(internet.possible) && !isNode
  if (isOpen) return { addresses: PUBLIC_ADDRESSES, internet, others: allowed, names }
  const via = isNode ? 'whoever reaches the nodes' : 'the virtual network and what is connected to it'
  return { addresses: NO_ADDRESSES, internet: NOTHING, others: allowed, names: [via, ...names] }
}

const PUBLIC_V4 = addressSets.intersect(PUBLIC_ADDRESSES, ALL_V4)
/** Longer lists of exceptions say less than ranges. */
const MOST_EXCEPTIONS = 3

/** The sources; `without` stands in holes of them, which are told as such where that is shorter. */
function nameSources(addresses: AddressSet, without: AddressSet): string {
  if (isMost(addresses)) return exceptFor('internet', addressSets.subtract(PUBLIC_V4, addresses))
  const whole = addressSets.union(addresses, without)
  const isShorter = toCidrs(whole).length + toCidrs(without).length < toCidrs(addresses).length
  return isShorter ? exceptFor(listAddresses(whole), without) : listAddresses(addresses)
}

function listAddresses(addresses: AddressSet): string {
  return nameAddresses(addresses)
    .map(({ name }) => name)
    .join(', ')
}

function exceptFor(name: string, missing: AddressSet): string {
  return addressSets.isEmpty(missing) ? name : `${name} except ${toCidrs(missing).join(', ')}`
}

function isMost(addresses: AddressSet): boolean {
  return toCidrs(addressSets.subtract(PUBLIC_V4, addresses)).length <= MOST_EXCEPTIONS
}

/** The Service or the like where it changed; where it did not, the layer of the network around it because of which the way differs. */
function causeOf(
  piece: Piece,
  { before, after }: DoorDifference,
  base: StateView,
  head: StateView,
): NonNullable<ConnectionChange['cause']> {
  const door = after ?? before!
  const { file, line } = toPlace(door.origin)
  const own = { file, line, resource: door.resource.address, why: DOOR_WORDS[door.kind] }
  const [was, is] = [linkedSide(base), linkedSide(head)]
  if (is === undefined || piece.peer === undefined) return own
  const opened = connectionSets.subtract(piece.is.possible, piece.was.possible)
  const isOpened = !connectionSets.isEmpty(opened)
  const changed = isOpened ? opened : connectionSets.subtract(piece.was.possible, piece.is.possible)
  const packet = hasPort(changed, 'TCP', 443) ? { protocol: 'TCP' as const, port: 443 } : samplePort(changed)
  if (packet === undefined) return own
  const isSame = before !== undefined && after !== undefined && before.resource === after.resource
  const found =
    isSame && was !== undefined
      ? changeBetween(
          askDoor(was, before, piece.peer, packet, head),
          askDoor(is, after, piece.peer, packet, head),
          base,
          head,
        )
      : undefined
  const rest = isOpened && after !== undefined ? stillClosed(piece, after, is, packet) : undefined
  const home = found?.step.origin ?? found?.step.resource?.origin
  if (found?.step.resource === undefined || home === undefined) {
    return rest === undefined ? own : { ...own, why: `${own.why}; ${rest}` }
  }
  const place = toPlace(home)
  const words = wordsOf(found.step)
  return {
    file: place.file,
    line: place.line,
    resource: found.step.resource.address,
    why: rest === undefined ? words : `${words}; ${rest}`,
    ...(found.side === 'base' && { side: 'base' as const }),
  }
}

function linkedSide(view: StateView): LinkedSide | undefined {
  return view.link?.kind === 'linked' ? { view, link: view.link } : undefined
}

interface DoorPacket {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
}

/** One packet from outside through one door to a workload behind it. */
function askDoor(side: LinkedSide, { subject, resource }: Door, from: string, packet: DoorPacket, head: StateView) {
  const member = head.reach.universe.classes[subject]!.members.find(
    ({ id }) => side.view.reach.classes.workload(id) !== undefined,
  )
  const to = member?.id ?? '?'
  return explainerOf(side).explain({ from, to, ...packet, via: resource })
}

/** Which layer keeps the rest of the internet out of a door that the cluster offers to all of it. */
function stillClosed({ peer }: Piece, door: Door, side: LinkedSide, packet: DoorPacket): string | undefined {
  if (peer === 'internet' || !hasPort(door.offered.possible, packet.protocol, packet.port)) return undefined
  const step = askDoor(side, door, 'internet', packet, side.view).steps.find(({ answer }) => answer === 'denied')
  return step && `the rest of the internet stays out, ${wordsOf(step)}`
}

function join(a: Bounds<ConnectionSet>, b: Bounds<ConnectionSet>): Bounds<ConnectionSet> {
  return { certain: connectionSets.union(a.certain, b.certain), possible: connectionSets.union(a.possible, b.possible) }
}

function equal(a: Bounds<ConnectionSet>, b: Bounds<ConnectionSet>): boolean {
  return connectionSets.equal(a.certain, b.certain) && connectionSets.equal(a.possible, b.possible)
}
