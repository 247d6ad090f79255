import type { Origin } from '../../base/origin.ts'
import { overOptions } from './choice.ts'
import { convert, explain } from './convert.ts'
import { equals } from './equality.ts'
import { refuse } from './failure.ts'
import { makeBool, makeNumber } from './make-val.ts'
import { add, compare, divide, modulo, multiply, type Numeric, negate, signOf, subtract } from './number.ts'
import type { BinaryOperator } from './syntax.ts'
import { BOOL, hasDynamic, NUMBER, sameType, type Type } from './type.ts'
import { derived, findUnknown, typeOf, type UnknownVal, type Val } from './val.ts'

export function evaluateUnary(operator: '-' | '!', operand: Val, origin: Origin): Val {
  const type = operator === '-' ? NUMBER : BOOL
  return overOptions(operand, (option) => {
    const val = explain(`the operand of "${operator}"`, () => convert(option, type))
    switch (val.kind) {
      case 'number':
        return makeNumber(negate(val.value), origin)
      case 'bool':
        return makeBool(!val.value, origin)
      case 'unknown':
        return derived(val, type, origin, { notNull: true })
      default:
        return refuse(`the operand of "${operator}" is null`)
    }
  })
}

export function evaluateBinary(operator: BinaryOperator, left: Val, right: Val, origin: Origin): Val {
  if (left.kind === 'unknown' && left.options !== undefined) {
    return overOptions(left, (option) => evaluateBinary(operator, option, right, origin))
  }
  if (right.kind === 'unknown' && right.options !== undefined) {
    return overOptions(right, (option) => evaluateBinary(operator, left, option, origin))
  }
  switch (operator) {
    case '==':
    case '!=':
      return evaluateEquality(operator, left, right, origin)
    case '&&':
    case '||':
      return evaluateLogic(operator, left, right, origin)
    default:
      return evaluateArithmetic(operator, left, right, origin)
  }
}

function evaluateEquality(operator: '==' | '!=', left: Val, right: Val, origin: Origin): Val {
  const same = isEqual(left, right)
  if (same !== undefined) return makeBool(same === (operator === '=='), origin)
  const unknown = findUnknown(left) ?? findUnknown(right)
  if (unknown !== undefined) return derived(unknown, BOOL, origin, { notNull: true })
  return {
    kind: 'unknown',
    type: BOOL,
    reason: 'derived',
    detail: 'a part of what is compared is null and has no type',
    origin,
    notNull: true,
  }
}

/** Equality as `==` means it: values of different types differ, and a part without a type leaves it open. */
export function isEqual(left: Val, right: Val): boolean | undefined {
  if (left.kind === 'null' || right.kind === 'null' || left.kind === 'unknown' || right.kind === 'unknown') {
    if (
      left.kind === 'unknown' &&
      right.kind !== 'null' &&
      right.kind !== 'unknown' &&
      differs(left.type, typeOf(right))
    )
      return false
    if (
      right.kind === 'unknown' &&
      left.kind !== 'null' &&
      left.kind !== 'unknown' &&
      differs(right.type, typeOf(left))
    )
      return false
    return equals(left, right)
  }
  const x = typeOf(left)
  const y = typeOf(right)
  if (x.kind !== y.kind) return false
  if (hasDynamic(x) || hasDynamic(y)) {
    // Values of unknown type inside; the size of both decides at most.
    return sameType(x, y) &&
      findUnknown(left) === undefined &&
      findUnknown(right) === undefined &&
      emptyAlike(left, right)
      ? true
      : differs(x, y)
        ? false
        : undefined
  }
  return sameType(x, y) ? equals(left, right) : false
}

function emptyAlike(left: Val, right: Val): boolean {
  return 'items' in left && 'items' in right && left.items.length === 0 && right.items.length === 0
}

/** True where no value can be of both types. */
function differs(a: Type, b: Type): boolean {
  if (a.kind === 'dynamic' || b.kind === 'dynamic') return false
  if (a.kind !== b.kind) return true
  switch (a.kind) {
    case 'list':
    case 'set':
    case 'map':
      return differs(a.element, (b as { element: Type }).element)
    case 'tuple': {
      const other = (b as { elements: readonly Type[] }).elements
      return a.elements.length !== other.length || a.elements.some((element, i) => differs(element, other[i]!))
    }
    case 'object': {
      const other = (b as { attributes: ReadonlyMap<string, Type> }).attributes
      if (a.attributes.size !== other.size) return true
      for (const [name, type] of a.attributes) {
        const otherType = other.get(name)
        if (otherType === undefined || differs(type, otherType)) return true
      }
      return false
    }
    default:
      return false
  }
}

function evaluateLogic(operator: '&&' | '||', left: Val, right: Val, origin: Origin): Val {
  const deciding = operator === '||'
  const sides = [left, right].map((side) => explain(`an operand of "${operator}"`, () => convert(side, BOOL)))
  let unknown: UnknownVal | undefined
  for (const side of sides) {
    if (side.kind === 'null') refuse(`an operand of "${operator}" is null`)
    if (side.kind === 'unknown') unknown ??= side
  }
  if (sides.some((side) => side.kind === 'bool' && side.value === deciding)) return makeBool(deciding, origin)
  return unknown === undefined ? makeBool(!deciding, origin) : derived(unknown, BOOL, origin, { notNull: true })
}

function evaluateArithmetic(
  operator: Exclude<BinaryOperator, '==' | '!=' | '&&' | '||'>,
  left: Val,
  right: Val,
  origin: Origin,
): Val {
  const a = explain(`an operand of "${operator}"`, () => convert(left, NUMBER))
  const b = explain(`an operand of "${operator}"`, () => convert(right, NUMBER))
  if (a.kind === 'null' || b.kind === 'null') refuse(`an operand of "${operator}" is null`)
  const isComparison = operator === '<' || operator === '<=' || operator === '>' || operator === '>='
  if (a.kind !== 'number' || b.kind !== 'number') {
    const unknown = (a.kind === 'unknown' ? a : b) as UnknownVal
    return derived(unknown, isComparison ? BOOL : NUMBER, origin, { notNull: true })
  }
  return compute(operator, a.value, b.value, origin)
}

function compute(
  operator: Exclude<BinaryOperator, '==' | '!=' | '&&' | '||'>,
  a: Numeric,
  b: Numeric,
  origin: Origin,
): Val {
  switch (operator) {
    case '<':
      return makeBool(compare(a, b) < 0, origin)
    case '<=':
      return makeBool(compare(a, b) <= 0, origin)
    case '>':
      return makeBool(compare(a, b) > 0, origin)
    case '>=':
      return makeBool(compare(a, b) >= 0, origin)
    case '+':
      return makeNumber(add(a, b), origin)
    case '-':
      return makeNumber(subtract(a, b), origin)
    case '*':
      return makeNumber(multiply(a, b), origin)
    case '/':
      if (signOf(b) === 0) refuse('division by zero')
      return makeNumber(divide(a, b), origin)
    case '%':
      if (signOf(b) === 0) refuse('division by zero')
      return makeNumber(modulo(a, b), origin)
  }
}
