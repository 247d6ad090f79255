import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { egressNotIsolated } from './egress-not-isolated.ts'

const web = deployment('web')
const ingressOnly = policy(
  'in',
  '  podSelector:\n    matchLabels: {app: web}\n  ingress:\n    - from: [{podSelector: {}}]\n',
)

describe('egress-not-isolated', () => {
  finds(egressNotIsolated, 'a policy about ingress alone', {
    head: documents(web, ingressOnly),
    at: 'app.yaml: matchLabels: {app: web}',
    severity: 'medium',
    witness: 'shop/web → internet TCP 443',
    says: ['shop/web is isolated for ingress'],
    patched: {
      'shop-network-policies.yaml': `# Only what a policy of this namespace lists is allowed.
# Probes need no rule: the kubelet of a node always reaches its pods.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny-egress
  namespace: shop
spec:
  podSelector: {}
  policyTypes:
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
`,
    },
  })
  finds(egressNotIsolated, 'egress: [] without policyTypes isolates ingress only', {
    head: documents(web, policy('none', '  podSelector: {}\n  egress: []\n')),
    at: 'app.yaml: podSelector: {}',
  })

  silent(egressNotIsolated, 'a new ingress policy where all was open before, and no workload is in the tree', {
    base: 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n',
    head: documents('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n', ingressOnly),
  })
  silent(egressNotIsolated, 'a new ingress policy where all was open before', {
    base: web,
    head: documents(web, ingressOnly),
  })
  silent(egressNotIsolated, 'both directions', { head: documents(web, denyAll()) })
  silent(egressNotIsolated, 'no policy at all is another finding', { head: web })
  silent(egressNotIsolated, 'a second policy isolates egress', {
    head: documents(web, ingressOnly, policy('out', '  podSelector: {}\n  policyTypes: [Egress]\n')),
  })
})
