import { describe, expect, it } from 'vitest'
import { denyAll, deployment, documents, ingress, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { DEFAULT_OPTIONS } from '../config/options.ts'
import { review } from '../review.ts'
import { namespaceNoDefaultDeny } from './namespace-no-default-deny.ts'

const ingressOnly = policy('in', '  podSelector: {}\n')
const web = deployment('web', {
  env: '            - name: API_URL\n              value: http://api:80/v1\n            - name: PAY_URL\n              value: https://pay.acme.io\n',
})

describe('namespace-no-default-deny', () => {
  finds(namespaceNoDefaultDeny, 'workloads that no policy selects, as one finding', {
    head: documents(web, deployment('api'), service('api', '    - port: 80\n      targetPort: 8080\n')),
    at: 'app.yaml: apiVersion: apps/v1',
    severity: 'medium',
    witness: 'shop/web → internet TCP 443',
    says: ['shop/web and shop/api', 'namespace shop'],
    patched: {
      'shop-network-policies.yaml': `# Only what a policy of this namespace lists is allowed.
# Probes need no rule: the kubelet of a node always reaches its pods.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes:
    - Ingress
    - Egress
  egress:
    # Names are resolved by the DNS pods of the cluster.
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: web
  policyTypes:
    - Egress
  egress:
    # API_URL of Deployment/shop/web names Service/shop/api
    - to:
        - podSelector:
            matchLabels:
              app: api
      ports:
        - protocol: TCP
          port: 8080
    # PAY_URL of Deployment/shop/web names pay.acme.io, and a policy cannot name hosts
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except:
              - 10.0.0.0/8
              - 100.64.0.0/10
              - 169.254.0.0/16
              - 172.16.0.0/12
              - 192.168.0.0/16
      ports:
        - protocol: TCP
          port: 443
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-api
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: api
  policyTypes:
    - Ingress
  ingress:
    # API_URL of Deployment/shop/web names Service/shop/api
    - from:
        - podSelector:
            matchLabels:
              app: web
      ports:
        - protocol: TCP
          port: 8080
`,
    },
  })
  finds(namespaceNoDefaultDeny, 'a workload that is new in an open namespace, and none that was there', {
    base: { 'api.yaml': deployment('api') },
    head: { 'api.yaml': deployment('api'), 'web.yaml': web },
    at: 'web.yaml: apiVersion: apps/v1',
    says: [/^No NetworkPolicy isolates shop\/web:/],
  })
  finds(namespaceNoDefaultDeny, 'a policy that isolates egress only', {
    head: documents(
      deployment('web'),
      policy('out', '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to: [{podSelector: {}}]\n'),
    ),
    at: 'app.yaml: apiVersion: apps/v1',
    witness: 'any pod in any namespace → shop/web TCP 8080',
    says: ['for ingress'],
  })
  finds(namespaceNoDefaultDeny, 'a policy of another namespace', {
    head: documents(deployment('web'), denyAll('pay')),
    at: 'app.yaml: apiVersion: apps/v1',
  })
  finds(namespaceNoDefaultDeny, 'back ends of an Ingress and published Services keep their ports open', {
    head: documents(
      deployment('web'),
      service('web', '    - port: 80\n      targetPort: http\n'),
      ingress('web', { service: 'web', port: 80 }),
    ).replace('- containerPort: 8080', '- name: http\n              containerPort: 8080'),
    at: 'app.yaml: apiVersion: apps/v1',
    patched: {
      'shop-network-policies.yaml': `# Only what a policy of this namespace lists is allowed.
# Probes need no rule: the kubelet of a node always reaches its pods.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes:
    - Ingress
    - Egress
  egress:
    # Names are resolved by the DNS pods of the cluster.
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: web
  policyTypes:
    - Ingress
  ingress:
    # Ingress/shop/web leads to Service/shop/web
    - ports:
        - protocol: TCP
          port: http
`,
    },
  })

  silent(namespaceNoDefaultDeny, 'a default deny', { head: documents(web, denyAll()) })
  silent(namespaceNoDefaultDeny, 'ingress isolated alone is another finding', { head: documents(web, ingressOnly) })
  silent(namespaceNoDefaultDeny, 'a selector by expression', {
    head: documents(
      web,
      policy('in', '  podSelector:\n    matchExpressions:\n      - {key: app, operator: In, values: [web]}\n'),
    ),
  })
  silent(namespaceNoDefaultDeny, 'a pod in the network of its node', {
    head: web.replace('    spec:\n      containers', '    spec:\n      hostNetwork: true\n      containers'),
  })
  silent(namespaceNoDefaultDeny, 'a new image, more replicas and another file', {
    base: { 'a.yaml': web },
    head: {
      'apps/b.yaml': web.replace('web:1', 'web:2').replace('spec:\n  selector', 'spec:\n  replicas: 3\n  selector'),
    },
  })
  silent(namespaceNoDefaultDeny, 'another name', { base: web, head: web.replace('  name: web\n', '  name: front\n') })
  silent(namespaceNoDefaultDeny, 'policies of a kind that is not read', {
    head: documents(
      web,
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: x\n  namespace: shop\nspec: {}\n',
    ),
  })
})

describe('a change that may isolate', () => {
  const gone = (head: string) => {
    const [before, after] = [memoryTree({ 'app.yaml': web }), memoryTree({ 'app.yaml': documents(web, head) })]
    const input = { base: before, head: after, config: EMPTY_CONFIG, options: DEFAULT_OPTIONS, today: '2026-11-01' }
    return review(input).findings.flatMap(({ rule, status }) => (status === 'fixed' ? [rule] : []))
  }

  it('fixes nothing with a policy that the API server refuses', () => {
    expect(gone(policy('in', '  podSelector:\n    matchExpressions:\n      - {key: app, operator: In}\n'))).toEqual([])
  })

  it('fixes nothing for sure with a policy of a kind that is not read', () => {
    const other =
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: x\n  namespace: shop\nspec: {}\n'
    expect(gone(other)).toEqual([])
  })

  it('is a fix where it does', () => expect(gone(denyAll())).toContain('namespace-no-default-deny'))
})
