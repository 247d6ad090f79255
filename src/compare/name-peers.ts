import {
  type AddressSet,
  ALL_V4,
  ALL_V6,
  addressSets,
  NO_ADDRESSES,
  printAddresses,
  toCidrs,
} from '../algebra/addresses.ts'
import { type ClassSet, membersOf } from '../algebra/classes.ts'
import { byCodeUnit, byKey } from '../base/order.ts'
import { isEverything } from '../model/kubernetes/selector.ts'
import { METADATA_ADDRESS, PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import type { Endpoint } from '../reach/endpoint.ts'
import { printHypothetical } from '../reach/hypothetical.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { Reachability } from '../reach/reachability.ts'
import type { FlowEnd } from './flows.ts'

/** More names than this of one side are told as a number and the first few. */
const MOST_NAMES = 12
const MOST_RANGES = 6
const MOST_EXCEPTIONS = 3

/**
 * Peers as people call them, never expanded further than they are different: every pod in the cluster, every pod of a namespace,
 * single workloads, pods that may exist, addresses. `except` is left out of "every": nobody misses the pod itself in the list.
 */
export function namePeers(
  peers: PeerSet,
  except: ClassSet,
  base: Reachability,
  head: Reachability,
): readonly FlowEnd[] {
  const addresses = nameAddresses(peers.addresses)
  const classes = nameClasses(peers.classes, except, base, head)
  // Nodes have addresses: where all are said, they are said.
  const hasAll = addresses.some(({ name }) => name.startsWith(EVERYWHERE))
  return [...(hasAll ? classes.filter(({ name }) => name !== 'nodes') : classes), ...addresses]
}

/** Addresses as people call them: the internet and the metadata service by name, others as ranges. */
export function nameAddresses(addresses: AddressSet): readonly FlowEnd[] {
  if (addressSets.isEmpty(addresses)) return []
  const whole = wholeFamilies(addresses)
  if (whole !== undefined) return [{ name: `${EVERYWHERE}${whole}`, addresses }]
  const ends: FlowEnd[] = []
  let rest = addresses
  const v4 = addressSets.intersect(PUBLIC_ADDRESSES, ALL_V4)
  const v6 = addressSets.intersect(PUBLIC_ADDRESSES, ALL_V6)
  const hasV4 = addressSets.covers(addresses, v4)
  const hasV6 = addressSets.covers(addresses, v6)
  if (hasV4 || hasV6) {
    const family = hasV4 && hasV6 ? '' : hasV4 ? ' (IPv4)' : ' (IPv6)'
    const internet = hasV4 && hasV6 ? PUBLIC_ADDRESSES : hasV4 ? v4 : v6
    ends.push({ name: `internet${family}`, addresses: internet })
    rest = addressSets.subtract(rest, internet)
  }
  if (addressSets.covers(rest, METADATA_ADDRESS) && !addressSets.isEmpty(rest)) {
    ends.push({ name: 'metadata', addresses: METADATA_ADDRESS })
    rest = addressSets.subtract(rest, METADATA_ADDRESS)
  }
  if (!addressSets.isEmpty(rest)) ends.push({ name: printRanges(rest), addresses: rest })
  return ends
}

/** The name of all addresses, or of all of a family; what is left out of it stands behind. */
export const EVERYWHERE = 'internet and every other address'

/** ` (IPv4) except 10.2.0.0/16` for all addresses but a few ranges; undefined where more is missing. */
function wholeFamilies(addresses: AddressSet): string | undefined {
  const families = ([ALL_V4, ALL_V6] as const).filter(
    (all) => !addressSets.isEmpty(addressSets.intersect(addresses, all)),
  )
  const all = families.reduce<AddressSet>((a, b) => addressSets.union(a, b), NO_ADDRESSES)
  const missing = addressSets.subtract(all, addresses)
  const name = families.length === 2 ? '' : families[0] === ALL_V4 ? ' (IPv4)' : ' (IPv6)'
  if (addressSets.isEmpty(missing)) return name
  const isInternet = addressSets.covers(
    addressSets.union(addresses, addressSets.subtract(PUBLIC_ADDRESSES, all)),
    PUBLIC_ADDRESSES,
  )
  return isInternet && toCidrs(missing).length <= MOST_EXCEPTIONS
    ? `${name} except ${toCidrs(missing).join(', ')}`
    : undefined
}

function printRanges(addresses: AddressSet): string {
  const blocks = toCidrs(addresses)
  if (blocks.length <= MOST_RANGES) return blocks.join(', ')
  const ranges = printAddresses(addresses).split(/,\s*/)
  const list = ranges.length < blocks.length ? ranges : blocks
  if (list.length <= MOST_RANGES) return list.join(', ')
  return `${list.slice(0, MOST_RANGES - 1).join(', ')} and ${list.length - MOST_RANGES + 1} more ranges`
}

function nameClasses(classes: ClassSet, except: ClassSet, base: Reachability, head: Reachability): readonly FlowEnd[] {
  const { universe } = head
  const inside = universe.classSets.union(classes, except)
  const own = membersOf(classes)
  if (own.length === 0) return []
  const pods = podClasses(base, head)
  const ends: FlowEnd[] = own.includes(universe.classOf.get('nodes')!) ? [{ name: 'nodes' }] : []
  const missing = membersOf(universe.classSets.subtract(pods.all, inside)).flatMap(
    (number) => universe.classes[number]!.members,
  )
  if (own.length > 1 && missing.length <= Math.min(MOST_EXCEPTIONS, own.length - 1) && own.includes(pods.anywhere)) {
    const left = missing.flatMap((member) => nameEndpoint(member)?.name ?? []).sort(byCodeUnit)
    return [{ name: `every pod in the cluster${left.length === 0 ? '' : ` except ${left.join(', ')}`}` }, ...ends]
  }

  const told = new Set<number>()
  for (const [namespace, members] of pods.byNamespace) {
    const here = members.filter((member) => own.includes(member))
    const whole = here.length > 0 && universe.classSets.covers(inside, universe.classSets.of(members))
    // "Every pod" is only said where pods that are not in the tree are among them.
    const unseen = here.some((member) => universe.classes[member]!.members.some(({ kind }) => kind === 'hypothetical'))
    if (!whole || !unseen) continue
    ends.push({ name: `every pod in ${namespace}` })
    for (const member of here) told.add(member)
  }
  const named: FlowEnd[] = []
  for (const subject of own) {
    if (told.has(subject)) continue
    for (const member of universe.classes[subject]!.members) {
      const end = nameEndpoint(member)
      if (end !== undefined) named.push(end)
    }
  }
  named.sort(byKey(({ name }) => name))
  if (named.length > MOST_NAMES) {
    const first = named.slice(0, 3).map(({ name }) => name)
    return [...ends, { name: `${named.length} groups of pods: ${first.join(', ')} and ${named.length - 3} more` }]
  }
  return [...ends, ...named]
}

function nameEndpoint(endpoint: Endpoint): FlowEnd | undefined {
  switch (endpoint.kind) {
    case 'workload':
      return { name: endpoint.id.replace(/\[[^\]]*\]$/, ''), workload: endpoint.id }
    case 'hypothetical':
      return { name: printHypothetical(endpoint) }
    case 'nodes':
    case 'ingress-controller':
      return undefined
  }
}

