import { Cursor } from './cursor.ts'
import { parseForNames } from './for-names.ts'
import type { Expression, TemplatePart } from './syntax.ts'

const QUOTE = 0x22
const DOLLAR = 0x24
const PERCENT = 0x25
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const TILDE = 0x7e
const LF = 0x0a
const CR = 0x0d

/** Expressions stand in templates and templates in expressions; the parser of the one is handed to the other. */
export type ParseExpression = (cursor: Cursor) => Expression

/** A template as its tokens, before directives find their ends. */
type Token = Literal | Interpolation | Directive

interface Literal {
  readonly kind: 'text'
  text: string
}

interface Interpolation {
  readonly kind: 'value'
  readonly value: Expression
}

interface Directive {
  readonly kind: 'if' | 'else' | 'endif' | 'for' | 'endfor'
  readonly start: number
  readonly end: number
  readonly expression?: Expression
  readonly names?: { readonly key: string | undefined; readonly value: string }
}

/** Parses the quoted string or template under the cursor. */
export function parseQuoted(cursor: Cursor, parseExpression: ParseExpression): Expression {
  const start = cursor.at
  const plain = plainString(cursor)
  if (plain !== undefined) return { kind: 'literal', start, end: cursor.at, value: plain }
  cursor.at = start + 1
  const tokens = readTokens(cursor, 'quoted', parseExpression)
  if (cursor.peek() !== QUOTE) cursor.fail('a string is not closed', start)
  cursor.at++
  return toExpression(tokens, start, cursor, true)
}

/** Most strings have neither escapes nor interpolations: one pass, one slice. */
function plainString(cursor: Cursor): string | undefined {
  const { text, limit } = cursor
  for (let at = cursor.at + 1; at < limit; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) {
      const value = text.slice(cursor.at + 1, at)
      cursor.at = at + 1
      return value.normalize('NFC')
    }
    if (unit === BACKSLASH || unit === DOLLAR || unit === PERCENT || unit === LF) return undefined
  }
  return undefined
}

/** Parses `<<NAME` or `<<-NAME` and the lines up to the one that holds NAME alone. */
export function parseHeredoc(cursor: Cursor, parseExpression: ParseExpression): Expression {
  const { text } = cursor
  const start = cursor.at
  if (!cursor.startsWith('<<')) cursor.fail('an expression is expected here')
  cursor.at += 2
  const flush = cursor.peek() === 0x2d
  if (flush) cursor.at++
  if (!cursor.isIdentifierStart()) cursor.fail('a name is expected behind "<<"')
  const marker = cursor.identifier()
  if (!cursor.atLineEnd()) cursor.fail('a line end is expected behind the name of a heredoc')
  cursor.passLineEnd()
  const bodyStart = cursor.at
  for (let lineStart = bodyStart; ; ) {
    const lineEnd = text.indexOf('\n', lineStart)
    const end = lineEnd < 0 || lineEnd > cursor.limit ? cursor.limit : lineEnd
    if (isMarkerLine(text, lineStart, end, marker)) {
      const inner = new Cursor(text, bodyStart, lineStart)
      inner.depth = cursor.depth
      const tokens = readTokens(inner, 'lines', parseExpression)
      if (inner.at < lineStart) inner.fail('a template is not closed')
      if (flush) removeIndent(tokens)
      cursor.at = end > lineStart && text.charCodeAt(end - 1) === CR ? end - 1 : end
      return toExpression(tokens, start, cursor, false)
    }
    if (end >= cursor.limit) cursor.fail(`the heredoc ${marker} is not closed`, start)
    lineStart = end + 1
  }
}

function isMarkerLine(text: string, start: number, end: number, marker: string): boolean {
  let at = start
  while (at < end && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09)) at++
  if (!text.startsWith(marker, at)) return false
  return text.slice(at + marker.length, end).trim() === ''
}

/** A whole text as a template. */
export function parseTemplateText(text: string, wrapped: boolean, parseExpression: ParseExpression): Expression {
  const cursor = new Cursor(text, 0, text.length)
  const tokens = readTokens(cursor, 'lines', parseExpression)
  return toExpression(tokens, 0, cursor, wrapped)
}

