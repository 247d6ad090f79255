// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { get, hasKey, toJson } from '../../../src/base/value.ts'
import { ParseCache } from '../../../src/parse/front-end.ts'
import type { RenderedUnit } from '../../../src/parse/resource.ts'
import { terraform } from '../../../src/parse/terraform/index.ts'
import { treeOf } from '../tree-of.ts'
import { renderFiles, resourceAt } from './evaluate.ts'

const json = (unit: RenderedUnit, address: string) => toJson(resourceAt(unit, address).value)

/** A module that is called once for each argument list. */
const calls = (module: string, ...given: readonly string[]) => ({
  'm/main.tf': module,
  'main.tf': given.map((args, i) => `module "m${i}" {\n  source = "./m"\n${args}\n}\n`).join(''),
})

describe('what calls of one module share', () => {
  it('a default, which an assignment to one of them leaves alone', () => {
    const module = `
variable "rules" {
  type    = map(object({ port = optional(number, 443) }))
  default = { web = {} }
}
resource "azurerm_thing" "t" {
  rules = var.rules
}
`
    const unit = renderFiles(calls(module, '', '  rules = { ssh = { port = 22 } }', ''))
    expect(json(unit, 'module.m0.azurerm_thing.t')).toEqual({ rules: { web: { port: 443 } } })
    expect(json(unit, 'module.m1.azurerm_thing.t')).toEqual({ rules: { ssh: { port: 22 } } })
    expect(json(unit, 'module.m2.azurerm_thing.t')).toEqual({ rules: { web: { port: 443 } } })
  })

  it('no default that was read from a file: roots call it from different folders', () => {
    const files = {
      'm/main.tf':
        'variable "text" {\n  default = file("text.txt")\n}\nresource "azurerm_thing" "t" {\n  text = var.text\n}\n',
      'a/main.tf': 'module "m" {\n  source = "../m"\n}\n',
      'a/text.txt': 'of a',
      'b/main.tf': 'module "m" {\n  source = "../m"\n}\n',
      'b/text.txt': 'of b',
    }
    const tree = treeOf(files)
    const cache = new ParseCache()
    const texts = terraform
      .find(tree)
      .units.map((request) => json(terraform.render(tree, request, cache), 'module.m.azurerm_thing.t'))
    expect(texts).toEqual([{ text: 'of a' }, { text: 'of b' }])
  })
})

describe('validations of many instances', () => {
  const sku = `
variable "sku" {
  type = string
  validation {
    condition     = contains(["Basic", "Standard"], var.sku)
    error_message = "no such size: \${var.sku}"
  }
}
`
  const messages = (unit: RenderedUnit) => unit.problems.map(({ message }) => message)

  it('refuses a value after others were admitted', () => {
    const given = ['Basic', 'Standard', 'Basic', 'Huge'].map((value) => `  sku = "${value}"`)
    expect(messages(renderFiles(calls(sku, ...given)))).toEqual(['module.m3.var.sku: no such size: Huge'])
  })

  it('looks again where another variable decides', () => {
    const module = `
variable "least" {
  type = number
}
variable "name" {
  type = string
  validation {
    condition     = length(var.name) >= var.least
    error_message = "too short"
  }
}
`
    const given = [1, 9].map((least) => `  name  = "abc"\n  least = ${least}`)
    expect(messages(renderFiles(calls(module, ...given)))).toEqual(['module.m1.var.name: too short'])
  })
})

describe('values that are evaluated when they are read', () => {
  const unit = renderFiles(`
resource "azurerm_subnet" "a" {
  for_each = toset(["one", "two"])
  name     = each.key
  broken   = tonumber("x")
}
resource "azurerm_thing" "t" {
  ids   = { for key, subnet in azurerm_subnet.a : key => subnet.name }
  count = 1
}
`)

  it('finds one argument by its name, and has the keys of all', () => {
    const { value } = resourceAt(unit, 'azurerm_subnet.a["one"]')
    expect(hasKey(value, 'name')).toBe(true)
    expect(hasKey(value, 'for_each')).toBe(false)
    expect([...value.entries.keys()]).toEqual(['name', 'broken'])
    expect(get(value, 'name')).toBe(value.entries.get('name')!.value)
    expect(get(value, 'count')).toBeUndefined()
  })

  it('reads of a resource that is referred to as a whole what is used', () => {
    expect(json(unit, 'azurerm_thing.t[0]')).toEqual({ ids: { one: 'one', two: 'two' } })
  })
})

it('renders a root anew where a file of a module differs, and gives the same where another one does', () => {
  const files = {
    'a/main.tf': 'module "m" {\n  source = "../m"\n}\n',
    'm/main.tf': 'resource "azurerm_thing" "t" {\n  port = 1\n}\n',
    'm/outputs.tf': '',
    'other/main.tf': '',
  }
  const cache = new ParseCache()
  const render = (changed: Readonly<Record<string, string>>) =>
    terraform.render(treeOf({ ...files, ...changed }), { kind: 'terraform', path: 'a', inputs: [] }, cache)
  const base = render({})
  expect(render({ 'other/main.tf': 'locals {}\n' })).toBe(base)
  const head = render({ 'm/main.tf': 'resource "azurerm_thing" "t" {\n  port = 2\n}\n' })
  expect(json(head, 'module.m.azurerm_thing.t')).toEqual({ port: 2 })
  expect(json(base, 'module.m.azurerm_thing.t')).toEqual({ port: 1 })
  expect(head.unit.files).toEqual(['a/main.tf', 'm/main.tf', 'm/outputs.tf'])
})
