import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findAct, runWorkflow } from './act.ts'
import { readExample } from './examples.ts'
import { type FakeGitHub, startFakeGitHub } from './fake-github.ts'
import { createFakeRepository, type FakeRepository } from './fake-repository.ts'
import { exampleOf, pullRequestEvent } from './payloads.ts'

// Processes, and GitHub's pace of one comment in three seconds, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const act = findAct()
/** Without act there is nothing to run the workflow with; where everything must be tested, that is a failure. */
const mayRun = act !== undefined || process.env['CI'] === 'true'

let repository: FakeRepository
let github: FakeGitHub

beforeEach(async () => {
  repository = createFakeRepository()
  github = await startFakeGitHub({ repository })
})

afterEach(async () => {
  repository.remove()
  await github.close()
})

/** The workflow that the README tells people to add. */
function readmeWorkflow(): { readonly workflow: string; readonly action: string } {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const blocks = [...readme.matchAll(/```ya?ml\n([\s\S]*?)```/g)].map((match) => match[1]!)
  const workflow = blocks.find((block) => block.includes('jobs:') && block.includes('actions/checkout'))
  if (workflow === undefined) throw new Error('the README shows no workflow with actions/checkout')
  const action = [...workflow.matchAll(/uses: ([^\s#]+)/g)]
    .map((match) => match[1]!)
    .find((uses) => !uses.startsWith('actions/'))
  if (action === undefined) throw new Error("the README's workflow does not use the action")
  return { workflow, action }
}

function prepare(example: string) {
  const base = repository.commit(readExample(example, 'before'))
  const head = repository.commit(readExample(example, 'after'), [base])
  repository.setRef('refs/heads/main', base)
  const merge = repository.testMerge(base, head)!
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
  return { base, head, merge, workspace: repository.checkOut(merge) }
}

describe.skipIf(!mayRun)(
  'the workflow of the README, run by act (skipped where scripts/install-act.sh was not run)',
  () => {
    const run = (event: string, payload: unknown, workspace: string) => {
      if (act === undefined) throw new Error('act is not installed: run scripts/install-act.sh')
      return runWorkflow({ act, event, payload, workspace, apiUrl: github.url, ...readmeWorkflow() })
    }

    test('pull_request: the job fails for a change that opens egress, and the review is there', async () => {
      const { base, head, merge, workspace } = prepare('egress-opened')
      const job = await run('pull_request', pullRequestEvent('opened', { number: 7, base, head }), workspace)
      expect(job.result, job.log).toBe('failure')
      expect(Object.fromEntries(job.outputs)).toMatchObject({ conclusion: 'fail', 'base-sha': base, 'head-sha': merge })
      expect(job.summary).toContain('Ringfence')
      expect(github.state.comments).toHaveLength(1)
    })

    test('pull_request: the job passes in silence for new images', async () => {
      const { base, head, workspace } = prepare('image-bump')
      const job = await run('pull_request', pullRequestEvent('opened', { number: 7, base, head }), workspace)
      expect(job.result, job.log).toBe('success')
      expect(job.outputs.get('conclusion')).toBe('pass')
      expect(github.writes()).toEqual([])
    })

    test('workflow_dispatch: an audit of the whole tree', async () => {
      const { merge, workspace } = prepare('egress-opened')
      const job = await run(
        'workflow_dispatch',
        { ...exampleOf('workflow_dispatch'), ref: 'refs/heads/main' },
        workspace,
      )
      expect(job.outputs.get('head-sha'), job.log).toBe(merge)
      expect(job.result).toBe(job.outputs.get('conclusion') === 'pass' ? 'success' : 'failure')
      expect(job.summary).toContain('Ringfence audit')
      expect(github.requests).toEqual([])
    })
  },
)
