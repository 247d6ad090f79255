import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareTrees, touchedPaths } from '../../src/source/compare-trees.ts'
import { memoryTree } from './memory-tree.ts'

describe('compareTrees', () => {
  it('tells added, removed, changed and moved files apart', () => {
    const base = memoryTree({ same: '1', edited: '2', gone: '3', 'old/moved': '4', 'x/empty': '' })
    const head = memoryTree({ same: '1', edited: '2b', come: '5', 'new/moved': '4', 'y/empty': '' })
    const changes = compareTrees(base, head)
    expect(changes).toEqual({
      added: ['come', 'y/empty'],
      removed: ['gone', 'x/empty'],
      changed: ['edited'],
      moved: [{ from: 'old/moved', to: 'new/moved' }],
    })
    expect([...touchedPaths(changes)].sort()).toEqual([
      'come',
      'edited',
      'gone',
      'new/moved',
      'old/moved',
      'x/empty',
      'y/empty',
    ])
  })

  it('pairs equal contents by file name first', () => {
    const base = memoryTree({ 'a/one': 'x', 'a/two': 'x', 'a/three': 'x' })
    const head = memoryTree({ 'b/two': 'x', 'b/one': 'x', 'b/four': 'x', 'b/five': 'x' })
    expect(compareTrees(base, head)).toEqual({
      added: ['b/four'],
      removed: [],
      changed: [],
      moved: [
        { from: 'a/three', to: 'b/five' },
        { from: 'a/one', to: 'b/one' },
        { from: 'a/two', to: 'b/two' },
      ],
    })
  })

  it('accounts for every path once', () => {
    const files = fc.dictionary(fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f'), fc.constantFrom('', 'x', 'y'))
    fc.assert(
      fc.property(files, files, (before, after) => {
        const changes = compareTrees(memoryTree(before), memoryTree(after))
        const inBase = [...changes.removed, ...changes.changed, ...changes.moved.map((move) => move.from)]
        const inHead = [...changes.added, ...changes.changed, ...changes.moved.map((move) => move.to)]
        const differs = (path: string) => before[path] !== after[path]
        expect(inBase.sort()).toEqual(Object.keys(before).filter(differs).sort())
        expect(inHead.sort()).toEqual(Object.keys(after).filter(differs).sort())
        for (const { from, to } of changes.moved) expect(before[from]).toBe(after[to])
      }),
    )
  })
})
