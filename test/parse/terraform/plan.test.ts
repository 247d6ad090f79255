// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import { describe, expect, it } from 'vitest'
import { editableOrigin, type Origin, toPlace } from '../../../src/base/origin.ts'
import { dig, get, toJson, type Value } from '../../../src/base/value.ts'
import { ParseCache } from '../../../src/parse/front-end.ts'
import { withLaterPlans } from '../../../src/parse/planned/later-plans.ts'
import type { RenderedUnit } from '../../../src/parse/resource.ts'
import { parseTree } from '../../../src/parse/units.ts'
import { treeOf } from '../tree-of.ts'
import { resourceAt } from './evaluate.ts'

const change = (address: string, before: unknown, after: unknown, unknown: unknown = {}, more: object = {}) => {
  const mode = address.startsWith('data.') ? 'data' : 'managed'
  const [type, name] = address.replace(/^data\./, '').split(/[.[]/)
  return { address, mode, type, name, change: { before, after, after_unknown: unknown }, ...more }
}

interface Parts {
  readonly changes?: readonly object[]
  readonly variables?: Readonly<Record<string, unknown>>
  readonly data?: readonly object[]
}

const planText = ({ changes = [], variables = {}, data = [] }: Parts): string =>
  JSON.stringify(
    {
      format_version: '1.2',
      variables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value }])),
      planned_values: { root_module: {} },
      resource_changes: changes,
      prior_state: { values: { root_module: { resources: data } } },
    },
    null,
    1,
  )

function unitsOf(files: Readonly<Record<string, string>>): readonly RenderedUnit[] {
  return parseTree(treeOf(files), { cache: new ParseCache() }).units
}

function only(files: Readonly<Record<string, string>>): RenderedUnit {
  const units = unitsOf(files)
  expect(units.map(({ unit }) => unit.kind)).toEqual(['terraform'])
  return units[0]!
}

const json = (unit: RenderedUnit, address: string) =>
  JSON.parse(JSON.stringify(toJson(resourceAt(unit, address).value)))
const chain = (value: Value | undefined) => {
  const files: string[] = []
  for (let at: Origin | undefined = value?.origin; at !== undefined; at = at.from) {
    files.push(`${toPlace(at).file}:${toPlace(at).line}`)
  }
  return files
}

const SUBNET = `variable "prefix" {
  type = string
}
resource "azurerm_subnet" "a" {
  name             = "a"
  address_prefixes = [var.prefix]
}
`

