// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { editableOrigin, toPlace } from '../../../src/base/origin.ts'
import { dig, get, itemsOf, toJson, type Value } from '../../../src/base/value.ts'
import { ParseCache } from '../../../src/parse/front-end.ts'
import type { RenderedUnit } from '../../../src/parse/resource.ts'
import { terraform } from '../../../src/parse/terraform/index.ts'
import { treeOf } from '../tree-of.ts'
import { renderFiles, resourceAt } from './evaluate.ts'

const json = (unit: RenderedUnit, address: string) => toJson(resourceAt(unit, address).value)
const addresses = (unit: RenderedUnit) => unit.resources.map((resource) => resource.address)
const written = (value: Value | undefined) => {
  const origin = editableOrigin(value!.origin)
  return `${toPlace(origin).file}:${toPlace(origin).line} ${origin.source.text.slice(origin.start, origin.end)}`
}

describe('references between resources', () => {
  const unit = renderFiles(`
resource "azurerm_virtual_network" "hub" {
  name          = "hub"
  address_space = ["10.0.0.0/16"]
}
resource "azurerm_subnet" "a" {
  for_each             = { app = "10.0.1.0/24" }
  name                 = each.key
  virtual_network_name = azurerm_virtual_network.hub.name
  address_prefixes     = [each.value]
}
resource "azurerm_network_interface" "n" {
  ip_configuration {
    name      = "one"
    subnet_id = azurerm_subnet.a["app"].id
  }
}
resource "azurerm_thing" "t" {
  address = azurerm_network_interface.n.ip_configuration[0].private_ip_address
  name    = azurerm_network_interface.n.ip_configuration[0].name
  whole   = azurerm_virtual_network.hub
}
`)

  it('takes an argument with the place that it is written at', () => {
    const value = get(resourceAt(unit, 'azurerm_subnet.a["app"]').value, 'virtual_network_name')
    expect(toJson(value!)).toBe('hub')
    expect(written(value)).toBe('main.tf:3 "hub"')
  })

  it('refers to what only the provider knows', () => {
    const [block] = itemsOf(get(resourceAt(unit, 'azurerm_network_interface.n').value, 'ip_configuration'))
    expect(get(block, 'subnet_id')).toMatchObject({
      kind: 'unknown',
      reason: 'provider-computed',
      reference: { address: 'azurerm_subnet.a["app"]', attribute: 'id' },
    })
    const { value } = resourceAt(unit, 'azurerm_thing.t')
    expect(get(value, 'address')).toMatchObject({
      reference: { address: 'azurerm_network_interface.n', attribute: 'ip_configuration[0].private_ip_address' },
    })
    expect(toJson(get(value, 'name')!)).toBe('one')
    expect(get(value, 'whole')).toMatchObject({
      kind: 'unknown',
      reference: { address: 'azurerm_virtual_network.hub', attribute: '' },
    })
  })
})

describe('variables', () => {
  const main = 'variable "a" {\n  default = "default"\n}\nresource "azurerm_x" "x" {\n  name = var.a\n}\n'
  it.each([
    [{}, [], 'main.tf:2 "default"'],
    [{ 'terraform.tfvars': 'a = "t"' }, [], 'terraform.tfvars:1 "t"'],
    [{ 'terraform.tfvars': 'a = "t"', 'terraform.tfvars.json': '{"a": "j"}' }, [], 'terraform.tfvars.json:1 "j"'],
    [
      { 'terraform.tfvars': 'a = "t"', 'a.auto.tfvars': 'a = "1"', 'b.auto.tfvars': 'a = "2"' },
      [],
      'b.auto.tfvars:1 "2"',
    ],
    [{ 'b.auto.tfvars': 'a = "2"', 'env/x.tfvars': '# env\na = "e"' }, ['env/x.tfvars'], 'env/x.tfvars:2 "e"'],
  ])('%o', (files, inputs, expected) => {
    const unit = renderFiles({ 'main.tf': main, ...(files as Record<string, string>) }, '.', inputs as string[])
    expect(written(get(resourceAt(unit, 'azurerm_x.x').value, 'name'))).toBe(expected)
  })

  it('is unknown without a default, and takes the default for null where null is refused', () => {
    const unit = renderFiles(
      'variable "a" {}\nvariable "b" {\n  default = 1\n  nullable = false\n}\nmodule "m" {\n  source = "./m"\n}\nresource "azurerm_x" "x" {\n  a = var.a\n  b = var.b\n}\n',
    )
    expect(get(resourceAt(unit, 'azurerm_x.x').value, 'a')).toMatchObject({ reason: 'variable-without-default' })
  })

  it('reports what a validation refuses', () => {
    const unit = renderFiles(
      'variable "a" {\n  default = 5\n  validation {\n    condition = var.a > 10\n    error_message = "too small: ${var.a}"\n  }\n}\n',
    )
    expect(unit.problems.map(({ code, message }) => [code, message])).toEqual([['rejected', 'var.a: too small: 5']])
  })

  it('follows a value through a module to the line that decides', () => {
    const unit = renderFiles({
      'main.tf':
        'variable "c" {\n  default = "x"\n}\nlocals {\n  c = var.c\n}\nmodule "net" {\n  source = "./net"\n  cidr   = local.c\n}\n',
      'terraform.tfvars': '\nc = "10.0.0.0/16"\n',
      'net/main.tf':
        'variable "cidr" {\n  default = "0.0.0.0/0"\n}\nresource "azurerm_x" "x" {\n  cidr = var.cidr\n}\n',
    })
    expect(written(get(resourceAt(unit, 'module.net.azurerm_x.x').value, 'cidr'))).toBe(
      'terraform.tfvars:2 "10.0.0.0/16"',
    )
  })
})

