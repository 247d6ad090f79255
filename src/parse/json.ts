import { createScanner } from 'jsonc-parser'
import type { Origin } from '../base/origin.ts'
import type { Problem } from '../base/problem.ts'
import type { SourceText } from '../base/text.ts'
import type { MapEntry, Value } from '../base/value.ts'

export interface JsonResult {
  /** The values on top, in order; one in every ordinary file. Empty where the file is broken or holds nothing. */
  readonly values: readonly Value[]
  readonly problems: readonly Problem[]
}

export interface JsonOptions {
  /** Whether comments and a comma before a closing bracket are let pass, as ARM's tools do. Default: false. */
  readonly lenient?: boolean
  /** Longest text, in UTF-16 units. Default: 2 Mi. */
  readonly maxLength?: number
  /** Deepest nesting. Default: 100. */
  readonly maxDepth?: number
}

/**
 * The values of a JSON file with the offsets of every value and key. Never throws; a file with an error gives the values
 * before it and one `syntax` problem. Several values may follow each other, as kubectl reads them. The last of duplicate keys
 * wins, with a `duplicate-key` problem.
 */
export function parseJson(source: SourceText, options: JsonOptions = {}): JsonResult {
  const { lenient = false, maxLength = 2 * 1024 * 1024, maxDepth = 100 } = options
  const values: Value[] = []
  const problems: Problem[] = []
  const { text } = source
  if (text.length > maxLength) {
    const message = `the file is larger than ${Math.round(maxLength / 1024)} KiB and was not read`
    return { values, problems: [{ code: 'too-large', message, at: { file: source.path } }] }
  }
  const scanner = createScanner(text, false)
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) scanner.setPosition(1)
  const open: Open[] = []
  let expects = 'value' as Expects

  const here = (): Origin => {
    const start = scanner.getTokenOffset()
    return { source, start, end: start + scanner.getTokenLength() }
  }
  const stop = (message: string): JsonResult => {
    problems.push({ code: 'syntax', message: `the JSON is broken: ${message}`, at: here() })
    return { values, problems }
  }
  const put = (value: Value): void => {
    const top = open.at(-1)
    if (top === undefined) {
      values.push(value)
      expects = 'value'
      return
    }
    if (top.entries === undefined) top.items!.push(value)
    else top.entries.set(top.key!.name, { value, key: top.key!.origin })
    expects = 'comma-or-close'
  }

  for (;;) {
    const token: number = scanner.scan()
    const top = open.at(-1)
    switch (token) {
      case Token.Trivia:
      case Token.LineBreakTrivia:
        continue
      case Token.LineCommentTrivia:
      case Token.BlockCommentTrivia:
        if (!lenient) return stop('it holds a comment')
        if (scanner.getTokenError() !== 0) return stop('a comment is never closed')
        continue
      case Token.EOF:
        return top === undefined
          ? { values, problems }
          : stop(top.entries === undefined ? 'a `[` is never closed' : 'a `{` is never closed')
      case Token.Unknown:
        return stop('this is not a value')
      default:
        break
    }
    if (scanner.getTokenError() !== 0) return stop(TOKEN_ERRORS[scanner.getTokenError()] ?? 'this is not a value')
    if (token === Token.CloseBraceToken || token === Token.CloseBracketToken) {
      const isMap = token === Token.CloseBraceToken
      if (top === undefined || (top.entries !== undefined) !== isMap)
        return stop('a closing bracket has no opening one')
      const mayClose = expects === 'comma-or-close' || expects === 'first' || (expects === 'next' && lenient)
      if (!mayClose) return stop('a value is missing before the closing bracket')
      open.pop()
      const origin: Origin = { source, start: top.start, end: here().end }
      put(isMap ? { kind: 'map', entries: top.entries!, origin } : { kind: 'list', items: top.items!, origin })
      continue
    }
    if (token === Token.CommaToken) {
      if (expects !== 'comma-or-close') return stop('a comma stands where a value is expected')
      expects = 'next'
      continue
    }
    if (token === Token.ColonToken) {
      if (expects !== 'colon') return stop('a colon stands where none is expected')
      expects = 'value'
      continue
    }
    if (expects === 'comma-or-close') return stop('a comma is missing')
    if (expects === 'colon') return stop('a colon is missing behind a key')
    if (top?.entries !== undefined && expects !== 'value') {
      if (token !== Token.StringLiteral) return stop('a key must be in double quotes')
      const name = scanner.getTokenValue()
      const origin = here()
      if (top.entries.has(name))
        problems.push({
          code: 'duplicate-key',
          message: `the key \`${name}\` stands twice in one object; the last one holds`,
          at: origin,
        })
      top.key = { name, origin }
      expects = 'colon'
      continue
    }
    if (token === Token.OpenBraceToken || token === Token.OpenBracketToken) {
      if (open.length >= maxDepth) {
        problems.push({
          code: 'limit-exceeded',
          message: `the file is nested deeper than ${maxDepth} levels`,
          at: here(),
        })
        return { values, problems }
      }
      const isMap = token === Token.OpenBraceToken
      open.push({
        start: scanner.getTokenOffset(),
        entries: isMap ? new Map() : undefined,
        items: isMap ? undefined : [],
        key: undefined,
      })
      expects = 'first'
      continue
    }
    put({ kind: 'scalar', value: scalarOf(token, scanner.getTokenValue()), origin: here() })
  }
}

/** jsonc-parser's `SyntaxKind`, a `const enum` that only its own compilation can read. */
const Token = {
  OpenBraceToken: 1,
  CloseBraceToken: 2,
  OpenBracketToken: 3,
  CloseBracketToken: 4,
  CommaToken: 5,
  ColonToken: 6,
  NullKeyword: 7,
  TrueKeyword: 8,
  FalseKeyword: 9,
  StringLiteral: 10,
  NumericLiteral: 11,
  LineCommentTrivia: 12,
  BlockCommentTrivia: 13,
  LineBreakTrivia: 14,
  Trivia: 15,
  Unknown: 16,
  EOF: 17,
} as const

/** A collection that is being filled. */
interface Open {
  readonly start: number
  readonly entries: Map<string, MapEntry> | undefined
  readonly items: Value[] | undefined
  key: { readonly name: string; readonly origin: Origin } | undefined
}

/** `first`: a value, a key or the closing bracket; `next`: a value or key behind a comma. */
type Expects = 'value' | 'first' | 'next' | 'colon' | 'comma-or-close'

function scalarOf(token: number, text: string): string | number | boolean | null {
  switch (token) {
    case Token.NumericLiteral:
      return Number(text)
    case Token.TrueKeyword:
      return true
    case Token.FalseKeyword:
      return false
    case Token.NullKeyword:
      return null
    default:
      return text
  }
}

/** By jsonc-parser's `ScanError`. */
const TOKEN_ERRORS: readonly (string | undefined)[] = [
  undefined,
  'a comment is never closed',
  'a `"` is never closed on its line',
  'a number is cut off',
  'an escape `\\u` needs four hexadecimal digits',
  'this escape does not exist',
  'a string holds a control character',
]

const BYTE_ORDER_MARK = 0xfeff
