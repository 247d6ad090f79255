import { type Origin, writtenText } from '../../base/origin.ts'
import type { ProposedPatch } from '../rule.ts'
import { inPlace } from './one-patch.ts'

/** The text of the base in place of that of the head, where both start in the same column and so are indented alike. */
export function restoreText(
  was: Origin | undefined,
  is: Origin | undefined,
  summary: string,
): ProposedPatch | undefined {
  if (was === undefined || is === undefined || was.from !== undefined || is.from !== undefined) return undefined
  if (was.source.position(was.start).column !== is.source.position(is.start).column) return undefined
  return inPlace([{ path: is.source.path, start: is.start, end: is.end, text: writtenText(was) }], summary)
}
