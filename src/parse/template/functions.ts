import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { accessIndex } from './access.ts'
import { coalesce, decide, evaluate } from './evaluate.ts'
import type { CallExpression } from './expression.ts'
import { CIDR_FUNCTIONS } from './functions/cidr.ts'
import { COLLECTION_FUNCTIONS } from './functions/collections.ts'
import { DATE_FUNCTIONS } from './functions/dates.ts'
import { applyLambdaFunction } from './functions/lambdas.ts'
import { LOGIC_FUNCTIONS, overChoices } from './functions/logic.ts'
import { NAME_FUNCTIONS } from './functions/names.ts'
import type { PureFunction } from './functions/signature.ts'
import { STRING_FUNCTIONS } from './functions/strings.ts'
import type { Scope } from './scope.ts'
import { identityText } from './text.ts'
import { choose, failure, unknown } from './values.ts'

const PURE_FUNCTIONS: ReadonlyMap<string, PureFunction> = new Map(
  [STRING_FUNCTIONS, COLLECTION_FUNCTIONS, LOGIC_FUNCTIONS, CIDR_FUNCTIONS, DATE_FUNCTIONS, NAME_FUNCTIONS].flatMap(
    (functions) => Object.entries(functions),
  ),
)

/** The result of a call of a function that both languages have and that its arguments alone decide. Names ignore case. */
export function applyFunction(call: CallExpression, scope: Scope, origin: Origin): Value {
  const name = call.name.toLowerCase()
  const lazy = applyLazily(name, call, scope, origin) ?? applyLambdaFunction(call, scope, origin)
  if (lazy !== undefined) return lazy
  const work = PURE_FUNCTIONS.get(name)
  if (work === undefined) return unknown('unsupported-function', `${call.name}() is not known`, origin)
  const values = call.arguments.map((argument) => evaluate(argument, scope))
  const result = overChoices(work, values, { name: call.name, origin, run: scope.run })
  if (result.kind !== 'unknown' || result.reason === 'evaluation-error' || IMPURE.has(name)) return result
  // The same call gives the same value, also where nobody knows which: names made of it are then the same names.
  const key = identityOfCall(name, values)
  if (key === undefined) return result
  const known = scope.run.unknownCalls.get(key)
  if (known !== undefined) return { ...known, origin: result.origin }
  scope.run.unknownCalls.set(key, result)
  return result
}

/** Functions that give another value each time. */
const IMPURE: ReadonlySet<string> = new Set(['newguid', 'utcnow'])

/** A text that two calls share where they surely are the same; undefined where nothing tells. */
function identityOfCall(name: string, values: readonly Value[]): string | undefined {
  let key = name
  for (const value of values) {
    const isText = value.kind === 'unknown' || value.kind === 'id'
    const text = isText ? identityText(value) : value.kind === 'scalar' ? JSON.stringify(value.value) : undefined
    if (text === undefined) return undefined
    key += `(${value.kind} ${text})`
  }
  return values.some(({ kind }) => kind === 'unknown' || kind === 'id') ? key : undefined
}

/** Functions that leave arguments unevaluated. */
function applyLazily(name: string, call: CallExpression, scope: Scope, origin: Origin): Value | undefined {
  switch (name) {
    case 'if': {
      const [condition, then, otherwise] = call.arguments
      if (condition === undefined || then === undefined || otherwise === undefined) {
        return failure('wrong arguments of if()', origin)
      }
      const value = evaluate(condition, scope)
      if (value.kind === 'scalar' && typeof value.value === 'boolean') {
        return evaluate(value.value ? then : otherwise, scope)
      }
      if (value.kind !== 'unknown' && value.kind !== 'choice') return failure('a condition must be a boolean', origin)
      return choose([evaluate(then, scope), evaluate(otherwise, scope)], value, origin)
    }
    case 'and':
      return decide(call.arguments, false, scope, origin)
    case 'or':
      return decide(call.arguments, true, scope, origin)
    case 'coalesce':
      return coalesce(call.arguments, scope, origin)
    case 'tryget': {
      const [base, ...keys] = call.arguments
      if (base === undefined) return failure('wrong arguments of tryGet()', origin)
      return keys.reduce(
        (value, key) => {
          const access = { safe: true, chained: true, fromEnd: false }
          return accessIndex(value, evaluate(key, scope), access, origin)
        },
        evaluate(base, scope),
      )
    }
    case 'tryindexfromend':
    case 'indexfromend': {
      const [base, index] = call.arguments
      if (base === undefined || index === undefined) return failure(`wrong arguments of ${call.name}()`, origin)
      const safe = name === 'tryindexfromend'
      const access = { safe, chained: safe, fromEnd: true }
      return accessIndex(evaluate(base, scope), evaluate(index, scope), access, origin)
    }
    default:
      return undefined
  }
}
