// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import { describe, expect, it } from 'vitest'
import { editableOrigin, toPlace } from '../../src/base/origin.ts'
import { problemPlace } from '../../src/base/problem.ts'
import { SourceText } from '../../src/base/text.ts'
import { dig, toJson } from '../../src/base/value.ts'
import { bicep } from '../../src/parse/bicep/index.ts'
import { parseBicep } from '../../src/parse/bicep/parse.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { bicepValue, listResources, PARAMETERS, renderBicep, TEMPLATE } from './azure-render.ts'
import { treeOf } from './tree-of.ts'

const NSG = 'Microsoft.Network/networkSecurityGroups@2024-05-01'
const VNET = 'Microsoft.Network/virtualNetworks@2024-05-01'

describe('the parser', () => {
  /** Forms that are easily missed, each of which must parse without a problem. */
  it.each([
    "param sku resourceInput<'Microsoft.Network/azureFirewalls@2024-05-01'>.properties.sku.tier = 'Standard'",
    "param a resourceOutput<'Microsoft.Network/virtualNetworks@2024-05-01'>.properties?",
    'param p { *: string } = {}',
    "param mode\n  | 'Default'\n  | 'Copy'",
    "type t = {\n  @description('x')\n  *: string\n  kind: 'a' | 'b'\n  list: (string | int)[]?\n}",
    "@discriminator('kind')\ntype u = a | b",
    "type a = { kind: 'a' }[*]",
    'type v = t.kind | null',
    'param tuple [string, int?]',
    "type mixed = ('a'|{ shape: '*', size: '*'}|10|-10|true|!true|null)[]",
    'type spaced = int [] [] ?',
    "var empty = ''''''",
    'var if = true',
    "var call = like ('a', 'b')",
    'var l = [\n  /* x */ for i in range(0, 2) : i /* y */\n]',
    "module m 'a b.bicep' =\n// comment\nif (1 + 1 == 2) {\n  name: 'm'\n}",
    "resource r 'az:My.Rp/type@2020-01-01' = {\n  name: 'r'\n}",
    'param x int[]?[]',
    "var a = [\n  ...b\n  'c'\n]",
    'var o = {\n  ...a\n  b: 1, c: 2\n}',
    'var b = contains(x!, y!.z)',
    'var c = list[^1]',
    'var c = list[?^1].?name',
    "var m = '''\nraw ${x} \\n\n'''",
    "var m = $'''\nport ${port}\n'''",
    "var m = $$'''$${a} ${b}'''",
    "var q = ''''quoted''''",
    "import {\n  a\n  b as c,\n  d\n} from 'other.bicep'",
    "import * as types from 'br/public:avm/utl/types/avm-common-types:0.5.1'",
    "import { 'odd-name' as odd } from 'x.json'",
    "@export()\n@description('adds')\nfunc add(\n  a int\n  , b int?\n) int =>\n  a + b",
    'extension microsoftGraph',
    "extension 'br:mcr.microsoft.com/x:1.0' with {\n  a: 1\n} as graph",
    "using 'main.bicep'",
    'using none',
    "extends 'base.bicepparam'",
    "targetScope = 'subscription'",
    'metadata name = { a: 1 }',
    'assert ok = 1 == 1',
    'var typed string = 1',
    'var t = a\n  ? b\n  : c ? d\n  : e',
    'var l = a ||\n  b\n  && c',
    'var n = (\n  1\n  + 2\n)',
    'var f = map(list,\n  (x, i) => {\n    a: x\n  }\n)',
    'var e = [for (x, i) in y!: {\n  a: i\n}]',
    'var s = sys.concat(az.resourceGroup().name)',
    'var d = a.b::c.d',
    '#disable-next-line no-unused-vars\nvar z = 1 // comment\n/* block\n comment */',
    'output o array = [for i in range(0, 2): i]',
    "output r resource 'a/b@1' = x",
    "resource x 'a/b@1' existing = if (c) {\n  name: 'n'\n}",
    "resource x 'a/b@1' = [for i in l: if (i > 1) {\n  name: 'n'\n}]",
    "resource x 'a/b@1' =\n{\n  name: 'n'\n  resource: 1\n  @batchSize(1)\n  resource y 'c' = [for i in l: {\n    name: i\n  }]\n}",
    "module m 'ts/spec:1.0' = [for i in l: {\n  params: { a: i }\n}]",
    "var i = '${'${'nested'}'}'",
    "var u = '\\u{1F600}\\$ \\''",
    'param p string\r\nvar v = 1\r\n',
  ])('reads %j', (text) => {
    expect(parseBicep(new SourceText('main.bicep', text)).problems).toEqual([])
  })

  it('loses only the declaration that is broken', () => {
    const text =
      "param a string\nparam b = [\n  1 2\n]\nvar c = 'open\nvar d = 1\nresource e 'x/y@1' = {\n  name: \n}\noutput f int = d\n"
    const { declarations, problems } = parseBicep(new SourceText('main.bicep', text))
    expect(declarations.map((one) => one.kind)).toEqual(['parameter', 'variable', 'output'])
    expect(problems.map((one) => problemPlace(one).line)).toEqual([3, 5, 9])
  })

  it.each([
    ["'''a\n'b'\n'''", "a\n'b'\n"],
    ["'''\nkeeps ${x} \\n'''", 'keeps ${x} \\n'],
    ["''''quoted''''", "'quoted'"],
    ["''''''", ''],
    ["''''\nabc\n''''", "'\nabc\n'"],
    ["'jk$l$'", 'jk$l$'],
    ["$'''\n${1 + 1} $${2}'''", '2 $2'],
    ["$$'''${a} $${1}'''", '${a} 1'],
    ["'\\u{e9}\\t\\$'", 'é\t$'],
    ["'a${1}b${true}c${null}d${[1]}'", 'a1bTruecd[1]'],
  ])('string %s', (text, expected) => {
    expect(toJson(bicepValue(text))).toBe(expected)
  })

  it.each([
    ['1 + 2 * 3', 7],
    ['-(1 + 2)', -3],
    ['false || true && false', false],
    ["null ?? false ? 'a' : 'b'", 'b'],
    ['1 < 2 == true', true],
    ['[1, 2, 3][^1]', 3],
    ["[1][?^2] ?? 'none'", 'none'],
    ['{ a: null }.?a.b.c', null],
    ['{}.?a[0]', null],
  ])('%s', (expression, expected) => {
    expect(toJson(bicepValue(expression))).toBe(expected)
  })
})

