import type { Edit } from '../../base/edit.ts'
import type { Origin } from '../../base/origin.ts'
import type { SourceText } from '../../base/text.ts'
import type { MapValue } from '../../base/value.ts'
import { parseBicep } from '../../parse/bicep/parse.ts'
import { parseJson } from '../../parse/json.ts'
import {
  indentAt,
  type Literal,
  layoutOf,
  lineStart,
  printKey,
  printLiteral,
  type Syntax,
  writtenAt,
} from './literal.ts'

/** An object as its file writes it: where it opens, and where its properties stand. */
interface WrittenObject {
  readonly source: SourceText
  readonly syntax: Syntax
  /** Offset of `{`. */
  readonly start: number
  /** Behind `}`. */
  readonly end: number
  readonly properties: readonly WrittenProperty[]
}

interface WrittenProperty {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly value: WrittenObject | undefined
}

/**
 * Sets a property that an object of Bicep or JSON does not have yet, behind the last one it has, indented like it; objects on the way
 * are made where they are missing. Undefined where the object is computed or the property is there.
 */
export function addProperty(origin: Origin, path: readonly string[], value: Literal): readonly Edit[] | undefined {
  const written = writtenAt(origin)
  if (written === undefined || written.syntax === 'hcl') return undefined
  let object = findObject(written.place, written.syntax)
  for (const [depth, name] of path.entries()) {
    if (object === undefined) return undefined
    const found: WrittenProperty | undefined = object.properties.find(
      (one) => one.name.toLowerCase() === name.toLowerCase(),
    )
    if (found === undefined) return insertProperty(object, name, nest(path.slice(depth + 1), value))
    object = found.value
  }
  return undefined
}

function nest(path: readonly string[], value: Literal): Literal {
  return path.reduceRight<Literal>((inner, name) => ({ [name]: inner }), value)
}

function insertProperty(object: WrittenObject, name: string, value: Literal): readonly Edit[] {
  const { source, syntax, start, end } = object
  const { path, text } = source
  const layout = layoutOf(text)
  const { lineBreak, step } = layout
  const last = object.properties.at(-1)
  const print = (indent: string) => `${printKey(name, syntax)}: ${printLiteral(value, syntax, indent, layout)}`
  if (last === undefined) {
    const outer = indentAt(text, start)
    const inner = `${lineBreak}${outer}${step}${print(outer + step)}${lineBreak}${outer}`
    return [{ path, start: start + 1, end: end - 1, text: inner }]
  }
  const insert = (at: number, inserted: string): Edit => ({ path, start: at, end: at, text: inserted })
  const indent = indentAt(text, last.start)
  if (text.slice(lineStart(text, last.start), last.start).trim() !== '') return [insert(last.end, `, ${print(indent)}`)]
  // A comment behind the last property stays with it.
  const comment = /^[ \t]*\/\/[^\r\n]*/.exec(text.slice(last.end))?.[0] ?? ''
  const line = `${lineBreak}${indent}${print(indent)}`
  if (comment === '') return [insert(last.end, `${syntax === 'json' ? ',' : ''}${line}`)]
  return [...(syntax === 'json' ? [insert(last.end, ',')] : []), insert(last.end + comment.length, line)]
}

/** The object that an origin covers; of a Bicep resource or module, its body. */
function findObject({ source, start, end }: Origin, syntax: Syntax): WrittenObject | undefined {
  const all = syntax === 'json' ? jsonObjects(source) : bicepObjects(source)
  let best: WrittenObject | undefined
  for (const object of all) {
    if (object.start < start || object.end > end) continue
    if (best === undefined || object.end - object.start > best.end - best.start) best = object
  }
  return best
}

function* jsonObjects(source: SourceText): Iterable<WrittenObject> {
  const open: unknown[] = [...parseJson(source, { lenient: true }).values]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const at = value as { readonly kind: string; readonly items?: readonly unknown[] }
    if (at.kind === 'list') open.push(...(at.items ?? []))
    if (at.kind !== 'map') continue
    const map = value as MapValue
    yield jsonObject(source, map)
    for (const entry of map.entries.values()) open.push(entry.value)
  }
}

function jsonObject(source: SourceText, { origin, entries }: MapValue): WrittenObject {
  return {
    source,
    syntax: 'json',
    start: origin.start,
    end: origin.end,
    properties: [...entries].map(([name, { key, value }]) => ({
      name,
      start: key?.start ?? value.origin.start,
      end: value.origin.end,
      value: value.kind === 'map' ? jsonObject(source, value) : undefined,
    })),
  }
}

/** Every object of the syntax tree, whatever holds it. */
function* bicepObjects(source: SourceText): Iterable<WrittenObject> {
  const open: unknown[] = [...parseBicep(source).declarations]
  while (open.length > 0) {
    const node = open.pop()
    if (typeof node !== 'object' || node === null) continue
    const object = bicepObject(source, node)
    if (object !== undefined) yield object
    for (const inner of Array.isArray(node) ? node : Object.values(node)) open.push(inner)
  }
}

function bicepObject(source: SourceText, node: unknown): WrittenObject | undefined {
  if (typeof node !== 'object' || node === null || (node as { kind?: unknown }).kind !== 'object') return undefined
  const { start, end, properties } = node as {
    readonly start: number
    readonly end: number
    readonly properties: readonly {
      readonly kind: string
      readonly key?: unknown
      readonly keyStart?: number
      readonly start: number
      readonly end: number
      readonly value: unknown
    }[]
  }
  return {
    source,
    syntax: 'bicep',
    start,
    end,
    properties: properties.map((one) => ({
      name: typeof one.key === 'string' ? one.key : '',
      start: one.start,
      end: one.end,
      value: bicepObject(source, one.value),
    })),
  }
}
