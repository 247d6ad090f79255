import type { Cursor } from './cursor.ts'
import { parseNumber } from './number.ts'
import type { ParseExpression } from './parse-template.ts'
import { isDigit, passDigits } from './scan-number.ts'
import type { Expression, Step } from './syntax.ts'

const STAR = 0x2a
const DOT = 0x2e
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** `.name`, `[index]`, `.0`, `.*` and `[*]` behind a term. */
export function parseSteps(cursor: Cursor, term: Expression, parseExpression: ParseExpression): Expression {
  const steps: Step[] = []
  for (;;) {
    const end = cursor.at
    cursor.skip()
    const step = parseStep(cursor, parseExpression)
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

function parseStep(cursor: Cursor, parseExpression: ParseExpression): Step | Step[] | undefined {
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
    return fullSplat(cursor, start, parseExpression)
  }
  const key = parseExpression(cursor)
  cursor.skip()
  if (cursor.peek() !== CLOSE_BRACKET) cursor.fail('"]" is expected behind an index')
  cursor.at++
  cursor.multiline = multiline
  return { kind: 'index', start, end: cursor.at, key }
}

/** All that follows `[*]`, indexes included, is looked up in each element. */
function fullSplat(cursor: Cursor, start: number, parseExpression: ParseExpression): Step {
  const each: Step[] = []
  for (;;) {
    const end = cursor.at
    cursor.skip()
    cursor.enter()
    const step = parseStep(cursor, parseExpression)
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
