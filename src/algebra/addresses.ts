import {
  coversIntervals,
  equalIntervals,
  hasNumber,
  type Intervals,
  intersectIntervals,
  interval,
  subtractIntervals,
  toPairs,
  unionIntervals,
} from './intervals.ts'
import type { SetAlgebra } from './set-algebra.ts'

/**
 * A set of IP addresses.
 *
 * IPv4 addresses are numbers. IPv6 addresses are bigints: on sets of two CIDRs they make 18 million operations a second against 38 million
 * of numbers, and pairs of numbers would need a second copy of the interval code for states that hold a handful of IPv6 CIDRs.
 */
export interface AddressSet {
  readonly v4: Intervals<number>
  readonly v6: Intervals<bigint>
}

export type AddressFamily = 'v4' | 'v6'

/** Number of addresses of a family, which is also the border behind the last one. */
const V4_END = 2 ** 32
const V6_END = 1n << 128n

export const NO_ADDRESSES: AddressSet = { v4: [], v6: [] }
export const ALL_V4: AddressSet = { v4: interval(0, V4_END), v6: [] }
export const ALL_V6: AddressSet = { v4: [], v6: interval(0n, V6_END) }
export const ALL_ADDRESSES: AddressSet = { v4: ALL_V4.v4, v6: ALL_V6.v6 }

export const addressSets: SetAlgebra<AddressSet> = {
  empty: NO_ADDRESSES,
  union: (a, b) => (a === b ? a : { v4: unionIntervals(a.v4, b.v4), v6: unionIntervals(a.v6, b.v6) }),
  intersect: (a, b) => (a === b ? a : { v4: intersectIntervals(a.v4, b.v4), v6: intersectIntervals(a.v6, b.v6) }),
  subtract: (a, b) =>
    a === b ? NO_ADDRESSES : { v4: subtractIntervals(a.v4, b.v4), v6: subtractIntervals(a.v6, b.v6) },
  isEmpty: (a) => a.v4.length === 0 && a.v6.length === 0,
  equal: (a, b) => a === b || (equalIntervals(a.v4, b.v4) && equalIntervals(a.v6, b.v6)),
  covers: (a, b) => a === b || (coversIntervals(a.v4, b.v4) && coversIntervals(a.v6, b.v6)),
}

/** A CIDR block, its addresses, and what a careful reader would want to know of how it was written. */
export interface Cidr {
  readonly family: AddressFamily
  readonly prefix: number
  readonly addresses: AddressSet
  /** True where bits behind the prefix are set, as in `10.0.0.5/24`: readers mask them. */
  readonly hostBits: boolean
}

/**
 * Reads `a.b.c.d/n` or `x::y/n` as Go's `net.ParseCIDR` does, or undefined where that refuses it: leading zeros in an octet or in the
 * prefix, zones and missing prefixes are errors. An IPv4-mapped IPv6 block (`::ffff:10.0.0.0/104`) is the IPv4 block.
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const prefix = parseDecimal(text.slice(slash + 1), 128)
  const address = parseAddress(text.slice(0, slash), true)
  if (prefix === undefined || address === undefined) return undefined
  if (address.family === 'v4') return prefix > 32 ? undefined : blockV4(address.value, prefix)
  return prefix >= 96 && address.value >> 32n === 0xffffn
    ? blockV4(Number(address.value & 0xffffffffn), prefix - 96)
    : blockV6(address.value, prefix)
}

/** The CIDR, which must be right; for constants. */
export function cidr(text: string): AddressSet {
  const parsed = parseCidr(text)
  if (parsed === undefined) throw new Error(`invariant: ${text} is no CIDR`)
  return parsed.addresses
}

function blockV4(value: number, prefix: number): Cidr {
  const size = 2 ** (32 - prefix)
  const first = value - (value % size)
  return { family: 'v4', prefix, addresses: { v4: [first, first + size], v6: [] }, hostBits: first !== value }
}

function blockV6(value: bigint, prefix: number): Cidr {
  const size = 1n << BigInt(128 - prefix)
  const first = value - (value % size)
  return { family: 'v6', prefix, addresses: { v4: [], v6: [first, first + size] }, hostBits: first !== value }
}

export type Address =
  | { readonly family: 'v4'; readonly value: number }
  | { readonly family: 'v6'; readonly value: bigint }

/**
 * Reads one address as Go's `net.ParseIP` does; undefined where that refuses it. An IPv4-mapped IPv6 address is IPv4 unless `keepMapped`.
 */
