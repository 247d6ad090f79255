import type {
  ArrayExpression,
  Expression,
  ObjectExpression,
  PropertyExpression,
  SpreadExpression,
} from '../template/expression.ts'
import { PRECEDENCE, takeOperator } from './binary-operator.ts'
import { type Cursor, isDigit, isNameStart } from './cursor.ts'
import { parseString } from './parse-string.ts'

/** What an object's body may hold besides properties: the resources nested in a resource. */
export type ParseNested = (cursor: Cursor) => boolean

const NO_NESTED: ParseNested = () => false

export function parseExpression(cursor: Cursor): Expression {
  cursor.enter()
  cursor.skipBlanks()
  const start = cursor.at
  const condition = parseBinary(cursor, 1)
  const result = parseConditional(cursor, condition, start)
  cursor.leave()
  return result
}

/** `start` is where the condition begins, which may be a bracket around it. */
function parseConditional(cursor: Cursor, condition: Expression, start: number): Expression {
  if (!takeAcrossLines(cursor, '?')) return condition
  cursor.skipLines()
  const then = parseExpression(cursor)
  cursor.skipLines()
  cursor.expect(':')
  cursor.skipLines()
  const otherwise = parseExpression(cursor)
  return { kind: 'conditional', condition, then, else: otherwise, start, end: cursor.at }
}

/** Takes a token that may stand on a following line, since nothing else can begin with it. */
function takeAcrossLines(cursor: Cursor, token: string): boolean {
  const start = cursor.at
  cursor.skipLines()
  if (cursor.text.startsWith(token, cursor.at) && cursor.text[cursor.at + 1] !== '?') {
    cursor.at += token.length
    return true
  }
  cursor.at = start
  return false
}

function parseBinary(cursor: Cursor, least: number): Expression {
  cursor.skipBlanks()
  const start = cursor.at
  let left = parseUnary(cursor)
  for (;;) {
    const before = cursor.at
    const operator = takeOperator(cursor)
    if (operator === undefined) return left
    const precedence = PRECEDENCE[operator]
    if (precedence < least) {
      cursor.at = before
      return left
    }
    cursor.skipLines()
    const right = parseBinary(cursor, precedence + 1)
    left = { kind: 'binary', operator, left, right, start, end: cursor.at }
  }
}

function parseUnary(cursor: Cursor): Expression {
  cursor.skipBlanks()
  const start = cursor.at
  const code = cursor.code
  if (code === 0x21 || code === 0x2d || code === 0x2b) {
    cursor.enter()
    cursor.at++
    const operand = parseUnary(cursor)
    cursor.leave()
    const operator = code === 0x21 ? '!' : code === 0x2d ? '-' : '+'
    if (operator === '-' && operand.kind === 'literal' && typeof operand.value === 'number') {
      return { kind: 'literal', value: 0 - operand.value, start, end: cursor.at }
    }
    return { kind: 'unary', operator, operand, start, end: cursor.at }
  }
  return parsePostfixExpression(cursor)
}

/** An expression without operators around it: what a decorator is. */
export function parsePostfixExpression(cursor: Cursor): Expression {
  cursor.skipBlanks()
  const start = cursor.at
  return parsePostfix(cursor, parsePrimary(cursor), start)
}

