import { expect, test } from 'vitest'
import { treeOf } from '../../test/parse/tree-of.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { ParseCache } from '../parse/front-end.ts'
import { parseTree } from '../parse/units.ts'
import { diffReachability } from '../reach/difference.ts'
import { doorFlows } from './door-flows.ts'
import { toChanges } from './to-changes.ts'

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
`
const service = (spec: string, name = 'web', annotations = '{}') => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop, annotations: ${annotations}}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}], ${spec}}
`
const PUBLIC = service('type: LoadBalancer')
const INTERNAL = service(
  'type: LoadBalancer',
  'web',
  '{service.beta.kubernetes.io/azure-load-balancer-internal: "true"}',
)
const from = (...ranges: readonly string[]) =>
  service(`type: LoadBalancer, loadBalancerSourceRanges: [${ranges.join(', ')}]`)

function told(before: string, after: string) {
  const tree = (text: string) => parseTree(treeOf({ 'web.yaml': WEB + text }), { cache: new ParseCache() })
  const [pair] = analysePair(tree(before), tree(after), EMPTY_CONFIG)
  const { base, head } = pair!
  const flows = doorFlows(diffReachability(base.reach, head.reach).doors, base, head)
  const { ingress } = toChanges([['', flows]], 1).exposure
  return [...ingress.added, ...ingress.removed, ...ingress.changed]
}

const texts = (before: string, after: string) =>
  told(before, after).map(
    ({ from: who, to, before: was, after: is }) => `${who} → ${to}: ${was || 'nothing'} → ${is || 'nothing'}`,
  )

test('tells who comes in by a Service that is new, gone, or becomes public', () => {
  const viaNodes = 'whoever reaches the nodes → shop/web'
  expect(texts('', PUBLIC)).toContain('internet → shop/web: nothing → TCP 8080')
  expect(texts(PUBLIC, '')).toContain('internet → shop/web: TCP 8080 → nothing')
  expect(texts(INTERNAL, PUBLIC)).toContain('internet → shop/web: nothing → TCP 8080')
  expect(texts(INTERNAL, PUBLIC).filter((text) => text.startsWith(viaNodes))).toEqual([])
  expect(texts('', service('type: NodePort'))).toEqual([`${viaNodes}: nothing → TCP 8080`])
  expect(texts('', service('type: ClusterIP'))).toEqual([])
})

test('says nothing of a Service that is only called otherwise', () => {
  expect(texts(PUBLIC, service('type: LoadBalancer', 'shop-front'))).toEqual([])
  expect(
    texts(
      PUBLIC,
      service('type: LoadBalancer', 'shop-front', '{service.beta.kubernetes.io/azure-load-balancer-internal: "true"}'),
    ),
  ).not.toEqual([])
})

test('points to the Service', () => {
  const opened = told('', PUBLIC).find(({ from: who }) => who === 'internet')
  expect(opened!.cause).toMatchObject({ file: 'web.yaml', resource: 'Service/shop/web', why: 'load balancer' })
})

test('tells the sources that a door gains without those that it had', () => {
  expect(texts(from('198.51.100.0/24'), from('198.51.100.0/24', '203.0.113.0/24')).filter(isFromRange)).toEqual([
    '203.0.113.0/24 → shop/web: nothing → TCP 8080',
  ])
  expect(texts(from('198.51.100.0/24'), PUBLIC).filter(isFromRange)).toEqual([
    'internet except 198.51.100.0/24 → shop/web: nothing → TCP 8080',
  ])
  expect(texts(PUBLIC, from('198.51.100.0/24')).filter(isFromRange)).toEqual([
    'internet except 198.51.100.0/24 → shop/web: TCP 8080 → nothing',
  ])
})

function isFromRange(text: string): boolean {
  return /^(?:\d|internet)/.test(text)
}

test('is silent about another order, another name of the port, and sources that are split', () => {
  expect(texts(from('198.51.100.0/24', '203.0.113.0/24'), from('203.0.113.0/24', '198.51.100.0/24'))).toEqual([])
  expect(texts(from('198.51.100.0/24'), from('198.51.100.0/25', '198.51.100.128/25'))).toEqual([])
  const named = PUBLIC.replace('{port: 80,', '{name: http, port: 80,')
  expect(texts(PUBLIC, named)).toEqual([])
})
