import { describe, expect, test } from 'vitest'
import { SourceText } from '../base/text.ts'
import { dig, type ListValue, type MapValue, toJson } from '../base/value.ts'
import { parseYaml } from './yaml.ts'
import { appendPoint, entrySpan, itemSpan, lineBreakOf, type Span } from './yaml-span.ts'

const read = (text: string) => parseYaml(new SourceText('a.yaml', text)).documents[0]!.value
const mapAt = (text: string, ...path: string[]) => dig(read(text), ...path) as MapValue
const listAt = (text: string, ...path: string[]) => dig(read(text), ...path) as ListValue
const without = (text: string, span: Span | undefined) => text.slice(0, span!.start) + text.slice(span!.end)

describe('an entry', () => {
  const text = 'spec:\n  # why\n  first: 1 # one\n  second: |\n    x\n\n  third:\n    - a\nnext: 1\n'

  test('goes with its lines and leaves its comment to the caller', () => {
    const span = entrySpan(mapAt(text, 'spec'), 'first')!
    expect(without(text, span)).toBe('spec:\n  # why\n  second: |\n    x\n\n  third:\n    - a\nnext: 1\n')
    expect(text.slice(span.commentStart, span.end)).toBe('  # why\n  first: 1 # one\n')
    expect(span.indent).toBe('  ')
    expect(without(text, entrySpan(mapAt(text, 'spec'), 'third'))).toBe(text.replace('  third:\n    - a\n', ''))
    expect(without(text, entrySpan(mapAt(text, 'spec'), 'second'))).toBe(text.replace('  second: |\n    x\n', ''))
  })

  test('behind a dash leaves the dash to the next one', () => {
    const text = '- name: x\n  port: 1\n- only: 1\n'
    const [first, second] = (read(text) as ListValue).items as MapValue[]
    expect(without(text, entrySpan(first!, 'name'))).toBe('- port: 1\n- only: 1\n')
    expect(without(text, entrySpan(first!, 'port'))).toBe('- name: x\n- only: 1\n')
    expect(entrySpan(second!, 'only')?.isOnly).toBe(true)
  })

  test('in braces goes with one comma', () => {
    const text = 'a: {x: 1, b: 2,  z: 3}\n'
    expect(without(text, entrySpan(mapAt(text, 'a'), 'x'))).toBe('a: {b: 2,  z: 3}\n')
    expect(without(text, entrySpan(mapAt(text, 'a'), 'b'))).toBe('a: {x: 1, z: 3}\n')
    expect(without(text, entrySpan(mapAt(text, 'a'), 'z'))).toBe('a: {x: 1, b: 2}\n')
  })

  test('without a value, and that a merge brought', () => {
    const text = 'x: &x {a: 1}\nm:\n  <<: *x\n  empty:\n  last: 2\n'
    expect(without(text, entrySpan(mapAt(text, 'm'), 'empty'))).toBe('x: &x {a: 1}\nm:\n  <<: *x\n  last: 2\n')
    expect(entrySpan(mapAt(text, 'm'), 'a')).toBeUndefined()
    expect(entrySpan(mapAt(text, 'm'), 'none')).toBeUndefined()
  })
})

describe('an item', () => {
  const text = 'list:\r\n- a # one\r\n# two - 2\r\n- b:\r\n    c: 1\r\n-\r\n- - d\r\n  - e\r\nend: 1'

  test.each([
    [0, ['x', { b: { c: 1 } }, null, ['d', 'e']]],
    [1, ['a', null, ['d', 'e']]],
    [2, ['a', { b: { c: 1 } }, ['d', 'e']]],
    [3, ['a', { b: { c: 1 } }, null]],
  ])('%i goes with its dash', (index, expected) => {
    const left = without(text, itemSpan(listAt(text, 'list'), index))
    const found = JSON.parse(JSON.stringify(toJson(read(left)))) as { list: unknown[]; end: number }
    expect(found.list).toEqual(expected.filter((item) => item !== 'x'))
    expect(found.end).toBe(1)
  })

  test('of items, and in brackets', () => {
    const list = listAt(text, 'list')
    expect(without(text, itemSpan(list.items[3] as ListValue, 1))).toBe(text.replace('  - e\r\n', ''))
    expect(without('a: [1, 2]\n', itemSpan(listAt('a: [1, 2]\n', 'a'), 1))).toBe('a: [1]\n')
  })

  test('a further one goes behind the last', () => {
    const point = appendPoint(listAt(text, 'list'))!
    expect(text.slice(point.offset)).toBe('end: 1')
    expect(point.indent).toBe('')
    expect(appendPoint(mapAt('a:\n  b: 1\n', 'a'))).toEqual({ offset: 10, indent: '  ' })
    expect(appendPoint(listAt('a: [1]\n', 'a'))).toBeUndefined()
    expect([lineBreakOf(text), lineBreakOf('a'), lineBreakOf('a\rb')]).toEqual(['\r\n', '\n', '\r'])
  })
})
