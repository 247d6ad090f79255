import { describe, expect, test } from 'vitest'
import { SourceText } from '../../src/base/text.ts'
import { HostError, type PullRequest, type ReviewComment } from '../../src/github/host.ts'
import { type InlineCandidate, type InlineComments, postInlineComments } from '../../src/github/inline-comments.ts'
import { createMemoryHost, type MemoryState } from '../../src/github/memory-host.ts'
import { formatFindingMarker } from '../../src/report/markdown/marker.ts'
import type { Tree } from '../../src/source/tree.ts'

const HEAD = 'b'.repeat(40)
const PULL: PullRequest = {
  number: 7,
  state: 'open',
  head: HEAD,
  headRepository: 'acme/shop',
  fork: false,
  author: 'mona',
  base: 'a'.repeat(40),
  mergeable: true,
}

const LINES = ['one', 'two', 'three', 'four', 'five', 'six']
/** Shows lines 2 to 4, the third of them added. */
const PATCH = '@@ -2,2 +2,3 @@ one\n two\n+three\n four'

function treeOf(text: string, id = 'same'): Tree {
  const entry = { path: 'a.yaml', kind: 'file', id } as const
  return {
    name: 'head',
    entries: [entry],
    entry: (path) => (path === entry.path ? entry : undefined),
    read: (path) => ({ ok: true, source: new SourceText(path, text) }),
    prefetch: () => {},
  }
}

function finding(fingerprint: string, line: number, suggestion?: readonly [number, number]): InlineCandidate {
  return {
    fingerprint,
    finding: fingerprint,
    file: 'a.yaml',
    line,
    ...(suggestion && { suggestion: { file: 'a.yaml', startLine: suggestion[0], endLine: suggestion[1] } }),
    render: (id, suggest) => `${formatFindingMarker(id)}\n${fingerprint} ${suggest ? 'with suggestion' : 'as words'}`,
  }
}

function inline(candidates: readonly InlineCandidate[], more: Partial<InlineComments> = {}): InlineComments {
  const renderFixed = (id: string) => `${formatFindingMarker(id)}\n✅ fixed`
  return {
    pullRequest: 7,
    key: 'default',
    head: HEAD,
    tree: treeOf(LINES.join('\n')),
    candidates,
    limit: 10,
    renderFixed,
    ...more,
  }
}

function hostWith(more: MemoryState = {}) {
  const file = { path: 'a.yaml', id: 'same', status: 'modified', patch: PATCH }
  return createMemoryHost({ pullRequests: [PULL], files: [file], ...more })
}

function standing(id: number, fingerprint: string, more: Partial<ReviewComment> = {}): ReviewComment {
  return {
    id,
    nodeId: `node-${id}`,
    path: 'a.yaml',
    line: 3,
    url: `url-${id}`,
    body: `${formatFindingMarker(`default.${fingerprint}`)}\n${fingerprint} as words`,
    author: { login: 'github-actions[bot]', bot: true },
    ...more,
  }
}

describe('where a comment may stand', () => {
  test.each([
    ['an added line', finding('f1', 3), [{ path: 'a.yaml', line: 3, body: expect.stringContaining('as words') }]],
    ['a line of the context', finding('f1', 4), [expect.objectContaining({ line: 4 })]],
    ['a line outside of every hunk', finding('f1', 5), []],
    [
      'a suggestion over lines of one hunk',
      finding('f1', 3, [2, 4]),
      [{ path: 'a.yaml', startLine: 2, line: 4, body: expect.stringContaining('with suggestion') }],
    ],
    [
      'a suggestion for one line, which has no start line',
      finding('f1', 3, [3, 3]),
      [{ path: 'a.yaml', line: 3, body: expect.stringContaining('with suggestion') }],
    ],
    [
      'a suggestion that leaves the hunk is words at the finding’s line',
      finding('f1', 3, [3, 5]),
      [{ path: 'a.yaml', line: 3, body: expect.stringContaining('as words') }],
    ],
  ])('%s', async (_, candidate, comments) => {
    const host = hostWith()
    await postInlineComments(host, inline([candidate]))
    expect(host.reviews.flatMap((review) => review.comments)).toEqual(comments)
  })

  test('a file whose diff is too large to list has none', async () => {
    const host = hostWith({ files: [{ path: 'a.yaml', id: 'same', status: 'modified' }] })
    await postInlineComments(host, inline([finding('f1', 3)]))
    expect(host.reviews).toEqual([])
  })

  test('where the base changed the same file, lines of the merge are mapped to lines of the head', async () => {
    const merged = ['from the base', ...LINES].join('\n')
    const host = hostWith({ blobs: new Map([['same', LINES.join('\n')]]) })
    const tree = treeOf(merged, 'merged')
    await postInlineComments(host, inline([finding('f1', 4, [4, 4]), finding('f2', 1)], { tree }))
    expect(host.reviews.flatMap((review) => review.comments)).toMatchObject([{ line: 3 }])
  })

  test('a hunk that reads otherwise than what was judged takes no comment', async () => {
    const tree = treeOf(LINES.with(2, 'THREE').join('\n'))
    const host = hostWith()
    await postInlineComments(host, inline([finding('f1', 3)], { tree }))
    expect(host.reviews).toEqual([])
  })
})