export function parseAddress(text: string, keepMapped = false): Address | undefined {
  if (!text.includes(':')) {
    const value = parseV4(text)
    return value === undefined ? undefined : { family: 'v4', value }
  }
  const value = parseV6(text)
  if (value === undefined) return undefined
  if (!keepMapped && value >> 32n === 0xffffn) return { family: 'v4', value: Number(value & 0xffffffffn) }
  return { family: 'v6', value }
}

/** The set that holds one address. */
export function singleAddress(address: Address): AddressSet {
  return address.family === 'v4'
    ? { v4: [address.value, address.value + 1], v6: [] }
    : { v4: [], v6: [address.value, address.value + 1n] }
}

export function hasAddress(set: AddressSet, address: Address): boolean {
  return address.family === 'v4' ? hasNumber(set.v4, address.value) : hasNumber(set.v6, address.value)
}

/** The lowest address of the set, IPv4 first; undefined where it is empty. */
export function firstAddress(set: AddressSet): Address | undefined {
  if (set.v4.length > 0) return { family: 'v4', value: set.v4[0]! }
  return set.v6.length > 0 ? { family: 'v6', value: set.v6[0]! } : undefined
}

/** Decimal digits without a leading zero, up to `max`. */
function parseDecimal(text: string, max: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}

function parseV4(text: string): number | undefined {
  const octets = text.split('.', 5)
  if (octets.length !== 4) return undefined
  let value = 0
  for (const octet of octets) {
    const number = parseDecimal(octet, 255)
    if (number === undefined) return undefined
    value = value * 256 + number
  }
  return value
}

function parseV6(text: string): bigint | undefined {
  if (text.length > 45) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0]!, halves.length === 1)
  if (halves.length === 1) return head?.length === 8 ? joinGroups(head) : undefined
  const tail = parseGroups(halves[1]!, true)
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined
  return joinGroups([...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail])
}

/** Groups of 16 bits; the last may be a dotted IPv4 address where `dotted`. */
function parseGroups(text: string, dotted: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else {
      const value = dotted && index === parts.length - 1 ? parseV4(part) : undefined
      if (value === undefined) return undefined
      groups.push(Math.floor(value / 65536), value % 65536)
    }
  }
  return groups
}

function joinGroups(groups: readonly number[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n)
}

export function printAddress(address: Address): string {
  return address.family === 'v4' ? printV4(address.value) : printV6(address.value)
}

function printV4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** RFC 5952: lower case, the first longest run of two or more zero groups as `::`. */
function printV6(value: bigint): string {
  const groups: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn))
  let start = -1
  let length = 1
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (i + run < 8 && groups[i + run] === 0) run++
    if (run > length) {
      start = i
      length = run
    }
    i += run
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** `first-last` texts of the maximal ranges, ascending, IPv4 first. */
export function toRanges(set: AddressSet): string[] {
  return [
    ...toPairs(set.v4).map(([first, end]) => `${printV4(first)}-${printV4(end - 1)}`),
    ...toPairs(set.v6).map(([first, end]) => `${printV6(first)}-${printV6(end - 1n)}`),
  ]
}

/** The fewest CIDRs that make up the set, ascending, IPv4 first. At most 62 (IPv4) or 254 (IPv6) for one range. */
export function toCidrs(set: AddressSet): string[] {
  const cidrs: string[] = []
  for (const [first, end] of toPairs(set.v4)) {
    for (let at = first; at < end; ) {
      let prefix = 32
      while (prefix > 0 && at % 2 ** (33 - prefix) === 0 && at + 2 ** (33 - prefix) <= end) prefix--
      cidrs.push(`${printV4(at)}/${prefix}`)
      at += 2 ** (32 - prefix)
    }
  }
  for (const [first, end] of toPairs(set.v6)) {
    for (let at = first; at < end; ) {
      let bits = 0n
      while (bits < 128n && (at & ((2n << bits) - 1n)) === 0n && at + (2n << bits) <= end) bits++
      cidrs.push(`${printV6(at)}/${128n - bits}`)
      at += 1n << bits
    }
  }
  return cidrs
}

/** As people read it: the fewest CIDRs joined by `, `, single addresses without their prefix; `''` for nothing. */
export function printAddresses(set: AddressSet): string {
  return toCidrs(set).map(withoutFullPrefix).join(', ')
}

function withoutFullPrefix(block: string): string {
  const full = block.includes(':') ? '/128' : '/32'
  return block.endsWith(full) ? block.slice(0, -full.length) : block
}
