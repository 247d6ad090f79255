import type { Edit } from '../../base/edit.ts'
import type { Origin } from '../../base/origin.ts'
import { parseFile } from '../../parse/terraform/parse-file.ts'
import type { Attribute, Block, Body } from '../../parse/terraform/syntax.ts'
import { cutParagraph, indentAt, type Literal, layoutOf, lineStart, nextLine, printLiteral } from './literal.ts'

/**
 * Sets an argument that a block of Terraform does not have yet, below the last argument it has, aligned like that one; blocks on the
 * way are made where they are missing. Undefined where the block is not of native syntax or the argument is there.
 */
export function addArgument(origin: Origin, path: readonly string[], value: Literal): readonly Edit[] | undefined {
  let block = findBlock(origin)
  if (block === undefined) return undefined
  for (const [depth, name] of path.entries()) {
    if (depth === path.length - 1) {
      const isThere = block.body.attributes.some((attribute) => attribute.name === name)
      return isThere ? undefined : [insertArgument(block, name, value)]
    }
    const inner: Block | undefined = blockNamed(block.body, name)
    if (inner === undefined) return [insertBlock(block, path.slice(depth), value)]
    block = inner
  }
  return undefined
}

/** Takes a block out, with the comment directly above it and the blank line behind it. */
export function removeBlock(origin: Origin): readonly Edit[] | undefined {
  const block = findBlock(origin)
  if (block === undefined) return undefined
  const { text, path } = block.source
  if (text.slice(lineStart(text, block.start), block.start).trim() !== '') return undefined
  const cut = cutParagraph(text, withComment(text, lineStart(text, block.start)), nextLine(text, block.end))
  return [{ path, ...cut, text: '' }]
}

/** Start of the comment lines that stand directly above a line. */
export function withComment(text: string, line: number): number {
  let start = line
  for (;;) {
    const above = lineStart(text, start - 1)
    if (above >= start || !/^[ \t]*(?:#|\/\/)/.test(text.slice(above, start))) return start
    start = above
  }
}

/** The block that an origin covers, of whatever depth; the body of a dynamic block is its `content`. */
export function findBlock({ source, start, end }: Origin): Block | undefined {
  let blocks = parseFile(source).body.blocks
  for (;;) {
    const inside: Block | undefined = blocks.find((block) => block.start <= start && block.end >= end)
    if (inside === undefined) return undefined
    if (inside.start === start && inside.end === end) return inside
    blocks = inside.body.blocks
  }
}

function blockNamed({ blocks }: Body, name: string): Block | undefined {
  const own = blocks.find(({ type }) => type === name)
  if (own !== undefined) return own
  const dynamic = blocks.find(({ type, labels }) => type === 'dynamic' && labels[0] === name)
  return dynamic?.body.blocks.find(({ type }) => type === 'content')
}

function insertArgument(block: Block, name: string, value: Literal): Edit {
  const { text, path } = block.source
  const layout = layoutOf(text)
  const { lineBreak } = layout
  const last = block.body.attributes.at(-1)
  if (last !== undefined && !isOnBlockLine(block, last)) {
    const indent = indentAt(text, last.start)
    const at = endOfLine(text, last.expression.end)
    return insertion(
      path,
      at,
      `${lineBreak}${indent}${aligned(text, last, name)}${printLiteral(value, 'hcl', indent, layout)}`,
    )
  }
  return insertFirst(block, (indent) => `${name} = ${printLiteral(value, 'hcl', indent, layout)}`)
}

function insertBlock(block: Block, path: readonly string[], value: Literal): Edit {
  const layout = layoutOf(block.source.text)
  const { lineBreak, step } = layout
  const lines = (indent: string): string => {
    let inner = indent
    let head = ''
    for (const name of path.slice(0, -1)) {
      inner += step
      head += `${name} {${lineBreak}${inner}`
    }
    let tail = ''
    for (let depth = path.length - 1; depth > 0; depth--) tail += `${lineBreak}${indent}${step.repeat(depth - 1)}}`
    return `${head}${path.at(-1)} = ${printLiteral(value, 'hcl', inner, layout)}${tail}`
  }
  const { attributes, blocks } = block.body
  const ends = [...attributes.map(({ expression }) => expression.end), ...blocks.map(({ end }) => end)]
  const first = attributes[0] ?? blocks[0]
  if (first === undefined || isOnBlockLine(block, first)) return insertFirst(block, lines)
  const { text, path: file } = block.source
  const indent = indentAt(text, first.start)
  return insertion(file, endOfLine(text, Math.max(...ends)), `${lineBreak}${lineBreak}${indent}${lines(indent)}`)
}

/** Into a block of one line, or an empty one: the block is opened. */
function insertFirst(block: Block, lines: (indent: string) => string): Edit {
  const { text, path } = block.source
  const { lineBreak, step } = layoutOf(text)
  const outer = indentAt(text, block.start)
  const indent = outer + step
  const close = block.end - 1
  const open = openingBrace(block)
  const held = text.slice(open + 1, close).trim()
  const before = held === '' ? '' : `${lineBreak}${indent}${held}`
  return {
    path,
    start: open + 1,
    end: close,
    text: `${before}${lineBreak}${indent}${lines(indent)}${lineBreak}${outer}`,
  }
}

function openingBrace(block: Block): number {
  const first = Math.min(
    ...block.body.attributes.map(({ start }) => start),
    ...block.body.blocks.map(({ start }) => start),
    block.end,
  )
  return block.source.text.lastIndexOf('{', first - 1)
}

function isOnBlockLine(block: Block, { start }: { readonly start: number }): boolean {
  const { text } = block.source
  return lineStart(text, start) <= openingBrace(block)
}

/** The name with the sign where the neighbour has it, as `terraform fmt` would leave it, where the name is not longer. */
function aligned(text: string, neighbour: Attribute, name: string): string {
  const sign = text.indexOf('=', neighbour.nameEnd)
  const width = sign - neighbour.start - 1
  return `${name.padEnd(name.length <= width ? width : 0)} = `
}

function insertion(path: string, at: number, text: string): Edit {
  return { path, start: at, end: at, text }
}

/** Before the line end of the line that an offset is in: behind a comment that stands there. */
function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  if (end < 0) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}
