import { describe, expect, it } from 'vitest'
import { ParseCache } from '../../src/parse/front-end.ts'
import { touchesNothing } from '../../src/silence.ts'
import { compareTrees, touchedPaths } from '../../src/source/compare-trees.ts'
import { memoryTree } from '../source/memory-tree.ts'

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "web:1", ports: [{containerPort: 8080}]}]
`

function isSilent(base: Record<string, string>, head: Record<string, string>): boolean {
  const [before, after] = [memoryTree(base), memoryTree(head)]
  const touched = touchedPaths(compareTrees(before, after))
  return touchesNothing(before, after, touched, { cache: new ParseCache(), only: () => true })
}

describe('told from the touched files alone', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    [
      'an image and replicas',
      { 'a.yaml': DEPLOYMENT },
      { 'a.yaml': DEPLOYMENT.replace('web:1', 'web:2').replace('replicas: 1', 'replicas: 4') },
    ],
    ['a comment', { 'a.yaml': DEPLOYMENT }, { 'a.yaml': `# why\n${DEPLOYMENT}` }],
    ['prose', { 'a.yaml': DEPLOYMENT, 'README.md': 'a' }, { 'a.yaml': DEPLOYMENT, 'README.md': 'b' }],
    ['a workflow', { '.github/workflows/ci.yml': 'on: push\n' }, { '.github/workflows/ci.yml': 'on: pull_request\n' }],
    ['nothing at all', { 'a.yaml': DEPLOYMENT }, { 'a.yaml': DEPLOYMENT }],
  ])('%s', (_, base, head) => {
    expect(isSilent(base, head)).toBe(true)
  })
})

describe('needs a look at the whole', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a port', { 'a.yaml': DEPLOYMENT }, { 'a.yaml': DEPLOYMENT.replace('8080', '8081') }],
    ['a label', { 'a.yaml': DEPLOYMENT }, { 'a.yaml': DEPLOYMENT.replace('app: web', 'app: shop') }],
    ['a moved file', { 'dev/a.yaml': DEPLOYMENT }, { 'prod/a.yaml': DEPLOYMENT }],
    ['data that Terraform may read', { 'config.yaml': 'cidr: 10.0.0.0/8\n' }, { 'config.yaml': 'cidr: 0.0.0.0/0\n' }],
    ['a text that a template may load', { 'names.txt': 'a.com\n' }, { 'names.txt': '*\n' }],
    ['Terraform', { 'main.tf': 'locals {}\n' }, { 'main.tf': 'locals {\n}\n' }],
    [
      'the configuration',
      { '.github/ringfence.yml': 'fail-on: high\n' },
      { '.github/ringfence.yml': 'fail-on: none\n' },
    ],
    ['a broken document', { 'a.yaml': DEPLOYMENT }, { 'a.yaml': `${DEPLOYMENT}---\nkind: [\n` }],
    [
      'a comment that accepts a finding',
      { 'a.yaml': DEPLOYMENT },
      { 'a.yaml': `# ringfence:ignore net-raw until=2027-01-01 reason="why"\n${DEPLOYMENT}` },
    ],
    ['a comment that reads backwards', { 'a.yaml': DEPLOYMENT }, { 'a.yaml': `# \u202ewhy\n${DEPLOYMENT}` }],
    ['values of a chart', { 'values.yaml': 'a: 1\n' }, { 'values.yaml': 'a: 2\n' }],
  ])('%s', (_, base, head) => {
    expect(isSilent(base, head)).toBe(false)
  })
})
