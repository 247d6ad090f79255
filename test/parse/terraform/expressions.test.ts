// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { ERROR, outcomeOf, UNKNOWN } from './evaluate.ts'

type Row = readonly [expression: string, expected: unknown]

const NAMES = `
locals {
  list  = ["a", "b"]
  map   = { x = 1, y = 2 }
  vms   = [{ name = "v1", nics = [{ ip = "10.0.0.4" }] }, { name = "v2", nics = [] }]
  none  = null
  name  = "hub"
  u     = terraform_data.other.id
}
resource "terraform_data" "other" {
  input = { name = "n", list = [1, 2] }
}
`

function check(rows: readonly Row[]): void {
  it.each(rows)('%s', (expression, expected) => {
    expect(outcomeOf(expression, NAMES)).toEqual(expected)
  })
}

describe('literals', () => {
  check([
    ['1.5e3', 1500],
    ['-7', -7],
    ['"\\u00e9\\n\\t\\"\\\\"', 'é\n\t"\\'],
    ['"$${a} %%{b} $a %b"', '${a} %{b} $a %b'],
    ['[1, "a", true, null,]', [1, 'a', true, null]],
    ['{ a = 1, "b c" : 2, (local.name) = 3 }', { a: 1, 'b c': 2, hub: 3 }],
    ['{\n a = 1 # one\n b = 2 // two\n /* three */\n }', { a: 1, b: 2 }],
    ['{ (null) = 1 }', ERROR],
    ['tostring(9007199254740993)', '9007199254740993'],
    ['tostring(1 / 4)', '0.25'],
  ])
})

describe('operators', () => {
  check([
    ['1 + 2 * 3 - 4 / 2 % 3', 5],
    ['(1 + 2) * 3', 9],
    ['-5 / 2', -2.5],
    ['-7 % 3', -1],
    ['1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3', true],
    ['!true || false', false],
    ['"1" + 1', 2],
    ['1 == "1"', false],
    ['[1, 2] == [1, 2]', true],
    ['{ a = 1 } != { a = 2 }', true],
    ['null == null', true],
    ['local.none == "a"', false],
    ['1 / 0', ERROR],
    ['"a" < "b"', ERROR],
    ['true + 1', ERROR],
    ['(\n 1\n +\n 2\n)', 3],
  ])
})

describe('conditionals', () => {
  check([
    ['true ? "a" : "b"', 'a'],
    ['false ? 1 : "b"', 'b'],
    ['true ? 1 : "b"', '1'],
    ['true ? null : "b"', null],
    ['true ? [] : ["a"]', []],
    ['true ? { a = 1 } : {}', { a: 1 }],
    ['true ? ["a"] : { a = 1 }', ERROR],
    ['true ? 1 : local.list[5]', 1],
    ['null ? 1 : 2', ERROR],
    ['local.u == "x" ? 1 : 2', UNKNOWN],
    ['local.u == "x" ? 1 : 1', 1],
    ['{ a = 1 }[local.u]', UNKNOWN],
  ])
})

describe('for', () => {
  check([
    ['[for v in local.list : upper(v)]', ['A', 'B']],
    ['[for i, v in local.list : "${i}${v}" if v != "a"]', ['1b']],
    ['[for k, v in local.map : "${k}=${v}"]', ['x=1', 'y=2']],
    ['{ for k, v in local.map : upper(k) => v + 1 }', { X: 2, Y: 3 }],
    ['{ for v in local.list : "k" => v... }', { k: ['a', 'b'] }],
    ['{ for v in local.list : "k" => v }', ERROR],
    ['[for v in toset(["b", "a"]) : v]', ['a', 'b']],
    ['[for a in [1, 2] : [for b in [3] : a * b]]', [[3], [6]]],
    ['[for v in null : v]', ERROR],
    ['[for v in "abc" : v]', ERROR],
  ])
})

