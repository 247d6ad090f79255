import type { UnknownValue, Value } from '../../../base/value.ts'
import { knownText, mapText, splitId, type TextPart, textParts, toText } from '../text.ts'
import { derive, failure, firstUnknown, fromPlain, list, scalar, toPlain, unknown } from '../values.ts'
import { matchesPattern } from '../wildcard.ts'
import { formatText } from './format.ts'
import { isValue, numberArgument, ofTexts, openOr, type PureFunction, textToText, wrongArguments } from './signature.ts'

/** Functions of strings. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string */
export const STRING_FUNCTIONS: Readonly<Record<string, PureFunction>> = {
  base64: textToText(1, (text) => Buffer.from(text, 'utf8').toString('base64')),
  base64tostring: textToText(1, fromBase64),
  base64tojson: ofTexts(1, ([text], site) => parseJson(fromBase64(text!), site.origin)),
  datauri: textToText(
    1,
    (text) => `data:text/plain;charset=utf8;base64,${Buffer.from(text, 'utf8').toString('base64')}`,
  ),
  datauritostring: textToText(1, (text) => {
    const comma = text.indexOf(',')
    if (!text.startsWith('data:') || comma < 0) return undefined
    const body = text.slice(comma + 1)
    return text.slice(0, comma).endsWith(';base64') ? fromBase64(body) : decode(body)
  }),
  endswith: (values, site) => affix(values, site, true),
  startswith: (values, site) => affix(values, site, false),
  format: (values, site) => {
    const [pattern, ...rest] = values
    if (pattern === undefined) return wrongArguments(site)
    const text = knownText(textParts(pattern))
    if (text === undefined) return openOr(pattern, site)
    const parts = formatText(text, rest)
    return parts === undefined ? failure('format() has no such argument', site.origin) : join(parts, site)
  },
  json: ofTexts(1, ([text], site) => parseJson(text!, site.origin)),
  like: ofTexts(2, ([text, pattern], site) => {
    const fits = matchesPattern(text!, pattern!)
    // Whether letter case counts is not documented.
    if (fits === matchesPattern(text!.toLowerCase(), pattern!.toLowerCase())) return scalar(fits, site.origin)
    return unknown('unsupported-function', 'like() of texts that differ in letter case', site.origin)
  }),
  padleft: (values, site) => {
    const [value, width, fill] = values
    const size = numberArgument(width, site)
    if (isValue(size)) return size
    if (value === undefined || size === undefined) return wrongArguments(site)
    const text = knownText(textParts(value))
    const pad = fill === undefined ? ' ' : knownText(textParts(fill))
    if (text === undefined || pad === undefined) return derive(text === undefined ? value : fill!, site.origin)
    return site.run.tooLong(size, site.origin) ?? scalar(text.padStart(size, pad), site.origin)
  },
  replace: (values, site) => {
    const [value, from, to] = values
    if (value === undefined || from === undefined || to === undefined) return wrongArguments(site)
    const old = knownText(textParts(from))
    if (old === undefined) return derive(from, site.origin)
    const text = knownText(textParts(value))
    if (text === undefined || old === '') return openOr(value, site)
    if (knownText(textParts(to)) === undefined && !text.includes(old)) {
      // Where nothing is replaced the text stays as it is, but only if the argument that is not used can be evaluated at all.
      return { ...(derive(to, site.origin) as UnknownValue), prefix: text }
    }
    const pieces = text.split(old)
    const parts: TextPart[] = []
    pieces.forEach((piece, i) => {
      if (i > 0) parts.push(...textParts(to))
      parts.push(piece)
    })
    return join(parts, site)
  },
  split: (values, site) => {
    const [value, separator] = values
    if (value === undefined || separator === undefined) return wrongArguments(site)
    const separators = separator.kind === 'list' ? separator.items : [separator]
    const texts: string[] = []
    for (const one of separators) {
      const text = knownText(textParts(one))
      if (text === undefined) return derive(one, site.origin)
      texts.push(text)
    }
    if (value.kind === 'list' || value.kind === 'map') return wrongArguments(site)
    const parts = textParts(value)
    const text = knownText(parts)
    if (text !== undefined) {
      const pieces = splitText(text, new Set(texts), site)
      if (pieces === undefined) return unknown('limit-exceeded', 'the text is split too often', site.origin)
      return (
        site.run.spend(pieces.length, site.origin) ??
        list(
          pieces.map((piece) => scalar(piece, site.origin)),
          site.origin,
        )
      )
    }
    const segments = texts.length === 1 && texts[0] === '/' ? splitId(parts, site.origin) : undefined
    return segments === undefined ? derive(value, site.origin) : list(segments, site.origin)
  },
  string: (values, site) => {
    const value = values[0]
    if (value === undefined) return wrongArguments(site)
    if (value.kind !== 'list' && value.kind !== 'map') return toText(textParts(value), site.origin)
    const plain = toPlain(value)
    if (plain === undefined) return derive(firstUnknown(value) ?? value, site.origin)
    const text = JSON.stringify(plain)
    return site.run.tooLong(text.length, site.origin) ?? scalar(text, site.origin)
  },
  substring: (values, site) => {
    const [value, from, count] = values
    const start = numberArgument(from, site)
    const length = numberArgument(count, site)
    if (isValue(start)) return start
    if (isValue(length)) return length
    if (value === undefined || start === undefined) return wrongArguments(site)
    const parts = textParts(value)
    const text = knownText(parts)
    const known = text ?? parts[0]
    const end = length === undefined ? undefined : start + length
    if (text === undefined) {
      if (typeof known === 'string' && end !== undefined && end <= known.length) {
        return scalar(known.slice(start, end), site.origin)
      }
      return openOr(value, site)
    }
    if (start < 0 || start > text.length || (end !== undefined && (end < start || end > text.length))) {
      return failure('substring() goes past the end of the string', site.origin)
    }
    return scalar(text.slice(start, end), site.origin)
  },
  tolower: (values, site) => changeCase(values, site, (text) => text.toLowerCase()),
  toupper: (values, site) => changeCase(values, site, (text) => text.toUpperCase()),
  trim: textToText(1, (text) => text.trim()),
  uri: textToText(2, (base, relative) => (URL.canParse(relative, base) ? new URL(relative, base).href : undefined)),
  uricomponent: textToText(1, encode),
  uricomponenttostring: textToText(1, decode),
}