describe('names', () => {
  it('follow variables, imports, functions and namespaces', () => {
    const files = {
      'shared.bicep':
        "@export()\nvar ports = [80, base]\nvar base = 443\n@export()\nfunc name(stem string) string => '${stem}-${base}'\n",
    }
    const declarations = "import { ports as p, name } from 'shared.bicep'\nimport * as shared from 'shared.bicep'\n"
    expect(toJson(bicepValue('p', declarations, files))).toEqual([80, 443])
    expect(toJson(bicepValue("name('a')", declarations, files))).toBe('a-443')
    expect(toJson(bicepValue("'${shared.ports[1]}${shared.name('b')}'", declarations, files))).toBe('443b-443')
    expect(toJson(bicepValue("az.resourceId('A.B/c', sys.toLower('N'))"))).toEqual({ $id: 'A.B/c/n' })
  })

  it('come from compiled templates as well', () => {
    const template = {
      $schema: TEMPLATE,
      variables: { 'odd-name': [1, 2], copy: [{ name: 'many', count: 2, input: "[copyIndex('many')]" }] },
      functions: [
        {
          namespace: '__bicep',
          members: { up: { parameters: [{ name: 's' }], output: { value: "[toUpper(parameters('s'))]" } } },
        },
      ],
      resources: [],
    }
    const files = { 'x.json': JSON.stringify(template) }
    const declarations = "import { 'odd-name' as odd, many, up, none } from 'x.json'\n"
    expect(toJson(bicepValue("[odd[1], many, up('a')]", declarations, files))).toEqual([2, [0, 1], 'A'])
    expect(toJson(bicepValue('none', declarations, files))).toEqual({ $error: 'x.json declares no "none"' })
    expect(bicepValue('a', "import { a } from 'br/public:x:1'\n")).toMatchObject({ reason: 'remote-module' })
    expect(bicepValue('a', "import { a } from 'gone.bicep'\n")).toMatchObject({ reason: 'not-followed' })
  })

  it('that need themselves are unknown', () => {
    expect(toJson(bicepValue('a', 'var a = b\nvar b = a'))).toEqual({ $unknown: '"var a" needs itself' })
  })

  it('of nullable parameters are null without a value', () => {
    const declarations = 'param a string?\nparam b t\ntype t = u\ntype u = { x: int }?\nparam c string\n'
    expect(toJson(bicepValue("a ?? 'none'", declarations))).toBe('none')
    expect(toJson(bicepValue('b', declarations))).toBeNull()
    expect(toJson(bicepValue('c', declarations))).toEqual({ $unknown: 'parameter "c" has no value' })
  })
})

