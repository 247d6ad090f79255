import type { Problem } from '../base/problem.ts'
import type { SourceText } from '../base/text.ts'
import { buildDocuments, type YamlDocument } from './yaml-document.ts'
import { readEvents, readRepairing, toBrokenProblem } from './yaml-events.ts'
import { YAML_LIMITS, type YamlLimits } from './yaml-limits.ts'

export interface YamlResult {
  /** In the order of the file. A broken document costs only itself. */
  readonly documents: readonly YamlDocument[]
  readonly problems: readonly Problem[]
}

/**
 * The documents of a YAML file, with scalars, keys, duplicates and merge keys as kubectl's reader takes them, and the offsets
 * of every scalar, key and collection. Empty documents are dropped. Never throws.
 *
 * A scalar's origin includes its quotes or block indicator, a block collection ends with its last child, a flow collection
 * with its bracket, and an absent value stands empty behind its indicator. An alias shares the parts of what it stands for;
 * only the origin on top is its own, with `from` at the anchor.
 *
 * `text` is what is read in place of the file's own: equally long, with parts that are not wanted blanked.
 */
export function parseYaml(source: SourceText, limits: YamlLimits = YAML_LIMITS, text = source.text): YamlResult {
  const documents: YamlDocument[] = []
  const problems: Problem[] = []
  if (text.length > limits.maxLength) {
    const message = `the file is larger than ${Math.round(limits.maxLength / 1024)} KiB and was not read`
    return { documents, problems: [{ code: 'too-large', message, at: { file: source.path } }] }
  }
  const whole = readEvents(text, limits)
  if (Array.isArray(whole)) {
    buildDocuments({ source, text, base: 0, repaired: false, limits }, whole, documents, problems)
    return { documents, problems }
  }
  let broken = 0
  for (const [start, end] of splitDocuments(text)) {
    const piece = start === 0 && end === text.length ? text : text.slice(start, end)
    const { events, repaired } = readRepairing(piece, limits)
    if (Array.isArray(events)) {
      buildDocuments({ source, text: piece, base: start, repaired, limits }, events, documents, problems)
      continue
    }
    problems.push(toBrokenProblem(source, start, piece, events, limits))
    if (++broken < limits.maxBroken) continue
    const message = `more than ${limits.maxBroken} documents of the file are broken; what follows was not read`
    problems.push({ code: 'limit-exceeded', message, at: { source, start: end, end } })
    break
  }
  return { documents, problems }
}

/**
 * Start and end of each document's text, with its `---` line. At the start of a line the marker ends a document wherever it
 * stands, in a block scalar too (YAML 1.2 §9.1.2), so splitting needs no parser. Directives go with the document they precede.
 */
export function splitDocuments(text: string): readonly (readonly [start: number, end: number])[] {
  const pieces: [number, number][] = []
  let start = 0
  for (const match of text.matchAll(/(?<=^|[\r\n])(?:%[^\r\n]*(?:\r\n|[\r\n]))*---(?=[ \t\r\n]|$)/g)) {
    if (match.index === start) continue
    pieces.push([start, match.index])
    start = match.index
  }
  pieces.push([start, text.length])
  return pieces
}
