import {
  type AddressSet,
  ALL_ADDRESSES,
  ALL_V4,
  ALL_V6,
  addressSets,
  cidr,
  NO_ADDRESSES,
  parseAddress,
  parseCidr,
  printAddresses,
  singleAddress,
  toRanges,
} from '../../algebra/addresses.ts'
import { interval } from '../../algebra/intervals.ts'
import { ALL_NAMES, exactName, type NameSet, NO_NAMES, nameKey, nameSets, printNames } from '../../algebra/names.ts'
import {
  ALL_SERVICES,
  ALL_SYMBOLS,
  NO_SERVICES,
  type ServiceSet,
  type SymbolSet,
  serviceSets,
  symbolSets,
} from '../../algebra/service-sets.ts'
import type { SetAlgebra } from '../../algebra/set-algebra.ts'
import type { Truth } from '../../algebra/truth.ts'
import { isOpenRegion } from '../../model/azure/service-tags.ts'
import { PUBLIC_ADDRESSES } from '../address-ranges.ts'
import { spellStandIns } from './name-stand-ins.ts'

/**
 * Where packets come from or go to, as Azure's rules tell them apart.
 *
 * Three kinds of places side by side: addresses that are written out; public addresses of Azure services, which only their tags name;
 * and public hosts that no address and no tag names, by their domain name (`''` is one without a name that matters).
 */
export interface Places {
  readonly addresses: AddressSet
  readonly services: ServiceSet
  readonly hosts: NameSet
}

export const NOWHERE: Places = { addresses: NO_ADDRESSES, services: NO_SERVICES, hosts: NO_NAMES }

/** Borders that tell most sets apart. */
const SAMPLE = 8

export const places: SetAlgebra<Places> = {
  empty: NOWHERE,
  union: (a, b) => each(a, b, addressSets.union, serviceSets.union, nameSets.union),
  intersect: (a, b) => each(a, b, addressSets.intersect, serviceSets.intersect, nameSets.intersect),
  subtract: (a, b) => each(a, b, addressSets.subtract, serviceSets.subtract, nameSets.subtract),
  isEmpty: (a) => addressSets.isEmpty(a.addresses) && serviceSets.isEmpty(a.services) && nameSets.isEmpty(a.hosts),
  equal: (a, b) =>
    a === b ||
    (addressSets.equal(a.addresses, b.addresses) &&
      serviceSets.equal(a.services, b.services) &&
      nameSets.equal(a.hosts, b.hosts)),
  hash: ({ addresses: { v4, v6 }, services, hosts }) => {
    let hash = v4.length + 31 * (v6.length + 31 * (services.services.length + 31 * hosts.states.length))
    for (const border of v4.length <= SAMPLE ? v4 : [...v4.slice(0, SAMPLE), v4.at(-1)!])
      hash = (hash * 31 + border) | 0
    return hash
  },
  covers: (a, b) =>
    a === b ||
    (addressSets.covers(a.addresses, b.addresses) &&
      serviceSets.covers(a.services, b.services) &&
      nameSets.covers(a.hosts, b.hosts)),
}

function each(
  a: Places,
  b: Places,
  addresses: (a: AddressSet, b: AddressSet) => AddressSet,
  services: (a: ServiceSet, b: ServiceSet) => ServiceSet,
  hosts: (a: NameSet, b: NameSet) => NameSet,
): Places {
  return {
    addresses: addresses(a.addresses, b.addresses),
    services: services(a.services, b.services),
    hosts: hosts(a.hosts, b.hosts),
  }
}

export function atAddresses(addresses: AddressSet): Places {
  return { ...NOWHERE, addresses }
}

export function atServices(services: ServiceSet): Places {
  return { ...NOWHERE, services }
}

export function atHost(name: string): Places {
  return { ...NOWHERE, hosts: exactName(name) }
}

/** One public host that no rule names more closely than "everything". */
export const ANY_PUBLIC_HOST: Places = atHost('')

/** Private by RFC 1918 and RFC 6598: next hop None unless a network claims them. */
export const PRIVATE_V4: AddressSet = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']
  .map(cidr)
  .reduce(addressSets.union)

/** Platform addresses: DNS, probes and agent; metadata. Source: learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
export const PLATFORM_DNS = '168.63.129.16'
export const METADATA = '169.254.169.254'
export const PLATFORM: AddressSet = addressSets.union(cidr(`${PLATFORM_DNS}/32`), cidr(`${METADATA}/32`))

/** What the tag `Internet` stands for, before a network's own space is taken out: Azure's public addresses are in it. */
export const INTERNET: Places = { addresses: PUBLIC_ADDRESSES, services: ALL_SERVICES, hosts: ALL_NAMES }
export const EVERYWHERE: Places = { addresses: ALL_ADDRESSES, services: ALL_SERVICES, hosts: ALL_NAMES }
/** `0.0.0.0/0`: services and hosts are reached over IPv4. */
const ALL_OF_V4: Places = { addresses: ALL_V4, services: ALL_SERVICES, hosts: ALL_NAMES }

const PUBLIC_V4: AddressSet = { v4: PUBLIC_ADDRESSES.v4, v6: [] }