describe('count, for_each and dynamic', () => {
  it('names instances, and says which may not be there', () => {
    const unit = renderFiles(`
variable "on" { type = bool }
variable "n" { type = number }
resource "azurerm_a" "two" { count = 2 }
resource "azurerm_a" "perhaps" { count = var.on ? 1 : 0 }
resource "azurerm_a" "some" {
  count = var.n
  name  = "x-\${count.index}"
}
resource "azurerm_a" "either" { for_each = var.on ? toset(["a", "b"]) : toset(["b"]) }
resource "azurerm_a" "none" { count = 0 }
resource "azurerm_b" "b" { a = azurerm_a.some[3].id }
`)
    expect(unit.resources.map(({ address, maybe }) => [address, maybe !== undefined])).toEqual([
      ['azurerm_a.two[0]', false],
      ['azurerm_a.two[1]', false],
      ['azurerm_a.perhaps[0]', true],
      ['azurerm_a.some[*]', true],
      ['azurerm_a.either["a"]', true],
      ['azurerm_a.either["b"]', false],
      ['azurerm_b.b', false],
    ])
    expect(get(resourceAt(unit, 'azurerm_a.some[*]').value, 'name')).toMatchObject({ kind: 'unknown', prefix: 'x-' })
    expect(get(resourceAt(unit, 'azurerm_b.b').value, 'a')).toMatchObject({
      reference: { address: 'azurerm_a.some[*]', attribute: 'id' },
    })
  })

  it('unrolls dynamic blocks beside written ones, in their order', () => {
    const unit = renderFiles(`
variable "rules" {}
variable "extra" { type = bool }
resource "azurerm_n" "n" {
  rule { name = "first" }
  dynamic "rule" {
    for_each = { b = 2, a = 1 }
    iterator = r
    content {
      name = "\${r.key}-\${r.value}"
      dynamic "inner" {
        for_each = [r.value, 9]
        content { v = inner.value + r.value }
      }
    }
  }
}
resource "azurerm_n" "open" {
  dynamic "rule" {
    for_each = var.rules
    content { name = rule.value }
  }
}
resource "azurerm_n" "choice" {
  dynamic "rule" {
    for_each = var.extra ? ["x"] : []
    content { name = rule.value }
  }
}
`)
    expect(json(unit, 'azurerm_n.n')).toEqual({
      rule: [
        { name: 'first' },
        { name: 'a-1', inner: [{ v: 2 }, { v: 10 }] },
        { name: 'b-2', inner: [{ v: 4 }, { v: 11 }] },
      ],
    })
    expect(get(resourceAt(unit, 'azurerm_n.open').value, 'rule')).toMatchObject({
      kind: 'list',
      items: [{ kind: 'unknown' }],
    })
    expect(get(resourceAt(unit, 'azurerm_n.choice').value, 'rule')).toMatchObject({
      kind: 'choice',
      options: [{ items: [{}] }, { items: [] }],
    })
  })
})

