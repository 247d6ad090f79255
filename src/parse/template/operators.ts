import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { knownText, textParts } from './text.ts'
import { derive, failure, scalar } from './values.ts'

type Order = '<' | '<=' | '>' | '>='
type Arithmetic = '+' | '-' | '*' | '/' | '%'

/** `<`, `<=`, `>` and `>=` of two integers or two strings (by code unit, case matters). */
export function compare(operator: Order, left: Value, right: Value, origin: Origin): Value {
  const open = openOperand(left, right)
  if (open !== undefined) return derive(open, origin)
  if (left.kind !== 'scalar' || right.kind !== 'scalar')
    return failure(`"${operator}" needs integers or strings`, origin)
  const a = left.value
  const b = right.value
  if (!((typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string'))) {
    return failure(`"${operator}" needs two integers or two strings`, origin)
  }
  switch (operator) {
    case '<':
      return scalar(a < b, origin)
    case '<=':
      return scalar(a <= b, origin)
    case '>':
      return scalar(a > b, origin)
    case '>=':
      return scalar(a >= b, origin)
  }
}

/** `=~` and `!~`: strings, compared without case. */
export function compareText(left: Value, right: Value, negated: boolean, origin: Origin): Value {
  const open = openOperand(left, right)
  if (open !== undefined) return derive(open, origin)
  const a = knownText(textParts(left))
  const b = knownText(textParts(right))
  if (a === undefined || b === undefined) return derive(a === undefined ? left : right, origin)
  return scalar((a.toLowerCase() === b.toLowerCase()) !== negated, origin)
}

/** Integer arithmetic; division and remainder go toward zero. */
export function arithmetic(operator: Arithmetic, left: Value, right: Value, origin: Origin): Value {
  const open = openOperand(left, right)
  if (open !== undefined) return derive(open, origin)
  if (left.kind !== 'scalar' || right.kind !== 'scalar') return failure(`"${operator}" needs integers`, origin)
  const a = left.value
  const b = right.value
  if (typeof a !== 'number' || typeof b !== 'number') return failure(`"${operator}" needs integers`, origin)
  switch (operator) {
    case '+':
      return scalar(a + b, origin)
    case '-':
      return scalar(a - b, origin)
    case '*':
      return scalar(a * b, origin)
    case '/':
      return b === 0 ? failure('division by zero', origin) : scalar(Math.trunc(a / b) + 0, origin)
    case '%':
      return b === 0 ? failure('division by zero', origin) : scalar((a % b) + 0, origin)
  }
}

function openOperand(left: Value, right: Value): Value | undefined {
  return isOpen(left) ? left : isOpen(right) ? right : undefined
}

function isOpen(value: Value): boolean {
  return value.kind === 'unknown' || value.kind === 'choice' || value.kind === 'id'
}
