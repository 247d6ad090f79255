import { ALL_V4, addressSets, toRanges } from '../algebra/addresses.ts'
import type { Bounds } from '../algebra/bounds.ts'
import { type ConnectionSet, connectionKey, connectionSets, NO_CONNECTIONS } from '../algebra/connections.ts'
import { hasName, NO_NAMES } from '../algebra/names.ts'
import { NO_SERVICES } from '../algebra/service-sets.ts'
import { toPlace } from '../base/origin.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import { EVERYWHERE, INTERNET, type Places, places, printPlaces } from '../reach/azure/places.ts'
import type { Flow } from './flows.ts'
import { findCulprit } from './gate-lines.ts'
import { type Gate, type GateChange, gateChanges } from './gates.ts'
import type { PacketBox, Packets } from './packets.ts'
import { ANYBODY } from './service-packets.ts'
import { takeStandIns } from './stand-in.ts'

/**
 * What a change opens and closes at security groups, firewalls, API servers and PaaS firewalls, each compared as a set of packets: a
 * reordered, renamed or split rule set is no change. `identity` gives the address that the base has for one of the head.
 */
export function azureFlows(
  base: AzureNetwork,
  head: AzureNetwork,
  identity: (address: string) => string = (address) => address,
): readonly Flow[] {
  return gateChanges(base, head, identity).flatMap(tell)
}

/** States that share gates share their flows. */
const known = new WeakMap<GateChange, readonly Flow[]>()

function tell(change: GateChange): readonly Flow[] {
  let flows = known.get(change)
  if (flows === undefined) {
    const { before, after, gained, lost } = change
    flows = [
      ...(after === undefined
        ? []
        : [
            ...told(change, after, 'gained', gained.certain, true),
            ...told(change, after, 'gained', gained.perhaps, false),
          ]),
      ...(before === undefined
        ? []
        : [...told(change, before, 'lost', lost.certain, true), ...told(change, before, 'lost', lost.perhaps, false)]),
    ]
    known.set(change, flows)
  }
  return flows
}

/** One flow for each pair of peers. */
function told(
  change: GateChange,
  gate: Gate,
  direction: 'gained' | 'lost',
  boxes: Packets,
  certain: boolean,
): readonly Flow[] {
  const pairs = new Map<string, { box: PacketBox; connections: ConnectionSet }>()
  for (const box of boxes) {
    const key = `${printEnd(box.from)}\0${printEnd(box.to)}`
    const same = pairs.get(key)
    pairs.set(key, {
      box,
      connections: same === undefined ? box.connections : connectionSets.union(same.connections, box.connections),
    })
  }
  return joinEnds([...pairs.values()].map(({ box, connections }) => ({ ...box, connections }))).map((box): Flow => {
    const moved: Bounds<ConnectionSet> = {
      certain: certain ? box.connections : NO_CONNECTIONS,
      possible: box.connections,
    }
    const none: Bounds<ConnectionSet> = { certain: NO_CONNECTIONS, possible: NO_CONNECTIONS }
    const [from, to] =
      gate.kind === 'ingress' ? [printEnd(box.from), behind(gate, box.to)] : [behind(gate, box.from), printEnd(box.to)]
    return {
      kind: gate.kind,
      from: { name: from, ...(gate.kind === 'ingress' ? { addresses: box.from.addresses } : {}) },
      to: { name: to, ...(gate.kind === 'egress' ? { addresses: box.to.addresses } : {}) },
      before: direction === 'gained' ? none : moved,
      after: direction === 'gained' ? moved : none,
      cause: causeOf(change, gate, direction, box),
    }
  })
}

/** The rule's own line, and the whole resource where only a default rule tells. */
function causeOf(
  { before, after }: GateChange,
  { object }: Gate,
  direction: 'gained' | 'lost',
  box: PacketBox,
): NonNullable<Flow['cause']> {
  const culprit = findCulprit(box, direction, before?.lines() ?? [], after?.lines() ?? [])
  const side = culprit?.side ?? (direction === 'lost' ? 'base' : 'head')
  const { file, line } = toPlace(culprit?.line.origin ?? originOf(object))
  return {
    file,
    line,
    resource: culprit?.line.resource.address ?? object.resource.address,
    why: culprit?.words ?? WHY[object.type] ?? 'access rules',
    ...(side === 'base' && { side }),
  }
}

const WHY: Readonly<Record<string, string>> = {
  'microsoft.network/networksecuritygroups': 'rules of the security group',
  'microsoft.network/firewallpolicies': 'rules of the firewall policy',
  'microsoft.network/azurefirewalls': 'rules of the firewall',
  'microsoft.containerservice/managedclusters': 'access to the API server',
}

/** Boxes that differ in their destinations only are one. */
function joinEnds(boxes: Packets): Packets {
  const joined = new Map<string, PacketBox>()
  for (const box of boxes) {
    const key = `${printEnd(box.from)} ${connectionKey(box.connections)}`
    const same = joined.get(key)
    joined.set(key, same === undefined ? box : { ...box, to: places.union(same.to, box.to) })
  }
  return [...joined.values()]
}

/** The side that a gate stands before: its name, and which part of it where not all. */
function behind({ name, kind }: Gate, where: Places): string {
  if (places.covers(where, kind === 'egress' && name.startsWith('firewall/') ? ALL_OF_V4 : EVERYWHERE)) return name
  return kind === 'egress' && name.startsWith('firewall/')
    ? `${printEnd(where)} through ${name}`
    : `${printEnd(where)} behind ${name}`
}

/** Places as reports name peers: the internet and any address by name, also where a few places are missing from them. */
export function printEnd(where: Places): string {
  for (const [name, whole] of WHOLES) {
    if (places.equal(where, whole)) return name
    const missing = places.subtract(whole, where)
    if (places.covers(whole, where) && isFew(missing)) {
      const except = printFew(missing)
      return `${name} except ${except.length > MOST_TEXT ? 'what was open before' : except}`
    }
  }
  if (addressSets.covers(where.addresses, INTERNET.addresses)) return 'internet and more'
  return printFew(where)
}

const ALL_OF_V4: Places = { ...EVERYWHERE, addresses: ALL_V4 }

/** The narrower come first: a set is told by what it nearly is. */
const WHOLES: readonly (readonly [string, Places])[] = [
  ['internet', { ...INTERNET, addresses: addressSets.intersect(INTERNET.addresses, ALL_V4) }],
  ['internet', INTERNET],
  ['internet', ANYBODY],
  ['any address', ALL_OF_V4],
  ['any address', EVERYWHERE],
]

/** Longer lists of exceptions say less than words. */
const MOST_TEXT = 120

/** Ranges and names that can be listed: what is left of everything cannot. */
function isFew({ addresses, services, hosts }: Places): boolean {
  return (
    toRanges(addresses).length <= 6 &&
    !services.others.except &&
    services.services.length <= 6 &&
    !hasName(hosts, SOME_NAME)
  )
}

/** In no list that people write, and so only in sets of all names but some. */
const SOME_NAME = 'a-name-that-nobody-lists.example'

function printFew(where: Places): string {
  const { names, rest } = takeStandIns(where.addresses)
  const isOpen = hasName(where.hosts, SOME_NAME)
  const printed = printPlaces({
    addresses: rest,
    services: where.services.others.except ? NO_SERVICES : where.services,
    hosts: isOpen ? NO_NAMES : where.hosts,
  })
  const parts = [...names, printed, where.services.others.except ? 'Azure services' : '', isOpen ? 'other hosts' : '']
  return parts.filter((part) => part !== '').join(', ')
}
