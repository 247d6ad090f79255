import { diffArrays } from 'diff'

/** Lines of the head that one hunk of a pull request's diff shows: added ones and context. */
export interface Hunk {
  /** 1-based, of the head. */
  readonly start: number
  /** Text of the lines, without line ends. */
  readonly lines: readonly string[]
}

/** `@@ -1,5 +1,6 @@`; without a count it is one line. Source: the unified format, gnu.org/software/diffutils/manual (Detailed Unified) */
const HUNK_HEADER = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/

/** The head's side of each hunk of a `patch` as GitHub lists it for a file. A patch that breaks off gives the hunks that are whole. */
export function readHunks(patch: string): readonly Hunk[] {
  const hunks: Hunk[] = []
  let lines: string[] = []
  let left = 0
  for (const line of patch.split('\n')) {
    const header = left === 0 ? HUNK_HEADER.exec(line) : null
    if (header !== null) {
      lines = []
      left = Number(header[2] ?? 1)
      if (left > 0) hunks.push({ start: Number(header[1]), lines })
    } else if (left > 0 && (line.startsWith('+') || line.startsWith(' '))) {
      lines.push(line.slice(1).replace(/\r$/, ''))
      left--
    }
  }
  return left > 0 ? hunks.slice(0, -1) : hunks
}

/** Whether one hunk holds these lines of the head (1-based, inclusive) and they read as `text` does. */
export function hunkHolds(
  hunks: readonly Hunk[],
  startLine: number,
  endLine: number,
  text: readonly string[],
): boolean {
  return hunks.some(
    ({ start, lines }) =>
      startLine >= start &&
      endLine < start + lines.length &&
      text.length === endLine - startLine + 1 &&
      text.every((line, i) => line === lines[startLine - start + i]),
  )
}

/** Edits beyond which two versions of a file are taken to have nothing in common. */
const MOST_EDITS = 2_000

/**
 * Where lines of one version stand in another: for each 1-based line of `from` that is unchanged, its 1-based line in `to`.
 * Undefined where the two differ too much to say.
 */
export function mapLines(from: readonly string[], to: readonly string[]): ReadonlyMap<number, number> | undefined {
  const parts = diffArrays([...from], [...to], { maxEditLength: MOST_EDITS })
  if (parts === undefined) return undefined
  const map = new Map<number, number>()
  let before = 1
  let after = 1
  for (const { added, removed, value } of parts) {
    if (!added && !removed) for (let i = 0; i < value.length; i++) map.set(before + i, after + i)
    if (!added) before += value.length
    if (!removed) after += value.length
  }
  return map
}

/** Lines without their ends; a last line end starts no further line. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  if (lines.at(-1) === '') lines.pop()
  return lines
}
