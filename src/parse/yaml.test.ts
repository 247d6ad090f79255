import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { processorTime } from '../../test/processor-time.ts'
import { problemPlace } from '../base/problem.ts'
import { SourceText } from '../base/text.ts'
import { dig, get, itemsOf, toJson, type Value } from '../base/value.ts'
import { parseYaml } from './yaml.ts'
import { YAML_LIMITS } from './yaml-limits.ts'

const read = (text: string) => parseYaml(new SourceText('a.yaml', text))
const json = (text: string) => read(text).documents.map(({ value }) => JSON.parse(JSON.stringify(toJson(value))))
const problems = (text: string) => read(text).problems.map((problem) => `${problem.code}:${problemPlace(problem).line}`)
const written = (value: Value | undefined) => value!.origin.source.text.slice(value!.origin.start, value!.origin.end)

describe('scalars are what kubectl reads', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['off', false],
    ['N', false],
    ['TRUE', true],
    ['tRUE', 'tRUE'],
    ['~', null],
    ['Null', null],
    ['""', ''],
    ['0777', 511],
    ['0o777', 511],
    ['018', 18],
    ['0', 0],
    ['-0x1F', -31],
    ['0b11', 3],
    ['1_000', 1000],
    ['_1', '_1'],
    ['22:22', '22:22'],
    ['9:0', '9:0'],
    ['2001-12-14', '2001-12-14'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['1e3', 1000],
    ['1.', 1],
    ['.5', 0.5],
    ['.5.', '.5.'],
    ['1e400', '1e400'],
    ['18446744073709551616', 18446744073709552000],
    ['0x10000000000000000', '0x10000000000000000'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['1.2.3', '1.2.3'],
    ['"8080"', '8080'],
    ["'yes'", 'yes'],
    ['!!str 123', '123'],
    ['!!int "5"', 5],
    ['!!float 5', 5],
    ['!!bool "yes"', true],
    ['!!binary aGVsbG8=', 'hello'],
    ['!custom x', 'x'],
    ['! 12', '12'],
  ])('%s', (text, value) => {
    expect(json(`a: ${text}\n`)).toEqual([{ a: value }])
  })

  test('keys become the strings that JSON has', () => {
    expect(json('y: 1\n0x10: 2\n1.5: 3\n"y": 4\n')).toEqual([{ true: 1, '16': 2, '1.5': 3, y: 4 }])
  })

  test('a key of null, a list or a mapping costs the document', () => {
    for (const text of ['~: 1', '? [a]\n: 1', '{a: b}: 1', '!!int x: 1', 'a: !!binary "?"']) {
      expect(json(`${text}\n---\nb: 1\n`)).toEqual([{ b: 1 }])
      expect(problems(`${text}\n---\nb: 1\n`)).toEqual(['rejected:1'])
    }
  })

  test('block scalars keep their line breaks as the indicators say', () => {
    expect(json('a: |\n  x\n\n  y\nb: >-\n  x\n  y\nc: |+\n  x\n\n')).toEqual([{ a: 'x\n\ny\n', b: 'x y', c: 'x\n\n' }])
  })

  test('keys of objects that JavaScript has are keys like any other', () => {
    const [document] = read('__proto__: 1\nconstructor: 2\n').documents
    expect(get(document!.value, '__proto__')).toMatchObject({ value: 1 })
    expect(get(document!.value, 'toString')).toBeUndefined()
  })
})

describe('anchors, merge keys and duplicates', () => {
  test('an alias shares what it stands for and has its own place', () => {
    const { value } = read('a: &x {k: v}\nb: *x\n').documents[0]!
    expect(toJson(value)).toEqual({ a: { k: 'v' }, b: { k: 'v' } })
    const alias = get(value, 'b')!
    expect(written(alias)).toBe('*x')
    expect(alias.origin.from).toBe(get(value, 'a')!.origin)
    expect(dig(value, 'b', 'k')).toBe(dig(value, 'a', 'k'))
  })

  test('a merge overrides what stands before it and gives way to what stands behind it', () => {
    const text = 'x: &x {a: 1, b: 1, c: 1}\nz:\n  a: own\n  <<: *x\n  b: own\n'
    expect(dig(read(text).documents[0]!.value, 'z', 'a')).toMatchObject({ value: 1 })
    expect(dig(read(text).documents[0]!.value, 'z', 'b')).toMatchObject({ value: 'own' })
    // kubectl and Kustomize disagree about `a`, about `b` they do not.
    expect(problems(text)).toEqual(['duplicate-key:3'])
  })

  test('of merged mappings the first wins, and a quoted << is a key', () => {
    expect(json('x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y]}\nw: {"<<": 1}\n')[0]).toMatchObject({
      z: { a: 1, b: 2 },
      w: { '<<': 1 },
    })
    expect(problems('a: {<<: 1}')).toEqual(['rejected:1'])
  })

  test('the last of duplicate keys wins, and the loser is reported where the winner stands', () => {
    expect(json('a: 1\nb: 2\na: 3\n')).toEqual([{ a: 3, b: 2 }])
    expect(problems('a: 1\nb: 2\na: 3\n')).toEqual(['duplicate-key:3'])
    expect(problems('- a: 1\n- a: 1\n')).toEqual([])
  })

  test('unknown and circular aliases cost the document', () => {
    expect(problems('a: *x\n---\nb: 1\n')).toEqual(['syntax:1'])
    expect(problems('a: &x [*x]\n')).toEqual(['syntax:1'])
  })
})

