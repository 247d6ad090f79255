import type { ScalarValue } from '../../base/value.ts'
import type { Expression } from './expression.ts'

/** Nesting of calls and indexes; compiled templates reach about 40. */
const MAX_DEPTH = 200

/** What a string of a template is: an expression, a literal, or an expression that is broken. */
export type TemplateString =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'broken'; readonly message: string }

const parsed = new WeakMap<ScalarValue, TemplateString>()

/** Reads a string of a template, once for each. `value` must hold a string. */
export function readTemplateString(value: ScalarValue): TemplateString {
  const text = String(value.value)
  if (!isExpression(text)) return { kind: 'text', text: literalText(text) }
  let result = parsed.get(value)
  if (result === undefined) {
    result = parseTemplateString(text, value)
    parsed.set(value, result)
  }
  return result
}

/** `[…]` is an expression, `[[…]` a literal, and so is a `[` that is not closed at the end. */
export function isExpression(text: string): boolean {
  return text.charCodeAt(0) === 0x5b && text.charCodeAt(1) !== 0x5b && text.charCodeAt(text.length - 1) === 0x5d
}

function literalText(text: string): string {
  return text.startsWith('[[') && text.endsWith(']') ? text.slice(1) : text
}

function parseTemplateString(text: string, value: ScalarValue): TemplateString {
  const { start, end } = value.origin
  // Where the file writes the string without escapes, every part of the expression has a place of its own.
  const plain = end - start === text.length + 2
  const parser = new ExpressionParser(text.slice(1, -1), plain ? start + 2 : undefined, start, end)
  try {
    return { kind: 'expression', expression: parser.parse() }
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error
    return { kind: 'broken', message: error.message }
  }
}

class ExpressionFailure extends Error {}

class ExpressionParser {
  readonly #text: string
  /** Offset in the file of the first character; undefined where the file writes it with escapes. */
  readonly #base: number | undefined
  readonly #wholeStart: number
  readonly #wholeEnd: number
  #at = 0
  #depth = 0

  constructor(text: string, base: number | undefined, wholeStart: number, wholeEnd: number) {
    this.#text = text
    this.#base = base
    this.#wholeStart = wholeStart
    this.#wholeEnd = wholeEnd
  }

  parse(): Expression {
    const expression = this.#parse()
    this.#skip()
    if (this.#at < this.#text.length) this.#fail('something follows the expression')
    return expression
  }

  #fail(message: string): never {
    throw new ExpressionFailure(`the expression is broken at character ${this.#at + 2}: ${message}`)
  }

  #span(start: number): { start: number; end: number } {
    const base = this.#base
    return base === undefined
      ? { start: this.#wholeStart, end: this.#wholeEnd }
      : { start: base + start, end: base + this.#at }
  }

  #skip(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++
  }

  #take(char: string): boolean {
    this.#skip()
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #parse(): Expression {
    if (++this.#depth > MAX_DEPTH) this.#fail('it is nested too deeply')
    this.#skip()
    const start = this.#at
    let expression = this.#parsePrimary()
    for (;;) {
      if (this.#take('.')) {
        this.#skip()
        const name = this.#takeMatch(/[\p{L}_$][\p{L}\p{N}_$-]*/uy)
        if (name === undefined) this.#fail('the name of a property is missing')
        expression = { kind: 'member', base: expression, name, safe: false, ...this.#span(start) }
      } else if (this.#take('[')) {
        const index = this.#parse()
        if (!this.#take(']')) this.#fail('"]" is missing')
        expression = { kind: 'index', base: expression, index, safe: false, fromEnd: false, ...this.#span(start) }
      } else break
    }
    this.#depth--
    return expression
  }

  #parsePrimary(): Expression {
    const start = this.#at
    if (this.#text[start] === "'") return this.#parseString()
    const number = this.#takeMatch(/[+-]?\d+(?:\.\d+)?/y)
    if (number !== undefined) return { kind: 'literal', value: Number(number), ...this.#span(start) }
    const name = this.#takeMatch(/[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*/uy)
    if (name === undefined) this.#fail('a value is missing')
    if (!this.#take('(')) {
      const word = name.toLowerCase()
      if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true', ...this.#span(start) }
      if (word === 'null') return { kind: 'literal', value: null, ...this.#span(start) }
      this.#fail('"(" is missing')
    }
    const args: Expression[] = []
    if (!this.#take(')')) {
      do args.push(this.#parse())
      while (this.#take(','))
      if (!this.#take(')')) this.#fail('")" is missing')
    }
    return toCall(name, args, this.#span(start))
  }

  #parseString(): Expression {
    const start = this.#at
    let at = start + 1
    let text = ''
    for (;;) {
      const quote = this.#text.indexOf("'", at)
      if (quote < 0) this.#fail('a string does not end')
      text += this.#text.slice(at, quote)
      at = quote + 1
      if (this.#text[at] !== "'") break
      text += "'"
      at++
    }
    this.#at = at
    return { kind: 'literal', value: text, ...this.#span(start) }
  }

  #takeMatch(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at += match[0].length
    return match[0]
  }
}

/** A call; `lambda` and `lambdaVariables` become what Bicep writes with `=>` and names. */
function toCall(name: string, args: readonly Expression[], span: { start: number; end: number }): Expression {
  const lower = name.toLowerCase()
  if (lower === 'lambda') {
    const body = args.at(-1)
    const parameters = args.slice(0, -1).map((one) => (one.kind === 'literal' ? String(one.value) : ''))
    if (body !== undefined) return { kind: 'lambda', parameters, body, ...span }
  }
  const first = args[0]
  if (lower === 'lambdavariables' && first?.kind === 'literal')
    return { kind: 'name', name: String(first.value), ...span }
  return { kind: 'call', base: undefined, name, arguments: args, ...span }
}
