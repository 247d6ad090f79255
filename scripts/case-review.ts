import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { loadConfig } from '../src/config/load-config.ts'
import { effectiveOptions } from '../src/config/options.ts'
import { toReviewJson } from '../src/report/json.ts'
import { summaryComment } from '../src/report/markdown/summary-comment.ts'
import type { ReviewReport } from '../src/report/review-report.ts'
import { review } from '../src/review.ts'
import { BlobStore } from '../src/source/blob-store.ts'
import { openTree } from '../src/source/open-tree.ts'

const ROOT = join(import.meta.dirname, '..')
/** Cases are judged as of this day, so that dates in suppressions do not age. */
const TODAY = '2026-11-01'

/** A small pull request: a folder with `before/` and `after/`, and what its review must be. */
export interface Case {
  readonly name: string
  readonly folder: string
  /** The line of its README that says what it shows. */
  readonly shows: string
}

/** The cases of the tests and the examples for readers, sorted by name. */
export function listCases(): readonly Case[] {
  return ['test/cases', 'examples']
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((name) => existsSync(join(ROOT, folder, name, 'after')))
        .map((name) => ({ name, folder: join(ROOT, folder, name) })),
    )
    .map((found) => {
      const readme = join(found.folder, 'README.md')
      return { ...found, shows: existsSync(readme) ? readFileSync(readme, 'utf8').trim() : '' }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The review of a case, with the trees called as its folders are. */
export function reviewCase({ folder }: Case): ReviewReport {
  const store = new BlobStore()
  const base = openTree(join(folder, 'before'), { store })
  const head = openTree(join(folder, 'after'), { store })
  const config = base.entry('.github/ringfence.yml') === undefined ? EMPTY_CONFIG : loadConfig(base)
  const report = review({ base, head, config, options: effectiveOptions({}, config.options), today: TODAY })
  return { ...report, base: { tree: 'before' }, head: { tree: 'after' } }
}

/** The files that a case expects, by name. */
export function expectationsOf(report: ReviewReport): ReadonlyMap<string, string> {
  return new Map([
    ['expected.json', toReviewJson(report)],
    ['expected.md', `${summaryComment(report, {})}\n`],
  ])
}
