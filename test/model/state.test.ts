import { describe, expect, test } from 'vitest'
import { toGlob } from '../../src/config/glob.ts'
import { findStates, pairStates } from '../../src/model/state.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from '../parse/tree-of.ts'
import { processorTime } from '../processor-time.ts'

const objects = (...names: string[]) =>
  names
    .map((name) => {
      const [kind, rest] = name.split(' ') as [string, string]
      const [namespace, own] = rest.includes('/') ? rest.split('/') : ['default', rest]
      return `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${own}, namespace: ${namespace}}\n`
    })
    .join('---\n')
const units = (files: Record<string, string>) => parseTree(treeOf(files), { cache: new ParseCache() }).units
/** Files of each state, by its name. */
const states = (files: Record<string, string>, named: Record<string, string[]> = {}) =>
  Object.fromEntries(
    findStates(
      units(files),
      Object.entries(named).map(([name, globs]) => ({ name, paths: globs.map(toGlob) })),
    ).map((state) => [state.name, [...new Set(state.resources.map(({ origin }) => origin.source.path))].join(' ')]),
  )

describe('one state', () => {
  test('where nothing is defined twice', () => {
    expect(
      states({ 'a/a.yaml': objects('Service a'), 'b/b.yaml': objects('Service b'), 'c.yaml': objects('Service x/a') }),
    ).toEqual({
      '': 'a/a.yaml b/b.yaml c.yaml',
    })
    expect(states({})).toEqual({ '': '' })
  })

  test('where only what has no effect on the network is defined twice', () => {
    const files = {
      'a/a.yaml': objects('Namespace n', 'ConfigMap c', 'Service a'),
      'b/b.yaml': objects('Namespace n', 'ConfigMap c', 'Service b'),
    }
    expect(Object.keys(states(files))).toEqual([''])
  })

  test('where two files of a folder or two large folders happen to share an object', () => {
    expect(Object.keys(states({ 'a.yaml': objects('Service a'), 'b.yaml': objects('Service a') }))).toEqual([''])
    const many = (prefix: string) =>
      objects('Service redis', ...[1, 2, 3, 4, 5].map((index) => `Service ${prefix}${index}`))
    expect(Object.keys(states({ 'one/a.yaml': many('a'), 'two/a.yaml': many('b') }))).toEqual([''])
  })
})

describe('alternatives', () => {
  test('folders that define the same', () => {
    const files = {
      'dev/web.yaml': objects('Service web', 'Deployment web'),
      'prod/web.yaml': objects('Service web', 'Deployment web'),
      'shared/dns.yaml': objects('Service dns'),
    }
    expect(states(files)).toEqual({ dev: 'dev/web.yaml shared/dns.yaml', prod: 'prod/web.yaml shared/dns.yaml' })
  })

  test('the same names go together at all forks, and an environment that one lacks has nothing of it', () => {
    const files = {
      'web/dev/a.yaml': objects('Service web'),
      'web/prod/a.yaml': objects('Service web'),
      'api/dev/a.yaml': objects('Service api'),
      'api/prod.yaml': objects('Service api'),
      'api/staging-eu/a.yaml': objects('Service api'),
    }
    expect(states(files)).toEqual({
      dev: 'api/dev/a.yaml web/dev/a.yaml',
      prod: 'api/prod.yaml web/prod/a.yaml',
      'staging-eu': 'api/staging-eu/a.yaml',
    })
  })

  test('unrelated forks add up and do not multiply', () => {
    const files = Object.fromEntries(
      [1, 2, 3, 4, 5, 6].flatMap((app) =>
        ['red', 'blue'].map((side) => [`app${app}/${side}${app}/a.yaml`, objects(`Service s${app}`)]),
      ),
    )
    expect(Object.keys(states(files))).toHaveLength(7)
  })

  test('forks below forks', () => {
    const files = {
      'dev/a.yaml': objects('Service a'),
      'prod/eu/a.yaml': objects('Service a'),
      'prod/us/a.yaml': objects('Service a'),
      'prod/b.yaml': objects('Service b'),
    }
    expect(states(files)).toEqual({
      dev: 'dev/a.yaml',
      eu: 'prod/b.yaml prod/eu/a.yaml',
      us: 'prod/b.yaml prod/us/a.yaml',
    })
  })

  test('all-in-one files beside each other, and a generated copy beside its source', () => {
    const all = ['Service a', 'Service b', 'Deployment a', 'Deployment b']
    const files = {
      'all.yaml': objects(...all, 'Deployment c'),
      'quickstart.yaml': objects(...all),
      'k/a.yaml': objects('Service a', 'Deployment a'),
      'k/b.yaml': objects('Service b', 'Deployment b'),
      'other.yaml': objects('Deployment d'),
    }
    expect(states(files)).toEqual({
      all: 'all.yaml other.yaml',
      k: 'other.yaml k/a.yaml k/b.yaml',
      quickstart: 'other.yaml quickstart.yaml',
    })
  })

  test('parts against the whole that replaces them', () => {
    const files = {
      'api/a.yaml': objects('Service api'),
      'web/a.yaml': objects('Service web'),
      'monolith/a.yaml': objects('Service api', 'Service web'),
    }
    expect(states(files)).toEqual({ api: 'api/a.yaml web/a.yaml', monolith: 'monolith/a.yaml' })
  })

  test('a collection of examples is a state for each', () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `ex${index}/a.yaml`,
        objects(`Service s${index % 5}`, `Service only${index}`),
      ]),
    )
    expect(Object.keys(states(files))).toHaveLength(12)
  })
})

test('the configuration names states; the rest is found', () => {
  const files = {
    'a/x/a.yaml': objects('Service a'),
    'b/a.yaml': objects('Service a'),
    'c/a.yaml': objects('Service c'),
  }
  expect(states(files, { one: ['a'], two: ['b', 'c/**'] })).toEqual({ one: 'a/x/a.yaml', two: 'b/a.yaml c/a.yaml' })
  expect(states(files, { one: ['a/**'] })).toEqual({ one: 'a/x/a.yaml', '': 'b/a.yaml c/a.yaml' })
})

describe('base and head are divided alike', () => {
  const shape = (base: Record<string, string>, head: Record<string, string>) =>
    pairStates(units(base), units(head)).map(({ name, base: b, head: h }) => [
      name,
      b.resources.length,
      h.resources.length,
    ])

  test('a copied environment is one that the base did not have', () => {
    const base = { 'dev/a.yaml': objects('Service a'), 'x.yaml': objects('Service x') }
    expect(shape(base, { ...base, 'prod/a.yaml': objects('Service a') })).toEqual([
      ['dev', 2, 2],
      ['prod', 1, 2],
    ])
  })

  test('a moved file is no alternative to itself', () => {
    expect(shape({ 'a/a.yaml': objects('Service a') }, { 'b/a.yaml': objects('Service a') })).toEqual([['', 1, 1]])
  })
})

test('many folders cost little', () => {
  const files = Object.fromEntries(
    Array.from({ length: 1500 }, (_, index) => [
      `ns/${index}/a.yaml`,
      objects(`NetworkPolicy n${index}/deny`, `NetworkPolicy n${index}/allow`),
    ]),
  )
  const same = Object.fromEntries(
    Array.from({ length: 1500 }, (_, index) => [`ex/${index}/a.yaml`, objects('Service a', `Service b${index}`)]),
  )
  const found = [units(files), units(same)]
  const start = processorTime()
  expect(findStates(found[0]!)).toHaveLength(1)
  expect(findStates(found[1]!).length).toBeGreaterThan(1)
  expect(processorTime() - start).toBeLessThan(3000)
})
