import { expect, it } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { parseTree } from '../parse/units.ts'
import { diffStates } from './diff-states.ts'

type Files = Readonly<Record<string, string>>

/** What opens and closes, as `from → to`. */
function changes(before: Files, after: Files): readonly string[] {
  return analysePair(parseTree(memoryTree(before)), parseTree(memoryTree(after)), EMPTY_CONFIG)
    .flatMap(({ base, head }) => diffStates(base, head))
    .map(({ from, to }) => `${from.name} → ${to.name}`)
}

const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`
const shop = (name: string): Files => ({
  'app.yaml': documents(deployment('web', { namespace: name }), denyAll(name)),
})

it('says nothing of a namespace that is renamed, with its object or without', () => {
  expect(changes(shop('shop'), shop('store'))).toEqual([])
  const withObject = (name: string) => ({ ...shop(name), 'namespace.yaml': namespace(name) })
  expect(changes(withObject('shop'), withObject('store'))).toEqual([])
})

it('says nothing of pods of a namespace that is new or gone', () => {
  const other = { 'other.yaml': documents(deployment('api', { namespace: 'other' }), denyAll('other')) }
  const both = { ...other, ...shop('shop'), 'namespace.yaml': namespace('shop') }
  expect(changes(other, both)).toEqual([])
  expect(changes(both, other)).toEqual([])
})

it('tells what policies for pods of others open, where the namespace is none of the tree', () => {
  const other = { 'other.yaml': denyAll('other') }
  const opened = changes({ ...other, 'deny.yaml': denyAll('shop') }, other)
  expect(opened.filter((flow) => flow.endsWith('→ every pod in shop'))).not.toEqual([])
})

it('knows a workload that becomes one of another kind', () => {
  const before = documents(deployment('web'), denyAll())
  const after = before
    .replace('kind: Deployment', 'kind: StatefulSet')
    .replace('spec:\n', 'spec:\n  serviceName: web\n')
  expect(changes({ 'app.yaml': before }, { 'app.yaml': after })).toEqual([])
})

it('lets in one namespace by its name, and no other', () => {
  const from = policy(
    'from-ingress',
    '  podSelector: {}\n  ingress:\n    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress}}}]\n',
  )
  const app = { 'app.yaml': documents(deployment('web'), denyAll()) }
  const opened = changes(app, { ...app, 'more.yaml': from })
  expect(opened).toContain('every pod in ingress → shop/web')
  expect(opened.filter((flow) => flow.includes('any namespace'))).toEqual([])
})
