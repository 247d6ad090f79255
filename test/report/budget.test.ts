import { describe, expect, test, vi } from 'vitest'
import { toAnnotations } from '../../src/report/annotations.ts'
import { inlineComment } from '../../src/report/markdown/inline-comment.ts'
import { jobSummary } from '../../src/report/markdown/job-summary.ts'
import { COMMENT_LIMIT, fixed, layOut, type PageLimit, type Section, whole } from '../../src/report/markdown/page.ts'
import { summaryComment } from '../../src/report/markdown/summary-comment.ts'
import { MERMAID_MAX_EDGES, MERMAID_MAX_TEXT, toMermaid } from '../../src/report/mermaid.ts'
import type { ReviewReport } from '../../src/report/review-report.ts'
import { parseMermaid } from './mermaid-parser.ts'
import { CONTEXT, LINKS, plantedReview } from './planted.ts'
import { connection, finding, OPENING } from './sample.ts'
import { findOpenBlock, readMarkdown } from './structure.ts'

/** Pages at their limit take a parser a while on a busy machine. */
vi.setConfig({ testTimeout: 300_000 })

/** A review with so many of everything, each with a text of so many characters. */
function large(flows: number, findings: number, places: number, padding: number): ReviewReport {
  const pad = 'x'.repeat(padding)
  return {
    ...OPENING,
    connections: {
      added: Array.from({ length: flows }, (_, i) => connection({ from: `shop/from-${i}`, to: `data/to-${i}` })),
      removed: [],
      changed: [],
    },
    findings: [
      ...OPENING.findings,
      ...Array.from({ length: findings }, (_, i) =>
        finding({
          fingerprint: `${i}`,
          message: `shop/from-${i} can reach data/to-${i} ${pad}`,
          patch: {
            verified: true,
            summary: `Narrows rule ${i}.`,
            files: [
              {
                path: `k8s/${i}.yaml`,
                diff: `--- a/k8s/${i}.yaml\n+++ b/k8s/${i}.yaml\n@@ -1 +1 @@\n-a: ${pad}\n+b: ${pad}\n`,
              },
            ],
          },
        }),
      ),
    ],
    coverage: {
      ...OPENING.coverage,
      notAnalysed: Array.from({ length: places }, (_, i) => ({
        file: `k8s/broken-${i}.yaml`,
        reason: `unexpected ${pad}`,
        changed: false,
      })),
    },
  }
}

describe('layOut', () => {
  const rows = (gives: NonNullable<Section['gives']>, n: number, size: number): Section => ({
    gives,
    rowCount: n,
    row: () => 'r'.repeat(size),
    render: (shown, left) => `<details>\n${shown.join('\n')}\n${left > 0 ? `… and ${left} more` : ''}\n</details>`,
  })

  test.each([60_000, 65_536])('keeps within %i for every length around it, and loses no more than it must', (max) => {
    const limit: PageLimit = { max, measure: (text) => text.length }
    for (let over = -60; over <= 60; over++) {
      const page = layOut(
        [fixed('h'.repeat(1_000)), rows('flows', 100, 100), fixed('f'.repeat(max - 11_200 + over))],
        limit,
      )
      expect(page.length).toBeLessThanOrEqual(max)
      expect(page.length).toBeGreaterThan(max - 220)
      expect(findOpenBlock(page)).toBeUndefined()
    }
  })

  test('drops coverage, then flows, then findings, then the graph, then patches from the last', () => {
    const sections = [
      fixed('head'),
      whole('graph', 'G'.repeat(100)),
      whole('patch', 'P'.repeat(100)),
      whole('patch', 'Q'.repeat(100)),
      rows('findings', 5, 100),
      rows('flows', 5, 100),
      rows('coverage', 5, 100),
    ]
    const kept = (max: number) => {
      const page = layOut(sections, { max, measure: (text) => text.length })
      return ['G', 'P', 'Q'].filter((letter) => page.includes(letter)).join('') + (page.match(/^r+$/gm) ?? []).length
    }
    expect([2_500, 1_500, 1_000, 700, 430, 330, 220, 150].map(kept)).toEqual([
      'GPQ15',
      'GPQ10',
      'GPQ5',
      'GPQ2',
      'GPQ0',
      'PQ0',
      'P0',
      '0',
    ])
  })
})

