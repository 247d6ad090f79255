import { describe, expect, it } from 'vitest'
import { SourceText } from '../../base/text.ts'
import { readManifest } from '../../parse/kubernetes/read-manifest.ts'
import { buildKubernetesNetwork, type ModelOptions } from './build-network.ts'

function build(text: string, options: ModelOptions = {}, flux = false) {
  const { resources } = readManifest(new SourceText('shop.yaml', text), { flux })
  return buildKubernetesNetwork(resources, options)
}

const pod = (name: string, labels: string, owner = '') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: ${labels}${owner === '' ? '' : `, ownerReferences: [${owner}]`}}
spec: {containers: [{name: c}]}
`
const DEPLOYMENT = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: not-this-one}}
spec: {template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: robot}}}
`
const OWNER = '{kind: ReplicaSet, name: web-7d9f, controller: true}'

describe('buildKubernetesNetwork', () => {
  it('takes labels from the template, and knows what controllers add', () => {
    const [workload] = build(DEPLOYMENT).network.workloads
    expect(workload).toMatchObject({ id: 'shop/web[Deployment]', serviceAccount: 'robot', hostNetwork: 'no' })
    expect([...workload!.labels.known]).toEqual([['app', 'web']])
    expect([...workload!.labels.added]).toEqual(['pod-template-hash'])
  })

  it.each([
    [
      'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: w}\nspec: {jobTemplate: {spec: {template: {metadata: {labels: {app: w}}}}}}',
      'default/w[CronJob]',
    ],
    [
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: w}\nspec: {template: {metadata: {labels: {app: w}}}}',
      'default/w[Rollout]',
    ],
    ['apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: w, labels: {app: w}}}]', 'default/w[Pod]'],
  ])('reads the labels of %s', (text, id) => {
    const { workloads } = build(text).network
    expect(workloads.map((workload) => [workload.id, workload.labels.known.get('app')])).toEqual([[id, 'w']])
  })

  it('leaves other groups’ kinds of the same name alone', () => {
    const text = 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: w}\nspec: {}'
    const { network } = build(text)
    expect(network.services).toEqual([])
    expect(network.operated).toHaveLength(1)
    expect(build(text, { anyGroup: true }).network.services).toHaveLength(1)
  })

  it('folds the pods of a dump into the workload of the tree that owns them', () => {
    const pods =
      pod('web-7d9f-a', '{app: web, pod-template-hash: 7d9f}', OWNER) +
      pod('web-7d9f-b', '{app: web, pod-template-hash: 7d9f}', OWNER)
    const { workloads } = build(DEPLOYMENT + pods).network
    expect(workloads.map(({ id, pods: names }) => [id, names])).toEqual([
      ['shop/web[Deployment]', ['web-7d9f-a', 'web-7d9f-b']],
    ])
  })

  it('keeps a pod whose labels differ from its owner’s', () => {
    const pods = pod('web-1', '{app: web}', OWNER) + pod('web-2', '{app: debug}', OWNER)
    expect(build(pods).network.workloads.map(({ id }) => id)).toEqual(['shop/web-7d9f[ReplicaSet]', 'shop/web-2[Pod]'])
    expect(build(pods, { podOwners: 'one-pod' }).network.workloads.map(({ id }) => id)).toEqual([
      'shop/web-7d9f[ReplicaSet]',
    ])
    expect(build(pods, { podOwners: 'apart' }).network.workloads.map(({ id }) => id)).toEqual([
      'shop/web-1[Pod]',
      'shop/web-2[Pod]',
    ])
  })

  it('gives every namespace its name, and other labels only where its object is there', () => {
    const namespace = '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n'
    const labelsOf = (text: string) => build(text).network.namespaces.get('shop')!.labels
    expect(Object.fromEntries(labelsOf(DEPLOYMENT + namespace).known)).toEqual({
      team: 'a',
      'kubernetes.io/metadata.name': 'shop',
    })
    expect(labelsOf(DEPLOYMENT + namespace).open).toBe(false)
    expect(labelsOf(DEPLOYMENT).open).toBe(true)
  })

  it('lets the last of several definitions hold, and says so', () => {
    const { network, problems } = build(DEPLOYMENT + DEPLOYMENT.replace('app: web', 'app: second'))
    expect(network.workloads.map(({ labels }) => labels.known.get('app'))).toEqual(['second'])
    expect(problems.map(({ code }) => code)).toEqual(['duplicate-object'])
  })

  it('never throws for what does not fit, and says where', () => {
    const policy = (spec: string) =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: ${spec}\n`
    for (const spec of [
      '[]',
      '7',
      '{podSelector: 3}',
      '{ingress: {}}',
      '{ingress: [[]]}',
      '{ingress: [{from: [7]}]}',
      '{policyTypes: [ingress]}',
      '{ingress: [{ports: [{port: 0}]}]}',
      '{ingress: [{from: [{}]}]}',
    ]) {
      const { network, problems } = build(policy(spec))
      expect(network.policies).toHaveLength(1)
      expect(problems.map(({ code }) => code)).toEqual(['rejected'])
    }
    expect(build(policy('null')).problems).toEqual([])
  })

  it('keeps what a tool fills in as unknown', () => {
    const filledIn = '"$'.concat('{VALUE}"')
    const { network, problems } = build(
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {matchLabels: {app: ${filledIn}}}, ingress: [{from: [{ipBlock: {cidr: ${filledIn}}}]}]}`,
      {},
      true,
    )
    expect(problems).toEqual([])
    expect(network.policies[0]!.rules.ingress[0]!.peers).toMatchObject([{ kind: 'unknown' }])
    expect(network.policies[0]!.podSelector.requirements).toMatchObject([{ key: 'app', values: undefined }])
  })
})
