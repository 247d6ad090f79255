import { type AddressSet, addressSets, cidr, singleAddress } from '../algebra/addresses.ts'
import { toPairs } from '../algebra/intervals.ts'
import { atAddresses, type Places } from '../reach/azure/places.ts'

/** Addresses of "this network" (RFC 1122), which no packet has: they stand for sets whose addresses are not known. */
const RESERVED = cidr('0.0.0.0/8')
const SIZE = 2 ** 24

const names = new Map<number, string>()

/**
 * A set of addresses that is known by its name only: the tag `VirtualNetwork`, the members of a group, what a parameter names. It is
 * apart from the internet and from every range that is written out, and part of "any address". Equal names are equal sets.
 */
export function standIn(name: string): Places {
  // Address 0.0.0.0 itself is written in rules, so it stands for nothing.
  let value = 1 + (hash(name) % (SIZE - 1))
  while (names.has(value) && names.get(value) !== name) value = 1 + (value % (SIZE - 1))
  names.set(value, name)
  return atAddresses(singleAddress({ family: 'v4', value }))
}

/** The names that stand in a set of addresses, and the rest of the set. */
export function takeStandIns(addresses: AddressSet): { readonly names: readonly string[]; readonly rest: AddressSet } {
  const own = addressSets.intersect(addresses, RESERVED)
  const found = [...names].filter(([value]) => toPairs(own.v4).some(([first, end]) => value >= first && value < end))
  return { names: found.map(([, name]) => name).sort(), rest: addressSets.subtract(addresses, RESERVED) }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0
  return value
}