describe('modules', () => {
  it('evaluates nested modules with count and for_each', () => {
    const unit = renderFiles({
      'main.tf':
        'module "a" {\n  source   = "./a"\n  for_each = { x = 1, y = 2 }\n  n        = each.value\n}\nresource "azurerm_r" "r" {\n  ids = [for m in module.a : m.id]\n  one = module.a["y"].name\n}\n',
      'a/main.tf':
        'variable "n" {}\nmodule "b" {\n  source = "../b"\n  count  = var.n\n  i      = count.index\n}\nresource "azurerm_s" "s" {\n  name = "s${var.n}"\n}\noutput "id" { value = azurerm_s.s.id }\noutput "name" { value = azurerm_s.s.name }\n',
      'b/main.tf': 'variable "i" {}\nresource "azurerm_t" "t" {\n  i = var.i\n}\n',
    })
    expect(addresses(unit)).toEqual([
      'azurerm_r.r',
      'module.a["x"].azurerm_s.s',
      'module.a["x"].module.b[0].azurerm_t.t',
      'module.a["y"].azurerm_s.s',
      'module.a["y"].module.b[0].azurerm_t.t',
      'module.a["y"].module.b[1].azurerm_t.t',
    ])
    const { value } = resourceAt(unit, 'azurerm_r.r')
    expect(toJson(get(value, 'one')!)).toBe('s2')
    expect(itemsOf(get(value, 'ids'))).toMatchObject([
      { reference: { address: 'module.a["x"].azurerm_s.s', attribute: 'id' } },
      { reference: { address: 'module.a["y"].azurerm_s.s', attribute: 'id' } },
    ])
  })

  it('keeps the call of a module that is not in the tree', () => {
    const unit = renderFiles(
      'module "aks" {\n  source  = "Azure/aks/azurerm"\n  version = "9.0"\n  private_cluster_enabled = true\n}\nresource "azurerm_x" "x" {\n  id = module.aks.aks_id\n}\n',
    )
    expect(json(unit, 'module.aks')).toEqual({
      source: 'Azure/aks/azurerm',
      version: '9.0',
      private_cluster_enabled: true,
    })
    expect(resourceAt(unit, 'module.aks').kind).toBe('module')
    expect(get(resourceAt(unit, 'azurerm_x.x').value, 'id')).toMatchObject({
      reason: 'remote-module',
      reference: { address: 'module.aks', attribute: 'aks_id' },
    })
    expect(unit.incomplete).toBe(true)
    expect(unit.problems.map(({ code }) => code)).toEqual(['not-followed'])
  })

  it('reads a module that was fetched and committed', () => {
    const unit = renderFiles({
      'main.tf': 'module "net" {\n  source = "git::https://example.org/net.git"\n}\n',
      '.terraform/modules/modules.json':
        '{"Modules": [{"Key": "", "Dir": "."}, {"Key": "net", "Source": "x", "Dir": ".terraform/modules/net"}]}',
      '.terraform/modules/net/main.tf': 'resource "azurerm_x" "x" {}\n',
    })
    expect(addresses(unit)).toEqual(['module.net.azurerm_x.x'])
    expect(unit.problems).toEqual([])
  })

  it('does not leave the tree, nor go round in circles', () => {
    const unit = renderFiles(
      {
        'r/main.tf':
          'module "out" {\n  source = "../../etc"\n}\nmodule "self" {\n  source = "../r"\n}\nmodule "gone" {\n  source = "./gone"\n}\n',
      },
      'r',
    )
    expect(unit.problems.map(({ code }) => code)).toEqual(['not-followed', 'rejected', 'not-followed'])
  })

  it('merges override files, and prefers the files of OpenTofu', () => {
    const unit = renderFiles({
      'main.tf': 'resource "azurerm_x" "x" {\n  a = 1\n  b = 1\n  block { v = 1 }\n}\nlocals {\n  l = 1\n}\n',
      'main_override.tf':
        'resource "azurerm_x" "x" {\n  b = local.l\n  block { v = 2 }\n  block { v = 3 }\n}\nlocals {\n  l = 2\n}\n',
      'other.tf': 'resource "azurerm_x" "y" {}\n',
      'other.tofu': 'resource "azurerm_x" "z" {}\n',
    })
    expect(json(unit, 'azurerm_x.x')).toEqual({ a: 1, b: 2, block: [{ v: 2 }, { v: 3 }] })
    expect(addresses(unit)).toEqual(['azurerm_x.x', 'azurerm_x.z'])
  })

  it('reads JSON syntax', () => {
    const unit = renderFiles({
      'main.tf.json':
        '{"variable": {"v": {"default": "${no template}"}}, "locals": {"a": "${1 + 1}"}, "resource": {"azurerm_x": {"x": {"n": "${local.a}", "t": "n-${local.a}", "v": "${var.v}", "count": 1, "dynamic": {"rule": {"for_each": [1, 2], "content": {"p": "${rule.value}"}}}}}}}',
    })
    expect(json(unit, 'azurerm_x.x[0]')).toEqual({ n: 2, t: 'n-2', v: '${no template}', rule: [{ p: 1 }, { p: 2 }] })
  })
})

