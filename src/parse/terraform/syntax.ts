import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import type { Value } from '../../base/value.ts'
import type { BodyIndex } from './body-index.ts'
import type { BigFloat } from './number.ts'
import type { Val } from './val.ts'

/** One parsed file of configuration or of variable values. What is broken is left out of `body` and named in `problems`. */
export interface ParsedFile {
  readonly source: SourceText
  readonly body: Body
  readonly problems: readonly Problem[]
}

/** Attributes and blocks in the order written. Offsets are those of the file, exclusive ends. */
export interface Body {
  readonly attributes: readonly Attribute[]
  readonly blocks: readonly Block[]
  /** What is looked up in it again and again, once somebody did. */
  index?: BodyIndex
}

export interface Attribute {
  readonly name: string
  /** Of the name. */
  readonly start: number
  readonly nameEnd: number
  readonly expression: Expression
  readonly source: SourceText
  /** What a constant gives in every instance and environment, once it was asked for. */
  value?: Value
}

export interface Block {
  readonly type: string
  readonly labels: readonly string[]
  readonly body: Body
  /** From the first character of the type … */
  readonly start: number
  /** … to behind the closing brace. */
  readonly end: number
  readonly source: SourceText
}

/** Offsets of an expression of JSON syntax are those of the whole JSON value that it stands in. */
export type Expression =
  | LiteralNode
  | TemplateNode
  | WrapNode
  | TraversalNode
  | AccessNode
  | TupleNode
  | ObjectNode
  | ForNode
  | CallNode
  | UnaryNode
  | BinaryNode
  | ConditionalNode

interface Span {
  readonly start: number
  readonly end: number
}

/** An expression that may hold nothing but literals: its value is then the same wherever it is evaluated, and made once. */
interface Constant extends Span {
  evaluated?: Val
}

export interface LiteralNode extends Constant {
  readonly kind: 'literal'
  readonly value: string | number | BigFloat | boolean | null
}

export interface TemplateNode extends Span {
  readonly kind: 'template'
  readonly parts: readonly TemplatePart[]
}

/** A quoted template that is one interpolation and nothing else: the value itself, whatever its type. */
export interface WrapNode extends Span {
  readonly kind: 'wrap'
  readonly value: Expression
}

export type TemplatePart = string | Expression | TemplateIf | TemplateFor

export interface TemplateIf extends Span {
  readonly kind: 'template-if'
  readonly condition: Expression
  readonly whenTrue: readonly TemplatePart[]
  readonly whenFalse: readonly TemplatePart[]
}

export interface TemplateFor extends Span {
  readonly kind: 'template-for'
  readonly key: string | undefined
  readonly value: string
  readonly collection: Expression
  readonly body: readonly TemplatePart[]
}

/** A name and what is looked up in it: `var.rules[0].name`. */
export interface TraversalNode extends Span {
  readonly kind: 'traversal'
  readonly root: string
  readonly steps: readonly Step[]
}

/** A lookup in what is not a name: `f(x).a`, `(a)[0]`. */
export interface AccessNode extends Span {
  readonly kind: 'access'
  readonly base: Expression
  readonly steps: readonly Step[]
}

export type Step =
  | (Span & { readonly kind: 'attribute'; readonly name: string })
  | (Span & { readonly kind: 'index'; readonly key: Expression })
  | (Span & { readonly kind: 'splat'; readonly each: readonly Step[] })

export interface TupleNode extends Constant {
  readonly kind: 'tuple'
  readonly items: readonly Expression[]
}

export interface ObjectNode extends Constant {
  readonly kind: 'object'
  readonly items: readonly ObjectItem[]
}

export interface ObjectItem {
  /** A bare name is a literal here; in parentheses it is a traversal. */
  readonly key: Expression
  readonly value: Expression
}

export interface ForNode extends Span {
  readonly kind: 'for'
  readonly key: string | undefined
  readonly value: string
  readonly collection: Expression
  /** Set where the result is an object. */
  readonly resultKey: Expression | undefined
  readonly result: Expression
  readonly condition: Expression | undefined
  /** `...`: values of equal keys are collected into lists. */
  readonly grouped: boolean
}

export interface CallNode extends Span {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expression[]
  /** The last argument is a list of arguments. */
  readonly expanded: boolean
}

export interface UnaryNode extends Span {
  readonly kind: 'unary'
  readonly operator: '-' | '!'
  readonly operand: Expression
}

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%'

export interface BinaryNode extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

export interface ConditionalNode extends Span {
  readonly kind: 'conditional'
  readonly condition: Expression
  readonly whenTrue: Expression
  readonly whenFalse: Expression
}
