import type { Origin } from '../../base/origin.ts'
import { unreachable } from '../../base/problem.ts'
import { makeChoice, overOptions } from './choice.ts'
import { convert, explain, truthOf, unify } from './convert.ts'
import { attempt, evaluateCall } from './evaluate-call.ts'
import { evaluateFor } from './evaluate-for.ts'
import { evaluateTemplate } from './evaluate-template.ts'
import { Failure, refuse } from './failure.ts'
import { attributeOf, elementAt, splatItems } from './lookup.ts'
import { makeBool, makeList, makeNull, makeNumber, makeObject, makeString, makeTuple } from './make-val.ts'
import { evaluateBinary, evaluateUnary } from './operators.ts'
import { originOf, type Scope } from './scope.ts'
import type { ConditionalNode, Expression, LiteralNode, ObjectNode, Step, TraversalNode } from './syntax.ts'
import { DYNAMIC, STRING, type Type, typeName } from './type.ts'
import { derived, findUnknown, typeOf, type UnknownVal, type Val } from './val.ts'

/** Evaluates an expression. Throws a {@link Failure} where it has no value. */
export function evaluate(node: Expression, scope: Scope): Val {
  switch (node.kind) {
    case 'literal':
      node.evaluated ??= literalVal(node, scope)
      return node.evaluated
    case 'tuple':
    case 'object':
      if (node.evaluated !== undefined) return node.evaluated
      break
    case 'traversal':
      return evaluateTraversal(node, scope)
    default:
      break
  }
  scope.budget.enter()
  const val = evaluateCompound(node, scope)
  scope.budget.leave()
  return val
}

function evaluateCompound(node: Exclude<Expression, { kind: 'literal' | 'traversal' }>, scope: Scope): Val {
  switch (node.kind) {
    case 'wrap':
      return evaluate(node.value, scope)
    case 'template':
      return evaluateTemplate(node.parts, scope, originOf(node, scope))
    case 'access':
      return applySteps(evaluate(node.base, scope), node.steps, 0, scope)
    case 'tuple': {
      const items = node.items.map((item) => evaluate(item, scope))
      const val = makeTuple(items, originOf(node, scope))
      if (node.items.every(isConstant)) node.evaluated = val
      return val
    }
    case 'object': {
      const val = evaluateObject(node, scope)
      if (node.items.every(({ key, value }) => key.kind === 'literal' && isConstant(value))) node.evaluated = val
      return val
    }
    case 'for':
      return evaluateFor(node, scope)
    case 'call':
      return evaluateCall(node, scope)
    case 'unary':
      return evaluateUnary(node.operator, evaluate(node.operand, scope), originOf(node, scope))
    case 'binary': {
      const left = evaluate(node.left, scope)
      if (node.operator === '&&' || node.operator === '||') {
        const decided = truthOfKnown(left) === (node.operator === '||')
        if (decided) return makeBool(node.operator === '||', originOf(node, scope))
      }
      return evaluateBinary(node.operator, left, evaluate(node.right, scope), originOf(node, scope))
    }
    case 'conditional':
      return evaluateConditional(node, scope)
    default:
      return unreachable(node)
  }
}

function literalVal({ value, start, end }: LiteralNode, { source }: Scope): Val {
  const origin = { source, start, end }
  if (typeof value === 'string') return makeString(value, origin)
  if (typeof value === 'boolean') return makeBool(value, origin)
  return value === null ? makeNull(DYNAMIC, origin) : makeNumber(value, origin)
}

function isConstant(node: Expression): boolean {
  return 'evaluated' in node && node.evaluated !== undefined
}

function truthOfKnown(val: Val): boolean | undefined {
  return val.kind === 'bool' ? val.value : undefined
}

function evaluateTraversal(node: TraversalNode, scope: Scope): Val {
  const { budget } = scope
  budget.enter()
  let val: Val | undefined
  for (let bound = scope.bound; bound !== undefined; bound = bound.outer) {
    if (bound.name === node.root) {
      val = applySteps(bound.val, node.steps, 0, scope)
      budget.leave()
      return val
    }
  }
  const { val: named, used } = scope.names.resolve(node, scope)
  val = applySteps(named, node.steps, used, scope)
  budget.leave()
  // A use points to what is used, so that the place to edit is at the end of the chain.
  return { ...val, origin: { source: scope.source, start: node.start, end: node.end, from: val.origin } }
}

