import { describe, expect, it } from 'vitest'
import { SourceText } from '../../base/text.ts'
import { readManifest } from '../../parse/kubernetes/read-manifest.ts'
import { diffNpGuard, evaluateNpGuard, listNpGuard, type NpGuardInput } from './index.ts'

function inputOf(text: string): NpGuardInput {
  const { resources, problems } = readManifest(new SourceText('shop.yaml', text), { flux: false })
  return { name: 'shop', resources, problems, files: 1 }
}

const WORKLOADS = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c}]}}}
---
`
const policy = (spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: ${spec}
---
`
const DB = policy(`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress], ingress: [{from: [
  {podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 10.0.0.0/8}},
  {namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [b, a]}]}}], ports: [{port: 5432}]}]}`)

describe('the np-guard format', () => {
  it('lists every pair, and every workload with every range of addresses that policies cut', () => {
    expect(listNpGuard(inputOf(WORKLOADS + DB), { exposure: false }).output).toBe(
      [
        '0.0.0.0-9.255.255.255[External] => shop/web[Pod] : All Connections',
        '10.0.0.0-10.255.255.255[External] => shop/db[StatefulSet] : TCP 5432',
        '10.0.0.0-10.255.255.255[External] => shop/web[Pod] : All Connections',
        '11.0.0.0-255.255.255.255[External] => shop/web[Pod] : All Connections',
        'shop/web[Pod] => 0.0.0.0-255.255.255.255[External] : All Connections',
        'shop/web[Pod] => shop/db[StatefulSet] : TCP 5432',
        '',
      ].join('\n'),
    )
  })

  it('adds what pods that are not in the input could do', () => {
    const { output } = listNpGuard(inputOf(WORKLOADS + DB), {
      exposure: true,
      focus: { focusWorkloads: ['db'], focusPeers: [] },
    })
    expect(output).toBe(
      [
        '10.0.0.0-10.255.255.255[External] => shop/db[StatefulSet] : TCP 5432',
        'shop/web[Pod] => shop/db[StatefulSet] : TCP 5432',
        '',
        'Exposure Analysis Result:',
        'Ingress Exposure:',
        'shop/db[StatefulSet] \t<= \t10.0.0.0-10.255.255.255[External] : TCP 5432',
        'shop/db[StatefulSet] \t<= \t[namespace with {{Key:team,Operator:In,Values:[b a],}}]/[all pods] : TCP 5432',
        '',
      ].join('\n'),
    )
  })

  it('shows only what holds the connection in focus', () => {
    const focus = { focusWorkloads: [], focusPeers: [], focusDirection: 'ingress', focusConnection: 'tcp-5432' }
    const { output } = listNpGuard(inputOf(WORKLOADS + DB), { exposure: false, focus })
    expect(output.split('\n')[0]).toBe('Permitted connections on TCP 5432:')
    expect(output).toContain('shop/web[Pod] => shop/db[StatefulSet]\n')
  })

  it('joins ranges in a difference that changed alike', () => {
    const { output } = diffNpGuard(inputOf(WORKLOADS + DB), inputOf(WORKLOADS))
    expect(output.split('\n')).toEqual([
      'Connectivity diff:',
      'diff-type: changed, source: 10.0.0.0-10.255.255.255[External], destination: shop/db[StatefulSet], ref1: TCP 5432, ref2: All Connections',
      'diff-type: changed, source: shop/web[Pod], destination: shop/db[StatefulSet], ref1: TCP 5432, ref2: All Connections',
      'diff-type: added, source: 0.0.0.0-9.255.255.255[External], destination: shop/db[StatefulSet], ref1: No Connections, ref2: All Connections',
      'diff-type: added, source: 11.0.0.0-255.255.255.255[External], destination: shop/db[StatefulSet], ref1: No Connections, ref2: All Connections',
      'diff-type: added, source: shop/db[StatefulSet], destination: 0.0.0.0-255.255.255.255[External], ref1: No Connections, ref2: All Connections',
      'diff-type: added, source: shop/db[StatefulSet], destination: shop/web[Pod], ref1: No Connections, ref2: All Connections',
      '',
    ])
    expect(diffNpGuard(inputOf(WORKLOADS), inputOf(WORKLOADS)).output).toBe('')
  })

  it('names workloads that only one side has', () => {
    const extra = 'apiVersion: v1\nkind: Pod\nmetadata: {name: new, namespace: shop}\nspec: {containers: []}\n'
    const { output } = diffNpGuard(inputOf(WORKLOADS), inputOf(WORKLOADS + extra))
    expect(output).toContain(', workloads-diff-info: workload shop/new[Pod] added\n')
  })

  it('answers a question in one word', () => {
    const ask = (port: number) =>
      evaluateNpGuard(inputOf(WORKLOADS + DB), {
        source: { pod: 'web', namespace: 'shop' },
        destination: { pod: 'db', namespace: 'shop' },
        protocol: 'tcp',
        port,
      }).output
    expect(ask(5432)).toBe('shop/web => shop/db over tcp/5432: true\n')
    expect(ask(80)).toBe('shop/web => shop/db over tcp/80: false\n')
  })

  it.each([
    ['a policy twice', DB + DB],
    ['a peer that says nothing', policy('{podSelector: {}, ingress: [{from: [{}]}]}')],
    ['a range that ends before it begins', policy('{podSelector: {}, ingress: [{ports: [{port: 10, endPort: 1}]}]}')],
    [
      'a port name towards addresses',
      policy('{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}'),
    ],
  ])('ends with a message and nothing on standard output for %s', (_, text) => {
    const result = listNpGuard(inputOf(WORKLOADS + text), { exposure: false })
    expect(result).toMatchObject({ output: '', exit: 1 })
    expect(result.messages).toHaveLength(1)
  })

  it('says what is missing, and goes on', () => {
    const result = listNpGuard(inputOf(WORKLOADS), {
      exposure: false,
      focus: { focusWorkloads: ['nobody'], focusPeers: [] },
    })
    expect(result).toMatchObject({ output: '', exit: 0 })
    expect(result.messages).toHaveLength(2)
  })
})
