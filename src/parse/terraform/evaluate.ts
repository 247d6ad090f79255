import type { Origin } from '../../base/origin.ts'
import { unreachable } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import type { Budget } from './budget.ts'
import { makeChoice, overOptions } from './choice.ts'
import { convert, explain, truthOf, unify } from './convert.ts'
import { Failure, refuse } from './failure.ts'
import { attributeOf, elementAt, splatItems } from './lookup.ts'
import { evaluateBinary, evaluateUnary } from './operators.ts'
import type {
  CallNode,
  ConditionalNode,
  Expression,
  ForNode,
  LiteralNode,
  ObjectNode,
  Step,
  TemplatePart,
  TraversalNode,
} from './syntax.ts'
import { BOOL, DYNAMIC, STRING, type Type, typeName } from './type.ts'
import {
  derived,
  findUnknown,
  makeBool,
  makeList,
  makeNull,
  makeNumber,
  makeObject,
  makeString,
  makeTuple,
  sortedEntries,
  typeOf,
  type UnknownVal,
  type Val,
} from './val.ts'

/** What an expression is evaluated in. */
export interface Scope {
  /** The file that the expression stands in. */
  readonly source: SourceText
  readonly names: Names
  /** Names that `for` and templates bring in, the innermost first. */
  readonly bound?: Bound
  readonly budget: Budget
  /** Calls of functions go here; the table of functions sits above this file. */
  readonly call: (name: string, args: readonly Val[], scope: Scope, origin: Origin) => Val
}

export interface Bound {
  readonly name: string
  readonly val: Val
  readonly outer: Bound | undefined
}

/** What the names of a module mean. */
export interface Names {
  /** The value of a name with as many of its steps as name one object: `var.x`, `azurerm_subnet.a`. `used` says how many. */
  resolve(node: TraversalNode, scope: Scope): { readonly val: Val; readonly used: number }
}

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

