import { type AddressSet, addressSets, NO_ADDRESSES, printAddress, toCidrs } from '../../algebra/addresses.ts'
import type { Bounds } from '../../algebra/bounds.ts'
import { type ClassSet, hasClass, membersOf } from '../../algebra/classes.ts'
import { type ConnectionSet, connectionSets, NO_CONNECTIONS, printConnections } from '../../algebra/connections.ts'
import type { Region } from '../../algebra/regions.ts'
import type { StateView } from '../../compare/state-view.ts'
import { perhapsNamed } from '../../compare/unseen-namespaces.ts'
import type { Direction } from '../../model/kubernetes/network-policy.ts'
import { workloadName } from '../../model/kubernetes/workload.ts'
import { METADATA_ADDRESS, sampleAddress } from '../../reach/address-ranges.ts'
import { hasSamePolicies } from '../../reach/difference.ts'
import { printHypothetical } from '../../reach/hypothetical.ts'
import type { PacketEnd } from '../../reach/layer.ts'
import type { PeerSet } from '../../reach/peers.ts'
import { connectionsWith } from '../../reach/reachability.ts'
import { NODES } from '../../reach/universe.ts'
import { listNames } from '../hits/listing.ts'
import { anyPod, anyPodClass } from './any-pod.ts'
import { type JudgedEndpoint, pairedEndpoints } from './judged-endpoints.ts'
import { isWide, publicPart, reachesMetadata } from './open-egress.ts'
import { addressOf, nodesEnd } from './proof.ts'

/** What a change opened for one endpoint in one direction, because its own policies changed. */
export interface Widening {
  readonly endpoint: JudgedEndpoint
  readonly direction: Direction
  /** Both ends allow it now, and did not before. */
  readonly gained: Region<PeerSet>
  /** False where something unknown decides whether it is so. */
  readonly certain: boolean
}

/**
 * The endpoints of both sides whose own policies now allow what they did not, with what can be used of it: pods that are new, and pods
 * whose own policies keep the connection closed, are left out.
 */
export function* widenings(base: StateView, head: StateView, direction: Direction): Iterable<Widening> {
  const { regions, classSets } = head.reach.universe
  const other = direction === 'ingress' ? 'egress' : 'ingress'
  const openedByGroup = new Map<string, boolean>()
  const hasOpened = (subject: number): boolean => {
    if (hasSamePolicies(base.reach, head.reach, subject, direction)) return false
    const key = `${base.reach.groups[direction].groupOf(subject)} ${head.reach.groups[direction].groupOf(subject)}`
    let isOpened = openedByGroup.get(key)
    if (isOpened === undefined) {
      const [was, is] = [base.reach.own(subject, direction), head.reach.own(subject, direction)]
      isOpened = !regions.covers(was.certain, is.certain) || !regions.covers(was.possible, is.possible)
      openedByGroup.set(key, isOpened)
    }
    return isOpened
  }
  // A node always reaches the pods on it.
  const nodes = head.reach.universe.classOf.get(NODES.id)!
  const opened = pairedEndpoints(base, head).flatMap(([old, endpoint]) =>
    old.subject === endpoint.subject && hasOpened(endpoint.subject) ? [endpoint] : [],
  )
  const subjects = classSets.of(opened.map(({ subject }) => subject))
  const reachBefore = base.reach.reachOf(subjects, direction)
  const reachAfter = head.reach.reachOf(subjects, direction)
  for (const endpoint of opened) {
    const { subject } = endpoint
    for (const certain of [true, false]) {
      const own = newly(base.reach.own(subject, direction), head.reach.own(subject, direction), certain, head)
      const both = newly(reachBefore(subject), reachAfter(subject), certain, head)
      const gained = regions.intersect(own, both).flatMap(({ peers, connections }) => {
        // What the other end's policies opened too is said there, once: at the end that is reached.
        const known = membersOf(peers.classes).filter(
          (peer) =>
            isKnown(base, peer) &&
            (peer !== subject || head.reach.universe.classes[peer]!.members.length > 1) &&
            !(direction === 'ingress' && peer === nodes) &&
            (direction === 'ingress' || !isOpenedBy(base, head, peer, other, subject, connections)),
        )
        const left = { classes: classSets.of(known), addresses: peers.addresses }
        return known.length === 0 && addressSets.isEmpty(peers.addresses) ? [] : [{ peers: left, connections }]
      })
      if (gained.length === 0) continue
      yield { endpoint, direction, gained, certain }
      break
    }
  }
}

/**
 * What is open now and was not: for certain, or else what became possible and what became certain. What is as unknown as it was before
 * is no news.
 */
function newly(
  was: Bounds<Region<PeerSet>>,
  is: Bounds<Region<PeerSet>>,
  certain: boolean,
  { reach }: StateView,
): Region<PeerSet> {
  const { regions } = reach.universe
  if (certain) return regions.subtract(is.certain, was.possible)
  return regions.union(regions.subtract(is.possible, was.possible), regions.subtract(is.certain, was.certain))
}

/** A class that the base has as well; the controller of an Ingress is told of by the Ingress. */
function isKnown({ reach }: StateView, subject: number): boolean {
  return (
    reach.classes.facts[subject] !== undefined &&
    reach.universe.classes[subject]!.members[0]!.kind !== 'ingress-controller'
  )
}

