import { applyPatch } from 'diff'

/** The text after a unified diff of one file. Throws where a hunk does not fit exactly. */
export function applyTreeDiff(before: string, diff: string): string {
  const after = applyPatch(before, diff, { fuzzFactor: 0 })
  if (after === false) throw new Error(`the diff does not apply:\n${diff}`)
  return after
}
