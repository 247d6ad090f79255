import { isAtLeast, type Severity } from '../base/severity.ts'
import type { SourceText } from '../base/text.ts'
import type { InlineMode } from './config.ts'
import { type Day, isDay } from './day.ts'
import { hasEnded, isInForce } from './suppression.ts'

/** `# ringfence:ignore RULE until=YYYY-MM-DD reason="…"`, in Bicep with `//`. */
export interface InlineSuppression {
  readonly path: string
  /** 1-based line of the comment. */
  readonly line: number
  /** 1-based line that it is about: its own where something stands before it, else the next that holds more than a comment. */
  readonly target: number
  /** That line without surrounding space: what ties the comment to its subject when both move. */
  readonly anchor: string
  readonly rule: string
  readonly expires: Day
  readonly reason: string
}

/** A comment that was meant as one and lacks something, so that it does not count. */
export interface InlineMistake {
  readonly path: string
  /** 1-based. */
  readonly line: number
  /** One sentence, without text of the file. */
  readonly message: string
}

const MARKER = 'ringfence:ignore'
/** Comments of one file that are read. */
const MOST = 1000

/** Whether a file may hold such comments: a search for their marker. */
export function holdsInlineSuppression({ text }: SourceText): boolean {
  return text.includes(MARKER)
}

/** Finds the comments of a file. One pass over the lines that hold the marker; a file without it costs one search. */
export function findInlineSuppressions(source: SourceText): {
  readonly suppressions: readonly InlineSuppression[]
  readonly mistakes: readonly InlineMistake[]
} {
  const suppressions: InlineSuppression[] = []
  const mistakes: InlineMistake[] = []
  const { text, path } = source
  let at = text.indexOf(MARKER)
  for (let count = 0; at !== -1 && count < MOST; count++) {
    const { line } = source.position(at)
    const content = lineText(source, line)
    const comment = findComment(content)
    if (comment !== undefined) {
      const read = readComment(content.slice(comment.end))
      const target = content.slice(0, comment.start).trim() === '' ? findTarget(source, line) : line
      if ('mistake' in read) mistakes.push({ path, line, message: read.mistake })
      else if (target === undefined) mistakes.push({ path, line, message: 'the comment stands before nothing' })
      else suppressions.push({ path, line, target, anchor: anchorOf(lineText(source, target)), ...read })
    }
    at = text.indexOf(MARKER, source.lineStart(line + 1))
  }
  return { suppressions, mistakes }
}

/** What of a finding decides whether an inline suppression covers it. */
export interface InlineTarget {
  readonly rule: string
  readonly severity: Severity
  readonly file: string
  /** 1-based, the first and the last line. */
  readonly line: number
  readonly endLine: number
}

/** The first comment that covers the finding on that day; findings of high and above only with `allow-high`. */
export function matchInline(
  suppressions: readonly InlineSuppression[],
  finding: InlineTarget,
  today: Day,
  mode: InlineMode,
): InlineSuppression | undefined {
  return findInline(suppressions, finding, mode, (suppression) => isInForce(suppression, today))
}

/** As {@link matchInline}, of the comments that have ended. */
export function matchEndedInline(
  suppressions: readonly InlineSuppression[],
  finding: InlineTarget,
  today: Day,
  mode: InlineMode,
): InlineSuppression | undefined {
  return findInline(suppressions, finding, mode, (suppression) => hasEnded(suppression, today))
}

function findInline(
  suppressions: readonly InlineSuppression[],
  finding: InlineTarget,
  mode: InlineMode,
  isMeant: (suppression: InlineSuppression) => boolean,
): InlineSuppression | undefined {
  if (mode === 'off' || (mode === 'on' && isAtLeast(finding.severity, 'high'))) return undefined
  return suppressions.find(
    (suppression) =>
      suppression.rule === finding.rule &&
      suppression.path === finding.file &&
      suppression.target >= finding.line &&
      suppression.target <= finding.endLine &&
      isMeant(suppression),
  )
}

/**
 * Divides the comments of the head into those that the base had as well, wherever they stood, and those that the change itself
 * brings, which are proposed and not in force.
 */
export function divideInline(
  base: readonly InlineSuppression[],
  head: readonly InlineSuppression[],
): { readonly inForce: readonly InlineSuppression[]; readonly proposed: readonly InlineSuppression[] } {
  const left = new Map<string, number>()
  for (const suppression of base) left.set(keyOf(suppression), (left.get(keyOf(suppression)) ?? 0) + 1)
  const inForce: InlineSuppression[] = []
  const proposed: InlineSuppression[] = []
  for (const suppression of head) {
    const count = left.get(keyOf(suppression)) ?? 0
    left.set(keyOf(suppression), count - 1)
    if (count > 0) inForce.push(suppression)
    else proposed.push(suppression)
  }
  return { inForce, proposed }
}

function keyOf({ rule, expires, reason, anchor }: InlineSuppression): string {
  return JSON.stringify([rule, expires, reason, anchor])
}

/** Where the comment starts and where its marker ends; undefined where the marker does not stand at the start of a comment. */
function findComment(line: string): { readonly start: number; readonly end: number } | undefined {
  const match = /(?:^|[ \t])(#|\/\/)[ \t]{0,8}ringfence:ignore(?=[ \t]|$)/.exec(line)
  if (match === null) return undefined
  return { start: match.index, end: match.index + match[0].length }
}

function readComment(
  rest: string,
): { readonly rule: string; readonly expires: Day; readonly reason: string } | { readonly mistake: string } {
  const rule = /^[ \t]+([a-z0-9][a-z0-9-]{0,99})(?=[ \t]|$)/.exec(rest)?.[1]
  if (rule === undefined) return { mistake: `${MARKER} needs the id of a rule` }
  const expires = /[ \t]until=(\S{0,20})(?=[ \t]|$)/.exec(rest)?.[1]
  if (expires === undefined) return { mistake: `${MARKER} needs a last day: until=YYYY-MM-DD` }
  if (!isDay(expires)) return { mistake: 'the day after until= is no day: write YYYY-MM-DD' }
  const reason = /[ \t]reason="([^"]{3,500})"/.exec(rest)?.[1]
  if (reason === undefined) return { mistake: `${MARKER} needs a reason: reason="…"` }
  return { rule, expires, reason }
}

/** Lines of comment between a suppression and its subject. */
const LARGEST_GAP = 20

/** The next line that holds more than a comment. */
function findTarget(source: SourceText, after: number): number | undefined {
  const last = Math.min(source.lineCount, after + LARGEST_GAP + 1)
  for (let line = after + 1; line <= last; line++) {
    const content = lineText(source, line).trim()
    if (content !== '' && !content.startsWith('#') && !content.startsWith('//')) return line
  }
  return undefined
}

function anchorOf(line: string): string {
  const comment = findComment(line)
  return (comment === undefined ? line : line.slice(0, comment.start)).trim()
}

function lineText(source: SourceText, line: number): string {
  return source.text.slice(source.lineStart(line), source.lineStart(line + 1)).replace(/[\r\n]+$/, '')
}