describe('data sources', () => {
  const unit = renderFiles(`
resource "azurerm_subnet" "a" {
  name             = "snet"
  resource_group_name = "rg"
  address_prefixes = ["10.0.0.0/24"]
}
data "azurerm_subnet" "same" {
  name = "snet"
  resource_group_name = "rg"
}
data "azurerm_subnet" "other" {
  name = "other"
}
resource "azurerm_x" "x" {
  a = data.azurerm_subnet.same.address_prefixes[0]
  i = data.azurerm_subnet.same.id
  b = data.azurerm_subnet.other.id
  c = data.terraform_remote_state.s.outputs.vnet.id
}
data "terraform_remote_state" "s" {
  backend = "azurerm"
}
`)

  it('resolves to the resource of the same configuration', () => {
    const { value } = resourceAt(unit, 'azurerm_x.x')
    expect(toJson(get(value, 'a')!)).toBe('10.0.0.0/24')
    expect(get(value, 'i')).toMatchObject({ reference: { address: 'azurerm_subnet.a', attribute: 'id' } })
  })

  it('is unknown otherwise', () => {
    const { value } = resourceAt(unit, 'azurerm_x.x')
    expect(get(value, 'b')).toMatchObject({
      reason: 'data-source',
      reference: { address: 'data.azurerm_subnet.other', attribute: 'id' },
    })
    expect(get(value, 'c')).toMatchObject({ reason: 'data-source', reference: { attribute: 'outputs.vnet.id' } })
    expect(resourceAt(unit, 'data.azurerm_subnet.same').kind).toBe('data.azurerm_subnet')
  })
})

describe('decoded files', () => {
  it('know the lines of their values', () => {
    const unit = renderFiles({
      'main.tf':
        'locals {\n  config = yamldecode(file("${path.module}/config.yaml"))\n  more   = jsondecode(file("more.json"))\n}\nresource "azurerm_x" "x" {\n  for_each = local.config.clusters\n  cidr = each.value.cidr\n  size = local.more.size\n}\n',
      'config.yaml': 'clusters:\n  one:\n    cidr: 10.1.0.0/16\n',
      'more.json': '{\n  "size": 3\n}\n',
    })
    const { value } = resourceAt(unit, 'azurerm_x.x["one"]')
    expect(written(get(value, 'cidr'))).toBe('config.yaml:3 10.1.0.0/16')
    expect(written(get(value, 'size'))).toBe('more.json:2 3')
    expect(unit.unit.files).toEqual(['config.yaml', 'main.tf', 'more.json'])
  })
})

describe('versions', () => {
  it('are one resource of the unit', () => {
    const unit = renderFiles({
      'main.tf':
        'terraform {\n  required_version = ">= 1.5"\n  required_providers {\n    azurerm = {\n      source  = "hashicorp/azurerm"\n      version = "~> 3.100"\n    }\n  }\n}\n',
      '.terraform.lock.hcl': 'provider "registry.terraform.io/hashicorp/azurerm" {\n  version = "3.117.0"\n}\n',
    })
    expect(json(unit, 'terraform')).toEqual({
      required_version: ['>= 1.5'],
      providers: { azurerm: { source: 'hashicorp/azurerm', constraints: ['~> 3.100'], locked: '3.117.0' } },
    })
  })
})

