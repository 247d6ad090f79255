import { Ajv } from 'ajv'
import { describe, expect, test, vi } from 'vitest'
import { visibleName } from '../../src/base/escape.ts'
import { toAnnotations } from '../../src/report/annotations.ts'
import { toDot } from '../../src/report/dot.ts'
import { graphOfChanges } from '../../src/report/graph.ts'
import { auditHtml, reviewHtml } from '../../src/report/html.ts'
import { toAuditJson, toReviewJson } from '../../src/report/json.ts'
import { jsonSchemas } from '../../src/report/json-schema.ts'
import { inlineComment } from '../../src/report/markdown/inline-comment.ts'
import { auditSummary, jobSummary } from '../../src/report/markdown/job-summary.ts'
import { summaryComment, undecidedComment } from '../../src/report/markdown/summary-comment.ts'
import { toMermaid } from '../../src/report/mermaid.ts'
import { auditText, reviewText } from '../../src/report/text.ts'
import { findControl } from './controls.ts'
import { hostileNames } from './hostile-names.ts'
import { parseMermaid } from './mermaid-parser.ts'
import { CONTEXT, LINKS, plantedAudit, plantedReview } from './planted.ts'
import { fencedBlocks, findOpenBlock, htmlStructure, readMarkdown } from './structure.ts'

const NAMES = hostileNames(520)
/** Enough where a page is put together from parts that others show with every name. */
const SOME_NAMES = NAMES.filter((_, i) => i % 6 === 0)
/** Hundreds of pages are parsed; a busy machine may take its time. */
const TIMEOUT = 300_000

/** As long as the name, since what is too long is shown shorter and without a link whatever it is made of. */
function benign(name: string): string {
  return name.length <= 11 ? 'benign-name' : `benign-${'n'.repeat(name.length)}`.slice(0, name.length)
}

/** The pages and the names that each is made with. */
const PAGES: readonly (readonly [page: string, names: readonly string[], render: (name: string) => string])[] = [
  ['summary comment', NAMES, (name) => summaryComment(plantedReview(name), CONTEXT)],
  ['job summary', SOME_NAMES, (name) => jobSummary(plantedReview(name), CONTEXT)],
  ['audit summary', SOME_NAMES, (name) => auditSummary(plantedAudit(name), CONTEXT)],
  ['comment of a failed run', NAMES, (name) => undecidedComment(`no such tree: ${name}`, CONTEXT)],
  [
    'inline comment',
    NAMES,
    (name) => inlineComment(plantedReview(name).findings[0]!, { links: LINKS, suggest: false }),
  ],
]

/** Structures of the benign pages, by page and length of the name. */
const known = new Map<string, string>()

function expected(key: string, make: () => string): string {
  const text = known.get(key) ?? make()
  known.set(key, text)
  return text
}

vi.setConfig({ testTimeout: TIMEOUT })

describe('Markdown', () => {
  test.each(PAGES)(
    '%s keeps its structure, notifies nobody and hides nothing, whatever the names are',
    (label, names, render) => {
      for (const name of names) {
        const page = render(name)
        const plain = benign(name)
        const structure = expected(`${label} ${plain.length}`, () => readMarkdown(render(plain)).structure)
        const read = readMarkdown(page)
        const shown = JSON.stringify(name.slice(0, 200))
        // A page that would be too long leaves out parts, and how many depends on what a character costs there.
        if (name.length <= 150) expect(read.structure, shown).toBe(structure)
        expect(read.words, shown).not.toMatch(/@[A-Za-z0-9]|https?:\/\/|www\./i)
        expect(findOpenBlock(page), shown).toBeUndefined()
        expect(findControl(page), shown).toBeUndefined()
      }
    },
  )

  test('a page says that hidden characters were left out', () => {
    expect(summaryComment(plantedReview('a\u202eb'), CONTEXT)).toContain('hidden characters are left out')
    expect(summaryComment(plantedReview('a-b'), CONTEXT)).not.toContain('hidden characters')
  })

  test('a suggestion is one block of exactly its text, or there is none', () => {
    for (const name of NAMES) {
      const first = plantedReview(name).findings[0]!
      const comment = inlineComment(first, { links: LINKS, suggest: true })
      const blocks = fencedBlocks(comment, 'suggestion')
      if (blocks.length === 0) continue
      expect(blocks).toEqual([first.patch!.suggestion!.text])
      expect(findControl(name.replaceAll('\r\n', '\n')), JSON.stringify(name)).toBeUndefined()
    }
    expect(fencedBlocks(inlineComment(plantedReview('a````b').findings[0]!, { suggest: true }), 'suggestion')).toEqual([
      'b: a````b',
    ])
    expect(
      fencedBlocks(inlineComment(plantedReview('a\u202eb').findings[0]!, { suggest: true }), 'suggestion'),
    ).toEqual([])
  })
})

