import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hunkHolds, mapLines, readHunks, splitLines } from './diff-lines.ts'

describe('hunks of a patch', () => {
  test('hold the head’s lines: added ones and context', () => {
    expect(readHunks('@@ -1,3 +1,4 @@ title\n one\n-two\n+TWO\n+more\n three\n@@ -9 +10 @@\n-nine\n+NINE')).toEqual([
      { start: 1, lines: ['one', 'TWO', 'more', 'three'] },
      { start: 10, lines: ['NINE'] },
    ])
  })

  test.each([
    ['a deletion has no line of the head', '@@ -3,2 +2,0 @@\n-a\n-b', []],
    ['a file without a last line end', '@@ -0,0 +1 @@\n+a\n\\ No newline at end of file', [{ start: 1, lines: ['a'] }]],
    [
      'a line that looks like a header is a line',
      '@@ -1 +1,2 @@\n a\n+@@ -1 +1 @@',
      [{ start: 1, lines: ['a', '@@ -1 +1 @@'] }],
    ],
    ['a patch that breaks off', '@@ -1,3 +1,3 @@\n a\n b', []],
    ['Windows line ends', '@@ -1 +1 @@\n-a\r\n+b\r', [{ start: 1, lines: ['b'] }]],
    ['no patch', 'Binary files differ', []],
  ])('%s', (_, patch, hunks) => {
    expect(readHunks(patch)).toEqual(hunks)
  })

  test('a range is held by one hunk that reads the same', () => {
    const hunks = readHunks('@@ -4,2 +4,3 @@\n a\n+b\n c')
    expect(hunkHolds(hunks, 4, 6, ['a', 'b', 'c'])).toBe(true)
    expect(hunkHolds(hunks, 5, 5, ['b'])).toBe(true)
    expect(hunkHolds(hunks, 5, 5, ['B'])).toBe(false)
    expect(hunkHolds(hunks, 6, 7, ['c', 'd'])).toBe(false)
    expect(hunkHolds(hunks, 3, 4, ['', 'a'])).toBe(false)
  })
})

describe('lines of one version in another', () => {
  test('unchanged lines are mapped, changed ones are not', () => {
    expect(mapLines(['a', 'b', 'c'], ['new', 'a', 'B', 'c'])).toEqual(
      new Map([
        [1, 2],
        [3, 4],
      ]),
    )
  })

  test('a mapped line reads the same on both sides, and the order is kept', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
    fc.assert(
      fc.property(lines, lines, (from, to) => {
        const map = mapLines(from, to)!
        let last = 0
        for (const [before, after] of map) {
          expect(from[before - 1]).toBe(to[after - 1])
          expect(after).toBeGreaterThan(last)
          last = after
        }
      }),
    )
  })

  test('two versions with nothing in common have no map', () => {
    const other = (prefix: string) => Array.from({ length: 3_000 }, (_, i) => `${prefix}${i}`)
    expect(mapLines(other('a'), other('b'))).toBeUndefined()
  })
})

test('a last line end starts no line', () => {
  expect(splitLines('a\r\nb\n')).toEqual(['a', 'b'])
  expect(splitLines('a\n\n')).toEqual(['a', ''])
  expect(splitLines('')).toEqual([])
})