describe('resources', () => {
  it('have their full names and types, and ids that only lack the scope', () => {
    const unit = renderBicep({
      'main.bicep': `param n string = 'v'
resource vnet '${VNET}' = {
  name: n
  location: 'westeurope'
  resource inner 'subnets' = {
    name: 'a'
    properties: { nsg: nsg.id, sibling: other.id }
  }
  resource other 'subnets@2024-01-01' = {
    name: 'b'
  }
}
resource child 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: vnet
  name: 'c'
  properties: { up: vnet::inner.id, own: vnet.properties.x, name: vnet.name }
}
resource nsg '${NSG}' = {
  name: 'g'
}
resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'l'
  scope: child
}
`,
    })
    expect(listResources(unit)).toMatchObject([
      { address: 'vnet', kind: 'Microsoft.Network/virtualNetworks', value: { name: 'v', apiVersion: '2024-05-01' } },
      {
        address: 'vnet::inner',
        kind: 'Microsoft.Network/virtualNetworks/subnets',
        value: {
          name: 'v/a',
          apiVersion: '2024-05-01',
          parent: { $id: 'Microsoft.Network/virtualNetworks/v' },
          properties: {
            nsg: { $id: 'Microsoft.Network/networkSecurityGroups/g' },
            sibling: { $id: 'Microsoft.Network/virtualNetworks/v/subnets/b' },
          },
        },
      },
      { address: 'vnet::other', value: { name: 'v/b', apiVersion: '2024-01-01' } },
      {
        address: 'child',
        value: {
          name: 'v/c',
          properties: {
            up: { $id: 'Microsoft.Network/virtualNetworks/v/subnets/a' },
            own: { $unknown: 'vnet.properties is set by Azure' },
            name: 'v',
          },
        },
      },
      { address: 'nsg' },
      { address: 'lock', value: { scope: { $id: 'Microsoft.Network/virtualNetworks/v/subnets/c' } } },
    ])
  })

  it('leave to Azure what they declare as null', () => {
    const unit = renderBicep({
      'main.bicep': `resource policy 'A.B/policies@1' = {
  name: 'p'
  properties: {
    rules: [
      { id: null, from: 'a' }
    ]
  }
}
resource user 'A.B/users@1' = {
  name: 'u'
  properties: {
    id: policy.properties.rules[0].id
    from: policy.properties.rules[0].from
    rules: policy.properties.rules
    state: policy.properties.rules[0].?state
  }
}
`,
    })
    expect(listResources(unit)[1]!.value).toMatchObject({
      properties: {
        id: { $unknown: 'policy.properties.rules[0].id is set by Azure' },
        from: 'a',
        rules: [{ id: null, from: 'a' }],
        state: { $unknown: 'policy.properties.rules[0].state is set by Azure' },
      },
    })
  })

  it('in loops have an index, and one stands for all where the list is unknown', () => {
    const unit = renderBicep({
      'main.bicep': `param more array
resource a '${NSG}' = [for (n, i) in ['x', 'y']: if (i != 0) {
  name: '\${n}\${i}'
  tags: { before: a[i - 1].name }
}]
resource b '${NSG}' = [for n in more: {
  name: n
}]
`,
    })
    expect(listResources(unit)).toMatchObject([
      { address: 'a[1]', value: { name: 'y1', tags: { before: 'x0' } } },
      { address: 'b[*]', value: { condition: { $unknown: 'parameter "more" has no value' } } },
    ])
    expect(unit.resources[1]!.maybe?.reason).toBe('variable-without-default')
  })

  it('under an unknown condition may be there, under a false one are not', () => {
    const unit = renderBicep({
      'main.bicep': `param on bool
resource a '${VNET}' = if (on) {
  name: 'a'
  resource s 'subnets' = {
    name: 's'
  }
}
resource b '${VNET}' = if (on && false) {
  name: 'b'
  resource s 'subnets' = {
    name: 's'
  }
}
resource c '${VNET}' existing = {
  name: 'c'
}
`,
    })
    expect(unit.resources.map(({ address, maybe }) => [address, maybe !== undefined])).toEqual([
      ['a', true],
      ['a::s', true],
    ])
  })

  it('that exist elsewhere have ids, and unknown properties that can be followed', () => {
    const declarations = `resource v '${VNET}' existing = {\n  name: 'hub'\n  scope: resourceGroup('other')\n}`
    expect(toJson(bicepValue('v.id', declarations))).toEqual({ $id: 'Microsoft.Network/virtualNetworks/hub' })
    expect(bicepValue('v.properties.addressSpace', declarations)).toMatchObject({
      kind: 'unknown',
      reason: 'data-source',
      reference: { address: 'v', attribute: 'properties.addressSpace' },
    })
    expect(bicepValue('v.listKeys().x', declarations)).toMatchObject({ reason: 'runtime-function' })
  })
})

