// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import { describe, expect, it } from 'vitest'
import { problemPlace } from '../../src/base/problem.ts'
import { toJson } from '../../src/base/value.ts'
import { armValue, bicepValue, renderArm, renderBicep, TEMPLATE } from './azure-render.ts'

/** Milliseconds that one of these may take on a machine with other work; alone the slowest takes two seconds. */
const LIMIT = 30_000
const N = 100_000

const many = (one: (index: number) => string, between = '\n') =>
  Array.from({ length: N }, (_, i) => one(i)).join(between)
const object = (stem: string) => `{\n${many((i) => `${stem}${i}: ${i}`)}\n}`
/** 60 variables, each made of the one before. */
const chain = (first: string, next: (before: string) => string) =>
  Array.from({ length: 60 }, (_, i) => `var a${i} = ${i === 0 ? first : next(`a${i - 1}`)}`).join('\n')

describe('large data in Bicep', { timeout: LIMIT }, () => {
  it.each([
    ['length(union(a, b))', 2 * N],
    ['length(map(items(a), x => a[toUpper(x.key)]))', N],
    ["length(filter(range(0, 10000), x => contains(a, 'none${x}')))", 0],
  ])('objects of 100,000 keys: %s', (expression, expected) => {
    expect(toJson(bicepValue(expression, `var a = ${object('a')}\nvar b = ${object('b')}\n`))).toEqual(expected)
  })

  it.each([
    ['length(toObject(l, x => x))', N],
    ['length(sort(l, (a, b) => a > b))', N],
    ['length(union(l, l))', N],
    ["length([for x in l: '${x}-${length(l)}'])", N],
    ["indexOf(l, 'none')", -1],
    ["length(split(join(l, ','), ','))", N],
    ['length(reduce(l, [], (sum, x) => concat(sum, [x])))', { $unknown: expect.any(String) }],
    ['length(intersection(l, l))', { $unknown: 'the template takes too many steps to evaluate' }],
  ])('lists of 100,000 items: %s', (expression, expected) => {
    expect(toJson(bicepValue(expression, `var l = [\n${many((i) => `'k${i}'`)}\n]\n`))).toEqual(expected)
  })

  it('deploy no more than Azure does, and say so', () => {
    const loops =
      "resource r 'A.B/c@1' = [for x in l: {\n  name: x\n}]\nmodule m 'x.bicep' = [for x in l: {\n  name: x\n}]\n"
    const unit = renderBicep({
      'main.bicep': `var l = [\n${many((i) => `'k${i}'`)}\n]\n${loops}`,
      'x.bicep': "resource n 'A.B/c@1' = {\n  name: 'n'\n}\n",
    })
    expect(unit.resources).toMatchObject([
      { maybe: { reason: 'limit-exceeded' } },
      { maybe: { reason: 'limit-exceeded' } },
    ])
    expect(unit.problems.map((one) => [one.message, problemPlace(one).line])).toEqual([
      ['Azure makes no loop of more than 800 resources', N + 3],
      ['Azure makes no loop of more than 800 resources', N + 6],
    ])
  })
})

describe('text that grows', { timeout: LIMIT }, () => {
  it.each([
    ["'0123456789'", (a: string) => `base64(base64(base64(${a})))`],
    ["'x'", (a: string) => `dataUri(dataUri(dataUri(${a})))`],
    ["'%'", (a: string) => `uriComponent('\${${a}}%\${${a}}')`],
    ["'\"'", (a: string) => `string([${a}])`],
    ["'\"'", (a: string) => `'\${[${a}]}'`],
    ["'aa'", (a: string) => `replace(${a}, 'a', 'aa')`],
    ["'aa'", (a: string) => `format('{0}{0}', ${a})`],
    ["'aa'", (a: string) => `join([${a}, ${a}], ${a})`],
  ])('is cut off: %s', (first, next) => {
    const unit = renderBicep({
      'main.bicep': `${chain(first, next)}\nresource n 'A.B/c@1' = {\n  name: a59\n}\n`,
    })
    expect(toJson(unit.resources[0]!.value)).toMatchObject({ name: { $unknown: 'the string is too long' } })
    expect(unit.problems.map((one) => [one.message, problemPlace(one)])).toEqual([
      ['the string is too long', { file: 'main.bicep', line: expect.any(Number) }],
    ])
    expect(unit.incomplete).toBe(true)
  })

  it('counts where it is used, however often that is', () => {
    const text = `${chain("'0123456789'", (a) => `'\${${a}}\${${a}}'`)}\nvar l = [for i in range(0, 5000): a18]\n`
    expect(toJson(bicepValue('l', text))).toEqual({ $unknown: 'the value is too large' })
    expect(toJson(bicepValue('length(union(l, l))', `${text.replace('5000', '40')}`))).toEqual({
      $unknown: 'the template takes too many steps to evaluate',
    })
  })

  it('is split and compared in steps that are counted', () => {
    const words = `var t = '${'ab'.repeat(50_000)}'\n`
    expect(toJson(bicepValue("length(split(t, split(t, 'a')))", words))).toBe(50_001)
    expect(toJson(bicepValue("split('abcabd', ['ab', 'a', 'bc'])"))).toEqual(['', 'c', 'd'])
    const cuts = `${words}var cuts = [for i in range(0, 10000): 'x\${i}']\n`
    expect(toJson(bicepValue('split(t, cuts)', cuts))).toEqual({ $unknown: 'the text is split too often' })
    expect(toJson(bicepValue(`like('${'a'.repeat(20_000)}b', '${'*a'.repeat(10_000)}*c')`))).toBe(false)
  })
})

