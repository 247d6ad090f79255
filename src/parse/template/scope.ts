import type { Origin } from '../../base/origin.ts'
import type { SourceText } from '../../base/text.ts'
import type { Value } from '../../base/value.ts'
import type { CallExpression, ForExpression, NestedExpression } from './expression.ts'
import type { Run } from './run.ts'
import { scalar } from './values.ts'

/** Where an expression stands: its file, the names it sees, and the language around it. */
export interface Scope {
  readonly run: Run
  readonly source: SourceText
  readonly locals: Locals | undefined
  readonly host: Host
}

/** Loop variables, lambda and function parameters, the innermost first. */
export interface Locals {
  readonly name: string
  readonly value: Value
  readonly outer: Locals | undefined
}

/** What a language adds to the expressions: its declarations and the functions that need more than their arguments. */
export interface Host {
  /** The value of a name that is no local; undefined where nothing is called so. */
  name(name: string, scope: Scope, origin: Origin): Value | undefined
  call(call: CallExpression, scope: Scope, origin: Origin): Value
  /** `base::name`. */
  nested?(nested: NestedExpression, scope: Scope, origin: Origin): Value
}

export function originOf(scope: Scope, span: { readonly start: number; readonly end: number }): Origin {
  return { source: scope.source, start: span.start, end: span.end }
}

/** The scope with one more local name. */
export function withLocal(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, locals: { name, value, outer: scope.locals } }
}

export function localOf(scope: Scope, name: string): Value | undefined {
  for (let at = scope.locals; at !== undefined; at = at.outer) if (at.name === name) return at.value
  return undefined
}

/** The scope inside a loop for one of its items. */
export function loopScope(
  loop: Pick<ForExpression, 'item' | 'index' | 'list'>,
  item: Value,
  index: number | Value,
  scope: Scope,
): Scope {
  const inner = withLocal(scope, loop.item, item)
  if (loop.index === undefined) return inner
  const position = typeof index === 'number' ? scalar(index, originOf(scope, loop.list)) : index
  return withLocal(inner, loop.index, position)
}
