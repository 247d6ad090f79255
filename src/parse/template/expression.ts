/**
 * Expressions of Bicep and of ARM templates: one tree for both, since Bicep compiles to the other and means the same.
 *
 * Offsets are 0-based UTF-16 units of the file, ends exclusive.
 */
export type Expression =
  | LiteralExpression
  | InterpolationExpression
  | ArrayExpression
  | ObjectExpression
  | ForExpression
  | ConditionalExpression
  | BinaryExpression
  | UnaryExpression
  | NameExpression
  | MemberExpression
  | IndexExpression
  | CallExpression
  | LambdaExpression
  | NestedExpression

interface Span {
  readonly start: number
  readonly end: number
}

export interface LiteralExpression extends Span {
  readonly kind: 'literal'
  readonly value: string | number | boolean | null
}

/** `'a${b}c'`: one text more than holes, each text unescaped. */
export interface InterpolationExpression extends Span {
  readonly kind: 'interpolation'
  readonly texts: readonly string[]
  readonly holes: readonly Expression[]
}

export interface ArrayExpression extends Span {
  readonly kind: 'array'
  readonly items: readonly (Expression | SpreadExpression)[]
}

export interface SpreadExpression extends Span {
  readonly kind: 'spread'
  readonly value: Expression
}

export interface ObjectExpression extends Span {
  readonly kind: 'object'
  readonly properties: readonly (PropertyExpression | SpreadExpression)[]
}

export interface PropertyExpression extends Span {
  readonly kind: 'property'
  /** A name as text, or the expression that computes it. */
  readonly key: string | Expression
  readonly keyStart: number
  readonly keyEnd: number
  readonly value: Expression
}

/** `[for (item, index) in list: body]`; `condition` is the `if` of a resource or module loop. */
export interface ForExpression extends Span {
  readonly kind: 'for'
  readonly item: string
  readonly index: string | undefined
  readonly list: Expression
  readonly condition: Expression | undefined
  readonly body: Expression
}

export interface ConditionalExpression extends Span {
  readonly kind: 'conditional'
  readonly condition: Expression
  readonly then: Expression
  readonly else: Expression
}

export type BinaryOperator =
  | '??'
  | '||'
  | '&&'
  | '=='
  | '!='
  | '=~'
  | '!~'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'

export interface BinaryExpression extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

export interface UnaryExpression extends Span {
  readonly kind: 'unary'
  readonly operator: '!' | '-' | '+'
  readonly operand: Expression
}

export interface NameExpression extends Span {
  readonly kind: 'name'
  readonly name: string
}

export interface MemberExpression extends Span {
  readonly kind: 'member'
  readonly base: Expression
  readonly name: string
  /** `.?`: null instead of an error. */
  readonly safe: boolean
}

export interface IndexExpression extends Span {
  readonly kind: 'index'
  readonly base: Expression
  readonly index: Expression
  readonly safe: boolean
  /** `[^1]`: counts from the end, from 1. */
  readonly fromEnd: boolean
}

export interface CallExpression extends Span {
  readonly kind: 'call'
  /** Set for `base.name(…)`: a namespace or a resource. */
  readonly base: Expression | undefined
  readonly name: string
  readonly arguments: readonly Expression[]
}

export interface LambdaExpression extends Span {
  readonly kind: 'lambda'
  readonly parameters: readonly string[]
  readonly body: Expression
}

/** `parent::child`: a resource declared inside another. */
export interface NestedExpression extends Span {
  readonly kind: 'nested'
  readonly base: Expression
  readonly name: string
}
