import { expect, it } from 'vitest'
import { fileName, folderOf, foldersOf, normalisePath } from './path.ts'

it('names folders as units do', () => {
  expect(['a.yaml', 'a/b.yaml', 'a/b/c.yaml'].map(folderOf)).toEqual(['.', 'a', 'a/b'])
  expect(foldersOf('a/b/c.yaml')).toEqual(['a/b', 'a', '.'])
  expect(foldersOf('c.yaml')).toEqual(['.'])
  expect(['a/b.yaml', 'b.yaml'].map(fileName)).toEqual(['b.yaml', 'b.yaml'])
})

it.each([
  ['./a//b/', 'a/b'],
  ['a\\b', 'a/b'],
  ['a/../../b', 'b'],
  ['', '.'],
  ['..', '.'],
])('normalises %j', (path, normal) => {
  expect(normalisePath(path)).toBe(normal)
})
