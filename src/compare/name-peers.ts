import {
  type AddressSet,
  ALL_V4,
  ALL_V6,
  addressSets,
  NO_ADDRESSES,
  printAddresses,
  toCidrs,
} from '../algebra/addresses.ts'
import { type ClassSet, hasClass, membersOf } from '../algebra/classes.ts'
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
  const families = FAMILIES.flatMap(({ all, name }) => {
    const internet = addressSets.intersect(PUBLIC_ADDRESSES, all)
    const missing = addressSets.subtract(internet, addresses)
    if (!areFew(missing, all)) return []
    return [{ name, internet: addressSets.subtract(internet, missing), except: exceptText(missing) }]
  })
  const [first, second] = families
  if (first !== undefined && second !== undefined && first.except === '' && second.except === '') {
    ends.push({ name: 'internet', addresses: PUBLIC_ADDRESSES })
  } else {
    for (const { name, internet, except } of families)
      ends.push({ name: `internet${name}${except}`, addresses: internet })
  }
  for (const { internet } of families) rest = addressSets.subtract(rest, internet)
  if (addressSets.covers(rest, METADATA_ADDRESS) && !addressSets.isEmpty(rest)) {
    ends.push({ name: 'metadata', addresses: METADATA_ADDRESS })
    rest = addressSets.subtract(rest, METADATA_ADDRESS)
  }
  if (!addressSets.isEmpty(rest)) ends.push({ name: printRanges(rest), addresses: rest })
  return ends
}

/** The name of all addresses, or of all of a family; what is left out of it stands behind. */
export const EVERYWHERE = 'internet and every other address'

const FAMILIES = [
  { all: ALL_V4, name: ' (IPv4)' },
  { all: ALL_V6, name: ' (IPv6)' },
] as const

/** ` (IPv4) except 10.2.0.0/16` for all addresses but a few ranges; undefined where more is missing. */
function wholeFamilies(addresses: AddressSet): string | undefined {
  const families = FAMILIES.filter(({ all }) => !addressSets.isEmpty(addressSets.intersect(addresses, all)))
  const all = families.reduce<AddressSet>((sum, family) => addressSets.union(sum, family.all), NO_ADDRESSES)
  const missing = addressSets.subtract(all, addresses)
  if (!families.every((family) => areFew(addressSets.intersect(missing, family.all), family.all))) return undefined
  return `${families.length === 2 ? '' : families[0]!.name}${exceptText(missing)}`
}

function exceptText(missing: AddressSet): string {
  return addressSets.isEmpty(missing) ? '' : ` except ${toCidrs(missing).join(', ')}`
}

/** Whether all addresses of a family but these are still called so: few blocks, and none that is a good part of the whole. */
function areFew(missing: AddressSet, all: AddressSet): boolean {
  if (addressSets.isEmpty(missing)) return true
  const least = all === ALL_V4 ? WIDEST_EXCEPTION.v4 : WIDEST_EXCEPTION.v6
  const blocks = toCidrs(missing)
  return (
    blocks.length <= MOST_EXCEPTIONS && blocks.every((block) => Number(block.slice(block.indexOf('/') + 1)) >= least)
  )
}

