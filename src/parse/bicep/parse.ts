import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import type { Expression } from '../template/expression.ts'
import { Cursor, SyntaxFailure } from './cursor.ts'
import { isLoop, type ParseNested, parseExpression, parseLoopHead, parseObject } from './parse-expression.ts'
import { parsePlainString } from './parse-string.ts'
import { parseDecorators, parseType } from './parse-type.ts'
import type {
  BicepFile,
  Declaration,
  ImportDeclaration,
  LoopHead,
  ModuleDeclaration,
  ResourceDeclaration,
  TypeExpression,
} from './syntax.ts'

/** Broken declarations of one file, after which the rest of it is left out. */
const MAX_FAILURES = 50

/** How a declaration at the start of a line looks, for going on after one that is broken. */
const NEXT_DECLARATION =
  /^(?:@|(?:param|var|resource|module|output|type|func|metadata|targetScope|import|using|extends|extension|provider|assert)[ \t]+[\w'{*=])/

/** The declarations of a Bicep or parameter file. A syntax error costs its declaration alone. Linear in the text. */
export function parseBicep(source: SourceText): BicepFile {
  const cursor = new Cursor(source.text)
  const declarations: Declaration[] = []
  const problems: Problem[] = []
  let failures = 0
  for (;;) {
    cursor.skipLines()
    if (cursor.atEnd) break
    const start = cursor.at
    const complain = (message: string, offset: number) => {
      const at = Math.min(offset, source.text.length)
      const last = problems.at(-1)?.at
      if (last !== undefined && 'start' in last && last.start === at) return
      problems.push({ code: 'syntax', message, at: { source, start: at, end: at + 1 } })
    }
    try {
      declarations.push(parseDeclaration(cursor, complain))
      if (!cursor.atLineEnd()) cursor.fail('a line break is missing')
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error
      complain(error.message, error.offset)
      if (++failures >= MAX_FAILURES) break
      cursor.reset()
      cursor.at = nextDeclaration(source.text, start)
    }
  }
  return { source, declarations, problems }
}

/** Start of the next line that looks like a declaration; the end of the text where there is none. */
function nextDeclaration(text: string, from: number): number {
  let at = from
  for (;;) {
    const lineEnd = text.indexOf('\n', at)
    if (lineEnd < 0) return text.length
    at = lineEnd + 1
    if (NEXT_DECLARATION.test(text.slice(at, at + 40))) return at
  }
}

type Complain = (message: string, offset: number) => void

function parseDeclaration(cursor: Cursor, complain: Complain): Declaration {
  parseDecorators(cursor)
  const start = cursor.at
  const keyword = cursor.expectName('a declaration')
  cursor.skipBlanks()
  switch (keyword) {
    case 'param':
      return parseParameter(cursor, start)
    case 'var': {
      const name = takeDeclaredName(cursor)
      if (!cursor.atLineEnd() && cursor.code !== 0x3d) parseType(cursor)
      const value = parseAssigned(cursor)
      return { kind: 'variable', ...name, value, start, end: cursor.at }
    }
    case 'resource':
      return parseResource(cursor, start)
    case 'module':
      return parseModule(cursor, start)
    case 'output': {
      const name = takeDeclaredName(cursor)
      if (cursor.code !== 0x3d) parseType(cursor)
      return { kind: 'output', ...name, value: parseAssigned(cursor), start, end: cursor.at }
    }
    case 'type': {
      const name = takeDeclaredName(cursor)
      takeEquals(cursor)
      return { kind: 'type', ...name, type: parseType(cursor), start, end: cursor.at }
    }
    case 'func':
      return parseFunction(cursor, start)
    case 'import':
      return parseImport(cursor, start)
    case 'using':
    case 'extends':
      return parsePath(cursor, keyword, start)
    case 'extension':
    case 'provider':
      return parseExtension(cursor, start)
    case 'targetScope':
      return { kind: 'target-scope', name: keyword, value: parseAssigned(cursor), start, end: cursor.at }
    case 'metadata':
    case 'assert': {
      const { name } = takeDeclaredName(cursor)
      return { kind: keyword, name, value: parseAssigned(cursor), start, end: cursor.at }
    }
    default: {
      const message = `"${keyword}" begins no declaration`
      if (cursor.code !== 0x3a) cursor.fail(message, start)
      // `name: value` instead of `param name = value`: a slip that tells all there is to know.
      complain(message, start)
      cursor.at++
      cursor.skipLines()
      const value = parseExpression(cursor)
      const name = { name: keyword, nameStart: start, nameEnd: start + keyword.length }
      return { kind: 'parameter', ...name, type: undefined, value, start, end: cursor.at }
    }
  }
}

interface DeclaredName {
  readonly name: string
  readonly nameStart: number
  readonly nameEnd: number
}

function takeDeclaredName(cursor: Cursor): DeclaredName {
  const nameStart = cursor.at
  const name = cursor.expectName('a name')
  const nameEnd = cursor.at
  cursor.skipBlanks()
  return { name, nameStart, nameEnd }
}

function takeEquals(cursor: Cursor): void {
  cursor.skipLines()
  cursor.expect('=')
  cursor.skipLines()
}

function parseAssigned(cursor: Cursor): Expression {
  takeEquals(cursor)
  return parseExpression(cursor)
}

function parseParameter(cursor: Cursor, start: number): Declaration {
  const name = takeDeclaredName(cursor)
  const type: TypeExpression | undefined = hasType(cursor) ? parseType(cursor) : undefined
  const beforeValue = cursor.at
  cursor.skipBlanks()
  let value: Expression | undefined
  if (cursor.code === 0x3d) value = parseAssigned(cursor)
  else cursor.at = beforeValue
  return { kind: 'parameter', ...name, type, value, start, end: cursor.at }
}

/** Whether a type follows; a union may begin on the next line. */
function hasType(cursor: Cursor): boolean {
  if (!cursor.atLineEnd()) return cursor.code !== 0x3d
  const start = cursor.at
  cursor.skipLines()
  const isUnion = cursor.code === 0x7c
  cursor.at = start
  return isUnion
}

function parseResource(cursor: Cursor, start: number): ResourceDeclaration {
  cursor.enter()
  const name = takeDeclaredName(cursor)
  const typeStart = cursor.at
  const fullType = parsePlainString(cursor, 'the type of the resource').replace(/^az:/, '')
  const typeEnd = cursor.at
  cursor.skipBlanks()
  const existing = cursor.takeWord('existing')
  takeEquals(cursor)
  const children: ResourceDeclaration[] = []
  const deployed = parseDeployed(cursor, (inner) => parseNestedResource(inner, children))
  cursor.leave()
  const at = fullType.indexOf('@')
  return {
    kind: 'resource',
    ...name,
    type: at < 0 ? fullType : fullType.slice(0, at),
    apiVersion: at < 0 ? undefined : fullType.slice(at + 1),
    typeStart,
    typeEnd,
    existing,
    children,
    ...deployed,
    start,
    end: cursor.at,
  }
}

function parseModule(cursor: Cursor, start: number): ModuleDeclaration {
  const name = takeDeclaredName(cursor)
  const pathStart = cursor.at
  const path = parsePlainString(cursor, 'the path of the module')
  const pathEnd = cursor.at
  takeEquals(cursor)
  const deployed = parseDeployed(cursor, () => false)
  return { kind: 'module', ...name, path, pathStart, pathEnd, ...deployed, start, end: cursor.at }
}

/** `{…}`, `if (…) {…}` or `[for … : …]` of either. */
function parseDeployed(
  cursor: Cursor,
  parseNested: ParseNested,
): { condition: Expression | undefined; loop: LoopHead | undefined; body: Expression } {
  if (cursor.code !== 0x5b) return { ...parseConditionalBody(cursor, parseNested), loop: undefined }
  const start = cursor.at
  cursor.expect('[')
  cursor.skipLines()
  if (!isLoop(cursor)) cursor.fail('"for" is missing')
  const head = parseLoopHead(cursor)
  cursor.skipLines()
  const body = parseConditionalBody(cursor, parseNested)
  cursor.skipLines()
  cursor.expect(']')
  return { ...body, loop: { ...head, start, end: head.list.end } }
}

function parseConditionalBody(
  cursor: Cursor,
  parseNested: ParseNested,
): { condition: Expression | undefined; body: Expression } {
  let condition: Expression | undefined
  if (cursor.takeWord('if')) {
    cursor.skipBlanks()
    cursor.expect('(')
    cursor.skipLines()
    condition = parseExpression(cursor)
    cursor.skipLines()
    cursor.expect(')')
    cursor.skipLines()
  }
  return { condition, body: parseObject(cursor, parseNested) }
}

/** A resource declared where a property could stand. */
function parseNestedResource(cursor: Cursor, children: ResourceDeclaration[]): boolean {
  const start = cursor.at
  parseDecorators(cursor)
  const resourceStart = cursor.at
  if (cursor.takeWord('resource')) {
    cursor.skipBlanks()
    if (cursor.code !== 0x3a) {
      children.push(parseResource(cursor, resourceStart))
      return true
    }
  }
  cursor.at = start
  return false
}

function parseFunction(cursor: Cursor, start: number): Declaration {
  const name = takeDeclaredName(cursor)
  cursor.expect('(')
  const parameters: string[] = []
  for (;;) {
    cursor.skipLines()
    if (cursor.take(')')) break
    parameters.push(cursor.expectName('the name of a parameter'))
    cursor.skipBlanks()
    if (cursor.code !== 0x2c && cursor.code !== 0x29) parseType(cursor)
    cursor.skipLines()
    if (!cursor.take(',') && cursor.code !== 0x29) cursor.fail('")" is missing')
  }
  cursor.skipBlanks()
  if (!cursor.text.startsWith('=>', cursor.at)) parseType(cursor)
  cursor.skipLines()
  cursor.expect('=>')
  cursor.skipLines()
  return { kind: 'function', ...name, parameters, body: parseExpression(cursor), start, end: cursor.at }
}

/** `import * as x from '…'`, `import {a, b as c} from '…'`; the older `import 'provider'` is an extension. */
function parseImport(cursor: Cursor, start: number): Declaration {
  if (cursor.code === 0x27) return parseExtension(cursor, start)
  const items: ImportDeclaration['items'][number][] = []
  let alias: string | undefined
  if (cursor.take('*')) {
    cursor.skipLines()
    if (!cursor.takeWord('as')) cursor.fail('"as" is missing')
    cursor.skipBlanks()
    alias = cursor.expectName('a name')
  } else if (cursor.take('{')) {
    for (;;) {
      cursor.skipLines()
      if (cursor.take('}')) break
      const name = cursor.code === 0x27 ? parsePlainString(cursor, 'a name') : cursor.expectName('a name')
      cursor.skipBlanks()
      const renamed = cursor.takeWord('as')
      if (renamed) cursor.skipBlanks()
      items.push({ name, alias: renamed ? cursor.expectName('a name') : name })
      cursor.skipBlanks()
      if (!cursor.take(',') && !cursor.atLineEnd() && cursor.code !== 0x7d) cursor.fail('"}" is missing')
    }
  } else return parseExtension(cursor, start)
  cursor.skipLines()
  if (!cursor.takeWord('from')) cursor.fail('"from" is missing')
  cursor.skipLines()
  const path = parsePlainString(cursor, 'the path of the import')
  return { kind: 'import', path, alias, items, start, end: cursor.at }
}

function parsePath(cursor: Cursor, kind: 'using' | 'extends', start: number): Declaration {
  const path = kind === 'using' && cursor.takeWord('none') ? undefined : parsePlainString(cursor, 'a path')
  cursor.skipBlanks()
  if (cursor.takeWord('with')) {
    cursor.skipLines()
    parseExpression(cursor)
  }
  return { kind, path, start, end: cursor.at }
}

/** `extension name` or `extension 'path'`, with a configuration and another name; none of them holds a resource. */
function parseExtension(cursor: Cursor, start: number): Declaration {
  const name = cursor.code === 0x27 ? parsePlainString(cursor, 'the extension') : cursor.expectName('the extension')
  cursor.skipBlanks()
  let value: Expression | undefined
  if (cursor.takeWord('with')) {
    cursor.skipLines()
    value = parseExpression(cursor)
    cursor.skipBlanks()
  }
  if (cursor.takeWord('as')) {
    cursor.skipBlanks()
    cursor.expectName('a name')
  }
  return { kind: 'extension', name, value, start, end: cursor.at }
}