describe('places', () => {
  const text = [
    '# head',
    'map:',
    '  plain: value # comment',
    "  quoted: 'it''s'",
    '  block: |- # why',
    '    one',
    '    two',
    '',
    '  empty:',
    '  flow: [1, {a: b}, c: d, ] # end',
    'list:',
    '- x',
    '-',
    '- - y',
    '',
  ].join('\n')
  const { value } = read(text).documents[0]!

  test.each<[string[], string]>([
    [['map', 'plain'], 'value'],
    [['map', 'quoted'], "'it''s'"],
    [['map', 'block'], '|- # why\n    one\n    two'],
    [['map', 'empty'], ''],
    [['map', 'flow'], '[1, {a: b}, c: d, ]'],
    [['list'], '- x\n-\n- - y'],
  ])('%s', (path, expected) => {
    expect(written(dig(value, ...path))).toBe(expected)
  })

  test('items, keys and empty values', () => {
    const flow = itemsOf(dig(value, 'map', 'flow'))
    expect(flow.map(written)).toEqual(['1', '{a: b}', 'c: d'])
    const entry = value.kind === 'map' ? value.entries.get('map') : undefined
    expect(text.slice(entry!.key!.start, entry!.key!.end)).toBe('map')
    const empty = dig(value, 'map', 'empty')!
    expect(text.slice(0, empty.origin.start).endsWith('empty:')).toBe(true)
    expect(itemsOf(get(value, 'list')).map((item) => item.origin.source.position(item.origin.start).line)).toEqual([
      12, 13, 14,
    ])
  })

  test.each([
    ['CRLF', '\r\n'],
    ['CR', '\r'],
    ['LF', '\n'],
  ])('%s line ends and a byte-order mark', (_, eol) => {
    const lines = ['\uFEFFa: 1', 'b: |', '  x', '  y', '---', 'c: "z"', '']
    const documents = read(lines.join(eol)).documents
    expect(documents.map((document) => toJson(document.value))).toEqual([{ a: 1, b: 'x\ny\n' }, { c: 'z' }])
    const z = get(documents[1]!.value, 'c')!
    expect(z.origin.source.position(z.origin.start)).toEqual({ line: 6, column: 4 })
    expect(written(z)).toBe('"z"')
  })
})

describe('documents', () => {
  test('empty ones are dropped', () => {
    expect(json('---\n---\na: 1\n---\n# nothing\n---\n~\n...\n')).toEqual([{ a: 1 }])
    expect(json('')).toEqual([])
  })

  test('a broken one costs only itself, and its line is that of the file', () => {
    const text = 'a: 1\n---\nb: [1\n---\nc: |\n  text\n  --- inside\nd: 2\n---\ne: "x\n'
    expect(json(text)).toEqual([{ a: 1 }, { c: 'text\n--- inside\n', d: 2 }])
    expect(problems(text)).toEqual(['syntax:4', 'syntax:11'])
    const { value } = read(text).documents[1]!
    expect(value.origin.source.position(get(value, 'd')!.origin.start)).toEqual({ line: 8, column: 4 })
  })

  test('problems are in plain words', () => {
    expect(read('a:\n\t b: 1\n').problems[0]?.message).toBe('the YAML is broken: a tab is used for indentation')
    expect(read('a: [1\n').problems[0]?.message).toMatch(/is never closed/)
  })

  test('lists whose bracket stands at the margin or whose lines have tabs are read, with true places', () => {
    const text = 'spec:\n  from: [\n    a, # "one"\n\t"b # c", # two\n\td\n  ]\nnext: [\n1\n]\nlast: x\n'
    expect(json(text)).toEqual([{ spec: { from: ['a', 'b # c', 'd'] }, next: [1], last: 'x' }])
    const { value } = read(text).documents[0]!
    expect(written(get(value, 'last'))).toBe('x')
    expect(itemsOf(dig(value, 'spec', 'from')).map(written)).toEqual(['a', '"b # c"', 'd'])
  })

  test('quoted text that goes on at the margin folds as ever', () => {
    expect(json('a:\n  b: "one\ntwo\n\nthree"\n')).toEqual([{ a: { b: 'one two\nthree' } }])
  })
})