/**
 * Reads literals, interpolations and directives. In mode `quoted` it ends before the closing quote and knows escapes;
 * in mode `lines` it ends at the limit, and each line is a literal of its own, because `~` trims one literal only.
 */
function readTokens(cursor: Cursor, mode: 'quoted' | 'lines', parseExpression: ParseExpression): Token[] {
  const tokens: Token[] = []
  let trimNext = false
  let run = ''
  let from = cursor.at
  const endLiteral = () => {
    const text = run + cursor.text.slice(from, cursor.at)
    run = ''
    if (text === '') return
    tokens.push({ kind: 'text', text: trimNext ? text.trimStart() : text })
    trimNext = false
  }
  for (;;) {
    const unit = cursor.peek()
    if (Number.isNaN(unit)) break
    if (mode === 'quoted') {
      if (unit === QUOTE) break
      if (unit === LF) cursor.fail('a string ends before its line does')
      if (unit === BACKSLASH) {
        run += cursor.text.slice(from, cursor.at) + readEscape(cursor)
        from = cursor.at
        continue
      }
    } else if (unit === LF) {
      cursor.at++
      endLiteral()
      from = cursor.at
      continue
    }
    if (unit !== DOLLAR && unit !== PERCENT) {
      cursor.at++
      continue
    }
    if (cursor.peekAt(1) === unit && cursor.peekAt(2) === OPEN_BRACE) {
      run += cursor.text.slice(from, cursor.at + 1)
      cursor.at += 3
      run += '{'
      from = cursor.at
      continue
    }
    if (cursor.peekAt(1) !== OPEN_BRACE) {
      cursor.at++
      continue
    }
    endLiteral()
    trimNext = readSequence(cursor, tokens, unit === DOLLAR, parseExpression)
    from = cursor.at
  }
  endLiteral()
  return tokens
}

/** Reads `${…}` or `%{…}`; true where it ends in `~}`. */
function readSequence(cursor: Cursor, tokens: Token[], isValue: boolean, parseExpression: ParseExpression): boolean {
  const start = cursor.at
  cursor.at += 2
  if (cursor.peek() === TILDE) {
    cursor.at++
    const last = tokens.at(-1)
    if (last?.kind === 'text') last.text = last.text.trimEnd()
  }
  const multiline = cursor.multiline
  cursor.multiline = true
  cursor.skip()
  if (isValue) {
    cursor.enter(start)
    const value = parseExpression(cursor)
    cursor.depth--
    tokens.push({ kind: 'value', value })
  } else {
    tokens.push(readDirective(cursor, start, parseExpression))
  }
  cursor.skip()
  const trim = cursor.peek() === TILDE
  if (trim) cursor.at++
  if (cursor.peek() !== CLOSE_BRACE) cursor.fail('"}" is expected at the end of a template sequence')
  cursor.at++
  cursor.multiline = multiline
  return trim
}

function readDirective(cursor: Cursor, start: number, parseExpression: ParseExpression): Directive {
  if (!cursor.isIdentifierStart()) cursor.fail('a keyword is expected behind "%{"')
  const keyword = cursor.identifier()
  cursor.skip()
  switch (keyword) {
    case 'if':
      return { kind: 'if', start, expression: parseExpression(cursor), end: cursor.at }
    case 'for': {
      const names = parseForNames(cursor)
      return { kind: 'for', start, names, expression: parseExpression(cursor), end: cursor.at }
    }
    case 'else':
    case 'endif':
    case 'endfor':
      return { kind: keyword, start, end: cursor.at }
    default:
      return cursor.fail(`${JSON.stringify(keyword)} is no template keyword`, start)
  }
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
])

