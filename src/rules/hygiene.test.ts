import { describe } from 'vitest'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { defaultNamespace } from './default-namespace.ts'
import { duplicateKey } from './duplicate-key.ts'
import { netRaw } from './net-raw.ts'
import { policyRejected } from './policy-rejected.ts'

const web = deployment('web')

describe('net-raw', () => {
  const secured = (text: string) => `${web}${text}`

  finds(netRaw, 'nothing is dropped', {
    head: web,
    at: 'app.yaml: - name: web',
    severity: 'note',
    says: ['web in shop/web'],
    patched: secured(
      '          securityContext:\n            capabilities:\n              drop:\n                - NET_RAW\n',
    ),
  })
  finds(netRaw, 'something else is dropped', {
    head: secured('          securityContext:\n            capabilities:\n              drop: [NET_BIND_SERVICE]\n'),
    at: 'app.yaml: - name: web',
    patched: secured(
      '          securityContext:\n            capabilities:\n              drop: [NET_BIND_SERVICE, NET_RAW]\n',
    ),
  })
  finds(netRaw, 'it is added again', {
    head: secured(
      '          securityContext:\n            capabilities:\n              drop: [ALL]\n              add: [NET_RAW]\n',
    ),
    at: 'app.yaml: - name: web',
    patched: 'none',
  })

  silent(netRaw, 'all are dropped', {
    head: secured(
      '          securityContext:\n            capabilities:\n              drop:\n                - ALL\n',
    ),
  })
  silent(netRaw, 'with its prefix', {
    head: secured('          securityContext: {capabilities: {drop: [CAP_NET_RAW]}}\n'),
  })
  silent(netRaw, 'it was so before', { base: web, head: web.replace('web:1', 'web:2') })
})

describe('default-namespace', () => {
  finds(defaultNamespace, 'no namespace is written', {
    head: web.replace('  namespace: shop\n', ''),
    at: 'app.yaml: apiVersion: apps/v1',
    severity: 'note',
    says: ['Deployment/default/web lives in the namespace default'],
  })
  finds(defaultNamespace, 'it is written', {
    head: service('web', '    - port: 80\n', { namespace: 'default' }),
    at: 'app.yaml: apiVersion: v1',
  })

  silent(defaultNamespace, 'another namespace', { head: documents(web, service('web', '    - port: 80\n')) })
  silent(defaultNamespace, 'the Service of the API server', {
    head: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: kubernetes\nspec:\n  ports: [{port: 443}]\n',
  })
})

describe('duplicate-key', () => {
  const twice = denyAll().replace(
    '  podSelector: {}\n',
    '  podSelector: {}\n  podSelector: {matchLabels: {app: web}}\n',
  )

  finds(duplicateKey, 'a selector twice', {
    head: documents(web, twice),
    at: 'app.yaml: podSelector: {matchLabels: {app: web}}',
    severity: 'note',
    says: ['podSelector'],
  })
  finds(duplicateKey, 'a second pair', {
    base: documents(web, twice),
    head: documents(web, twice.replace('policyTypes', 'policyTypes: [Ingress]\n  policyTypes')),
    at: 'app.yaml: policyTypes: [Ingress, Egress]',
  })

  silent(duplicateKey, 'the same key in two maps', { head: documents(web, denyAll(), denyAll('pay')) })
  silent(duplicateKey, 'it was so before, and stands elsewhere now', {
    base: { 'a.yaml': documents(web, twice) },
    head: { 'b.yaml': documents(twice, web) },
  })
})

describe('policy-rejected', () => {
  const refused = policy('in', '  podSelector: {}\n  ingress:\n    - from:\n        - {}\n')

  finds(policyRejected, 'an empty peer', {
    head: documents(web, refused),
    at: 'app.yaml: - {}',
    severity: 'medium',
    says: ['NetworkPolicy/shop/in is refused', 'It is not applied'],
  })
  finds(policyRejected, 'source ranges twice', {
    head: documents(
      web,
      service('web', '    - port: 80\n', {
        metadata: '  annotations:\n    service.beta.kubernetes.io/azure-allowed-ip-ranges: 198.51.100.0/24\n',
        more: '  type: LoadBalancer\n  loadBalancerSourceRanges: [198.51.100.0/24]\n',
      }),
    ),
    at: 'app.yaml: loadBalancerSourceRanges: [198.51.100.0/24]',
  })

  silent(policyRejected, 'a valid policy', { head: documents(web, denyAll()) })
  silent(policyRejected, 'an empty rule is no empty peer', {
    head: documents(web, policy('in', '  podSelector: {}\n  ingress: [{}]\n')),
  })
  silent(policyRejected, 'it was so before', { base: documents(web, refused), head: documents(refused, web) })
})
