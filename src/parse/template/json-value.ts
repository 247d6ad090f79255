import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, ScalarValue, Value } from '../../base/value.ts'
import { isExpression, readTemplateString } from './arm-expression.ts'
import { evaluate } from './evaluate.ts'
import { localOf, type Scope, withLocal } from './scope.ts'
import { knownText, textParts } from './text.ts'
import { derive, entryOf, failure, flow, list, map, scalar, unknown } from './values.ts'

/** Most rounds of a loop in a property or a variable; those of resources have a lower limit. */
const MAX_ROUNDS = 10_000

/** A loop that makes a list: of a property, a variable or an output. */
export interface Copy {
  readonly name: string
  readonly count: Value
  readonly input: Value
  readonly origin: Origin
}

/** The value of a part of a template: its strings may be expressions, and objects may hold loops. */
export function evaluateJson(json: Value, scope: Scope): Value {
  switch (json.kind) {
    case 'scalar':
      return typeof json.value === 'string' ? evaluateString(json, scope) : json
    case 'list':
      return nested(json, scope, () =>
        list(
          json.items.map((item) => evaluateJson(item, scope)),
          json.origin,
        ),
      )
    case 'map':
      return nested(json, scope, () => evaluateMap(json, scope))
    default:
      return json
  }
}

function nested(json: Value, scope: Scope, make: () => Value): Value {
  const { run } = scope
  const spent = run.spend(1, json.origin)
  if (spent !== undefined) return spent
  if (!run.enter()) return run.tooDeep(json.origin)
  try {
    return run.bounded(make())
  } finally {
    run.leave()
  }
}

function evaluateString(json: ScalarValue, scope: Scope): Value {
  const read = readTemplateString(json)
  switch (read.kind) {
    case 'text':
      return read.text === json.value ? json : scalar(read.text, json.origin)
    case 'expression': {
      // A nested template may come from another file than the scope that evaluates it.
      const own = scope.source === json.origin.source ? scope : { ...scope, source: json.origin.source }
      const value = evaluate(read.expression, own)
      return { ...value, origin: flow(json.origin, value.origin) }
    }
    case 'broken':
      scope.run.report({ code: 'syntax', message: read.message, at: json.origin })
      return failure(read.message, json.origin)
  }
}

function evaluateMap(json: MapValue, scope: Scope): Value {
  const entries = new Map<string, MapEntry>()
  for (const [key, entry] of json.entries) {
    const copies = key.toLowerCase() === 'copy' ? readCopies(entry.value) : undefined
    if (copies !== undefined) {
      for (const copy of copies) entries.set(copy.name, { value: repeat(copy, scope) })
      continue
    }
    if (!isExpression(key)) {
      entries.set(key.startsWith('[[') ? key.slice(1) : key, { ...entry, value: evaluateJson(entry.value, scope) })
      continue
    }
    const computed = evaluateString(scalar(key, entry.key ?? json.origin), scope)
    const name = knownText(textParts(computed))
    if (name === undefined) return derive(computed, json.origin)
    entries.set(name, { value: evaluateJson(entry.value, scope) })
  }
  return map(entries, json.origin)
}

/** The loops of a `copy` list; undefined where it is something else that is called so. */
export function readCopies(value: Value | undefined): readonly Copy[] | undefined {
  if (value?.kind !== 'list' || value.items.length === 0) return undefined
  const copies: Copy[] = []
  for (const item of value.items) {
    if (item.kind !== 'map') return undefined
    const name = entryOf(item, 'name')?.value
    const count = entryOf(item, 'count')?.value
    const input = entryOf(item, 'input')?.value
    if (name?.kind !== 'scalar' || count === undefined || input === undefined) return undefined
    copies.push({ name: String(name.value), count, input, origin: item.origin })
  }
  return copies
}

/** The list that a loop makes; an unknown count makes it unknown. */
export function repeat(copy: Copy, scope: Scope): Value {
  const count = evaluateJson(copy.count, scope)
  if (count.kind !== 'scalar') return derive(count, copy.origin)
  if (typeof count.value !== 'number') return failure('the count of a loop must be an integer', copy.origin)
  if (count.value > MAX_ROUNDS) {
    const message = `a loop of more than ${MAX_ROUNDS} rounds`
    scope.run.report({ code: 'limit-exceeded', message, at: copy.origin })
    return unknown('limit-exceeded', message, copy.origin)
  }
  const items: Value[] = []
  for (let i = 0; i < count.value; i++) {
    const spent = scope.run.spend(1, copy.origin)
    if (spent !== undefined) return spent
    items.push(evaluateJson(copy.input, copyLocal(scope, copy.name, scalar(i, copy.origin), copy.name === '')))
  }
  return list(items, copy.origin)
}

/** The scope of one round of a loop; only loops of resources and outputs answer a `copyIndex()` without a name. */
export function copyLocal(scope: Scope, name: string, index: Value, isDefault: boolean): Scope {
  const named = name === '' ? scope : withLocal(scope, `copy ${name.toLowerCase()}`, index)
  return isDefault ? withLocal(named, 'copy', index) : named
}

/** `copyIndex()`, `copyIndex(offset)`, `copyIndex('loop')`, `copyIndex('loop', offset)`. */
export function copyIndex(values: readonly Value[], scope: Scope, origin: Origin): Value {
  const [first, second] = values
  const isNamed = first?.kind === 'scalar' && typeof first.value === 'string'
  const index = localOf(scope, isNamed ? `copy ${String(first.value).toLowerCase()}` : 'copy')
  const offset = isNamed ? second : first
  if (index === undefined) return failure('copyIndex() outside of its loop', origin)
  if (index.kind !== 'scalar') return derive(index, origin)
  if (offset === undefined) return scalar(index.value, origin)
  if (offset.kind !== 'scalar' || typeof offset.value !== 'number') return derive(offset, origin)
  return scalar(Number(index.value) + offset.value, origin)
}