function isOpenedBy(
  base: StateView,
  head: StateView,
  peer: number,
  direction: Direction,
  subject: number,
  connections: ConnectionSet,
): boolean {
  const of = (view: StateView, side: 'certain' | 'possible') =>
    connectionsWith(view.reach.own(peer, direction)[side], subject)
  const opened = connectionSets.subtract(of(head, 'possible'), of(base, 'possible'))
  return !connectionSets.isEmpty(connectionSets.intersect(opened, connections))
}

/** Who the other ends are, from the widest to the narrowest. */
export type Reached =
  | 'internet'
  | 'addresses'
  | 'metadata'
  | 'every-namespace'
  | 'other-namespace'
  | 'same-namespace'
  | 'nodes'

/** The widest part of what was gained, in words and with one end to prove it by. */
export interface WidestPart {
  readonly reached: Reached
  readonly words: string
  readonly ports: string
  readonly connections: ConnectionSet
  readonly end: PacketEnd
}

/** What of a region matters most. */
export function widestPart(
  view: StateView,
  gained: Region<PeerSet>,
  own: JudgedEndpoint,
  trusted: AddressSet,
): WidestPart | undefined {
  const addresses = gained.reduce((sum, { peers }) => addressSets.union(sum, peers.addresses), NO_ADDRESSES)
  const open = publicPart(addresses, trusted)
  const classes = gained.reduce(
    (sum, { peers }) => view.reach.universe.classSets.union(sum, peers.classes),
    view.reach.universe.classSets.empty,
  )
  const ofAddresses = (set: AddressSet, reached: Reached, words: string): WidestPart => {
    const address = sampleAddress(set)!
    return part(
      reached,
      words,
      (peers) => !addressSets.isEmpty(addressSets.intersect(peers.addresses, set)),
      addressOf(printAddress(address)),
    )
  }
  const part = (reached: Reached, words: string, isIn: (peers: PeerSet) => boolean, end: PacketEnd): WidestPart => {
    const connections = gained.reduce(
      (sum, one) => (isIn(one.peers) ? connectionSets.union(sum, one.connections) : sum),
      NO_CONNECTIONS,
    )
    // `on any port`, in prose.
    const ports = printConnections(connections).replace(/^all connections/, 'any port')
    return { reached, words, ports, connections, end }
  }
  if (isWide(open)) return ofAddresses(open, 'internet', 'the internet')
  const any = anyPodClass(view)
  if (hasClass(classes, any))
    return part(
      'every-namespace',
      'every pod of every namespace',
      ({ classes: in_ }) => hasClass(in_, any),
      anyPod(view),
    )
  // The service answers on TCP 80 alone.
  if (reachesMetadata(gained) && addressSets.equal(addresses, METADATA_ADDRESS))
    return ofAddresses(addresses, 'metadata', 'the instance metadata service')
  const rest = addressSets.subtract(addresses, trusted)
  if (!addressSets.isEmpty(rest)) return ofAddresses(rest, 'addresses', printSome(rest))
  const pods = namePods(view, classes, own)
  if (pods !== undefined)
    return part(pods.reached, pods.words, ({ classes: in_ }) => hasClass(in_, pods.subject), pods.end)
  const nodes = view.reach.universe.classOf.get(NODES.id)!
  if (hasClass(classes, nodes))
    return part('nodes', 'the nodes', ({ classes: in_ }) => hasClass(in_, nodes), nodesEnd(view.reach))
  return undefined
}

function printSome(addresses: AddressSet): string {
  const blocks = toCidrs(addresses)
  if (blocks.length <= MOST_BLOCKS) return listNames(blocks)
  const first = sampleAddress(addresses)!
  return `addresses such as ${printAddress(first)}`
}

/** Blocks that a sentence still names one by one. */
const MOST_BLOCKS = 3

function namePods(view: StateView, all: ClassSet, own: JudgedEndpoint) {
  const { reach } = view
  const { classSets } = reach.universe
  // Pods that are only perhaps among others which are named are not worth a name of their own.
  const classes = perhapsNamed(reach)
    .filter(({ labelled }) => hasClass(all, labelled))
    .reduce((left, { named }) => classSets.subtract(left, named), all)
  const found = new Map<Reached, { readonly subject: number; readonly end: PacketEnd; readonly names: string[] }>()
  for (const subject of membersOf(classes)) {
    const facts = reach.classes.facts[subject]
    for (const endpoint of reach.universe.classes[subject]!.members) {
      if (facts === undefined || (endpoint.kind !== 'workload' && endpoint.kind !== 'hypothetical')) continue
      const workload = reach.classes.workload(endpoint.id)
      if ((endpoint.kind === 'workload' && workload === undefined) || endpoint.id === own.id) continue
      const reached: Reached = facts.namespace === own.end.facts.namespace ? 'same-namespace' : 'other-namespace'
      const name = endpoint.kind === 'hypothetical' ? printHypothetical(endpoint) : workloadName(workload!)
      const end: PacketEnd = { kind: 'endpoint', endpoint, facts: { ...facts, workload } }
      const same = found.get(reached)
      if (same === undefined) found.set(reached, { subject, end, names: [name] })
      else same.names.push(name)
    }
  }
  for (const reached of ['other-namespace', 'same-namespace'] as const) {
    const pods = found.get(reached)
    // Workloads of the tree say more than pods that may exist.
    if (pods !== undefined)
      return { reached, subject: pods.subject, end: pods.end, words: listNames(sortByKind(pods.names)) }
  }
  return undefined
}

function sortByKind(names: readonly string[]): readonly string[] {
  return [...names].sort((a, b) => Number(a.startsWith('any pod')) - Number(b.startsWith('any pod')))
}
