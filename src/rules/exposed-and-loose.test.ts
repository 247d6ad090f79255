import { describe } from 'vitest'
import { deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { exposedAndLoose } from './exposed-and-loose.ts'

const IN = '  ingress:\n    - ports:\n        - port: 8080\n'
const BOTH = '  podSelector:\n    matchLabels:\n      app: web\n  policyTypes: [Ingress, Egress]\n'
const DNS = `    - to:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
      ports: [{port: 53, protocol: UDP}, {port: 53}]
`
const out = (egress: string) => policy('web', `${BOTH}${IN}  egress:\n${DNS}${egress}`)
const load = (type: string) =>
  service('web', '    - port: 443\n      targetPort: 8080\n', { more: type === '' ? '' : `  type: ${type}\n` })
const PUBLIC = load('LoadBalancer')
const app = (type: string, egress: string) => documents(deployment('web'), load(type), out(egress))
const WORLD = '    - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]\n'
const METADATA = '    - to: [{ipBlock: {cidr: 169.254.169.254/32}}]\n      ports: [{port: 80}]\n'
const store = deployment('ledger', { namespace: 'pay', port: 5432 })
const TO_PAY = '    - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: pay}}}]\n'
const CLOSED = '    - to: [{podSelector: {matchLabels: {app: api}}}]\n'
const withStore = (egress: string, more = '', env = '') =>
  documents(deployment('web', { env }), PUBLIC, out(egress), store, ...(more === '' ? [] : [more]))
const INTERNAL = '  annotations:\n    service.beta.kubernetes.io/azure-load-balancer-internal: "true"\n'

describe('exposed-and-loose', () => {
  finds(exposedAndLoose, 'a way to the metadata service for what the internet reaches', {
    base: app('LoadBalancer', CLOSED),
    head: app('LoadBalancer', METADATA),
    at: 'app.yaml: - to: [{ipBlock: {cidr: 169.254.169.254/32}}]',
    severity: 'high',
    witness: 'shop/web → metadata TCP 80',
    says: ['through Service/shop/web', 'the instance metadata service', 'egress rule 2 allows it'],
    patched: app('LoadBalancer', ''),
  })
  finds(exposedAndLoose, 'a data store of another team that no setting names', {
    base: withStore(CLOSED),
    head: withStore(TO_PAY),
    at: 'app.yaml: - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: pay}}}]',
    witness: 'shop/web → pay/ledger TCP 5432',
    says: ['pay/ledger, PostgreSQL (TCP 5432)'],
  })

  silent(exposedAndLoose, 'it was so before', {
    base: app('LoadBalancer', METADATA),
    head: app('LoadBalancer', METADATA.replace('{port: 80}', '{port: 80, protocol: TCP}')),
  })
  silent(exposedAndLoose, 'what becomes public says it itself', {
    base: app('', WORLD),
    head: app('LoadBalancer', WORLD),
  })
  silent(exposedAndLoose, 'nobody outside gets in', { base: app('', CLOSED), head: app('', METADATA) })
  silent(exposedAndLoose, 'an internal load balancer', {
    base: app('LoadBalancer', CLOSED).replace(
      '  namespace: shop\nspec:\n  type',
      `  namespace: shop\n${INTERNAL}spec:\n  type`,
    ),
    head: app('LoadBalancer', METADATA).replace(
      '  namespace: shop\nspec:\n  type',
      `  namespace: shop\n${INTERNAL}spec:\n  type`,
    ),
  })
  silent(exposedAndLoose, 'a few ranges of clients', {
    base: app('LoadBalancer', CLOSED).replace('  type:', '  loadBalancerSourceRanges: [20.1.2.0/24]\n  type:'),
    head: app('LoadBalancer', METADATA).replace('  type:', '  loadBalancerSourceRanges: [20.1.2.0/24]\n  type:'),
  })
  silent(exposedAndLoose, 'a policy that keeps clients out', {
    base: app('LoadBalancer', CLOSED).replace(IN, ''),
    head: app('LoadBalancer', METADATA).replace(IN, ''),
  })
  silent(exposedAndLoose, 'HTTPS to the internet', {
    base: app('LoadBalancer', CLOSED),
    head: app('LoadBalancer', `${WORLD}      ports: [{port: 443}]\n`),
  })
  silent(exposedAndLoose, 'a data store of its own namespace', {
    base: documents(deployment('web'), PUBLIC, out(CLOSED), deployment('db', { port: 5432 })),
    head: documents(
      deployment('web'),
      PUBLIC,
      out('    - to: [{podSelector: {matchLabels: {app: db}}}]\n'),
      deployment('db', { port: 5432 }),
    ),
  })
  silent(exposedAndLoose, 'a data store that a setting names', {
    base: withStore(CLOSED),
    head: withStore(
      TO_PAY,
      service('ledger', '    - port: 5432\n', { namespace: 'pay' }),
      '            - name: LEDGER\n              value: ledger.pay:5432\n',
    ),
  })
  silent(exposedAndLoose, 'a data store that closes itself', {
    base: withStore(CLOSED, policy('closed', '  podSelector: {}\n', 'pay')),
    head: withStore(TO_PAY, policy('closed', '  podSelector: {}\n', 'pay')),
  })
  silent(exposedAndLoose, 'policies of a kind that nobody reads here', {
    base: documents(
      app('LoadBalancer', CLOSED),
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: x\n  namespace: shop\nspec: {}\n',
    ),
    head: documents(
      app('LoadBalancer', METADATA),
      'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: x\n  namespace: shop\nspec: {}\n',
    ),
  })
})
