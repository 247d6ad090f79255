/** An IPv4 address as a number, an IPv6 address as a bigint: neither is ever equal to the other, and no range holds both. */
export type Address = number | bigint
export type Family = 4 | 6

/** Undefined for text that is no address. */
export function toAddress(text: string): Address | undefined {
  return text.includes(':') ? toV6(text) : toV4(text)
}

function toV4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

function toV6(text: string): bigint | undefined {
  if (!/^[0-9a-f:]+$/i.test(text)) return undefined
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const [left, right] = [groups(head), groups(tail ?? '')]
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0')
  const all = [...left, ...middle, ...right]
  return all.length === 8 ? all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) : undefined
}

export function toText(address: Address): string {
  if (typeof address === 'number')
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
  return [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n].map((group) => ((address >> (group * 16n)) & 65535n).toString(16)).join(':')
}

export function familyOf(address: Address): Family {
  return typeof address === 'number' ? 4 : 6
}

/** The address so many further on. */
export function after(address: Address, steps: number): Address {
  return typeof address === 'number' ? address + steps : address + BigInt(steps)
}

/** First and last address of a CIDR or a single address; undefined for other text. */
export function rangeOf(text: string): { readonly first: Address; readonly last: Address } | undefined {
  const [base, length] = text.split('/')
  const address = toAddress(base!)
  if (address === undefined || !/^\d{1,3}$/.test(length ?? '0')) return undefined
  if (typeof address === 'number') {
    const size = 2 ** (32 - Number(length ?? '32'))
    const first = Math.floor(address / size) * size
    return { first, last: first + size - 1 }
  }
  const size = 2n ** (128n - BigInt(length ?? '128'))
  const first = (address / size) * size
  return { first, last: first + size - 1n }
}

export function lengthOf(cidr: string): number {
  return Number(cidr.split('/')[1] ?? (cidr.includes(':') ? '128' : '32'))
}

export function contains(cidr: string, address: Address): boolean {
  const range = rangeOf(cidr)
  return (
    range !== undefined &&
    familyOf(range.first) === familyOf(address) &&
    range.first <= address &&
    address <= range.last
  )
}

/** RFC 1918 and RFC 6598: space that system routes drop where no network claims it. */
export const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

export function isPrivate(address: Address): boolean {
  return [...PRIVATE, 'fc00::/7'].some((range) => contains(range, address))
}