describe('a plan beside its root module', () => {
  it('gives variables without a default their value, and is no unit of its own', () => {
    const plan = planText({
      variables: { prefix: '10.0.1.0/24' },
      changes: [change('azurerm_subnet.a', null, { name: 'a', address_prefixes: ['10.0.1.0/24'] }, { id: true })],
    })
    const unit = only({ 'main.tf': SUBNET, 'tfplan.json': plan })
    expect(json(unit, 'azurerm_subnet.a')).toEqual({ name: 'a', address_prefixes: ['10.0.1.0/24'] })
    expect(unit.unit.files).toContain('tfplan.json')
    const list = get(resourceAt(unit, 'azurerm_subnet.a').value, 'address_prefixes') as Value & { items: Value[] }
    expect(chain(list.items[0])).toEqual(['main.tf:6', 'tfplan.json:4', 'main.tf:1'])
  })

  it('gives data sources and computed attributes their values, and keeps what they refer to', () => {
    const main = `data "azurerm_client" "me" {
  name = "me"
}
resource "azurerm_firewall" "fw" {
  name = "fw"
  ip_configuration {
    name      = "c"
    subnet_id = "/x"
  }
}
resource "azurerm_route" "r" {
  name                   = "r"
  address_prefix         = data.azurerm_client.me.cidr
  next_hop_in_ip_address = azurerm_firewall.fw.ip_configuration[0].private_ip_address
}
`
    const plan = planText({
      data: [
        {
          address: 'data.azurerm_client.me',
          mode: 'data',
          type: 'azurerm_client',
          name: 'me',
          values: { name: 'me', cidr: '10.9.0.0/16' },
        },
      ],
      changes: [
        change(
          'azurerm_firewall.fw',
          { name: 'fw' },
          {
            name: 'fw',
            id: '/subscriptions/s/fw',
            ip_configuration: [{ name: 'c', subnet_id: '/x', private_ip_address: '10.0.0.4' }],
          },
        ),
        change('azurerm_route.r', null, { name: 'r' }),
      ],
    })
    const unit = only({ 'main.tf': main, 'p.json': plan })
    const route = resourceAt(unit, 'azurerm_route.r')
    expect(json(unit, 'azurerm_route.r')).toEqual({
      name: 'r',
      address_prefix: '10.9.0.0/16',
      next_hop_in_ip_address: '10.0.0.4',
    })
    expect(get(route.value, 'next_hop_in_ip_address')).toMatchObject({
      reference: { address: 'azurerm_firewall.fw', attribute: 'ip_configuration[0].private_ip_address' },
    })
    const place = editableOrigin(get(route.value, 'address_prefix')!.origin)
    expect(toPlace(place)).toMatchObject({ file: 'main.tf', line: 1 })
    // What only the provider adds is no part of what is configured.
    expect(json(unit, 'azurerm_firewall.fw')).toEqual({
      name: 'fw',
      ip_configuration: [{ name: 'c', subnet_id: '/x' }],
    })
  })

  it('takes an argument that cannot be evaluated from the plan, also inside of blocks', () => {
    const main = `module "names" {
  source = "git::https://example.org/names"
}
resource "azurerm_network_security_group" "n" {
  name = "n"
  security_rule {
    name                       = "ssh"
    destination_port_range     = 22
    source_address_prefix      = module.names.office
    destination_address_prefix = "*"
  }
  security_rule {
    name                       = "web"
    destination_port_range     = 443
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
`
    const rule = (name: string, port: string, source: string) => ({
      name,
      destination_port_range: port,
      source_address_prefix: source,
      destination_address_prefix: '*',
      priority: 100,
    })
    const plan = planText({
      changes: [
        change('azurerm_network_security_group.n', null, {
          name: 'n',
          // A set: its order is that of hashes.
          security_rule: [rule('web', '443', '*'), rule('ssh', '22', '192.0.2.7')],
        }),
      ],
    })
    const [unit] = unitsOf({ 'main.tf': main, 'p.json': plan })
    const rules = dig(resourceAt(unit!, 'azurerm_network_security_group.n').value, 'security_rule')
    const written = (rules as Value & { items: Value[] }).items.map((item) =>
      toJson(get(item, 'source_address_prefix')!),
    )
    expect(written).toEqual(['192.0.2.7', '*'])
  })

  it('takes the keys of instances that are not known otherwise', () => {
    const main = `module "m" {
  source = "git::https://example.org/m"
}
resource "azurerm_subnet" "s" {
  for_each         = module.m.subnets
  name             = each.key
  address_prefixes = [each.value]
}
`
    const plan = planText({
      changes: [
        change('azurerm_subnet.s["a"]', null, { name: 'a', address_prefixes: ['10.0.0.0/24'] }),
        change('azurerm_subnet.s["b"]', null, { name: 'b', address_prefixes: ['10.0.1.0/24'] }),
      ],
    })
    const [unit] = unitsOf({ 'main.tf': main, 'p.json': plan })
    const subnets = unit!.resources.filter(({ kind }) => kind === 'azurerm_subnet')
    expect(subnets.map(({ address, maybe }) => [address, maybe])).toEqual([
      ['azurerm_subnet.s["a"]', undefined],
      ['azurerm_subnet.s["b"]', undefined],
    ])
    expect(json(unit!, 'azurerm_subnet.s["b"]')).toEqual({ name: 'b', address_prefixes: ['10.0.1.0/24'] })
  })

  it('tells which branch of a condition holds, with the place of that branch', () => {
    const main = `variable "open" {
  type = bool
}
module "m" {
  source = "git::https://example.org/m"
}
resource "azurerm_storage_account" "s" {
  name                          = "s"
  public_network_access_enabled = module.m.open ? true : false
}
`
    const plan = planText({
      changes: [change('azurerm_storage_account.s', null, { name: 's', public_network_access_enabled: false })],
    })
    const [unit] = unitsOf({ 'main.tf': main, 'p.json': plan })
    const open = get(resourceAt(unit!, 'azurerm_storage_account.s').value, 'public_network_access_enabled')!
    expect(toJson(open)).toBe(false)
    const place = editableOrigin(open.origin)
    expect(place.source.text.slice(place.start, place.end)).toBe('false')
  })
})

