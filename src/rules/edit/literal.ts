import type { Edit } from '../../base/edit.ts'
import { editableOrigin, type Origin, writtenText } from '../../base/origin.ts'

/** How a file of infrastructure code writes values. */
export type Syntax = 'hcl' | 'bicep' | 'json'

/** What a patch writes: a scalar, a list, or an object. */
export type Literal = string | number | boolean | readonly Literal[] | { readonly [key: string]: Literal }

const SYNTAXES: readonly (readonly [ending: RegExp, syntax: Syntax])[] = [
  [/\.jsonc?$/i, 'json'],
  [/\.(?:tf|tofu|tfvars|hcl)$/i, 'hcl'],
  [/\.(?:bicep|bicepparam)$/i, 'bicep'],
]

/** How the file at a path writes values, by its name; undefined for files that hold no infrastructure code. */
export function syntaxOf(path: string): Syntax | undefined {
  return SYNTAXES.find(([ending]) => ending.test(path))?.[1]
}

/** How a file is laid out, for what is written into it. */
export interface Layout {
  readonly lineBreak: '\n' | '\r\n'
  /** One step of indentation. */
  readonly step: string
}

const PLAIN_LAYOUT: Layout = { lineBreak: '\n', step: '  ' }

/** The layout of a file: its line ends, and tabs where it indents with them. */
export function layoutOf(text: string): Layout {
  return { lineBreak: lineBreakOf(text), step: /^\t/m.test(text) ? '\t' : '  ' }
}

/** The value as the syntax writes it; objects over several lines, whose first stands behind `indent`. */
export function printLiteral(value: Literal, syntax: Syntax, indent = '', layout = PLAIN_LAYOUT): string {
  if (typeof value === 'string') return syntax === 'bicep' ? quoteBicep(value) : quoteDouble(value, syntax)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return printList(value as readonly Literal[], syntax, indent, layout)
  const { lineBreak, step } = layout
  const inner = indent + step
  const lines = Object.entries(value).map(([key, item]) => {
    const printed = printLiteral(item, syntax, inner, layout)
    return `${inner}${printKey(key, syntax)}${syntax === 'hcl' ? ' =' : ':'} ${printed}`
  })
  return `{${lineBreak}${lines.join(`${syntax === 'json' ? ',' : ''}${lineBreak}`)}${lineBreak}${indent}}`
}

/** Lists of scalars stand on one line, as every formatter leaves them where they are short. */
function printList(items: readonly Literal[], syntax: Syntax, indent: string, layout: Layout): string {
  if (items.every((item) => typeof item !== 'object')) {
    return `[${items.map((item) => printLiteral(item, syntax)).join(', ')}]`
  }
  const { lineBreak, step } = layout
  const inner = indent + step
  const printed = items.map((item) => `${inner}${printLiteral(item, syntax, inner, layout)}`)
  return `[${lineBreak}${printed.join(`${syntax === 'bicep' ? '' : ','}${lineBreak}`)}${lineBreak}${indent}]`
}

export function printKey(key: string, syntax: Syntax): string {
  return syntax === 'json' ? JSON.stringify(key) : key
}

function quoteBicep(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\$\{/g, '\\${')}'`
}

function quoteDouble(text: string, syntax: Syntax): string {
  const quoted = JSON.stringify(text)
  return syntax === 'hcl' ? quoted.replace(/([$%])\{/g, '$1$1{') : quoted
}

/** A scalar that is written out: no interpolation, no expression. */
const PLAIN: Record<Syntax, RegExp> = {
  hcl: /^(?:"(?:[^"\\$%\r\n]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)$/,
  bicep: /^(?:'(?:[^'\\$\r\n]|\\.)*'|-?\d+|true|false|null)$/,
  json: /^(?:"(?!\[)(?:[^"\\\r\n]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)$/,
}

/** What stands at the end of an origin's chain, where a person would edit it; undefined where the file is of another kind. */
export interface Written {
  readonly place: Origin
  readonly text: string
  readonly syntax: Syntax
}

export function writtenAt(origin: Origin): Written | undefined {
  const place = editableOrigin(origin)
  const syntax = syntaxOf(place.source.path)
  return syntax && { place, text: writtenText(place), syntax }
}

/**
 * Replaces a scalar where it is written out, whatever variables it flows through. A flag that a language writes as a word and another
 * as true and false is given as both: what stands there says which. Undefined where it is computed.
 */
export function replaceLiteral(
  origin: Origin,
  value: string | number | boolean,
  asFlag?: boolean,
): readonly Edit[] | undefined {
  const written = writtenAt(origin)
  if (written === undefined || !PLAIN[written.syntax].test(written.text)) return undefined
  const { place, text, syntax } = written
  const isFlag = text === 'true' || text === 'false'
  if (isFlag && typeof value === 'string' && asFlag === undefined) return undefined
  const next = isFlag && asFlag !== undefined ? asFlag : value
  // A flag written as a text stays one.
  const printed =
    typeof next === 'boolean' && /^["']/.test(text) ? `${text[0]}${next}${text[0]}` : printLiteral(next, syntax)
  return printed === text ? undefined : [replacement(place, printed)]
}

/** Puts a text in the place of an origin's. */
export function replacement({ source, start, end }: Origin, text: string): Edit {
  return { path: source.path, start, end, text }
}

export function lineBreakOf(text: string): '\n' | '\r\n' {
  return /\r\n/.test(text) ? '\r\n' : '\n'
}

/** The blanks before the first character of the line that an offset is in. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset)
  return /^[ \t]*/.exec(text.slice(start, offset + 1))?.[0] ?? ''
}

/** Start of the line that an offset is in; a byte-order mark belongs to none. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start
}

/** Behind the line end of the line that an offset is in. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** Whole lines that go; where they end a file that ends without a line break, the break before them goes instead. */
export function cutLines(text: string, start: number, end: number): { readonly start: number; readonly end: number } {
  if (end < text.length || /[\r\n]$/.test(text)) return { start, end }
  const before = /\r?\n$|\r$/.exec(text.slice(Math.max(0, start - 2), start))?.[0] ?? ''
  return { start: start - before.length, end }
}

/** As {@link cutLines}; of the blank lines around what goes, one goes as well. */
export function cutParagraph(
  text: string,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  const isFirst = start === lineStart(text, 0) || /(?:\n[ \t]*|\{[ \t]*)\r?\n$/.test(text.slice(0, start))
  const below = /^[ \t]*\r?\n/.exec(text.slice(end))
  const above = /\n([ \t]*\r?\n)$/.exec(text.slice(0, start))
  if (isFirst && below !== null) return cutLines(text, start, end + below[0].length)
  return cutLines(text, above === null ? start : start - above[1]!.length, end)
}
