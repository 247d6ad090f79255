import { Failure } from './failure.ts'

/**
 * Numbers as the language computes with them: binary floats of 512 bits, rounded to nearest even.
 *
 * Integers that a JavaScript number holds exactly are such; everything else is a {@link BigFloat}. Each number has one
 * representation, so equal numbers are structurally equal.
 */
export type Numeric = number | BigFloat

const PRECISION = 512
/** Beyond these a number is of no use in a configuration, and printing it would cost. */
const MAX_DECIMAL_EXPONENT = 10_000
const MAX_LITERAL_LENGTH = 10_000
const MAX_BINARY_EXPONENT = 100_000

/** `mantissa * 2 ** exponent`; the mantissa is odd, or both are zero. */
export class BigFloat {
  readonly mantissa: bigint
  readonly exponent: number

  constructor(mantissa: bigint, exponent: number) {
    this.mantissa = mantissa
    this.exponent = exponent
  }
}

/** Reads decimal notation with an optional sign, fraction and exponent; undefined for anything else, or out of range. */
export function parseNumber(text: string): Numeric | undefined {
  if (text.length < 16) {
    // The common case: a small integer in plain digits.
    let value = 0
    let at = 0
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - 0x30
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    if (at === text.length && at > 0) return value
  }
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null || text.length > MAX_LITERAL_LENGTH) return undefined
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const decimalExponent = Number(exponentText) - fraction.length
  if (Math.abs(decimalExponent) > MAX_DECIMAL_EXPONENT + MAX_LITERAL_LENGTH) return undefined
  if (Math.abs(Number(exponentText)) > MAX_DECIMAL_EXPONENT) return undefined
  let digits = BigInt(whole + fraction)
  if (sign === '-') digits = -digits
  return decimalExponent >= 0
    ? fromParts(digits * 10n ** BigInt(decimalExponent), 0)
    : quotient(digits, 10n ** BigInt(-decimalExponent), 0)
}

/** Any finite JavaScript number. */
export function fromNumber(value: number): Numeric {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  let exponent = 0
  let scaled = value
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    exponent--
  }
  return fromParts(BigInt(scaled), exponent)
}

export function fromBigInt(value: bigint): Numeric {
  return fromParts(value, 0)
}

/** The nearest JavaScript number. */
export function toNumber(value: Numeric): number {
  if (typeof value === 'number') return value
  const excess = Math.max(0, bitLength(value.mantissa) - 80)
  const head = Number(value.mantissa >> BigInt(excess))
  const exponent = value.exponent + excess
  // Two steps, so that neither factor leaves the range where the result does not.
  const half = Math.trunc(exponent / 2)
  return head * 2 ** half * 2 ** (exponent - half)
}

export function add(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  const [x, y, exponent] = aligned(a, b)
  return fromParts(x + y, exponent)
}

export function negate(a: Numeric): Numeric {
  return typeof a === 'number' ? (a === 0 ? 0 : -a) : new BigFloat(-a.mantissa, a.exponent)
}

export function subtract(a: Numeric, b: Numeric): Numeric {
  return add(a, negate(b))
}

export function multiply(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product
  }
  const x = toBig(a)
  const y = toBig(b)
  return fromParts(x.mantissa * y.mantissa, x.exponent + y.exponent)
}

/** `b` must not be zero. */
export function divide(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number' && a % b === 0) return a / b === 0 ? 0 : a / b
  const x = toBig(a)
  const y = toBig(b)
  return y.mantissa < 0n
    ? quotient(-x.mantissa, -y.mantissa, x.exponent - y.exponent)
    : quotient(x.mantissa, y.mantissa, x.exponent - y.exponent)
}

/** The remainder with the sign of `a`. `b` must not be zero. */
export function modulo(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') return a % b === 0 ? 0 : a % b
  const [x, y, exponent] = aligned(a, b)
  return fromParts(x % y, exponent)
}

/** Negative, zero or positive, as `a − b` is. */
export function compare(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  const [x, y] = aligned(a, b)
  return x < y ? -1 : x > y ? 1 : 0
}

export function numericEquals(a: Numeric, b: Numeric): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b
  return a.mantissa === b.mantissa && a.exponent === b.exponent
}

export function isInteger(value: Numeric): boolean {
  return typeof value === 'number' || value.exponent >= 0
}

