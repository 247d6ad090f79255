import { describe, expect, it } from 'vitest'
import { finding as sample } from '../../test/report/sample.ts'
import { memoryTree } from '../../test/source/memory-tree.ts'
import type { TreeEdit } from '../base/edit.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AssessedFinding } from '../rules/assess.ts'
import { groupCopies } from '../rules/copies.ts'
import { defineRule, type Hit } from '../rules/rule.ts'
import { offerPatches, type PatchRun } from './offer-patches.ts'

const STATES = ['dev', 'prod', 'staging']
const fileOf = (state: string) => `${state}/a.yaml`

const RULE = defineRule({
  id: 'egress-internet',
  meta: { title: '', severity: 'high', concepts: [], layer: 'network-policy', why: '', fix: '', sources: [] },
  patch: ({ subject }) => ({
    edit: { edits: [{ path: fileOf(subject), start: 0, end: 4, text: 'shut' }], newFiles: new Map() },
    summary: 'Shuts it.',
  }),
})

/** The patches of the findings by the files that they edit, where `isBroken` tells an edit that leaves something unreadable. */
function offered(isBroken: (edit: TreeEdit) => boolean, tried: string[][] = []) {
  const assessed = STATES.map(
    (state): AssessedFinding => ({
      finding: sample({ file: fileOf(state), states: [state] }),
      hit: { rule: RULE, hit: { subject: state } as Hit, state },
    }),
  )
  const run: PatchRun = {
    tree: memoryTree(Object.fromEntries(STATES.map((state) => [fileOf(state), 'open\n']))),
    states: STATES.length,
    isTouched: () => true,
    isUnreadable: () => false,
    view: () => ({}) as StateView,
    known: () => undefined,
    settings: {} as PatchRun['settings'],
    analyse: (edit) => {
      tried.push(edit.edits.map(({ path }) => path))
      return { hits: [], findsAll: () => [], lost: [], broken: isBroken(edit) }
    },
    wants: () => true,
  }
  return offerPatches(groupCopies(assessed), run).map(({ states, patch }) => [
    states,
    patch?.files.map(({ path }) => path),
  ])
}

describe('the patch of a finding with copies', () => {
  it('is proven for all at once', () => {
    const tried: string[][] = []
    expect(offered(() => false, tried)).toEqual([[STATES, STATES.map(fileOf)]])
    expect(tried).toEqual([STATES.map(fileOf)])
  })

  it('is that of each copy where it cannot be that of all', () => {
    expect(offered(({ edits }) => edits.some(({ path }) => path === fileOf('prod')))).toEqual([
      [['dev'], ['dev/a.yaml']],
      [['staging'], ['staging/a.yaml']],
      [['prod'], undefined],
    ])
  })

  it('is not looked for copy by copy where the first has none', () => {
    const tried: string[][] = []
    expect(offered(() => true, tried)).toEqual([[STATES, undefined]])
    expect(tried).toHaveLength(2)
  })
})
