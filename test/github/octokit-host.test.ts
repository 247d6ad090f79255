import { afterEach, expect, test, vi } from 'vitest'
import { createClient } from '../../src/github/client.ts'
import { HostError } from '../../src/github/host.ts'
import { createOctokitHost } from '../../src/github/octokit-host.ts'
import { type FakeGitHub, type Options, startFakeGitHub } from './fake-github.ts'
import { createFakeRepository, type FakeRepository } from './fake-repository.ts'

// Processes, and GitHub's pace of one comment in three seconds, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

let repository: FakeRepository | undefined
let github: FakeGitHub | undefined

afterEach(async () => {
  const running = github
  github = undefined
  repository?.remove()
  await running?.close()
})

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i + 1}`)

/** A pull request that changes line 20 of a file. */
async function start(options: Partial<Options> = {}) {
  repository = createFakeRepository()
  const base = repository.commit({ 'a.yaml': `${LINES.join('\n')}\n`, 'b.yaml': 'b\n' })
  repository.setRef('refs/heads/main', base)
  const changed = LINES.with(19, 'line twenty').join('\n')
  const head = repository.commit({ 'a.yaml': `${changed}\n`, 'b.yaml': 'b\n' }, [base])
  github = await startFakeGitHub({ repository, ...options })
  github.state.pullRequests.set(7, {
    number: 7,
    head,
    headRepository: 'acme/shop',
    headRef: 'change',
    baseRef: 'main',
    baseAtPush: base,
    user: 'mona',
    state: 'open',
    unknownMergeable: 0,
  })
  const waits: string[] = []
  const limits = { timeoutMs: 400, pauseMs: 10, longestWaitSeconds: 1 }
  const client = createClient({ token: 'a-token', apiUrl: github.url, onWait: (text) => waits.push(text), limits })
  return { github, base, head, waits, host: createOctokitHost(client, { owner: 'acme', name: 'shop' }) }
}

async function errorOf(promise: Promise<unknown>): Promise<HostError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HostError)
  return error as HostError
}

test('every operation keeps to the description of GitHub', async () => {
  const { host, base, head, github } = await start()
  expect(await host.pullRequest(7)).toMatchObject({
    number: 7,
    head,
    base,
    fork: false,
    author: 'mona',
    mergeable: true,
  })
  expect(await host.pullRequestsFrom('acme:change')).toMatchObject([{ number: 7, head }])
  const [file] = await host.changedFiles(7)
  expect(file).toMatchObject({ path: 'a.yaml', status: 'modified', patch: expect.stringContaining('+line twenty') })
  expect(Buffer.from(await host.blob(file!.id)).toString()).toContain('line twenty')

  const comment = await host.createComment(7, 'first')
  expect(await host.updateComment(comment.id, 'second')).toMatchObject({ body: 'second', author: { bot: true } })
  expect(await host.comments(7)).toMatchObject([
    { id: comment.id, body: 'second', author: { login: 'github-actions[bot]' } },
  ])

  await host.createReview(7, {
    commit: head,
    body: '',
    comments: [
      { path: 'a.yaml', line: 20, body: 'one line' },
      { path: 'a.yaml', startLine: 18, line: 20, body: 'three lines' },
    ],
  })
  const [one, three] = await host.reviewComments(7)
  expect(one).toMatchObject({ path: 'a.yaml', line: 20, body: 'one line' })
  expect(three).toMatchObject({ startLine: 18, line: 20 })
  await host.updateReviewComment(one!.id, 'edited')
  await host.minimizeComment(one!.nodeId)
  await host.deleteReviewComment(three!.id)
  expect((await host.reviewComments(7)).map(({ body }) => body)).toEqual(['edited'])
  expect(github.state.minimized).toEqual(new Set([one!.nodeId]))
  expect(await host.viewer()).toBe('github-actions[bot]')

  const merge = await host.refCommit('pull/7/merge')
  expect(await host.parents(merge)).toEqual([base, head])
  expect(await host.mergeBase('main', head)).toBe(base)
  expect((await host.entries(head)).map(({ path, kind }) => [path, kind])).toEqual([
    ['a.yaml', 'file'],
    ['b.yaml', 'file'],
  ])
  expect([...(await host.tarball(head)).slice(0, 2)]).toEqual([0x1f, 0x8b])
})

test('lists are read to their last page', async () => {
  const { host, github } = await start()
  for (let i = 0; i < 250; i++) github.state.comments.push({ id: i + 1, issue: 7, user: 'mona', body: `${i}` })
  expect(await host.comments(7)).toHaveLength(250)
  expect(github.requests).toHaveLength(3)
})

test('GitHub refuses a whole review for one line off the diff, and a body that is too long', async () => {
  const { host, head, github } = await start()
  const good = { path: 'a.yaml', line: 20, body: 'in the hunk' }
  const off = { path: 'a.yaml', line: 2, body: 'off the diff' }
  expect(await errorOf(host.createReview(7, { commit: head, body: '', comments: [good, off] }))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('line must be part of the diff'),
  })
  expect(github.state.reviewComments).toEqual([])
  expect((await errorOf(host.createComment(7, 'x'.repeat(65_537)))).kind).toBe('refused')
  expect((await host.createComment(7, 'x'.repeat(65_536))).body).toHaveLength(65_536)
})

test('says what kind of failure it was', async () => {
  const { host, github } = await start({ permissions: { pullRequests: 'read' } })
  expect((await errorOf(host.createComment(7, 'text'))).kind).toBe('forbidden')
  expect((await errorOf(host.minimizeComment('PRRC_1'))).kind).toBe('forbidden')
  expect((await errorOf(host.pullRequest(8))).kind).toBe('not-found')
  github.state.truncatedTrees = true
  expect((await errorOf(host.entries('HEAD'))).kind).toBe('refused')
  github.failNext('issues/list-comments', { status: 401, message: 'Bad credentials' })
  expect((await errorOf(host.comments(7))).kind).toBe('forbidden')
})

test('tries again after 5xx and 429, and only where nothing can happen twice', async () => {
  const { host, github, waits } = await start()
  github.failNext('issues/list-comments', { status: 502, message: 'Bad Gateway' }, 2)
  expect(await host.comments(7)).toEqual([])
  github.failNext('issues/list-comments', { status: 429, message: 'Too many', headers: { 'retry-after': '1' } })
  expect(await host.comments(7)).toEqual([])
  expect(waits).toHaveLength(3)
  github.failNext('issues/list-comments', { status: 500, message: 'oops' }, 9)
  expect((await errorOf(host.comments(7))).kind).toBe('unavailable')
  github.failNext('issues/create-comment', { status: 502, message: 'Bad Gateway' })
  expect((await errorOf(host.createComment(7, 'text'))).kind).toBe('unavailable')
  expect(github.state.comments).toEqual([])
})

test('waits for the secondary rate limit, and gives up on a wait of an hour', async () => {
  const { host, github } = await start({ budget: 3 })
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  github.failNext('issues/list-comments', { status: 403, message, headers: { 'retry-after': '1' } })
  expect(await host.comments(7)).toEqual([])
  github.failNext('issues/list-comments', { status: 403, message, headers: { 'retry-after': '3600' } })
  expect((await errorOf(host.comments(7))).kind).toBe('rate-limit')
  const spent = await errorOf(host.comments(7))
  expect(spent).toMatchObject({ kind: 'rate-limit', message: expect.stringContaining('API rate limit exceeded') })
})

test('a server that never answers ends the request', async () => {
  const { host, github } = await start()
  github.hang('issues/list-comments')
  const started = Date.now()
  expect((await errorOf(host.comments(7))).kind).toBe('unavailable')
  expect(Date.now() - started).toBeLessThan(3_000)
})
