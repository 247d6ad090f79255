import { convert } from '../convert.ts'
import { Failure, refuse } from '../failure.ts'
import { MAX_STRING } from '../make-val.ts'
import {
  type Numeric,
  numberToFixed,
  numberToString,
  shortest,
  significantDigits,
  signOf,
  toBigInt,
} from '../number.ts'
import { BOOL, NUMBER, STRING } from '../type.ts'
import type { Val } from '../val.ts'
import { encodeJson } from './json-encode.ts'

interface Verb {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly letter: string
}

/** Fills a format as Go's `fmt` does, for the verbs of the language. Arguments must be known. Source: opentofu.org/docs/language/functions/format */
export function formatString(pattern: string, args: readonly Val[]): string {
  const verb = /%([-+ #0]*)(\d*)(?:\.(\d*))?(?:\[(\d+)\])?(.)?/gsu
  let result = ''
  let at = 0
  let next = 0
  let highest = 0
  let indexed = false
  for (const match of pattern.matchAll(verb)) {
    result += pattern.slice(at, match.index)
    at = match.index + match[0].length
    const [whole, flags = '', width = '', precision, index, letter] = match
    if (whole === '%%') {
      result += '%'
      continue
    }
    if (letter === undefined) return refuse('a format ends in an unfinished verb')
    if (index !== undefined) {
      indexed = true
      next = Number(index) - 1
    }
    const arg = args[next]
    if (arg === undefined) return refuse('a format has more verbs than arguments')
    next++
    highest = Math.max(highest, next)
    if (Number(width) > MAX_STRING || Number(precision ?? 0) > MAX_STRING) {
      throw new Failure('limit-exceeded', `a string has more than ${MAX_STRING} characters`)
    }
    result += formatVerb(arg, {
      flags,
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      letter,
    })
    if (result.length > MAX_STRING)
      throw new Failure('limit-exceeded', `a string has more than ${MAX_STRING} characters`)
  }
  if (!indexed && highest < args.length) refuse('a format has fewer verbs than arguments')
  return (result + pattern.slice(at)).normalize('NFC')
}

function formatVerb(arg: Val, verb: Verb): string {
  const { letter } = verb
  if (letter === 'v') return formatAny(arg, verb)
  if (arg.kind === 'null') return refuse(`null cannot be formatted by %${letter}`)
  switch (letter) {
    case 't': {
      const bool = convert(arg, BOOL)
      return bool.kind === 'bool' ? pad(String(bool.value), verb) : refuse('%t takes a bool')
    }
    case 's':
    case 'q': {
      const text = convert(arg, STRING)
      if (text.kind !== 'string') return refuse(`%${letter} takes a string`)
      return pad(letter === 'q' ? quote(cut(text.value, verb)) : cut(text.value, verb), verb)
    }
    case 'b':
    case 'd':
    case 'o':
    case 'x':
    case 'X':
      return formatInteger(numberOf(arg, letter), verb)
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return formatFloat(numberOf(arg, letter), verb)
    default:
      return refuse(`a format has no verb %${letter}`)
  }
}

function formatAny(arg: Val, verb: Verb): string {
  if (!verb.flags.includes('#')) {
    if (arg.kind === 'string') return pad(cut(arg.value, verb), verb)
    if (arg.kind === 'bool') return pad(String(arg.value), verb)
    if (arg.kind === 'number') return formatFloat(arg.value, { ...verb, letter: 'g' })
  }
  return pad(encodeJson(arg), verb)
}

function numberOf(arg: Val, letter: string): Numeric {
  const number = convert(arg, NUMBER)
  return number.kind === 'number' ? number.value : refuse(`%${letter} takes a number`)
}

function formatInteger(value: Numeric, verb: Verb): string {
  const integer = toBigInt(value)
  if (integer === undefined) return refuse(`%${verb.letter} takes a whole number`)
  const base = { b: 2, d: 10, o: 8, x: 16, X: 16 }[verb.letter]!
  const magnitude = integer < 0n ? -integer : integer
  let digits = magnitude.toString(base)
  if (verb.letter === 'X') digits = digits.toUpperCase()
  if (verb.precision !== undefined) digits = digits.padStart(verb.precision, '0')
  const prefix = verb.flags.includes('#') ? { b: '', d: '', o: '0', x: '0x', X: '0X' }[verb.letter]! : ''
  return padNumber(integer < 0n, prefix + digits, verb)
}

function formatFloat(value: Numeric, verb: Verb): string {
  const negative = signOf(value) < 0
  const digits = floatDigits(value, verb)
  const unsigned = digits.startsWith('-') ? digits.slice(1) : digits
  return padNumber(negative, verb.letter === 'E' || verb.letter === 'G' ? unsigned.toUpperCase() : unsigned, verb)
}

function floatDigits(value: Numeric, verb: Verb): string {
  switch (verb.letter) {
    case 'f':
      return numberToFixed(value, verb.precision ?? 6)
    case 'e':
    case 'E': {
      const { digits, exponent } = significantDigits(value, (verb.precision ?? 6) + 1)
      return withExponent(digits, exponent)
    }
    default: {
      const found =
        verb.precision === undefined ? shortest(value) : significantDigits(value, Math.max(1, verb.precision))
      const digits = found.digits.replace(/0+$/, '') || '0'
      const point = found.exponent + 1
      const wanted = verb.precision ?? 6
      const threshold =
        verb.precision !== undefined && wanted > digits.length && digits.length >= point ? digits.length : wanted
      if (found.exponent < -4 || found.exponent >= threshold) return withExponent(digits, found.exponent)
      return verb.precision === undefined ? numberToString(value) : trimZeros(plain(digits, found.exponent))
    }
  }
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${whole}.${digits.slice(exponent + 1)}`
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0*$/, '') : text
}

function withExponent(digits: string, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function padNumber(negative: boolean, digits: string, verb: Verb): string {
  const sign = negative ? '-' : verb.flags.includes('+') ? '+' : verb.flags.includes(' ') ? ' ' : ''
  if (verb.flags.includes('0') && !verb.flags.includes('-'))
    return sign + digits.padStart(verb.width - sign.length, '0')
  return pad(sign + digits, { ...verb, flags: verb.flags.replace('0', '') })
}

/** Width counts code points. */
function pad(text: string, { flags, width }: Verb): string {
  const missing = width - [...text].length
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  return (flags.includes('0') ? '0' : ' ').repeat(missing) + text
}

function cut(text: string, { precision }: Verb): string {
  return precision === undefined ? text : [...text].slice(0, precision).join('')
}

function quote(text: string): string {
  const escapes: ReadonlyMap<string, string> = new Map([
    ['"', '\\"'],
    ['\\', '\\\\'],
    ['\n', '\\n'],
    ['\r', '\\r'],
    ['\t', '\\t'],
    ['\x07', '\\a'],
    ['\b', '\\b'],
    ['\f', '\\f'],
    ['\v', '\\v'],
  ])
  let result = ''
  for (const character of text) {
    const escaped = escapes.get(character)
    if (escaped !== undefined) result += escaped
    else if (character < ' ' || character === '\x7f')
      result += `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
    else result += character
  }
  return `"${result}"`
}
