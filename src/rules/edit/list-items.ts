import type { Edit } from '../../base/edit.ts'
import { editableOrigin, type Origin } from '../../base/origin.ts'
import { withComment } from './hcl-block.ts'
import {
  indentAt,
  type Literal,
  layoutOf,
  lineBreakOf,
  lineStart,
  nextLine,
  printLiteral,
  replacement,
  type Syntax,
  syntaxOf,
  writtenAt,
} from './literal.ts'

/**
 * Takes items out of a list that is written out and puts texts in the place of the first of them. The rest of the list, its comments
 * and its line ends stay. Undefined where an item or the list is computed, or where nothing would be left.
 */
export function replaceItems(
  list: Origin,
  items: readonly Origin[],
  isGone: (index: number) => boolean,
  texts: readonly string[],
): readonly Edit[] | undefined {
  const written = writtenAt(list)
  if (written === undefined || !written.text.startsWith('[') || !written.text.endsWith(']')) return undefined
  const places = items.map(editableOrigin)
  const { place, syntax } = written
  if (places.some(({ source, start, end }) => source !== place.source || start < place.start || end > place.end))
    return undefined
  const gone = places.filter((_, index) => isGone(index))
  const [first] = gone
  if (first === undefined || (texts.length === 0 && gone.length === places.length)) return undefined
  const [head, ...others] = runsOf(places, isGone)
  if (texts.length === 0) return [head!, ...others].flatMap(removeItem)
  const printed = texts.map((text) => printLiteral(text, syntax))
  // Of the run that the new items take the place of, the rest goes with the first.
  return [replacement(head!, joinItems(first, printed, syntax)), ...others.flatMap(removeItem)]
}

/**
 * Adds an item behind the last one of a list that is written out, on lines of its own as that is. Undefined where the list is computed, or
 * stands on one line.
 */
export function appendItem(list: Origin, items: readonly Origin[], item: Literal): readonly Edit[] | undefined {
  const written = writtenAt(list)
  if (written === undefined || !written.text.startsWith('[') || !written.text.endsWith(']')) return undefined
  const { place, syntax } = written
  const { text, path } = place.source
  const layout = layoutOf(text)
  const last = items.map(editableOrigin).at(-1)
  if (last === undefined) return [replacement(place, printLiteral([item], syntax, indentAt(text, place.start), layout))]
  if (last.source !== place.source || last.start < place.start || last.end > place.end) return undefined
  if (text.slice(lineStart(text, last.start), last.start).trim() !== '') return undefined
  const indent = indentAt(text, last.start)
  const comma = syntax === 'bicep' ? null : /^[ \t]*,/.exec(text.slice(last.end))
  const at = last.end + (comma?.[0].length ?? 0)
  const before = syntax === 'bicep' || comma !== null ? '' : ','
  return [
    {
      path,
      start: at,
      end: at,
      text: `${before}${layout.lineBreak}${indent}${printLiteral(item, syntax, indent, layout)}`,
    },
  ]
}

/** Neighbours that go are one piece, so that each comma is taken once. */
function runsOf(places: readonly Origin[], isGone: (index: number) => boolean): readonly Origin[] {
  const runs: Origin[] = []
  for (const [index, place] of places.entries()) {
    if (!isGone(index)) continue
    const last = runs.at(-1)
    if (last !== undefined && index > 0 && isGone(index - 1)) runs[runs.length - 1] = { ...last, end: place.end }
    else runs.push(place)
  }
  return runs
}

/** Several items as the list writes them: on lines of their own where the first is. */
function joinItems({ source: { text }, start, end }: Origin, items: readonly string[], syntax: Syntax): string {
  const isOwnLine =
    text.slice(lineStart(text, start), start).trim() === '' &&
    /^[ \t]*,?[ \t]*(?:(?:#|\/\/).*)?\r?$/.test(text.slice(end, nextLine(text, end)).replace(/\n$/, ''))
  if (!isOwnLine) return items.join(', ')
  return items.join(`${syntax === 'bicep' ? '' : ','}${lineBreakOf(text)}${indentAt(text, start)}`)
}

/**
 * Takes an item out of a list of HCL, Bicep or JSON with the comma that belongs to it; where it has lines of its own, with those and
 * the comment directly above. The list may be left empty.
 */
export function removeItem({ source, start, end }: Origin): readonly Edit[] {
  const { text, path } = source
  const line = lineStart(text, start)
  const behind = /^[ \t]*(,)?[ \t]*(?:(?:#|\/\/)[^\n]*)?\r?(?:\n|$)/.exec(text.slice(end))
  if (text.slice(line, start).trim() === '' && behind !== null) {
    const cut: Edit = { path, start: withComment(text, line), end: end + behind[0].length, text: '' }
    if (behind[1] !== undefined || syntaxOf(path) !== 'json') return [cut]
    // The last item of a JSON list: the comma before it goes instead.
    const comma = commaBefore(text, cut.start)
    return comma === undefined ? [cut] : [{ path, start: comma, end: comma + 1, text: '' }, cut]
  }
  const comma = /^\s*,[ \t]*/.exec(text.slice(end))
  if (comma !== null) return [{ path, start, end: end + comma[0].length, text: '' }]
  const before = commaBefore(text, start)
  return [{ path, start: before ?? start, end, text: '' }]
}

function commaBefore(text: string, offset: number): number | undefined {
  const before = /,\s*$/.exec(text.slice(0, offset))
  return before?.index
}