describe('what is not known', () => {
  const open = 'param s string\nparam b bool\nparam l array\nparam o object\n'
  it.each([
    ["split(resourceId('A.B/c', 'n'), '/')[8]", 'n'],
    ["last(split(resourceId('A.B/c', 'n'), '/'))", 'n'],
    ["split(subscriptionResourceId('A.B/c', 'n'), '/')[6]", 'n'],
    ["'${resourceId('A.B/c', 'n')}/d/x'", { $id: 'A.B/c/n/d/x' }],
    ["'${resourceGroup().id}/providers/A.B/c/n'", { $id: 'A.B/c/n' }],
    ["'/subscriptions/${s}/resourceGroups/${s}/providers/A.B/c/n'", { $id: 'A.B/c/n' }],
    ["resourceId('1-2', 'rg', 'A.B/c', 'n')", '/subscriptions/1-2/resourceGroups/rg/providers/A.B/c/n'],
    ["extensionResourceId(resourceId('A.B/c', 'n'), 'D.E/f', 'x')", { $id: 'A.B/c/n/providers/D.E/f/x' }],
    ["empty(resourceId('A.B/c', 'n'))", false],
    ["empty('x${s}')", false],
    ["contains(resourceId('A.B/c', 'n'), '/c/')", true],
    ["startsWith('a-${s}', 'A-')", true],
    ["startsWith('a-${s}', 'b')", false],
    ["endsWith('${s}-z', '-z')", true],
    ["'a-${s}' == 'b-c'", false],
    ["take('abc${s}', 2)", 'ab'],
    ["substring('abc${s}', 1, 2)", 'bc'],
    ['s == s', true],
    ["'${s}-x' == '${s}-x'", true],
    ["resourceId('A.B/c', s) == resourceId('A.B/c', s)", true],
    ['b && false', false],
    ['b || true', true],
    ["b ? 'x' : 'x'", 'x'],
    ["(b ? { v: 'x' } : { v: 'x', w: 1 }).v", 'x'],
    ["length([s, 'b'])", 2],
    ["contains([s, 'b'], 'b')", true],
    ["map([s, 'b'], x => 'c')", ['c', 'c']],
    ['union({ a: s }, { b: 1 }).b', 1],
    ["resourceGroup('known').name", 'known'],
    ["toLower(resourceId('A.B/c', 'N'))", { $id: 'a.b/c/n' }],
  ])('%s is known', (expression, expected) => {
    expect(toJson(bicepValue(expression, open))).toEqual(expected)
  })

  it.each([
    ["b ? 'x' : 'y'", { kind: 'choice', options: [{ value: 'x' }, { value: 'y' }] }],
    ["toUpper(b ? 'x' : 'y')", { kind: 'choice', options: [{ value: 'X' }, { value: 'Y' }] }],
    ["'p-${b ? 'x' : 'y'}'", { kind: 'choice', options: [{ value: 'p-x' }, { value: 'p-y' }] }],
    ["o.?x ?? 'y'", { kind: 'choice', options: [{ kind: 'unknown' }, { value: 'y' }] }],
    [
      "filter(['a', s], x => x == 'a')",
      { kind: 'choice', options: [{ items: [{ value: 'a' }] }, { items: [{}, {}] }] },
    ],
    ["'a-${s}'", { kind: 'unknown', prefix: 'a-', reason: 'variable-without-default' }],
    ['l[0].x', { kind: 'unknown', detail: 'parameter "l" has no value' }],
    ['[for x in l: x]', { kind: 'unknown' }],
    ['concat(l, [1])', { kind: 'unknown' }],
    ["'${s}/x' == 'a/x'", { kind: 'unknown' }],
    ['s == toUpper(s)', { kind: 'unknown' }],
    ["resourceId('A.B/c', s) == resourceId('A.B/c', toLower(s))", { kind: 'unknown' }],
    ['resourceGroup().location', { reason: 'deployment-context' }],
    ['utcNow()', { reason: 'runtime-function' }],
    ["split(resourceId('A.B/c', 'n'), '/')[2]", { kind: 'unknown' }],
    ['uniqueString(resourceGroup().id)', { kind: 'unknown' }],
  ])('%s is not', (expression, expected) => {
    expect(bicepValue(expression, open)).toMatchObject(expected)
  })
})

