import type { Edit } from '../../base/edit.ts'
import type { ProposedPatch } from '../rule.ts'

/** A patch of edits in place; undefined where there are none. */
export function inPlace(edits: readonly Edit[] | undefined, summary: string): ProposedPatch | undefined {
  return edits === undefined || edits.length === 0 ? undefined : { edit: { edits, newFiles: new Map() }, summary }
}