function applySteps(start: Val, steps: readonly Step[], from: number, scope: Scope): Val {
  let val = start
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]!
    switch (step.kind) {
      case 'attribute':
        val = attributeOf(val, step.name)
        break
      case 'index':
        val = elementAt(val, evaluate(step.key, scope))
        break
      case 'splat':
        val = evaluateSplat(val, step, scope)
        break
    }
  }
  return val
}

function evaluateSplat(val: Val, step: Extract<Step, { kind: 'splat' }>, scope: Scope): Val {
  return overOptions(val, (option) => {
    const origin = originOf(step, scope)
    const items = splatItems(option)
    if (items === undefined) return derived(option as UnknownVal, DYNAMIC, origin)
    scope.budget.spend(items.length)
    const results = items.map((item) => applySteps(item, step.each, 0, scope))
    if (option.kind !== 'list' && option.kind !== 'set') return makeTuple(results, origin)
    const type = unify(results.map(typeOf))
    return type === undefined ? makeTuple(results, origin) : makeList(type, results, origin)
  })
}

function evaluateObject(node: ObjectNode, scope: Scope): Val {
  const entries = new Map<string, Val>()
  const keys = new Map<string, Origin>()
  let unknown: UnknownVal | undefined
  for (const item of node.items) {
    const { key } = item
    let name: string | undefined
    if (key.kind === 'literal' && typeof key.value === 'string') name = key.value
    else {
      const val = explain('a key', () => convert(evaluate(key, scope), STRING))
      if (val.kind === 'null') refuse('a key of an object is null')
      if (val.kind === 'unknown') unknown ??= val
      name = val.kind === 'string' ? val.value : undefined
    }
    const val = evaluate(item.value, scope)
    if (name === undefined) continue
    entries.set(name, val)
    keys.set(name, { source: scope.source, start: key.start, end: key.end })
  }
  if (unknown !== undefined) return derived(unknown, DYNAMIC, originOf(node, scope), { notNull: true })
  return makeObject(entries, originOf(node, scope), keys)
}

/** Both results are evaluated, because their common type is the type of the result. Only the failure of the one that is taken counts. */
function evaluateConditional(node: ConditionalNode, scope: Scope): Val {
  const condition = evaluate(node.condition, scope)
  const truth = explain('the condition', () => truthOf(condition))
  const then = attempt(scope.budget, () => evaluate(node.whenTrue, scope))
  const otherwise = attempt(scope.budget, () => evaluate(node.whenFalse, scope))
  if (truth !== undefined) {
    const [taken, other] = truth ? [then, otherwise] : [otherwise, then]
    if (taken instanceof Failure) throw taken
    if (other instanceof Failure) return taken
    const type = commonType(taken, other)
    return type.kind === 'dynamic' ? taken : explain('the result of the conditional', () => convert(taken, type))
  }
  if (then instanceof Failure) throw then
  if (otherwise instanceof Failure) throw otherwise
  const type = commonType(then, otherwise)
  const options = [then, otherwise].map((option) => (type.kind === 'dynamic' ? option : convert(option, type)))
  const unknown = findUnknown(condition)!
  return makeChoice(options, type, unknown, originOf(node, scope))
}

function commonType(a: Val, b: Val): Type {
  if (a.kind === 'null' && a.type.kind === 'dynamic') return typeOf(b)
  if (b.kind === 'null' && b.type.kind === 'dynamic') return typeOf(a)
  const x = typeOf(a)
  const y = typeOf(b)
  if (x.kind === 'dynamic' || y.kind === 'dynamic') return DYNAMIC
  const type = unify([x, y])
  if (type !== undefined) return type
  return refuse(`the results of a conditional have no common type: ${typeName(x)} and ${typeName(y)}`)
}
