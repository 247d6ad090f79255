import type { Cursor } from './cursor.ts'
import { isDigit, isNameStart } from './cursor.ts'
import { parseExpression, parsePostfixExpression } from './parse-expression.ts'
import { parseString } from './parse-string.ts'
import type { TypeExpression } from './syntax.ts'

interface Shape {
  readonly nullable: boolean
  readonly name: string | undefined
}

/** A type. Only what decides values is kept of it: see {@link TypeExpression}. */
export function parseType(cursor: Cursor): TypeExpression {
  cursor.enter()
  cursor.skipBlanks()
  const start = cursor.at
  const members: Shape[] = []
  takeBar(cursor)
  do members.push(parseMember(cursor))
  while (takeBar(cursor))
  cursor.leave()
  return {
    nullable: members.some((member) => member.nullable),
    name: members.length === 1 ? members[0]!.name : undefined,
    start,
    end: cursor.at,
  }
}

/** `|` of a union, which may stand on a line of its own. */
function takeBar(cursor: Cursor): boolean {
  const start = cursor.at
  cursor.skipLines()
  if (cursor.code === 0x7c) {
    cursor.at++
    cursor.skipLines()
    return true
  }
  cursor.at = start
  return false
}

function parseMember(cursor: Cursor): Shape {
  let { nullable, name } = parsePrimary(cursor)
  for (;;) {
    const before = cursor.at
    cursor.skipBlanks()
    const code = cursor.code
    if (code === 0x3f) {
      cursor.at++
      nullable = true
    } else if (code === 0x21) {
      cursor.at++
      nullable = false
      name = undefined
    } else if (code === 0x5b) {
      cursor.at++
      cursor.skipBlanks()
      if (!cursor.take('*') && cursor.code !== 0x5d) parseExpression(cursor)
      cursor.skipBlanks()
      cursor.expect(']')
      nullable = false
      name = undefined
    } else if (code === 0x2e) {
      cursor.at++
      if (cursor.take('*')) name = undefined
      else {
        const member = cursor.expectName('the name of a type')
        name = name === undefined ? undefined : `${name}.${member}`
      }
    } else {
      cursor.at = before
      return { nullable, name }
    }
  }
}

function parsePrimary(cursor: Cursor): Shape {
  const code = cursor.code
  if (code === 0x27 || code === 0x24) {
    parseString(cursor, parseExpression)
    return { nullable: false, name: undefined }
  }
  if (code === 0x28) {
    cursor.at++
    cursor.skipLines()
    const inner = parseType(cursor)
    cursor.skipLines()
    cursor.expect(')')
    return inner
  }
  if (code === 0x7b) return parseMembers(cursor, '{', '}', true)
  if (code === 0x5b) return parseMembers(cursor, '[', ']', false)
  if (code === 0x21) {
    cursor.at++
    return { ...parsePrimary(cursor), name: undefined }
  }
  if (code === 0x2d || isDigit(code)) {
    cursor.at++
    while (isDigit(cursor.code)) cursor.at++
    return { nullable: false, name: undefined }
  }
  if (!isNameStart(code)) cursor.fail('a type is missing')
  const name = cursor.takeName()!
  if (name === 'null') return { nullable: true, name: undefined }
  if (name === 'true' || name === 'false') return { nullable: false, name: undefined }
  if (cursor.take('<')) {
    do {
      cursor.skipLines()
      parseType(cursor)
      cursor.skipLines()
    } while (cursor.take(','))
    cursor.expect('>')
    return { nullable: false, name: undefined }
  }
  if (name === 'resource') {
    cursor.skipBlanks()
    if (cursor.code === 0x27) parseString(cursor, parseExpression)
  }
  return { nullable: false, name }
}

/** The properties of an object type, or the items of a tuple. */
function parseMembers(cursor: Cursor, open: string, close: string, keyed: boolean): Shape {
  cursor.enter()
  cursor.expect(open)
  for (;;) {
    cursor.skipLines()
    if (cursor.take(close)) break
    parseDecorators(cursor)
    if (keyed) {
      if (cursor.code === 0x27) parseString(cursor, parseExpression)
      else if (!cursor.take('*')) cursor.expectName('the name of a property')
      cursor.skipBlanks()
      cursor.expect(':')
      cursor.skipLines()
    }
    parseType(cursor)
    cursor.skipBlanks()
    if (!cursor.take(',') && !cursor.atLineEnd() && !cursor.text.startsWith(close, cursor.at)) {
      cursor.fail('a line break or a comma is missing')
    }
  }
  cursor.leave()
  return { nullable: false, name: undefined }
}

/** Decorators say nothing of values. */
export function parseDecorators(cursor: Cursor): void {
  while (cursor.code === 0x40) {
    cursor.at++
    parsePostfixExpression(cursor)
    cursor.skipLines()
  }
}
