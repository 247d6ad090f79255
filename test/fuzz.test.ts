import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { generateCluster } from '../bench/generate.ts'
import { listCases } from '../scripts/case-review.ts'
import { byKey } from '../src/base/order.ts'
import { InputError } from '../src/base/problem.ts'
import { SourceText } from '../src/base/text.ts'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { effectiveOptions } from '../src/config/options.ts'
import { toReviewJson } from '../src/report/json.ts'
import { summaryComment } from '../src/report/markdown/summary-comment.ts'
import { review } from '../src/review.ts'
import { decodeContent, toBlobId } from '../src/source/content.ts'
import { notAFile } from '../src/source/entries.ts'
import type { Tree, TreeEntry } from '../src/source/tree.ts'
import { mutate, randomOf } from './mutate.ts'
import { processorTime } from './processor-time.ts'

const MUTATIONS = 2000
/** A single review may take no longer, in milliseconds. */
const LONGEST = 2000

type Files = ReadonlyMap<string, Buffer>

/** Unlike the trees of other tests, this one holds bytes, which need not be text. */
function byteTree(name: string, files: Files): Tree {
  const entries = [...files]
    .map(([path, bytes]): TreeEntry => ({ path, kind: 'file', id: toBlobId(bytes), size: bytes.length }))
    .sort(byKey((entry) => entry.path))
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  return {
    name,
    entries,
    entry: (path) => byPath.get(path),
    read(path) {
      const bytes = files.get(path)
      if (bytes === undefined) return notAFile(path, undefined)
      const content = decodeContent(bytes)
      return content.ok ? { ok: true, source: new SourceText(path, content.text) } : content
    },
    prefetch: () => {},
  }
}

function filesBelow(folder: string): Files {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map((file): [string, Buffer] => {
      const path = join(file.parentPath, file.name)
      return [relative(folder, path).split(sep).join('/'), readFileSync(path)]
    }),
  )
}

const cluster: Files = new Map([...generateCluster(12)].map(([path, text]) => [path, Buffer.from(text)]))
const corpora: readonly Files[] = [...listCases().map(({ folder }) => filesBelow(join(folder, 'after'))), cluster]

/** Why a review is not one that anybody could act on; undefined for a result, and for an error that says what is wrong. */
function faultOf(base: Files, head: Files): string | undefined {
  const start = processorTime()
  try {
    const options = effectiveOptions({}, EMPTY_CONFIG.options)
    const trees = { base: byteTree('base', base), head: byteTree('head', head) }
    const report = review({ ...trees, config: EMPTY_CONFIG, options, today: '2026-11-01' })
    if (report.summary.reason.includes('an error of ours')) return report.summary.reason
    JSON.parse(toReviewJson(report))
    summaryComment(report, {})
  } catch (error) {
    if (!(error instanceof InputError)) return error instanceof Error ? error.stack : String(error)
    if (error.message === '') return 'an error without words'
  }
  const took = processorTime() - start
  return took > LONGEST ? `took ${Math.round(took)} ms` : undefined
}

describe(`${MUTATIONS} broken files`, () => {
  const SLICES = 10
  test.each(Array.from({ length: SLICES }, (_, slice) => slice))(
    'end in a review or a clear error (%i)',
    (slice) => {
      const faults: string[] = []
      for (let seed = slice; seed < MUTATIONS; seed += SLICES) {
        const random = randomOf(seed)
        const files = corpora[random(corpora.length)]!
        const paths = [...files.keys()]
        const path = paths[random(paths.length)]!
        const { what, bytes } = mutate(files.get(path)!, random)
        const broken = new Map(files).set(path, bytes)
        const [base, head] = random(4) === 0 ? [broken, files] : [files, broken]
        const fault = faultOf(base, head)
        if (fault !== undefined) faults.push(`seed ${seed}: ${path}, ${what}: ${fault}`)
      }
      expect(faults).toEqual([])
    },
    120_000,
  )
})