/** Ranges that hold every public IPv4 address hold services and hosts too; closer ones are taken not to name them. */
export function withPublic(addresses: AddressSet): Places {
  if (!addressSets.covers(addresses, PUBLIC_V4)) return atAddresses(addresses)
  return { addresses, services: ALL_SERVICES, hosts: ALL_NAMES }
}

/** An address, a CIDR or a `first-last` range as addresses; undefined for anything else. Bits behind a prefix are masked. */
export function parseRange(text: string): AddressSet | undefined {
  const trimmed = text.trim()
  if (trimmed.includes('/')) return parseCidr(trimmed)?.addresses
  const dash = trimmed.indexOf('-')
  if (dash < 0) {
    const address = parseAddress(trimmed)
    return address && singleAddress(address)
  }
  const first = parseAddress(trimmed.slice(0, dash).trim())
  const last = parseAddress(trimmed.slice(dash + 1).trim())
  if (first?.family === 'v4' && last?.family === 'v4') return { v4: interval(first.value, last.value + 1), v6: [] }
  if (first?.family === 'v6' && last?.family === 'v6') return { v4: [], v6: interval(first.value, last.value + 1n) }
  return undefined
}

/** As {@link parseRange}; texts that are no addresses (service tags, mistakes) hold none. */
export function rangeOf(text: string): AddressSet {
  return parseRange(text) ?? NO_ADDRESSES
}

/** What `*`, `Any`, an address, a CIDR or a range stands for; undefined for tags. */
export function parsePlaces(text: string): Places | undefined {
  const trimmed = text.trim()
  if (trimmed === '*' || trimmed.toLowerCase() === 'any') return EVERYWHERE
  if (trimmed === '0.0.0.0/0') return ALL_OF_V4
  if (trimmed === '::/0') return atAddresses(ALL_V6)
  const addresses = parseRange(trimmed)
  return addresses && withPublic(addresses)
}

/** Whether a place that is somewhere in `where` is in `set`: `maybe` where only a part of `where` is. */
export function isIn(where: Places, set: Places): Truth {
  if (set === EVERYWHERE) return 'yes'
  const kinds = [
    partIn(where.addresses, set.addresses, addressSets),
    servicesIn(where.services, set.services),
    partIn(where.hosts, set.hosts, nameSets),
  ].filter((part) => part !== undefined)
  if (kinds.every((part) => part === 'yes')) return 'yes'
  return kinds.every((part) => part === 'no') ? 'no' : 'maybe'
}

/** A region that is not known may be the one that is asked about. */
function servicesIn(where: ServiceSet, set: ServiceSet): Truth | undefined {
  const part = partIn(where, set, serviceSets)
  if (part !== 'no') return part
  const isOpen = (regions: SymbolSet) => !regions.except && regions.symbols.some(isOpenRegion)
  const widened: ServiceSet = {
    services: set.services.map(([name, regions]) => [name, isOpen(regions) ? ALL_SYMBOLS : regions]),
    others: isOpen(set.others) ? ALL_SYMBOLS : set.others,
  }
  return partIn(where, widened, serviceSets) === 'no' ? 'no' : 'maybe'
}

/** Undefined where no place of that kind is meant. */
function partIn<T>(where: T, set: T, sets: SetAlgebra<T>): Truth | undefined {
  if (sets.isEmpty(where)) return undefined
  if (sets.isEmpty(set)) return 'no'
  if (sets.covers(set, where)) return 'yes'
  return sets.isEmpty(sets.intersect(set, where)) ? 'no' : 'maybe'
}

/** As people read it. */
export function printPlaces(set: Places): string {
  if (places.covers(set, EVERYWHERE)) return 'anywhere'
  const parts: string[] = []
  if (places.covers(set, INTERNET)) parts.push('the internet')
  else {
    const addresses = printAddresses(set.addresses)
    if (addresses !== '') parts.push(addresses)
    if (serviceSets.equal(set.services, ALL_SERVICES)) parts.push('all Azure services')
    else {
      const { services, others } = set.services
      const without = services.filter(([, regions]) => symbolSets.isEmpty(regions)).map(([name]) => name)
      if (!symbolSets.isEmpty(others)) {
        const cloud = printService('AzureCloud', others.except, others.symbols)
        parts.push(without.length === 0 ? cloud : `${cloud} except ${without.join(' and ')}`)
      }
      const some = services.filter(([name]) => !without.includes(name))
      parts.push(...some.map(([name, { except, symbols }]) => printService(name, except, symbols)))
    }
    if (!nameSets.isEmpty(set.hosts)) parts.push(spellStandIns(printNames(set.hosts)))
  }
  return parts.join(', ')
}

function printService(name: string, except: boolean, regions: readonly string[]): string {
  if (except) return regions.length === 0 ? name : `${name} except ${regions.join(' and ')}`
  return regions.map((region) => `${name}.${region}`).join(', ')
}

/** True for addresses that the platform answers on every host. */
export function isPlatform(where: Places): boolean {
  return addressSets.covers(PLATFORM, where.addresses) && !addressSets.isEmpty(where.addresses)
}

/** A text that is equal for equal places alone. */
export function placesKey({ addresses, services, hosts }: Places): string {
  return `${toRanges(addresses).join(',')}|${JSON.stringify(services)}|${nameKey(hosts)}`
}