describe('errors', () => {
  it('cost their argument, their block or their ring, not their file', () => {
    const unit = renderFiles(
      'resource "azurerm_x" "broken" {\n  a = = 1\n}\nresource "azurerm_x" "x" {\n  a = upper(1, 2)\n  b = 1\n}\nlocals {\n  p = local.q\n  q = local.p\n}\n',
    )
    expect(addresses(unit)).toEqual(['azurerm_x.x'])
    expect(json(unit, 'azurerm_x.x')).toMatchObject({ a: { $error: expect.stringContaining('upper') }, b: 1 })
    expect(unit.problems.map(({ code, at }) => [code, 'source' in at && toPlace(at).line])).toEqual([
      ['syntax', 2],
      ['rejected', 9],
    ])
  })
})

describe('finding root modules', () => {
  const find = (files: Readonly<Record<string, string>>) =>
    terraform.find(treeOf(files)).units.map(({ path, environment, inputs }) => [path, environment, ...inputs])
  const call = (source: string) => `module "m" {\n  source = "${source}"\n}\n`

  it('takes folders that nobody calls', () => {
    expect(
      find({
        'a/main.tf': call('../modules/m'),
        'modules/m/main.tf': call('../n'),
        'modules/n/x.tf': '',
        'modules/unused/x.tf': '',
        '.terraform/modules/q/x.tf': '',
      }),
    ).toEqual([
      ['a', undefined],
      ['modules/unused', undefined],
    ])
    expect(find({ 'main.tf': '', 'examples/one/main.tf': call('../../') })).toEqual([['examples/one', undefined]])
    expect(find({ 'a/main.tf': call('../b'), 'b/main.tf': call('../a') })).toEqual([['a', undefined]])
  })

  it('makes an environment of each variable file', () => {
    const main = 'variable "cidr" {}\nvariable "name" {}\n'
    expect(
      find({
        'r/main.tf': main,
        'r/terraform.tfvars': 'name = 1',
        'r/environments/dev.tfvars': 'cidr = 1',
        'r/environments/prod.tfvars': 'cidr = 2',
      }),
    ).toEqual([
      ['r', 'dev', 'r/environments/dev.tfvars'],
      ['r', 'prod', 'r/environments/prod.tfvars'],
    ])
    expect(
      find({ 'r/main.tf': main, 'r/config/dev.tfvars.json': '{"cidr": 1}', 'r/config/common.tfvars': 'name = 1' }),
    ).toEqual([['r', 'dev', 'r/config/common.tfvars', 'r/config/dev.tfvars.json']])
    expect(
      find({ 'r/main.tf': main, 'r/env/dev/terraform.tfvars': 'cidr = 1', 'r/env/prod/terraform.tfvars': 'cidr = 1' }),
    ).toEqual([
      ['r', 'dev', 'r/env/dev/terraform.tfvars'],
      ['r', 'prod', 'r/env/prod/terraform.tfvars'],
    ])
  })

  it('finds the root of variable files in another folder tree', () => {
    expect(
      find({
        'components/network/main.tf': 'variable "cidr" {}\nvariable "other" {}\n',
        'components/aks/main.tf': 'variable "size" {}\nvariable "cidr" {}\n',
        'environments/network/dev.tfvars': 'cidr = 1',
        'environments/aks/dev.tfvars': 'size = 1',
      }),
    ).toEqual([
      ['components/aks', 'dev', 'environments/aks/dev.tfvars'],
      ['components/network', 'dev', 'environments/network/dev.tfvars'],
    ])
  })
})

describe('base and head', () => {
  it('share what did not change, and not what reads a file that did', () => {
    const files = {
      'a/main.tf': 'resource "azurerm_x" "x" {}\n',
      'b/main.tf': 'resource "azurerm_x" "x" {\n  v = file("b/v.txt")\n}\n'.replace('b/v', 'v'),
      'b/v.txt': '1',
    }
    const base = treeOf(files)
    const head = treeOf({ ...files, 'b/v.txt': '2' })
    const cache = new ParseCache()
    const render = (tree: typeof base, path: string) =>
      terraform.render(tree, { kind: 'terraform', path, inputs: [] }, cache)
    expect(render(base, 'a')).toBe(render(head, 'a'))
    expect(dig(resourceAt(render(base, 'b'), 'azurerm_x.x').value, 'v')).toMatchObject({ value: '1' })
    expect(dig(resourceAt(render(head, 'b'), 'azurerm_x.x').value, 'v')).toMatchObject({ value: '2' })
  })
})
