import { describe, expect, it } from 'vitest'
import { SourceText } from '../base/text.ts'
import { buildKubernetesNetwork } from '../model/kubernetes/build-network.ts'
import { readManifest } from '../parse/kubernetes/read-manifest.ts'
import { evaluate } from '../reach/evaluate.ts'
import { reachabilityOf } from '../reach/reachability.ts'
import { printEvaluation, printExplanation } from './answers.ts'
import { listConnections, printList } from './list.ts'

const SHOP = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: job, namespace: batch, labels: {app: job}}
spec: {containers: [{name: c}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: web}}}]
      ports: [{port: 5432}]
    - from: [{namespaceSelector: {matchLabels: {team: ops}}}]
      ports: [{port: 9187}]
`

function reachOf(text: string) {
  const { resources } = readManifest(new SourceText('shop.yaml', text), { flux: false })
  return reachabilityOf({ kubernetes: buildKubernetesNetwork(resources).network })
}

describe('list', () => {
  it('prints every allowed connection, what is not certain apart', () => {
    expect(printList(listConnections(reachOf(SHOP), { exposure: false })).split('\n')).toEqual([
      'any address -> batch/job, shop/web: all connections',
      'batch/job, shop/web -> any address: all connections',
      'batch/job, shop/web -> batch/job, shop/web: all connections',
      'batch/job, shop/web -> shop/db: TCP 9187 (may be)',
      'shop/web -> shop/db: TCP 5432',
    ])
  })

  it('prints nothing for nothing', () => {
    expect(printList(listConnections(reachOf(''), { exposure: true }))).toBe('')
  })
})

describe('explain and eval', () => {
  const ask = (from: string, to: string, port: number) => {
    const query = { from, to, protocol: 'TCP', port } as const
    const evaluation = evaluate(reachOf(SHOP), query)
    return { one: printEvaluation(query, evaluation), all: printExplanation(query, evaluation) }
  }

  it('name the layer, the rule and the line', () => {
    expect(ask('shop/web', 'shop/db', 5432).all.split('\n')).toEqual([
      'shop/web -> shop/db TCP 5432: allowed',
      '  1. network-policy: lets it through: no NetworkPolicy selects shop/web for egress',
      '  2. network-policy: lets it through: NetworkPolicy/shop/db ingress rule 1, shop.yaml:23',
    ])
    expect(ask('shop/web', 'shop/db', 80).one).toBe(
      'shop/web -> shop/db TCP 80: denied (network-policy: NetworkPolicy/shop/db isolates shop/db for ingress, and no rule allows it, shop.yaml:23)',
    )
  })

  it('leave open what the tree does not decide', () => {
    expect(ask('batch/job', 'shop/db', 9187).one).toMatch(/: unknown \(network-policy/)
    expect(ask('shop/nobody', 'shop/db', 80).one).toMatch(/: unknown \(no workload/)
    expect(ask('internet', 'shop/web', 80).one).toMatch(/: denied \(service: no Service, Ingress or host port/)
  })
})
