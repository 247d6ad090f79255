import type { Value } from '../../../base/value.ts'
import { knownText, textParts } from '../text.ts'
import { failure, fromPlain, scalar } from '../values.ts'
import type { Site } from './signature.ts'
import { isValue, numberArgument, openOr, type PureFunction, wrongArguments } from './signature.ts'

interface Range {
  readonly bits: 32 | 128
  readonly network: bigint
  readonly prefix: number
}

/** Functions of address ranges. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr */
export const CIDR_FUNCTIONS: Readonly<Record<string, PureFunction>> = {
  parsecidr: ([value], site) =>
    withRange(value, site, (range) => {
      const last = range.network | hostMask(range)
      const isV4 = range.bits === 32
      const wide = isV4 && range.prefix < 31
      return fromPlain(
        {
          network: formatAddress(range.network, range.bits),
          netmask: formatAddress(fullMask(range.bits) ^ hostMask(range), range.bits),
          ...(isV4 && { broadcast: formatAddress(last, 32) }),
          firstUsable: formatAddress(wide ? range.network + 1n : range.network, range.bits),
          lastUsable: formatAddress(wide ? last - 1n : last, range.bits),
          cidr: range.prefix,
        },
        site.origin,
      )
    }),
  cidrsubnet: ([value, length, position], site) => {
    const prefix = numberArgument(length, site)
    const index = numberArgument(position, site)
    if (isValue(prefix)) return prefix
    if (isValue(index)) return index
    if (prefix === undefined || index === undefined) return wrongArguments(site)
    return withRange(value, site, (range) => {
      if (prefix < range.prefix || prefix > range.bits || index < 0) {
        return failure(`cidrSubnet() cannot cut a /${range.prefix} into /${prefix}`, site.origin)
      }
      if (BigInt(index) >= 1n << BigInt(prefix - range.prefix)) {
        return failure(`cidrSubnet() has no subnet ${index} of /${prefix} in a /${range.prefix}`, site.origin)
      }
      const network = range.network + (BigInt(index) << BigInt(range.bits - prefix))
      return scalar(`${formatAddress(network, range.bits)}/${prefix}`, site.origin)
    })
  },
  cidrhost: ([value, position], site) => {
    const index = numberArgument(position, site)
    if (isValue(index)) return index
    if (index === undefined) return wrongArguments(site)
    return withRange(value, site, (range) => {
      const first = range.bits === 32 && range.prefix >= 31 ? 0n : 1n
      const offset = BigInt(Math.trunc(index)) + first
      if (index < 0 || offset > hostMask(range)) return failure(`cidrHost() has no host ${index} there`, site.origin)
      return scalar(formatAddress(range.network + offset, range.bits), site.origin)
    })
  },
}

function withRange(value: Value | undefined, site: Site, work: (range: Range) => Value): Value {
  if (value === undefined) return wrongArguments(site)
  const text = knownText(textParts(value))
  if (text === undefined) return openOr(value, site)
  const range = parseRange(text)
  return range === undefined ? failure('not an address range', site.origin) : work(range)
}

/** A CIDR whose host bits are cleared. */
function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/')
  if (slash < 0 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return undefined
  const prefix = Number(text.slice(slash + 1))
  const address = text.slice(0, slash)
  const bits = address.includes(':') ? 128 : 32
  const number = bits === 32 ? parseV4(address) : parseV6(address)
  if (number === undefined || prefix > bits) return undefined
  const mask = (1n << BigInt(bits - prefix)) - 1n
  return { bits, prefix, network: number & (fullMask(bits) ^ mask) }
}

function hostMask(range: Range): bigint {
  return (1n << BigInt(range.bits - range.prefix)) - 1n
}

function fullMask(bits: 32 | 128): bigint {
  return (1n << BigInt(bits)) - 1n
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split('.')
  if (octets.length !== 4) return undefined
  let number = 0n
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return undefined
    number = (number << 8n) | BigInt(octet)
  }
  return number
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = (half: string) => (half === '' ? [] : half.split(':'))
  const head = groups(halves[0]!)
  const tail = halves.length === 2 ? groups(halves[1]!) : []
  const gap = 8 - head.length - tail.length
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined
  let number = 0n
  for (const group of [...head, ...Array<string>(gap).fill('0'), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
    number = (number << 16n) | BigInt(`0x${group}`)
  }
  return number
}

/** RFC 5952 for IPv6: lower case, the first longest run of zero groups as `::`. */
function formatAddress(number: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((number >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  let best = { start: 0, length: 0 }
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === '0') end++
    if (end - i > best.length) best = { start: i, length: end - i }
  }
  if (best.length < 2) return groups.join(':')
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`
}