interface PodClasses {
  readonly all: ClassSet
  readonly byNamespace: ReadonlyMap<string, readonly number[]>
  /** The class of a pod without labels in a namespace that the tree does not name; -1 where there is none. */
  readonly anywhere: number
}

const known = new WeakMap<Reachability, PodClasses>()

/** Classes of pods that base or head has; those of a namespace by its name. */
function podClasses(base: Reachability, head: Reachability): PodClasses {
  const made = known.get(head)
  if (made !== undefined) return made
  const byNamespace = new Map<string, number[]>()
  const all: number[] = []
  let anywhere = -1
  for (const [number, { members }] of head.universe.classes.entries()) {
    const { kind } = members[0]!
    const facts = head.classes.facts[number] ?? base.classes.facts[number]
    if ((kind !== 'workload' && kind !== 'hypothetical') || facts === undefined) continue
    all.push(number)
    if (members.some((member) => isAnywhere(member))) anywhere = number
    if (facts.namespace === undefined) continue
    const same = byNamespace.get(facts.namespace)
    if (same === undefined) byNamespace.set(facts.namespace, [number])
    else same.push(number)
  }
  const pods = { all: head.universe.classSets.of(all), byNamespace, anywhere }
  known.set(head, pods)
  return pods
}

function isAnywhere(member: Endpoint): boolean {
  return (
    member.kind === 'hypothetical' &&
    member.namespace === undefined &&
    isEverything(member.namespaceSelector) &&
    isEverything(member.podSelector)
  )
}