/** Member access, indexes, calls, `::` and the `!` that only the type checker reads. */
function parsePostfix(cursor: Cursor, primary: Expression, start: number): Expression {
  let base = primary
  for (;;) {
    const before = cursor.at
    cursor.skipBlanks()
    const code = cursor.code
    const next = cursor.text.charCodeAt(cursor.at + 1)
    if (code === 0x2e && next !== 0x2e) {
      cursor.at++
      const safe = cursor.take('?')
      cursor.skipBlanks()
      const name = cursor.expectName('the name of a property')
      if (cursor.code === 0x28) {
        const args = parseArguments(cursor)
        base = { kind: 'call', base, name, arguments: args, start, end: cursor.at }
      } else base = { kind: 'member', base, name, safe, start, end: cursor.at }
    } else if (code === 0x5b) {
      cursor.at++
      const safe = cursor.take('?')
      const fromEnd = cursor.take('^')
      cursor.skipLines()
      const index = parseExpression(cursor)
      cursor.skipLines()
      cursor.expect(']')
      base = { kind: 'index', base, index, safe, fromEnd, start, end: cursor.at }
    } else if (code === 0x3a && next === 0x3a) {
      cursor.at += 2
      cursor.skipBlanks()
      const name = cursor.expectName('the name of a nested resource')
      base = { kind: 'nested', base, name, start, end: cursor.at }
    } else if (code === 0x21 && next !== 0x3d && next !== 0x7e) {
      cursor.at++
    } else {
      cursor.at = before
      return base
    }
  }
}

function parsePrimary(cursor: Cursor): Expression {
  const start = cursor.at
  const code = cursor.code
  if (code === 0x27 || code === 0x24) return parseString(cursor, parseExpression)
  if (isDigit(code)) {
    do cursor.at++
    while (isDigit(cursor.code))
    return { kind: 'literal', value: Number(cursor.text.slice(start, cursor.at)), start, end: cursor.at }
  }
  if (code === 0x7b) return parseObject(cursor, NO_NESTED)
  if (code === 0x5b) return parseArray(cursor)
  if (code === 0x28) return parseParenthesis(cursor)
  if (!isNameStart(code)) cursor.fail('an expression is missing')
  const name = cursor.takeName()!
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', start, end: cursor.at }
  if (name === 'null') return { kind: 'literal', value: null, start, end: cursor.at }
  const end = cursor.at
  cursor.skipBlanks()
  if (cursor.text.startsWith('=>', cursor.at)) return parseLambda(cursor, [name], start)
  if (cursor.code === 0x28) {
    const args = parseArguments(cursor)
    return { kind: 'call', base: undefined, name, arguments: args, start, end: cursor.at }
  }
  // A type argument, as of `resourceInput<'…'>`, has no value.
  cursor.at = end
  return { kind: 'name', name, start, end }
}

function parseParenthesis(cursor: Cursor): Expression {
  const start = cursor.at
  const parameters = takeLambdaHead(cursor)
  if (parameters !== undefined) return parseLambda(cursor, parameters, start)
  cursor.expect('(')
  cursor.skipLines()
  const inner = parseExpression(cursor)
  cursor.skipLines()
  cursor.expect(')')
  return inner
}

/** `(a, b)` where `=>` follows; otherwise nothing is taken. */
function takeLambdaHead(cursor: Cursor): readonly string[] | undefined {
  const start = cursor.at
  const parameters: string[] = []
  cursor.at++
  for (;;) {
    cursor.skipLines()
    if (cursor.take(')')) break
    const name = cursor.takeName()
    if (name === undefined) {
      cursor.at = start
      return undefined
    }
    parameters.push(name)
    cursor.skipLines()
    if (cursor.code === 0x2c) cursor.at++
    else if (cursor.code !== 0x29) {
      cursor.at = start
      return undefined
    }
  }
  cursor.skipBlanks()
  if (cursor.text.startsWith('=>', cursor.at)) return parameters
  cursor.at = start
  return undefined
}

function parseLambda(cursor: Cursor, parameters: readonly string[], start: number): Expression {
  cursor.expect('=>')
  cursor.skipLines()
  const body = parseExpression(cursor)
  return { kind: 'lambda', parameters, body, start, end: cursor.at }
}

function parseArguments(cursor: Cursor): Expression[] {
  cursor.expect('(')
  const args: Expression[] = []
  for (;;) {
    cursor.skipLines()
    if (cursor.take(')')) return args
    args.push(parseExpression(cursor))
    cursor.skipLines()
    if (!cursor.take(',') && cursor.code !== 0x29) cursor.fail('")" is missing')
  }
}

