import { describe } from 'vitest'
import { deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { adminPolicyWeakened } from './admin-policy-weakened.ts'

const space = (name: string, tier: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels:\n    tier: ${tier}\n`
const admin = (
  rules: string,
  { name = 'tenants', priority = 20, subject = 'prod' } = {},
) => `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata:
  name: ${name}
spec:
  priority: ${priority}
  subject:
    namespaces:
      matchLabels:
        tier: ${subject}
${rules}`
const from = (tier: string, action = 'Deny') =>
  `  ingress:\n    - name: no-tenants\n      action: ${action}\n      from:\n        - namespaces:\n            matchLabels:\n              tier: ${tier}\n`
const OUT =
  '  egress:\n    - name: no-partner\n      action: Deny\n      to:\n        - networks:\n            - 203.0.113.0/24\n'
const APPS = [
  space('shop', 'prod'),
  space('lab', 'guest'),
  deployment('web'),
  deployment('job', { namespace: 'lab' }),
] as const
const tree = (...policies: readonly string[]) => ({
  'apps.yaml': documents(...APPS),
  'anp.yaml': documents(...policies),
})

const CILIUM = `resource "azurerm_kubernetes_cluster" "shop" {
  name = "aks"
  default_node_pool {
    name = "system"
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
  }
}
`

describe('admin-policy-weakened', () => {
  finds(adminPolicyWeakened, 'a denial of other pods', {
    base: tree(admin(from('guest'))),
    head: tree(admin(from('visitor'))),
    at: 'anp.yaml: - name: no-tenants',
    severity: 'high',
    witness: 'lab/job → shop/web TCP 8080',
    says: ['shop/web is no longer protected by AdminNetworkPolicy/tenants', 'its rule 1 (deny) no longer stops it'],
    patched: { 'anp.yaml': admin(from('guest')) },
  })
  finds(adminPolicyWeakened, 'a denial that passes now', {
    base: tree(admin(from('guest'))),
    head: tree(admin(from('guest', 'Pass'))),
    at: 'anp.yaml: - name: no-tenants',
    patched: { 'anp.yaml': admin(from('guest')) },
  })
  finds(adminPolicyWeakened, 'a subject that leaves the namespace out', {
    base: tree(admin(from('guest'))),
    head: tree(admin(from('guest'), { subject: 'bank' })),
    at: 'anp.yaml: apiVersion: policy.networking.k8s.io/v1alpha1',
    says: ['its subject no longer takes them in'],
    patched: { 'anp.yaml': admin(from('guest')) },
  })
  finds(adminPolicyWeakened, 'a namespace that loses the label', {
    base: tree(admin(from('guest'))),
    head: { ...tree(admin(from('guest'))), 'apps.yaml': documents(space('shop', 'old'), ...APPS.slice(1)) },
    at: 'anp.yaml: apiVersion: policy.networking.k8s.io/v1alpha1',
    says: ['by their labels'],
  })
  finds(adminPolicyWeakened, 'a policy that is gone', {
    base: { ...tree(), 'anp.yaml': admin(from('guest')) },
    head: { 'apps.yaml': documents(...APPS) },
    at: 'anp.yaml: undefined',
    says: ['it is gone'],
    patched: { 'anp.yaml': admin(from('guest')) },
  })
  finds(adminPolicyWeakened, 'another policy that comes before it', {
    base: tree(admin(from('guest'))),
    head: tree(admin(from('guest')), admin(from('guest', 'Allow'), { name: 'exception', priority: 10 })),
    at: 'anp.yaml: - name: no-tenants',
    says: ['AdminNetworkPolicy/exception ingress rule 1 (allow) now comes before it'],
  })
  finds(adminPolicyWeakened, 'the way out', {
    base: tree(admin(OUT)),
    head: tree(admin(OUT.replace('203.0.113.0/24', '203.0.113.0/25'))),
    at: 'anp.yaml: - name: no-partner',
    witness: 'shop/web → internet TCP 443',
    says: ['203.0.113.128/25'],
    patched: { 'anp.yaml': admin(OUT) },
  })
  const baseline = (tier: string) =>
    admin(from(tier), { name: 'default' })
      .replace('AdminNetworkPolicy', 'BaselineAdminNetworkPolicy')
      .replace('  priority: 20\n', '')
  finds(adminPolicyWeakened, 'a baseline policy, where no NetworkPolicy isolates', {
    base: tree(baseline('guest')),
    head: tree(baseline('visitor')),
    at: 'anp.yaml: - name: no-tenants',
  })
  finds(adminPolicyWeakened, 'a NetworkPolicy that takes pods out of a baseline policy', {
    base: tree(baseline('guest')),
    head: { ...tree(baseline('guest')), 'np.yaml': policy('open', '  podSelector: {}\n  ingress: [{}]\n') },
    at: 'np.yaml: podSelector: {}',
    says: [
      'a baseline policy decides nothing about pods that a NetworkPolicy selects',
      'NetworkPolicy/shop/open selects them now',
    ],
  })
  const cluster = (action: string) =>
    admin(from('guest', action))
      .replace('policy.networking.k8s.io/v1alpha1', 'policy.networking.k8s.io/v1alpha2')
      .replace('AdminNetworkPolicy', 'ClusterNetworkPolicy')
      .replace('  priority', '  tier: Admin\n  priority')
  finds(adminPolicyWeakened, 'a cluster network policy', {
    base: tree(cluster('Deny')),
    head: tree(cluster('Accept')),
    at: 'anp.yaml: - name: no-tenants',
    says: ['ClusterNetworkPolicy/tenants'],
    patched: { 'anp.yaml': cluster('Deny') },
  })
  silent(adminPolicyWeakened, 'a NetworkPolicy that still keeps it out', {
    base: { ...tree(admin(from('guest'))), 'np.yaml': policy('web', '  podSelector: {}\n') },
    head: { ...tree(admin(from('visitor'))), 'np.yaml': policy('web', '  podSelector: {}\n') },
  })
  silent(adminPolicyWeakened, 'another name of a rule', {
    base: tree(admin(from('guest'))),
    head: tree(admin(from('guest').replace('no-tenants', 'tenants-out'))),
  })
  silent(adminPolicyWeakened, 'a denial that another policy says as well', {
    base: tree(admin(from('guest')), admin(from('guest'), { name: 'twice', priority: 30 })),
    head: tree(admin(from('guest'))),
  })
  silent(adminPolicyWeakened, 'a stronger policy', {
    base: tree(admin(OUT)),
    head: tree(admin(OUT + from('guest'))),
  })
  silent(adminPolicyWeakened, 'a NetworkPolicy that opens, which is another finding', {
    base: { ...tree(admin(OUT)), 'np.yaml': policy('web', '  podSelector: {}\n') },
    head: { ...tree(admin(OUT)), 'np.yaml': policy('web', '  podSelector: {}\n  ingress:\n    - {}\n') },
  })
  silent(adminPolicyWeakened, 'an engine that has no such policies', {
    base: { ...tree(admin(from('guest'))), 'main.tf': CILIUM },
    head: { ...tree(admin(from('visitor'))), 'main.tf': CILIUM },
  })
})
