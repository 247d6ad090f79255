import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import { Cursor } from './cursor.ts'
import { parseExpression } from './parse-expression.ts'
import type { Attribute, Block, Body, ParsedFile } from './syntax.ts'
import { SyntaxFailure } from './syntax-failure.ts'

const QUOTE = 0x22
const EQUAL = 0x3d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const SEMICOLON = 0x3b

/** Broken blocks of one file; what follows is not read. */
const MAX_BROKEN = 100
/** Characters that are read in vain and once more, because an item behind them is looked for inside them. */
const MAX_LOST = 4_000_000

/**
 * Parses a file of native syntax. Never throws: what is broken is left out, block by block, and named in `problems`.
 * O(length of the text).
 */
export function parseNative(source: SourceText): ParsedFile {
  const { text } = source
  const problems: Problem[] = []
  const attributes: Attribute[] = []
  const blocks: Block[] = []
  const cursor = new Cursor(text, text.charCodeAt(0) === 0xfeff ? 1 : 0, text.length)
  const body = { attributes, blocks }
  const names = new Map<string, Attribute>()
  let broken = 0
  let lost = 0
  for (;;) {
    let start = cursor.at
    try {
      cursor.skipLines()
      if (cursor.at >= cursor.limit) break
      start = cursor.at
      readItem(cursor, body, names, source, problems)
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure
      const at = Math.min(failure.at, Math.max(0, text.length - 1))
      problems.push({
        code: 'syntax',
        message: failure.message,
        at: { source, start: at, end: Math.min(at + 1, text.length) },
      })
      cursor.at = nextItem(text, Math.max(start, Math.min(failure.at, cursor.limit)), start)
      lost += Math.max(0, failure.at - start)
      if (++broken >= MAX_BROKEN || lost > MAX_LOST + text.length) {
        const end = Math.min(cursor.at, text.length)
        const message = 'so much of the file is broken that what follows was not read'
        if (end < text.length) problems.push({ code: 'limit-exceeded', message, at: { source, start: end, end } })
        break
      }
      cursor.depth = 0
      cursor.multiline = false
    }
  }
  return { source, body, problems }
}

/** Where the next item of the file begins behind a broken one: a line that looks like the head of a block or an attribute, at the margin. */
function nextItem(text: string, failedAt: number, start: number): number {
  const head = /^(?:[A-Za-z_][\w-]*(?:[ \t]+(?:"[^"\n]*"|[\w-]+))*[ \t]*\{|[A-Za-z_][\w-]*[ \t]*=(?!=))/my
  // The broken item may have swallowed those behind it, where a quote or a brace is missing: look from its second line.
  for (let line = text.indexOf('\n', start) + 1; line > 0; line = text.indexOf('\n', line) + 1) {
    head.lastIndex = line
    const found = head.exec(text)
    if (found === null) continue
    const isAttribute = found[0].endsWith('=')
    if (!isAttribute || line > failedAt) return line
  }
  return text.length
}

function readBody(cursor: Cursor, source: SourceText, problems: Problem[]): Body {
  const attributes: Attribute[] = []
  const blocks: Block[] = []
  const names = new Map<string, Attribute>()
  const body = { attributes, blocks }
  for (;;) {
    cursor.skipLines()
    if (cursor.peek() === CLOSE_BRACE) return body
    if (cursor.at >= cursor.limit) cursor.fail('a block is not closed')
    readItem(cursor, body, names, source, problems)
  }
}

function readItem(
  cursor: Cursor,
  body: { readonly attributes: Attribute[]; readonly blocks: Block[] },
  names: Map<string, Attribute>,
  source: SourceText,
  problems: Problem[],
): void {
  const start = cursor.at
  if (!cursor.isIdentifierStart()) cursor.fail('the name of an argument or of a block is expected here')
  const name = cursor.identifier()
  const nameEnd = cursor.at
  cursor.skip()
  const sign = cursor.peek()
  if (sign === EQUAL) {
    cursor.at++
    cursor.skip()
    const expression = parseExpression(cursor)
    endItem(cursor)
    const attribute: Attribute = { name, start, nameEnd, expression, source }
    if (names.has(name)) {
      const at = { source, start, end: nameEnd }
      problems.push({ code: 'duplicate-key', message: `the argument ${name} is set twice`, at })
      return
    }
    names.set(name, attribute)
    body.attributes.push(attribute)
    return
  }
  body.blocks.push(readBlock(cursor, name, start, source, problems))
}

function readBlock(cursor: Cursor, type: string, start: number, source: SourceText, problems: Problem[]): Block {
  const labels: string[] = []
  for (;;) {
    cursor.skip()
    const unit = cursor.peek()
    if (unit === OPEN_BRACE) break
    if (unit === QUOTE) labels.push(readLabel(cursor))
    else if (cursor.isIdentifierStart()) labels.push(cursor.identifier())
    else cursor.fail(`"=" or "{" is expected behind ${type}`)
  }
  cursor.enter()
  cursor.at++
  const body = readBody(cursor, source, problems)
  cursor.at++
  cursor.depth--
  const end = cursor.at
  endItem(cursor)
  return { type, labels, body, start, end, source }
}

function readLabel(cursor: Cursor): string {
  const start = cursor.at
  const { text } = cursor
  let value = ''
  cursor.at++
  for (;;) {
    const unit = cursor.peek()
    if (Number.isNaN(unit) || unit === 0x0a) cursor.fail('a label is not closed', start)
    cursor.at++
    if (unit === QUOTE) return value
    if (unit === 0x5c) {
      value += text[cursor.at] ?? ''
      cursor.at++
    } else value += text[cursor.at - 1]
  }
}

/** An item ends with its line, or with the block that it is alone in. */
function endItem(cursor: Cursor): void {
  cursor.skip()
  if (cursor.at >= cursor.limit || cursor.peek() === CLOSE_BRACE || cursor.atLineEnd()) return
  if (cursor.peek() === SEMICOLON) cursor.fail('items are separated by line ends, not by ";"')
  cursor.fail('a line end is expected here')
}
