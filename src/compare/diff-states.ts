import { printAddress } from '../algebra/addresses.ts'
import { type Bounds, exactly } from '../algebra/bounds.ts'
import { membersOf } from '../algebra/classes.ts'
import { type ConnectionSet, connectionSets, NO_CONNECTIONS, samplePort } from '../algebra/connections.ts'
import { toPlace } from '../base/origin.ts'
import { sampleAddress } from '../reach/address-ranges.ts'
import { type ConnectionDifference, type DoorDifference, diffReachability } from '../reach/difference.ts'
import type { Door } from '../reach/door.ts'
import type { PacketEnd, Verdict } from '../reach/layer.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { Reachability } from '../reach/reachability.ts'
import type { ConnectionChange } from './change.ts'
import type { Flow } from './flows.ts'
import { EVERYWHERE, nameAddresses, namePeers } from './name-peers.ts'
import type { StateView } from './state-view.ts'

/** Pairs of one state that are told; more than that is said to be more. */
const MOST_FLOWS = 2000

/** What the change opens and closes in one state, with the line because of which. */
export function diffStates(base: StateView, head: StateView): readonly Flow[] {
  const difference = diffReachability(base.reach, head.reach)
  const unchanged = new Set(base.resources)
  const flows: Flow[] = []
  for (const change of difference.connections) {
    if (flows.length > MOST_FLOWS) break
    flows.push(...toFlows(change, base.reach, head.reach, unchanged))
  }
  flows.push(...doorFlows(difference.doors, base.reach, head.reach))
  return flows
}

function toFlows(
  change: ConnectionDifference,
  base: Reachability,
  head: Reachability,
  unchanged: ReadonlySet<unknown>,
): readonly Flow[] {
  if (isUntold(change.from, head) || isUntold(change.to, head)) return []
  const senders = namePeers(change.from, change.to.classes, base, head)
  const receivers = namePeers(change.to, change.from.classes, base, head)
  const cause = causeOf(change, base, head, unchanged)
  return senders.flatMap((from) =>
    receivers.flatMap((to): readonly Flow[] => {
      if (from.addresses !== undefined && to.addresses !== undefined) return []
      // A node always reaches the pods on it (kubernetes.io/docs/concepts/services-networking/network-policies).
      if (from.name === 'nodes') return []
      const kind =
        from.addresses !== undefined || from.name === 'nodes'
          ? 'ingress'
          : to.addresses !== undefined || to.name === 'nodes'
            ? 'egress'
            : 'connection'
      const named =
        kind === 'ingress' && from.addresses !== undefined ? { ...from, name: outsideName(from.name) } : from
      return [{ kind, from: named, to, before: change.before, after: change.after, ...(cause && { cause }) }]
    }),
  )
}

/** A policy that admits any address does not make a pod reachable from the internet: only a way in does. */
export function outsideName(name: string): string {
  return name.replace(EVERYWHERE, 'any address outside the cluster')
}

/** The ingress controller's own side is told by the doors that lead through it. */
function isUntold({ classes, addresses }: PeerSet, { universe }: Reachability): boolean {
  const members = membersOf(classes)
  const controller = universe.classOf.get('ingress-controller')
  return members.length === 1 && members[0] === controller && addresses.v4.length + addresses.v6.length === 0
}

