import { gunzipSync, gzipSync } from 'node:zlib'
import { SourceText } from '../../../base/text.ts'
import type { ScalarValue } from '../../../base/value.ts'
import { parseJson } from '../../json.ts'
import { parseYaml } from '../../yaml.ts'
import { Failure, refuse } from '../failure.ts'
import { MAX_STRING, makeList, makeNull, makeObject, makeString } from '../make-val.ts'
import { fromNumber, type Numeric, parseNumber } from '../number.ts'
import { DYNAMIC, objectOf, STRING } from '../type.ts'
import type { Val } from '../val.ts'
import { type Call, type FunctionTable, text } from './definition.ts'
import { fromValue } from './from-value.ts'
import { encodeJson } from './json-encode.ts'
import { encodeYaml } from './yaml-encode.ts'

const STRING_PARAM = { type: STRING }

/** A text that is a whole file of the tree is decoded with the places of its parts. */
function documentOf(
  val: Val | undefined,
  origin: Call['origin'],
): { readonly source: SourceText; readonly place?: Call['origin'] } {
  if (val?.kind !== 'string') return refuse('a string is required')
  for (let at: Call['origin'] | undefined = val.origin; at !== undefined; at = at.from) {
    if (at.source.text === val.value && at.start === 0 && at.end === val.value.length) return { source: at.source }
  }
  return { source: new SourceText(origin.source.path, val.value), place: origin }
}

function jsondecode([val]: readonly Val[], { origin }: Call): Val {
  const { source, place } = documentOf(val, origin)
  const { values, problems } = parseJson(source)
  const [first] = values
  if (first === undefined || values.length > 1 || problems.some((problem) => problem.code === 'syntax')) {
    return refuse(`the string is no JSON: ${problems[0]?.message ?? 'it holds more or less than one value'}`)
  }
  return fromValue(first, place)
}

function yamldecode([val]: readonly Val[], { origin }: Call): Val {
  const { source, place } = documentOf(val, origin)
  const { documents, problems } = parseYaml(source)
  const [first] = documents
  const broken = problems.find((problem) => problem.code !== 'duplicate-key')
  if (
    documents.length === 0 &&
    /^(?:---)?\s*(?:null|Null|NULL|~)?\s*$/.test(source.text) &&
    source.text.trim() !== ''
  ) {
    return makeNull(DYNAMIC, origin)
  }
  if (first === undefined || documents.length > 1 || broken !== undefined) {
    return refuse(`the string is no YAML document: ${broken?.message ?? 'it holds more or less than one'}`)
  }
  return fromValue(first.value, place, readNumber)
}

/** Of YAML's numbers the language knows decimal ones and, without a sign, those with `0x` or `0o`; what else looks like a number is a string. */
function readNumber(value: ScalarValue): Numeric | string {
  const { source, start, end } = value.origin
  const written = source.text.slice(start, end).trim()
  if (/^0(?:x[\da-fA-F]+|o[0-7]+)$/.test(written)) return fromNumber(Number(written))
  return parseNumber(written) ?? (/^["']/.test(written) ? written.slice(1, -1) : written)
}

function base64decode(args: readonly Val[], { origin }: Call): Val {
  const bytes = decodeBase64(text(args, 0))
  return makeString(decodeUtf8(bytes), origin)
}

export function decodeBase64(encoded: string): Buffer {
  const clean = encoded.replace(/[\r\n]/g, '')
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) return refuse('the string is not base64')
  return Buffer.from(clean, 'base64')
}

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse('the bytes are not UTF-8')
  }
}

function csvdecode(args: readonly Val[], { origin, scope }: Call): Val {
  const rows = parseCsv(text(args, 0))
  const [header, ...records] = rows
  if (header === undefined) return refuse('the string has no header line')
  if (new Set(header).size < header.length) refuse('two columns have the same name')
  const type = objectOf(new Map(header.map((name) => [name, STRING])))
  const items = records.map((record, i) => {
    scope.budget.spend(record.length)
    if (record.length !== header.length) return refuse(`row ${i + 2} has another number of fields than the header`)
    return makeObject(new Map(header.map((name, column) => [name, makeString(record[column]!, origin)])), origin)
  })
  return makeList(type, items, origin)
}

/** Source: RFC 4180; empty lines are skipped, as Go's reader does. */
function parseCsv(source: string): string[][] {
  const rows: string[][] = []
  let at = 0
  while (at < source.length) {
    if (source[at] === '\n' || source.startsWith('\r\n', at)) {
      at += source[at] === '\n' ? 1 : 2
      continue
    }
    const row: string[] = []
    for (;;) {
      let field = ''
      if (source[at] === '"') {
        at++
        for (;;) {
          const close = source.indexOf('"', at)
          if (close < 0) return refuse('a quoted field is not closed')
          field += source.slice(at, close)
          at = close + 1
          if (source[at] !== '"') break
          field += '"'
          at++
        }
        if (at < source.length && !/^(,|\r?\n)/.test(source.slice(at, at + 2)))
          return refuse('text stands behind a quoted field')
      } else {
        const end = /[,\n]/g
        end.lastIndex = at
        const stop = end.exec(source)?.index ?? source.length
        field = source.slice(at, stop)
        at = stop
        if (source[at] !== ',' && field.endsWith('\r')) field = field.slice(0, -1)
        if (field.includes('"')) return refuse('a quote stands inside a field without quotes')
      }
      row.push(field.replaceAll('\r\n', '\n'))
      if (source[at] === ',') {
        at++
        continue
      }
      if (source[at] === '\r') at++
      at++
      break
    }
    rows.push(row)
  }
  return rows
}

