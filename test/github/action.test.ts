import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, type TestContext, vi, test as vitest } from 'vitest'
import { type Options, startFakeGitHub } from './fake-github.ts'
import { testMerge } from './fake-operations.ts'
import { createFakeRepository } from './fake-repository.ts'
import { exampleOf, pullRequestEvent } from './payloads.ts'
import { runStep, type Step, type StepResult } from './run-process.ts'
import { applySuggestion } from './suggestion.ts'

// Processes, and GitHub's pace of one comment in three seconds, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const ENTRY = join(import.meta.dirname, 'stub-action.ts')
const POLICY = [
  'kind: NetworkPolicy',
  'spec:',
  '  egress:',
  '    - to:',
  '        - ipBlock:',
  '            cidr: 10.0.0.0/8',
  '',
]
const CLOSED = POLICY.join('\n')
const OPEN = CLOSED.replace('10.0.0.0/8', '0.0.0.0/0')

type Files = Readonly<Record<string, string>>

type Cleanup = Pick<TestContext, 'onTestFinished'>

/** Most of a run is spent waiting for GitHub's pace, so they run side by side. */
const test = vitest.concurrent

/** A pull request from `before` to `after`, and a way to run the action on it. */
async function openPullRequest(
  t: Cleanup,
  before: Files,
  after: Files,
  options: Partial<Options> & { readonly user?: string; readonly from?: string } = {},
) {
  const repository = createFakeRepository()
  const empty = mkdtempSync(join(tmpdir(), 'ringfence-empty-'))
  const base = repository.commit(before)
  repository.setRef('refs/heads/main', base)
  const head = repository.commit(after, [base])
  const fake = await startFakeGitHub({ repository, ...options })
  t.onTestFinished(async () => {
    repository.remove()
    rmSync(empty, { recursive: true, force: true })
    await fake.close()
  })
  const pull = {
    number: 7,
    head,
    headRepository: options.from ?? 'acme/shop',
    headRef: 'change',
    baseRef: 'main',
    baseAtPush: base,
    user: options.user ?? 'mona',
    state: 'open' as const,
    unknownMergeable: 0,
  }
  fake.state.pullRequests.set(7, pull)
  const live = () => fake.state.pullRequests.get(7)!
  return {
    fake,
    repository,
    /** A folder with no clone in it. */
    empty,
    base,
    head,
    /** What the author pushes next. */
    push(files: Files) {
      const next = repository.commit(files, [live().head])
      live().head = next
      return next
    },
    run(more: Partial<Step> = {}): Promise<StepResult> {
      const { head: now, headRepository, user } = live()
      const merge = testMerge(fake.state, 7)
      const payload = pullRequestEvent('synchronize', { number: 7, base, head: now, headRepository, user })
      const workspace = more.workspace ?? repository.checkOut(merge ?? now)
      return runStep({
        entry: ENTRY,
        event: 'pull_request',
        payload,
        apiUrl: fake.url,
        sha: merge ?? now,
        ...more,
        workspace,
      })
    },
  }
}

describe('a pull request that opens something', () => {
  test('fails, comments once, suggests the fix on the line, and writes nothing the second time', async (t) => {
    const { fake, run, base } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const first = await run()
    expect(first.status, first.log).toBe(1)
    expect(Object.fromEntries(first.outputs)).toMatchObject({
      conclusion: 'fail',
      'reachability-changed': 'true',
      'findings-new': '1',
      'highest-severity': 'high',
      'base-sha': base,
      'head-sha': testMerge(fake.state, 7),
      'comment-url': expect.stringContaining('#issuecomment-'),
    })
    expect(first.log).toContain('::error title=')
    expect(first.log).toContain('file=a.yaml,line=6')
    expect(first.summary).toContain('egress-internet')
    expect(fake.writes()).toEqual(['pulls/create-review', 'issues/create-comment'])
    expect(fake.state.comments[0]?.body).toContain('1 of 1 new finding also inline')
    expect(fake.state.reviewComments).toMatchObject([
      { path: 'a.yaml', line: 6, body: expect.stringContaining('```suggestion') },
    ])

    const second = await run({ run: 8_124 })
    expect(second.status).toBe(1)
    expect(fake.writes()).toHaveLength(2)
    expect(second.outputs.get('comment-url')).toBe(first.outputs.get('comment-url'))
  })

  test('the suggestion, applied as GitHub does, is the patch, and the next push settles everything', async (t) => {
    const { fake, run, push } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    await run()
    const comment = fake.state.reviewComments[0]!
    expect(applySuggestion(OPEN, comment.startLine ?? comment.line!, comment.line!, comment.body)).toBe(CLOSED)
    push({ 'a.yaml': CLOSED })
    const next = await run({ run: 8_125 })
    expect(next.status, next.log).toBe(0)
    expect(fake.state.reviewComments).toEqual([])
    expect(fake.state.comments).toMatchObject([{ body: expect.stringContaining('✅') }])
    expect(next.summary).toContain('✅')
    const writes = fake.writes().length
    await run({ run: 8_126 })
    expect(fake.writes()).toHaveLength(writes)
  })

  test('an older run that ends later leaves the newer text', async (t) => {
    const { repository, fake, run, push, head } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const merge = testMerge(fake.state, 7)!
    const old = { payload: pullRequestEvent('opened', { number: 7, base: '1'.repeat(40), head }), sha: merge, run: 1 }
    const workspace = repository.checkOut(merge)
    push({ 'a.yaml': OPEN, 'b.yaml': OPEN })
    await run({ run: 2 })
    const texts = [...fake.state.comments, ...fake.state.reviewComments].map(({ body }) => body)
    const late = await run({ ...old, workspace })
    expect(late.status).toBe(1)
    expect(late.log).toContain('has moved on')
    expect([...fake.state.comments, ...fake.state.reviewComments].map(({ body }) => body)).toEqual(texts)
  })
})

