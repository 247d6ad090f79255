// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { parse as parseIndependently } from '@cdktf/hcl2json'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/base/edit.ts'
import { toPlace } from '../../../src/base/origin.ts'
import { SourceText } from '../../../src/base/text.ts'
import { parseNative } from '../../../src/parse/terraform/parse-body.ts'
import { describeBody, describeJson } from './compare-trees.ts'

const parse = (text: string) => parseNative(new SourceText('main.tf', text))

const SAMPLES: Readonly<Record<string, string>> = {
  blocks:
    'resource "azurerm_x" "y" {\n  a = 1\n  inner {\n    b = "s"\n    deep "label" {}\n  }\n  inner {}\n}\nlocals {}\n',
  oneLine: 'variable "a" { default = true }\nb "c" {}\n',
  comments: '# one\n// two\n/* three\n four */ a = 1 # five\nb = [ # six\n  1, // seven\n]\n',
  literals: 'a = null\nb = -1.5e3\nc = "x\\ty\\"z"\nd = [1, [true], {}]\ne = { k = 1, "l m" : "n", (o) = 2 }\n',
  expressions:
    'a = var.b[0].c\nb = x ? y : z\nc = f(a, b...)\nd = [for k, v in m : v if v > 1]\ne = a.*.b\nf = !a && (b || c)\n',
  templates:
    'a = "x-${b}-y"\nb = "${c}"\nc = <<EOT\nl1\n  l2\nEOT\nd = <<-EOT\n    l1\n      l2\n  EOT\ne = "%{ if a }b%{ else }c%{ endif }"\n',
  unicode: 'grüße = "žluťoučký 👋"\nb = "\\u00e9"\n',
  windows: 'a = 1\r\nb {\r\n  c = "d"\r\n}\r\n',
  lines: 'a = (\n  1 +\n  2\n)\nb = f(\n  1,\n  2,\n)\nc = {\n  x = 1\n\n  y = 2, z = 3\n}\n',
}

describe('the parser', () => {
  it.each(Object.entries(SAMPLES))('reads %s as an independent parser does', async (name, text) => {
    const file = parse(text)
    expect(file.problems).toEqual([])
    expect(describeBody(file.body, text)).toEqual(describeJson(await parseIndependently(`${name}.tf`, text)))
  })

  it.each([
    ['a = = 1\nb "c" {\n}\n', 1, ['b']],
    ['x "y" {\n  a = [1\n}\nb "c" {\n  d = 1\n}\n', 3, ['b']],
    ['x "y" {\n  a = "open\n}\nb "c" {}\n', 2, ['b']],
    ['b {}\nx {\n  a = 1 2\n}\nc {}\n', 3, ['b', 'c']],
    ['x {\n  a = 1\nb "c" {}\n', 3, ['b']],
    ['b {}\nx = <<EOT\nnever closed\n', 2, ['b']],
  ])('loses no more than the broken block of %o', (text, line, blocks) => {
    const file = parse(text)
    expect(file.body.blocks.map((block) => block.type)).toEqual(expect.arrayContaining(blocks))
    const [problem] = file.problems
    expect(problem).toMatchObject({ code: 'syntax' })
    expect('source' in problem!.at && toPlace(problem!.at).line).toBe(line)
  })

  it('keeps the first of two equal arguments', () => {
    const file = parse('a = 1\na = 2\n')
    expect(file.problems.map(({ code }) => code)).toEqual(['duplicate-key'])
    expect(file.body.attributes.map(({ start }) => start)).toEqual([0])
  })

  it('ends every expression where its text ends', () => {
    for (const text of Object.values(SAMPLES)) {
      for (const { expression } of parse(text).body.attributes) {
        const again = parse(`again = ${text.slice(expression.start, expression.end)}\n`)
        expect(again.problems).toEqual([])
      }
    }
  })
})

/** Texts that are mostly HCL, so that the parser gets far. */
const pieces = fc.constantFrom(
  'a',
  ' = ',
  '"x"',
  '"${',
  '}',
  '{',
  '\n',
  '[',
  ']',
  '(',
  ')',
  'for ',
  'in ',
  ':',
  '.',
  '*',
  '<<A\n',
  'A\n',
  '#',
  '/*',
  '*/',
  '1',
  '?',
  '%{ if ',
  '"',
  '\\',
  ',',
  '...',
  '=>',
  'é',
  '\r\n',
)

describe('laws', () => {
  it('never throws, and names a place inside the text', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('')
        for (const { at } of parse(text).problems) {
          if ('source' in at) expect(at.start).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('gives back the text where every expression is replaced by itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(SAMPLES)), (text) => {
        const edits = parse(text).body.attributes.map(({ expression: { start, end } }) => ({
          path: 'main.tf',
          start,
          end,
          text: text.slice(start, end),
        }))
        expect(applyEdits(text, edits)).toBe(text)
      }),
    )
  })

  it('reads the same whatever stands in place of a literal', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const text = '# before\na = "old" # behind\nb {\n  c = 1\n}\n'
        const [attribute] = parse(text).body.attributes
        const quoted = JSON.stringify(value.replace(/[\\$%\p{Cc}]/gu, ''))
        const { start, end } = attribute!.expression
        const edited = applyEdits(text, [{ path: 'main.tf', start, end, text: quoted }])
        const again = parse(edited)
        expect(again.problems).toEqual([])
        expect(again.body.blocks.length).toBe(1)
        expect(applyEdits(edited, [{ path: 'main.tf', start, end: start + quoted.length, text: '"old"' }])).toBe(text)
      }),
    )
  })
})
