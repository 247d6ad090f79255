import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyPatch } from 'diff'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ReviewReport } from '../../src/report/review-report.ts'
import { readExample } from './examples.ts'
import { type FakeGitHub, startFakeGitHub } from './fake-github.ts'
import { testMerge } from './fake-operations.ts'
import { createFakeRepository, type FakeRepository } from './fake-repository.ts'
import { pullRequestEvent } from './payloads.ts'
import { runStep, type StepResult } from './run-process.ts'
import { applySuggestion } from './suggestion.ts'

// Processes, and GitHub's pace of one comment in three seconds, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

/** The committed bundle, as a workflow runs it. */
const ENTRY = join(import.meta.dirname, '../../dist/action.js')

type Files = Readonly<Record<string, string>>

let repository: FakeRepository
let github: FakeGitHub
let folder: string

beforeEach(async () => {
  repository = createFakeRepository()
  github = await startFakeGitHub({ repository })
  folder = mkdtempSync(join(tmpdir(), 'ringfence-out-'))
})

afterEach(async () => {
  repository.remove()
  rmSync(folder, { recursive: true, force: true })
  await github.close()
})

function propose(example: string) {
  const base = repository.commit(readExample(example, 'before'))
  repository.setRef('refs/heads/main', base)
  const after = readExample(example, 'after')
  const pull = {
    number: 7,
    head: repository.commit(after, [base]),
    headRepository: 'acme/shop',
    headRef: 'change',
    baseRef: 'main',
    baseAtPush: base,
    user: 'mona',
    state: 'open' as const,
    unknownMergeable: 0,
  }
  github.state.pullRequests.set(7, pull)
  let runs = 0
  return {
    after,
    push(files: Files) {
      pull.head = repository.commit(files, [pull.head])
    },
    async run(): Promise<StepResult & { readonly report: ReviewReport }> {
      const merge = testMerge(github.state, 7)!
      const report = join(folder, `report-${++runs}.json`)
      const result = await runStep({
        entry: ENTRY,
        event: 'pull_request',
        payload: pullRequestEvent('synchronize', { number: 7, base, head: pull.head }),
        apiUrl: github.url,
        workspace: repository.checkOut(merge),
        sha: merge,
        run: runs,
        inputs: { 'report-file': report, 'sarif-file': `${report}.sarif` },
      })
      expect(existsSync(report), result.log).toBe(true)
      return { ...result, report: JSON.parse(readFileSync(report, 'utf8')) }
    },
  }
}

describe('the bundle on a pull request of an example', () => {
  test('reviews it, and says nothing the second time', async () => {
    const { run } = propose('egress-opened')
    const first = await run()
    expect(first.status, first.log).toBe(1)
    expect(github.state.comments).toHaveLength(1)
    const writes = github.writes().length
    const second = await run()
    expect(second.status).toBe(1)
    expect(github.writes()).toHaveLength(writes)
  })

  test('what it suggests is its patch, and leaves nothing to find', async () => {
    const { run, push, after } = propose('egress-opened')
    const { report } = await run()
    const files: Record<string, string> = { ...after }
    for (const { path, startLine, line, body } of github.state.reviewComments) {
      if (!body.includes('suggestion\n')) continue
      const suggested = applySuggestion(after[path]!, startLine ?? line!, line!, body)
      const diffs = report.findings.flatMap(({ patch }) => patch?.files ?? []).filter((file) => file.path === path)
      expect(diffs.map(({ diff }) => applyPatch(after[path]!, diff))).toContain(suggested)
      files[path] = suggested
    }
    expect(files).not.toEqual(after)
    push(files)
    const settled = await run()
    expect(settled.status, settled.log).toBe(0)
    expect(github.state.reviewComments).toEqual([])
  })

  test('is silent where nothing changes for the network', async () => {
    const { run } = propose('image-bump')
    const result = await run()
    expect(result.status, result.log).toBe(0)
    expect(result.outputs.get('reachability-changed')).toBe('false')
    expect(github.writes()).toEqual([])
  })
})
