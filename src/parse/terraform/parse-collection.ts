import type { Cursor } from './cursor.ts'
import { parseForNames } from './for-names.ts'
import type { ParseExpression } from './parse-template.ts'
import type { Expression, ObjectItem } from './syntax.ts'

const COMMA = 0x2c
const DOT = 0x2e
const COLON = 0x3a
const EQUAL = 0x3d
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d

/** `[…]`: a list, or what a `for` makes of one. */
export function parseTuple(cursor: Cursor, parseExpression: ParseExpression): Expression {
  const start = cursor.at
  const multiline = cursor.multiline
  cursor.multiline = true
  cursor.at++
  cursor.skip()
  if (isForKeyword(cursor)) {
    const loop = parseFor(cursor, start, CLOSE_BRACKET, parseExpression)
    cursor.multiline = multiline
    return loop
  }
  const items: Expression[] = []
  while (cursor.peek() !== CLOSE_BRACKET) {
    items.push(parseExpression(cursor))
    cursor.skip()
    if (cursor.peek() === COMMA) {
      cursor.at++
      cursor.skip()
    } else if (cursor.peek() !== CLOSE_BRACKET) cursor.fail('"," or "]" is expected in a list')
  }
  cursor.at++
  cursor.multiline = multiline
  return { kind: 'tuple', start, end: cursor.at, items }
}

/** `for` as a keyword: a name of its own, followed by a space. `{ for = 1 }` is an object. */
function isForKeyword(cursor: Cursor): boolean {
  if (!cursor.startsWith('for')) return false
  const before = cursor.at
  const isFor = cursor.identifier() === 'for'
  cursor.skip()
  const follows = cursor.peek()
  cursor.at = before
  return (
    isFor && follows !== EQUAL && follows !== COLON && follows !== DOT && follows !== CLOSE_BRACKET && follows !== COMMA
  )
}

function parseFor(cursor: Cursor, start: number, close: number, parseExpression: ParseExpression): Expression {
  cursor.at += 3
  cursor.skip()
  const { key, value } = parseForNames(cursor)
  const collection = parseExpression(cursor)
  cursor.skip()
  if (cursor.peek() !== COLON) cursor.fail('":" is expected before the result of "for"')
  cursor.at++
  cursor.skip()
  const first = parseExpression(cursor)
  cursor.skip()
  let resultKey: Expression | undefined
  let result = first
  let grouped = false
  if (cursor.startsWith('=>')) {
    if (close === CLOSE_BRACKET) cursor.fail('a list has no keys: "=>" belongs into "{ for … }"')
    cursor.at += 2
    cursor.skip()
    resultKey = first
    result = parseExpression(cursor)
    cursor.skip()
    if (cursor.startsWith('...')) {
      grouped = true
      cursor.at += 3
      cursor.skip()
    }
  } else if (close === CLOSE_BRACE) cursor.fail('"{ for … }" needs a key and a value: "key => value"')
  let condition: Expression | undefined
  if (cursor.startsWith('if')) {
    cursor.at += 2
    cursor.skip()
    condition = parseExpression(cursor)
    cursor.skip()
  }
  if (cursor.peek() !== close) cursor.fail('"for" is not closed')
  cursor.at++
  return { kind: 'for', start, end: cursor.at, key, value, collection, resultKey, result, condition, grouped }
}

/** `{…}`: an object, or what a `for` makes of one. */
export function parseObject(cursor: Cursor, parseExpression: ParseExpression): Expression {
  const start = cursor.at
  const multiline = cursor.multiline
  cursor.at++
  cursor.skipLines()
  if (isForKeyword(cursor)) {
    cursor.multiline = true
    const loop = parseFor(cursor, start, CLOSE_BRACE, parseExpression)
    cursor.multiline = multiline
    return loop
  }
  cursor.multiline = false
  const items: ObjectItem[] = []
  while (cursor.peek() !== CLOSE_BRACE) {
    const key = parseObjectKey(cursor, parseExpression)
    cursor.skip()
    const sign = cursor.peek()
    if ((sign !== EQUAL || cursor.peekAt(1) === EQUAL) && sign !== COLON)
      cursor.fail('"=" or ":" is expected behind a key')
    cursor.at++
    cursor.skip()
    items.push({ key, value: parseExpression(cursor) })
    cursor.skip()
    if (cursor.peek() === COMMA) cursor.at++
    else if (cursor.peek() !== CLOSE_BRACE && !cursor.atLineEnd())
      cursor.fail('a line end, "," or "}" is expected in an object')
    cursor.skipLines()
  }
  cursor.at++
  cursor.multiline = multiline
  return { kind: 'object', start, end: cursor.at, items }
}

/** A lone name is the key itself; anything else is computed. */
function parseObjectKey(cursor: Cursor, parseExpression: ParseExpression): Expression {
  const key = parseExpression(cursor)
  if (key.kind === 'traversal' && key.steps.length === 0) {
    return { kind: 'literal', start: key.start, end: key.end, value: key.root }
  }
  if (key.kind === 'literal' && (key.value === null || typeof key.value === 'boolean')) {
    return { kind: 'literal', start: key.start, end: key.end, value: cursor.text.slice(key.start, key.end) }
  }
  return key
}