describe('a finding at several places', () => {
  const places = [
    { ...finding('f1', 3), finding: 'f' },
    { ...finding('f2', 4), finding: 'f' },
  ]

  test('has a comment at each, and is one finding', async () => {
    expect(await postInlineComments(hostWith(), inline(places))).toMatchObject({ created: 2, standing: 2, findings: 1 })
  })

  test('keeps the comments that it has', async () => {
    const host = hostWith({ reviewComments: [standing(1, 'f1')] })
    expect(await postInlineComments(host, inline(places))).toMatchObject({ created: 1, standing: 2, findings: 1 })
  })
})

describe('from push to push', () => {
  test('one review for all, and nothing on the second run', async () => {
    const host = hostWith()
    const first = await postInlineComments(host, inline([finding('f1', 3), finding('f2', 4)]))
    expect(first).toMatchObject({ created: 2, standing: 2 })
    const before = host.calls.length
    expect(await postInlineComments(host, inline([finding('f1', 3), finding('f2', 4)]))).toMatchObject({
      created: 0,
      standing: 2,
    })
    expect(host.calls.slice(before)).toEqual(['reviewComments', 'viewer', 'changedFiles'])
    expect(host.reviews).toHaveLength(1)
  })

  test('a finding that moved to another line keeps its comment', async () => {
    const host = hostWith({ reviewComments: [standing(1, 'f1', { line: 2 })] })
    await postInlineComments(host, inline([finding('f1', 3)]))
    expect(host.reviews).toEqual([])
    expect(await host.reviewComments(7)).toHaveLength(1)
  })

  test('a comment whose text is out of date is edited where it stands', async () => {
    const host = hostWith({ reviewComments: [standing(1, 'f1')] })
    await postInlineComments(host, inline([finding('f1', 3, [3, 3])]))
    expect((await host.reviewComments(7))[0]?.body).toContain('with suggestion')
  })

  test('the comment of a finding that is gone is deleted', async () => {
    const host = hostWith({ reviewComments: [standing(1, 'f1')] })
    expect(await postInlineComments(host, inline([]))).toMatchObject({ fixed: 1, standing: 0 })
    expect(await host.reviewComments(7)).toEqual([])
  })

  test('one that somebody answered is marked and folded away, once', async () => {
    const answer = standing(2, 'x', { body: 'why?', author: { login: 'mona', bot: false }, replyTo: 1 })
    const host = hostWith({ reviewComments: [standing(1, 'f1'), answer] })
    await postInlineComments(host, inline([]))
    expect((await host.reviewComments(7)).map(({ body }) => body)).toEqual([
      expect.stringContaining('✅ fixed'),
      'why?',
    ])
    expect(host.minimized).toEqual(new Set(['node-1']))
    const before = host.calls.length
    await postInlineComments(host, inline([]))
    expect(host.calls.slice(before)).toEqual(['reviewComments', 'viewer'])
  })

  test('a finding that comes back gets a new comment', async () => {
    const fixed = standing(1, 'f1', { body: `${formatFindingMarker('default.f1.fixed')}\n✅ fixed` })
    const host = hostWith({ reviewComments: [fixed] })
    expect(await postInlineComments(host, inline([finding('f1', 3)]))).toMatchObject({ created: 1 })
  })

  test('comments of people and of other instances are never touched', async () => {
    const human = standing(1, 'f1', { author: { login: 'mona', bot: false } })
    const other = standing(2, 'f2', { body: `${formatFindingMarker('infra.f2')}\ntheirs` })
    const host = hostWith({ reviewComments: [human, other] })
    await postInlineComments(host, inline([]))
    expect(await host.reviewComments(7)).toEqual([human, other])
  })
})

test('never more than the limit, those that stand counted', async () => {
  const host = hostWith({ reviewComments: [standing(1, 'f1')] })
  const posted = await postInlineComments(
    host,
    inline([finding('f1', 3), finding('f2', 3), finding('f3', 3)], { limit: 2 }),
  )
  expect(posted).toMatchObject({ created: 1, standing: 2 })
  expect(host.reviews[0]?.comments.map(({ body }) => body)).toEqual([expect.stringContaining('f2')])
})

test('a review that GitHub refuses is not tried again with less: its findings are in the table', async () => {
  const fail = (call: string) =>
    call === 'createReview' ? new HostError('refused', 'line must be part of the diff') : undefined
  const host = hostWith({ fail })
  expect(await postInlineComments(host, inline([finding('f1', 3)]))).toMatchObject({
    refused: true,
    created: 0,
    standing: 0,
  })
  expect(host.calls.filter((call) => call === 'createReview')).toHaveLength(1)
})

test('writes nothing when the pull request has moved on', async () => {
  const host = hostWith({ pullRequests: [{ ...PULL, head: 'c'.repeat(40) }], reviewComments: [standing(1, 'f9')] })
  expect(await postInlineComments(host, inline([finding('f1', 3)]))).toMatchObject({ stale: true })
  expect(host.reviews).toEqual([])
  expect(await host.reviewComments(7)).toHaveLength(1)
})
