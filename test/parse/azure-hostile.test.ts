// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import { describe, expect, it } from 'vitest'
import { toJson } from '../../src/base/value.ts'
import { arm } from '../../src/parse/arm/index.ts'
import { bicep } from '../../src/parse/bicep/index.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { TEMPLATE } from './azure-render.ts'
import { treeOf } from './tree-of.ts'

/** Milliseconds that the worst of these may take on a machine with other work; most take a hundredth. */
const LIMIT = 15_000
/** Resources and characters of what is printed of them. */
const MOST = { resources: 50_000, text: 60_000_000 }

const N = 100_000
const probe = (expression: string, name = 'n') =>
  `resource ${name} 'A.B/c@1' = {\n  name: '${name}'\n  properties: {\n    x: ${expression}\n  }\n}\n`
const doubling = (first: string, next: (before: string) => string) =>
  Array.from({ length: 60 }, (_, i) => `var a${i} = ${i === 0 ? first : next(`a${i - 1}`)}\n`).join('')
const armProbe = (json: string, more = '') =>
  `{"$schema": "${TEMPLATE}", ${more} "resources": [{"type": "A.B/c", "apiVersion": "1", "name": "n", "properties": {"x": ${json}}}]}`
const twice = (path: string) => `module a '${path}' = {\n  name: 'a'\n}\nmodule b '${path}' = {\n  name: 'b'\n}\n`