describe('lookups', () => {
  check([
    ['local.list[0]', 'a'],
    ['local.list.1', 'b'],
    ['local.map["x"]', 1],
    ['local.map.y', 2],
    ['local.vms[0].nics[0].ip', '10.0.0.4'],
    ['local.vms.0.nics.0.ip', '10.0.0.4'],
    ['local.vms[*].name', ['v1', 'v2']],
    ['local.vms.*.name', ['v1', 'v2']],
    ['local.vms.*.name[0]', 'v1'],
    ['local.vms[*].nics[*].ip', [['10.0.0.4'], []]],
    ['local.none[*]', []],
    ['local.name[*]', ['hub']],
    ['(local.map).x', 1],
    ['{ a = [1] }.a[0]', 1],
    ['local.list[2]', ERROR],
    ['local.list[-1]', ERROR],
    ['local.map.z', ERROR],
    ['local.none.x', ERROR],
    ['toset(["a"])[0]', ERROR],
    ['[0, 1]["1"]', 1],
    ['concat([["a"], ["b"]]...)', ['a', 'b']],
  ])
})

describe('templates', () => {
  check([
    ['"a-${local.name}-${1 + 1}"', 'a-hub-2'],
    ['"${local.list}"', ['a', 'b']],
    ['"x${local.list}"', ERROR],
    ['"x${null}"', ERROR],
    ['"%{ if local.name == "hub" }yes%{ else }no%{ endif }"', 'yes'],
    ['"%{ for i, v in local.list }${i}${v};%{ endfor }"', '0a;1b;'],
    ['"a  ${~ local.name ~}  b"', 'ahubb'],
    ['<<EOT\n  a\n    b\nEOT\n', '  a\n    b\n'],
    ['<<-EOT\n    a\n      b\n\n    ${local.name}\n  EOT\n', 'a\n  b\n\nhub\n'],
    ['<<-EOT\n    %{ for v in local.list ~}\n    ${v}\n    %{ endfor ~}\n  EOT\n', '    a\n    b\n'],
    ['[<<A\nx\nA\n, "y"]', ['x\n', 'y']],
  ])
})

describe('references', () => {
  check([
    ['terraform_data.other.input.name', 'n'],
    ['terraform_data.other.input.list[1]', 2],
    ['terraform_data.other.id', UNKNOWN],
    ['terraform_data.other.output.missing', ERROR],
    ['length(terraform_data.other.output.list)', 2],
    ['terraform_data.nowhere.id', ERROR],
    ['var.missing', ERROR],
    ['local.missing', ERROR],
    ['data.azurerm_subnet.missing.id', ERROR],
    ['module.missing.x', ERROR],
    ['each.key', ERROR],
    ['path.module', '.'],
    ['path.cwd', UNKNOWN],
    ['terraform.workspace', UNKNOWN],
    ['length(terraform.workspace) > 100 ? "a" : "a"', 'a'],
    ['terraform.workspace == null', false],
    ['false && local.u == "x"', false],
    ['local.u == null', false],
    ['"x-${local.u}" == "y"', false],
  ])
})

describe('types of variables', () => {
  const typed = (type: string, value: string) => `variable "v" {\n  type = ${type}\n  default = ${value}\n}`
  it.each([
    ['string', '1', '1'],
    ['number', '"1.50"', 1.5],
    ['bool', '"true"', true],
    ['any', '{ a = 1 }', { a: 1 }],
    ['list(string)', '[1, true]', ['1', 'true']],
    ['list(any)', '["a", 1]', ['a', '1']],
    ['set(number)', '["10", 9, 10]', [9, 10]],
    ['map(string)', '{ a = 1 }', { a: '1' }],
    ['tuple([string, number])', '[1, "2"]', ['1', 2]],
    ['object({ a = string })', '{ a = 1, b = 2 }', { a: '1' }],
    ['object({ a = string, b = optional(number) })', '{ a = "x" }', { a: 'x', b: null }],
    [
      'object({ a = optional(string, "d"), b = optional(object({ c = optional(number, 3) }), {}) })',
      '{}',
      { a: 'd', b: { c: 3 } },
    ],
    ['map(object({ n = optional(number, 1) }))', '{ k = {}, l = { n = null } }', { k: { n: 1 }, l: { n: 1 } }],
    ['list(object({ a = string }))', '[{ a = 1 }]', [{ a: '1' }]],
    ['"string"', '1', '1'],
    ['number', '"x"', ERROR],
    ['object({ a = string })', '{}', ERROR],
    ['list(object)', '[]', ERROR],
  ])('%s from %s', (type, value, expected) => {
    expect(outcomeOf('var.v', typed(type, value))).toEqual(expected)
  })
})
