import { describe, expect, test } from 'vitest'
import type { RunEnvironment } from '../../src/github/environment.ts'
import { planRun } from '../../src/github/event.ts'
import { exampleOf, examplesOf, pullRequestEvent } from './payloads.ts'

const MERGE = 'a'.repeat(40)
const HEAD = 'b'.repeat(40)
const BASE = 'c'.repeat(40)

function on(event: string, ref = 'refs/heads/main'): RunEnvironment {
  return {
    event,
    ref,
    sha: MERGE,
    repository: { owner: 'acme', name: 'shop' },
    run: { id: 1, attempt: 1 },
    apiUrl: 'https://api.github.com',
    serverUrl: 'https://github.com',
    workspace: '.',
  }
}

describe('on a pull request', () => {
  const opened = pullRequestEvent('opened', { number: 7, base: BASE, head: HEAD })

  test('the first parent of the test merge is the base, not base.sha, which goes stale', () => {
    expect(planRun(on('pull_request'), opened)).toEqual({
      kind: 'review',
      sides: { kind: 'test-merge', merge: MERGE, head: HEAD, number: 7 },
      pullRequest: { number: 7, head: HEAD, fork: false, author: 'mona', baseRef: 'main' },
    })
  })

  test('pull_request_target runs for the default branch, so the test merge is asked for', () => {
    expect(planRun(on('pull_request_target'), opened)).toMatchObject({
      sides: { kind: 'merge-ref', head: HEAD, number: 7 },
    })
  })

  test.each([
    ['another repository', 'stranger/shop'],
    ['a repository that was deleted', undefined],
  ])('a head of %s is a fork', (_, headRepository) => {
    const payload = pullRequestEvent('opened', {
      number: 7,
      base: BASE,
      head: HEAD,
      headRepository: headRepository ?? 'x/y',
    })
    if (headRepository === undefined) payload['pull_request'].head.repo = null
    expect(planRun(on('pull_request'), payload)).toMatchObject({ pullRequest: { fork: true } })
  })

  test('a closed one is not judged', () => {
    expect(planRun(on('pull_request'), pullRequestEvent('closed', { number: 7, base: BASE, head: HEAD })).kind).toBe(
      'nothing',
    )
  })

  test.each(examplesOf('pull_request').map((payload, i) => [`${i}: ${payload['action']}`, payload] as const))(
    'every example payload has a plan (%s)',
    (_, payload) => {
      const plan = planRun(on('pull_request'), payload)
      const { number, head } = payload['pull_request']
      if (payload['action'] === 'closed') expect(plan.kind).toBe('nothing')
      else expect(plan).toMatchObject({ sides: { head: head.sha, number }, pullRequest: { number, head: head.sha } })
    },
  )
})

test('a merge group is compared from its base to its head, and has no pull request to post on', () => {
  const payload = exampleOf('merge_group', 'checks_requested')
  const plan = planRun(on('merge_group'), payload)
  const { base_sha: base, head_sha: head } = payload['merge_group']
  expect(plan).toEqual({ kind: 'review', sides: { kind: 'commits', base, head } })
  expect(planRun(on('merge_group'), { ...payload, action: 'destroyed' }).kind).toBe('nothing')
})

describe('on a push', () => {
  const push = exampleOf('push')
  const zeros = '0'.repeat(40)
  const pushed = (ref: string, before: string, after: string) => ({ ...push, ref, before, after })
  const { default_branch: main } = push['repository']

  test('before and after are compared', () => {
    expect(planRun(on('push'), pushed('refs/heads/topic', BASE, HEAD))).toEqual({
      kind: 'review',
      sides: { kind: 'commits', base: BASE, head: HEAD },
    })
  })

  test('a new branch is compared with where it left the default branch', () => {
    expect(planRun(on('push'), pushed('refs/heads/topic', zeros, HEAD))).toEqual({
      kind: 'review',
      sides: { kind: 'merge-base', base: main, head: HEAD },
    })
  })

  test.each([`refs/heads/${main}`, 'refs/tags/v1'])('%s that is new has nothing before it: an audit', (ref) => {
    expect(planRun(on('push'), pushed(ref, zeros, HEAD))).toEqual({ kind: 'audit', revision: HEAD })
  })

  test('what was deleted is not judged', () => {
    expect(planRun(on('push'), pushed('refs/heads/topic', BASE, zeros)).kind).toBe('nothing')
  })
})

test.each(['schedule', 'workflow_dispatch'])('%s audits the commit of the run', (event) => {
  const payload = event === 'schedule' ? { schedule: '0 5 * * *' } : exampleOf('workflow_dispatch')
  expect(planRun(on(event), payload)).toEqual({ kind: 'audit', revision: MERGE })
  expect(planRun(on(event), payload, { headRef: 'release' })).toEqual({ kind: 'audit', revision: 'release' })
  expect(planRun(on(event), payload, { baseRef: 'main', headRef: 'release' })).toEqual({
    kind: 'review',
    sides: { kind: 'commits', base: 'main', head: 'release' },
  })
})

test('workflow_run finds the pull request by its head, not by the list that forks leave empty', () => {
  const payload = exampleOf('workflow_run')
  payload['workflow_run'].event = 'pull_request'
  payload['workflow_run'].head_repository = { full_name: 'stranger/shop' }
  expect(planRun(on('workflow_run'), payload)).toEqual({
    kind: 'review',
    sides: {
      kind: 'pull-request-of',
      head: payload['workflow_run'].head_sha,
      headRepository: 'stranger/shop',
      headBranch: 'main',
    },
  })
  payload['workflow_run'].event = 'push'
  expect(planRun(on('workflow_run'), payload).kind).toBe('nothing')
})

describe('inputs decide over the event', () => {
  const opened = pullRequestEvent('opened', { number: 7, base: BASE, head: HEAD })

  test('mode audit', () => {
    expect(planRun(on('pull_request'), opened, { mode: 'audit' })).toEqual({ kind: 'audit', revision: MERGE })
  })

  test('a base of one’s own keeps the pull request to post on', () => {
    expect(planRun(on('pull_request'), opened, { baseRef: 'release' })).toMatchObject({
      sides: { kind: 'commits', base: 'release', head: MERGE },
      pullRequest: { number: 7 },
    })
  })

  test('mode pr without two versions is an error', () => {
    expect(() => planRun(on('schedule'), {}, { mode: 'pr' })).toThrow('set base-ref')
  })
})

test('an event that names no version is an error that says which do', () => {
  expect(() => planRun(on('issue_comment'), exampleOf('issue_comment'))).toThrow('pull_request_target, merge_group')
})

test.each([
  ['an option', '--upload-pack=x'],
  ['a path', '../../etc'],
  ['no whole id', 'abc123'],
])('a commit id that is %s never reaches git', (_, sha) => {
  const payload = pullRequestEvent('opened', { number: 7, base: BASE, head: sha })
  expect(() => planRun(on('pull_request'), payload)).toThrow('names no commit')
  expect(() =>
    planRun({ ...on('pull_request'), sha }, pullRequestEvent('opened', { number: 7, base: BASE, head: HEAD })),
  ).toThrow()
})
