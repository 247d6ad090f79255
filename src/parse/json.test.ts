import fc from 'fast-check'
import { expect, test } from 'vitest'
import { problemPlace } from '../base/problem.ts'
import { SourceText } from '../base/text.ts'
import { dig, toJson } from '../base/value.ts'
import { type JsonOptions, parseJson } from './json.ts'

const read = (text: string, options?: JsonOptions) => parseJson(new SourceText('a.json', text), options)
const plain = (text: string, options?: JsonOptions) =>
  read(text, options).values.map((value) => JSON.parse(JSON.stringify(toJson(value))))
const problems = (text: string, options?: JsonOptions) =>
  read(text, options).problems.map((problem) => `${problem.code}:${problemPlace(problem).line}`)

test('whatever JSON.parse reads, it reads alike', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      expect(read(text).problems).toEqual([])
      expect(plain(text)).toEqual([JSON.parse(text)])
    }),
  )
})

test('whatever JSON.parse refuses, it refuses', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    'null',
    ' ',
    '-',
    '"',
    '\\',
    'x',
    '1e5',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = parts.join('')
      let expected: unknown
      try {
        expected = JSON.parse(text)
      } catch {
        // Several values in a row are kubectl's, not JSON.parse's.
        const { values, problems: found } = read(text)
        expect(found.length > 0 || values.length !== 1).toBe(true)
        return
      }
      expect(plain(text)).toEqual([expected])
    }),
    { numRuns: 2000 },
  )
})

test('values have places, behind a byte-order mark too', () => {
  const text = '\uFEFF{\r\n  "a": {"b": [1, "x"]}\r\n}'
  const value = read(text).values[0]!
  const list = dig(value, 'a', 'b')!
  expect(text.slice(list.origin.start, list.origin.end)).toBe('[1, "x"]')
  expect(list.origin.source.position(list.origin.start)).toEqual({ line: 2, column: 14 })
  expect(value.kind === 'map' && value.entries.get('a')?.key?.start).toBe(text.indexOf('"a"'))
})

test('comments and trailing commas pass where asked for', () => {
  const text = '// head\n{"a": [1, /* two */ 2,],}'
  expect(plain(text, { lenient: true })).toEqual([{ a: [1, 2] }])
  expect(problems(text)).toEqual(['syntax:1'])
  expect(problems('{"a": 1,}')).toEqual(['syntax:1'])
  expect(problems('[,]', { lenient: true })).toEqual(['syntax:1'])
})

test('several values, duplicates and limits', () => {
  expect(plain('{"a": 1}\n{"a": 2}')).toEqual([{ a: 1 }, { a: 2 }])
  expect(plain('{"a": 1,\n"a": 2}')).toEqual([{ a: 2 }])
  expect(problems('{"a": 1,\n"a": 2}')).toEqual(['duplicate-key:2'])
  expect(problems('['.repeat(100_000))).toEqual(['limit-exceeded:1'])
  expect(read(' '.repeat(3_000_000)).problems[0]?.code).toBe('too-large')
  expect(dig(read('{"__proto__": {"x": 1}}').values[0], '__proto__', 'x')).toMatchObject({ value: 1 })
})