describe('modules', () => {
  const nsg = `param name string\nparam rules array = []\nresource n '${NSG}' = {\n  name: name\n  properties: { rules: rules }\n}\noutput id string = n.id\noutput first object = rules[0]\n`

  it('take parameters and give outputs', () => {
    const unit = renderBicep({
      'lib/nsg.bicep': nsg,
      'main.bicep': `module m 'lib/nsg.bicep' = [for i in range(0, 2): {
  name: 'm\${i}'
  params: { name: 'n\${i}', rules: i == 0 ? null : [{ a: i }] }
}]
resource v '${VNET}' = {
  name: 'v'
  properties: { id: m[1].outputs.id, a: m[1].outputs.first.a, missing: m[0].outputs.?none }
}
`,
    })
    expect(unit.problems).toEqual([])
    expect(unit.unit.files).toEqual(['lib/nsg.bicep', 'main.bicep'])
    expect(listResources(unit)).toMatchObject([
      { address: 'm[0].n', value: { name: 'n0', properties: { rules: [] } } },
      { address: 'm[1].n', value: { name: 'n1', properties: { rules: [{ a: 1 }] } } },
      {
        address: 'v',
        value: { properties: { id: { $id: 'Microsoft.Network/networkSecurityGroups/n1' }, a: 1, missing: null } },
      },
    ])
  })

  it('of a registry are kept with what they are given', () => {
    const unit = renderBicep({
      'main.bicep': `module m 'br/public:avm/res/network/nat-gateway:1.2.0' = {
  name: 'm'
  params: { name: 'gw', availabilityZone: 1 + 0 }
}
resource v '${VNET}' = {
  name: 'v'
  properties: { id: m.outputs.resourceId }
}
`,
    })
    expect(listResources(unit)[0]).toMatchObject({
      address: 'm',
      kind: 'module',
      value: {
        reference: 'br/public:avm/res/network/nat-gateway',
        version: '1.2.0',
        params: { name: 'gw', availabilityZone: 1 },
      },
    })
    expect(dig(unit.resources[1]!.value, 'properties', 'id')).toMatchObject({
      reason: 'remote-module',
      reference: { address: 'm', attribute: 'outputs.resourceId' },
    })
    expect(unit.incomplete).toBe(true)
    expect(unit.problems).toMatchObject([{ code: 'not-followed' }])
  })

  it.each([
    ['br/public:avm/res/network/x:1.2.0', 'br/public:avm/res/network/x', '1.2.0'],
    ['br:mcr.microsoft.com/bicep/avm/res/network/x:1.2.0', 'br/public:avm/res/network/x', '1.2.0'],
    ['br/own:net/hub:2', 'br:example.azurecr.io/modules/net/hub', '2'],
    ['br/unknown:net/hub:2', 'br/unknown:net/hub', '2'],
    ['br:localhost:5000/net/hub', 'br:localhost:5000/net/hub', null],
    ['br:example.azurecr.io/x@sha256:aa', 'br:example.azurecr.io/x', 'sha256:aa'],
    ['ts/specs:net:1', 'ts:s-1/rg/net', '1'],
    ['ts:s-1/rg/net:1', 'ts:s-1/rg/net', '1'],
  ])('%s are named in one way', (path, reference, version) => {
    const aliases = {
      br: { own: { registry: 'example.azurecr.io', modulePath: 'modules' } },
      ts: { specs: { subscription: 's-1', resourceGroup: 'rg' } },
    }
    const unit = renderBicep({
      'bicepconfig.json': `{ // aliases\n "moduleAliases": ${JSON.stringify(aliases)} }`,
      'main.bicep': `module m '${path}' = {\n  name: 'm'\n}\n`,
    })
    expect(listResources(unit)[0]!.value).toMatchObject({ reference, version })
  })

  it('may be ARM templates', () => {
    const template = {
      $schema: TEMPLATE,
      parameters: { n: { type: 'string' } },
      resources: [{ type: 'A.B/c', apiVersion: '1', name: "[parameters('n')]" }],
      outputs: { x: { type: 'string', value: "[toUpper(parameters('n'))]" } },
    }
    const unit = renderBicep({
      't.json': JSON.stringify(template),
      'main.bicep': `module m 't.json' = {\n  name: 'm'\n  params: { n: 'a' }\n}\nresource v '${VNET}' = {\n  name: m.outputs.x\n}\n`,
    })
    expect(listResources(unit)).toMatchObject([
      { address: 'm.A.B/c/a', value: { name: 'a' } },
      { address: 'v', value: { name: 'A' } },
    ])
  })

  it('may be templates that a deployment resource holds', () => {
    const template = {
      $schema: TEMPLATE,
      parameters: { n: { type: 'string' } },
      resources: [{ type: 'A.B/c', apiVersion: '1', name: "[parameters('n')]" }],
    }
    const unit = renderBicep({
      't.json': JSON.stringify(template),
      'main.bicep': `resource d 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'd'
  properties: {
    template: loadJsonContent('t.json')
    parameters: { n: { value: 'a' } }
  }
}
`,
    })
    expect(listResources(unit)[1]).toMatchObject({ address: 'd.A.B/c/a', value: { name: 'a' } })
  })

  it('under conditions pass them on', () => {
    const unit = renderBicep({
      'nsg.bicep': nsg,
      'main.bicep': `param on bool
module m 'nsg.bicep' = if (on) {
  name: 'm'
  params: { name: 'a' }
}
module k 'nsg.bicep' = if (false) {
  name: 'k'
  params: { name: 'b' }
}
resource v '${VNET}' = {
  name: 'v'
  properties: { a: k.?outputs.id, b: m.?outputs.id ?? 'none' }
}
`,
    })
    expect(unit.resources.map(({ address, maybe }) => [address, maybe?.detail])).toEqual([
      ['m.n', 'parameter "on" has no value'],
      ['v', undefined],
    ])
    expect(listResources(unit)[1]).toMatchObject({
      value: {
        properties: { a: null, b: { $choice: [{ $id: 'Microsoft.Network/networkSecurityGroups/a' }, 'none'] } },
      },
    })
  })

  it('that contain themselves or lie outside are reported', () => {
    const unit = renderBicep({
      'main.bicep':
        "module m 'main.bicep' = {\n  name: 'm'\n}\nmodule o '../../x.bicep' = {\n  name: 'o'\n}\nmodule p 'none.bicep' = {\n  name: 'p'\n}\n",
    })
    expect(unit.problems.map((one) => one.message)).toEqual([
      'the module main.bicep contains itself',
      '"../../x.bicep" lies outside of the tree',
      '"none.bicep" is not in the tree',
    ])
  })

  it('deploy to the scope that they are given', () => {
    const unit = renderBicep({
      'in.bicep': `resource n '${NSG}' = {\n  name: resourceGroup().name\n}\noutput id string = n.id\n`,
      'main.bicep': `targetScope = 'subscription'
resource rg 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'net'
  location: 'westeurope'
}
module m 'in.bicep' = {
  name: 'm'
  scope: rg
}
module k 'in.bicep' = {
  scope: resourceGroup('s-1', 'db')
}
resource z 'A.B/c@1' = {
  name: 'z'
  properties: { m: m.outputs.id, k: k.outputs.id }
}
`,
    })
    expect(listResources(unit).slice(1)).toMatchObject([
      { address: 'm.n', value: { name: 'net' } },
      { address: 'k.n', value: { name: 'db' } },
      {
        value: {
          properties: {
            m: { $id: 'Microsoft.Network/networkSecurityGroups/net' },
            k: '/subscriptions/s-1/resourceGroups/db/providers/Microsoft.Network/networkSecurityGroups/db',
          },
        },
      },
    ])
  })
})

