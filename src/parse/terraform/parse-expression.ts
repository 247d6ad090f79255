import type { Cursor } from './cursor.ts'
import { parseObject, parseTuple } from './parse-collection.ts'
import { parseSteps } from './parse-steps.ts'
import { parseHeredoc, parseQuoted, parseTemplateText } from './parse-template.ts'
import { scanNumber } from './scan-number.ts'
import type { BinaryOperator, Expression } from './syntax.ts'

const QUOTE = 0x22
const PERCENT = 0x25
const OPEN_PAREN = 0x28
const CLOSE_PAREN = 0x29
const STAR = 0x2a
const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const LESS = 0x3c
const EQUAL = 0x3d
const MORE = 0x3e
const QUESTION = 0x3f
const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b
const BAR = 0x7c
const EXCLAMATION = 0x21
const AMPERSAND = 0x26

/** Parses the expression under the cursor and leaves the cursor behind it. Throws a `SyntaxFailure`. */
export function parseExpression(cursor: Cursor): Expression {
  cursor.enter()
  const condition = parseBinary(cursor, 1)
  cursor.skip()
  let result = condition
  if (cursor.peek() === QUESTION) {
    cursor.at++
    cursor.skip()
    const then = parseExpression(cursor)
    cursor.skip()
    if (cursor.peek() !== COLON) cursor.fail('a conditional needs ":" before its second result')
    cursor.at++
    cursor.skip()
    const otherwise = parseExpression(cursor)
    result = {
      kind: 'conditional',
      start: condition.start,
      end: otherwise.end,
      condition,
      whenTrue: then,
      whenFalse: otherwise,
    }
  }
  cursor.depth--
  return result
}

/** Parses a whole text as a template: a file of `templatefile`, or a string of JSON syntax. `wrapped`: a lone interpolation is the value itself. */
export function parseTemplate(text: string, wrapped: boolean): Expression {
  return parseTemplateText(text, wrapped, parseExpression)
}

const LEVELS: Readonly<Record<BinaryOperator, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
}

/** Operators of one level are left-associative; a chain of them is a loop, not a recursion. */
function parseBinary(cursor: Cursor, level: number): Expression {
  let left = parseUnary(cursor)
  let chained = 0
  for (;;) {
    const before = cursor.at
    cursor.skip()
    const operator = peekOperator(cursor)
    if (operator === undefined || LEVELS[operator] < level) {
      cursor.at = before
      break
    }
    cursor.at += operator.length
    cursor.skip()
    cursor.enter()
    chained++
    const right = parseBinary(cursor, LEVELS[operator] + 1)
    left = { kind: 'binary', start: left.start, end: right.end, operator, left, right }
  }
  cursor.depth -= chained
  return left
}

function peekOperator(cursor: Cursor): BinaryOperator | undefined {
  const next = cursor.peekAt(1)
  switch (cursor.peek()) {
    case BAR:
      return next === BAR ? '||' : undefined
    case AMPERSAND:
      return next === AMPERSAND ? '&&' : undefined
    case EQUAL:
      return next === EQUAL ? '==' : undefined
    case EXCLAMATION:
      return next === EQUAL ? '!=' : undefined
    case LESS:
      return next === EQUAL ? '<=' : '<'
    case MORE:
      return next === EQUAL ? '>=' : '>'
    case 0x2b:
      return '+'
    case MINUS:
      return '-'
    case STAR:
      return '*'
    case 0x2f:
      return '/'
    case PERCENT:
      return '%'
    default:
      return undefined
  }
}

function parseUnary(cursor: Cursor): Expression {
  const start = cursor.at
  const unit = cursor.peek()
  if (unit === MINUS || unit === EXCLAMATION) {
    cursor.at++
    cursor.skip()
    cursor.enter(start)
    const operand = parseUnary(cursor)
    cursor.depth--
    return { kind: 'unary', start, end: operand.end, operator: unit === MINUS ? '-' : '!', operand }
  }
  return parseSteps(cursor, parseTerm(cursor), parseExpression)
}

function parseTerm(cursor: Cursor): Expression {
  const start = cursor.at
  const unit = cursor.peek()
  if (unit >= 0x30 && unit <= 0x39) return numberLiteral(cursor)
  switch (unit) {
    case QUOTE:
      return parseQuoted(cursor, parseExpression)
    case LESS:
      return parseHeredoc(cursor, parseExpression)
    case OPEN_PAREN: {
      const inner = inParentheses(cursor)
      // Parentheses end a traversal: what follows is a lookup in the value.
      return { kind: 'access', start, end: cursor.at, base: inner, steps: [] }
    }
    case OPEN_BRACKET:
      return parseTuple(cursor, parseExpression)
    case OPEN_BRACE:
      return parseObject(cursor, parseExpression)
  }
  if (!cursor.isIdentifierStart()) {
    cursor.fail(Number.isNaN(unit) ? 'the file ends inside an expression' : 'an expression is expected here')
  }
  let name = cursor.identifier()
  while (cursor.peek() === COLON && cursor.peekAt(1) === COLON) {
    cursor.at += 2
    if (!cursor.isIdentifierStart()) cursor.fail('a function name is expected behind "::"')
    name += `::${cursor.identifier()}`
  }
  const end = cursor.at
  cursor.skip()
  if (cursor.peek() === OPEN_PAREN) return parseCall(cursor, name, start)
  cursor.at = end
  switch (name) {
    case 'true':
      return { kind: 'literal', start, end, value: true }
    case 'false':
      return { kind: 'literal', start, end, value: false }
    case 'null':
      return { kind: 'literal', start, end, value: null }
    default:
      return { kind: 'traversal', start, end, root: name, steps: [] }
  }
}

function inParentheses(cursor: Cursor): Expression {
  const multiline = cursor.multiline
  cursor.multiline = true
  cursor.at++
  cursor.skip()
  const inner = parseExpression(cursor)
  cursor.skip()
  if (cursor.peek() !== CLOSE_PAREN) cursor.fail('")" is expected here')
  cursor.at++
  cursor.multiline = multiline
  return inner
}

function numberLiteral(cursor: Cursor): Expression {
  const start = cursor.at
  return { kind: 'literal', start, value: scanNumber(cursor), end: cursor.at }
}

function parseCall(cursor: Cursor, name: string, start: number): Expression {
  const multiline = cursor.multiline
  cursor.multiline = true
  cursor.at++
  const args: Expression[] = []
  let expanded = false
  for (;;) {
    cursor.skip()
    if (cursor.peek() === CLOSE_PAREN) break
    args.push(parseExpression(cursor))
    cursor.skip()
    if (cursor.startsWith('...')) {
      cursor.at += 3
      expanded = true
      cursor.skip()
      if (cursor.peek() === COMMA) cursor.at++
      cursor.skip()
      if (cursor.peek() !== CLOSE_PAREN) cursor.fail('"..." stands behind the last argument only')
      break
    }
    if (cursor.peek() === COMMA) cursor.at++
    else if (cursor.peek() !== CLOSE_PAREN) cursor.fail(`"," or ")" is expected in the call of ${name}`)
  }
  cursor.at++
  cursor.multiline = multiline
  return { kind: 'call', start, end: cursor.at, name, args, expanded }
}
