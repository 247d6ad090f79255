// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJson, type Value } from '../../src/base/value.ts'
import { bicepValue } from './azure-render.ts'

/** Expressions over the parameters `s` and `t` (strings), `b` (a boolean) and `l` (a list of strings). */
const { text } = fc.letrec<{ text: string; flag: string; items: string; count: string; thing: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("'a'", "'B-'", "''", "'a/b'", 's', 't'),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `'x\${${a}}-\${${b}}'`),
    fc.tuple(tie('flag'), tie('text'), tie('text')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie('text').map((a) => `toLower(${a})`),
    tie('text').map((a) => `toUpper(${a})`),
    fc.tuple(tie('text'), fc.nat(4)).map(([a, n]) => `take(${a}, ${n})`),
    fc.tuple(tie('text'), fc.nat(3)).map(([a, n]) => `skip(${a}, ${n})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `concat(${a}, ${b})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `replace(${a}, 'x', ${b})`),
    fc.tuple(tie('items'), fc.constantFrom("'-'", 's')).map(([a, b]) => `join(${a}, ${b})`),
    tie('items').map((a) => `(first(${a}) ?? 'none')`),
    tie('thing').map((a) => `(${a}.?k ?? 'none')`),
    tie('text').map((a) => `last(split(${a}, '-'))`),
    tie('text').map((a) => `string(${a})`),
  ),
  flag: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('b', 'true', 'false'),
    fc.tuple(tie('flag'), tie('flag')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('flag'), tie('flag')).map(([a, b]) => `(${a} || ${b})`),
    tie('flag').map((a) => `!${a}`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} == ${b})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `startsWith(${a}, ${b})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `endsWith(${a}, ${b})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `contains(${a}, ${b})`),
    fc.tuple(tie('items'), tie('text')).map(([a, b]) => `contains(${a}, ${b})`),
    tie('text').map((a) => `empty(${a})`),
    tie('items').map((a) => `empty(${a})`),
    fc.tuple(tie('count'), fc.nat(3)).map(([a, n]) => `(${a} > ${n})`),
  ),
  items: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("['a', 'b']", '[]', 'l', '[s, t]'),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `[${a}, ${b}]`),
    fc.tuple(tie('items'), tie('items')).map(([a, b]) => `concat(${a}, ${b})`),
    fc.tuple(tie('items'), tie('flag')).map(([a, c]) => `filter(${a}, x => ${c} || x == 'a')`),
    fc.tuple(tie('items'), tie('text')).map(([a, b]) => `map(${a}, x => '\${x}\${${b}}')`),
    fc.tuple(tie('items'), tie('items')).map(([a, b]) => `intersection(${a}, ${b})`),
    fc.tuple(tie('flag'), tie('items'), tie('items')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie('items').map((a) => `[for x in ${a}: toLower(x)]`),
    tie('items').map((a) => `[...${a}, 'z']`),
    fc.tuple(tie('items'), fc.nat(2)).map(([a, n]) => `skip(${a}, ${n})`),
  ),
  count: fc.oneof(
    { maxDepth: 2 },
    tie('text').map((a) => `length(${a})`),
    tie('items').map((a) => `length(${a})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `indexOf(${a}, ${b})`),
  ),
  thing: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('{}', "{ k: 'v' }", '{ k: s }', '{ k: null }'),
    fc.tuple(tie('thing'), tie('thing')).map(([a, b]) => `union(${a}, ${b})`),
    fc.tuple(tie('thing'), tie('text')).map(([a, b]) => `{ ...${a}, j: ${b} }`),
    fc.tuple(tie('flag'), tie('thing'), tie('thing')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
}))

const open = 'param s string\nparam t string\nparam b bool\nparam l array\n'
const closed = (s: string, t: string, b: boolean, l: readonly string[]) =>
  `var s = '${s}'\nvar t = '${t}'\nvar b = ${b}\nvar l = [${l.map((one) => `'${one}'`).join(', ')}]\n`
const word = fc.constantFrom('', 'a', 'B-', 'x', 'a/b', 'xa-B')

describe('an evaluation with unknown parameters', () => {
  it('says nothing that a completion contradicts', () => {
    fc.assert(
      fc.property(text, word, word, fc.boolean(), fc.array(word, { maxLength: 3 }), (expression, s, t, b, l) => {
        const exact = bicepValue(expression, closed(s, t, b, l))
        if (exact.kind === 'unknown') return
        expect(admits(bicepValue(expression, open), exact)).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })
})

/** Whether a value that may be partly unknown leaves room for a known one. */
function admits(value: Value, exact: Value): boolean {
  switch (value.kind) {
    case 'unknown':
      if (value.reason === 'evaluation-error') return false
      return value.prefix === undefined || String(toJson(exact)).startsWith(value.prefix)
    case 'choice':
      return value.options.some((option) => admits(option, exact))
    case 'list':
      return (
        exact.kind === 'list' &&
        exact.items.length === value.items.length &&
        value.items.every((item, i) => admits(item, exact.items[i]!))
      )
    case 'map':
      return (
        exact.kind === 'map' &&
        [...value.entries].every(([key, entry]) => admits(entry.value, exact.entries.get(key)!.value))
      )
    default:
      return JSON.stringify(toJson(value)) === JSON.stringify(toJson(exact))
  }
}