describe('origins', () => {
  it('lead through modules to the line of the parameter file', () => {
    const files = {
      'nsg.bicep': `param access string\nresource n '${NSG}' = {\n  name: 'n'\n  properties: {\n    access: access\n  }\n}\n`,
      'main.bicep': `param open string = 'Deny'\nvar mode = open\nmodule m 'nsg.bicep' = {\n  name: 'm'\n  params: {\n    access: mode\n  }\n}\n`,
      'prod.bicepparam': "using 'main.bicep'\n\nparam open = 'Allow'\n",
    }
    const access = dig(renderBicep(files, 'prod.bicepparam').resources[0]!.value, 'properties', 'access')!
    expect(toJson(access)).toBe('Allow')
    expect(toPlace(access.origin)).toMatchObject({ file: 'nsg.bicep', line: 5, column: 13 })
    expect(toPlace(editableOrigin(access.origin))).toEqual({ file: 'prod.bicepparam', line: 3, column: 14, endLine: 3 })
    const byDefault = dig(renderBicep(files).resources[0]!.value, 'properties', 'access')!
    expect(toPlace(editableOrigin(byDefault.origin))).toMatchObject({ file: 'main.bicep', line: 1, column: 21 })
    const json = { $schema: PARAMETERS, parameters: { open: { value: 'Allow' } } }
    const fromJson = renderBicep({ ...files, 'p.json': JSON.stringify(json, null, 2) }, 'p.json')
    const place = toPlace(editableOrigin(dig(fromJson.resources[0]!.value, 'properties', 'access')!.origin))
    expect(place).toMatchObject({ file: 'p.json', line: 5 })
  })
})

