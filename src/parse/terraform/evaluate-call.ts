import type { Origin } from '../../base/origin.ts'
import type { Budget } from './budget.ts'
import { convert, explain } from './convert.ts'
import { Failure, refuse } from './failure.ts'
import { makeBool } from './make-val.ts'
import { NO_NAMES, originOf, type Scope } from './scope.ts'
import type { CallNode } from './syntax.ts'
import { BOOL, DYNAMIC } from './type.ts'
import { applyDefaults, readTypeConstraint } from './type-constraint.ts'
import { derived, findUnknown, type Val } from './val.ts'

/** The call of a function; `try`, `can` and `convert` take their arguments as they are written. */
export function evaluateCall(node: CallNode, scope: Scope): Val {
  const origin = originOf(node, scope)
  if (node.name === 'try') return evaluateTry(node, scope, origin)
  if (node.name === 'can') return evaluateCan(node, scope, origin)
  if (node.name === 'convert') return evaluateConvert(node, scope)
  const args = node.args.map((arg) => scope.evaluate(arg, scope))
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
    const result = attempt(scope.budget, () => scope.evaluate(arg, scope))
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
  const result = attempt(scope.budget, () => scope.evaluate(arg, scope))
  if (result instanceof Failure) {
    if (result.final) throw result
    return makeBool(false, origin)
  }
  const unknown = findUnknown(result)
  return unknown === undefined || arg.kind === 'traversal' ? makeBool(true, origin) : derived(unknown, BOOL, origin)
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

/** Source: developer.hashicorp.com/terraform/language/functions/convert */
function evaluateConvert(node: CallNode, scope: Scope): Val {
  const [value, type] = node.args
  if (value === undefined || type === undefined || node.args.length !== 2)
    return refuse('convert takes a value and a type')
  const constants: Scope = { ...scope, names: NO_NAMES }
  const constraint = explain('the type of convert', () =>
    readTypeConstraint(type, scope.source, (fallback) => scope.evaluate(fallback, constants)),
  )
  const val = scope.evaluate(value, scope)
  return explain('convert', () =>
    convert(constraint.defaults === undefined ? val : applyDefaults(val, constraint.defaults), constraint.type),
  )
}
