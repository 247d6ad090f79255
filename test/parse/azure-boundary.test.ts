import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemPlace } from '../../src/base/problem.ts'
import { toJson } from '../../src/base/value.ts'
import { arm } from '../../src/parse/arm/index.ts'
import { bicep } from '../../src/parse/bicep/index.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import type { RenderedUnit } from '../../src/parse/resource.ts'
import { openTree } from '../../src/source/open-tree.ts'
import { renderArm, renderBicep, TEMPLATE } from './azure-render.ts'
import { treeOf } from './tree-of.ts'

const SECRET = 'the secret outside'
const probe = (expression: string) =>
  `resource n 'A.B/c@1' = {\n  name: 'n'\n  properties: {\n    x: ${expression}\n  }\n}\n`
const link = (relativePath: string, name = 'd') => ({
  type: 'Microsoft.Resources/deployments',
  apiVersion: '2024-03-01',
  name,
  properties: { mode: 'Incremental', templateLink: { relativePath } },
})
const template = (...resources: unknown[]) => ({ $schema: TEMPLATE, resources })
const told = (unit: RenderedUnit) => unit.problems.map((one) => ({ ...problemPlace(one), message: one.message }))

describe('files that lead to themselves', () => {
  it.each([
    ['itself', { 'main.bicep': "module m 'main.bicep' = {\n  name: 'm'\n}\n" }, 'main.bicep', 1],
    [
      'another that leads back',
      {
        'main.bicep': "module m 'a.bicep' = {\n  name: 'm'\n}\n",
        'a.bicep': "module m 'b.bicep' = {\n  name: 'm'\n}\n",
        'b.bicep': "// c\nmodule m './x/../a.bicep' = {\n  name: 'm'\n}\n",
      },
      'b.bicep',
      2,
    ],
  ])('as a module: %s', (_, files, file, line) => {
    const unit = renderBicep(files)
    expect(unit.resources).toEqual([])
    const message = expect.stringContaining('contains itself')
    expect(told(unit)[0]).toEqual({ file, line, message })
    expect(unit.incomplete).toBe(true)
  })

  it('are found as units all the same', () => {
    const claim = bicep.find(treeOf({ 'a.bicep': "module m 'b.bicep' = {}\n", 'b.bicep': "module m 'a.bicep' = {}\n" }))
    expect(claim.units.map(({ path }) => path)).toEqual(['a.bicep'])
  })

  it('as imports, types, outputs and parameter files', () => {
    const imports = renderBicep({
      'main.bicep': `import { x } from 'b.bicep'\n@export()\nvar y = x\n${probe('[x, y]')}`,
      'b.bicep': "import { y } from 'main.bicep'\n@export()\nvar x = y\n",
    })
    expect(toJson(imports.resources[0]!.value)).toMatchObject({
      properties: { x: [{ $unknown: expect.stringContaining('needs itself') }, { $unknown: expect.any(String) }] },
    })
    const types = renderBicep({ 'main.bicep': `type a = b\ntype b = a\nparam p a\n${probe('p')}` })
    expect(toJson(types.resources[0]!.value)).toMatchObject({ properties: { x: { $unknown: expect.any(String) } } })
    const params = renderBicep(
      {
        'main.bicep': `param p string\n${probe('p')}`,
        'a.bicepparam': "using 'main.bicep'\nextends 'b.bicepparam'\n",
        'b.bicepparam': "using 'main.bicep'\n\nextends 'a.bicepparam'\nparam p = 'b'\n",
      },
      'a.bicepparam',
    )
    expect(toJson(params.resources[0]!.value)).toMatchObject({ properties: { x: 'b' } })
    expect(told(params)).toEqual([
      { file: 'b.bicepparam', line: 3, message: 'the parameter file a.bicepparam extends itself' },
    ])
    const outputs = renderBicep({
      'main.bicep':
        "module a 'a.bicep' = {\n  name: 'a'\n  params: { x: b.outputs.x }\n}\nmodule b 'a.bicep' = {\n  name: 'b'\n  params: { x: a.outputs.x }\n}\n",
      'a.bicep': `param x string\noutput x string = x\n${probe('x')}`,
    })
    expect(outputs.resources.map(({ value }) => toJson(value))).toMatchObject([
      { properties: { x: { $unknown: '"param x" needs itself' } } },
      { properties: { x: { $unknown: '"param x" needs itself' } } },
    ])
  })

  it('as linked templates', () => {
    const unit = renderArm({
      'main.json': template(link('a.json'), { type: 'A.B/c', apiVersion: '1', name: 'n' }),
      'a.json': template(link('b.json')),
      'b.json': template(link('./a.json')),
    })
    expect(unit.resources.map((one) => one.address)).toEqual(['A.B/c/n'])
    expect(told(unit)).toEqual([{ file: 'b.json', line: 11, message: 'the template a.json contains itself' }])
  })
})

/** How a file may name one that is not for it to read; `secret.*` lies beside the tree. */
const OUTSIDE = (ending: string, root: string) => [
  `../secret.${ending}`,
  `../../../../../../../../../../..${join(root, `secret.${ending}`)}`,
  join(root, `secret.${ending}`),
  `a/../../secret.${ending}`,
  `..\\\\secret.${ending}`,
  `%2e%2e/secret.${ending}`,
  `..%2fsecret.${ending}`,
  `file://${join(root, `secret.${ending}`)}`,
  `./link.${ending}`,
  `linked/secret.${ending}`,
  `~/secret.${ending}`,
  '/etc/passwd',
  '../../../../../../../../etc/passwd',
]