describe('summary comment', () => {
  test.each([
    [2_000, 0, 0, 0],
    [100_000, 10, 10, 10],
    [0, 500, 0, 100],
    [0, 40, 0, 5_000],
    [10, 10, 5_000, 200],
    [3_000, 300, 3_000, 1_000],
  ])('of %i flows, %i findings, %i places and texts of %i characters is whole and within its limit', (...size) => {
    const page = summaryComment(large(...size), CONTEXT)
    expect(page.length).toBeLessThanOrEqual(COMMENT_LIMIT.max)
    expect(findOpenBlock(page)).toBeUndefined()
    expect(readMarkdown(page).structure).toContain('html </sub>')
    expect(page).toContain('Check: <b>failed</b>')
    expect(page).toMatch(/^<!-- ringfence:v1 /)
  })

  test('stays within its limit whatever length pushes it there', () => {
    // Patches of growing length move the page over the limit in steps of a few units.
    for (let padding = 5_960; padding < 6_080; padding += 3) {
      const page = summaryComment(large(20, 4, 4, padding), CONTEXT)
      expect(page.length).toBeLessThanOrEqual(COMMENT_LIMIT.max)
      expect(findOpenBlock(page)).toBeUndefined()
    }
  })

  test('stays within its limit when every name is as long and as costly as can be', () => {
    for (const name of ['@'.repeat(5_000), '\u{1f600}'.repeat(5_000), '`'.repeat(5_000)]) {
      const page = summaryComment(plantedReview(name), CONTEXT)
      expect(page.length).toBeLessThanOrEqual(COMMENT_LIMIT.max)
      expect(findOpenBlock(page)).toBeUndefined()
      expect(page).toContain('Check: <b>failed</b>')
    }
  })

  test('says how many rows are missing, and where they are', () => {
    const page = summaryComment(large(2_000, 0, 0, 0), CONTEXT)
    expect(page).toContain('<summary>All 2,001 changed connections</summary>')
    const shown = page.slice(page.indexOf('All 2,001')).match(/^\| (?:🔴|🟡|🔵|🟢)/gmu)!.length
    expect(page).toContain(`… and ${(2_001 - shown).toLocaleString('en-US')} more: full table in the [job summary]`)
  })
})

test('the job summary stays below a megabyte of UTF-8', () => {
  const page = jobSummary(large(20_000, 3_000, 5_000, 300), CONTEXT)
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(1_000_000)
  expect(findOpenBlock(page)).toBeUndefined()
})

test('an inline comment with a long diff stays within its limit', () => {
  const [, , , last] = large(0, 2, 0, 40_000).findings
  const page = inlineComment(last!, { links: LINKS, suggest: false })
  expect(page.length).toBeLessThanOrEqual(COMMENT_LIMIT.max)
  expect(findOpenBlock(page)).toBeUndefined()
  expect(page).toContain('too long for this comment')
})

describe('diagrams', () => {
  const edges = (n: number, name: string) =>
    Array.from(
      { length: n },
      (_, i) =>
        ({ from: `a/${name}${i}`, to: `b/${name}${i}`, label: 'TCP 80', kind: 'plain', certain: true }) as const,
    )

  test('end at 500 edges and say how many more there are', async () => {
    const text = toMermaid({ edges: edges(700, 'n'), left: 30 })
    expect((await parseMermaid(text)).edges).toHaveLength(MERMAID_MAX_EDGES)
    expect(text).toContain('and 230 more')
  })

  test('end before 50,000 characters', async () => {
    for (const length of [100, 101, 102, 103, 110]) {
      const text = toMermaid({ edges: edges(500, '@'.repeat(length)), left: 0 })
      expect(text.length).toBeLessThanOrEqual(MERMAID_MAX_TEXT)
      expect(text.length).toBeGreaterThan(MERMAID_MAX_TEXT - 3_000)
      await expect(parseMermaid(text)).resolves.toBeDefined()
    }
  })
})

test('annotations: ten of a level, the last says how many more', () => {
  const annotations = toAnnotations(large(0, 30, 0, 5_000), 'high')
  const errors = annotations.filter(({ level }) => level === 'error')
  expect(errors).toHaveLength(10)
  expect(errors[9]!.message).toBe('22 more in the summary')
  expect(Math.max(...annotations.map(({ message }) => message.length))).toBe(4_096)
})
