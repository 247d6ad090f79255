import type { ReviewLinks } from '../links.ts'
import type { SummaryMarker } from './marker.ts'

/** What a page needs beside the report: where it will stand and what stood there before. Nothing of it comes from the tree. */
export interface PageContext {
  readonly links?: ReviewLinks
  /** Commit ids as they are shown; the trees' names of the report where absent. */
  readonly base?: { readonly sha: string; readonly ref?: string }
  readonly head?: { readonly sha: string }
  /** Set for the summary comment. */
  readonly marker?: Pick<SummaryMarker, 'key' | 'head' | 'run'>
  /** What the comment said before this run. */
  readonly previous?: SummaryMarker
  /** How many findings also stand on lines of the diff; absent where none could. */
  readonly inlineCount?: number
  /** False where the configuration wants no diagram. */
  readonly graph?: boolean
  /** Where the full report was written, as the user named it: shown where something is left out. */
  readonly reportFile?: string
}