describe('parameter files', () => {
  const main = `param name string\nparam size int = 1\nparam on bool = false\nresource n '${NSG}' = {\n  name: name\n  tags: { size: size, on: on }\n}\n`
  it('have variables, imports, bases and environment variables', () => {
    const unit = renderBicep(
      {
        'main.bicep': main,
        'base.bicepparam': "using none\nparam size = 5\nparam name = 'base'\n",
        'prod.bicepparam':
          "using 'main.bicep'\nextends 'base.bicepparam'\nvar stem = 'net'\nparam name = '${stem}-${readEnvironmentVariable('ENV', 'dev')}'\n",
      },
      'prod.bicepparam',
    )
    expect(dig(unit.resources[0]!.value, 'tags', 'size')).toMatchObject({ value: 5 })
    expect(dig(unit.resources[0]!.value, 'name')).toMatchObject({
      kind: 'choice',
      options: [{ value: 'net-dev' }, { prefix: 'net-' }],
    })
  })

  it('hold literals, secrets, and tokens that are filled in', () => {
    const parameters = {
      $schema: PARAMETERS,
      parameters: { name: { value: '[x]' }, on: { value: '${ON=true}' }, size: { value: '${SIZE}' } },
    }
    const unit = renderBicep({ 'main.bicep': main, 'p.json': JSON.stringify(parameters) }, 'p.json')
    expect(listResources(unit)[0]!.value).toMatchObject({
      name: '[x]',
      tags: { on: { $choice: [true, {}] }, size: { $unknown: '"SIZE" is filled in before the deployment' } },
    })
  })

  it('with a slip keep the parameter, and say so', () => {
    const unit = renderBicep({ 'main.bicep': main, 'p.bicepparam': "using 'main.bicep'\nname: 'n'\n" }, 'p.bicepparam')
    expect(listResources(unit)[0]!.value).toMatchObject({ name: 'n' })
    expect(unit.problems.map(problemPlace)).toEqual([{ file: 'p.bicepparam', line: 2 }])
  })
})

