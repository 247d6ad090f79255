import { describe, expect, it } from 'vitest'
import { editableOrigin, toPlace } from '../../src/base/origin.ts'
import { problemPlace } from '../../src/base/problem.ts'
import { dig, toJson } from '../../src/base/value.ts'
import { arm } from '../../src/parse/arm/index.ts'
import { armJsonValue, armValue, listResources, PARAMETERS, renderArm, TEMPLATE, toFiles } from './azure-render.ts'
import { treeOf } from './tree-of.ts'

const NSG = 'Microsoft.Network/networkSecurityGroups'
const resource = (name: string, more: object = {}) => ({ type: NSG, apiVersion: '2024-05-01', name, ...more })
const template = (resources: unknown, more: object = {}) => ({
  $schema: TEMPLATE,
  contentVersion: '1.0.0.0',
  ...more,
  resources,
})
const nested = (name: string, properties: object, more: object = {}) => ({
  type: 'Microsoft.Resources/deployments',
  apiVersion: '2022-09-01',
  name,
  properties: { mode: 'Incremental', ...properties },
  ...more,
})
const inner = { expressionEvaluationOptions: { scope: 'inner' } }

describe('strings', () => {
  it.each([
    ['[[not an expression]', '[not an expression]'],
    ['[not closed', '[not closed'],
    ['plain [x]', 'plain [x]'],
    ["[concat('it''s', ' ]')]", "it's ]"],
    ["[  concat ( 'a' ,\n 'b' ) ]", 'ab'],
    ["[createObject('a', createArray(1, 2)).a[add(0, 1)]]", 2],
    ["[TOUPPER('x')]", 'X'],
    ['[-7]', -7],
    ["[createObject('kebab-name', 1).kebab-name]", 1],
  ])('%s', (text, expected) => {
    expect(toJson(armJsonValue(text))).toEqual(expected)
  })

  it.each([
    ["[concat('a']", '")" is missing'],
    ["[concat('a)]", 'a string does not end'],
    ['[parameters]', '"(" is missing'],
    ["[concat('a') 'b']", 'something follows the expression'],
    ['[]', 'a value is missing'],
  ])('%s is broken', (text, message) => {
    const unit = renderArm({ 'main.json': template([resource('n', { properties: { x: text } })]) })
    expect(unit.problems).toMatchObject([{ code: 'syntax', message: expect.stringContaining(message) }])
    expect(toJson(unit.resources[0]!.value)).toMatchObject({ properties: { x: { $error: expect.any(String) } } })
  })
})

describe('parameters, variables and functions', () => {
  it('ignore case, read each other, and may be null', () => {
    const more = {
      parameters: {
        Stem: { type: 'string', defaultValue: 'a' },
        maybe: { $ref: '#/definitions/m' },
        must: { type: 'int' },
      },
      definitions: { m: { $ref: '#/definitions/n' }, n: { type: 'string', nullable: true } },
      variables: {
        full: "[concat(parameters('stem'), '-x')]",
        copy: [{ name: 'nets', count: 2, input: "[format('10.{0}.0.0/16', copyIndex('nets', 1))]" }],
      },
      functions: [
        {
          namespace: 'own',
          members: {
            twice: {
              parameters: [{ name: 'S', type: 'string' }],
              output: { value: "[concat(parameters('s'), parameters('S'))]" },
            },
            four: { parameters: [{ name: 's' }], output: { value: "[own.twice(own.twice(parameters('s')))]" } },
          },
        },
      ],
    }
    expect(toJson(armValue("variables('FULL')", more))).toBe('a-x')
    expect(toJson(armValue("variables('nets')", more))).toEqual(['10.1.0.0/16', '10.2.0.0/16'])
    expect(toJson(armValue("Own.four(parameters('stem'))", more))).toBe('aaaa')
    expect(toJson(armValue("coalesce(parameters('maybe'), 'none')", more))).toBe('none')
    expect(toJson(armValue("parameters('must')", more))).toEqual({ $unknown: 'parameter "must" has no value' })
  })

  it('come from parameter files as literals', () => {
    const main = template([resource("[parameters('n')]")], {
      parameters: { n: { type: 'string', defaultValue: 'd' }, on: { type: 'bool' } },
    })
    const file = (value: unknown) => ({ $schema: PARAMETERS, parameters: { N: value } })
    const name = (value: unknown) => {
      const unit = renderArm({ 'main.json': main, 'p.json': file(value) }, 'p.json')
      return toJson(unit.resources[0]!.value.entries.get('name')!.value)
    }
    expect(name({ value: '[[x]' })).toBe('[[x]')
    expect(name({ value: null })).toBe('d')
    expect(name({ reference: { keyVault: { id: 'x' }, secretName: 's' } })).toEqual({
      $unknown: 'the secret "s" of a key vault',
    })
  })
})

