import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import { MAX_NESTING } from './cursor.ts'
import {
  type BlockLabels,
  blocksInside,
  FLAT_BLOCKS,
  hasKnownBlocks,
  isProviderBlock,
  TOP_BLOCKS,
} from './json-blocks.ts'
import { fromNumber, parseNumber } from './number.ts'
import { parseTemplate } from './parse-expression.ts'
import type { Attribute, Block, Body, Expression, ObjectItem, ParsedFile } from './syntax.ts'
import { SyntaxFailure } from './syntax-failure.ts'

/** Parses a `.tf.json` or `.tofu.json` file. Offsets are those of the JSON values. */
export function parseJsonConfiguration(source: SourceText): ParsedFile {
  return parseJson(source, (root, reader) => reader.root(root))
}

/** Parses a `.tfvars.json` file: every property is an argument, and strings are no templates. */
export function parseJsonValues(source: SourceText): ParsedFile {
  return parseJson(source, (root, reader) => ({ attributes: reader.attributes(root, false), blocks: [] }))
}

function parseJson(source: SourceText, read: (root: Node, reader: JsonReader) => Body): ParsedFile {
  const errors: ParseError[] = []
  const problems: Problem[] = []
  const text = source.text.charCodeAt(0) === 0xfeff ? ` ${source.text.slice(1)}` : source.text
  const fail = (message: string, start: number, end: number) =>
    problems.push({ code: 'syntax', message, at: { source, start, end } })
  if (nestsTooDeep(text)) {
    fail(`nested more than ${MAX_NESTING} levels deep`, 0, Math.min(1, text.length))
    return { source, body: { attributes: [], blocks: [] }, problems }
  }
  const root = parseTree(text, errors, { disallowComments: true })
  for (const error of errors.slice(0, 1)) {
    fail(`not valid JSON: ${printParseErrorCode(error.error)}`, error.offset, error.offset + error.length)
  }
  const reader = new JsonReader(source, problems)
  const body = root === undefined ? { attributes: [], blocks: [] } : read(root, reader)
  return { source, body, problems }
}

/** The parser of JSON recurses; a text that nests deeper than it may is told from its brackets alone. */
function nestsTooDeep(text: string): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (quoted) {
      if (unit === 0x5c) i++
      else if (unit === 0x22) quoted = false
    } else if (unit === 0x22) quoted = true
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > MAX_NESTING) return true
    } else if (unit === 0x7d || unit === 0x5d) depth--
  }
  return false
}

interface Property {
  readonly name: string
  readonly key: Node
  readonly value: Node
}

/** What the properties of an object mean where it stands. */
interface Context {
  /** Strings are templates: everywhere but in the declaration of a variable, which is constant. */
  readonly templates: boolean
  /** It is inside of a resource whose blocks are known from its arguments. */
  readonly knowsBlocks: boolean
  /** The properties are those of the provider, and not of the language: an object may be a block of its own. */
  readonly isSchema: boolean
  /** Inside a block of the provider, where the language has no blocks but dynamic ones. */
  readonly byProvider: boolean
}

const OUTSIDE: Context = { templates: true, knowsBlocks: false, isSchema: false, byProvider: false }

/** The start of a block: its type, the labels read so far and how many are missing. */
interface BlockHead {
  readonly type: string
  readonly key: Node
  readonly labels: readonly string[]
  readonly missing: number
  readonly context: Context
}

/** What the properties of a block mean. */
function contextInside({ type, labels, context }: BlockHead): Context {
  if (context.byProvider && type !== 'dynamic') return { ...context, isSchema: context.knowsBlocks }
  switch (type) {
    case 'variable':
      return { ...OUTSIDE, templates: false }
    case 'resource':
    case 'data': {
      const knowsBlocks = hasKnownBlocks(labels[0])
      return { ...OUTSIDE, knowsBlocks, isSchema: knowsBlocks }
    }
    case 'dynamic':
      return { ...context, isSchema: false, byProvider: false }
    case 'content':
      return { ...context, isSchema: context.knowsBlocks, byProvider: true }
    default:
      return OUTSIDE
  }
}

class JsonReader {
  readonly #source: SourceText
  readonly #problems: Problem[]

  constructor(source: SourceText, problems: Problem[]) {
    this.#source = source
    this.#problems = problems
  }

  /** The blocks of a file. */
  root(node: Node): Body {
    const blocks: Block[] = []
    for (const { name, key, value } of this.#properties(node)) {
      const labels = TOP_BLOCKS.get(name)
      if (labels === undefined) this.#fail('rejected', `${name} is no block of a module`, key)
      else this.#blocks({ type: name, key, labels: [], missing: labels, context: OUTSIDE }, value, blocks)
    }
    return { attributes: [], blocks }
  }

  attributes(node: Node, templates: boolean): Attribute[] {
    return this.#properties(node).map(({ name, key, value }) => this.#attribute(name, key, value, templates))
  }

