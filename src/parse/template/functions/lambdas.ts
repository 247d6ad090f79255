import type { Origin } from '../../../base/origin.ts'
import type { MapEntry, Value } from '../../../base/value.ts'
import { applyLambda, evaluate } from '../evaluate.ts'
import type { CallExpression, LambdaExpression } from '../expression.ts'
import type { Scope } from '../scope.ts'
import { knownText, textParts } from '../text.ts'
import { choose, derive, failure, list, map, scalar } from '../values.ts'

interface LambdaCall {
  readonly scope: Scope
  readonly origin: Origin
  readonly name: string
  /** The lambdas after the collection, in order. */
  readonly lambdas: readonly LambdaExpression[]
  readonly rest: readonly Value[]
}

type LambdaFunction = (collection: Value, call: LambdaCall) => Value

/** Elements of which it is not known whether a filter keeps them, before the whole result is unknown. */
const MAX_OPEN_ELEMENTS = 2

/** Functions that take lambdas. Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-lambda */
const LAMBDA_FUNCTIONS: Readonly<Record<string, LambdaFunction>> = {
  filter: (collection, call) => {
    if (collection.kind !== 'list') return openOr(collection, call)
    const verdicts = collection.items.map((item, i) => invoke(call, 0, [item, position(i, call)]))
    const open = verdicts.filter((verdict) => verdict.kind !== 'scalar')
    if (open.length > MAX_OPEN_ELEMENTS) return derive(open[0]!, call.origin)
    const keep = (extra: ReadonlySet<Value>) =>
      list(
        collection.items.filter((_, i) => {
          const verdict = verdicts[i]!
          return verdict.kind === 'scalar' ? verdict.value === true : extra.has(verdict)
        }),
        call.origin,
      )
    if (open.length === 0) return keep(new Set())
    const subsets: Value[][] = [[]]
    for (const one of open) subsets.push(...subsets.map((set) => [...set, one]))
    return choose(
      subsets.map((set) => keep(new Set(set))),
      open[0]!,
      call.origin,
    )
  },
  map: (collection, call) => {
    if (collection.kind !== 'list') return openOr(collection, call)
    return list(
      collection.items.map((item, i) => invoke(call, 0, [item, position(i, call)])),
      call.origin,
    )
  },
  mapvalues: (collection, call) => {
    if (collection.kind !== 'map') return openOr(collection, call)
    const entries = new Map<string, MapEntry>()
    for (const [key, entry] of collection.entries) entries.set(key, { ...entry, value: invoke(call, 0, [entry.value]) })
    return map(entries, call.origin)
  },
  reduce: (collection, call) => {
    const initial = call.rest[0]
    if (collection.kind !== 'list' || initial === undefined) return openOr(collection, call)
    return collection.items.reduce<Value>((sum, item, i) => invoke(call, 0, [sum, item, position(i, call)]), initial)
  },
  sort: (collection, call) => {
    if (collection.kind !== 'list') return openOr(collection, call)
    let open: Value | undefined
    const before = (a: Value, b: Value) => {
      const verdict = invoke(call, 0, [a, b])
      if (verdict.kind === 'scalar') return verdict.value === true
      open ??= verdict
      return false
    }
    const sorted = [...collection.items].sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0))
    return open === undefined ? list(sorted, call.origin) : derive(open, call.origin)
  },
  toobject: (collection, call) => {
    if (collection.kind !== 'list') return openOr(collection, call)
    const entries = new Map<string, MapEntry>()
    for (const item of collection.items) {
      const key = invoke(call, 0, [item])
      const name = knownText(textParts(key))
      if (name === undefined) return derive(key, call.origin)
      entries.set(name, { value: call.lambdas.length > 1 ? invoke(call, 1, [item]) : item })
    }
    return map(entries, call.origin)
  },
  groupby: (collection, call) => {
    if (collection.kind !== 'list') return openOr(collection, call)
    const groups = new Map<string, Value[]>()
    for (const item of collection.items) {
      const key = invoke(call, 0, [item])
      const name = knownText(textParts(key))
      if (name === undefined) return derive(key, call.origin)
      const group = groups.get(name) ?? []
      group.push(call.lambdas.length > 1 ? invoke(call, 1, [item]) : item)
      groups.set(name, group)
    }
    const entries = new Map<string, MapEntry>()
    for (const [key, group] of groups) entries.set(key, { value: list(group, call.origin) })
    return map(entries, call.origin)
  },
}

/** The result of a call of a function that takes lambdas; undefined where the name is none of them. */
export function applyLambdaFunction(call: CallExpression, scope: Scope, origin: Origin): Value | undefined {
  const name = call.name.toLowerCase()
  const work = Object.hasOwn(LAMBDA_FUNCTIONS, name) ? LAMBDA_FUNCTIONS[name] : undefined
  if (work === undefined) return undefined
  const [collection, ...others] = call.arguments
  const lambdas = others.filter((argument) => argument.kind === 'lambda')
  if (collection === undefined || lambdas.length === 0) return failure(`wrong arguments of ${call.name}()`, origin)
  const rest = others.filter((argument) => argument.kind !== 'lambda').map((argument) => evaluate(argument, scope))
  return eachOption(evaluate(collection, scope), work, { scope, origin, name: call.name, lambdas, rest })
}

function eachOption(collection: Value, work: LambdaFunction, call: LambdaCall): Value {
  if (collection.kind !== 'choice') return work(collection, call)
  return choose(
    collection.options.map((option) => work(option, call)),
    collection,
    call.origin,
  )
}

function invoke(call: LambdaCall, which: number, values: readonly Value[]): Value {
  return applyLambda(call.lambdas[which]!, values, call.scope)
}

function position(index: number, call: LambdaCall): Value {
  return scalar(index, call.origin)
}

function openOr(value: Value, call: LambdaCall): Value {
  if (value.kind === 'unknown' || value.kind === 'choice') return derive(value, call.origin)
  return failure(`wrong arguments of ${call.name}()`, call.origin)
}
