import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import type { Expression } from '../template/expression.ts'

/** One Bicep or parameter file: what it declares, in the order written, without what did not parse. */
export interface BicepFile {
  readonly source: SourceText
  readonly declarations: readonly Declaration[]
  readonly problems: readonly Problem[]
}

export type Declaration =
  | ParameterDeclaration
  | VariableDeclaration
  | TypeDeclaration
  | FunctionDeclaration
  | ResourceDeclaration
  | ModuleDeclaration
  | OutputDeclaration
  | ImportDeclaration
  | PathDeclaration
  | SettingDeclaration

interface Span {
  readonly start: number
  readonly end: number
}

interface Named extends Span {
  readonly name: string
  readonly nameStart: number
  readonly nameEnd: number
}

/** `param name type = value`; in a parameter file the value is given, not a default. */
export interface ParameterDeclaration extends Named {
  readonly kind: 'parameter'
  readonly type: TypeExpression | undefined
  readonly value: Expression | undefined
}

export interface VariableDeclaration extends Named {
  readonly kind: 'variable'
  readonly value: Expression
}

export interface TypeDeclaration extends Named {
  readonly kind: 'type'
  readonly type: TypeExpression
}

export interface FunctionDeclaration extends Named {
  readonly kind: 'function'
  readonly parameters: readonly string[]
  readonly body: Expression
}

/** What a resource and a module have in common: a body, perhaps in a loop, perhaps under a condition. */
interface Deployed extends Named {
  readonly condition: Expression | undefined
  /** The loop of which `body` is the body; the condition may then read its variables. */
  readonly loop: LoopHead | undefined
  readonly body: Expression
}

export interface LoopHead extends Span {
  readonly item: string
  readonly index: string | undefined
  readonly list: Expression
}

export interface ResourceDeclaration extends Deployed {
  readonly kind: 'resource'
  /** Type without version; of a nested resource perhaps only its last part. */
  readonly type: string
  readonly apiVersion: string | undefined
  readonly typeStart: number
  readonly typeEnd: number
  readonly existing: boolean
  /** Resources declared inside the body. */
  readonly children: readonly ResourceDeclaration[]
}

export interface ModuleDeclaration extends Deployed {
  readonly kind: 'module'
  /** A relative path, or `br:`, `br/alias:` or `ts:` with what follows. */
  readonly path: string
  readonly pathStart: number
  readonly pathEnd: number
}

export interface OutputDeclaration extends Named {
  readonly kind: 'output'
  readonly value: Expression
}

/** `import * as alias from 'path'` or `import {a, b as c} from 'path'`. */
export interface ImportDeclaration extends Span {
  readonly kind: 'import'
  readonly path: string
  readonly alias: string | undefined
  readonly items: readonly { readonly name: string; readonly alias: string }[]
}

/** `using 'path'` (undefined for `using none`) and `extends 'path'`. */
export interface PathDeclaration extends Span {
  readonly kind: 'using' | 'extends'
  readonly path: string | undefined
}

/** Declarations that hold no resource: `targetScope`, `metadata`, `assert`, `extension`. */
export interface SettingDeclaration extends Span {
  readonly kind: 'target-scope' | 'metadata' | 'assert' | 'extension'
  readonly name: string
  readonly value: Expression | undefined
}

/** As much of a type as decides values: whether null is one of them, and which other type it means. */
export interface TypeExpression extends Span {
  readonly nullable: boolean
  /** A type by name, with its namespace where it has one (`types.lock`); undefined for every other form. */
  readonly name: string | undefined
}