describe('loops', () => {
  it('make resources, properties and nested properties', () => {
    const unit = renderArm({
      'main.json': template([
        resource("[concat('n', copyIndex(1))]", {
          copy: { name: 'all', count: 2 },
          condition: "[not(equals(copyIndex('all'), 0))]",
          properties: {
            copy: [
              {
                name: 'outer',
                count: "[length(createArray('a', 'b'))]",
                input: {
                  copy: [
                    {
                      name: 'inner',
                      count: 1,
                      input: "[format('{0}{1}{2}', copyIndex('all'), copyIndex('outer'), copyIndex('inner'))]",
                    },
                  ],
                },
              },
              { name: 'none', count: 0, input: 1 },
            ],
            copyOf: 'no loop',
          },
        }),
      ]),
    })
    expect(listResources(unit)).toMatchObject([
      {
        address: `${NSG}/n2`,
        value: {
          name: 'n2',
          properties: { outer: [{ inner: ['100'] }, { inner: ['110'] }], none: [], copyOf: 'no loop' },
        },
      },
    ])
  })

  it('of unknown count make one that may be there', () => {
    const unit = renderArm({
      'main.json': template(
        [resource("[concat('n', copyIndex())]", { copy: { name: 'c', count: "[parameters('n')]" } })],
        {
          parameters: { n: { type: 'int' } },
        },
      ),
    })
    expect(unit.resources).toMatchObject([{ address: `${NSG}/n*`, maybe: { reason: 'variable-without-default' } }])
  })
})

describe('resources', () => {
  it('inside others get full names, inside copies as well', () => {
    const unit = renderArm({
      'main.json': template([
        {
          type: 'Microsoft.Network/virtualNetworks',
          apiVersion: '1',
          name: "[concat('v', copyIndex())]",
          copy: { name: 'c', count: 2 },
          resources: [
            {
              type: 'subnets',
              apiVersion: '1',
              name: 's',
              properties: { i: '[copyIndex()]' },
              condition: '[equals(copyIndex(), 1)]',
            },
            {
              type: 'Microsoft.Network/virtualNetworks/subnets',
              apiVersion: '1',
              name: "[concat('v', copyIndex(), '/t')]",
            },
          ],
        },
      ]),
    })
    expect(unit.resources.map((one) => one.address)).toEqual([
      'Microsoft.Network/virtualNetworks/v0',
      'Microsoft.Network/virtualNetworks/subnets/v0/t',
      'Microsoft.Network/virtualNetworks/v1',
      'Microsoft.Network/virtualNetworks/subnets/v1/s',
      'Microsoft.Network/virtualNetworks/subnets/v1/t',
    ])
    expect(toJson(dig(unit.resources[3]!.value, 'parent')!)).toEqual({ $id: 'Microsoft.Network/virtualNetworks/v1' })
  })

  it('are referred to by name, id and symbol', () => {
    const unit = renderArm({
      'main.json': template(
        {
          a: resource('a', { properties: { x: 1 } }),
          hub: { ...resource('hub'), existing: true },
          loop: {
            ...resource("[concat('l', copyIndex())]", { tags: { i: '[copyIndex()]' } }),
            copy: { name: 'loop', count: 2 },
          },
          b: resource('b', {
            properties: {
              byId: `[reference(resourceId('${NSG}', 'A')).x]`,
              bySymbol: "[reference('a').x]",
              computed: "[reference('a').y]",
              full: "[reference('loop[1]', '2024-05-01', 'full').tags.i]",
              id: "[resourceInfo('loop[0]').id]",
              elsewhere: "[reference('hub').x]",
              none: "[reference(resourceId('A.B/c', 'n')).x]",
            },
          }),
        },
        { languageVersion: '2.0' },
      ),
    })
    expect(listResources(unit).at(-1)!.value).toMatchObject({
      properties: {
        byId: 1,
        bySymbol: 1,
        computed: { $unknown: expect.stringContaining('is set by Azure') },
        full: 1,
        id: { $id: `${NSG}/l0` },
        elsewhere: { $unknown: expect.stringContaining('exists elsewhere') },
        none: { $unknown: expect.any(String) },
      },
    })
    expect(unit.resources.map((one) => one.address)).not.toContain(`${NSG}/hub`)
  })

  it('are found although their names are not known', () => {
    const unit = renderArm({
      'main.json': template(
        [
          resource("[variables('n')]", { properties: { x: 1 } }),
          resource('u', {
            properties: {
              id: `[resourceId('${NSG}', variables('n'))]`,
              x: `[reference(resourceId('${NSG}', variables('n'))).x]`,
              other: `[resourceId('${NSG}', toUpper(variables('n')))]`,
            },
          }),
        ],
        {
          parameters: { stem: { type: 'string' } },
          variables: { n: "[concat('n-', uniqueString(parameters('stem')))]" },
        },
      ),
    })
    const properties = dig(unit.resources[1]!.value, 'properties')
    expect(dig(properties, 'id')).toMatchObject({
      kind: 'unknown',
      reference: { address: `${NSG}/n-*`, attribute: 'id' },
    })
    expect(dig(properties, 'x')).toMatchObject({ value: 1 })
    expect(dig(properties, 'other')).not.toHaveProperty('reference')
  })

  it('extend what their scope names', () => {
    const lock = {
      type: 'Microsoft.Authorization/locks',
      apiVersion: '1',
      name: 'l',
      scope: `[format('${NSG}/{0}', 'a')]`,
    }
    const unit = renderArm({ 'main.json': template([lock]) })
    expect(listResources(unit)[0]!.value).toMatchObject({ scope: { $id: `${NSG}/a` } })
  })
})

