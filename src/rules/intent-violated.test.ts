import { describe, expect, it } from 'vitest'
import { hub, route, TO_INTERNET } from '../../test/hub.ts'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { NO_ADDRESSES } from '../algebra/addresses.ts'
import { NO_NAMES } from '../algebra/names.ts'
import { analyseTree } from '../analyse.ts'
import { SourceText } from '../base/text.ts'
import { EMPTY_CONFIG, parseConfig } from '../config/config.ts'
import { parseTree } from '../parse/units.ts'
import { intentViolated } from './intent-violated.ts'
import { intentNotes } from './intents/coverage.ts'

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
    approved: NO_NAMES,
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

  describe('ends that are no workload', () => {
    const VAULT = `resource "azurerm_subnet" "data" {
  name                 = "data"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = ["10.240.8.0/24"]
}
`
    const opened = policy(
      'opened',
      '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 0.0.0.0/0\n',
    )
    const app = { 'app.yaml': documents(deployment('web'), opened) }
    const azure = { 'main.tf': hub({ more: VAULT }) }

    it('holds for a subnet that policies leave out, and is broken where they do not', () => {
      const intent = '  - { name: data, from: shop/*, to: subnet/spoke/data, deny: true }\n'
      expect(broken(intent, { ...azure, 'app.yaml': web })).toEqual([])
      expect(broken(intent, { ...azure, ...app })).toEqual([expect.stringContaining('can connect to 10.240.8.')])
    })

    it('knows service tags, and the region of one', () => {
      const intent = '  - { name: storage, from: shop/*, to: tag/Storage.WestEurope, deny: true }\n'
      const straight = { 'main.tf': hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET) }) }
      expect(broken(intent, { ...straight, ...app })).toEqual([expect.stringContaining('tag/storage.westeurope')])
      expect(broken(intent, { ...azure, ...app })).toEqual([])
    })

    it('lets allow-only name a tag', () => {
      const intent =
        '  - { name: only, from: shop/*, to: tag/Storage, allow-only: ["tag/Storage:443"], ports: [443] }\n'
      const straight = { 'main.tf': hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET) }) }
      expect(broken(intent, { ...straight, ...app })).toEqual([])
      expect(broken(intent.replace('"tag/Storage:443"', '"tag/Sql:443"'), { ...straight, ...app })).toHaveLength(1)
    })

    it('asks about the API server of the cluster', () => {
      const intent = '  - { name: api, from: shop/*, to: api-server, deny: true }\n'
      expect(broken(intent, { ...azure, ...app })).toEqual([
        expect.stringMatching(/shop\/web can connect to api-server\/aks on TCP 443/),
      ])
      expect(broken(intent, { ...azure, 'app.yaml': web })).toEqual([])
    })

    it('asks about the API server from the internet', () => {
      const intent = '  - { name: api, from: internet, to: api-server, deny: true }\n'
      const open = { 'main.tf': hub().replace('  private_cluster_enabled = true\n', '') }
      expect(broken(intent, open)).toEqual([
        expect.stringMatching(/^Anybody on the internet can connect to api-server/),
      ])
      expect(broken(intent, azure)).toEqual([])
    })

    it('asks about nodes, as a target and as a source', () => {
      const ssh = '  - { name: ssh, from: shop/*, to: nodes, ports: [22], deny: true }\n'
      expect(broken(ssh, { ...azure, 'app.yaml': documents(deployment('web')) })).toEqual([
        expect.stringContaining('node/aks/system on TCP 22'),
      ])
      expect(broken(ssh, { ...azure, 'app.yaml': web })).toEqual([])
      const out = '  - { name: nodes, from: nodes, to: internet, deny: true }\n'
      const straight = { 'main.tf': hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET) }) }
      expect(broken(out, straight)).toEqual([expect.stringMatching(/^node\/aks\/system can connect to /)])
      expect(broken(out.replace('deny: true', 'via: firewall'), straight)).toEqual([
        expect.stringContaining('past every firewall'),
      ])
      expect(broken(out.replace('deny: true', 'via: firewall'), azure)).toEqual([])
    })

    it('asks about a subnet and an address as a source', () => {
      const flat = hub({ more: VAULT }).replace('    network_plugin_mode = "overlay"\n', '')
      const intent = '  - { name: data, from: subnet/spoke/data, to: shop/*, deny: true }\n'
      const files = { 'main.tf': flat, 'app.yaml': documents(deployment('web')) }
      expect(broken(intent, files)).toEqual([
        expect.stringMatching(/^subnet\/spoke\/data can connect to shop\/web on TCP 8080/),
      ])
      expect(broken(intent.replace('subnet/spoke/data', '10.240.8.0/28'), files)).toEqual([
        expect.stringMatching(/^10\.240\.8\.\d+ can connect to shop\/web/),
      ])
      expect(broken(intent, { 'main.tf': flat, 'app.yaml': web })).toEqual([])
    })
  })

  describe('what could not be judged', () => {
    const notes = (intents: string, files: Readonly<Record<string, string>>) => {
      const { config } = parseConfig(new SourceText('ringfence.yml', `intents:\n${intents}`), new Set())
      return intentNotes(config.intents, analyseTree(parseTree(memoryTree(files)), EMPTY_CONFIG))
    }

    it('says nothing of what was judged', () => {
      expect(notes(STRIPE + NO_INTERNET, { 'app.yaml': web })).toEqual([])
      expect(notes(FIREWALL, { 'app.yaml': web, 'main.tf': hub() })).toEqual([])
    })

    it('says that an intent means nothing of the tree', () => {
      expect(notes('  - { name: gone, from: billing/*, to: internet, deny: true }\n', { 'app.yaml': web })).toEqual([
        'Intent "gone" was not checked: nothing here is what its "from" names (billing/*).',
      ])
      expect(notes('  - { name: api, from: shop/*, to: api-server, deny: true }\n', { 'app.yaml': web })).toEqual([
        'Intent "api" was not checked: nothing here is what its "to" names (api-server).',
      ])
      expect(
        notes('  - { name: prod, from: { state: prod }, to: internet, deny: true }\n', { 'app.yaml': web }),
      ).toEqual(['Intent "prod" is for no state of this tree and was not checked.'])
    })

    it('says that any means neither nodes nor API servers, where there are some', () => {
      const any = '  - { name: closed, from: any, to: any, ports: [22], deny: true }\n'
      expect(notes(any, { 'app.yaml': web, 'main.tf': hub() })).toContain(
        'Intent "closed" means by any in "from" and "to" workloads and places outside, and neither nodes nor API servers: name those (nodes, api-server) to have them checked.',
      )
      expect(notes(any, { 'app.yaml': web })).toEqual([])
      expect(notes(any.replaceAll('any', 'nodes'), { 'app.yaml': web, 'main.tf': hub() })).toEqual([])
    })

    it('says that more would have to be asked than is', () => {
      const many = documents(...Array.from({ length: 210 }, (_, i) => deployment(`web-${i}`)))
      const nodes = '  - { name: nodes, from: shop/*, to: nodes, deny: true }\n'
      const found = notes(nodes, { 'app.yaml': many, 'main.tf': hub() })
      expect(found).toEqual([expect.stringContaining('asks more than 400 questions')])
      expect(notes(nodes, { 'app.yaml': web, 'main.tf': hub() })).toEqual([])
    })

    it('says that the way out is not known', () => {
      expect(notes(FIREWALL, { 'app.yaml': web })).toEqual([expect.stringContaining('could not be checked')])
    })

    it('says that an unknown decides', () => {
      const text = hub({ names: '"api.stripe.com"' }).replace('["api.stripe.com"]', '[var.name]')
      const files = { 'main.tf': `variable "name" {}\n${text}`, 'app.yaml': documents(web, out) }
      expect(notes(STRIPE, files)).toEqual([expect.stringMatching(/is not certain to hold: shop\/web may reach/)])
    })
  })
})
