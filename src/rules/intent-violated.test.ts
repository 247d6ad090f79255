import { describe, expect, it } from 'vitest'
import { hub, route, TO_INTERNET } from '../../test/hub.ts'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { NO_ADDRESSES } from '../algebra/addresses.ts'
import { analyseTree } from '../analyse.ts'
import { SourceText } from '../base/text.ts'
import { EMPTY_CONFIG, parseConfig } from '../config/config.ts'
import { parseTree } from '../parse/units.ts'
import { intentViolated } from './intent-violated.ts'

const web = documents(deployment('web'), denyAll())
const out = policy(
  'out',
  '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to:\n        - namespaceSelector:\n            matchLabels: { kubernetes.io/metadata.name: kube-system }\n          podSelector:\n            matchLabels: { k8s-app: kube-dns }\n      ports:\n        - { port: 53, protocol: UDP }\n    - to:\n        - ipBlock:\n            cidr: 0.0.0.0/0\n            except: [10.0.0.0/8]\n      ports:\n        - port: 443\n',
)

/** Messages of the broken intents of one state. */
function broken(intents: string, files: Readonly<Record<string, string>>): readonly string[] {
  const { config } = parseConfig(new SourceText('ringfence.yml', `intents:\n${intents}`), new Set())
  const settings = {
    trusted: NO_ADDRESSES,
    trustedRanges: [],
    approvedDomains: [],
    intents: config.intents,
    today: '2026-01-01',
  }
  const views = analyseTree(parseTree(memoryTree(files)), EMPTY_CONFIG)
  return views.flatMap((view) => [...intentViolated.check!(view, settings)].map(({ message }) => message))
}

const STRIPE = '  - { name: stripe, from: shop/*, to: outside, allow-only: ["api.stripe.com:443"] }\n'
const FIREWALL = '  - { name: firewall, from: shop/*, to: internet, via: firewall }\n'
const NO_INTERNET = '  - { name: closed, from: internet, to: shop/*, deny: true }\n'
const NO_WEB = '  - { name: apart, from: shop/web, to: shop/db, deny: true }\n'

describe('intent-violated', () => {
  it('holds where policies close what it forbids', () => {
    expect(broken(STRIPE + NO_INTERNET, { 'app.yaml': web })).toEqual([])
  })

  it('is broken by a policy that lets every address out', () => {
    const [message, ...more] = broken(STRIPE, { 'app.yaml': documents(web, out) })
    expect(more).toEqual([])
    expect(message).toMatch(/shop\/web can connect to 203\.0\.113\.10, for example, on TCP 443/)
    expect(message).toContain('NetworkPolicy/shop/out egress rule 2 allows it')
  })

  it('holds where the firewall lets only the allowed name out', () => {
    const files = { 'app.yaml': documents(web, out), 'main.tf': hub({ names: '"api.stripe.com"' }) }
    expect(broken(STRIPE + FIREWALL, files)).toEqual([])
  })

  it('is broken by a name that the firewall lets out', () => {
    const files = {
      'app.yaml': documents(web, out),
      'main.tf': hub({ names: '"api.stripe.com", "paste.example.org"' }),
    }
    expect(broken(STRIPE, files)).toEqual([expect.stringContaining('paste.example.org')])
  })

  it('is broken by a route around the firewall', () => {
    const files = {
      'app.yaml': documents(web, out),
      'main.tf': hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET) }),
    }
    expect(broken(FIREWALL, files)).toEqual([expect.stringContaining('past every firewall')])
  })

  it('is broken by a public load balancer, and by pods that may talk', () => {
    const balancer = service('web', '    - { port: 443, targetPort: 8080 }\n', { more: '  type: LoadBalancer\n' })
    const files = { 'app.yaml': documents(deployment('web'), deployment('db'), balancer) }
    expect(broken(NO_INTERNET, files)).toEqual([expect.stringContaining('through Service/shop/web')])
    expect(broken(NO_WEB, files)).toEqual([expect.stringContaining('shop/web can connect to shop/db')])
  })
})