  #body(node: Node, inside: BlockLabels, context: Context): Body {
    const attributes: Attribute[] = []
    const blocks: Block[] = []
    for (const { name, key, value } of this.#properties(node)) {
      const labels = inside.get(name)
      const isOwn = labels !== undefined && (value.type === 'object' || value.type === 'array')
      if (isOwn) this.#blocks({ type: name, key, labels: [], missing: labels, context }, value, blocks)
      else if (context.isSchema && isProviderBlock(name, value)) {
        this.#blocks(
          { type: name, key, labels: [], missing: 0, context: { ...context, byProvider: true } },
          value,
          blocks,
        )
      } else attributes.push(this.#attribute(name, key, value, context.templates))
    }
    return { attributes, blocks }
  }

  #attribute(name: string, key: Node, value: Node, templates: boolean): Attribute {
    const start = key.offset
    return {
      name,
      start,
      nameEnd: key.offset + key.length,
      expression: this.expression(value, templates),
      source: this.#source,
    }
  }

  #blocks(head: BlockHead, value: Node, into: Block[]): void {
    const { type, key, labels, missing, context } = head
    if (value.type === 'null') return
    if (missing > 0) {
      for (const { name, key: inner, value: below } of this.#properties(value)) {
        this.#blocks({ ...head, key: inner, labels: [...labels, name], missing: missing - 1 }, below, into)
      }
      return
    }
    const inside = blocksInside(type, context.byProvider)
    for (const object of this.#objects(value)) {
      const body = FLAT_BLOCKS.has(type)
        ? { attributes: this.attributes(object, true), blocks: [] }
        : this.#body(object, inside, contextInside(head))
      const { offset, length } = object
      into.push({ type, labels, body, start: key.offset, end: offset + length, source: this.#source })
    }
  }

  /** The properties of an object, or of all objects of a list: both are the body of one block. Comments are left out. */
  #properties(node: Node): readonly Property[] {
    return this.#objects(node)
      .flatMap(propertiesOf)
      .filter(({ name }) => name !== '//')
  }

  #objects(node: Node): readonly Node[] {
    const all = node.type === 'array' ? (node.children ?? []) : [node]
    return all.filter((item) => {
      if (item.type !== 'object') this.#fail('syntax', 'a block is written as an object or a list of objects', item)
      return item.type === 'object'
    })
  }

  #fail(code: Problem['code'], message: string, { offset, length }: Node): void {
    this.#problems.push({ code, message, at: { source: this.#source, start: offset, end: offset + length } })
  }

  expression(node: Node, templates: boolean): Expression {
    const start = node.offset
    const end = node.offset + node.length
    switch (node.type) {
      case 'string':
        return templates
          ? this.#template(node.value as string, start, end)
          : { kind: 'literal', start, end, value: node.value as string }
      case 'number':
        return { kind: 'literal', start, end, value: this.#number(node) }
      case 'array':
        return {
          kind: 'tuple',
          start,
          end,
          items: (node.children ?? []).map((item) => this.expression(item, templates)),
        }
      case 'object': {
        const items: ObjectItem[] = propertiesOf(node).map(({ name, key, value }) => ({
          key: templates
            ? this.#template(name, key.offset, key.offset + key.length)
            : { kind: 'literal', start: key.offset, end: key.offset + key.length, value: name },
          // A comment may hold anything, also what would be no template.
          value: this.expression(value, templates && name !== '//'),
        }))
        return { kind: 'object', start, end, items }
      }
      default:
        return { kind: 'literal', start, end, value: (node.value as boolean | null | undefined) ?? null }
    }
  }

  /** Numbers have as many digits as are written. */
  #number({ offset, length, value }: Node): NonNullable<ReturnType<typeof parseNumber>> {
    return parseNumber(this.#source.text.slice(offset, offset + length)) ?? fromNumber(value as number)
  }

  #template(text: string, start: number, end: number): Expression {
    if (!text.includes('${') && !text.includes('%{')) return { kind: 'literal', start, end, value: text }
    try {
      return atSpan(parseTemplate(text, true), start, end) as Expression
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure
      this.#problems.push({ code: 'syntax', message: failure.message, at: { source: this.#source, start, end } })
      return { kind: 'call', start, end, name: 'try', args: [], expanded: false }
    }
  }
}

/** The tree with one and the same span for all of its nodes: offsets inside a decoded string mean nothing in the file. */
function atSpan(node: unknown, start: number, end: number): unknown {
  if (Array.isArray(node)) return node.map((item) => atSpan(item, start, end))
  if (typeof node !== 'object' || node === null || 'mantissa' in node) return node
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    copy[key] = key === 'start' ? start : key === 'end' ? end : atSpan(value, start, end)
  }
  return copy
}

function propertiesOf(node: Node): readonly Property[] {
  const properties: Property[] = []
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? []
    if (key !== undefined && value !== undefined) properties.push({ name: key.value as string, key, value })
  }
  return properties
}
