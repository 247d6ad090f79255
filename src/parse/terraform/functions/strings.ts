import { lazily } from '../../../base/lazily.ts'
import { Failure, refuse } from '../failure.ts'
import { MAX_STRING, makeBool, makeList, makeString } from '../make-val.ts'
import { BOOL, DYNAMIC, listOf, NUMBER, STRING } from '../type.ts'
import { findUnknown, type Val } from '../val.ts'
import { type Call, type FunctionDefinition, type FunctionTable, integer, itemsOfVal, text } from './definition.ts'
import { formatString } from './format.ts'

const STRING_PARAM = { type: STRING }
const NUMBER_PARAM = { type: NUMBER }

function ofText(compute: (value: string) => string): FunctionDefinition {
  return {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(compute(text(args, 0)).normalize('NFC'), origin),
  }
}

function ofTexts(compute: (value: string, other: string) => string): FunctionDefinition {
  return {
    params: [STRING_PARAM, STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(compute(text(args, 0), text(args, 1)).normalize('NFC'), origin),
  }
}

/** Decided by what an unknown string begins with, where that suffices. */
function startsWith(args: readonly Val[], { origin }: Call): Val {
  const [value, prefix] = args
  if (prefix?.kind !== 'string') return unknownBool(prefix!, origin)
  if (value?.kind === 'string') return makeBool(value.value.startsWith(prefix.value), origin)
  if (value?.kind === 'unknown' && value.prefix !== undefined) {
    if (value.prefix.startsWith(prefix.value)) return makeBool(true, origin)
    if (!prefix.value.startsWith(value.prefix)) return makeBool(false, origin)
  }
  return unknownBool(value!, origin)
}

function unknownBool(val: Val, origin: Call['origin']): Val {
  const unknown = findUnknown(val)
  if (unknown === undefined) return refuse('a string is required')
  return { kind: 'unknown', type: BOOL, reason: unknown.reason, detail: unknown.detail, origin, notNull: true }
}

function join(args: readonly Val[], { origin }: Call): Val {
  const separator = text(args, 0)
  const parts: string[] = []
  let length = 0
  for (const list of args.slice(1)) {
    for (const item of itemsOfVal(list)) {
      if (item.kind !== 'string') return refuse('join takes no null')
      parts.push(item.value)
      length += item.value.length + separator.length
      if (length > MAX_STRING) throw new Failure('limit-exceeded', `a string has more than ${MAX_STRING} characters`)
    }
  }
  return makeString(parts.join(separator), origin)
}

function substr(args: readonly Val[], { origin }: Call): Val {
  const value = text(args, 0)
  let offset = integer(args, 1)
  const length = integer(args, 2)
  const characters = graphemes(value)
  if (offset < 0) offset = Math.max(0, offset + characters.length)
  const end = length < 0 ? characters.length : offset + length
  return makeString(characters.slice(offset, end).join(''), origin)
}

const segmenter = lazily(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

/** The characters as people count them. */
export function graphemes(value: string): readonly string[] {
  // Below U+0300 only CR LF makes one character of two.
  if (!/[^\0-\u02ff]|\r/.test(value)) return value.split('')
  return [...segmenter().segment(value)].map(({ segment }) => segment)
}

function mapCase(value: string, convertCase: (character: string) => string): string {
  if (/^[\0-\x7f]*$/.test(value)) return convertCase(value)
  let result = ''
  for (const character of value) {
    const converted = convertCase(character)
    // The language maps character by character: what becomes several stays as it is.
    result += [...converted].length === 1 ? converted : character === '\u0130' ? 'i' : character
  }
  return result
}

export function upper(value: string): string {
  return mapCase(value, (character) => character.toUpperCase())
}

export function lower(value: string): string {
  return mapCase(value, (character) => character.toLowerCase())
}

function title(value: string): string {
  let result = ''
  let before = ' '
  for (const character of value) {
    result += isSeparator(before) ? upper(character) : character
    before = character
  }
  return result
}

function isSeparator(character: string): boolean {
  if (character <= '\x7f') return !/[0-9A-Za-z_]/.test(character)
  return !/[\p{L}\p{Nd}]/u.test(character) && /\s/u.test(character)
}

function trim(value: string, cutset: string): string {
  const cut = new Set(cutset)
  const characters = [...value]
  let start = 0
  let end = characters.length
  while (start < end && cut.has(characters[start]!)) start++
  while (end > start && cut.has(characters[end - 1]!)) end--
  return characters.slice(start, end).join('')
}

function split(separator: string, value: string): readonly string[] {
  if (value === '') return separator === '' ? [] : ['']
  return separator === '' ? [...value] : value.split(separator)
}

function format(args: readonly Val[], { origin }: Call): Val {
  return makeString(formatString(text(args, 0), args.slice(1)), origin)
}

function formatlist(args: readonly Val[], { origin, scope }: Call): Val {
  const rest = args.slice(1)
  let length = -1
  for (const arg of rest) {
    if (arg.kind === 'list' || arg.kind === 'set' || arg.kind === 'tuple') {
      if (length >= 0 && arg.items.length !== length) refuse('the lists of formatlist must have the same length')
      length = arg.items.length
    }
  }
  const items: Val[] = []
  for (let i = 0; i < (length < 0 ? 1 : length); i++) {
    scope.budget.spend(1)
    const row = rest.map((arg) =>
      arg.kind === 'list' || arg.kind === 'set' || arg.kind === 'tuple' ? arg.items[i]! : arg,
    )
    const unknown = row.map(findUnknown).find((found) => found !== undefined)
    items.push(
      unknown === undefined
        ? makeString(formatString(text(args, 0), row), origin)
        : { kind: 'unknown', type: STRING, reason: unknown.reason, detail: unknown.detail, origin, notNull: true },
    )
  }
  return makeList(STRING, items, origin)
}

/** What stands before the first verb is known whatever the arguments are. */
export function formatPrefix(args: readonly Val[]): string | undefined {
  const [pattern] = args
  if (pattern?.kind !== 'string') return undefined
  const before = pattern.value.split('%')[0]!
  return before === '' ? undefined : before
}

export const STRING_FUNCTIONS: FunctionTable = {
  chomp: ofText((value) => value.replace(/[\r\n]+$/, '')),
  lower: ofText(lower),
  upper: ofText(upper),
  title: ofText(title),
  trimspace: ofText((value) => value.trim()),
  strrev: ofText((value) => [...graphemes(value)].reverse().join('')),
  trim: ofTexts(trim),
  trimprefix: ofTexts((value, prefix) => (value.startsWith(prefix) ? value.slice(prefix.length) : value)),
  trimsuffix: ofTexts((value, suffix) =>
    suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
  ),
  indent: {
    params: [NUMBER_PARAM, STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => {
      const spaces = integer(args, 0)
      if (spaces < 0) refuse('indent takes a number from 0')
      const value = text(args, 1)
      const lines = value.split('\n').length
      if (lines * spaces > MAX_STRING)
        throw new Failure('limit-exceeded', `a string has more than ${MAX_STRING} characters`)
      return makeString(value.replaceAll('\n', `\n${' '.repeat(spaces)}`), origin)
    },
  },
  join: { params: [STRING_PARAM], rest: { type: listOf(STRING) }, returns: STRING, call: join },
  split: {
    params: [STRING_PARAM, STRING_PARAM],
    returns: listOf(STRING),
    call: (args, { origin }) =>
      makeList(
        STRING,
        split(text(args, 0), text(args, 1)).map((part) => makeString(part, origin)),
        origin,
      ),
  },
  substr: { params: [STRING_PARAM, NUMBER_PARAM, NUMBER_PARAM], returns: STRING, call: substr },
  startswith: { params: [{ ...STRING_PARAM, unknown: true }, STRING_PARAM], returns: BOOL, call: startsWith },
  endswith: {
    params: [STRING_PARAM, STRING_PARAM],
    returns: BOOL,
    call: (args, { origin }) => makeBool(text(args, 0).endsWith(text(args, 1)), origin),
  },
  strcontains: {
    params: [STRING_PARAM, STRING_PARAM],
    returns: BOOL,
    call: (args, { origin }) => makeBool(text(args, 0).includes(text(args, 1)), origin),
  },
  format: { params: [STRING_PARAM], rest: { type: DYNAMIC, nullable: true }, returns: STRING, call: format },
  formatlist: {
    params: [STRING_PARAM],
    rest: { type: DYNAMIC, nullable: true },
    returns: listOf(STRING),
    partial: true,
    call: formatlist,
  },
}