export function originOf(node: { readonly start: number; readonly end: number }, scope: Scope): Origin {
  return { source: scope.source, start: node.start, end: node.end }
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

function evaluateFor(node: ForNode, scope: Scope): Val {
  const collection = evaluate(node.collection, scope)
  return overOptions(collection, (option) => evaluateForOver(node, option, scope))
}

function evaluateForOver(node: ForNode, collection: Val, scope: Scope): Val {
  const origin = originOf(node, scope)
  const pairs = pairsOf(collection)
  if (pairs === undefined) return derived(collection as UnknownVal, DYNAMIC, origin)
  const items: Val[] = []
  const entries = new Map<string, Val>()
  const groups = new Map<string, Val[]>()
  let unknown: UnknownVal | undefined
  for (const [key, val] of pairs) {
    scope.budget.spend(1)
    let bound: Bound | undefined = scope.bound
    if (node.key !== undefined) bound = { name: node.key, val: key, outer: bound }
    bound = { name: node.value, val, outer: bound }
    const inner: Scope = { ...scope, bound }
    if (node.condition !== undefined) {
      const condition = convert(evaluate(node.condition, inner), BOOL)
      if (condition.kind === 'null') refuse('the condition of "for" is null')
      if (condition.kind === 'unknown') unknown ??= condition
      if (condition.kind !== 'bool' || !condition.value) continue
    }
    if (node.resultKey === undefined) {
      items.push(evaluate(node.result, inner))
      continue
    }
    const name = explain('a key of "for"', () => convert(evaluate(node.resultKey!, inner), STRING))
    if (name.kind === 'null') refuse('a key of "for" is null')
    const result = evaluate(node.result, inner)
    if (name.kind === 'unknown') unknown ??= name
    if (name.kind !== 'string') continue
    if (node.grouped) {
      const group = groups.get(name.value)
      if (group === undefined) groups.set(name.value, [result])
      else group.push(result)
    } else if (entries.has(name.value)) refuse(`"for" gives two values the key ${JSON.stringify(name.value)}`)
    else entries.set(name.value, result)
  }
  if (unknown !== undefined) return derived(unknown, DYNAMIC, origin, { notNull: true })
  if (node.resultKey === undefined) return makeTuple(items, origin)
  for (const [key, group] of groups) entries.set(key, makeTuple(group, origin))
  return makeObject(entries, origin)
}

/** Keys and values in the order of iteration; undefined for an unknown collection. */
export function pairsOf(collection: Val): readonly (readonly [Val, Val])[] | undefined {
  switch (collection.kind) {
    case 'unknown':
      if (collection.type.kind === 'string' || collection.type.kind === 'number' || collection.type.kind === 'bool') {
        return refuse(`a ${collection.type.kind} cannot be iterated over`)
      }
      return undefined
    case 'null':
      return refuse('null cannot be iterated over')
    case 'list':
    case 'tuple':
      return collection.items.map((item, i) => [makeNumber(i, item.origin), item] as const)
    case 'set':
      return collection.items.map((item) => [item, item] as const)
    case 'map':
    case 'object':
      return sortedEntries(collection).map(
        ([key, item]) => [makeString(key, collection.keys?.get(key) ?? item.origin), item] as const,
      )
    default:
      return refuse(`a ${collection.kind} cannot be iterated over`)
  }
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

/** Runs an evaluation and gives its failure as a value. */
export function attempt(budget: Budget, step: () => Val): Val | Failure {
  const { depth } = budget
  try {
    return step()
  } catch (failure) {
    budget.depth = depth
    if (failure instanceof Failure) return failure
    throw failure
  }
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

function evaluateTemplate(parts: readonly TemplatePart[], scope: Scope, origin: Origin): Val {
  const text = plainText(parts, scope)
  if (text !== undefined) return makeString(text, origin)
  const result = renderParts(parts, scope)
  if (result.unknown === undefined) return makeString(result.text.normalize('NFC'), origin)
  const { text: prefix, unknown } = result
  if (result.options !== undefined) {
    return makeChoice(
      result.options.map((option) => makeString(option, origin)),
      STRING,
      unknown,
      origin,
    )
  }
  const around = holeIn(parts, unknown)
  const known = prefix === '' ? { notNull: true } : { prefix, notNull: true }
  return derived(unknown, STRING, origin, around === undefined ? known : { ...known, around })
}

/** What stands around the one unknown of a template that has nothing else in it. */
function holeIn(parts: readonly TemplatePart[], hole: UnknownVal): UnknownVal['around'] {
  const at = parts.findIndex((part) => typeof part !== 'string')
  const texts = [parts.slice(0, at), parts.slice(at + 1)]
  const isPlain = texts.flat().every((part) => typeof part === 'string')
  if (!isPlain || hole.reference === undefined) return undefined
  return { before: texts[0]!.join(''), hole, after: texts[1]!.join('') }
}

/** The common case: interpolations of strings that are known. Undefined for anything else. */
function plainText(parts: readonly TemplatePart[], scope: Scope): string | undefined {
  if (parts.length > 16) return undefined
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else if (part.kind === 'traversal') {
      const val = evaluateTraversal(part, scope)
      if (val.kind !== 'string') return undefined
      text += val.value
    } else return undefined
  }
  return text.normalize('NFC')
}

interface Rendered {
  /** All of it, or what stands before the first unknown. */
  readonly text: string
  readonly unknown?: UnknownVal
  /** All that it can be, where the unknowns are choices between few texts. */
  readonly options?: readonly string[]
}

const MAX_TEXT_OPTIONS = 8

function renderParts(parts: readonly TemplatePart[], scope: Scope): Rendered {
  let texts: string[] | undefined = ['']
  let prefix = ''
  let unknown: UnknownVal | undefined
  const append = (more: readonly string[]) => {
    if (texts === undefined) return
    const before: string[] = texts
    if (before.length * more.length > MAX_TEXT_OPTIONS) texts = undefined
    else texts = before.flatMap((text) => more.map((end) => text + end))
    if (unknown === undefined) prefix = before[0]! + more[0]!
  }
  for (const part of parts) {
    const { options, cause, text } = renderPart(part, scope)
    if (cause !== undefined && unknown === undefined) {
      if (text !== undefined) prefix = (texts?.[0] ?? '') + text
      unknown = cause
    }
    if (options === undefined) texts = undefined
    else append(options)
    scope.budget.spend(1 + ((texts?.[0]?.length ?? 0) >> 12))
    if ((texts?.[0]?.length ?? 0) > 8_000_000)
      throw new Failure('limit-exceeded', 'a template gives a text that is too long')
  }
  if (unknown === undefined) return { text: texts![0]! }
  return texts === undefined ? { text: prefix, unknown } : { text: prefix, unknown, options: texts }
}

/** The texts that a part can be; `cause` is set where it is not one text for certain, `text` is then what it begins with. */
function renderPart(
  part: TemplatePart,
  scope: Scope,
): { readonly options?: readonly string[]; readonly cause?: UnknownVal; readonly text?: string } {
  if (typeof part === 'string') return { options: [part] }
  switch (part.kind) {
    case 'template-if': {
      const condition = evaluate(part.condition, scope)
      const truth = explain('the condition of "%{ if }"', () => truthOf(condition))
      if (truth !== undefined) return toRenderedPart(renderParts(truth ? part.whenTrue : part.whenFalse, scope))
      const results = [renderParts(part.whenTrue, scope), renderParts(part.whenFalse, scope)]
      const cause = findUnknown(condition)!
      if (results.some((result) => result.unknown !== undefined && result.options === undefined)) return { cause }
      return { cause, options: results.flatMap((result) => result.options ?? [result.text]) }
    }
    case 'template-for': {
      const collection = evaluate(part.collection, scope)
      const pairs = pairsOf(collection)
      if (pairs === undefined) return { cause: collection as UnknownVal }
      let text = ''
      for (const [key, val] of pairs) {
        scope.budget.spend(1)
        let bound: Bound | undefined = scope.bound
        if (part.key !== undefined) bound = { name: part.key, val: key, outer: bound }
        bound = { name: part.value, val, outer: bound }
        const result = renderParts(part.body, { ...scope, bound })
        text += result.text
        if (result.unknown !== undefined) return { cause: result.unknown, text }
      }
      return { options: [text] }
    }
    default: {
      const val = evaluate(part, scope)
      if (val.kind === 'string') return { options: [val.value] }
      const text = explain('a template', () => convert(val, STRING))
      if (text.kind === 'null') return refuse('a template holds null')
      if (text.kind === 'string') return { options: [text.value] }
      const unknown = text as UnknownVal
      const options = unknown.options?.map((option) => (option.kind === 'string' ? option.value : undefined))
      if (options === undefined || options.includes(undefined)) {
        return unknown.prefix === undefined ? { cause: unknown } : { cause: unknown, text: unknown.prefix }
      }
      return { cause: unknown, options: options as string[] }
    }
  }
}

function toRenderedPart(result: Rendered): {
  readonly options?: readonly string[]
  readonly cause?: UnknownVal
  readonly text?: string
} {
  if (result.unknown === undefined) return { options: [result.text] }
  return result.options === undefined
    ? { cause: result.unknown, text: result.text }
    : { cause: result.unknown, options: result.options }
}

function evaluateCall(node: CallNode, scope: Scope): Val {
  const origin = originOf(node, scope)
  if (node.name === 'try') return evaluateTry(node, scope, origin)
  if (node.name === 'can') return evaluateCan(node, scope, origin)
  const args = node.args.map((arg) => evaluate(arg, scope))
  if (node.expanded) {
    const last = args.pop()!
    if (last.kind === 'null') refuse(`the list of arguments of ${node.name} is null`)
    if (last.kind === 'unknown') return derived(last, DYNAMIC, origin)
    if (last.kind !== 'list' && last.kind !== 'tuple' && last.kind !== 'set') refuse(`${node.name}: "..." needs a list`)
    for (const item of last.items) args.push(item)
  }
  return scope.call(node.name, args, scope, origin)
}

/** The first argument that has a value. One that is not wholly known may still fail, unless it is a plain lookup. */
function evaluateTry(node: CallNode, scope: Scope, origin: Origin): Val {
  if (node.args.length === 0) refuse('try needs at least one argument')
  let last: Failure | undefined
  for (const arg of node.args) {
    const result = attempt(scope.budget, () => evaluate(arg, scope))
    if (result instanceof Failure) {
      if (result.final) throw result
      last = result
      continue
    }
    const unknown = findUnknown(result)
    if (unknown === undefined) return result
    if (result.kind === 'unknown' || arg.kind === 'traversal') return result
    return derived(unknown, DYNAMIC, origin)
  }
  throw new Failure('evaluation-error', `no argument of try has a value: ${last!.message}`)
}

function evaluateCan(node: CallNode, scope: Scope, origin: Origin): Val {
  const [arg] = node.args
  if (arg === undefined || node.args.length !== 1) return refuse('can needs one argument')
  const result = attempt(scope.budget, () => evaluate(arg, scope))
  if (result instanceof Failure) {
    if (result.final) throw result
    return makeBool(false, origin)
  }
  const unknown = findUnknown(result)
  return unknown === undefined || arg.kind === 'traversal' ? makeBool(true, origin) : derived(unknown, BOOL, origin)
}