type Call = Parameters<PureFunction>[1]

function join(parts: readonly TextPart[], site: Call): Value {
  let length = 0
  for (const part of parts) if (typeof part === 'string') length += part.length
  return site.run.tooLong(length, site.origin) ?? toText(parts, site.origin)
}

function changeCase(values: readonly Value[], site: Call, change: (text: string) => string): Value {
  const value = values[0]
  if (value === undefined || value.kind === 'list' || value.kind === 'map') return wrongArguments(site)
  return mapText(value, change, site.origin)
}

/** Case is ignored. A partly known string decides it where the affix lies in its known part. */
function affix(values: readonly Value[], site: Call, atEnd: boolean): Value {
  const [value, wanted] = values
  if (value === undefined || wanted === undefined) return wrongArguments(site)
  const affixText = knownText(textParts(wanted))?.toLowerCase()
  if (affixText === undefined) return openOr(wanted, site)
  const parts = textParts(value)
  const part = atEnd ? parts.at(-1) : parts[0]
  const known = (knownText(parts) ?? (typeof part === 'string' ? part : undefined))?.toLowerCase()
  if (known === undefined) return openOr(value, site)
  const has = atEnd ? known.endsWith(affixText) : known.startsWith(affixText)
  if (has || knownText(parts) !== undefined) return scalar(has, site.origin)
  const fits = atEnd ? affixText.endsWith(known) : affixText.startsWith(known)
  return fits ? derive(value, site.origin) : scalar(false, site.origin)
}

/** Cut at each separator; where several fit at a place, the first of them counts. Undefined where that takes too long. */
function splitText(text: string, separators: ReadonlySet<string>, site: Call): string[] | undefined {
  const cuts = [...separators].filter((separator) => separator !== '')
  if (cuts.length === 0) return [text]
  if (cuts.length === 1) return text.split(cuts[0]!)
  if (site.run.spend((text.length * cuts.length) >> 6, site.origin) !== undefined) return undefined
  const pieces: string[] = []
  let from = 0
  for (let at = 0; at < text.length; ) {
    const cut = cuts.find((separator) => text.startsWith(separator, at))
    if (cut === undefined) {
      at++
      continue
    }
    pieces.push(text.slice(from, at))
    at += cut.length
    from = at
  }
  return [...pieces, text.slice(from)]
}

function parseJson(text: string, origin: Call['origin']): Value {
  try {
    return fromPlain(JSON.parse(text), origin)
  } catch {
    return failure('the text is not JSON', origin)
  }
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

/** RFC 3986: all but letters, digits and `-_.~` is escaped. Undefined for half a surrogate pair. */
function encode(text: string): string | undefined {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  } catch {
    return undefined
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