describe('numbers out of every range', () => {
  it.each([
    ["cidrSubnet('10.0.0.0/8', 16.5, 0)", { $error: 'wrong arguments of cidrSubnet()' }],
    ["cidrSubnet('10.0.0.0/8', 16, json('1e999'))", { $error: 'wrong arguments of cidrSubnet()' }],
    ["cidrHost('10.0.0.0/8', json('-1e999'))", { $error: 'wrong arguments of cidrHost()' }],
    ['range(0, 1000000000000)', { $error: 'range() gives from 0 to 10000 numbers' }],
    ["range(json('1e999'), 2)", { $error: 'wrong arguments of range()' }],
    ["take('abc', 9007199254740993)", { $error: 'wrong arguments of take()' }],
    ["padLeft('a', 1000000000)", { $unknown: 'the string is too long' }],
    ["dateTimeFromEpoch(json('1e999'))", { $error: 'wrong arguments of dateTimeFromEpoch()' }],
    ["dateTimeAdd('2020-01-01', 'P999999999Y')", { $error: 'wrong arguments of dateTimeAdd()' }],
    ["length(format('{0,999999999}', 1))", 1000],
    ['indexFromEnd(createArray(1), 5)', { $error: 'index -4 is outside of an array of 1' }],
  ])('%s', (expression, expected) => {
    expect(toJson(armValue(expression))).toEqual(expected)
  })
})

describe('large data in ARM templates', { timeout: LIMIT }, () => {
  const template = (more: string, properties: string) =>
    `{"$schema": "${TEMPLATE}", ${more}\n"resources": [{"type": "A.B/c", "apiVersion": "1", "name": "n", "properties": {"x": ${properties}}}]}`

  it('lists, objects and variables of 100,000 entries', () => {
    const list = `"variables": {"l": [${many(() => "\"[concat('a', 'b')]\"", ',')}]},`
    const keys = (stem: string) => `{${many((i) => `"${stem}${i}": ${i}`, ',')}}`
    const x = (files: string) => toJson(renderArm({ 'main.json': files }).resources[0]!.value)
    expect(x(template(list, '"[length(variables(\'l\'))]"'))).toMatchObject({ properties: { x: N } })
    expect(
      x(
        template(
          `"variables": {"a": ${keys('a')}, "b": ${keys('b')}},`,
          "\"[length(union(variables('a'), variables('b')))]\"",
        ),
      ),
    ).toMatchObject({ properties: { x: 2 * N } })
    const names = Array.from({ length: 5000 }, (_, i) => `"[variables('V${i}')]"`)
    expect(x(template(`"variables": ${keys('v')},`, `[${names.join()}]`))).toMatchObject({
      properties: { x: Array.from({ length: 5000 }, (_, i) => i) },
    })
  })

  it('loops of 10^9 rounds are refused where they stand', () => {
    const unit = renderArm({
      'main.json': `{
  "$schema": "${TEMPLATE}",
  "variables": { "copy": [
    { "name": "v", "count": 1000000000, "input": 1 }
  ] },
  "resources": [
    { "type": "A.B/c", "apiVersion": "1", "name": "[concat('n', copyIndex())]",
      "copy": { "name": "c", "count": 1000000000 } },
    { "type": "A.B/c", "apiVersion": "1", "name": "m", "properties": { "v": "[length(variables('v'))]",
      "copy": [{ "name": "p", "count": "[mul(1000, 1000000)]", "input": "[copyIndex('p')]" }] } },
    { "type": "A.B/c", "apiVersion": "1", "name": "none", "copy": { "name": "d", "count": -5 } }
  ]
}`,
    })
    expect(unit.resources.map((one) => [one.address, one.maybe?.reason])).toEqual([
      ['A.B/c/n*', 'limit-exceeded'],
      ['A.B/c/m', undefined],
    ])
    expect(unit.problems.map((one) => [problemPlace(one).line, one.message])).toEqual([
      [8, 'Azure makes no loop of more than 800 resources'],
      [4, 'a loop of more than 10000 rounds'],
      [10, 'a loop of more than 10000 rounds'],
    ])
  })

  it('templates in templates end at a depth, with the line', () => {
    const nest = (levels: number) => {
      const open = `{"$schema": "${TEMPLATE}", "resources": [{"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "d", "properties": {"template":\n`
      return `${open.repeat(levels)}{"$schema": "${TEMPLATE}", "resources": []}${'}}]}'.repeat(levels)}`
    }
    const unit = renderArm({ 'main.json': nest(60) })
    expect(unit.problems.map((one) => [one.message, problemPlace(one)])).toEqual([
      ['templates are nested too deeply', { file: 'main.json', line: 41 }],
    ])
    expect(unit.incomplete).toBe(true)
    expect(renderArm({ 'main.json': nest(5000) }).problems.map((one) => [one.message, problemPlace(one).line])).toEqual(
      [['the file is nested deeper than 500 levels', expect.any(Number)]],
    )
  })
})
