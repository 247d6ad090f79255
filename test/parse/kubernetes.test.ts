// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are those of Flux and envsubst
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { problemPlace } from '../../src/base/problem.ts'
import { dig, toJson } from '../../src/base/value.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from './tree-of.ts'

const parse = (files: Record<string, string>) => parseTree(treeOf(files))
const addresses = (files: Record<string, string>) =>
  parse(files).units.flatMap(({ resources }) => resources.map(({ address }) => address))
const problems = (files: Record<string, string>) =>
  parse(files).units.flatMap((unit) =>
    unit.problems.map((problem) => {
      const { file, line } = problemPlace(problem)
      return `${problem.code} ${file}${line === undefined ? '' : `:${line}`}`
    }),
  )
const object = (kind: string, name: string, more = '', apiVersion = 'v1') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`
const service = (name: string, more = '') => object('Service', name, more)

describe('what is a manifest', () => {
  test('objects are named by kind, namespace and name', () => {
    const files = {
      'a.yaml': [
        service('web'),
        service('web', '  namespace: shop\n'),
        object('Namespace', 'shop'),
        object('NetworkPolicy', 'x', '', 'networking.k8s.io/v1'),
        object('NetworkPolicy', 'x', '', 'projectcalico.org/v3'),
        'apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n',
        'apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n',
      ].join('---\n'),
    }
    expect(addresses(files)).toEqual([
      'Service/default/web',
      'Service/shop/web',
      'Namespace/shop',
      'NetworkPolicy/default/x',
      'NetworkPolicy.projectcalico.org/default/x',
      'Pod/default/job-*',
      'Pod/default/job-*#2',
    ])
  })

  test('lists are flattened, each item with its own place; JSON is read too', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n- 1\n'
    const json = JSON.stringify({
      kind: 'ServiceList',
      apiVersion: 'v1',
      items: [{ metadata: { name: 'b' } }],
    })
    const files = { 'a.yml': list, 'b.json': json }
    expect(addresses(files)).toEqual(['Service/default/a', 'Service/default/b'])
    expect(
      parse(files).units[0]!.resources[0]!.origin.source.position(list.indexOf('apiVersion: v1\n  kind')).line,
    ).toBe(4)
    expect(problems(files)).toEqual(['rejected a.yml:7'])
  })

  test.each([
    ['a workflow', '.github/workflows/ci.yaml', 'name: ci\non: push\njobs: {}\n'],
    ['a compose file', 'compose.yaml', 'services:\n  web: {image: x}\n'],
    ['a values file', 'values.yaml', 'kind: x\nimage: {tag: 1}\nbroken: [\n'],
    ['an OpenAPI document', 'openapi.yaml', 'openapi: 3.0.0\ninfo: {description: "kind: and apiVersion: in text"}\n'],
    ['a tool’s configuration', 'kind.yaml', 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nmetadata: {name: x}\n'],
    ['a kubeconfig', 'config.yaml', 'apiVersion: v1\nkind: Config\nclusters: []\n'],
    ['an empty file', 'empty.yaml', ''],
    ['a lock file', 'package-lock.json', '{"packages": {"kind": {}, "apiVersion": {}}}'],
    ['text', 'notes.json', 'apiVersion and kind\n'],
  ])('%s is none and no error', (_, path, text) => {
    const { units } = parse({ [path]: text })
    expect(units).toEqual([])
  })

  test('what looks meant as one and is none is rejected', () => {
    expect(
      problems({ 'a.yaml': 'apiVersion: v1\nmetadata: {name: x}\n# kind\nspec: {kind: y}\n---\nkind: Service\n' }),
    ).toEqual(['rejected a.yaml:1', 'rejected a.yaml:6'])
    expect(problems({ 'a.yaml': 'apiVersion: v1\nkind: Service\nspec: {}\n' })).toEqual(['rejected a.yaml:2'])
  })

  test('a broken document leaves its neighbours', () => {
    const files = { 'a.yaml': `${service('a')}---\n${service('b', 'spec: [\n')}---\n${service('c')}` }
    expect(addresses(files)).toEqual(['Service/default/a', 'Service/default/c'])
    expect(problems(files)[0]).toMatch(/^syntax a.yaml:\d+$/)
    expect(parse(files).units[0]!.incomplete).toBe(true)
  })

  test('a template is not rendered, and braces in a string make none', () => {
    const template = service('{{ .Release.Name }}-web')
    expect(problems({ 'a.yaml': template })).toEqual(['not-rendered a.yaml'])
    expect(addresses({ 'a.yaml': template })).toEqual([])
    expect(addresses({ 'a.yaml': `${service('a')}data:\n  text: "{{ $labels.pod }}"\n` })).toEqual([
      'Service/default/a',
    ])
    expect(problems({ 'a.yaml': `${service('a', 'x: "{{ y }}"\nz: [\n')}` })[0]).toMatch(/^syntax/)
  })

  test('large documents of schemas and dashboards are passed over, the rest of the file keeps its places', () => {
    const crd = object(
      'CustomResourceDefinition',
      'x',
      `spec:\n${'  # text\n'.repeat(400_000)}`,
      'apiextensions.k8s.io/v1',
    )
    const files = { 'a.yaml': `${service('a')}---\n${crd}---\n${service('b')}` }
    const { resources, problems: found } = parse(files).units[0]!
    expect(found).toEqual([])
    expect(resources.map(({ address }) => address)).toEqual(['Service/default/a', 'Service/default/b'])
    const name = dig(resources[1]!.value, 'metadata', 'name')!
    expect(files['a.yaml'].slice(name.origin.start, name.origin.end)).toBe('b')
    expect(problems({ 'a.yaml': service('a', `spec:\n${'  # text\n'.repeat(400_000)}`) })).toEqual(['too-large a.yaml'])
  })
})

describe('values that others fill in', () => {
  const spec = (text: string, more: Record<string, string> = {}) =>
    JSON.parse(
      JSON.stringify(
        toJson(
          dig(
            parse({ 'b.yaml': service('web', `spec:\n${text}`), ...more })
              .units.at(-1)!
              .resources.at(-1)!.value,
            'spec',
          )!,
        ),
      ),
    )

  test('are unknown where the API server would refuse them as written', () => {
    expect(spec('  cidr: ${IP}/32\n  "on": "{{ x }}"\n')).toEqual({
      cidr: { $unknown: '${IP} is filled in when the manifests are built' },
      on: { $unknown: 'a template is filled in by another tool' },
    })
    expect(spec('  key: ENC[AES256_GCM,data:x]\n').key).toEqual({ $unknown: 'the value is encrypted' })
  })

  test('are text in what programs read, unless Flux builds the tree', () => {
    const args = '  args: ["${HOST}"]\n'
    expect(spec(args)).toEqual({ args: ['${HOST}'] })
    const flux = object('Kustomization', 'k', 'spec:\n  path: ./apps\n', 'kustomize.toolkit.fluxcd.io/v1')
    expect(spec(args, { 'a.yaml': flux }).args[0].$unknown).toMatch(/HOST/)
  })
})

describe('charts and kustomizations', () => {
  test('a chart is one unit that was not rendered, its dependencies included', () => {
    const files = {
      'chart/Chart.yaml': 'apiVersion: v2\nname: x\n',
      'chart/values.yaml': 'a: 1\n',
      'chart/templates/a.yaml': service('{{ .x }}'),
      'chart/templates/plain.yaml': service('plain'),
      'chart/charts/sub/Chart.yaml': 'apiVersion: v2\n',
      'chart/charts/sub/templates/b.yaml': service('b'),
      'chart/examples/c.yaml': service('c'),
    }
    const { units, notRendered } = parse(files)
    expect(notRendered.map(({ unit }) => `${unit.kind} ${unit.path} ${unit.files.length}`)).toEqual(['helm chart 6'])
    expect(problems(files)).toEqual(['not-rendered chart/Chart.yaml'])
    expect(units.flatMap(({ resources }) => resources.map(({ address }) => address))).toEqual(['Service/default/c'])
  })

  test('a kustomization that only lists leaves plain manifests, and what it does not list is not deployed', () => {
    const files = {
      'k/kustomization.yaml': 'resources: [a.yaml, sub]\nimages: [{name: x, newTag: y}]\n',
      'k/a.yaml': service('a'),
      'k/old.yaml': service('old'),
      'k/sub/kustomization.yml': 'resources:\n- b.yaml\n',
      'k/sub/b.yaml': service('b'),
    }
    expect(addresses(files)).toEqual(['Service/default/a', 'Service/default/b'])
    expect(parse(files).notRendered).toEqual([])
  })

  test('one that changes its resources is not judged by them, nor by its patches', () => {
    const files = {
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': service('a'),
      'overlay/kustomization.yaml': 'resources: [../base]\npatches:\n- path: patch.yaml\n',
      'overlay/patch.yaml': service('a', 'spec: {type: LoadBalancer}\n'),
      'other/b.yaml': service('b'),
    }
    expect(addresses(files)).toEqual(['Service/default/b'])
    const [unit] = parse(files).notRendered
    expect(unit!.unit).toEqual({
      kind: 'kustomize',
      path: 'overlay',
      files: ['base/a.yaml', 'base/kustomization.yaml', 'overlay/kustomization.yaml', 'overlay/patch.yaml'],
    })
    expect(unit!.problems[0]!.message).toBe('the kustomization was not built: it sets `patches`')
    expect(problems(files)).toEqual(['not-rendered overlay/kustomization.yaml'])
  })

  test('a base that another root takes as it is stays plain', () => {
    const files = {
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': service('a'),
      'dev/kustomization.yaml': 'resources: [../base]\n',
      'prod/kustomization.yaml': 'resources: [../base]\nnamespace: prod\n',
    }
    expect(addresses(files)).toEqual(['Service/default/a'])
    expect(parse(files).notRendered.map(({ unit }) => unit.path)).toEqual(['prod'])
  })

  test('one that lists what is not there cannot be built, nor can what includes it', () => {
    const files = {
      'top/kustomization.yaml': 'resources: [../k]\n',
      'k/kustomization.yaml': 'resources: [a.yaml, gone.yaml, https://example.com/x.yaml]\n',
      'k/a.yaml': service('a'),
    }
    expect(addresses(files)).toEqual([])
    expect(parse(files).notRendered[0]!.problems[0]!.message).toBe(
      'the kustomization was not built: k: it lists `gone.yaml`, which is not in the tree',
    )
  })

  test('circles and names that lead out of the tree end', () => {
    const files = {
      'a/kustomization.yaml': 'resources: [../b, ../../etc, /etc]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
      'c/kustomization.yaml': 'resources: [.]\n',
    }
    expect(addresses(files)).toEqual([])
  })

  test('Flux’s Kustomization changes a folder as an overlay does', () => {
    const flux = (more: string) =>
      object('Kustomization', 'apps', `spec:\n  path: ./apps\n${more}`, 'kustomize.toolkit.fluxcd.io/v1')
    const files = (more: string) => ({ 'clusters/a.yaml': flux(more), 'apps/sub/a.yaml': service('a') })
    expect(addresses(files(''))).toEqual(['Service/default/a', 'Kustomization/default/apps'])
    expect(addresses(files('  targetNamespace: x\n'))).toEqual(['Kustomization/default/apps'])
    expect(parse(files('  targetNamespace: x\n')).notRendered[0]!.problems[0]!.message).toMatch(/targetNamespace/)
  })
})

describe('base and head', () => {
  test('what is equal is parsed once and is the identical object', () => {
    const cache = new ParseCache()
    const files = { 'a/a.yaml': service('a'), 'a/b.yaml': service('b'), 'c/c.yaml': service('c') }
    const base = parseTree(treeOf(files), { cache })
    const head = parseTree(treeOf({ ...files, 'a/b.yaml': service('b', 'spec: {}\n') }), { cache })
    expect(head.units[1]).toBe(base.units[1])
    expect(head.units[0]!.resources[0]).toBe(base.units[0]!.resources[0])
    expect(head.units[0]!.resources[1]).not.toBe(base.units[0]!.resources[1])
  })

  test('files can be left out, and the limit of the run holds', () => {
    const files = { 'a/a.yaml': service('a'), 'b/b.yaml': service('b') }
    const some = parseTree(treeOf(files), { only: (path) => !path.startsWith('a/') })
    expect(some.units.map(({ unit }) => unit.path)).toEqual(['b'])
    const small = parseTree(treeOf(files), { cache: new ParseCache({ maxFileLength: 10 }) })
    expect(small.units[0]!.problems[0]!.code).toBe('too-large')
  })

  test('random manifests never throw', () => {
    const text = `${service('a', 'spec: {type: LoadBalancer, ports: [{port: 1}]}\n')}---\nkind: List\napiVersion: v1\nitems: []\n`
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ unit: 'binary', maxLength: 4 }), fc.nat(10), (at, noise, cut) => {
        const mutated = text.slice(0, at) + noise + text.slice(at + cut)
        parse({ 'a.yaml': mutated, 'b.json': mutated, 'kustomization.yaml': mutated })
      }),
      { numRuns: 500 },
    )
  })
})
