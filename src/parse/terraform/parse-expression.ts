import type { Cursor } from './cursor.ts'
import { parseForNames } from './for-names.ts'
import { type Numeric, parseNumber } from './number.ts'
import { parseHeredoc, parseQuoted, parseTemplateText } from './parse-template.ts'
import type { BinaryOperator, Expression, ObjectItem, Step } from './syntax.ts'

const QUOTE = 0x22
const PERCENT = 0x25
const OPEN_PAREN = 0x28
const CLOSE_PAREN = 0x29
const STAR = 0x2a
const COMMA = 0x2c
const MINUS = 0x2d
const DOT = 0x2e
const COLON = 0x3a
const LESS = 0x3c
const EQUAL = 0x3d
const MORE = 0x3e
const QUESTION = 0x3f
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const BAR = 0x7c
const CLOSE_BRACE = 0x7d
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
  return parseSteps(cursor, parseTerm(cursor))
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
      return parseTuple(cursor)
    case OPEN_BRACE:
      return parseObject(cursor)
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

function scanNumber(cursor: Cursor): Numeric {
  const { text } = cursor
  const start = cursor.at
  passDigits(cursor)
  if (cursor.peek() === DOT && isDigit(cursor.peekAt(1))) {
    cursor.at++
    passDigits(cursor)
  }
  const exponent = cursor.peek()
  if (exponent === 0x65 || exponent === 0x45) {
    const sign = cursor.peekAt(1)
    const signed = sign === 0x2b || sign === MINUS
    if (isDigit(cursor.peekAt(signed ? 2 : 1))) {
      cursor.at += signed ? 2 : 1
      passDigits(cursor)
    }
  }
  const literal = text.slice(start, cursor.at)
  if (cursor.isIdentifierStart()) cursor.fail(`${JSON.stringify(literal)} is followed by a letter`)
  return parseNumber(literal) ?? cursor.fail('a number is out of range', start)
}

function passDigits(cursor: Cursor): void {
  while (isDigit(cursor.peek())) cursor.at++
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
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

function parseTuple(cursor: Cursor): Expression {
  const start = cursor.at
  const multiline = cursor.multiline
  cursor.multiline = true
  cursor.at++
  cursor.skip()
  if (isForKeyword(cursor)) {
    const loop = parseFor(cursor, start, CLOSE_BRACKET)
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

function parseFor(cursor: Cursor, start: number, close: number): Expression {
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

function parseObject(cursor: Cursor): Expression {
  const start = cursor.at
  const multiline = cursor.multiline
  cursor.at++
  cursor.skipLines()
  if (isForKeyword(cursor)) {
    cursor.multiline = true
    const loop = parseFor(cursor, start, CLOSE_BRACE)
    cursor.multiline = multiline
    return loop
  }
  cursor.multiline = false
  const items: ObjectItem[] = []
  while (cursor.peek() !== CLOSE_BRACE) {
    const key = parseObjectKey(cursor)
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
function parseObjectKey(cursor: Cursor): Expression {
  const key = parseExpression(cursor)
  if (key.kind === 'traversal' && key.steps.length === 0) {
    return { kind: 'literal', start: key.start, end: key.end, value: key.root }
  }
  if (key.kind === 'literal' && (key.value === null || typeof key.value === 'boolean')) {
    return { kind: 'literal', start: key.start, end: key.end, value: cursor.text.slice(key.start, key.end) }
  }
  return key
}

/** `.name`, `[index]`, `.0`, `.*` and `[*]` behind a term. */
function parseSteps(cursor: Cursor, term: Expression): Expression {
  const steps: Step[] = []
  for (;;) {
    const end = cursor.at
    cursor.skip()
    const step = parseStep(cursor)
    if (step === undefined) {
      cursor.at = end
      break
    }
    if (Array.isArray(step)) steps.push(...step)
    else steps.push(step as Step)
  }
  if (steps.length === 0) return term
  if (term.kind === 'traversal') return { kind: 'traversal', start: term.start, end: cursor.at, root: term.root, steps }
  return { kind: 'access', start: term.start, end: cursor.at, base: term, steps }
}

function parseStep(cursor: Cursor): Step | Step[] | undefined {
  const unit = cursor.peek()
  if (unit === DOT && cursor.peekAt(1) !== DOT) return parseDotStep(cursor)
  if (unit !== OPEN_BRACKET) return undefined
  const start = cursor.at
  const multiline = cursor.multiline
  cursor.multiline = true
  cursor.at++
  cursor.skip()
  if (cursor.peek() === STAR) {
    cursor.at++
    cursor.skip()
    if (cursor.peek() !== CLOSE_BRACKET) cursor.fail('"]" is expected behind "[*"')
    cursor.at++
    cursor.multiline = multiline
    return fullSplat(cursor, start)
  }
  const key = parseExpression(cursor)
  cursor.skip()
  if (cursor.peek() !== CLOSE_BRACKET) cursor.fail('"]" is expected behind an index')
  cursor.at++
  cursor.multiline = multiline
  return { kind: 'index', start, end: cursor.at, key }
}

/** All that follows `[*]`, indexes included, is looked up in each element. */
function fullSplat(cursor: Cursor, start: number): Step {
  const each: Step[] = []
  for (;;) {
    const end = cursor.at
    cursor.skip()
    cursor.enter()
    const step = parseStep(cursor)
    cursor.depth--
    if (step === undefined) {
      cursor.at = end
      return { kind: 'splat', start, end, each }
    }
    if (Array.isArray(step)) each.push(...step)
    else each.push(step as Step)
  }
}

function parseDotStep(cursor: Cursor): Step | Step[] {
  const start = cursor.at
  cursor.at++
  cursor.skip()
  const unit = cursor.peek()
  if (unit === STAR) {
    cursor.at++
    return attributeSplat(cursor, start)
  }
  if (isDigit(unit)) return legacyIndex(cursor, start)
  if (!cursor.isIdentifierStart()) cursor.fail('a name is expected behind "."')
  const name = cursor.identifier()
  return { kind: 'attribute', start, end: cursor.at, name }
}

/** `.0`, and `.0.1`, which the language reads as two indexes. */
function legacyIndex(cursor: Cursor, start: number): Step | Step[] {
  const steps: Step[] = []
  let from = start
  for (;;) {
    const digits = cursor.at
    passDigits(cursor)
    const key: Expression = {
      kind: 'literal',
      start: digits,
      end: cursor.at,
      value: parseNumber(cursor.text.slice(digits, cursor.at)) ?? 0,
    }
    steps.push({ kind: 'index', start: from, end: cursor.at, key })
    if (cursor.peek() !== DOT || !isDigit(cursor.peekAt(1))) return steps
    from = cursor.at
    cursor.at++
  }
}

/** Only the names that follow `.*` are looked up in each element; an index is taken of the result. */
function attributeSplat(cursor: Cursor, start: number): Step {
  const each: Step[] = []
  for (;;) {
    const end = cursor.at
    cursor.skip()
    if (cursor.peek() !== DOT || cursor.peekAt(1) === DOT) {
      cursor.at = end
      return { kind: 'splat', start, end, each }
    }
    const step = parseDotStep(cursor)
    if (Array.isArray(step)) each.push(...step)
    else each.push(step as Step)
  }
}
