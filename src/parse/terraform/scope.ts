import type { Origin } from '../../base/origin.ts'
import type { SourceText } from '../../base/text.ts'
import type { Budget } from './budget.ts'
import { refuse } from './failure.ts'
import type { Expression, TraversalNode } from './syntax.ts'
import type { Val } from './val.ts'

/** What an expression is evaluated in. */
export interface Scope {
  /** The file that the expression stands in. */
  readonly source: SourceText
  readonly names: Names
  /** Names that `for` and templates bring in, the innermost first. */
  readonly bound?: Bound
  readonly budget: Budget
  /** Gives an expression its value, for the parts of the evaluator that stand in files of their own. */
  readonly evaluate: (node: Expression, scope: Scope) => Val
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

/** Where a node of an expression stands. */
export function originOf(node: { readonly start: number; readonly end: number }, scope: Scope): Origin {
  return { source: scope.source, start: node.start, end: node.end }
}

/** Where no names are known: defaults of variables, types. */
export const NO_NAMES: Names = {
  resolve: (node) => refuse(`${JSON.stringify(node.root)} may not be used here`),
}
