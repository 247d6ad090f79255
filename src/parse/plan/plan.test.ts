import { describe, expect, it } from 'vitest'
import { SourceText } from '../../base/text.ts'
import { get, toJson, type Value } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import { ParseCache } from '../front-end.ts'
import { plan, renderPlan } from './index.ts'

function treeOf(files: Readonly<Record<string, string>>): Tree {
  const sources = new Map(Object.entries(files).map(([path, text]) => [path, new SourceText(path, text)]))
  const entries = [...sources.keys()].sort().map((path) => ({ path, kind: 'file' as const, id: path }))
  return {
    name: 'test',
    entries,
    entry: (path) => entries.find((entry) => entry.path === path),
    read: (path) => {
      const source = sources.get(path)
      return source ? { ok: true, source } : { ok: false, reason: 'absent', message: `no ${path}` }
    },
    prefetch: () => {},
  }
}

const change = (address: string, before: unknown, after: unknown, afterUnknown: unknown = {}, more: object = {}) => {
  const [type, name] = address.replace(/^module\.[^.]*\./, '').split(/[.[]/)
  return { address, mode: 'managed', type, name, change: { before, after, after_unknown: afterUnknown }, ...more }
}

const document = (more: object) =>
  JSON.stringify({ format_version: '1.2', planned_values: { root_module: {} }, ...more }, null, 1)

describe('plan', () => {
  it('finds plans by their content and leaves other JSON alone', () => {
    const tree = treeOf({ 'a/tfplan.json': document({}), 'package.json': '{"name": "x"}', 'broken.json': '{' })
    const claim = plan.find(tree)
    expect(claim.units).toEqual([{ kind: 'plan', path: 'a/tfplan.json', inputs: [] }])
    expect([...claim.files]).toEqual(['a/tfplan.json'])
  })

  it('gives what is there afterwards, unknown where it is known after apply', () => {
    const text = document({
      resource_changes: [
        change(
          'azurerm_subnet.a',
          null,
          { name: 'a', tags: null, list: [{ x: 1 }] },
          { id: true, list: [{ y: true }] },
        ),
        change('azurerm_subnet.gone', { name: 'gone' }, null),
      ],
    })
    const { resources } = plan.render(
      treeOf({ 'p.json': text }),
      { kind: 'plan', path: 'p.json', inputs: [] },
      new ParseCache(),
    )
    expect(resources.map(({ address, kind, value }) => [address, kind, toJson(value)])).toEqual([
      [
        'azurerm_subnet.a',
        'azurerm_subnet',
        {
          name: 'a',
          tags: null,
          list: [{ x: 1, y: { $unknown: 'azurerm_subnet.a.list[0].y is known after apply' } }],
          id: { $unknown: 'azurerm_subnet.a.id is known after apply' },
        },
      ],
    ])
    expect(text.slice(resources[0]!.origin.start, resources[0]!.origin.end)).toBe('"azurerm_subnet.a"')
  })

  it('gives what is there before', () => {
    const text = document({ resource_changes: [change('azurerm_subnet.a', { name: 'old' }, { name: 'new' })] })
    const request = { kind: 'plan', path: 'p.json', inputs: [] } as const
    const before = renderPlan(treeOf({ 'p.json': text }), request, 'before')
    expect(before.resources.map(({ value }) => toJson(value))).toEqual([{ name: 'old' }])
  })

  it('follows references through variables and outputs', () => {
    const text = document({
      resource_changes: [
        change('module.net.azurerm_subnet.a[0]', null, { name: 'a' }, { id: true }, { module_address: 'module.net' }),
        change(
          'module.vm.azurerm_nic.n',
          null,
          {},
          { ip_configuration: [{ subnet_id: true }] },
          { module_address: 'module.vm' },
        ),
      ],
      configuration: {
        root_module: {
          module_calls: {
            net: {
              module: {
                outputs: {
                  id: {
                    expression: { references: ['azurerm_subnet.a[0].id', 'azurerm_subnet.a[0]', 'azurerm_subnet.a'] },
                  },
                },
              },
            },
            vm: {
              expressions: { subnet_id: { references: ['module.net.id', 'module.net'] } },
              module: {
                resources: [
                  {
                    address: 'azurerm_nic.n',
                    expressions: { ip_configuration: [{ subnet_id: { references: ['var.subnet_id'] } }] },
                  },
                ],
              },
            },
          },
        },
      },
    })
    const { resources } = plan.render(
      treeOf({ 'p.json': text }),
      { kind: 'plan', path: 'p.json', inputs: [] },
      new ParseCache(),
    )
    const nic = resources.find(({ kind }) => kind === 'azurerm_nic')!
    const configuration = get(nic.value, 'ip_configuration') as Value & { items: readonly Value[] }
    expect(get(configuration.items[0], 'subnet_id')).toMatchObject({
      kind: 'unknown',
      reference: { address: 'module.net.azurerm_subnet.a[0]', attribute: 'id' },
    })
  })

  it('reports what is no plan', () => {
    const rendered = plan.render(
      treeOf({ 'p.json': '[]' }),
      { kind: 'plan', path: 'p.json', inputs: [] },
      new ParseCache(),
    )
    expect(rendered.problems.map(({ code }) => code)).toEqual(['syntax'])
  })

  it('does not take names from the file for names of its own', () => {
    const text = document({
      resource_changes: [change('azurerm_subnet.a', null, JSON.parse('{"__proto__": {"x": 1}}'))],
    })
    const { resources } = plan.render(
      treeOf({ 'p.json': text }),
      { kind: 'plan', path: 'p.json', inputs: [] },
      new ParseCache(),
    )
    expect(JSON.stringify(toJson(resources[0]!.value))).toBe('{"__proto__":{"x":1}}')
  })
})
