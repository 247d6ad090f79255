import type { Origin } from '../../base/origin.ts'
import type { MapEntry, Value } from '../../base/value.ts'
import { type Access, accessIndex, accessMember } from './access.ts'
import type {
  ArrayExpression,
  BinaryExpression,
  ConditionalExpression,
  Expression,
  ForExpression,
  InterpolationExpression,
  LambdaExpression,
  ObjectExpression,
  UnaryExpression,
} from './expression.ts'
import { arithmetic, compare, compareEqual, compareText } from './operators.ts'
import { localOf, loopScope, originOf, type Scope, withLocal } from './scope.ts'
import { knownText, type TextPart, textParts, toText } from './text.ts'
import { choose, derive, failure, isLazy, list, map, scalar, usedAt } from './values.ts'

/** The value of an expression. Never throws for what it holds; the work is bounded by the run. */
export function evaluate(expression: Expression, scope: Scope): Value {
  const { run } = scope
  const origin = originOf(scope, expression)
  if (expression.kind === 'literal') return scalar(expression.value, origin)
  const spent = run.spend(1, origin)
  if (spent !== undefined) return spent
  if (!run.enter()) return run.tooDeep(origin)
  try {
    return run.bounded(evaluateNode(expression, scope, origin))
  } finally {
    run.leave()
  }
}

function evaluateNode(expression: Expression, scope: Scope, origin: Origin): Value {
  switch (expression.kind) {
    case 'literal':
      return scalar(expression.value, origin)
    case 'interpolation':
      return interpolate(expression, scope, origin)
    case 'array':
      return evaluateArray(expression, scope, origin)
    case 'object':
      return evaluateObject(expression, scope, origin)
    case 'for':
      return evaluateFor(expression, scope, origin)
    case 'conditional':
      return evaluateConditional(expression, scope, origin)
    case 'binary':
      return evaluateBinary(expression, scope, origin)
    case 'unary':
      return evaluateUnary(expression, scope, origin)
    case 'name': {
      const local = localOf(scope, expression.name)
      if (local !== undefined) return usedAt(local, origin)
      const value = scope.host.name(expression.name, scope, origin)
      return value ?? failure(`nothing is named "${expression.name}"`, origin)
    }
    case 'member': {
      const base = evaluate(expression.base, scope)
      return accessMember(base, expression.name, accessOf(expression), origin)
    }
    case 'index': {
      const base = evaluate(expression.base, scope)
      const index = evaluate(expression.index, scope)
      return accessIndex(base, index, { ...accessOf(expression), fromEnd: expression.fromEnd }, origin)
    }
    case 'call':
      return scope.host.call(expression, scope, origin)
    case 'lambda':
      return failure('a lambda stands where a value is wanted', origin)
    case 'nested':
      return scope.host.nested?.(expression, scope, origin) ?? failure('no nested resources here', origin)
  }
}

/** A safe access makes the rest of its chain safe: `a.?b.c` is null where `b` is not there. */
function accessOf(expression: { readonly safe: boolean; readonly base: Expression }): Access {
  return { safe: expression.safe, chained: isSafeChain(expression.base) }
}

function isSafeChain(expression: Expression): boolean {
  let at = expression
  while (at.kind === 'member' || at.kind === 'index') {
    if (at.safe) return true
    at = at.base
  }
  return false
}

function interpolate(expression: InterpolationExpression, scope: Scope, origin: Origin): Value {
  const holes = expression.holes.map((hole) => evaluate(hole, scope))
  const choices = holes.filter((hole) => hole.kind === 'choice')
  if (choices.length === 1) {
    const choice = choices[0]!
    return choose(
      choice.options.map((option) =>
        joinHoles(
          expression.texts,
          holes.map((hole) => (hole === choice ? option : hole)),
          origin,
          scope,
        ),
      ),
      choice,
      origin,
    )
  }
  return joinHoles(expression.texts, holes, origin, scope)
}

function joinHoles(texts: readonly string[], holes: readonly Value[], origin: Origin, scope: Scope): Value {
  const parts: TextPart[] = [texts[0]!]
  let length = 0
  holes.forEach((hole, i) => {
    for (const part of textParts(hole)) {
      if (typeof part === 'string') length += part.length
      parts.push(part)
    }
    parts.push(texts[i + 1]!)
  })
  return scope.run.tooLong(length, origin) ?? toText(parts, origin)
}

function evaluateArray(expression: ArrayExpression, scope: Scope, origin: Origin): Value {
  const items: Value[] = []
  for (const item of expression.items) {
    if (item.kind !== 'spread') {
      items.push(evaluate(item, scope))
      continue
    }
    const spread = evaluate(item.value, scope)
    if (spread.kind !== 'list') {
      if (spread.kind === 'scalar' && spread.value === null) continue
      return spread.kind === 'unknown' || spread.kind === 'choice'
        ? derive(spread, origin)
        : failure('only an array can be spread into an array', origin)
    }
    const spent = scope.run.spend(spread.items.length, origin)
    if (spent !== undefined) return spent
    for (const one of spread.items) items.push(one)
  }
  return list(items, origin)
}

function evaluateObject(expression: ObjectExpression, scope: Scope, origin: Origin): Value {
  const entries = new Map<string, MapEntry>()
  for (const property of expression.properties) {
    if (property.kind === 'spread') {
      const spread = evaluate(property.value, scope)
      if (spread.kind === 'map') for (const [key, entry] of spread.entries) entries.set(key, entry)
      else if (spread.kind === 'unknown' || spread.kind === 'choice') return derive(spread, origin)
      else if (spread.kind !== 'scalar' || spread.value !== null) {
        return failure('only an object can be spread into an object', origin)
      }
      continue
    }
    const keyOrigin = { source: scope.source, start: property.keyStart, end: property.keyEnd }
    const value = evaluate(property.value, scope)
    if (typeof property.key === 'string') {
      entries.set(property.key, { value, key: keyOrigin })
      continue
    }
    const key = evaluate(property.key, scope)
    const name = knownText(textParts(key))
    if (name === undefined) return derive(key, origin)
    entries.set(name, { value })
  }
  return map(entries, origin)
}