describe('Mermaid', () => {
  test('every diagram parses to the same nodes and edges, and shows the names', async () => {
    const shape = ({ nodes, edges }: Awaited<ReturnType<typeof parseMermaid>>) => ({
      nodes: nodes.map(({ id, shape: form }) => [id, form]),
      edges: edges.map(({ from, to, stroke }) => [from, to, stroke]),
    })
    const plain = shape(await parseMermaid(toMermaid(graphOfChanges(plantedReview('benign-name'), 12))))
    expect(plain.edges).toHaveLength(6)
    for (const name of NAMES) {
      const diagram = await parseMermaid(toMermaid(graphOfChanges(plantedReview(name), 12)))
      expect(shape(diagram), JSON.stringify(name.slice(0, 200))).toEqual(plain)
      const labels = diagram.nodes.map(({ label }) => label)
      expect(labels).toContain(visibleName(`a-from/${name}`))
    }
  })
})

describe('HTML', () => {
  test.each([
    ['review', NAMES, (name: string) => reviewHtml(plantedReview(name), { links: LINKS })],
    ['audit', SOME_NAMES, (name: string) => auditHtml(plantedAudit(name), { links: LINKS })],
  ] as const)('%s keeps its elements whatever the names are', (label, names, render) => {
    // A patch of several lines has a mark for each, and the note about hidden characters is an element.
    const elements = (page: string) => htmlStructure(page.replace(/<pre>[\s\S]*?<\/pre>|<p class="warn">.*<\/p>/g, ''))
    for (const name of names) {
      const plain = benign(name)
      const structure = expected(`html ${label} ${plain.length}`, () => elements(render(plain)))
      expect(elements(render(name)), JSON.stringify(name.slice(0, 200))).toBe(structure)
    }
  })

  test('a page loads nothing', () => {
    for (const name of NAMES.slice(0, 250)) {
      expect(reviewHtml(plantedReview(name), { links: LINKS })).not.toMatch(
        /<(?:script|link|img|iframe|object|embed|svg|base|form)\b|\bon\w+="|url\(/i,
      )
    }
  })
})

describe('other formats', () => {
  test('DOT keeps its skeleton', () => {
    const skeleton = (name: string) =>
      toDot(graphOfChanges(plantedReview(name), 500)).replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    for (const name of NAMES) expect(skeleton(name), JSON.stringify(name.slice(0, 200))).toBe(skeleton('benign-name'))
  })

  test('text has no control characters and no workflow commands', () => {
    for (const name of NAMES) {
      for (const page of [
        reviewText(plantedReview(name), { color: false }),
        auditText(plantedAudit(name), { color: false }),
      ]) {
        expect(findControl(page), JSON.stringify(name.slice(0, 200))).toBeUndefined()
        expect(page).not.toMatch(/^\s*::|##\[/m)
      }
    }
  })

  test('annotations are single lines without commands', () => {
    for (const name of NAMES) {
      for (const { title, message } of toAnnotations(plantedReview(name), 'high')) {
        expect(findControl(title + message)).toBeUndefined()
        expect(title + message).not.toMatch(/\n|::|##\[/)
        expect(message.length).toBeLessThanOrEqual(4_096)
      }
    }
  })

  test('JSON holds the names as they are, fits its schema, and does nothing to a log', () => {
    const ajv = new Ajv({ strict: false })
    const schemas = jsonSchemas()
    const review = ajv.compile(schemas.get('review.schema.json')!)
    const audit = ajv.compile(schemas.get('audit.schema.json')!)
    for (const name of NAMES) {
      const text = toReviewJson(plantedReview(name))
      expect(JSON.parse(text)).toEqual(plantedReview(name))
      expect(review(JSON.parse(text)), JSON.stringify(review.errors)).toBe(true)
      expect(audit(JSON.parse(toAuditJson(plantedAudit(name)))), JSON.stringify(audit.errors)).toBe(true)
      expect(findControl(text)).toBeUndefined()
      expect(text).not.toContain('##[')
    }
  })
})
