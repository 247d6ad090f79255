import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../src/base/text.ts'
import { readTemplateString } from '../../src/parse/template/arm-expression.ts'
import { type Node, withoutOffsets } from './bicep/program.ts'

const name = fc.constantFrom('concat', 'ns.member', 'toLower', 'a1', '_x', 'createObject')
const property = fc.constantFrom('id', 'kebab-name', '$schema', '_1', 'ü')
const { any } = fc.letrec<{ any: Node; base: Node }>((tie) => ({
  base: fc.record({
    kind: fc.constant('call'),
    base: fc.constant(undefined),
    name,
    arguments: fc.array(tie('any'), { maxLength: 3 }),
  }),
  any: fc.oneof(
    { maxDepth: 5 },
    fc.record({
      kind: fc.constant('literal'),
      value: fc.oneof(
        fc.constantFrom("it's", '', ' ]', '[x]', '"', 'a\nb', ','),
        fc.integer(),
        fc.constantFrom(1.5, true, false, null),
      ),
    }),
    fc.record({ kind: fc.constant('member'), base: tie('base'), name: property, safe: fc.constant(false) }),
    fc.record({
      kind: fc.constant('index'),
      base: tie('base'),
      index: tie('any'),
      safe: fc.constant(false),
      fromEnd: fc.constant(false),
    }),
    fc.record({ kind: fc.constant('lambda'), parameters: fc.constantFrom(['x'], ['x', 'i']), body: tie('any') }),
    fc.record({ kind: fc.constant('name'), name: fc.constantFrom('x', 'i') }),
    tie('base'),
  ),
}))

function print(node: Node, blank: () => string): string {
  const part = (key: string) => print(node[key] as Node, blank)
  const call = (called: string, args: readonly string[]) =>
    `${called}${blank()}(${args.map((one) => blank() + one + blank()).join(',')}${blank()})`
  const quote = (text: unknown) => `'${String(text).replaceAll("'", "''")}'`
  switch (node.kind) {
    case 'literal':
      return typeof node['value'] === 'string' ? quote(node['value']) : String(node['value'])
    case 'member':
      return `${part('base')}${blank()}.${node['name']}`
    case 'index':
      return `${part('base')}${blank()}[${blank()}${part('index')}${blank()}]`
    case 'lambda':
      return call('lambda', [...(node['parameters'] as string[]).map(quote), part('body')])
    case 'name':
      return call('LambdaVariables', [quote(node['name'])])
    default:
      return call(
        String(node['name']),
        (node['arguments'] as Node[]).map((one) => print(one, blank)),
      )
  }
}

/** `lambda(…)` and `lambdaVariables(…)` stand for a lambda and a name wherever they occur, so any expression can hold them. */
describe('an ARM expression', () => {
  it('is read as the tree from which it was written', () => {
    fc.assert(
      fc.property(
        any,
        fc.array(fc.constantFrom('', '', ' ', '\n  '), { minLength: 7, maxLength: 7 }),
        (tree, blanks) => {
          let at = 0
          const text = `[${print(tree, () => blanks[at++ % blanks.length]!)}]`
          const source = new SourceText('main.json', JSON.stringify(text))
          const origin = { source, start: 0, end: source.text.length }
          const read = readTemplateString({ kind: 'scalar', value: text, origin })
          expect(withoutOffsets(read)).toEqual({ kind: 'expression', expression: tree })
        },
      ),
      { numRuns: 1000 },
    )
  })
})
