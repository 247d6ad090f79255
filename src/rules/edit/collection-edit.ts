import type { Edit } from '../../base/edit.ts'
import type { Origin } from '../../base/origin.ts'
import type { ListValue, MapValue, Value } from '../../base/value.ts'
import { appendPoint, entrySpan, itemSpan, lineBreakOf, type Span } from '../../parse/yaml-span.ts'
import { cutLines } from './literal.ts'

/** Takes an item out of a list, with the comment directly above it; what is left is `[]` where it is the only one. */
export function removeItem(list: ListValue, index: number, holder?: Holder): readonly Edit[] | undefined {
  const span = isHere(list) ? itemSpan(list, index) : undefined
  if (span === undefined) return undefined
  if (span.isOnly) return holder === undefined ? undefined : replaceEntry(holder, '[]')
  return [removal(list, span)]
}

/** A map and one of its keys. */
export interface Holder {
  readonly map: MapValue
  readonly key: string
}

/** Takes an entry out of a map, with the comment directly above it. Undefined where it is the only one. */
export function removeEntry({ map, key }: Holder): readonly Edit[] | undefined {
  const span = isHere(map) ? entrySpan(map, key) : undefined
  return span === undefined || span.isOnly ? undefined : [removal(map, span)]
}

/** Puts a text on the line of the key in place of the entry's value, of whatever lines that was. */
export function replaceEntry({ map, key }: Holder, text: string): readonly Edit[] | undefined {
  const entry = map.entries.get(key)
  if (entry?.key === undefined || !isHere(map)) return undefined
  const colon = map.origin.source.text.indexOf(':', entry.key.end)
  if (colon < 0 || colon > Math.max(entry.value.origin.start, entry.key.end + 1)) return undefined
  return [edit(map, colon + 1, Math.max(entry.value.origin.end, colon + 1), ` ${text}`)]
}

/** As {@link replaceEntry} with block lines below the key. Undefined for flow maps. */
export function replaceEntryByBlock(holder: Holder, lines: readonly string[]): readonly Edit[] | undefined {
  const { source, start } = holder.map.origin
  const [only] = replaceEntry(holder, '') ?? []
  if (only === undefined || source.text[start] === '{') return undefined
  const indent = ' '.repeat(source.position(start).column + 1)
  const lineBreak = lineBreakOf(source.text)
  return [{ ...only, text: lines.map((line) => lineBreak + indent + line).join('') }]
}

/** Replaces a scalar, in the quotes that it has. */
export function replaceScalar(value: Value, text: string): readonly Edit[] | undefined {
  if (value.kind !== 'scalar' || !isHere(value)) return undefined
  const { source, start, end } = value.origin
  const quote = source.text[start]
  const isQuoted = quote === "'" || quote === '"'
  return [edit(value, start, end, isQuoted ? `${quote}${text}${quote}` : text)]
}

/** Writes block lines behind the last item or entry of a block collection, indented like it. */
export function append(collection: ListValue | MapValue, lines: readonly string[]): readonly Edit[] | undefined {
  const point = isHere(collection) ? appendPoint(collection) : undefined
  if (point === undefined) return undefined
  const { text } = collection.origin.source
  const lineBreak = lineBreakOf(text)
  const block = lines.map((line) => point.indent + line + lineBreak).join('')
  const isOnNewLine = point.offset === 0 || /[\r\n]/.test(text[point.offset - 1]!)
  return [
    edit(collection, point.offset, point.offset, isOnNewLine ? block : lineBreak + block.slice(0, -lineBreak.length)),
  ]
}

/** Writes block lines before the first entry of a block map, which may stand behind the dash of an item. Undefined for flow maps. */
export function prepend(map: MapValue, lines: readonly string[]): readonly Edit[] | undefined {
  const { source, start } = map.origin
  if (!isHere(map) || source.text[start] === '{') return undefined
  const indent = ' '.repeat(source.position(start).column - 1)
  const lineBreak = lineBreakOf(source.text)
  return [edit(map, start, start, lines.map((line) => line + lineBreak + indent).join(''))]
}

/** A scalar as it may stand in block YAML, quoted where it would be read as something else. */
export function quoted(text: string): string {
  const isPlain = /^[A-Za-z_./][A-Za-z0-9_./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|~)$/i.test(text)
  return isPlain ? text : JSON.stringify(text)
}

function removal(value: Value, span: Span): Edit {
  const { start, end } = cutLines(value.origin.source.text, span.commentStart, span.end)
  return edit(value, start, end, '')
}

function edit({ origin }: Value, start: number, end: number, text: string): Edit {
  return { path: origin.source.path, start, end, text }
}

/** What an alias or a merge key brought stands elsewhere, where an edit would change more than this. */
function isHere({ origin }: { readonly origin: Origin }): boolean {
  return origin.from === undefined
}
