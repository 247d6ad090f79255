import { describe, expect, it } from 'vitest'
import { toBlobId } from '../../src/source/content.ts'
import { overlayTree } from '../../src/source/overlay.ts'
import { memoryTree } from './memory-tree.ts'

const tree = memoryTree({ 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n', 'd/c.yaml': 'c: 1\n' })

describe('overlayTree', () => {
  it('edits in place, adds files, and leaves the rest identical', () => {
    const edited = overlayTree(tree, {
      edits: [
        { path: 'a.yaml', start: 3, end: 4, text: '2' },
        { path: 'a.yaml', start: 0, end: 0, text: '# x\n' },
      ],
      newFiles: new Map([['b/new.yaml', 'n: 1\n']]),
    })
    expect(edited.read('a.yaml')).toMatchObject({ source: { path: 'a.yaml', text: '# x\na: 2\n' } })
    expect(edited.entry('a.yaml')?.id).toBe(toBlobId(Buffer.from('# x\na: 2\n')))
    expect(edited.read('b/new.yaml')).toMatchObject({ source: { text: 'n: 1\n' } })
    expect(edited.entries.map((entry) => entry.path)).toEqual(['a.yaml', 'b.yaml', 'b/new.yaml', 'd/c.yaml'])
    expect(edited.entry('b.yaml')).toBe(tree.entry('b.yaml'))
    const [before, after] = [tree.read('b.yaml'), edited.read('b.yaml')]
    expect(before.ok && after.ok && before.source === after.source).toBe(true)
    expect(tree.read('a.yaml')).toMatchObject({ source: { text: 'a: 1\n' } })
  })

  it('keeps the entry of a file that the edit leaves as it is', () => {
    const edited = overlayTree(tree, { edits: [{ path: 'a.yaml', start: 0, end: 1, text: 'a' }], newFiles: new Map() })
    expect(edited.entry('a.yaml')).toBe(tree.entry('a.yaml'))
  })

  it('can be laid over an overlay', () => {
    const once = overlayTree(tree, { edits: [], newFiles: new Map([['n', 'x']]) })
    const twice = overlayTree(once, { edits: [{ path: 'n', start: 1, end: 1, text: 'y' }], newFiles: new Map() })
    expect(twice.read('n')).toMatchObject({ source: { text: 'xy' } })
  })

  it('refuses what cannot be an edit of this tree', () => {
    const edit = { path: 'nowhere', start: 0, end: 0, text: '' }
    expect(() => overlayTree(tree, { edits: [edit], newFiles: new Map() })).toThrow(/can be read/)
    expect(() => overlayTree(tree, { edits: [], newFiles: new Map([['a.yaml', '']]) })).toThrow(/does not exist/)
  })
})
