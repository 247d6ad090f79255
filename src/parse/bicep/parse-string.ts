import type { Expression } from '../template/expression.ts'
import type { Cursor } from './cursor.ts'

type ParseHole = (cursor: Cursor) => Expression

/** A string of any form, with the cursor at its quote or at the `$` before three quotes. */
export function parseString(cursor: Cursor, parseHole: ParseHole): Expression {
  const start = cursor.at
  if (cursor.text.startsWith("'''", start)) return parseMultiLine(cursor, start, 0, parseHole)
  if (cursor.text[start] === '$') {
    while (cursor.take('$'));
    return parseMultiLine(cursor, start, cursor.at - start, parseHole)
  }
  cursor.expect("'")
  const { text } = cursor
  const texts: string[] = []
  const holes: Expression[] = []
  let piece = ''
  let from = cursor.at
  for (;;) {
    const code = text.charCodeAt(cursor.at)
    if (code === 0x27) {
      piece += text.slice(from, cursor.at++)
      break
    }
    if (code === 0x5c) {
      piece += text.slice(from, cursor.at)
      piece += parseEscape(cursor)
      from = cursor.at
    } else if (code === 0x24 && text.charCodeAt(cursor.at + 1) === 0x7b) {
      texts.push(piece + text.slice(from, cursor.at))
      piece = ''
      cursor.at += 2
      holes.push(parseHoleBody(cursor, parseHole))
      from = cursor.at
    } else if (code === 0x0a || code === 0x0d || Number.isNaN(code)) {
      cursor.fail('the string does not end on its line', start)
    } else cursor.at++
  }
  return toExpression([...texts, piece], holes, start, cursor.at)
}

/** The text of a string without interpolation. */
export function parsePlainString(cursor: Cursor, what: string): string {
  if (cursor.code !== 0x27) cursor.fail(`${what} is missing`)
  const start = cursor.at
  const expression = parseString(cursor, (inner) => inner.fail(`${what} must be a plain string`, start))
  return expression.kind === 'literal' ? String(expression.value) : cursor.fail(`${what} must be a plain string`, start)
}

function parseHoleBody(cursor: Cursor, parseHole: ParseHole): Expression {
  cursor.skipLines()
  const hole = parseHole(cursor)
  cursor.skipLines()
  cursor.expect('}')
  return hole
}

function toExpression(texts: readonly string[], holes: readonly Expression[], start: number, end: number): Expression {
  return holes.length === 0
    ? { kind: 'literal', value: texts[0]!, start, end }
    : { kind: 'interpolation', texts, holes, start, end }
}

function parseEscape(cursor: Cursor): string {
  const start = cursor.at
  const char = cursor.text[start + 1]
  cursor.at = start + 2
  switch (char) {
    case "'":
    case '\\':
    case '$':
      return char
    case 'n':
      return '\n'
    case 'r':
      return '\r'
    case 't':
      return '\t'
    case 'u': {
      const end = cursor.text.indexOf('}', cursor.at)
      const digits = cursor.text.slice(cursor.at + 1, end)
      const point = Number.parseInt(digits, 16)
      if (cursor.text[cursor.at] !== '{' || !/^[0-9a-fA-F]{1,6}$/.test(digits) || point > 0x10ffff) {
        cursor.fail('an escape that does not exist', start)
      }
      cursor.at = end + 1
      return String.fromCodePoint(point)
    }
    default:
      return cursor.fail('an escape that does not exist', start)
  }
}

/** `'''…'''`: no escapes; with `$` before it `${…}` is a hole, with more of them as many. The line break at its start is dropped. */
function parseMultiLine(cursor: Cursor, start: number, dollars: number, parseHole: ParseHole): Expression {
  cursor.expect("'''")
  if (!cursor.take('\r\n')) cursor.take('\n')
  const { text } = cursor
  const opening = dollars === 0 ? undefined : `${'$'.repeat(dollars)}{`
  const texts: string[] = []
  const holes: Expression[] = []
  let from = cursor.at
  for (;;) {
    const close = text.indexOf("'''", cursor.at)
    if (close < 0) cursor.fail('the string does not end', start)
    const hole = opening === undefined ? -1 : text.indexOf(opening, cursor.at)
    if (hole >= 0 && hole < close) {
      texts.push(text.slice(from, hole))
      cursor.at = hole + opening!.length
      holes.push(parseHoleBody(cursor, parseHole))
      from = cursor.at
      continue
    }
    // Of four or five quotes the last three close it.
    let end = close
    while (text[end + 3] === "'") end++
    texts.push(text.slice(from, end))
    cursor.at = end + 3
    return toExpression(texts, holes, start, cursor.at)
  }
}
