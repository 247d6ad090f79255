import { overOptions } from './choice.ts'
import { convert, explain } from './convert.ts'
import { sortedEntries } from './equality.ts'
import { refuse } from './failure.ts'
import { makeNumber, makeObject, makeString, makeTuple } from './make-val.ts'
import { type Bound, originOf, type Scope } from './scope.ts'
import type { ForNode } from './syntax.ts'
import { BOOL, DYNAMIC, STRING } from './type.ts'
import { derived, type UnknownVal, type Val } from './val.ts'

/** `[for …]` and `{for …}`. */
export function evaluateFor(node: ForNode, scope: Scope): Val {
  const collection = scope.evaluate(node.collection, scope)
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
      const condition = convert(scope.evaluate(node.condition, inner), BOOL)
      if (condition.kind === 'null') refuse('the condition of "for" is null')
      if (condition.kind === 'unknown') unknown ??= condition
      if (condition.kind !== 'bool' || !condition.value) continue
    }
    if (node.resultKey === undefined) {
      items.push(scope.evaluate(node.result, inner))
      continue
    }
    const name = explain('a key of "for"', () => convert(scope.evaluate(node.resultKey!, inner), STRING))
    if (name.kind === 'null') refuse('a key of "for" is null')
    const result = scope.evaluate(node.result, inner)
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
