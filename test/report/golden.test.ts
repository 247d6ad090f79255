import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { listFlows } from '../../src/report/flows.ts'
import { auditHtml, reviewHtml } from '../../src/report/html.ts'
import { toReviewJson } from '../../src/report/json.ts'
import { fixedInlineComment, inlineComment } from '../../src/report/markdown/inline-comment.ts'
import { auditSummary, jobSummary } from '../../src/report/markdown/job-summary.ts'
import { parseSummaryMarker } from '../../src/report/markdown/marker.ts'
import { summaryComment, undecidedComment } from '../../src/report/markdown/summary-comment.ts'
import type { AuditReport, ReviewReport } from '../../src/report/review-report.ts'
import { auditText, reviewText } from '../../src/report/text.ts'
import { CONTEXT, LINKS } from './planted.ts'
import { connection, finding, HEAD_SHA, OPENING, SILENT } from './sample.ts'

const CLOSING: ReviewReport = {
  ...SILENT,
  summary: { ...SILENT.summary, fixed: 1, reason: 'nothing new at or above high' },
  connections: {
    added: [],
    removed: [connection({ from: 'dev/shell', to: 'data/postgres', before: 'TCP 5432', after: '' })],
    changed: [],
  },
  findings: [
    finding({
      rule: 'namespace-not-isolated',
      status: 'fixed',
      message: 'No policy isolates the namespace data.',
      resource: 'Namespace/data',
      file: 'k8s/data/namespace.yaml',
      line: 1,
    }),
  ],
}

/** Nothing that a rule objects to, but something opens. */
const WIDENING: ReviewReport = {
  ...SILENT,
  summary: { ...SILENT.summary, reason: 'no finding' },
  connections: {
    added: [],
    removed: [],
    changed: [
      connection({
        from: 'web/frontend',
        to: 'api/orders',
        before: 'TCP 8080',
        after: 'TCP 8080,9090',
        certain: false,
        states: ['staging', 'prod-weu', 'prod-neu', 'prod-eus'],
        cause: { file: 'k8s/api/policy.yaml', line: 31, resource: 'NetworkPolicy/api/orders', why: 'adds port 9090' },
      }),
    ],
  },
}

const UNDECIDED: ReviewReport = {
  ...SILENT,
  summary: { ...SILENT.summary, verdict: 'fail', reason: 'could not decide: 2 changed places are not understood' },
  coverage: {
    ...SILENT.coverage,
    notAnalysed: [
      { file: 'k8s/shop/policy.yaml', line: 12, reason: 'bad indentation of a mapping entry', changed: true },
      { file: 'charts/web/Chart.yaml', reason: 'the chart has no rendered values', changed: true },
      { file: 'charts/old/Chart.yaml', reason: 'the chart has no rendered values', changed: false },
    ],
  },
}

const AUDIT: AuditReport = {
  schemaVersion: 1,
  head: { tree: HEAD_SHA },
  summary: { ...SILENT.summary, existing: 2, suppressed: 1, verdict: 'fail', reason: 'finding at or above high' },
  findings: OPENING.findings.slice(0, 2).map((one) => ({ ...one, status: 'existing' })),
  coverage: OPENING.coverage,
}

/** What an earlier run left: two findings, one of which is in OPENING. */
const PREVIOUS = parseSummaryMarker(
  '<!-- ringfence:v1 key=default head=aaaaaaa run=8000.1 open=high:1,low:1 fp=7d1c0a5be1f2,0000aaaa1111 -->',
  'default',
)!

const PROPOSING: ReviewReport = {
  ...OPENING,
  summary: { ...OPENING.summary, suppressed: 1 },
  proposedSuppressions: [
    {
      rule: 'egress-internet',
      reason: 'Card provider publishes no ranges, PCI-1234',
      expires: '2027-03-31',
      file: '.github/ringfence.yml',
      line: 8,
    },
  ],
}

/** Run vitest with `-u` to rewrite them, and read the difference as if somebody else had written it. */
const golden = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).pathname

