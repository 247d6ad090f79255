/** An IPv4 address as a number; undefined for other text. */
export function toNumber(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

/** First and last address of a CIDR or a single address; undefined for other text. */
export function rangeOf(text: string): { readonly first: number; readonly last: number } | undefined {
  const [base, length = '32'] = text.split('/')
  const address = toNumber(base!)
  if (address === undefined || !/^\d{1,2}$/.test(length)) return undefined
  const size = 2 ** (32 - Number(length))
  const first = Math.floor(address / size) * size
  return { first, last: first + size - 1 }
}

export function lengthOf(cidr: string): number {
  return Number(cidr.split('/')[1] ?? '32')
}

export function contains(cidr: string, address: number): boolean {
  const range = rangeOf(cidr)
  return range !== undefined && range.first <= address && address <= range.last
}

/** RFC 1918 and RFC 6598: space that system routes drop where no network claims it. */
export const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

export function isPrivate(address: number): boolean {
  return PRIVATE.some((range) => contains(range, address))
}
