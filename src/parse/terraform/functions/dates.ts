import { refuse } from '../failure.ts'
import { makeNumber, makeString } from '../make-val.ts'
import { NUMBER, STRING } from '../type.ts'
import type { Val } from '../val.ts'
import { type Call, type FunctionTable, text } from './definition.ts'

/** A moment as it is written: local time and its offset from UTC. */
interface Timestamp {
  /** Of the local time, as if it were UTC. */
  readonly local: Date
  readonly nanoseconds: number
  /** Minutes east of UTC. */
  readonly offset: number
}

/** Source: RFC 3339, section 5.6. */
function parseTimestamp(value: string): Timestamp {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(value)
  if (match === null) return refuse(`${JSON.stringify(value)} is no RFC 3339 timestamp`)
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match
  const local = new Date(0)
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  local.setUTCHours(Number(hour), Number(minute), Number(second))
  const valid =
    local.getUTCMonth() === Number(month) - 1 &&
    local.getUTCDate() === Number(day) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(offsetHour) < 24 &&
    Number(offsetMinute) < 60
  if (!valid) return refuse(`${JSON.stringify(value)} is no RFC 3339 timestamp`)
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1)
  return { local, nanoseconds: Number(fraction.padEnd(9, '0')), offset }
}

/** Nanoseconds since 1970, in UTC. */
function instantOf({ local, nanoseconds, offset }: Timestamp): bigint {
  return (BigInt(local.getTime()) - BigInt(offset) * 60_000n) * 1_000_000n + BigInt(nanoseconds)
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Source: opentofu.org/docs/language/functions/formatdate */
function formatDate(format: string, time: Timestamp): string {
  let result = ''
  for (let at = 0; at < format.length; ) {
    const letter = format[at]!
    if (letter === "'") {
      const { text, end } = readQuoted(format, at)
      result += text
      at = end
      continue
    }
    let end = at + 1
    while (/[A-Za-z]/.test(letter) && format[end] === letter) end++
    const verb = format.slice(at, end)
    result += /[A-Za-z]/.test(letter) ? dateVerb(verb, time) : verb
    at = end
  }
  return result
}

/** `'…'`, in which a quote is written twice. */
function readQuoted(format: string, start: number): { readonly text: string; readonly end: number } {
  let text = ''
  for (let at = start + 1; at < format.length; at++) {
    if (format[at] !== "'") text += format[at]
    else if (format[at + 1] === "'") {
      text += "'"
      at++
    } else return { text, end: at + 1 }
  }
  return refuse('a quote of the format is not closed')
}

function dateVerb(verb: string, { local, offset }: Timestamp): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const hour = local.getUTCHours()
  const hour12 = hour % 12 === 0 ? 12 : hour % 12
  switch (verb) {
    case 'YYYY':
      return String(local.getUTCFullYear()).padStart(4, '0')
    case 'YY':
      return two(local.getUTCFullYear() % 100)
    case 'MMMM':
      return MONTHS[local.getUTCMonth()]!
    case 'MMM':
      return MONTHS[local.getUTCMonth()]!.slice(0, 3)
    case 'MM':
      return two(local.getUTCMonth() + 1)
    case 'M':
      return String(local.getUTCMonth() + 1)
    case 'DD':
      return two(local.getUTCDate())
    case 'D':
      return String(local.getUTCDate())
    case 'EEEE':
      return DAYS[local.getUTCDay()]!
    case 'EEE':
      return DAYS[local.getUTCDay()]!.slice(0, 3)
    case 'hh':
      return two(hour)
    case 'h':
      return String(hour)
    case 'HH':
      return two(hour12)
    case 'H':
      return String(hour12)
    case 'AA':
      return hour < 12 ? 'AM' : 'PM'
    case 'aa':
      return hour < 12 ? 'am' : 'pm'
    case 'mm':
      return two(local.getUTCMinutes())
    case 'm':
      return String(local.getUTCMinutes())
    case 'ss':
      return two(local.getUTCSeconds())
    case 's':
      return String(local.getUTCSeconds())
    case 'ZZZZZ':
      return formatOffset(offset, ':')
    case 'ZZZZ':
      return formatOffset(offset, '')
    case 'ZZZ':
      return offset === 0 ? 'UTC' : formatOffset(offset, '')
    case 'Z':
      return offset === 0 ? 'Z' : formatOffset(offset, ':')
    default:
      return refuse(`${JSON.stringify(verb)} is no part of a date format`)
  }
}

function formatOffset(offset: number, separator: string): string {
  const minutes = Math.abs(offset)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
])

/** Nanoseconds of a duration such as `1h30m`, `-10s`, `1.5h`. */
function parseDuration(value: string): bigint {
  if (/^[+-]?0$/.test(value)) return 0n
  const match = /^([+-]?)((?:\d{1,15}(?:\.\d{1,9})?(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(value)
  if (match === null) return refuse(`${JSON.stringify(value)} is no duration`)
  let total = 0n
  for (const [, whole = '', fraction = '', unit = ''] of match[2]!.matchAll(/(\d+)(?:\.(\d+))?([a-zµμ]+)/g)) {
    const size = UNITS.get(unit)!
    total += BigInt(whole) * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length)
  }
  return match[1] === '-' ? -total : total
}

function timeadd(args: readonly Val[], { origin }: Call): Val {
  const time = parseTimestamp(text(args, 0))
  const instant = instantOf(time) + parseDuration(text(args, 1))
  const local = instant + BigInt(time.offset) * 60_000_000_000n
  const nanoseconds = ((local % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const date = new Date(Number((local - nanoseconds) / 1_000_000n))
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999)
    return refuse('the result is out of range')
  const fraction = nanoseconds === 0n ? '' : `.${nanoseconds.toString().padStart(9, '0').replace(/0+$/, '')}`
  const zone = time.offset === 0 ? 'Z' : formatOffset(time.offset, ':')
  return makeString(date.toISOString().slice(0, 19) + fraction + zone, origin)
}

export const DATE_FUNCTIONS: FunctionTable = {
  formatdate: {
    params: [{ type: STRING }, { type: STRING }],
    returns: STRING,
    call: (args, { origin }) => makeString(formatDate(text(args, 0), parseTimestamp(text(args, 1))), origin),
  },
  timeadd: { params: [{ type: STRING }, { type: STRING }], returns: STRING, call: timeadd },
  timecmp: {
    params: [{ type: STRING }, { type: STRING }],
    returns: NUMBER,
    call: (args, { origin }) => {
      const a = instantOf(parseTimestamp(text(args, 0)))
      const b = instantOf(parseTimestamp(text(args, 1)))
      return makeNumber(a < b ? -1 : a > b ? 1 : 0, origin)
    },
  },
}
