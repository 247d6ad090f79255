import { invariant } from './problem.ts'

/** Replaces `[start, end)` of a file by `text`. Offsets are 0-based UTF-16 units of the unedited file. */
export interface Edit {
  readonly path: string
  readonly start: number
  /** Exclusive; equal to `start` for an insertion. */
  readonly end: number
  readonly text: string
}

/** What a patch does to a tree: edits in place and files that did not exist. */
export interface TreeEdit {
  readonly edits: readonly Edit[]
  readonly newFiles: ReadonlyMap<string, string>
}

/** The text after all edits of its path. They must not overlap; every character outside them stays as it is. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let result = ''
  let at = 0
  for (const edit of sorted) {
    invariant(edit.start >= at && edit.end >= edit.start && edit.end <= text.length, `edits of ${edit.path} overlap`)
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}
