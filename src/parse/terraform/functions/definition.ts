import type { Origin } from '../../../base/origin.ts'
import type { Evaluation } from '../evaluation.ts'
import { refuse } from '../failure.ts'
import type { FolderIndex } from '../module-files.ts'
import { isInteger, toNumber } from '../number.ts'
import type { Scope } from '../scope.ts'
import type { Type } from '../type.ts'
import type { ListVal, MapVal, ObjectVal, SetVal, TupleVal, Val } from '../val.ts'

/** Where a function is called. */
export interface Call {
  /** Of the call: the place of whatever the function makes. */
  readonly origin: Origin
  readonly scope: Scope
  readonly evaluation: Evaluation
  readonly folders: FolderIndex
}

export interface Parameter {
  /** Arguments are converted to it. */
  readonly type: Type
  /** Null is taken; otherwise it is refused. */
  readonly nullable?: boolean
  /** An unknown is taken as it is; otherwise the result is unknown. */
  readonly unknown?: boolean
}

/** One function of the language. */
export interface FunctionDefinition {
  readonly params: readonly Parameter[]
  /** For any number of further arguments. */
  readonly rest?: Parameter
  /** Parameters from here on may be left out. */
  readonly optional?: number
  /** The type of the result, as far as it is known where the result is not. */
  readonly returns: Type | ((args: readonly Val[]) => Type)
  /** True where the function handles collections with unknown elements itself. */
  readonly partial?: boolean
  readonly call: (args: readonly Val[], call: Call) => Val
}

export type FunctionTable = Readonly<Record<string, FunctionDefinition>>

/** Readers of arguments that were converted to their parameter's type and are known. */
export function text(args: readonly Val[], at: number): string {
  const val = args[at]
  return val?.kind === 'string' ? val.value : refuse(`argument ${at + 1} must be a string`)
}

export function integer(args: readonly Val[], at: number): number {
  const val = args[at]
  if (val?.kind !== 'number' || !isInteger(val.value)) return refuse(`argument ${at + 1} must be a whole number`)
  return toNumber(val.value)
}

export function itemsOfVal(val: Val | undefined): readonly Val[] {
  return isSequence(val) ? val.items : refuse('a list is required')
}

export function isSequence(val: Val | undefined): val is ListVal | SetVal | TupleVal {
  return val?.kind === 'list' || val?.kind === 'set' || val?.kind === 'tuple'
}

export function isMapping(val: Val | undefined): val is MapVal | ObjectVal {
  return val?.kind === 'map' || val?.kind === 'object'
}
