import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import type { Bounds } from '../../algebra/bounds.ts'
import { toPairs } from '../../algebra/intervals.ts'
import type { PropList } from '../../model/azure/prop.ts'
import { PUBLIC_ADDRESSES } from '../../reach/address-ranges.ts'
import { rangeOf } from '../../reach/azure/places.ts'

/** From so many public IPv4 addresses on, a list is no list of one organisation's own addresses: a /16. */
export const MANY_ADDRESSES = 2 ** 16
/** A /8 is a good part of the internet: no tenant has one. */
export const WIDE_V4 = 2 ** 24
/** The same part of IPv6's global unicast space. */
const WIDE_V6 = 1n << 117n

/** The addresses that a list of addresses, CIDRs and ranges stands for; items that are not known may be anything. */
export function addressesOf(
  { items, complete }: PropList<string>,
  keep: (text: string) => boolean = () => true,
): Bounds<AddressSet> {
  let certain = NO_ADDRESSES
  let isUnknown = !complete
  for (const item of items) {
    if (!item.known) isUnknown = true
    else if (keep(item.value)) certain = addressSets.union(certain, rangeOf(item.value))
  }
  return { certain, possible: isUnknown ? addressSets.union(certain, PUBLIC_ADDRESSES) : certain }
}

/** What of a set lies on the internet and is not trusted. */
export function foreignPart(addresses: AddressSet, trusted: AddressSet): AddressSet {
  return addressSets.subtract(addressSets.intersect(addresses, PUBLIC_ADDRESSES), trusted)
}

/** Whether a set is, for whoever looks for a way in, the internet. */
export function isInternet(addresses: AddressSet): boolean {
  const { v4, v6 } = addressSets.intersect(addresses, PUBLIC_ADDRESSES)
  return countV4({ v4, v6 }) >= WIDE_V4 || toPairs(v6).reduce((sum, [first, end]) => sum + (end - first), 0n) >= WIDE_V6
}

/** Number of IPv4 addresses. */
export function countV4({ v4 }: AddressSet): number {
  return toPairs(v4).reduce((sum, [first, end]) => sum + (end - first), 0)
}

/** `about 16 million`, `65,536`: a number for people. */
export function printCount(count: number): string {
  if (count >= 10 ** 9) return `about ${(count / 10 ** 9).toFixed(1)} billion`
  if (count >= 10 ** 6) return `about ${Math.round(count / 10 ** 6)} million`
  return count.toLocaleString('en-US')
}
