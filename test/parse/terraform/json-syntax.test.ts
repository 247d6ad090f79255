// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { editableOrigin, toPlace } from '../../../src/base/origin.ts'
import { get, toJson } from '../../../src/base/value.ts'
import { renderFiles, resourceAt } from './evaluate.ts'

type Json = Readonly<Record<string, unknown>>

/** All resources of a module by address, as JSON output prints them. */
function valuesOf(files: string | Readonly<Record<string, string>>): unknown {
  const { resources } = renderFiles(files)
  return JSON.parse(JSON.stringify(Object.fromEntries(resources.map(({ address, value }) => [address, toJson(value)]))))
}

const inJson = (document: Json) => ({ 'main.tf.json': JSON.stringify(document, null, 2) })

/** Each is the same module in both forms. Source: developer.hashicorp.com/terraform/language/syntax/json */
const SAME: readonly (readonly [name: string, native: string, json: Json])[] = [
  [
    'one nested block as an object',
    'resource "azurerm_firewall" "f" {\n  name = "f"\n  ip_configuration {\n    name = "c"\n  }\n}\nresource "azurerm_route" "r" {\n  next_hop = azurerm_firewall.f.ip_configuration[0].name\n}',
    {
      resource: {
        azurerm_firewall: { f: { name: 'f', ip_configuration: { name: 'c' } } },
        azurerm_route: { r: { next_hop: '${azurerm_firewall.f.ip_configuration[0].name}' } },
      },
    },
  ],
  [
    'nested blocks as a list of objects, blocks inside blocks',
    'resource "azurerm_lb" "l" {\n  a {\n    x = 1\n    b {\n      y = 2\n    }\n  }\n  a {\n    x = 3\n  }\n}',
    { resource: { azurerm_lb: { l: { a: [{ x: 1, b: { y: 2 } }, { x: 3 }] } } } },
  ],
  [
    'several blocks of equal labels as a list of objects, and the body of a file as a list',
    'resource "terraform_data" "a" {\n  input = 1\n}\nresource "terraform_data" "b" {\n  input = 2\n}\nlocals {\n  x = 1\n}\nlocals {\n  y = 2\n}\nresource "terraform_data" "c" {\n  input = local.x + local.y\n}',
    {
      resource: [
        { terraform_data: { a: { input: 1 } } },
        { terraform_data: [{ b: { input: 2 } }, { c: { input: '${local.x + local.y}' } }] },
      ],
      locals: [{ x: 1 }, { y: 2 }],
      data: {},
      '//': 'a comment',
      check: { empty: {} },
      moved: [{ from: 'terraform_data.z', to: 'terraform_data.a' }],
      import: { to: 'terraform_data.a', id: 'x' },
      removed: { from: 'terraform_data.gone' },
      output: { o: { value: '${local.x}', precondition: { condition: true, error_message: 'no' } } },
      provider: { azurerm: [{ features: {} }, { alias: 'b', features: {} }] },
      module: { m: { source: './nowhere', '//': 'kept ${ out' } },
    },
  ],
  [
    'comments of any text at every level of a block',
    'locals {\n  a = 1\n}\nresource "azurerm_x" "a" {\n  n = local.a\n  rule {\n    m = 2\n  }\n}',
    {
      locals: { '//': { any: ['thing'] }, a: 1 },
      resource: {
        '//': 'x',
        azurerm_x: { '//': 1, a: { '//': '${ not a template', n: '${local.a}', rule: { '//': '%{', m: 2 } } },
      },
    },
  ],
  [
    'expressions as templates, also in keys',
    'locals {\n  k = "b"\n  list = [1, 2]\n}\nresource "terraform_data" "a" {\n  input = {\n    (local.k) = "x-${local.k}"\n    n = local.list[1]\n    t = "%{ if local.k == "b" }yes%{ else }no%{ endif }"\n    e = "$${k}"\n    f = [for i in local.list : i * 2]\n    q = "a\\"b\\nc"\n  }\n}',
    {
      locals: { k: 'b', list: [1, 2] },
      resource: {
        terraform_data: {
          a: {
            input: {
              '${local.k}': 'x-${local.k}',
              n: '${local.list[1]}',
              t: '%{ if local.k == "b" }yes%{ else }no%{ endif }',
              e: '$${k}',
              f: '${[for i in local.list : i * 2]}',
              q: 'a"b\nc',
            },
          },
        },
      },
    },
  ],
  [
    'dynamic blocks, in blocks of the provider as well',
    'locals {\n  ports = [80, 443]\n}\nresource "azurerm_nsg" "n" {\n  dynamic "rule" {\n    for_each = local.ports\n    iterator = p\n    content {\n      port = p.value\n      dynamic "source" {\n        for_each = ["a"]\n        content {\n          v = "${source.value}-${p.key}"\n        }\n      }\n    }\n  }\n  outer {\n    dynamic "inner" {\n      for_each = { x = 1 }\n      content {\n        w = inner.key\n      }\n    }\n  }\n}',
    {
      locals: { ports: [80, 443] },
      resource: {
        azurerm_nsg: {
          n: {
            dynamic: {
              rule: {
                for_each: '${local.ports}',
                iterator: 'p',
                content: {
                  port: '${p.value}',
                  dynamic: { source: [{ for_each: ['a'], content: { v: '${source.value}-${p.key}' } }] },
                },
              },
            },
            outer: { dynamic: { inner: { for_each: { x: 1 }, content: { w: '${inner.key}' } } } },
          },
        },
      },
    },
  ],
  [
    'variables, whose strings are constants and whose types are expressions',
    'variable "v" {\n  type = map(object({ a = optional(string, "z") }))\n  default = { k = {} }\n}\nvariable "w" {\n  default = "$${x}"\n}\nresource "terraform_data" "a" {\n  for_each = var.v\n  input = [each.key, each.value.a, var.w]\n  lifecycle {\n    ignore_changes = [input]\n  }\n}',
    {
      variable: {
        v: { type: 'map(object({ a = optional(string, "z") }))', default: { k: {} } },
        w: { default: '${x}' },
      },
      resource: {
        terraform_data: {
          a: {
            for_each: '${var.v}',
            input: ['${each.key}', '${each.value.a}', '${var.w}'],
            lifecycle: { ignore_changes: ['input'] },
          },
        },
      },
    },
  ],
  [
    'objects that are arguments, and arguments that are called like blocks of the language',
    'resource "azurerm_kubernetes_cluster" "c" {\n  tags = { a = "b" }\n  for_each = { one = 1 }\n  content = "text"\n  backend = "x"\n}\nresource "terraform_data" "t" {\n  input = { "//" = "kept" }\n}\nresource "azapi_resource" "z" {\n  body = { properties = { dynamic = { a = 1 } } }\n}',
    {
      resource: {
        azurerm_kubernetes_cluster: { c: { tags: { a: 'b' }, for_each: { one: 1 }, content: 'text', backend: 'x' } },
        terraform_data: { t: { input: { '//': 'kept' } } },
        azapi_resource: { z: { body: { properties: { dynamic: { a: 1 } } } } },
      },
    },
  ],
  [
    'settings of the tool',
    'terraform {\n  required_version = ">= 1.5"\n  required_providers {\n    azurerm = {\n      source = "hashicorp/azurerm"\n      version = "~> 4.1"\n    }\n  }\n  backend "azurerm" {}\n}\nresource "terraform_data" "a" {}',
    {
      terraform: {
        required_version: '>= 1.5',
        required_providers: { '//': 'x', azurerm: { source: 'hashicorp/azurerm', version: '~> 4.1' } },
        backend: { azurerm: {} },
      },
      resource: { terraform_data: { a: {} } },
    },
  ],
  [
    'numbers of any length, null and empty lists',
    'resource "terraform_data" "a" {\n  input = [12345678901234567890 == 12345678901234567891, 0.1 + 0.2 == 0.3, null, []]\n}',
    {
      locals: { a: 0 },
      resource: {
        terraform_data: {
          a: { input: ['${12345678901234567890 == 12345678901234567891}', '${0.1 + 0.2 == 0.3}', null, []] },
        },
      },
    },
  ],
  [
    'objects of Kubernetes',
    'resource "kubernetes_network_policy" "p" {\n  metadata {\n    name = "p"\n    labels = { a = "b" }\n  }\n  spec {\n    pod_selector {}\n    policy_types = ["Ingress"]\n    ingress {\n      from {\n        pod_selector {\n          match_labels = { x = "y" }\n        }\n      }\n      ports {\n        port = "80"\n      }\n    }\n  }\n}\nresource "kubernetes_service" "s" {\n  metadata {\n    name = "s"\n  }\n  spec {\n    selector = { app = "web" }\n    port {\n      port = 80\n    }\n  }\n}',
    {
      resource: {
        kubernetes_network_policy: {
          p: {
            metadata: { name: 'p', labels: { a: 'b' } },
            spec: {
              pod_selector: {},
              policy_types: ['Ingress'],
              ingress: [{ from: { pod_selector: { match_labels: { x: 'y' } } }, ports: { port: '80' } }],
            },
          },
        },
        kubernetes_service: { s: { metadata: { name: 's' }, spec: { selector: { app: 'web' }, port: { port: 80 } } } },
      },
    },
  ],
]

