import { printAddress } from '../algebra/addresses.ts'
import { membersOf } from '../algebra/classes.ts'
import { connectionSets, samplePort } from '../algebra/connections.ts'
import { type Origin, toPlace, writtenText } from '../base/origin.ts'
import type { Resource } from '../parse/resource.ts'
import { sampleAddress } from '../reach/address-ranges.ts'
import type { ConnectionDifference } from '../reach/difference.ts'
import type { PacketEnd, Verdict } from '../reach/layer.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { Reachability } from '../reach/reachability.ts'
import type { ConnectionChange } from './change.ts'
import { endChange } from './end-change.ts'
import type { FlowEnd } from './flows.ts'
import type { StateView } from './state-view.ts'

/** Why something opened or closed, with the place in full. */
export interface FoundCause {
  readonly origin: Origin
  readonly resource: Resource
  /** A main clause, or the rule that decides. */
  readonly why: string
  /** The tree that the place is in; the head where absent. */
  readonly side?: 'base'
}

/** As reports take it. */
export function toCause({ origin, resource, why, side }: FoundCause): NonNullable<ConnectionChange['cause']> {
  const { file, line } = toPlace(origin)
  return { file, line, resource: resource.address, why, ...(side && { side }) }
}

/** Tells the line because of which connections of one state opened or closed. */
export interface FlowCauses {
  /**
   * What it was for each pair of ends that people call by a name. One packet of the difference is asked for its way on both sides. In
   * this order: the object that changed and now decides, the one that decided before and is another now, what changed of one of the two
   * ends or that it is new or gone, else whatever decides now.
   */
  of(change: ConnectionDifference): (from: FlowEnd, to: FlowEnd) => FoundCause | undefined
}

export function flowCauses(base: StateView, head: StateView): FlowCauses {
  const isIn = { base: unchangedIn(head, base), head: unchangedIn(base, head) }
  return {
    of(change) {
      const { from, to, before, after } = change
      const opened = connectionSets.subtract(after.possible, before.possible)
      const isOpened = !connectionSets.isEmpty(opened)
      const sample = samplePort(isOpened ? opened : connectionSets.subtract(before.possible, after.possible))
      if (sample === undefined) return () => undefined
      const [now, then] = [head.reach, base.reach].map((reach): readonly Verdict[] => {
        const [sender, receiver] = [packetEnd(from, reach), packetEnd(to, reach)]
        if (sender === undefined || receiver === undefined) return []
        return reach.explain({ from: sender, to: receiver, ...sample }).verdicts
      }) as [readonly Verdict[], readonly Verdict[]]
      const decides = isOpened ? now : closing(now)
      const decided = isOpened ? closing(then) : then
      const changedNow = decides.find((verdict) => isPlaced(verdict) && !isIn.head(verdict.resource!))
      if (changedNow !== undefined) return () => present(changedNow)
      const changedThen = decided.find((verdict) => isPlaced(verdict) && !isIn.base(verdict.resource!))
      if (changedThen !== undefined) return () => past(changedThen, isOpened)
      const own = ownChange(from, base.reach, head.reach) ?? ownChange(to, base.reach, head.reach)
      if (own !== undefined) return () => ({ origin: own.origin, resource: own.resource, why: own.words })
      const any = decides.find(isPlaced)
      return ({ workload: one }, { workload: other }) =>
        arrival(one, isOpened, base.reach, head.reach) ??
        arrival(other, isOpened, base.reach, head.reach) ??
        (any && present(any))
    },
  }
}

/** The verdicts that stop a packet, where there are some. */
function closing(verdicts: readonly Verdict[]): readonly Verdict[] {
  const stops = verdicts.filter(({ allowed }) => allowed !== 'yes')
  return stops.length === 0 ? verdicts : stops
}

function isPlaced({ resource, origin }: Verdict): boolean {
  return resource !== undefined && origin !== undefined
}

function present({ resource, origin, rule }: Verdict): FoundCause {
  return { origin: origin!, resource: resource!, why: rule }
}

/** What decided in the base is told as what it was: in the head there is no such rule to look at. */
function past({ resource, origin, rule }: Verdict, isOpened: boolean): FoundCause {
  const why = isOpened ? `${resource!.address} held it back before` : `${rule} allowed it before`
  return { origin: origin!, resource: resource!, why, side: 'base' }
}

/** Whether the other view has an object of equal text at the same address, whatever else its file says. */
function unchangedIn(other: StateView, own: StateView): (resource: Resource) => boolean {
  const known = new Map<Resource, boolean>()
  const find = (resource: Resource): boolean => {
    if (other.resources.includes(resource)) return true
    const name = own.identity(resource.address)
    const same = other.resources.findLast((one) => other.identity(one.address) === name)
    return same !== undefined && writtenText(same.origin).trimEnd() === writtenText(resource.origin).trimEnd()
  }
  return (resource) => {
    let isUnchanged = known.get(resource)
    if (isUnchanged === undefined) {
      isUnchanged = find(resource)
      known.set(resource, isUnchanged)
    }
    return isUnchanged
  }
}

/** What changed of an end that is one class: of several, each may have changed in its own way. */
function ownChange({ classes, addresses }: PeerSet, base: Reachability, head: Reachability) {
  if (addresses.v4.length + addresses.v6.length > 0) return undefined
  for (const subject of membersOf(classes)) {
    const facts = head.classes.facts[subject]
    if (facts === undefined) continue
    for (const endpoint of head.universe.classes[subject]!.members) {
      const change = endChange(endpoint, facts, base, head)
      if (change !== undefined) return change
    }
  }
  return undefined
}

/** The workload that is new where a connection opens, or gone where one closes. */
function arrival(
  id: string | undefined,
  isOpened: boolean,
  base: Reachability,
  head: Reachability,
): FoundCause | undefined {
  if (id === undefined) return undefined
  const [own, other] = isOpened ? [head, base] : [base, head]
  const resource = own.classes.workload(id)?.resource
  if (resource === undefined || other.classes.workload(id) !== undefined) return undefined
  const why = `${resource.address} is ${isOpened ? 'new' : 'gone'}`
  return { origin: resource.origin, resource, why, ...(isOpened ? {} : { side: 'base' }) }
}

/** One end of a packet of a set: a class that the state has, else an address. */
function packetEnd({ classes, addresses }: PeerSet, reach: Reachability): PacketEnd | undefined {
  for (const subject of membersOf(classes)) {
    const facts = reach.classes.facts[subject]
    const endpoint = reach.universe.classes[subject]!.members[0]!
    if (facts !== undefined) return { kind: 'endpoint', endpoint, facts }
  }
  const address = sampleAddress(addresses)
  return address && { kind: 'address', address: printAddress(address) }
}
