import type { ListValue, MapValue, Value } from '../base/value.ts'

/** The text of one entry or item, as an edit takes it out. Offsets are 0-based with exclusive ends. */
export interface Span {
  /** Start of its first line; in a flow collection, and for what follows a `- `, of the entry itself. */
  readonly start: number
  /** Behind the line break of its last line, a comment there included; in a flow collection behind its comma. */
  readonly end: number
  /** Start of the comment lines directly above that are indented like it; `start` where there are none. */
  readonly commentStart: number
  /** Blanks before the key or the dash, for what is written beside it. */
  readonly indent: string
  /** Whether nothing is left of the collection without it: then take out what holds the collection. */
  readonly isOnly: boolean
}

/**
 * The text of an entry of a mapping, YAML or JSON: deleting it leaves the rest as it was. Undefined where there is no such
 * entry, or where its text is not here (a merge key brought it).
 */
export function entrySpan(map: MapValue, key: string): Span | undefined {
  const entry = map.entries.get(key)
  if (entry?.key === undefined) return undefined
  const inside = [...map.entries.values()].filter((one) => one.key !== undefined && isWithin(one.key, map))
  if (!inside.includes(entry)) return undefined
  const spans = inside.map((one): Extent => ({ start: one.key!.start, end: endOf(one.value, one.key!.end) }))
  return spanOf(map, spans, inside.indexOf(entry))
}

/** As {@link entrySpan} for an item of a list, its dash included. */
export function itemSpan(list: ListValue, index: number): Span | undefined {
  if (list.items[index] === undefined) return undefined
  const { text } = list.origin.source
  const isFlow = hasBracket(list)
  const spans = list.items.map((item, at): Extent => {
    const { start } = item.origin
    const from = at === 0 ? list.origin.start : list.items[at - 1]!.origin.end
    return { start: isFlow ? start : dashBefore(text, from, start), end: item.origin.end }
  })
  return spanOf(list, spans, index)
}

/** Where a further entry or item goes: behind the last one, and the blanks before it. Undefined for flow collections. */
export function appendPoint(
  collection: MapValue | ListValue,
): { readonly offset: number; readonly indent: string } | undefined {
  if (hasBracket(collection)) return undefined
  const span =
    collection.kind === 'list'
      ? itemSpan(collection, collection.items.length - 1)
      : entrySpan(collection, [...collection.entries.keys()].at(-1) ?? '')
  return span === undefined ? undefined : { offset: span.end, indent: span.indent }
}

/** The line break that a file uses. */
export function lineBreakOf(text: string): '\n' | '\r\n' | '\r' {
  const at = text.search(/[\r\n]/)
  if (at === -1 || text[at] === '\n') return '\n'
  return text[at + 1] === '\n' ? '\r\n' : '\r'
}

interface Extent {
  readonly start: number
  readonly end: number
}

function spanOf(collection: MapValue | ListValue, spans: readonly Extent[], index: number): Span {
  const { text } = collection.origin.source
  const { start, end } = spans[index]!
  const next = spans[index + 1]
  const isOnly = spans.length === 1
  if (hasBracket(collection)) {
    const before = index === 0 ? undefined : spans[index - 1]
    if (next !== undefined) return { start, end: next.start, commentStart: start, indent: '', isOnly }
    const from = before?.end ?? start
    return { start: from, end, commentStart: from, indent: '', isOnly }
  }
  const lineStart = startOfLine(text, start)
  const lead = text.slice(lineStart, start)
  const indent = ' '.repeat(lead.length)
  if (lead.trim() === '') {
    return {
      start: lineStart,
      end: endOfLine(text, end),
      commentStart: commentsAbove(text, lineStart, lead.length),
      indent,
      isOnly,
    }
  }
  // Behind the dash of an item: what follows moves up to it.
  return { start, end: next?.start ?? end, commentStart: start, indent, isOnly }
}

function isWithin(place: Extent, collection: Value): boolean {
  return place.start >= collection.origin.start && place.end <= collection.origin.end
}

/** An absent value may have no place behind its key. */
function endOf(value: Value, keyEnd: number): number {
  return Math.max(value.origin.end, keyEnd)
}

function hasBracket({ kind, origin }: MapValue | ListValue): boolean {
  return origin.source.text[origin.start] === (kind === 'map' ? '{' : '[')
}

/** The dash of a block item that starts at `start`; only comments, blanks, a tag or an anchor stand between. */
function dashBefore(text: string, from: number, start: number): number {
  let at = from
  while (at < start) {
    const unit = text[at]
    if (unit === '#') at = endOfLine(text, at)
    else if (unit === '-') return at
    else at++
  }
  return start
}

function startOfLine(text: string, offset: number): number {
  let at = offset
  while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at--
  return at
}

/** Behind the line break of the line, or the end of the text. */
function endOfLine(text: string, offset: number): number {
  let at = offset
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++
  return at + (text[at] === '\r' && text[at + 1] === '\n' ? 2 : at < text.length ? 1 : 0)
}

function commentsAbove(text: string, lineStart: number, column: number): number {
  let start = lineStart
  while (start > 0) {
    const above = startOfLine(text, text[start - 1] === '\n' && text[start - 2] === '\r' ? start - 2 : start - 1)
    const line = text.slice(above, start)
    const isComment = line.trimStart().startsWith('#') && line.length - line.trimStart().length === column
    if (!isComment) break
    start = above
  }
  return start
}