function readEscape(cursor: Cursor): string {
  const letter = cursor.text[cursor.at + 1] ?? ''
  const simple = SIMPLE_ESCAPES.get(letter)
  if (simple !== undefined) {
    cursor.at += 2
    return simple
  }
  const length = letter === 'u' ? 4 : letter === 'U' ? 8 : 0
  const digits = cursor.text.slice(cursor.at + 2, cursor.at + 2 + length)
  const point = Number.parseInt(digits, 16)
  if (length === 0 || !/^[0-9a-fA-F]+$/.test(digits) || digits.length !== length || point > 0x10ffff) {
    cursor.fail(`"\\${letter}" is no escape sequence`)
  }
  cursor.at += 2 + length
  return String.fromCodePoint(point)
}

/**
 * Takes from each line the indent that all lines share. Lines without anything but their end do not count.
 * Source: the HCL syntax specification, "Template Expressions", on the flush heredoc.
 */
function removeIndent(tokens: readonly Token[]): void {
  let indent = Number.POSITIVE_INFINITY
  const first: Literal[] = []
  let newline = true
  for (const token of tokens) {
    if (newline) {
      newline = false
      if (token.kind !== 'text') indent = 0
      else {
        const spaces = token.text.length - token.text.trimStart().length
        if (spaces < token.text.length || !token.text.endsWith('\n')) {
          first.push(token)
          indent = Math.min(indent, spaces)
        }
      }
    }
    if (token.kind === 'text' && token.text.endsWith('\n')) newline = true
  }
  for (const literal of first) literal.text = literal.text.slice(indent)
}

/** `wrapped`: a lone interpolation is the value itself and not its text. */
function toExpression(tokens: readonly Token[], start: number, cursor: Cursor, wrapped: boolean): Expression {
  const end = cursor.at
  const [only] = tokens
  if (tokens.length === 1 && only?.kind === 'value' && wrapped) return { kind: 'wrap', start, end, value: only.value }
  const reader = { tokens, at: 0 }
  const parts = readParts(reader, cursor)
  const extra = tokens[reader.at]
  if (extra !== undefined)
    cursor.fail('a template directive ends what was not begun', 'start' in extra ? extra.start : start)
  if (parts.every((part) => typeof part === 'string')) {
    return { kind: 'literal', start, end, value: (parts as string[]).join('').normalize('NFC') }
  }
  return { kind: 'template', start, end, parts }
}

/** Parts up to a directive that ends or continues an enclosing one. Nesting is bounded by the cursor's own depth. */
function readParts(reader: { readonly tokens: readonly Token[]; at: number }, cursor: Cursor): TemplatePart[] {
  const parts: TemplatePart[] = []
  for (;;) {
    const token = reader.tokens[reader.at]
    if (token === undefined) return parts
    switch (token.kind) {
      case 'text':
        if (token.text !== '') parts.push(token.text)
        reader.at++
        break
      case 'value':
        parts.push(token.value)
        reader.at++
        break
      case 'if':
      case 'for':
        reader.at++
        cursor.enter(token.start)
        parts.push(readNested(reader, cursor, token))
        cursor.depth--
        break
      case 'else':
      case 'endif':
      case 'endfor':
        return parts
    }
  }
}

function readNested(
  reader: { readonly tokens: readonly Token[]; at: number },
  cursor: Cursor,
  opening: Directive,
): TemplatePart {
  const { start } = opening
  const expression = opening.expression!
  const body = readParts(reader, cursor)
  let closing = reader.tokens[reader.at]
  if (opening.kind === 'for') {
    if (closing?.kind !== 'endfor') cursor.fail('"%{ for }" has no "%{ endfor }"', start)
    reader.at++
    return { kind: 'template-for', start, end: closing.end, ...opening.names!, collection: expression, body }
  }
  let otherwise: TemplatePart[] = []
  if (closing?.kind === 'else') {
    reader.at++
    otherwise = readParts(reader, cursor)
    closing = reader.tokens[reader.at]
  }
  if (closing?.kind !== 'endif') cursor.fail('"%{ if }" has no "%{ endif }"', start)
  reader.at++
  return { kind: 'template-if', start, end: closing.end, condition: expression, whenTrue: body, whenFalse: otherwise }
}