const TREES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'variables in a circle': { 'main.bicep': `var a = b\nvar b = a\n${probe('a')}` },
  'a module in itself': {
    'main.bicep': `module m 'main.bicep' = {\n  name: 'm'\n}\noutput x string = m.outputs.x\n${probe('m.outputs.x')}`,
  },
  'modules that double': Object.fromEntries(
    Array.from({ length: 36 }, (_, i) => [`m${i}.bicep`, i === 35 ? probe('1') : twice(`m${i + 1}.bicep`)]),
  ),
  'loops of modules of loops': {
    'main.bicep': "module m 'a.bicep' = [for i in range(0, 800): {\n  name: 'm${i}'\n}]\n",
    'a.bicep': "module m 'b.bicep' = [for i in range(0, 800): {\n  name: 'm${i}'\n}]\n",
    'b.bicep': "resource n 'A.B/c@1' = [for i in range(0, 800): {\n  name: 'n${i}'\n}]\n",
  },
  'a huge range': { 'main.bicep': probe('range(0, 1000000000000)') },
  'loops in loops': {
    'main.bicep': probe('[for i in range(0, 10000): [for j in range(0, 10000): [for k in range(0, 10000): k]]]'),
  },
  'lambdas in lambdas': {
    'main.bicep': probe('map(range(0, 10000), i => map(range(0, 10000), j => map(range(0, 10000), k => i)))'),
  },
  'a function that calls itself': { 'main.bicep': `func f(x int) int => f(x) + f(x)\n${probe('f(1)')}` },
  'objects that double': {
    'main.bicep':
      doubling('{}', (a) => `{ l: ${a}, r: ${a} }`) +
      probe('a59') +
      probe('string(a40)', 'm') +
      probe('a40 == a41', 'k'),
  },
  'lists that double': { 'main.bicep': doubling('[1]', (a) => `concat(${a}, ${a})`) + probe('a59') },
  'strings that double': {
    'main.bicep': doubling("'0123456789'", (a) => `'\${${a}}\${${a}}'`) + probe('a59') + probe('length(a18)', 'm'),
  },
  'unknown strings that double': {
    'main.bicep': `param p string\n${doubling('p', (a) => `'\${${a}}-\${${a}}'`)}${probe('a59')}`,
  },
  'a long chain of objects': {
    'main.bicep': `var a0 = {}\n${Array.from({ length: 20_000 }, (_, i) => `var a${i + 1} = { l: a${i} }\n`).join('')}${Array.from({ length: 200 }, (_, i) => probe(`a${i * 100}`, `r${i}`)).join('')}`,
  },
  parentheses: { 'main.bicep': probe('('.repeat(N) + ')'.repeat(N)) },
  arrays: { 'main.bicep': probe('['.repeat(N) + ']'.repeat(N)) },
  objects: { 'main.bicep': probe('{a:'.repeat(N) + '}'.repeat(N)) },
  negations: { 'main.bicep': probe(`${'!'.repeat(N)}true`) },
  sums: { 'main.bicep': probe(`1${' + 1'.repeat(N)}`) },
  conditionals: { 'main.bicep': probe(`${'true ? 1 : '.repeat(N)}1`) },
  members: { 'main.bicep': `var o = {}\n${probe(`o${'.?b'.repeat(N)}`)}` },
  calls: { 'main.bicep': probe('concat('.repeat(N) + ')'.repeat(N)) },
  interpolations: { 'main.bicep': probe("'${".repeat(N) + "}'".repeat(N)) },
  types: { 'main.bicep': `param p ${'{a: '.repeat(N)}string\n${probe('1')}` },
  'strings without end': { 'main.bicep': "param x string = '''\n".repeat(20_001) },
  'brackets without end': { 'main.bicep': 'param x = [\n'.repeat(50_000) },
  'comments after each level': { 'main.bicep': probe(`${'['.repeat(150)}1${'\n// c'.repeat(N)}\n${']'.repeat(150)}`) },
  'a long list': {
    'main.bicep': `var l = [\n${'1\n'.repeat(N)}]\n${probe('union(l, l)')}${probe('contains(l, 2)', 'm')}`,
  },
  'a search for each item': { 'main.bicep': `var l = range(0, 10000)\n${probe('filter(l, x => contains(l, x + 1))')}` },
  'a pattern with many stars': {
    [`${'a'.repeat(200)}b`]: '',
    'main.bicep': probe(`loadDirectoryFileInfo('.', '${'*a'.repeat(80)}*c')`),
  },
  'aliases in YAML': {
    'a.yaml': `a0: &a0 [1]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('')}`,
    'main.bicep': probe("loadYamlContent('a.yaml')"),
  },
  'deep JSON': { 'main.json': armProbe('['.repeat(N) + ']'.repeat(N)) },
  'a deep ARM expression': { 'main.json': armProbe(`"[${'concat('.repeat(N)}${')'.repeat(N)}]"`) },
  'ARM variables in a circle': {
    'main.json': armProbe('"[variables(\'a\')]"', '"variables": {"a": "[variables(\'a\')]"},'),
  },
  'ARM loops in loops': {
    'main.json': armProbe(
      '{"copy": [{"name": "a", "count": 10000, "input": {"copy": [{"name": "b", "count": 10000, "input": {"copy": [{"name": "c", "count": 10000, "input": 1}]}}]}}]}',
    ),
  },
  'a template that links itself': {
    'main.json': `{"$schema": "${TEMPLATE}", "resources": [${['d', 'e'].map((name) => `{"type": "Microsoft.Resources/deployments", "name": "${name}", "properties": {"templateLink": {"relativePath": "main.json"}}}`).join()}]}`,
  },
  'names that need references': {
    'main.json': `{"$schema": "${TEMPLATE}", "resources": [{"type": "A.B/c", "name": "[reference('x').y]"}, {"type": "A.B/c", "name": "[reference('z').y]"}]}`,
  },
  'names of the prototype': {
    'main.bicep': `param toString string\nvar __proto__ = 1\n${probe('{ __proto__: __proto__, constructor: toString }', 'hasOwnProperty')}`,
  },
}

describe('hostile input', () => {
  it.each(Object.entries(TREES))(
    '%s',
    (_, files) => {
      const tree = treeOf(files)
      let resources = 0
      for (const frontEnd of [bicep, arm]) {
        for (const request of frontEnd.find(tree).units) {
          const unit = frontEnd.render(tree, request, new ParseCache())
          resources += unit.resources.length
          const text = JSON.stringify(unit.resources.map(({ value }) => toJson(value)))
          expect(text.length).toBeLessThan(MOST.text)
          expect(unit.problems.length).toBeLessThan(1000)
        }
      }
      expect(resources).toBeLessThan(MOST.resources)
    },
    LIMIT,
  )
})
