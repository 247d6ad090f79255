const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * The 13 characters of uniqueString() for arguments joined by `-`: a 64-bit variant of MurmurHash3 over UTF-8, five bits a
 * character from the top. Not documented; the constants are those of MurmurHash3_x86_128 (public domain, Austin Appleby),
 * and the results agree with published ones of Azure.
 */
export function uniqueText(text: string): string {
  const { high, low } = hash64(Buffer.from(text, 'utf8'))
  let bits = (BigInt(high) << 32n) | BigInt(low)
  let result = ''
  for (let i = 0; i < 13; i++) {
    result += ALPHABET[Number(bits >> 59n)]
    bits = (bits << 5n) & 0xffff_ffff_ffff_ffffn
  }
  return result
}

const C1 = 0x239b961b
const C2 = 0xab0e9789

function hash64(data: Buffer): { readonly high: number; readonly low: number } {
  let h1 = 0
  let h2 = 0
  const whole = data.length - (data.length % 8)
  for (let at = 0; at < whole; at += 8) {
    h1 ^= mixFirst(data.readUInt32LE(at))
    h1 = Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b
    h2 ^= mixSecond(data.readUInt32LE(at + 4))
    h2 = Math.imul(rotate(h2, 13) + h1, 5) + 0x0bcaa747
  }
  const rest = data.subarray(whole)
  if (rest.length > 4) h2 ^= mixSecond(littleEndian(rest.subarray(4)))
  if (rest.length > 0) h1 ^= mixFirst(littleEndian(rest.subarray(0, 4)))
  h1 ^= data.length
  h2 ^= data.length
  h1 = (h1 + h2) | 0
  h2 = (h2 + h1) | 0
  h1 = finish(h1)
  h2 = finish(h2)
  h1 = (h1 + h2) | 0
  h2 = (h2 + h1) | 0
  return { high: h2 >>> 0, low: h1 >>> 0 }
}

function mixFirst(block: number): number {
  return Math.imul(rotate(Math.imul(block, C1), 15), C2)
}

function mixSecond(block: number): number {
  return Math.imul(rotate(Math.imul(block, C2), 17), C1)
}

function finish(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

function rotate(number: number, by: number): number {
  return (number << by) | (number >>> (32 - by))
}

function littleEndian(bytes: Buffer): number {
  let number = 0
  for (let i = bytes.length - 1; i >= 0; i--) number = (number << 8) | bytes[i]!
  return number
}
