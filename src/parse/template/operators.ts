import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { identityText, knownText, textParts } from './text.ts'
import { choose, derive, failure, isEqual, isLazy, scalar } from './values.ts'

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

/** `==`, decided also where only a part of either side is known. */
export function compareEqual(left: Value, right: Value, negated: boolean, origin: Origin): Value {
  if (left.kind === 'choice' || right.kind === 'choice') {
    const choice = left.kind === 'choice' ? left : (right as Extract<Value, { kind: 'choice' }>)
    const results = choice.options.map((option) =>
      left.kind === 'choice'
        ? compareEqual(option, right, negated, origin)
        : compareEqual(left, option, negated, origin),
    )
    return choose(results, choice, origin)
  }
  const equal = isEqual(left, right) ?? isEqualText(left, right)
  if (equal === undefined) {
    return derive(
      left.kind === 'unknown' || left.kind === 'id' ? left : right.kind === 'unknown' ? right : left,
      origin,
    )
  }
  return scalar(equal !== negated, origin)
}

/** Of strings of which a part is not known: true where all parts are the same, false where the known ones differ at an end. */
function isEqualText(left: Value, right: Value): boolean | undefined {
  const [partial, other] = left.kind === 'unknown' || left.kind === 'id' ? [left, right] : [right, left]
  if (partial.kind !== 'unknown' && partial.kind !== 'id') return undefined
  if (isLazy(partial)) return other.kind === 'scalar' ? false : undefined
  if (other.kind === 'unknown' || other.kind === 'id') {
    if (isLazy(other)) return undefined
    const same = identityText(partial)
    return same !== undefined && same === identityText(other) ? true : undefined
  }
  const parts = textParts(partial)
  if (parts.length < 2) return undefined
  const text = other.kind === 'scalar' && typeof other.value === 'string' ? other.value : undefined
  if (text === undefined) return false
  const first = parts[0]!
  const last = parts.at(-1)!
  if (typeof first === 'string' && !text.startsWith(first)) return false
  if (typeof last === 'string' && !text.endsWith(last)) return false
  return undefined
}
