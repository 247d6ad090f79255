import { describe, expect, it } from 'vitest'
import { SourceText } from '../base/text.ts'
import { buildKubernetesNetwork } from '../model/kubernetes/build-network.ts'
import { readManifest } from '../parse/kubernetes/read-manifest.ts'
import { engineNotes } from './engine-notes.ts'
import { reachabilityOf } from './reachability.ts'
import { findRedundantRules } from './redundant-rules.ts'

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: c}]}\n---\n'
const policy = (name: string, spec: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n---\n`

function networkOf(text: string) {
  const { resources } = readManifest(new SourceText('shop.yaml', text), { flux: false })
  return buildKubernetesNetwork(resources).network
}

function redundant(text: string) {
  return findRedundantRules(reachabilityOf({ kubernetes: networkOf(text) })).map(
    ({ policy: { name }, rule, coveredBy }) =>
      `${name} ${rule.index} by ${coveredBy === undefined ? 'several' : `${coveredBy.policy.name} ${coveredBy.rule.index}`}`,
  )
}

describe('findRedundantRules', () => {
  it('names a rule that another rule allows already', () => {
    const text =
      policy('a', '{podSelector: {}, ingress: [{ports: [{port: 80}]}]}') +
      policy(
        'b',
        '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}, {ports: [{port: 81}]}]}',
      )
    expect(redundant(POD + text)).toEqual(['b 0 by a 0'])
  })

  it('names a rule that several rules allow together', () => {
    const text = policy(
      'a',
      '{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 85}]}, {ports: [{port: 86, endPort: 90}]}, {ports: [{port: 84, endPort: 88}]}]}',
    )
    expect(redundant(POD + text)).toEqual(['a 2 by several'])
  })

  it('keeps a rule that some other pod needs', () => {
    const other = POD.replaceAll('web', 'other')
    const text =
      policy('a', '{podSelector: {matchLabels: {app: web}}, ingress: [{}]}') +
      policy('b', '{podSelector: {}, ingress: [{ports: [{port: 80}]}]}')
    expect(redundant(POD + text)).toEqual(['b 0 by a 0'])
    expect(redundant(POD + other + text)).toEqual([])
  })
})

describe('engineNotes', () => {
  it('says what was assumed, and only what concerns the policies of the tree', () => {
    expect(engineNotes(networkOf(POD), { engine: 'unknown' })).toEqual([])
    const plain = networkOf(POD + policy('a', '{podSelector: {}}'))
    expect(engineNotes(plain, { engine: 'unknown' })).toHaveLength(1)
    expect(engineNotes(plain, { engine: 'cilium' })).toEqual([])
    expect(engineNotes(plain, { engine: 'none' })).toHaveLength(1)
    const blocks = networkOf(
      POD +
        policy(
          'a',
          '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80, endPort: 81}]}]}',
        ),
    )
    expect(engineNotes(blocks, { engine: 'unknown' }).join('\n')).toMatch(/ipBlock[\s\S]*endPort/)
  })
})
