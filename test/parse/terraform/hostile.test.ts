// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { ERROR, jsonOf, outcomeOf, renderFiles, resourceAt, UNKNOWN } from './evaluate.ts'

const MANY = 100_000
/** Each takes well under a second alone; tests of several folders share two cores. */
const TIME = 20_000

const input = (expression: string) => `resource "terraform_data" "x" {\n  input = ${expression}\n}\n`
const locals = (count: number, first: string, next: (name: string) => string) =>
  `locals {\n  l0 = ${first}\n${Array.from({ length: count }, (_, i) => `  l${i + 1} = ${next(`local.l${i}`)}\n`).join('')}}\n`

describe('nesting', { timeout: TIME }, () => {
  it.each([
    ['parentheses', input(`${'('.repeat(MANY)}1${')'.repeat(MANY)}`)],
    ['lists', input('['.repeat(MANY) + ']'.repeat(MANY))],
    ['objects', input(`${'{a='.repeat(MANY)}1${'}'.repeat(MANY)}`)],
    ['templates', input(`${'"${'.repeat(MANY)}1${'}"'.repeat(MANY)}`)],
    ['directives', input(`"${'%{ if true }'.repeat(MANY)}x${'%{ endif }'.repeat(MANY)}"`)],
    ['operators', input(`${'!'.repeat(MANY)}true`)],
    ['sums', input(`1${' + 1'.repeat(MANY)}`)],
    ['conditionals', input(`${'true ? 1 : '.repeat(MANY)}1`)],
    ['splats', input(`[]${'[*]'.repeat(MANY)}`)],
    ['blocks', 'a {\n'.repeat(MANY) + '}\n'.repeat(MANY)],
  ])('%s that are too deep are a problem of their block', (_, text) => {
    const unit = renderFiles(text)
    expect(unit.problems[0]).toMatchObject({ code: 'syntax', message: expect.stringContaining('nested') })
  })

  it('JSON that is too deep is a problem of its file', () => {
    const unit = renderFiles({ 'main.tf.json': `{"locals": ${'{"a":'.repeat(MANY)}1${'}'.repeat(MANY)}}` })
    expect(unit.problems).toMatchObject([{ code: 'syntax' }])
  })

  it.each([
    ['strings', 'a "x" {\n b = "\n}\n'],
    ['parentheses', 'a "x" {\n b = (\n'],
    ['heredocs', 'a = <<EOT\n'],
    ['comments', 'a = /* \n'],
  ])('%s that are not closed are found in linear time', (_, line) => {
    expect(renderFiles(line.repeat(20_000)).problems.length).toBeGreaterThan(0)
  })
})

describe('evaluation', { timeout: TIME }, () => {
  it.each([
    ['a range of 10^12', input('range(1000000000000)'), ERROR],
    [
      'an exponential loop',
      input('[for a in range(1000): [for b in range(1000): [for c in range(1000): c]]]'),
      UNKNOWN,
    ],
    ['lists that double', locals(60, '[1]', (name) => `[${name}, ${name}]`) + input('local.l60'), UNKNOWN],
    ['strings that double', locals(60, '"x"', (name) => `"\${${name}}\${${name}}"`) + input('local.l60'), UNKNOWN],
    ['JSON in JSON', locals(30, '"\\"x"', (name) => `jsonencode([${name}, ${name}])`) + input('local.l30'), UNKNOWN],
    ['numbers that square', locals(60, '1e9000', (name) => `${name} * ${name}`) + input('local.l60'), UNKNOWN],
    ['a chain of locals', locals(MANY, '"x"', (name) => name) + input(`local.l${MANY}`), UNKNOWN],
    ['products of lists', input('setproduct(range(1000), range(1000), range(1000))'), UNKNOWN],
    ['a width of 10^9', input('format("%1000000000d", 1)'), UNKNOWN],
    ['an indent of 10^9', input('indent(1000000000, "a\\nb")'), UNKNOWN],
    ['a pattern that backtracks', input(`regexall("(a*)*b", "${'a'.repeat(20_000)}")`), []],
    ['a pattern that multiplies', input('regexall("((a{0,1000}){0,1000}){0,1000}", "a")'), UNKNOWN],
    [
      '100,000 elements',
      input(`length(distinct([${Array.from({ length: MANY }, (_, i) => `"v${i}"`).join(',')}]))`),
      MANY,
    ],
    [
      '100,000 types',
      input(`length([for x in [${Array.from({ length: MANY }, (_, i) => `{a${i}=1}`).join(',')}] : x])`),
      MANY,
    ],
    ['locals in a ring', `locals {\n  a = local.b\n  b = local.a\n}\n${input('local.a')}`, ERROR],
    ['a file of the machine', input('file("/etc/passwd")'), UNKNOWN],
    ['a file above the tree', input('file("../../../../etc/passwd")'), UNKNOWN],
    ['names of the prototype', input('{ a = 1 }.constructor'), ERROR],
  ])('%s', (_, text, expected) => {
    const unit = renderFiles(text)
    const [value] = [...resourceAt(unit, 'terraform_data.x').value.entries.values()]
    if (expected === ERROR) expect(value!.value).toMatchObject({ kind: 'unknown', reason: 'evaluation-error' })
    else if (expected === UNKNOWN) {
      expect(value!.value).toMatchObject({
        kind: 'unknown',
        reason: expect.stringMatching('limit-exceeded|outside-tree'),
      })
    } else expect(outcomeOf(text.slice(text.indexOf('input = ') + 8, -3))).toEqual(expected)
  })

  it('keeps choices inside choices small', () => {
    const text = `variable "a" {}\n${locals(40, 'var.a ? 1 : 2', (name) => `var.a ? { x = ${name} } : { y = ${name} }`)}`
    expect(JSON.stringify(jsonOf('local.l40', text)).length).toBeLessThan(1_000_000)
  })

  it('names keys of the prototype like any other', () => {
    expect(JSON.stringify(jsonOf('{ __proto__ = 1, constructor = 2 }'))).toBe('{"__proto__":1,"constructor":2}')
  })

  it('stops templates that render themselves', () => {
    const text = '${templatefile("t.tpl", {})}${templatefile("t.tpl", {})}'
    expect(outcomeOf('templatefile("t.tpl", {})', '', { 't.tpl': text })).toBe(UNKNOWN)
  })
})

describe('modules and instances', { timeout: TIME }, () => {
  it('bounds modules that multiply', () => {
    const module = (i: number) =>
      `module "a" {\n  source = "../m${i + 1}"\n  count = 2\n}\nmodule "b" {\n  source = "../m${i + 1}"\n}\nresource "azurerm_x" "x" {}\n`
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}/main.tf`, module(i)]))
    const unit = renderFiles(files, 'm0')
    expect(unit.resources.length).toBeLessThanOrEqual(100_000)
    expect(unit.problems.some(({ code }) => code === 'limit-exceeded')).toBe(true)
  })

  it('does not count to a billion', () => {
    const unit = renderFiles('resource "azurerm_x" "x" {\n  count = 1000000000\n  name  = "x${count.index}"\n}\n')
    expect(unit.resources.map(({ address, maybe }) => [address, maybe?.reason])).toEqual([
      ['azurerm_x.x[*]', 'limit-exceeded'],
    ])
  })
})