export function floor(value: Numeric): Numeric {
  return typeof value === 'number' || value.exponent >= 0
    ? value
    : fromParts(value.mantissa >> BigInt(-value.exponent), 0)
}

export function ceil(value: Numeric): Numeric {
  return negate(floor(negate(value)))
}

export function signOf(value: Numeric): number {
  return typeof value === 'number' ? Math.sign(value) : value.mantissa < 0n ? -1 : 1
}

/** An integer value as a BigInt; undefined for a fraction. */
export function toBigInt(value: Numeric): bigint | undefined {
  if (typeof value === 'number') return BigInt(value)
  return value.exponent < 0 ? undefined : value.mantissa << BigInt(value.exponent)
}

/** Decimal digits without an exponent, as few as tell the number from its neighbours of 512 bits. */
export function numberToString(value: Numeric): string {
  if (typeof value === 'number') return String(value)
  const negative = value.mantissa < 0n
  const magnitude = negative ? -value.mantissa : value.mantissa
  const { digits, point } = shortestDigits(magnitude, value.exponent)
  const text =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + '0'.repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${text}` : text
}

/** `digits` fractional digits, rounded half to even of the exact value. */
export function numberToFixed(value: Numeric, digits: number): string {
  const big = toBig(value)
  const negative = big.mantissa < 0n
  const magnitude = negative ? -big.mantissa : big.mantissa
  const scaled = roundedRatio(magnitude * 10n ** BigInt(digits), big.exponent)
  const text = scaled.toString().padStart(digits + 1, '0')
  const result = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return negative ? `-${result}` : result
}

/** `digits` significant digits and the decimal exponent of the first of them, for notations with an exponent. */
export function significantDigits(
  value: Numeric,
  digits: number,
): { readonly digits: string; readonly exponent: number } {
  const big = toBig(value)
  const magnitude = big.mantissa < 0n ? -big.mantissa : big.mantissa
  if (magnitude === 0n) return { digits: '0'.repeat(digits), exponent: 0 }
  const found = roundToDigits(magnitude, big.exponent, digits)
  return { digits: found.digits.padEnd(digits, '0'), exponent: found.point - 1 }
}

/** The shortest digits of a number and the exponent of the first of them. */
export function shortest(value: Numeric): { readonly digits: string; readonly exponent: number } {
  const big = toBig(value)
  const magnitude = big.mantissa < 0n ? -big.mantissa : big.mantissa
  if (magnitude === 0n) return { digits: '0', exponent: 0 }
  const { digits, point } = shortestDigits(magnitude, big.exponent)
  return { digits, exponent: point - 1 }
}

function toBig(value: Numeric): BigFloat {
  return typeof value === 'number' ? new BigFloat(BigInt(value), 0) : value
}

/** Both mantissas at the smaller of the two exponents. */
function aligned(a: Numeric, b: Numeric): [bigint, bigint, number] {
  const x = toBig(a)
  const y = toBig(b)
  const exponent = Math.min(x.exponent, y.exponent)
  return [x.mantissa << BigInt(x.exponent - exponent), y.mantissa << BigInt(y.exponent - exponent), exponent]
}

function bitLength(value: bigint): number {
  const magnitude = value < 0n ? -value : value
  const hex = magnitude.toString(16)
  return magnitude === 0n ? 0 : (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)))
}

/** Rounds to 512 bits and brings into the one representation. */
function fromParts(mantissa: bigint, exponent: number): Numeric {
  if (mantissa === 0n) return 0
  let m = mantissa
  let e = exponent
  const excess = bitLength(m) - PRECISION
  if (excess > 0) {
    m = roundedRatio(m < 0n ? -m : m, -excess) * (m < 0n ? -1n : 1n)
    e += excess
  }
  const zeros = trailingZeros(m)
  m >>= BigInt(zeros)
  e += zeros
  if (Math.abs(e) > MAX_BINARY_EXPONENT) throw new Failure('limit-exceeded', 'a number is out of range')
  if (e >= 0 && bitLength(m) + e <= 53) {
    const value = Number(m << BigInt(e))
    if (Number.isSafeInteger(value)) return value
  }
  return new BigFloat(m, e)
}

function trailingZeros(value: bigint): number {
  let count = 0
  let rest = value < 0n ? -value : value
  for (const step of [256, 128, 64, 32, 16, 8, 4, 2, 1]) {
    const mask = (1n << BigInt(step)) - 1n
    while ((rest & mask) === 0n && rest !== 0n) {
      rest >>= BigInt(step)
      count += step
    }
  }
  return count
}

/** `value * 2 ** exponent` rounded half to even; `value` is not negative. */
function roundedRatio(value: bigint, exponent: number): bigint {
  if (exponent >= 0) return value << BigInt(exponent)
  const shift = BigInt(-exponent)
  const whole = value >> shift
  const rest = value - (whole << shift)
  const half = 1n << (shift - 1n)
  return rest > half || (rest === half && (whole & 1n) === 1n) ? whole + 1n : whole
}

/** `numerator / denominator * 2 ** exponent` with one rounding; the denominator is positive. */
function quotient(numerator: bigint, denominator: bigint, exponent: number): Numeric {
  if (numerator === 0n) return 0
  const negative = numerator < 0n
  const magnitude = negative ? -numerator : numerator
  // Two more bits than the result keeps, and one that stands for all that follow.
  const shift = Math.max(0, PRECISION + 2 - bitLength(magnitude) + bitLength(denominator))
  const scaled = magnitude << BigInt(shift)
  const whole = scaled / denominator
  const exact = whole * denominator === scaled
  const sticky = (whole << 1n) | (exact ? 0n : 1n)
  return fromParts(negative ? -sticky : sticky, exponent - shift - 1)
}

/** `value * 2 ** exponent` in `count` significant digits: 0.DIGITS * 10 ** point. */
function roundToDigits(value: bigint, exponent: number, count: number): { digits: string; point: number } {
  // An estimate of the decimal exponent that is at most one too small.
  const estimate = Math.floor((bitLength(value) - 1 + exponent) * Math.LOG10E * Math.LN2)
  for (let point = estimate + 1; ; point++) {
    const scale = count - point
    const digits =
      scale >= 0
        ? roundedRatio(value * 10n ** BigInt(scale), exponent)
        : roundedQuotient(
            exponent >= 0 ? value << BigInt(exponent) : value,
            (10n ** BigInt(-scale)) << BigInt(Math.max(0, -exponent)),
          )
    const text = digits.toString()
    if (text.length <= count) return { digits: text, point }
    if (/^10*$/.test(text)) return { digits: text.slice(0, count), point: point + 1 }
  }
}

function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator
  const twice = (numerator - whole * denominator) * 2n
  return twice > denominator || (twice === denominator && (whole & 1n) === 1n) ? whole + 1n : whole
}

function shortestDigits(value: bigint, exponent: number): { digits: string; point: number } {
  if (exponent >= 0 && bitLength(value) + exponent <= PRECISION) {
    const digits = (value << BigInt(exponent)).toString()
    return { digits: digits.replace(/0+$/, ''), point: digits.length }
  }
  let low = 1
  let high = Math.ceil(PRECISION * Math.LOG10E * Math.LN2) + 2
  while (low < high) {
    const middle = (low + high) >> 1
    if (isNearest(value, exponent, roundToDigits(value, exponent, middle), middle)) high = middle
    else low = middle + 1
  }
  const { digits, point } = roundToDigits(value, exponent, low)
  return { digits: digits.replace(/0+$/, ''), point }
}

/** True where the digits are nearer to the number than to either neighbour. */
function isNearest(
  value: bigint,
  exponent: number,
  decimal: { digits: string; point: number },
  count: number,
): boolean {
  const ulpExponent = exponent + bitLength(value) - PRECISION
  const scale = decimal.point - count
  let number = value
  let numberExponent = exponent
  let approximate = BigInt(decimal.digits)
  // Both sides as integers over one power of two and one of ten.
  if (scale >= 0) approximate *= 10n ** BigInt(scale)
  else number *= 10n ** BigInt(-scale)
  let half = scale >= 0 ? 1n : 10n ** BigInt(-scale)
  const halfExponent = ulpExponent - 1
  const base = Math.min(0, numberExponent, halfExponent)
  number <<= BigInt(numberExponent - base)
  numberExponent = base
  approximate <<= BigInt(-base)
  half <<= BigInt(halfExponent - base)
  const distance = number > approximate ? number - approximate : approximate - number
  return distance < half
}