describe('nested templates', () => {
  const body = {
    $schema: TEMPLATE,
    parameters: { n: { type: 'string', defaultValue: 'inner' } },
    variables: { v: 'inner' },
    resources: [resource("[concat(parameters('n'), '-', variables('v'))]")],
    outputs: {
      id: { type: 'string', value: `[resourceId('${NSG}', parameters('n'))]` },
      all: { copy: { count: 2, input: '[copyIndex()]' } },
    },
  }
  const outer = { parameters: { n: { type: 'string', defaultValue: 'outer' } }, variables: { v: 'outer' } }

  it('see the outer names unless their scope is inner', () => {
    const names = (properties: object) =>
      renderArm({ 'main.json': template([nested('d', { template: body, ...properties })], outer) }).resources.map(
        (one) => one.address,
      )
    expect(names({})).toEqual([`${NSG}/outer-outer`])
    expect(names({ expressionEvaluationOptions: { scope: 'Outer' } })).toEqual([`${NSG}/outer-outer`])
    expect(names(inner)).toEqual([`${NSG}/inner-inner`])
    expect(names({ ...inner, parameters: { N: { value: "[parameters('n')]" } } })).toEqual([`${NSG}/outer-inner`])
    expect(names({ ...inner, parameters: "[createObject('n', createObject('value', 'x'))]" })).toEqual([
      `${NSG}/x-inner`,
    ])
  })

  it('give outputs, also from another group', () => {
    const unit = renderArm({
      'main.json': template([
        nested('d', { template: body, ...inner, parameters: { n: { value: 'a' } } }, { resourceGroup: 'other' }),
        resource('u', {
          properties: {
            id: "[reference('d').outputs.id.value]",
            all: "[reference(resourceId('Microsoft.Resources/deployments', 'd')).outputs.all.value[1]]",
          },
        }),
      ]),
    })
    expect(listResources(unit)[1]!.value).toMatchObject({ properties: { id: { $id: `${NSG}/a` }, all: 1 } })
  })

  it('under an unknown condition may be there', () => {
    const unit = renderArm({
      'main.json': template([nested('d', { template: body, ...inner }, { condition: "[parameters('on')]" })], {
        parameters: { on: { type: 'bool' } },
      }),
    })
    expect(unit.resources[0]!.maybe?.detail).toBe('parameter "on" has no value')
  })

  it('are read where a relative path leads to them, and reported where not', () => {
    const unit = renderArm({
      'main.json': template([
        nested('in', { templateLink: { relativePath: 'linked/n.json' }, parameters: { n: { value: 'linked' } } }),
        nested('out', { templateLink: { uri: 'https://example.org/n.json' }, parameters: { n: { value: 'x' } } }),
      ]),
      'linked/n.json': body,
    })
    expect(listResources(unit)).toMatchObject([
      { address: `${NSG}/linked-inner` },
      { kind: 'module', value: { reference: 'https://example.org/n.json', params: { n: 'x' } } },
    ])
    expect(unit.problems).toMatchObject([{ code: 'not-followed' }])
    expect(unit.unit.files).toEqual(['linked/n.json', 'main.json'])
  })
})