describe('a plan and what cannot be read here', () => {
  it('tells what a file outside of the tree holds', () => {
    const main = 'resource "azurerm_x" "x" {\n  name = "x"\n  data = file("../../secret")\n}\n'
    const plan = planText({ changes: [change('azurerm_x.x', null, { name: 'x', data: 'text' })] })
    const unit = only({ 'main.tf': main, 'p.json': plan })
    expect(json(unit, 'azurerm_x.x')).toEqual({ name: 'x', data: 'text' })
  })

  it('leaves what the language refuses refused', () => {
    const main = 'resource "azurerm_x" "x" {\n  name = "x"\n  data = {}.nothing\n}\n'
    const plan = planText({ changes: [change('azurerm_x.x', null, { name: 'x', data: 'text' })] })
    const unit = only({ 'main.tf': main, 'p.json': plan })
    expect(json(unit, 'azurerm_x.x').data).toHaveProperty('$error')
  })

  it.each([
    ['deep', `{"format_version": "1.2", "planned_values": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['broken', '{"format_version": "1.2", "planned_values": {'],
    [
      'of other types',
      '{"format_version": 1, "planned_values": {}, "resource_changes": {"a": 1}, "variables": [], "configuration": 3}',
    ],
    [
      'of deep values',
      planText({
        changes: [
          change('azurerm_subnet.a', null, JSON.parse(`{"name": "a", "x": ${'['.repeat(3000)}${']'.repeat(3000)}}`)),
        ],
      }),
    ],
  ])('reads a plan that is %s without an end of its own', (_, text) => {
    const [unit] = unitsOf({ 'main.tf': SUBNET, 'p.json': text }).filter(({ unit: { kind } }) => kind === 'terraform')
    expect(json(unit!, 'azurerm_subnet.a').name).toBe('a')
  })
})

describe('a plan that is not that of the configuration', () => {
  it('decides nothing that the configuration decides, and says so', () => {
    const main = `variable "source" {
  type = string
}
resource "azurerm_network_security_rule" "r" {
  name                   = "r"
  destination_port_range = "443"
  source_address_prefix  = azurerm_public_ip.p.ip_address
}
resource "azurerm_public_ip" "p" {
  name = "new"
}
`
    const plan = planText({
      changes: [
        change('azurerm_network_security_rule.r', null, {
          name: 'r',
          destination_port_range: '22',
          source_address_prefix: '*',
        }),
        change('azurerm_public_ip.p', null, { name: 'old', ip_address: '192.0.2.1' }),
      ],
    })
    const unit = only({ 'main.tf': main, 'p.json': plan })
    expect(json(unit, 'azurerm_network_security_rule.r')).toMatchObject({
      destination_port_range: '443',
      source_address_prefix: { $unknown: 'azurerm_public_ip.p.ip_address is known after apply' },
    })
    expect(unit.notes).toEqual([
      'The plan p.json is not that of this configuration: of azurerm_network_security_rule.r, azurerm_public_ip.p it says something else, so what is unknown there stays unknown.',
    ])
  })

  it.each([
    [
      'in native syntax',
      {
        'main.tf':
          'resource "azurerm_x" "x" {\n  name = "new"\n  ip = module.m.ip\n  lifecycle {\n    ignore_changes = [name, tags["a"]]\n  }\n}\n',
      },
    ],
    [
      'all of it',
      {
        'main.tf':
          'resource "azurerm_x" "x" {\n  name = "new"\n  ip = module.m.ip\n  lifecycle {\n    ignore_changes = all\n  }\n}\n',
      },
    ],
    [
      'in JSON syntax',
      {
        'main.tf.json':
          '{"resource": {"azurerm_x": {"x": {"name": "new", "ip": "${module.m.ip}", "lifecycle": {"ignore_changes": ["name"]}}}}}',
      },
    ],
  ])('is that of the configuration where what differs is ignored, %s', (_, files) => {
    const plan = planText({ changes: [change('azurerm_x.x', { name: 'old' }, { name: 'old', ip: '192.0.2.1' })] })
    const module = 'module "m" {\n  source = "git::https://example.org/m"\n}\n'
    const [unit] = unitsOf({ ...files, 'm.tf': module, 'p.json': plan })
    expect(unit!.notes).toBeUndefined()
    expect(json(unit!, 'azurerm_x.x')).toEqual({ name: 'new', ip: '192.0.2.1' })
  })

  it('keeps the value that a default gives a variable', () => {
    const main = `variable "port" {
  default = "443"
}
resource "azurerm_network_security_rule" "r" {
  destination_port_range = var.port
}
`
    const plan = planText({
      variables: { port: '22' },
      changes: [change('azurerm_network_security_rule.r', null, { destination_port_range: '22' })],
    })
    const unit = only({ 'main.tf': main, 'p.json': plan })
    expect(json(unit, 'azurerm_network_security_rule.r')).toEqual({ destination_port_range: '443' })
    expect(unit.notes?.[0]).toContain('azurerm_network_security_rule.r, var.port')
  })

  it('is a unit of its own where no root module declares what it was made of', () => {
    const plan = planText({ changes: [change('azurerm_vpn.x', null, { name: 'x' })] })
    const units = unitsOf({ 'infra/main.tf': SUBNET, 'plans/p.json': plan })
    expect(units.map(({ unit }) => [unit.kind, unit.path])).toEqual([
      ['terraform', 'infra'],
      ['plan', 'plans/p.json'],
    ])
  })
})

describe('several plans and environments', () => {
  const plan = (prefix: string) =>
    planText({
      variables: { prefix },
      changes: [change('azurerm_subnet.a', null, { name: 'a', address_prefixes: [prefix] })],
    })

  it('are environments where no variable file tells them', () => {
    const units = unitsOf({
      'main.tf': SUBNET,
      'dev.tfplan.json': plan('10.1.0.0/24'),
      'prod.tfplan.json': plan('10.2.0.0/24'),
    })
    expect(units.map((unit) => [unit.unit.environment, json(unit, 'azurerm_subnet.a').address_prefixes])).toEqual([
      ['dev', ['10.1.0.0/24']],
      ['prod', ['10.2.0.0/24']],
    ])
  })

  it('are joined by the values of variables, and one that fits none is named', () => {
    const main = `${SUBNET}variable "name" {}\noutput "x" {\n  value = var.name\n}\n`
    const tree = treeOf({
      'main.tf': main,
      'env/dev.tfvars': 'name = "d"\n',
      'env/prod.tfvars': 'name = "p"\n',
      'plans/a.json': planText({
        variables: { name: 'p', prefix: '10.2.0.0/24' },
        changes: [change('azurerm_subnet.a', null, { name: 'a', address_prefixes: ['10.2.0.0/24'] })],
      }),
      'plans/b.json': planText({
        variables: { name: 'q', prefix: '10.3.0.0/24' },
        changes: [change('azurerm_subnet.a', null, { name: 'a', address_prefixes: ['10.3.0.0/24'] })],
      }),
    })
    const { units, problems } = parseTree(tree)
    expect(units.map((unit) => [unit.unit.environment, json(unit, 'azurerm_subnet.a').address_prefixes])).toEqual([
      ['dev', [{ $unknown: 'variable "prefix" has no default' }]],
      ['prod', ['10.2.0.0/24']],
    ])
    expect(problems.map(({ code, at }) => [code, 'file' in at ? at.file : ''])).toEqual([
      ['not-followed', 'plans/b.json'],
    ])
  })
})

describe('a plan that only the head has', () => {
  const text = planText({
    variables: { prefix: '10.0.1.0/24' },
    changes: [
      change('azurerm_subnet.a', { name: 'a', address_prefixes: ['10.0.1.0/24'], x: 'old' }, { name: 'a', x: 'new' }),
      change('azurerm_subnet.b', null, { name: 'b' }),
    ],
  })

  it('tells the base what was there before, where there is nothing else than the plan', () => {
    const head = treeOf({ 'p.json': text })
    const base = withLaterPlans(treeOf({}), head)
    const addresses = (tree: typeof head) =>
      parseTree(tree).units.flatMap((unit) => unit.resources.map((r) => r.address))
    expect(addresses(base)).toEqual(['azurerm_subnet.a'])
    expect(addresses(head)).toEqual(['azurerm_subnet.a', 'azurerm_subnet.b'])
  })

  it('tells the base the values that the same variables have', () => {
    const head = treeOf({ 'main.tf': SUBNET, 'p.json': text })
    const base = withLaterPlans(treeOf({ 'main.tf': SUBNET }), head)
    const [unit] = parseTree(base).units
    expect(json(unit!, 'azurerm_subnet.a').address_prefixes).toEqual(['10.0.1.0/24'])
  })

  it('leaves a base alone that has the same plan', () => {
    const base = treeOf({ 'p.json': text })
    expect(withLaterPlans(base, treeOf({ 'p.json': text }))).toBe(base)
  })
})
