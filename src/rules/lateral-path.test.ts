import { describe } from 'vitest'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { lateralPath } from './lateral-path.ts'

interface Shop {
  /** Items of the ledger's `from`, indented by eight blanks. */
  readonly readers?: string
  /** The type of the web server's Service. */
  readonly type?: string
  /** Environment of the api. */
  readonly env?: string
  /** What the web server may connect to. */
  readonly webTo?: string
  readonly more?: readonly string[]
}

const BILLING = '        - podSelector: {matchLabels: {app: billing}}\n'
const API =
  '        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}\n          podSelector: {matchLabels: {app: api}}\n'
const selects = (app: string) => `  podSelector: {matchLabels: {app: ${app}}}\n`

/** The internet reaches web, web reaches api, and api may connect anywhere in the cluster; who reaches the ledger is the change. */
function shop({ readers = BILLING, type = 'LoadBalancer', env = '', webTo = 'api', more = [] }: Shop = {}): string {
  return documents(
    deployment('web'),
    service('web', '    - port: 443\n      targetPort: 8080\n', { more: `  type: ${type}\n` }),
    deployment('api', { env }),
    denyAll(),
    policy(
      'web',
      `${selects('web')}  policyTypes: [Ingress, Egress]\n  ingress: [{ports: [{port: 8080}]}]\n  egress: [{to: [{podSelector: {matchLabels: {app: ${webTo}}}}]}]\n`,
    ),
    policy(
      'api',
      `${selects('api')}  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]\n  egress: [{to: [{namespaceSelector: {}}]}]\n`,
    ),
    deployment('ledger', { namespace: 'pay', port: 5432 }),
    denyAll('pay'),
    policy(
      'ledger',
      `${selects('ledger')}  ingress:\n    - from:\n${readers}      ports:\n        - port: 5432\n`,
      'pay',
    ),
    ...more,
  )
}

const cilium = 'apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata:\n  name: x\n  namespace: pay\nspec: {}\n'

describe('lateral-path', () => {
  finds(lateralPath, 'a last hop to a data store', {
    base: shop(),
    head: shop({ readers: `${BILLING}${API}` }),
    at: 'app.yaml: - from:',
    severity: 'high',
    witness: 'shop/api → pay/ledger TCP 5432',
    says: [
      'the internet (Service/shop/web) → shop/web → shop/api:8080 → pay/ledger:5432',
      'New is shop/api to pay/ledger on TCP 5432, by NetworkPolicy/pay/ledger ingress rule 1',
    ],
    patched: shop(),
  })
  finds(lateralPath, 'a hop in the middle', {
    base: shop({ readers: API, webTo: 'cache' }),
    head: shop({ readers: API }),
    at: 'app.yaml: egress: [{to: [{podSelector: {matchLabels: {app: api}}}]}]',
    witness: 'shop/web → shop/api TCP 8080',
    patched: shop({ readers: API, webTo: 'cache' }),
  })

  silent(lateralPath, 'it was so before', {
    base: shop({ readers: API }),
    head: shop({ readers: `${BILLING}${API}` }),
  })
  silent(lateralPath, 'nobody outside gets in', {
    base: shop({ type: 'ClusterIP' }),
    head: shop({ type: 'ClusterIP', readers: API }),
  })
  silent(lateralPath, 'the way in is what is new, and says it', {
    base: shop({ type: 'ClusterIP', readers: API }),
    head: shop({ readers: API }),
  })
  silent(lateralPath, 'a hop that a setting asks for', {
    base: shop({ more: [service('ledger', '    - port: 5432\n', { namespace: 'pay' })] }),
    head: shop({
      readers: `${BILLING}${API}`,
      env: '            - name: LEDGER\n              value: ledger.pay:5432\n',
      more: [service('ledger', '    - port: 5432\n', { namespace: 'pay' })],
    }),
  })
  silent(lateralPath, 'a workload that the internet does not get to', {
    base: shop({ webTo: 'cache' }),
    head: shop({ webTo: 'cache', readers: API }),
  })
  silent(lateralPath, 'a port that is for everybody', {
    base: shop().replace('containerPort: 5432', 'containerPort: 8443').replace('port: 5432', 'port: 8443'),
    head: shop({ readers: API })
      .replace('containerPort: 5432', 'containerPort: 8443')
      .replace('port: 5432', 'port: 8443'),
  })
  silent(lateralPath, 'another port than that of the data', {
    base: shop(),
    head: shop({ readers: API }).replace('        - port: 5432', '        - port: 9187'),
  })
  silent(lateralPath, 'a data store that is new', {
    base: shop().replace(/---\napiVersion: apps\/v1\nkind: Deployment\nmetadata:\n {2}name: ledger[\s\S]*$/, ''),
    head: shop({ readers: API }),
  })
  silent(lateralPath, 'one hop alone, which other findings tell', {
    base: shop({ webTo: 'cache' }),
    head: shop({ webTo: 'cache', readers: '        - namespaceSelector: {}\n' }).replace(
      'egress: [{to: [{podSelector: {matchLabels: {app: cache}}}]}]',
      'egress: [{to: [{namespaceSelector: {}}]}]',
    ),
  })
  silent(lateralPath, 'policies of a kind that nobody reads here', {
    base: shop({ more: [cilium] }),
    head: shop({ readers: API, more: [cilium] }),
  })
})