function evaluateFor(expression: ForExpression, scope: Scope, origin: Origin): Value {
  return eachItem(evaluate(expression.list, scope), origin, (items) => {
    const values: Value[] = []
    for (let i = 0; i < items.length; i++) {
      values.push(evaluate(expression.body, loopScope(expression, items[i]!, i, scope)))
      const spent = scope.run.spend(1, origin)
      if (spent !== undefined) return spent
    }
    return list(values, origin)
  })
}

function eachItem(value: Value, origin: Origin, make: (items: readonly Value[]) => Value): Value {
  if (value.kind === 'list') return make(value.items)
  if (value.kind === 'choice') {
    return choose(
      value.options.map((option) => eachItem(option, origin, make)),
      value,
      origin,
    )
  }
  if (value.kind === 'unknown') return derive(value, origin)
  return failure('a loop needs an array', origin)
}

function evaluateConditional(expression: ConditionalExpression, scope: Scope, origin: Origin): Value {
  const condition = evaluate(expression.condition, scope)
  if (condition.kind === 'scalar' && typeof condition.value === 'boolean') {
    return evaluate(condition.value ? expression.then : expression.else, scope)
  }
  if (condition.kind !== 'unknown' && condition.kind !== 'choice')
    return failure('a condition must be a boolean', origin)
  return choose([evaluate(expression.then, scope), evaluate(expression.else, scope)], condition, origin)
}

function evaluateBinary(expression: BinaryExpression, scope: Scope, origin: Origin): Value {
  const { operator } = expression
  switch (operator) {
    case '??':
      return coalesce([expression.left, expression.right], scope, origin)
    case '&&':
      return decide([expression.left, expression.right], false, scope, origin)
    case '||':
      return decide([expression.left, expression.right], true, scope, origin)
    case '==':
    case '!=': {
      const left = evaluate(expression.left, scope)
      const right = evaluate(expression.right, scope)
      return compareEqual(left, right, operator === '!=', origin)
    }
    case '=~':
    case '!~':
      return compareText(evaluate(expression.left, scope), evaluate(expression.right, scope), operator === '!~', origin)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, evaluate(expression.left, scope), evaluate(expression.right, scope), origin)
    default:
      return arithmetic(operator, evaluate(expression.left, scope), evaluate(expression.right, scope), origin)
  }
}

/** The first value that is not null; what is unknown before it makes a choice. */
export function coalesce(expressions: readonly Expression[], scope: Scope, origin: Origin): Value {
  const possible: Value[] = []
  for (const [i, expression] of expressions.entries()) {
    const value = evaluate(expression, scope)
    const isLast = i === expressions.length - 1
    if (value.kind === 'scalar' && value.value === null) {
      if (isLast) possible.push(value)
      continue
    }
    if (isLast || !mayBeNull(value)) {
      possible.push(value)
      break
    }
    for (const option of value.kind === 'choice' ? value.options : [value]) {
      if (option.kind !== 'scalar' || option.value !== null) possible.push(option)
    }
  }
  if (possible.length === 0) return scalar(null, origin)
  if (possible.length === 1) return possible[0]!
  const why = possible.find((value) => value.kind === 'unknown') ?? possible[0]!
  return choose(possible, why, origin)
}

function mayBeNull(value: Value): boolean {
  if (value.kind === 'choice') return value.options.some((option) => mayBeNull(option))
  if (value.kind === 'scalar') return value.value === null
  return value.kind === 'unknown' && textParts(value).length < 2 && !isLazy(value)
}

/** `and` (stops at false) and `or` (stops at true): an unknown operand does not hide a decided result. */
export function decide(expressions: readonly Expression[], stop: boolean, scope: Scope, origin: Origin): Value {
  let open: Value | undefined
  for (const expression of expressions) {
    const value = evaluate(expression, scope)
    if (value.kind === 'scalar' && typeof value.value === 'boolean') {
      if (value.value === stop) return scalar(stop, origin)
    } else if (value.kind === 'unknown' || value.kind === 'choice') open ??= value
    else open ??= failure('a boolean is wanted', origin)
  }
  return open === undefined ? scalar(!stop, origin) : derive(open, origin)
}

function evaluateUnary(expression: UnaryExpression, scope: Scope, origin: Origin): Value {
  const value = evaluate(expression.operand, scope)
  if (value.kind === 'unknown' || value.kind === 'choice') return derive(value, origin)
  if (expression.operator === '!') {
    return value.kind === 'scalar' && typeof value.value === 'boolean'
      ? scalar(!value.value, origin)
      : failure('"!" needs a boolean', origin)
  }
  if (value.kind !== 'scalar' || typeof value.value !== 'number') return failure('an integer is wanted', origin)
  return scalar(expression.operator === '-' ? 0 - value.value : value.value, origin)
}

/** Calls a lambda; missing arguments (a lambda may take the index or not) are left out. */
export function applyLambda(lambda: LambdaExpression, values: readonly Value[], scope: Scope): Value {
  let inner = scope
  lambda.parameters.forEach((name, i) => {
    const value = values[i]
    if (value !== undefined) inner = withLocal(inner, name, value)
  })
  return evaluate(lambda.body, inner)
}