describe.each([
  ['opening', OPENING],
  ['proposing', PROPOSING],
  ['closing', CLOSING],
  ['widening', WIDENING],
  ['undecided', UNDECIDED],
  ['silent', SILENT],
])('%s', (name, report) => {
  test('comment', async () => {
    const page = summaryComment(report, { ...CONTEXT, previous: PREVIOUS })
    await expect(page).toMatchFileSnapshot(golden(`${name}.comment.md`))
  })

  test('text', async () => {
    await expect(reviewText(report, { color: false })).toMatchFileSnapshot(golden(`${name}.txt`))
  })

  test('says what happened in the first fifteen lines', () => {
    const page = summaryComment(report, CONTEXT)
      .split('\n')
      .filter((row) => row !== '')
    const end = page.findIndex((row) => /^(?:```|<details|<sub)/.test(row))
    expect(end).toBeLessThanOrEqual(15)
  })
})

test('comment of a run that failed', async () => {
  const page = undecidedComment('GitHub lists only 3,000 of the changed files, so some were not seen.', CONTEXT)
  await expect(page).toMatchFileSnapshot(golden('failed-run.comment.md'))
})

test('inline comments', async () => {
  const [first, second] = OPENING.findings
  const page = [
    inlineComment(first!, { links: LINKS, suggest: true }),
    inlineComment(first!, { links: LINKS, suggest: false }),
    inlineComment(second!, { links: LINKS, suggest: true, suppressUntil: '2027-02-28' }),
    fixedInlineComment(first!.fingerprint, HEAD_SHA, LINKS),
  ].join('\n')
  await expect(page).toMatchFileSnapshot(golden('inline-comments.md'))
})

test('audit', async () => {
  await expect(auditSummary(AUDIT, CONTEXT)).toMatchFileSnapshot(golden('audit.summary.md'))
  await expect(auditText(AUDIT, { color: false })).toMatchFileSnapshot(golden('audit.txt'))
  await expect(auditHtml(AUDIT)).toMatchFileSnapshot(golden('audit.html'))
})

test('JSON and HTML of a review', async () => {
  await expect(toReviewJson(OPENING)).toMatchFileSnapshot(golden('opening.json'))
  await expect(reviewHtml(OPENING, { links: LINKS })).toMatchFileSnapshot(golden('opening.html'))
})

test('the order of keys does not depend on how a report was put together', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, item]) => [key, reversed(item)]),
    )
  }
  expect(toReviewJson(reversed(OPENING) as ReviewReport)).toBe(toReviewJson(OPENING))
})

test('a failed check without any effect does not read as good news', () => {
  const failed: ReviewReport = {
    ...SILENT,
    summary: { ...SILENT.summary, verdict: 'fail', reason: 'could not decide: an error of ours in egress-internet' },
  }
  for (const page of [summaryComment(failed, CONTEXT), reviewText(failed, { color: false }), reviewHtml(failed)]) {
    expect(page).not.toContain('no change in reachability')
    expect(page).toContain('could not decide')
  }
})

test('a flow has the severity of the finding that the same line causes', () => {
  const tied: ReviewReport = {
    ...OPENING,
    exposure: {
      ...OPENING.exposure,
      egress: {
        ...OPENING.exposure.egress,
        added: OPENING.exposure.egress.added.map((one) => ({ ...one, to: 'internet except 10.2.0.0/16' })),
      },
    },
  }
  expect(listFlows(tied).map(({ connection: { to }, severity }) => [to, severity])).toEqual([
    ['internet except 10.2.0.0/16', 'high'],
    ['data/postgres', 'medium'],
    ['payments/checkout', undefined],
  ])
})

test('the job summary has no marker, so that nobody takes it for the comment', () => {
  expect(jobSummary(OPENING, CONTEXT)).toMatch(/^### /)
})

test('colour only repeats what the words say', () => {
  const colored = reviewText(OPENING, { color: true })
  expect(colored).toContain('\u001b[')
  expect(stripVTControlCharacters(colored)).toBe(reviewText(OPENING, { color: false }))
})