describe('files outside of the tree', () => {
  let root = ''
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ringfence-boundary-'))
    for (const [path, text] of Object.entries({
      'secret.txt': SECRET,
      'secret.json': JSON.stringify({ ...template({ type: 'A.B/c', apiVersion: '1', name: SECRET }), secret: SECRET }),
      'secret.yaml': `secret: ${SECRET}\n`,
      'secret.bicep': `@export()\nvar secret = '${SECRET}'\noutput o string = secret\nresource s 'A.B/c@1' = {\n  name: '${SECRET}'\n}\n`,
      'secret.bicepparam': `using none\nparam p = '${SECRET}'\n`,
    })) {
      writeFileSync(join(root, path), text)
    }
    mkdirSync(join(root, 'tree'))
    for (const ending of ['txt', 'json', 'yaml', 'bicep', 'bicepparam']) {
      symlinkSync(`../secret.${ending}`, join(root, 'tree', `link.${ending}`))
    }
    symlinkSync('..', join(root, 'tree/linked'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, 'tree', path)), { recursive: true })
    writeFileSync(join(root, 'tree', path), text)
  }
  /** Nothing of what lies outside is printed, and each place that names it is told of. */
  const expectUnread = (unit: RenderedUnit, lines: readonly (number | undefined)[]) => {
    const printed = JSON.stringify([unit.resources.map(({ value }) => toJson(value)), told(unit), unit.unit.files])
    expect(printed).not.toContain(SECRET)
    expect(printed).not.toContain('root:')
    expect(unit.incomplete).toBe(true)
    expect(told(unit).map(({ file, line }) => [file, line])).toEqual(lines.map((line) => [unit.unit.path, line]))
  }

  it.each(['loadTextContent', 'loadFileAsBase64', 'loadJsonContent', 'loadYamlContent'])(
    'are not read by %s()',
    async (call) => {
      const ending = call === 'loadJsonContent' ? 'json' : call === 'loadYamlContent' ? 'yaml' : 'txt'
      const paths = OUTSIDE(ending, root)
      write('load.bicep', paths.map((path, i) => `resource r${i} 'A.B/c@1' = { name: ${call}('${path}') }\n`).join(''))
      const tree = await openTree(join(root, 'tree'))
      const unit = bicep.render(tree, { kind: 'bicep', path: 'load.bicep', inputs: [] }, new ParseCache())
      expectUnread(
        unit,
        paths.map((_, i) => i + 1),
      )
      for (const { value } of unit.resources)
        expect(toJson(value)).toMatchObject({ name: { $unknown: expect.any(String) } })
    },
  )

  it('are neither modules nor imports nor parameter files', async () => {
    const paths = OUTSIDE('bicep', root)
    write(
      'modules.bicep',
      paths.map((path, i) => `module m${i} '${path}' = { name: 'm' }\n`).join('') +
        paths.map((path, i) => `import { secret as s${i} } from '${path}'\n`).join('') +
        probe(`[\n${paths.map((_, i) => `s${i}\nm${i}.outputs.o`).join('\n')}\n]`),
    )
    const tree = await openTree(join(root, 'tree'))
    const unit = bicep.render(tree, { kind: 'bicep', path: 'modules.bicep', inputs: [] }, new ParseCache())
    const count = paths.length
    expectUnread(
      unit,
      [...Array(count * 2).keys()].map((i) => i + 1),
    )
    for (const path of OUTSIDE('bicepparam', root)) {
      write('p.bicep', `param p string\n${probe('p')}`)
      write('p.bicepparam', `using 'p.bicep'\nextends '${path}'\n`)
      const fresh = await openTree(join(root, 'tree'))
      const request = { kind: 'bicep', path: 'p.bicep', inputs: ['p.bicepparam'] } as const
      const rendered = bicep.render(fresh, request, new ParseCache())
      expect(JSON.stringify(rendered.resources.map(({ value }) => toJson(value)))).not.toContain(SECRET)
      expect(told(rendered)).toEqual([expect.objectContaining({ file: 'p.bicepparam', line: 2 })])
    }
  })

  it('are not linked by templates', async () => {
    const paths = OUTSIDE('json', root)
    write('main.json', JSON.stringify(template(...paths.map((path, i) => link(path, `d${i}`))), null, 1))
    const tree = await openTree(join(root, 'tree'))
    const unit = arm.render(tree, { kind: 'arm', path: 'main.json', inputs: [] }, new ParseCache())
    expectUnread(
      unit,
      paths.map(() => expect.any(Number)),
    )
    expect(unit.resources.every((one) => one.kind === 'module')).toBe(true)
  })

  it('are not listed', async () => {
    for (const folder of ['..', '/', '/etc', 'linked', 'a/../..', '../../../../etc']) {
      write('list.bicep', probe(`loadDirectoryFileInfo('${folder}')`))
      const tree = await openTree(join(root, 'tree'))
      const unit = bicep.render(tree, { kind: 'bicep', path: 'list.bicep', inputs: [] }, new ParseCache())
      const text = JSON.stringify(toJson(unit.resources[0]!.value))
      expect(text).not.toContain('secret')
      expect(text).not.toContain('passwd')
    }
  })
})
