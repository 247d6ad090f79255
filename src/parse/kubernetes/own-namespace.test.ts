import { expect, it } from 'vitest'
import { denyAll, deployment, documents } from '../../../test/manifests.ts'
import { isInNamespace } from './own-namespace.ts'

const namespace = (name: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  labels: {name: other}\n  name: ${name}\n`

it.each([
  ['every object is in it', documents(deployment('web'), denyAll()), true],
  [
    'Windows line ends, quotes and comments',
    `# web\n${denyAll()}`.replace('namespace: shop', 'namespace: "shop" # ours').replaceAll('\n', '\r\n'),
    true,
  ],
  ['the Namespace itself', documents(namespace('shop'), deployment('web')), true],
  [
    'objects outside of namespaces',
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader\n',
    true,
  ],
  ['empty documents', `---\n# nothing\n---\n${denyAll()}---\n`, true],
  ['a Namespace of another name, which would be renamed', namespace('stock'), false],
  ['one object is in another', documents(deployment('web'), denyAll('stock')), false],
  ['one object names none', deployment('web').replace('  namespace: shop\n', ''), false],
  [
    'the namespace of something else',
    denyAll().replace('  namespace: shop\n', '').replace('spec:', 'spec:\n  namespace: shop'),
    false,
  ],
  ['flow style is not looked into', '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}}\n', false],
  ['a list', 'apiVersion: v1\nkind: List\nitems: []\n', false],
])('%s', (_, text, expected) => {
  expect(isInNamespace(text, 'shop')).toBe(expected)
})
