import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HostError } from '../../src/github/host.ts'
import { createMemoryHost, type MemoryState } from '../../src/github/memory-host.ts'
import { openAuditTree, openReviewTrees } from '../../src/github/trees.ts'
import type { TreeEntry } from '../../src/source/tree.ts'
import { createFakeRepository, type FakeRepository } from './fake-repository.ts'

let repository: FakeRepository
let empty: string

beforeEach(() => {
  repository = createFakeRepository()
  empty = mkdtempSync(join(tmpdir(), 'ringfence-empty-'))
})

afterEach(() => {
  repository.remove()
  rmSync(empty, { recursive: true, force: true })
})

/** A host that serves commits as GitHub's API does. */
function hostOf(commits: readonly string[], more: MemoryState = {}) {
  const listed = (commit: string): readonly TreeEntry[] =>
    repository
      .git('ls-tree', '-r', commit)
      .split('\n')
      .map((line) => {
        const [, id, path] = /^\d+ blob (\w+)\t(.*)$/.exec(line) as unknown as [string, string, string]
        return { path, id, kind: 'file' }
      })
  const archive = (commit: string) => repository.gitBytes('archive', '--format=tar.gz', '--prefix=shop-1/', commit)
  return createMemoryHost({
    entries: new Map(commits.map((commit) => [commit, listed(commit)])),
    tarballs: new Map(commits.map((commit) => [commit, archive(commit)])),
    ...more,
  })
}

test('what .gitattributes hides from the archive is there, and unreadable', async () => {
  const commit = repository.commit({
    'a.yaml': 'a\n',
    'b.yaml': 'b\n',
    '.gitattributes': '*.yaml export-ignore\n.gitattributes export-ignore\n',
  })
  const { tree } = await openAuditTree(commit, { workspace: empty, host: async () => hostOf([commit]) })
  expect(tree.entries.map(({ path }) => path)).toEqual(['.gitattributes', 'a.yaml', 'b.yaml'])
  expect(tree.read('a.yaml')).toMatchObject({ ok: false, reason: 'unreadable' })
})

test('the API gives the same tree as the clone', async () => {
  const commit = repository.commit({ 'a.yaml': 'a\n', 'dir/b c.yaml': 'ü\r\n' })
  const local = await openAuditTree(commit, { workspace: repository.folder })
  const remote = await openAuditTree(commit, { workspace: empty, host: async () => hostOf([commit]) })
  const ids = (tree: typeof local.tree) => tree.entries.map(({ path, id }) => [path, id])
  expect(ids(remote.tree)).toEqual(ids(local.tree))
  for (const { path } of local.tree.entries) {
    const [one, other] = [local.tree.read(path), remote.tree.read(path)]
    expect(one.ok && one.source.text).toBe(other.ok && other.source.text)
  }
})

test('a clone without the files’ contents is left for the API', async () => {
  const commit = repository.commit({ 'a.yaml': 'a\n' })
  repository.setRef('refs/heads/main', commit)
  repository.git('config', 'uploadpack.allowFilter', 'true')
  const partial = join(empty, 'partial')
  repository.git('clone', '--quiet', '--bare', '--filter=blob:none', `file://${repository.folder}`, partial)
  const alone = await openAuditTree(commit, { workspace: partial })
  expect(alone.tree.read('a.yaml').ok).toBe(false)
  const { tree } = await openAuditTree(commit, { workspace: partial, host: async () => hostOf([commit]) })
  expect(tree.read('a.yaml')).toMatchObject({ ok: true })
})

describe('the test merge', () => {
  test('of a clone names its base itself', async () => {
    const base = repository.commit({ 'a.yaml': 'a\n' })
    const head = repository.commit({ 'a.yaml': 'b\n' }, [base])
    const merge = repository.testMerge(base, head)!
    const sides = { kind: 'test-merge', merge, head, number: 7 } as const
    const trees = await openReviewTrees({ kind: 'review', sides }, { workspace: repository.checkOut(merge) })
    expect(trees).toMatchObject({ baseCommit: base, headCommit: merge, notes: [] })
  })

  test('of another head is not taken for this one’s', async () => {
    const base = repository.commit({ 'a.yaml': 'a\n' })
    const head = repository.commit({ 'a.yaml': 'b\n' }, [base])
    const pushed = repository.commit({ 'a.yaml': 'c\n' }, [head])
    const merge = repository.testMerge(base, pushed)!
    const pull = {
      number: 7,
      state: 'open',
      head,
      headRepository: 'acme/shop',
      fork: false,
      author: 'mona',
      base,
      mergeable: true,
    } as const
    const host = hostOf([base, head], {
      pullRequests: [pull],
      refs: new Map([['pull/7/merge', merge]]),
      parents: new Map([[merge, [base, pushed]]]),
      mergeBase: base,
    })
    const sides = { kind: 'merge-ref', head, number: 7 } as const
    const trees = await openReviewTrees({ kind: 'review', sides }, { workspace: empty, host: async () => host })
    expect(trees).toMatchObject({
      baseCommit: base,
      headCommit: head,
      notes: [expect.stringContaining('no test merge of this head')],
    })
  })
})

describe('a name', () => {
  test('is looked up in the clone, its remote branches too', async () => {
    const commit = repository.commit({ 'a.yaml': 'a\n' })
    repository.setRef('refs/remotes/origin/release', commit)
    expect((await openAuditTree('release', { workspace: repository.folder })).commit).toBe(commit)
  })

  test('is looked up on GitHub where there is no clone', async () => {
    const commit = repository.commit({ 'a.yaml': 'a\n' })
    const host = hostOf([commit], { refs: new Map([['tags/v1', commit]]) })
    expect((await openAuditTree('v1', { workspace: empty, host: async () => host })).commit).toBe(commit)
  })

  test('that is none is an error', async () => {
    const host = hostOf([])
    await expect(openAuditTree('nowhere', { workspace: empty, host: async () => host })).rejects.toThrow(
      '"nowhere" is neither',
    )
    const failing = hostOf([], { fail: () => new HostError('unavailable', 'no answer') })
    await expect(openAuditTree('main', { workspace: empty, host: async () => failing })).rejects.toThrow('no answer')
  })
})