/** An array, or a loop. */
function parseArray(cursor: Cursor): Expression {
  const start = cursor.at
  cursor.expect('[')
  cursor.skipLines()
  if (isLoop(cursor)) {
    const loop = parseLoopHead(cursor)
    cursor.skipLines()
    const body = parseExpression(cursor)
    cursor.skipLines()
    cursor.expect(']')
    return { kind: 'for', ...loop, condition: undefined, body, start, end: cursor.at }
  }
  const items: ArrayExpression['items'][number][] = []
  for (;;) {
    cursor.skipLines()
    if (cursor.take(']')) return { kind: 'array', items, start, end: cursor.at }
    items.push(cursor.text.startsWith('...', cursor.at) ? parseSpread(cursor) : parseExpression(cursor))
    endItem(cursor, ']')
  }
}

export function isLoop(cursor: Cursor): boolean {
  return cursor.peekName() === 'for'
}

/** `for item in list:`, `for (item, index) in list:`. */
export function parseLoopHead(cursor: Cursor): { item: string; index: string | undefined; list: Expression } {
  if (!cursor.takeWord('for')) cursor.fail('"for" is missing')
  cursor.skipBlanks()
  let index: string | undefined
  let item: string
  if (cursor.take('(')) {
    cursor.skipLines()
    item = cursor.expectName('the name of the loop variable')
    cursor.skipLines()
    cursor.expect(',')
    cursor.skipLines()
    index = cursor.expectName('the name of the index')
    cursor.skipLines()
    cursor.expect(')')
  } else item = cursor.expectName('the name of the loop variable')
  cursor.skipLines()
  if (!cursor.takeWord('in')) cursor.fail('"in" is missing')
  cursor.skipLines()
  const list = parseExpression(cursor)
  cursor.skipLines()
  cursor.expect(':')
  cursor.skipBlanks()
  return { item, index, list }
}

function parseSpread(cursor: Cursor): SpreadExpression {
  const start = cursor.at
  cursor.expect('...')
  const value = parseExpression(cursor)
  return { kind: 'spread', value, start, end: cursor.at }
}

/** An object. `parseNested` is tried where a property could stand, and tells whether it took something. */
export function parseObject(cursor: Cursor, parseNested: ParseNested): ObjectExpression {
  const start = cursor.at
  cursor.enter()
  cursor.expect('{')
  const properties: ObjectExpression['properties'][number][] = []
  for (;;) {
    cursor.skipLines()
    if (cursor.take('}')) break
    if (cursor.text.startsWith('...', cursor.at)) properties.push(parseSpread(cursor))
    else if (!parseNested(cursor)) properties.push(parseProperty(cursor))
    endItem(cursor, '}')
  }
  cursor.leave()
  return { kind: 'object', properties, start, end: cursor.at }
}

function parseProperty(cursor: Cursor): PropertyExpression {
  const keyStart = cursor.at
  let key: string | Expression
  if (cursor.code === 0x27) {
    const expression = parseString(cursor, parseExpression)
    key = expression.kind === 'literal' ? String(expression.value) : expression
  } else key = cursor.expectName('the name of a property')
  const keyEnd = cursor.at
  cursor.skipBlanks()
  cursor.expect(':')
  cursor.skipLines()
  const value = parseExpression(cursor)
  return { kind: 'property', key, keyStart, keyEnd, value, start: keyStart, end: cursor.at }
}

/** Items end with a comma, a line break or the closing bracket. */
function endItem(cursor: Cursor, close: string): void {
  cursor.skipBlanks()
  if (cursor.take(',')) return
  const code = cursor.code
  if (code === 0x0a || code === 0x0d || cursor.text.startsWith(close, cursor.at)) return
  cursor.fail(Number.isNaN(code) ? `"${close}" is missing` : 'a line break or a comma is missing')
}