test('a change without network effect is silent and passes', async (t) => {
  const { fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': `# a comment\n${CLOSED}` })
  const result = await run()
  expect(result.status, result.log).toBe(0)
  expect(result.outputs.get('conclusion')).toBe('pass')
  expect(result.outputs.has('comment-url')).toBe(false)
  expect(fake.writes()).toEqual([])
  expect(result.log).not.toMatch(/^::(?:error|warning)/m)
})

test('a hostile file name brings no command into the log, and none into the outputs', async (t) => {
  const name = 'a\n::set-output name=conclusion::pass\n##[add-mask]x,line=1::y.yaml'
  const { run } = await openPullRequest(t, { 'b.yaml': CLOSED }, { 'b.yaml': CLOSED, [name]: OPEN })
  const result = await run()
  expect(result.status, result.log).toBe(1)
  expect(result.outputs.get('conclusion')).toBe('fail')
  const lines = result.log.split('\n')
  const commands = lines.filter((line) => line.startsWith('::') && !line.startsWith('::add-mask::'))
  expect(commands).toEqual([expect.stringMatching(/^::error title=/)])
  // The runner looks for `##[` only in lines that are no command of the form above.
  expect(lines.filter((line) => !line.startsWith('::') && /::|##\[/.test(line))).toEqual([])
})

test('a changed file that cannot be judged fails, unless the workflow says otherwise', async (t) => {
  const { run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': '{{{' })
  const result = await run()
  expect(result.status, result.log).toBe(1)
  expect(result.log).toContain('could not decide')
  expect((await run({ inputs: { 'fail-on-unknown': 'none' } })).status).toBe(0)
})

test('the configuration is the base’s; an input wins over it', async (t) => {
  const config = 'fail-on: critical\n'
  const { run } = await openPullRequest(
    t,
    { 'a.yaml': CLOSED, '.github/ringfence.yml': config },
    { 'a.yaml': OPEN, '.github/ringfence.yml': 'fail-on: none\n' },
  )
  expect((await run()).status).toBe(0)
  expect((await run({ inputs: { 'fail-on': 'high' } })).status).toBe(1)
})

test('a change that mends the configuration of the base is judged by the defaults', async (t) => {
  const broken = { '.github/ringfence.yml': 'fail-on: sometimes\n' }
  const { run } = await openPullRequest(
    t,
    { 'a.yaml': CLOSED, ...broken },
    { 'a.yaml': CLOSED, '.github/ringfence.yml': 'fail-on: none\n' },
  )
  const mended = await run()
  expect(mended.status, mended.log).toBe(0)
  expect(mended.log).toContain('judged by the defaults')
  const opening = await openPullRequest(
    t,
    { 'a.yaml': CLOSED, ...broken },
    { 'a.yaml': OPEN, '.github/ringfence.yml': 'fail-on: none\n' },
  )
  expect((await opening.run()).status).toBe(1)
})

test('the head’s configuration counts where the workflow trusts it', async (t) => {
  const { run } = await openPullRequest(
    t,
    { 'a.yaml': CLOSED },
    { 'a.yaml': OPEN, '.github/ringfence.yml': 'fail-on: none\n' },
  )
  expect((await run({ inputs: { 'config-from': 'head' } })).status).toBe(0)
})

test.for([
  ['never', []],
  ['on-failure', ['pulls/create-review', 'issues/create-comment']],
] as const)(
  'comment: %s posts %j for a change that fails, and nothing for one that passes',
  async ([comment, writes], t) => {
    const { fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    expect((await run({ inputs: { comment, 'fail-on': 'critical' } })).status).toBe(0)
    expect(fake.writes()).toEqual([])
    expect((await run({ inputs: { comment } })).status).toBe(1)
    expect(fake.writes()).toEqual(writes)
  },
)

test('a fork’s head that brings its own configuration is judged by the base’s', async (t) => {
  const { run } = await openPullRequest(
    t,
    { 'a.yaml': CLOSED },
    { 'a.yaml': OPEN, '.github/ringfence.yml': 'fail-on: none\n' },
    { from: 'stranger/shop' },
  )
  expect((await run()).status).toBe(1)
  expect((await run({ inputs: { 'config-from': 'head' } })).status).toBe(1)
})

describe('without write permission', () => {
  test.for([
    ['a fork', { from: 'stranger/shop' }, 'from a fork'],
    ['Dependabot', { user: 'dependabot[bot]' }, 'of Dependabot'],
    ['a job without the permission', {}, 'pull-requests: write'],
  ] as const)('%s loses nothing but the comments', async ([_, options, why], t) => {
    const { fake, run } = await openPullRequest(
      t,
      { 'a.yaml': CLOSED },
      { 'a.yaml': OPEN },
      { ...options, permissions: { pullRequests: 'read' } },
    )
    const result = await run()
    expect(result.status, result.log).toBe(1)
    expect(result.log).toContain(why)
    expect(result.log).toContain('::error title=')
    expect(result.summary).toContain('egress-internet')
    expect(result.outputs.get('findings-new')).toBe('1')
    expect(fake.writes()).toEqual([])
  })

  test('and without a token', async (t) => {
    const { repository, fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const workspace = repository.checkOut(testMerge(fake.state, 7)!)
    const result = await run({ inputs: { 'github-token': '' }, workspace })
    expect(result.status, result.log).toBe(1)
    expect(result.log).toContain('no github-token')
    expect(fake.requests).toEqual([])
  })
})

describe('what cannot be posted changes no verdict', () => {
  test('a review that GitHub refuses: its findings are in the summary comment, and the count says so', async (t) => {
    const { fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    fake.failNext('pulls/create-review', { status: 422, message: 'Unprocessable Entity' })
    const result = await run()
    expect(result.status, result.log).toBe(1)
    expect(fake.writes()).toEqual(['issues/create-comment'])
    expect(fake.state.comments[0]?.body).toContain('0 of 1 new finding also inline')
    expect(result.log).toContain('refused the comments on lines')
  })

  test('a server that fails: the log says so, and no comment is written twice', async (t) => {
    const { fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    fake.failNext('issues/create-comment', { status: 502, message: 'Bad Gateway' })
    const result = await run({ inputs: { 'inline-comments': '0' } })
    expect(result.status, result.log).toBe(1)
    expect(result.log).toContain('could not create the comment')
    expect(fake.state.comments).toEqual([])
    expect(fake.requests.filter(({ operation }) => operation === 'issues/create-comment')).toHaveLength(1)
  })

  test('a diff that GitHub does not show: the finding is in the summary comment only', async (t) => {
    const { fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    fake.state.withoutPatch.add('a.yaml')
    expect((await run()).status).toBe(1)
    expect(fake.writes()).toEqual(['issues/create-comment'])
  })

  test('a comment with our marker that somebody else wrote is left alone', async (t) => {
    const { fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const forged = `<!-- ringfence:v1 key=default head=${'1'.repeat(40)} run=99999999.1 -->\n✅ approved`
    fake.state.comments.push({ id: 5, issue: 7, user: 'mallory', body: forged })
    await run({ inputs: { 'inline-comments': '0' } })
    expect(fake.state.comments.map(({ user }) => user)).toEqual(['mallory', 'github-actions[bot]'])
    expect(fake.state.comments[0]?.body).toBe(forged)
  })
})

describe('where the two sides come from', () => {
  test('a stale base.sha does not show other people’s merges', async (t) => {
    const { repository, fake, run, base, head } = await openPullRequest(
      t,
      { 'a.yaml': CLOSED, 'b.yaml': CLOSED },
      { 'a.yaml': `# note\n${CLOSED}`, 'b.yaml': CLOSED },
    )
    repository.setRef('refs/heads/main', repository.commit({ 'a.yaml': CLOSED, 'b.yaml': OPEN }, [base]))
    const result = await run({ payload: pullRequestEvent('synchronize', { number: 7, base, head }) })
    expect(result.status, result.log).toBe(0)
    expect(result.outputs.get('reachability-changed')).toBe('false')
    expect(fake.writes()).toEqual([])
  })

  test('a check-out of one commit fetches the missing parent by its id, without the API', async (t) => {
    const { fake, run, base } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const result = await run({ inputs: { comment: 'never' } })
    expect(result.outputs.get('base-sha')).toBe(base)
    expect(fake.requests).toEqual([])
  })

  test('no clone at all: the API serves, two calls a side', async (t) => {
    const { empty, fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const result = await run({ workspace: empty, inputs: { comment: 'never' } })
    expect(result.status, result.log).toBe(1)
    const archives = ['git/get-tree', 'repos/download-tarball-archive']
    expect(fake.requests.map(({ operation }) => operation).sort()).toEqual(
      ['git/get-commit', ...archives, ...archives].sort(),
    )
  })

  test('what .gitattributes keeps out of the archive is not overlooked', async (t) => {
    const hidden = { 'a.yaml': OPEN, '.gitattributes': 'a.yaml export-ignore\n.gitattributes export-ignore\n' }
    const { empty, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, hidden)
    const local = await run({ inputs: { comment: 'never' } })
    expect(local.outputs.get('findings-new')).toBe('1')
    const remote = await run({
      workspace: empty,
      inputs: { comment: 'never', 'report-file': join(empty, 'report.json') },
    })
    expect(remote.outputs.get('head-sha')).toBe(local.outputs.get('head-sha'))
  })

  test('pull_request_target reads the test merge by the API and touches no work tree', async (t) => {
    const { empty, fake, run, base } = await openPullRequest(
      t,
      { 'a.yaml': CLOSED },
      { 'a.yaml': OPEN },
      { from: 'stranger/shop' },
    )
    fake.state.pullRequests.get(7)!.unknownMergeable = 1
    const result = await run({ event: 'pull_request_target', workspace: empty, sha: base })
    expect(result.status, result.log).toBe(1)
    expect(result.outputs.get('base-sha')).toBe(base)
    expect(fake.writes()).toEqual(['pulls/create-review', 'issues/create-comment'])
  })

  test('on a conflict the head is compared with the merge base, and that is said', async (t) => {
    const { empty, repository, fake, run, base, head } = await openPullRequest(
      t,
      { 'a.yaml': CLOSED },
      { 'a.yaml': OPEN },
    )
    repository.setRef('refs/heads/main', repository.commit({ 'a.yaml': CLOSED.replace('10.', '11.') }, [base]))
    const result = await run({ event: 'pull_request_target', workspace: empty })
    expect(result.status, result.log).toBe(1)
    expect(result.outputs.get('base-sha')).toBe(base)
    expect(result.outputs.get('head-sha')).toBe(head)
    expect(result.log).toContain('conflicts with its base')
    expect(fake.state.comments[0]?.body).toContain('conflicts with its base')
  })

  test('workflow_run finds the pull request of a fork by its head', async (t) => {
    const { empty, fake, run, head, push } = await openPullRequest(
      t,
      { 'a.yaml': CLOSED },
      { 'a.yaml': OPEN },
      { from: 'stranger/shop' },
    )
    const payload = exampleOf('workflow_run')
    const from = {
      event: 'pull_request',
      head_sha: head,
      head_branch: 'change',
      head_repository: { full_name: 'stranger/shop' },
    }
    Object.assign(payload['workflow_run'], from)
    const result = await run({ event: 'workflow_run', payload, workspace: empty })
    expect(result.status, result.log).toBe(1)
    expect(fake.state.comments).toHaveLength(1)
    push({ 'a.yaml': CLOSED })
    const late = await run({ event: 'workflow_run', payload, workspace: empty })
    expect(late.status).toBe(2)
    expect(late.log).toContain('no open pull request has the head')
  })
})

describe('other events decide and never comment', () => {
  test('merge_group', async (t) => {
    const { fake, run, base, head } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const payload = exampleOf('merge_group', 'checks_requested')
    Object.assign(payload['merge_group'], { base_sha: base, head_sha: head })
    const result = await run({ event: 'merge_group', payload })
    expect(result.status, result.log).toBe(1)
    expect(result.summary).toContain('egress-internet')
    expect(fake.requests).toEqual([])
  })

  test('push, and a push of a new branch', async (t) => {
    const { fake, run, base, head } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const push = { ...exampleOf('push'), ref: 'refs/heads/topic', before: base, after: head }
    expect((await run({ event: 'push', payload: push })).status).toBe(1)
    const created = { ...push, before: '0'.repeat(40), repository: { default_branch: 'main' } }
    const result = await run({ event: 'push', payload: created })
    expect(result.outputs.get('base-sha')).toBe(base)
    expect(fake.writes()).toEqual([])
  })

  test.for(['schedule', 'workflow_dispatch'])('%s audits', async (event, t) => {
    const { empty, repository, fake, run, head } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const payload = event === 'schedule' ? { schedule: '0 5 * * *' } : exampleOf('workflow_dispatch')
    const report = join(empty, 'report.json')
    const audit = { event, payload, sha: head, workspace: repository.checkOut(head) }
    const result = await run({
      ...audit,
      inputs: {
        'report-file': report,
        'sarif-file': join(empty, 'out/ringfence.sarif'),
        'patch-file': join(empty, 'fix.patch'),
      },
    })
    expect(result.status, result.log).toBe(1)
    expect(Object.fromEntries(result.outputs)).toMatchObject({
      'findings-new': '1',
      'report-file': report,
      'head-sha': head,
    })
    expect(JSON.parse(readFileSync(report, 'utf8')).findings).toHaveLength(1)
    expect(readFileSync(join(empty, 'fix.patch'), 'utf8')).toContain('+            cidr: 10.0.0.0/8')
    expect(readFileSync(join(empty, 'out/ringfence.sarif'), 'utf8')).toContain('2.1.0')
    const known = await run({ ...audit, inputs: { 'baseline-file': report } })
    expect(known.status, known.log).toBe(0)
    expect(known.outputs.get('findings-new')).toBe('0')
    expect(fake.requests).toEqual([])
  })

  test('a branch that was deleted is nothing to judge', async (t) => {
    const { run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const result = await run({ event: 'push', payload: { ...exampleOf('push'), after: '0'.repeat(40) } })
    expect(result.status).toBe(0)
    expect(result.outputs.get('conclusion')).toBe('skipped')
  })
})

describe('what keeps it from an answer is no pass', () => {
  test('a commit that cannot be had: exit 2, and the pull request is told', async (t) => {
    const { repository, fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const merge = testMerge(fake.state, 7)!
    const workspace = repository.checkOut(merge, { origin: false })
    fake.failNext('git/get-tree', { status: 404, message: 'Not Found' }, 9)
    const result = await run({ workspace })
    expect(result.status, result.log).toBe(2)
    expect(result.outputs.get('conclusion')).toBe('undecided')
    expect(result.log).toContain('::error title=Ringfence could not decide')
    expect(result.summary).toContain('could not decide')
    expect(fake.state.comments).toMatchObject([{ body: expect.stringContaining('could not decide') }])
  })

  test('without a token the message says what to put into the workflow', async (t) => {
    const { repository, fake, run } = await openPullRequest(t, { 'a.yaml': CLOSED }, { 'a.yaml': OPEN })
    const workspace = repository.checkOut(testMerge(fake.state, 7)!, { origin: false })
    const result = await run({ workspace, inputs: { 'github-token': '' } })
    expect(result.status).toBe(2)
    expect(result.log).toContain('fetch-depth: 2')
  })

  test('a rate limit, a listing that is cut, an input that is none, a broken configuration', async (t) => {
    const { empty, fake, run } = await openPullRequest(
      t,
      { 'a.yaml': CLOSED, '.github/ringfence.yml': 'fail-on: sometimes\n' },
      { 'a.yaml': OPEN, '.github/ringfence.yml': 'fail-on: sometimes\n' },
    )
    fake.state.truncatedTrees = true
    expect((await run({ workspace: empty, inputs: { comment: 'never' } })).log).toContain('only a part of the files')
    expect((await run({ inputs: { 'fail-on': 'hgih' } })).log).toContain('the input fail-on is')
    const broken = await run({ inputs: { comment: 'never' } })
    expect(broken.status).toBe(2)
    expect(broken.log).toContain('file=.github/ringfence.yml,line=1')
    fake.failNext(
      '*',
      { status: 403, message: 'API rate limit exceeded for installation.', headers: { 'x-ratelimit-remaining': '0' } },
      99,
    )
    const limited = await run({ workspace: empty, event: 'pull_request_target' })
    expect(limited.status, limited.log).toBe(2)
    expect(limited.log).toContain('rate limit')
  })
})