/** Prefix lengths: of IPv4 the private blocks are the widest that people leave out, of IPv6 what lies beside 2000::/3. */
const WIDEST_EXCEPTION = { v4: 8, v6: 7 }

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
  const own = membersOf(classes)
  if (own.length === 0) return []
  const pods = podClasses(base, head)
  const nodes: FlowEnd[] = hasClass(classes, universe.classOf.get('nodes')!) ? [{ name: 'nodes' }] : []
  const inside = universe.classSets.union(classes, except)
  const outside = universe.classSets.subtract(pods.all, inside)
  const spaces = nameSpaces(classes, inside, pods, head)
  if (own.length > 1 && pods.anywhere >= 0 && hasClass(classes, pods.anywhere)) {
    const missing = nameSpaces(outside, universe.classSets.union(outside, except), pods, head)
    const count = missing.whole.length + missing.single.length
    if (count === 0 || count <= Math.min(MOST_EXCEPTIONS, spaces.whole.length + spaces.single.length - 1)) {
      return [{ name: `every pod in the cluster${printExceptions(missing)}` }, ...nodes]
    }
  }
  const ends = [...nodes, ...spaces.whole.map((space) => ({ name: `every pod in ${space}` }))]
  if (spaces.single.length > MOST_NAMES) {
    const first = spaces.single.slice(0, 3).map(({ name }) => name)
    const name = `${spaces.single.length} groups of pods: ${first.join(', ')} and ${spaces.single.length - 3} more`
    return [...ends, { name }]
  }
  return [...ends, ...spaces.single]
}

function printExceptions({ whole, single }: NamedSpaces): string {
  const spaces = whole.length === 0 ? [] : [`those in ${whole.join(' and ')}`]
  const names = [...spaces, ...single.map(({ name }) => name)]
  return names.length === 0 ? '' : ` except ${names.join(', ')}`
}

interface NamedSpaces {
  readonly whole: readonly string[]
  readonly single: readonly FlowEnd[]
}

/**
 * Namespaces of which a set holds every pod, and what else it holds one by one, sorted. `inside` holds what nobody misses as well.
 */
function nameSpaces(classes: ClassSet, inside: ClassSet, pods: PodClasses, { universe }: Reachability): NamedSpaces {
  const own = membersOf(classes)
  const whole: string[] = []
  const told = new Set<number>()
  for (const [namespace, members] of pods.byNamespace) {
    // "Every pod" is only said where the pod is among them that the tree says nothing of.
    const any = pods.anyIn.get(namespace)
    if (any === undefined || !hasClass(classes, any)) continue
    if (!universe.classSets.covers(inside, members)) continue
    whole.push(namespace)
    for (const member of membersOf(members)) told.add(member)
  }
  const single = own
    .filter((subject) => !told.has(subject))
    .flatMap((subject) => universe.classes[subject]!.members.flatMap((member) => nameEndpoint(member) ?? []))
  return { whole: whole.sort(byCodeUnit), single: single.sort(byKey(({ name }) => name)) }
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
  readonly byNamespace: ReadonlyMap<string, ClassSet>
  /** The class of any pod of a namespace that the tree names, by the namespace. */
  readonly anyIn: ReadonlyMap<string, number>
  /** The class of any pod in a namespace that the tree does not name; -1 where there is none. */
  readonly anywhere: number
}

const known = new WeakMap<Reachability, PodClasses>()

/** Classes of pods that base or head has; those of a namespace by its name. */
function podClasses(base: Reachability, head: Reachability): PodClasses {
  const made = known.get(head)
  if (made !== undefined) return made
  const byNamespace = new Map<string, number[]>()
  const anyIn = new Map<string, number>()
  const all: number[] = []
  let anywhere = -1
  for (const [number, { members }] of head.universe.classes.entries()) {
    const { kind } = members[0]!
    const facts = head.classes.facts[number] ?? base.classes.facts[number]
    if ((kind !== 'workload' && kind !== 'hypothetical') || facts === undefined) continue
    all.push(number)
    const isAny = members.some((member) => member.kind === 'hypothetical' && isEverything(member.podSelector))
    if (isAny && members.some((member) => isAnywhere(member))) anywhere = number
    if (facts.namespace === undefined) continue
    if (isAny) anyIn.set(facts.namespace, number)
    const same = byNamespace.get(facts.namespace)
    if (same === undefined) byNamespace.set(facts.namespace, [number])
    else same.push(number)
  }
  const { classSets } = head.universe
  const pods = {
    all: classSets.of(all),
    byNamespace: new Map([...byNamespace].map(([namespace, members]) => [namespace, classSets.of(members)])),
    anyIn,
    anywhere,
  }
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
