import { describe, expect, test } from 'vitest'
import type { Comment, PullRequest } from '../../src/github/host.ts'
import { createMemoryHost, type MemoryState } from '../../src/github/memory-host.ts'
import { postSummaryComment, type SummaryComment } from '../../src/github/summary-comment.ts'
import { formatSummaryMarker } from '../../src/report/markdown/marker.ts'

const HEAD = 'b'.repeat(40)
const OLD = 'a'.repeat(40)

const PULL: PullRequest = {
  number: 7,
  state: 'open',
  head: HEAD,
  headRepository: 'acme/shop',
  fork: false,
  author: 'mona',
  base: OLD,
  mergeable: true,
}

const BOT = { login: 'github-actions[bot]', bot: true }

function markerOf(head: string, run: string, key = 'default') {
  return formatSummaryMarker({ key, head, run, open: new Map([['high', 1]]), fingerprints: ['abc'] })
}

function stored(body: string, author = BOT, id = 1): Comment {
  return { id, body, author, url: `url-${id}` }
}

function saying(text: string, more: Partial<SummaryComment> = {}): SummaryComment {
  return {
    pullRequest: 7,
    key: 'default',
    head: HEAD,
    run: { id: 20, attempt: 1 },
    create: true,
    render: () => `${markerOf(HEAD, '20.1')}\n${text}`,
    ...more,
  }
}

function hostWith(comments: readonly Comment[], more: MemoryState = {}) {
  return createMemoryHost({ pullRequests: [PULL], comments, ...more })
}

test('is created once and then found again', async () => {
  const host = hostWith([])
  expect((await postSummaryComment(host, saying('text'))).what).toBe('created')
  expect((await postSummaryComment(host, saying('text'))).what).toBe('unchanged')
  expect(host.calls.filter((call) => call === 'createComment' || call === 'updateComment')).toEqual(['createComment'])
})

test('is not created when there is nothing to say, and asks nothing more', async () => {
  const host = hostWith([stored('a person’s words', { login: 'mona', bot: false })])
  expect(await postSummaryComment(host, saying('text', { create: false }))).toEqual({ what: 'none' })
  expect(host.calls).toEqual(['comments'])
})

test('an existing one is moved to the new state even where none would be created', async () => {
  const host = hostWith([stored(`${markerOf(OLD, '10.1')}\n🔴 open`)])
  expect(await postSummaryComment(host, saying('✅ nothing left', { create: false }))).toMatchObject({
    what: 'updated',
    url: 'url-1',
  })
})

test('hands what it said before to the new text', async () => {
  const host = hostWith([stored(`${markerOf(OLD, '10.1')}\n🔴 open`)])
  let previous: string | undefined
  const render = (before: { readonly head: string } | undefined) => {
    previous = before?.head
    return 'text'
  }
  await postSummaryComment(host, saying('', { render }))
  expect(previous).toBe(OLD)
})

describe('the same words are not written again', () => {
  const text = 'line\n<sub>Check · [Full report](https://github.com/acme/shop/actions/runs/20)</sub>'

  async function rewritten(change: (body: string) => string, again: SummaryComment): Promise<string> {
    const first = hostWith([])
    await postSummaryComment(first, saying(text))
    const [comment] = await first.comments(7)
    return (await postSummaryComment(hostWith([{ ...comment!, body: change(comment!.body) }]), again)).what
  }

  test('whatever line ends GitHub stored', async () => {
    expect(await rewritten((body) => body.replaceAll('\n', '\r\n'), saying(text))).toBe('unchanged')
  })

  test('by another run', async () => {
    const render = () => `${markerOf(HEAD, '21.1')}\n${text.replace('runs/20', 'runs/21')}`
    expect(await rewritten((body) => body, saying('', { run: { id: 21, attempt: 1 }, render }))).toBe('unchanged')
  })

  test('because of what there was before', async () => {
    const render = (previous: unknown) =>
      `${markerOf(HEAD, '20.1')}\n${text}${previous === undefined ? '' : ' (1 fixed)'}`
    expect(await rewritten((body) => body, saying('', { render }))).toBe('unchanged')
  })

  test('but what somebody edited is put right', async () => {
    expect(await rewritten((body) => body.replace('line', 'approved'), saying(text))).toBe('updated')
  })
})

test.each([
  ['another user’s', { login: 'mona', bot: false }],
  ['another bot’s', { login: 'other[bot]', bot: true }],
  ['a user’s who has the app’s name', { login: 'github-actions', bot: false }],
])('%s comment with our marker is left alone', async (_, author) => {
  const forged = `${markerOf(OLD, '10.1')}\napproved`
  const host = hostWith([stored(forged, author)])
  expect((await postSummaryComment(host, saying('text'))).what).toBe('created')
  expect((await host.comments(7)).map(({ body }) => body)[0]).toBe(forged)
})

test('the app’s login counts with and without [bot]', async () => {
  const host = hostWith([stored(`${markerOf(OLD, '10.1')}\nold`)], { viewer: 'github-actions' })
  expect((await postSummaryComment(host, saying('text'))).what).toBe('updated')
})

test('another instance’s comment is another comment', async () => {
  const host = hostWith([stored(`${markerOf(OLD, '10.1', 'infra')}\nother`)])
  expect((await postSummaryComment(host, saying('text'))).what).toBe('created')
})

test('writes nothing when the pull request has moved on', async () => {
  const host = hostWith([], { pullRequests: [{ ...PULL, head: 'd'.repeat(40) }] })
  expect((await postSummaryComment(host, saying('text'))).what).toBe('stale')
  expect(host.calls).not.toContain('createComment')
})

test.each([
  ['a newer run', '21.1', 'stale'],
  ['a later attempt of this run', '20.2', 'stale'],
  ['an older run', '19.9', 'updated'],
])('of the same head, %s has spoken: %s', async (_, run, what) => {
  const host = hostWith([stored(`${markerOf(HEAD, run)}\nother text`)])
  expect((await postSummaryComment(host, saying('text'))).what).toBe(what)
})