describe('origins', () => {
  it('lead through a nested template to the parameter file', () => {
    const main = template(
      [
        nested('d', {
          ...inner,
          parameters: { a: { value: "[parameters('access')]" } },
          template: {
            $schema: TEMPLATE,
            parameters: { a: { type: 'string' } },
            resources: [resource('n', { properties: { access: "[parameters('a')]" } })],
          },
        }),
      ],
      { parameters: { access: { type: 'string', defaultValue: 'Deny' } } },
    )
    const files = { 'main.json': main, 'p.json': { $schema: PARAMETERS, parameters: { access: { value: 'Allow' } } } }
    const access = dig(renderArm(files, 'p.json').resources[0]!.value, 'properties', 'access')!
    expect(toPlace(editableOrigin(access.origin))).toMatchObject({ file: 'p.json', line: 5, column: 16 })
    const byDefault = dig(renderArm(files).resources[0]!.value, 'properties', 'access')!
    const place = editableOrigin(byDefault.origin)
    expect(place.source.text.slice(place.start, place.end)).toBe('"Deny"')
    expect(toPlace(access.origin).file).toBe('main.json')
  })

  it('stand at the part of an expression that gives the value', () => {
    const text = JSON.stringify(template([resource('n', { tags: { t: "[if(true(), 'yes', 'no')]" } })]), null, 2)
    const value = dig(renderArm({ 'main.json': text }).resources[0]!.value, 'tags', 't')!
    const place = editableOrigin(value.origin)
    expect(text.slice(place.start, place.end)).toBe("'yes'")
  })
})

describe('finding units', () => {
  it('takes templates by their schema, links and parameter files', () => {
    const tree = treeOf(
      toFiles({
        'a/azuredeploy.json': template([nested('d', { templateLink: { relativePath: 'linked.json' } })], {
          parameters: { x: { type: 'string' } },
        }),
        'a/linked.json': template([resource('n')]),
        'a/azuredeploy.parameters.test.json': { $schema: PARAMETERS, parameters: { x: { value: 1 } } },
        'a/createUiDefinition.json': {
          $schema: 'https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#',
        },
        'b/compiled.json': template([], { metadata: { _generator: { name: 'bicep' } } }),
        'b/broken.json': `{"$schema": "${TEMPLATE}",\n "resources": [}`,
        'service.json': { apiVersion: 'v1', kind: 'Service' },
      }),
    )
    const claim = arm.find(tree)
    expect(claim.units).toEqual([
      { kind: 'arm', path: 'a/azuredeploy.json', inputs: ['a/azuredeploy.parameters.test.json'], environment: 'test' },
      { kind: 'arm', path: 'b/compiled.json', inputs: [] },
    ])
    expect([...claim.files].sort()).toEqual([
      'a/azuredeploy.json',
      'a/azuredeploy.parameters.test.json',
      'a/linked.json',
      'b/broken.json',
      'b/compiled.json',
    ])
    expect(claim.problems.map(problemPlace)).toEqual([{ file: 'b/broken.json', line: 2 }])
  })

  it('takes a parameter file that is named after the template, though the deployment gives the rest', () => {
    const parameters = { env: { type: 'string' }, password: { type: 'securestring' } }
    const inputs = (path: string, ...names: readonly string[]) =>
      arm
        .find(
          treeOf(
            toFiles({
              'main.json': template([resource('n')], { parameters }),
              [path]: {
                $schema: PARAMETERS,
                parameters: Object.fromEntries(names.map((name) => [name, { value: 'x' }])),
              },
            }),
          ),
        )
        .units.map((unit) => unit.inputs)
    expect(inputs('main.parameters.json', 'env')).toEqual([['main.parameters.json']])
    expect(inputs('other.parameters.json', 'env', 'password')).toEqual([['other.parameters.json']])
    expect(inputs('other.parameters.json', 'env')).toEqual([[]])
    expect(inputs('main.parameters.json', 'env', 'stranger')).toEqual([[]])
  })

  it('reads a name from a variable that holds an id elsewhere', () => {
    const { resources } = renderArm({
      'main.json': JSON.stringify(
        template(
          [
            { type: 'A.B/c', apiVersion: '1', name: "[variables('settings')[parameters('env')].first]" },
            { type: 'A.B/c', apiVersion: '1', name: "[variables('settings')[parameters('env')].second]" },
          ],
          {
            parameters: { env: { type: 'string', defaultValue: 'dev' } },
            variables: {
              unique: '[uniqueString(resourceGroup().id)]',
              settings: {
                dev: { first: 'one', second: 'two', id: "[resourceId('A.B/c', variables('unique'))]" },
              },
            },
          },
        ),
      ),
    })
    expect(resources.map((one) => one.address)).toEqual(['A.B/c/one', 'A.B/c/two'])
  })

  it('reads comments and a byte-order mark', () => {
    const text = `\uFEFF// head\n{ "$schema": "${TEMPLATE}", /* x */ "resources": [ { "type": "A.B/c", "apiVersion": "1", "name": "n" }, ] }`
    expect(renderArm({ 'main.json': text }).resources.map((one) => one.address)).toEqual(['A.B/c/n'])
  })
})