describe('JSON syntax', () => {
  it.each(SAME)('reads %s as native syntax has it', (_, native, json) => {
    const values = valuesOf(native) as Record<string, unknown>
    expect(Object.keys(values).length).toBeGreaterThan(0)
    expect(valuesOf(inJson(json))).toEqual(values)
  })

  it('says what is no block, and reads the rest', () => {
    const unit = renderFiles({
      'main.tf.json':
        '{\n "resorce": {},\n "resource": {"terraform_data": {"a": "x", "b": {"input": "${ 1 +"}, "c": {"input": 1}}}\n}',
    })
    expect(unit.problems.map(({ code, message, at }) => [code, message, 'source' in at && toPlace(at).line])).toEqual([
      ['rejected', 'resorce is no block of a module', 2],
      ['syntax', 'a block is written as an object or a list of objects', 3],
      ['syntax', expect.any(String), 3],
    ])
    expect(toJson(resourceAt(unit, 'terraform_data.c').value)).toEqual({ input: 1 })
  })

  it('points to the value in the file', () => {
    const files = inJson({
      locals: { cidr: '10.0.0.0/8' },
      resource: { azurerm_x: { a: { rule: { source: '${local.cidr}' } } } },
    })
    const unit = renderFiles(files)
    const rule = get(resourceAt(unit, 'azurerm_x.a').value, 'rule') as { items: readonly never[] } & never
    const source = get((rule as { items: never[] }).items[0], 'source')!
    const place = editableOrigin(source.origin)
    expect(place.source.text.slice(place.start, place.end)).toBe('"10.0.0.0/8"')
  })

  it('leaves comments out of values files', () => {
    const unit = renderFiles({
      'main.tf': 'variable "a" {}\nresource "terraform_data" "a" {\n  input = var.a\n}\n',
      'terraform.tfvars.json': '{"//": "${ x", "a": "${b}"}',
    })
    expect(unit.problems).toEqual([])
    expect(toJson(resourceAt(unit, 'terraform_data.a').value)).toEqual({ input: '${b}' })
  })
})