describe('files that are loaded', () => {
  const files = {
    'data/a.json': '{ "rules": [{ "port": 80 }] }',
    'data/a.yaml': 'on: true\nname: y\n',
    'data/a.txt': 'hello',
  }
  it.each([
    ["loadJsonContent('data/a.json', '$.rules[0].port')", 80],
    ["loadJsonContent('data/a.json').rules[0]", { port: 80 }],
    ["loadYamlContent('data/a.yaml').name", 'y'],
    ["loadTextContent('data/a.txt')", 'hello'],
    ["loadFileAsBase64('./data/a.txt')", 'aGVsbG8='],
    ["map(loadDirectoryFileInfo('data', '*.?????'), f => f.baseName)", []],
    ["map(loadDirectoryFileInfo('data/', '*.json'), f => f.relativePath)", ['data/a.json']],
    ["loadTextContent('/etc/passwd')", { $unknown: '"/etc/passwd" is not in the tree' }],
    ["loadTextContent('../../etc/passwd')", { $unknown: '"../../etc/passwd" is not in the tree' }],
  ])('%s', (expression, expected) => {
    expect(toJson(bicepValue(expression, '', files))).toEqual(expected)
  })

  it('give the line in their file', () => {
    const value = bicepValue("loadJsonContent('data/a.json').rules[0].port", '', files)
    expect(toPlace(editableOrigin(value.origin))).toMatchObject({ file: 'data/a.json', line: 1 })
  })
})

describe('finding units', () => {
  const module = `resource n '${NSG}' = {\n  name: 'n'\n}\n`
  it('takes what nobody uses, with an environment for each parameter file', () => {
    const json = (names: readonly string[]) =>
      JSON.stringify({ $schema: PARAMETERS, parameters: Object.fromEntries(names.map((name) => [name, { value: 1 }])) })
    const tree = treeOf({
      'infra/main.bicep': "param env string\nparam size int = 1\nmodule m 'mod/n.bicep' = {\n  name: 'm'\n}\n",
      'infra/mod/n.bicep': module,
      'infra/types.bicep': '@export()\ntype t = string\n',
      'infra/dev.bicepparam': "using 'main.bicep'\nparam env = 'd'\n",
      'infra/env/main.prod.parameters.json': json(['env', 'size']),
      'infra/env/other.json': json(['unrelated']),
      'infra/main.json': JSON.stringify({
        $schema: TEMPLATE,
        metadata: { _generator: { name: 'bicep' } },
        resources: [],
      }),
      'k8s/deploy.json': '{"apiVersion": "v1", "kind": "Service"}',
    })
    const claim = bicep.find(tree)
    expect(claim.units).toEqual([
      { kind: 'bicep', path: 'infra/main.bicep', inputs: ['infra/dev.bicepparam'], environment: 'dev' },
      { kind: 'bicep', path: 'infra/main.bicep', inputs: ['infra/env/main.prod.parameters.json'], environment: 'prod' },
    ])
    expect([...claim.files].sort()).toEqual([
      'infra/dev.bicepparam',
      'infra/env/main.prod.parameters.json',
      'infra/main.bicep',
      'infra/main.json',
      'infra/mod/n.bicep',
      'infra/types.bicep',
    ])
    expect(claim.problems).toMatchObject([{ code: 'duplicate-object', at: { file: 'infra/main.json' } }])
  })

  it('takes one file of those that only use each other', () => {
    const use = (path: string) => `module m '${path}' = {\n  name: 'm'\n}\n`
    expect(bicep.find(treeOf({ 'a.bicep': use('b.bicep'), 'b.bicep': use('a.bicep') })).units).toEqual([
      { kind: 'bicep', path: 'a.bicep', inputs: [] },
    ])
  })

  it('renders a unit once where base and head agree on all that it reads', () => {
    const files = { 'main.bicep': "module m 'n.bicep' = {\n  name: 'm'\n}\n", 'n.bicep': module, 'other.bicep': module }
    const cache = new ParseCache()
    const request = { kind: 'bicep', path: 'main.bicep', inputs: [] } as const
    const base = bicep.render(treeOf(files), request, cache)
    expect(bicep.render(treeOf({ ...files, 'other.bicep': '' }), request, cache)).toBe(base)
    expect(bicep.render(treeOf({ ...files, 'n.bicep': '' }), request, cache)).not.toBe(base)
  })
})