/** Encodings that the platform can write as well as read. Source: encoding.spec.whatwg.org/#names-and-labels */
function encodeCharset(value: string, charset: string): Buffer {
  const name = charset.toLowerCase()
  switch (name) {
    case 'utf-8':
    case 'utf8':
      return Buffer.from(value, 'utf8')
    case 'utf-16le':
    case 'utf-16':
      return Buffer.from(value, 'utf16le')
    case 'utf-16be':
      return Buffer.from(value, 'utf16le').swap16()
  }
  return encodeSingleByte(value, name)
}

const singleByteTables = new Map<string, ReadonlyMap<string, number>>()

function encodeSingleByte(value: string, charset: string): Buffer {
  let table = singleByteTables.get(charset)
  if (table === undefined) {
    let decoder: { decode(bytes: Uint8Array): string; readonly encoding: string }
    try {
      decoder = new TextDecoder(charset)
    } catch {
      return refuse(`${JSON.stringify(charset)} is no known encoding`)
    }
    const bytes = new Map<string, number>()
    for (let byte = 255; byte >= 0; byte--) bytes.set(decoder.decode(Uint8Array.of(byte)), byte)
    table = bytes
    singleByteTables.set(charset, table)
    if (bytes.size < 200) throw new Failure('unsupported-function', `the encoding ${charset} cannot be written`)
  }
  const known = table
  return Buffer.from(
    [...value].map((character) => known.get(character) ?? refuse('a character is not in the encoding')),
  )
}

function decodeCharset(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset.toLowerCase() === 'utf-16' ? 'utf-16le' : charset, { fatal: true }).decode(bytes)
  } catch (error) {
    return refuse(
      error instanceof RangeError
        ? `${JSON.stringify(charset)} is no known encoding`
        : 'the bytes are not of this encoding',
    )
  }
}

function urlencode(value: string): string {
  return encodeURIComponent(Buffer.from(value, 'utf8').toString('utf8'))
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

function urldecode(value: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(value)) return refuse('the string has a bad escape')
  const bytes = value
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(0xe000 + Number.parseInt(hex, 16)))
  const parts: Buffer[] = []
  for (const piece of bytes.split(/([\ue000-\ue0ff])/)) {
    const code = piece.length === 1 ? piece.charCodeAt(0) : 0
    parts.push(code >= 0xe000 && code <= 0xe0ff ? Buffer.of(code - 0xe000) : Buffer.from(piece))
  }
  return Buffer.concat(parts).toString('utf8')
}

function gunzip(args: readonly Val[], { origin }: Call): Val {
  try {
    return makeString(decodeUtf8(gunzipSync(decodeBase64(text(args, 0)), { maxOutputLength: MAX_STRING })), origin)
  } catch (error) {
    if (error instanceof Failure) throw error
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Failure('limit-exceeded', 'the text is too long')
    return refuse('the string is not compressed by gzip')
  }
}

export const ENCODING_FUNCTIONS: FunctionTable = {
  base64decode: { params: [STRING_PARAM], returns: STRING, call: base64decode },
  base64encode: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(Buffer.from(text(args, 0), 'utf8').toString('base64'), origin),
  },
  base64gzip: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(gzipSync(text(args, 0)).toString('base64'), origin),
  },
  base64gunzip: { params: [STRING_PARAM], returns: STRING, call: gunzip },
  csvdecode: { params: [STRING_PARAM], returns: DYNAMIC, call: csvdecode },
  jsondecode: { params: [STRING_PARAM], returns: DYNAMIC, call: jsondecode },
  jsonencode: {
    params: [{ type: DYNAMIC, nullable: true }],
    returns: STRING,
    call: (args, { origin }) => makeString(encodeJson(args[0]!), origin),
  },
  yamldecode: { params: [STRING_PARAM], returns: DYNAMIC, call: yamldecode },
  yamlencode: {
    params: [{ type: DYNAMIC, nullable: true }],
    returns: STRING,
    call: (args, { origin }) => makeString(encodeYaml(args[0]!), origin),
  },
  textencodebase64: {
    params: [STRING_PARAM, STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(encodeCharset(text(args, 0), text(args, 1)).toString('base64'), origin),
  },
  textdecodebase64: {
    params: [STRING_PARAM, STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(decodeCharset(decodeBase64(text(args, 0)), text(args, 1)), origin),
  },
  urlencode: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(urlencode(text(args, 0)), origin),
  },
  urldecode: {
    params: [STRING_PARAM],
    returns: STRING,
    call: (args, { origin }) => makeString(urldecode(text(args, 0)), origin),
  },
}
