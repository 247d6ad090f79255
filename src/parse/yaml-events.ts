import { type Event, parseEvents, YAMLException } from 'js-yaml'
import type { Origin } from '../base/origin.ts'
import type { Problem } from '../base/problem.ts'
import type { SourceText } from '../base/text.ts'
import type { YamlLimits } from './yaml-limits.ts'
import { joinLine, trimmedEnd } from './yaml-punctuation.ts'

/** Why a text is no YAML. */
export interface BrokenText {
  readonly reason: string
  /** Offset in the text that was parsed. */
  readonly position: number
}

/** The events of a text, or where it breaks. */
export function readEvents(text: string, limits: YamlLimits): Event[] | BrokenText {
  try {
    return parseEvents(text, { maxDepth: limits.maxDepth })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return { reason: error.reason, position: error.mark?.position ?? 0 }
  }
}

/**
 * Kubernetes' reader takes flow collections whose lines are not indented or are indented with tabs, and quoted text that goes
 * on at the margin; js-yaml refuses both as YAML 1.2 demands. The line break before such a line becomes a space, with a
 * comment that it ends blanked, so that every offset stays true.
 */
export function readRepairing(text: string, limits: YamlLimits): { events: Event[] | BrokenText; repaired: boolean } {
  let events = readEvents(text, limits)
  let repaired = text
  // Each attempt parses the document again, so long ones get fewer.
  let attempts = Math.min(200, Math.ceil(4_000_000 / (text.length + 1)))
  while (!Array.isArray(events) && events.reason === 'deficient indentation' && attempts-- > 0) {
    const joined = joinLine(repaired, events.position)
    if (joined === undefined) break
    const next = readEvents(joined, limits)
    if (!Array.isArray(next) && next.position <= events.position) break
    repaired = joined
    events = next
  }
  return { events, repaired: repaired !== text }
}

/** The problem of a text that starts at `base` of its file. */
export function toBrokenProblem(
  source: SourceText,
  base: number,
  text: string,
  broken: BrokenText,
  limits: YamlLimits,
): Problem {
  const position = Math.min(base + broken.position, source.text.length)
  const at: Origin = { source, start: position, end: position }
  if (broken.reason.startsWith('nesting exceeded')) {
    return { code: 'limit-exceeded', message: `the document is nested deeper than ${limits.maxDepth} levels`, at }
  }
  const isAtEnd = trimmedEnd(text, 0, text.length) <= broken.position
  if (isAtEnd && broken.reason === 'deficient indentation') {
    return { code: 'syntax', message: 'the YAML is broken: a bracket or quote is never closed', at }
  }
  return { code: 'syntax', message: `the YAML is broken: ${REASONS.get(broken.reason) ?? broken.reason}`, at }
}

/** js-yaml's terse reasons that a reader of manifests meets most, in plain words. */
const REASONS = new Map([
  [
    'bad indentation of a mapping entry',
    'this line is indented differently from the entries around it, or a value holds a `: ` and needs quotes',
  ],
  ['bad indentation of a sequence entry', 'this line is indented differently from the list items around it'],
  ['deficient indentation', 'this line needs more indentation than the line it belongs to'],
  ['end of the stream or a document separator is expected', 'this line does not belong to what stands before it'],
  ['can not read a block mapping entry; a multiline key may not be an implicit key', 'a key has no `:` behind it'],
  ["expected ':' after a mapping key", 'a key has no `:` behind it'],
  ['tab characters must not be used in indentation', 'a tab is used for indentation'],
  ['unexpected end of the stream within a flow collection', 'a `[` or `{` is never closed'],
  ['unexpected end of the stream within a single quoted scalar', "a `'` is never closed"],
  ['unexpected end of the stream within a double quoted scalar', 'a `"` is never closed'],
  ['missed comma between flow collection entries', 'a comma is missing inside `[ ]` or `{ }`'],
])