describe('limits', () => {
  const timed = (text: string) => {
    const start = processorTime()
    const codes = new Set(read(text).problems.map(({ code }) => code))
    expect(processorTime() - start).toBeLessThan(2000)
    return [...codes]
  }

  test('nesting', () => {
    expect(timed('['.repeat(100_000))).toEqual(['limit-exceeded'])
    expect(timed('{a: '.repeat(100_000))).toEqual(['limit-exceeded'])
    expect(timed(`${'- '.repeat(100_000)}a`)).toEqual(['limit-exceeded'])
  })

  test('alias and merge bombs', () => {
    const bomb = Array.from(
      { length: 9 },
      (_, level) =>
        `a${level}: &a${level} [${Array(9)
          .fill(level === 0 ? 'x' : `*a${level - 1}`)
          .join(', ')}]`,
    )
    expect(timed(bomb.join('\n'))).toEqual(['limit-exceeded'])
    expect(timed(`a: &a x\nb: [${'*a, '.repeat(101)}]`)).toEqual(['limit-exceeded'])
    const keys = Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join(', ')
    const merges = `a: &a {${keys}}\n${Array.from({ length: 20 }, (_, index) => `b${index}: {<<: *a}`).join('\n')}`
    expect(timed(merges)).toEqual(['limit-exceeded'])
    const ladder = Array.from(
      { length: 60 },
      (_, level) => `a${level}: &a${level} [[[${level === 0 ? 'x' : `*a${level - 1}`}]]]`,
    )
    expect(timed(ladder.join('\n'))).toEqual(['limit-exceeded'])
  })

  test('size, broken documents without end, and what else is long', () => {
    expect(timed('a: 1\n'.repeat(10_000_000))).toEqual(['too-large'])
    expect(timed('[\n---\n'.repeat(300_000))).toContain('limit-exceeded')
    expect(timed(`a: [\n${'\tb,\n'.repeat(300_000)}]`)).toEqual(['syntax'])
    expect(timed(`a: ${'1'.repeat(1_000_000)}`)).toEqual([])
    expect(timed(Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join('\n'))).toEqual([])
  })

  test('a limit of the caller holds', () => {
    expect(parseYaml(new SourceText('a.yaml', 'a: 1'), { ...YAML_LIMITS, maxLength: 3 }).problems[0]?.code).toBe(
      'too-large',
    )
  })
})

const MANIFEST = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, labels: &l {app: web}}
spec:
  podSelector: {matchLabels: {<<: *l}}
  ingress:
    - from: [{ipBlock: {cidr: "10.0.0.0/8", except: ['10.1.0.0/16']}}] # office
      ports:
      - {port: 443}
  text: |
    a
---
kind: Service
`

describe('whatever the text is', () => {
  const check = (text: string) => {
    const { documents } = read(text)
    const walk = (value: Value, low: number, high: number) => {
      const { start, end, from } = value.origin
      expect(start).toBeLessThanOrEqual(end)
      if (from !== undefined) return
      expect(start).toBeGreaterThanOrEqual(low)
      expect(end).toBeLessThanOrEqual(high)
      if (value.kind === 'list') for (const item of value.items) walk(item, start, end)
      if (value.kind !== 'map') return
      for (const entry of value.entries.values())
        if (entry.key!.start >= start && entry.key!.end <= end) walk(entry.value, start, end)
    }
    for (const { value } of documents) walk(value, 0, text.length)
  }

  test('cut off anywhere, it is read or reported, and places are within their collection', () => {
    for (let end = 0; end <= MANIFEST.length; end++) check(MANIFEST.slice(0, end))
  })

  test('with characters changed', () => {
    const edit = fc.tuple(
      fc.nat(MANIFEST.length - 1),
      fc.constantFrom(...'\t\n\r :-[]{},#&*!|>\'"%@`?~x0\u0000\uFEFF\uD800'),
    )
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const units = [...MANIFEST]
        for (const [at, unit] of edits) units[at] = unit
        check(units.join(''))
      }),
      { numRuns: 500 },
    )
  })

  test('made of YAML’s own characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab: -[]{},#&*!|>\'"\n\n\t?<<~1'), maxLength: 60 }), check),
      { numRuns: 1000 },
    )
  })
})
