import type { Cursor } from './cursor.ts'
import { type Numeric, parseNumber } from './number.ts'

const DOT = 0x2e
const MINUS = 0x2d

/** The number under the cursor, which is left behind it. */
export function scanNumber(cursor: Cursor): Numeric {
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

/** Leaves the cursor behind the digits under it. */
export function passDigits(cursor: Cursor): void {
  while (isDigit(cursor.peek())) cursor.at++
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}
