import { refuse } from '../failure.ts'
import { makeBool, makeList, makeString } from '../make-val.ts'
import { toBigInt } from '../number.ts'
import { BOOL, listOf, NUMBER, STRING } from '../type.ts'
import type { Val } from '../val.ts'
import { type Call, type FunctionTable, integer, text } from './definition.ts'

/** An address as a number, with 32 or 128 bits. */
interface Address {
  readonly value: bigint
  readonly bits: 32 | 128
}

interface Prefix extends Address {
  /** Bits of the network. */
  readonly length: number
}

/** Reads an IPv4 or IPv6 address as Go does; leading zeros are accepted, as in the functions' own library. */
function parseAddress(text: string): Address | undefined {
  const v4 = parseIpv4(text)
  if (v4 !== undefined) return { value: v4, bits: 32 }
  const v6 = parseIpv6(text)
  return v6 === undefined ? undefined : { value: v6, bits: 128 }
}

function parseIpv4(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return undefined
  let value = 0n
  for (const octet of match.slice(1)) {
    if (Number(octet) > 255) return undefined
    value = value * 256n + BigInt(Number(octet))
  }
  return value
}

function parseIpv6(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text)) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0]!, halves.length === 1)
  const tail = halves.length === 2 ? groupsOf(halves[1]!, true) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail]
  return groups.reduce((value, group) => value * 65536n + BigInt(group), 0n)
}

function groupsOf(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (part.includes('.')) {
      const v4 = mayEndInIpv4 && i === parts.length - 1 ? parseIpv4(part) : undefined
      if (v4 === undefined) return undefined
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn))
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}

function formatAddress({ value, bits }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
  const groups: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn))
  // The longest run of at least two zero groups is left out, the first of equal ones. Source: RFC 5952, section 4.2.
  let best = { start: -1, length: 1 }
  for (let i = 0; i < 8; ) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > best.length) best = { start: i, length: end - i }
    i = end + 1
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (best.start < 0) return hex(groups)
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`
}

/** Reads a prefix and clears its host bits. */
function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/')
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash))
  const lengthText = text.slice(slash + 1)
  if (address === undefined || !/^\d{1,3}$/.test(lengthText)) return refuse(`${JSON.stringify(text)} is no CIDR prefix`)
  const length = Number(lengthText)
  if (length > address.bits) return refuse(`${JSON.stringify(text)} is no CIDR prefix`)
  const host = BigInt(address.bits - length)
  return { value: (address.value >> host) << host, bits: address.bits, length }
}

function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.length}`
}

function cidrhost(args: readonly Val[], { origin }: Call): Val {
  const prefix = parsePrefix(text(args, 0))
  const number = args[1]?.kind === 'number' ? toBigInt(args[1].value) : undefined
  if (number === undefined) return refuse('the number of a host must be whole')
  const count = 1n << BigInt(prefix.bits - prefix.length)
  const host = number < 0n ? count + number : number
  if (host < 0n || host >= count) return refuse(`the prefix has no host ${number}`)
  return makeString(formatAddress({ value: prefix.value + host, bits: prefix.bits }), origin)
}

function cidrsubnet(args: readonly Val[], { origin }: Call): Val {
  const prefix = parsePrefix(text(args, 0))
  const newbits = integer(args, 1)
  const number = args[2]?.kind === 'number' ? toBigInt(args[2].value) : undefined
  if (number === undefined) return refuse('the number of a subnet must be whole')
  const length = prefix.length + newbits
  if (newbits < 0 || length > prefix.bits) return refuse(`a prefix of ${prefix.length} bits cannot grow by ${newbits}`)
  if (number < 0n || number >= 1n << BigInt(newbits)) return refuse(`${newbits} more bits hold no subnet ${number}`)
  const value = prefix.value + (number << BigInt(prefix.bits - length))
  return makeString(formatPrefix({ value, bits: prefix.bits, length }), origin)
}

/** Subnets one after the other, each at the next multiple of its own size. */
function cidrsubnets(args: readonly Val[], { origin }: Call): Val {
  const prefix = parsePrefix(text(args, 0))
  const end = prefix.value + (1n << BigInt(prefix.bits - prefix.length))
  let next = prefix.value
  const subnets: Val[] = []
  for (let i = 1; i < args.length; i++) {
    const newbits = integer(args, i)
    if (newbits < 1) return refuse('each subnet needs at least one more bit')
    const length = prefix.length + newbits
    if (length > prefix.bits) return refuse(`a prefix of ${prefix.length} bits cannot grow by ${newbits}`)
    const size = 1n << BigInt(prefix.bits - length)
    const value = ((next + size - 1n) / size) * size
    if (value + size > end) return refuse('the prefix has no room for all of these subnets')
    subnets.push(makeString(formatPrefix({ value, bits: prefix.bits, length }), origin))
    next = value + size
  }
  return makeList(STRING, subnets, origin)
}

function cidrnetmask(args: readonly Val[], { origin }: Call): Val {
  const { bits, length } = parsePrefix(text(args, 0))
  if (bits !== 32) return refuse('IPv6 has no netmasks')
  return makeString(formatAddress({ value: (0xffffffffn << BigInt(32 - length)) & 0xffffffffn, bits }), origin)
}

function cidrcontains(args: readonly Val[], { origin }: Call): Val {
  const outer = parsePrefix(text(args, 0))
  const inner = text(args, 1)
  const address = inner.includes('/') ? parsePrefix(inner) : parseAddress(inner)
  if (address === undefined) return refuse(`${JSON.stringify(inner)} is neither an address nor a CIDR prefix`)
  if (address.bits !== outer.bits) return refuse('the two are of different address families')
  const length = 'length' in address ? (address as Prefix).length : address.bits
  const host = BigInt(outer.bits - outer.length)
  return makeBool(length >= outer.length && address.value >> host === outer.value >> host, origin)
}

const STRING_PARAM = { type: STRING }
const NUMBER_PARAM = { type: NUMBER }

export const NETWORK_FUNCTIONS: FunctionTable = {
  cidrhost: { params: [STRING_PARAM, NUMBER_PARAM], returns: STRING, call: cidrhost },
  cidrnetmask: { params: [STRING_PARAM], returns: STRING, call: cidrnetmask },
  cidrsubnet: { params: [STRING_PARAM, NUMBER_PARAM, NUMBER_PARAM], returns: STRING, call: cidrsubnet },
  cidrsubnets: { params: [STRING_PARAM], rest: NUMBER_PARAM, returns: listOf(STRING), call: cidrsubnets },
  cidrcontains: { params: [STRING_PARAM, STRING_PARAM], returns: BOOL, call: cidrcontains },
}
