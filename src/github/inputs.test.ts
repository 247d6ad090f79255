import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readInputs } from './inputs.ts'

const ACTION = readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')

function declared(section: 'inputs' | 'outputs'): readonly string[] {
  const text = new RegExp(`^${section}:\\n((?: .*\\n|\\n)+)`, 'm').exec(ACTION)![1]!
  return [...text.matchAll(/^ {2}([\w-]+):$/gm)].map((match) => match[1]!)
}

test('what the workflow does not give is undefined, so that the file decides', () => {
  const empty = Object.fromEntries(declared('inputs').map((name) => [`INPUT_${name.toUpperCase()}`, '']))
  expect(new Set(Object.values(readInputs(empty)))).toEqual(new Set([undefined]))
})

test('every declared input is read', () => {
  const read: string[] = []
  const spy = new Proxy({}, { get: (_, name) => void read.push(String(name)) })
  readInputs(spy)
  expect(read.map((name) => name.replace('INPUT_', '').toLowerCase()).sort()).toEqual([...declared('inputs')].sort())
})

test('only the token has a default in action.yml', () => {
  const inputs = ACTION.slice(ACTION.indexOf('inputs:'), ACTION.indexOf('outputs:'))
  expect(inputs.match(/^ +default: .*$/gm)).toEqual([`    default: $\{{ github.token }}`])
})

test('values are read as people write them', () => {
  const inputs = readInputs({
    'INPUT_FAIL-ON': ' High ',
    'INPUT_INLINE-COMMENTS': '0',
    INPUT_GRAPH: 'false',
    'INPUT_PATHS-IGNORE': 'test/**\n\n  docs/** \r\n',
  })
  expect(inputs).toMatchObject({ failOn: 'high', inlineComments: 0, graph: false, pathsIgnore: ['test/**', 'docs/**'] })
})

test.each([
  ['FAIL-ON', 'hgih', 'fail-on is "hgih": it may be none, critical, high, medium, low, note'],
  ['SUGGESTIONS', 'yes', 'suggestions is "yes": it may be true, false'],
  ['INLINE-COMMENTS', '31', 'it may be 0 to 30'],
  ['INLINE-COMMENTS', '-1', 'it may be 0 to 30'],
  ['COMMENT-KEY', 'a b', 'comment-key'],
  ['COMMENT-KEY', 'a--b', 'comment-key'],
  ['MODE', 'review', 'it may be auto, pr, audit'],
])('%s: %s is refused', (name, value, message) => {
  expect(() => readInputs({ [`INPUT_${name}`]: value })).toThrow(message)
})
