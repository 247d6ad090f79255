import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import { MAX_NESTING } from './cursor.ts'
import { fromNumber } from './number.ts'
import { parseTemplate } from './parse-expression.ts'
import type { Attribute, Block, Body, Expression, ObjectItem, ParsedFile } from './syntax.ts'
import { SyntaxFailure } from './syntax-failure.ts'

/** How many labels the blocks of a module have. Source: developer.hashicorp.com/terraform/language/syntax/json */
const TOP_BLOCKS: ReadonlyMap<string, number> = new Map([
  ['resource', 2],
  ['data', 2],
  ['ephemeral', 2],
  ['module', 1],
  ['variable', 1],
  ['output', 1],
  ['provider', 1],
  ['check', 1],
  ['locals', 0],
  ['terraform', 0],
  ['moved', 0],
  ['import', 0],
  ['removed', 0],
])

/** What is a block inside other blocks; everything else there is an argument, because the schemas of providers are not known here. */
const INNER_BLOCKS: ReadonlyMap<string, number> = new Map([
  ['lifecycle', 0],
  ['provisioner', 1],
  ['connection', 0],
  ['dynamic', 1],
  ['validation', 0],
  ['content', 0],
  ['required_providers', 0],
  ['backend', 1],
  ['cloud', 0],
  ['precondition', 0],
  ['postcondition', 0],
])

/** Parses a `.tf.json` or `.tofu.json` file. Offsets are those of the JSON values. */
export function parseJsonConfiguration(source: SourceText): ParsedFile {
  return parseJson(source, (root, reader) => reader.body(root, TOP_BLOCKS))
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

class JsonReader {
  readonly #source: SourceText
  readonly #problems: Problem[]

  constructor(source: SourceText, problems: Problem[]) {
    this.#source = source
    this.#problems = problems
  }

  /**
   * Properties that `blockLabels` names are blocks, by so many levels of labels; the others are arguments. The arguments of a
   * variable are constants, whose strings are no templates.
   */
  body(node: Node, blockLabels: ReadonlyMap<string, number>, templates = true): Body {
    const attributes: Attribute[] = []
    const blocks: Block[] = []
    for (const object of asObjects(node)) {
      for (const { name, key, value } of propertiesOf(object)) {
        const labels = blockLabels.get(name)
        if (name === '//') continue
        if (labels === undefined) {
          if (blockLabels !== TOP_BLOCKS) attributes.push(this.#attribute(name, key, value, templates))
        } else this.#blocks(name, key, value, [], labels, blocks)
      }
    }
    return { attributes, blocks }
  }

  attributes(node: Node, templates: boolean): Attribute[] {
    return asObjects(node).flatMap((object) =>
      propertiesOf(object).map(({ name, key, value }) => this.#attribute(name, key, value, templates)),
    )
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

  #blocks(type: string, key: Node, value: Node, labels: readonly string[], missing: number, into: Block[]): void {
    if (missing > 0) {
      for (const object of asObjects(value)) {
        for (const property of propertiesOf(object)) {
          if (property.name === '//') continue
          this.#blocks(type, property.key, property.value, [...labels, property.name], missing - 1, into)
        }
      }
      return
    }
    const objects = value.type === 'array' ? (value.children ?? []) : [value]
    for (const object of objects) {
      if (object.type !== 'object') continue
      const isFlat = type === 'locals' || type === 'required_providers'
      const body = isFlat
        ? { attributes: this.attributes(object, true), blocks: [] }
        : this.body(object, INNER_BLOCKS, type !== 'variable')
      into.push({ type, labels, body, start: key.offset, end: object.offset + object.length, source: this.#source })
    }
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
        return { kind: 'literal', start, end, value: fromNumber(node.value as number) }
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
          value: this.expression(value, templates),
        }))
        return { kind: 'object', start, end, items }
      }
      default:
        return { kind: 'literal', start, end, value: (node.value as boolean | null | undefined) ?? null }
    }
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

function asObjects(node: Node): readonly Node[] {
  if (node.type === 'array') return (node.children ?? []).filter((child) => child.type === 'object')
  return node.type === 'object' ? [node] : []
}

function propertiesOf(node: Node): { readonly name: string; readonly key: Node; readonly value: Node }[] {
  const properties: { name: string; key: Node; value: Node }[] = []
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? []
    if (key !== undefined && value !== undefined) properties.push({ name: key.value as string, key, value })
  }
  return properties
}
