import { describe } from 'vitest'
import { deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policyPeerMatchesNothing } from './policy-peer-matches-nothing.ts'

const apps = documents(deployment('web'), deployment('api'), deployment('bi', { namespace: 'reports' }))
const from = (peer: string) =>
  documents(apps, policy('api', `  podSelector:\n    matchLabels:\n      app: api\n  ingress:\n    - from:\n${peer}`))

describe('policy-peer-matches-nothing', () => {
  finds(policyPeerMatchesNothing, 'a slip in the label', {
    head: from('        - podSelector:\n            matchLabels:\n              app: wbe\n'),
    at: 'app.yaml: - podSelector:',
    severity: 'low',
    says: ['app=wbe', 'shop/web has app=web'],
    patched: from('        - podSelector:\n            matchLabels:\n              app: web\n'),
  })
  finds(policyPeerMatchesNothing, 'pods of another namespace without a namespaceSelector', {
    head: from('        - podSelector:\n            matchLabels:\n              app: bi\n'),
    at: 'app.yaml: - podSelector:',
    says: ['namespace reports', 'without a namespaceSelector'],
    patched: 'none',
  })
  finds(policyPeerMatchesNothing, 'nobody in the namespace that is named', {
    head: from(
      '        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: reports\n          podSelector:\n            matchLabels:\n              app: etl\n',
    ),
    at: 'app.yaml: - namespaceSelector:',
  })

  const onHost = (text: string) =>
    text.replace(
      '    spec:\n      containers:\n        - name: web',
      '    spec:\n      hostNetwork: true\n      containers:\n        - name: web',
    )
  const toWeb = '        - podSelector:\n            matchLabels:\n              app: web\n'
  finds(policyPeerMatchesNothing, 'the pod is in the network of its node', {
    base: onHost(from('        - podSelector: {}\n')),
    head: onHost(from(toWeb)),
    at: 'app.yaml: - podSelector:',
    says: ['as shop/web is, which runs in the network of its node'],
    patched: 'none',
  })

  silent(policyPeerMatchesNothing, 'the pod goes into the network of its node, which is a finding of its own', {
    base: from(toWeb),
    head: onHost(from(toWeb)),
  })
  silent(policyPeerMatchesNothing, 'a match', {
    head: from('        - podSelector:\n            matchLabels:\n              app: web\n'),
  })
  silent(policyPeerMatchesNothing, 'a namespace that the tree does not run', {
    head: from(
      '        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: kube-system\n          podSelector:\n            matchLabels:\n              k8s-app: kube-dns\n',
    ),
  })
  silent(policyPeerMatchesNothing, 'namespaces by a label that may be anywhere', {
    head: from(
      '        - namespaceSelector:\n            matchLabels:\n              team: a\n          podSelector:\n            matchLabels:\n              app: etl\n',
    ),
  })
  silent(policyPeerMatchesNothing, 'every pod', { head: from('        - podSelector: {}\n') })
  silent(policyPeerMatchesNothing, 'no workload of the namespace is in the tree', {
    head: policy('api', '  podSelector: {}\n  ingress:\n    - from: [{podSelector: {matchLabels: {app: web}}}]\n'),
  })
})