function doorFlows(doors: readonly DoorDifference[], base: Reachability, head: Reachability): readonly Flow[] {
  const flows = new Map<string, Flow>()
  for (const { before, after } of doors) {
    const door = after ?? before!
    for (const subject of namePeers(
      { classes: head.universe.classSets.of([door.subject]), addresses: { v4: [], v6: [] } },
      head.universe.classSets.empty,
      base,
      head,
    )) {
      for (const [source, was, is] of sourcesOf(before, after)) {
        const place = toPlace(door.origin)
        const cause = {
          file: place.file,
          line: place.line,
          resource: door.resource.address,
          why: `${DOOR_WORDS[door.kind]}`,
        }
        const flow: Flow = { kind: 'ingress', from: { name: source }, to: subject, before: was, after: is, cause }
        const key = `${source}\0${subject.name}\0${door.resource.address}`
        const same = flows.get(key)
        flows.set(
          key,
          same === undefined ? flow : { ...same, before: join(same.before, was), after: join(same.after, is) },
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
}

const NOTHING = exactly(NO_CONNECTIONS)

/** Who can come through a door, by name: the internet, and the narrower sources that it admits. */
function sourcesOf(
  before: Door | undefined,
  after: Door | undefined,
): readonly (readonly [string, Bounds<ConnectionSet>, Bounds<ConnectionSet>])[] {
  const names = new Map<string, [Bounds<ConnectionSet>, Bounds<ConnectionSet>]>()
  for (const [side, door] of [before, after].entries()) {
    if (door === undefined) continue
    for (const [name, connections] of sourcesOfDoor(door)) {
      const pair = names.get(name) ?? [NOTHING, NOTHING]
      pair[side as 0 | 1] = connections
      names.set(name, pair)
    }
  }
  // A door that is open to the internet is open to everybody whom the other side's door admits.
  const internet = names.get('internet')
  for (const pair of names.values()) {
    for (const side of [0, 1] as const)
      if (pair[side] === NOTHING && internet !== undefined) pair[side] = internet[side]
  }
  return [...names].map(([name, [was, is]]) => [name, was, is] as const)
}

function sourcesOfDoor(door: Door): readonly (readonly [string, Bounds<ConnectionSet>])[] {
  if (door.kind === 'host-network') return []
  const open = !connectionSets.isEmpty(door.internet.possible)
  const whole = nameAddresses(door.sources.possible).some(({ name }) => name.startsWith('internet'))
  if (open && whole && door.kind !== 'node-port' && door.kind !== 'host-port') return [['internet', door.internet]]
  const via =
    door.kind === 'node-port' || door.kind === 'host-port'
      ? 'whoever reaches the nodes'
      : 'the virtual network and what is connected to it'
  const names = whole ? [via] : nameAddresses(door.sources.possible).map(({ name }) => name)
  return [...names, ...door.serviceTags.map((tag) => `tag/${tag}`)].map((name) => [name, door.allowed] as const)
}

function join(a: Bounds<ConnectionSet>, b: Bounds<ConnectionSet>): Bounds<ConnectionSet> {
  return { certain: connectionSets.union(a.certain, b.certain), possible: connectionSets.union(a.possible, b.possible) }
}

function equal(a: Bounds<ConnectionSet>, b: Bounds<ConnectionSet>): boolean {
  return connectionSets.equal(a.certain, b.certain) && connectionSets.equal(a.possible, b.possible)
}

/** The line because of which one packet of the difference is let through or not: the first verdict of an object that changed. */
function causeOf(
  { from, to, before, after }: ConnectionDifference,
  base: Reachability,
  head: Reachability,
  unchanged: ReadonlySet<unknown>,
): ConnectionChange['cause'] | undefined {
  const opened = connectionSets.subtract(after.possible, before.possible)
  const closed = connectionSets.subtract(before.possible, after.possible)
  const sample = samplePort(connectionSets.isEmpty(opened) ? closed : opened)
  if (sample === undefined) return undefined
  const verdicts = [head, base].flatMap((reach): readonly Verdict[] => {
    const [sender, receiver] = [packetEnd(from, reach), packetEnd(to, reach)]
    if (sender === undefined || receiver === undefined) return []
    return reach.explain({ from: sender, to: receiver, ...sample }).verdicts
  })
  const verdict =
    verdicts.find(
      ({ resource, origin }) => resource !== undefined && origin !== undefined && !unchanged.has(resource),
    ) ?? verdicts.find(({ resource, origin }) => resource !== undefined && origin !== undefined)
  if (verdict === undefined) return undefined
  const { file, line } = toPlace(verdict.origin!)
  return { file, line, resource: verdict.resource!.address, why: verdict.rule }
}

/** One end of a packet of a set: a class that the state has, else an address. */
export function packetEnd({ classes, addresses }: PeerSet, reach: Reachability): PacketEnd | undefined {
  for (const subject of membersOf(classes)) {
    const facts = reach.classes.facts[subject]
    const endpoint = reach.universe.classes[subject]!.members[0]!
    if (facts !== undefined) return { kind: 'endpoint', endpoint, facts }
  }
  const address = sampleAddress(addresses)
  return address && { kind: 'address', address: printAddress(address) }
}
