import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_CONNECTIONS } from '../../src/algebra/connections.ts'
import { firewallAllowed, nsgAllowed } from '../../src/reach/azure/allowed-flows.ts'
import { findEnd } from '../../src/reach/azure/asked-ends.ts'
import { azureEgress } from '../../src/reach/azure/azure-egress.ts'
import { azureIngress } from '../../src/reach/azure/azure-ingress.ts'
import { clusterFactsOf } from '../../src/reach/azure/cluster-facts.ts'
import { evalAzure, explainAzure } from '../../src/reach/azure/eval-azure.ts'
import { diffFlows, flowSets, type PlaceRegion, placeRegions } from '../../src/reach/azure/flows.ts'
import { hostsAt } from '../../src/reach/azure/hosts.ts'
import { atAddresses, type Places, printPlaces } from '../../src/reach/azure/places.ts'
import { toSite } from '../../src/reach/azure/state.ts'
import { stateOf } from './ask.ts'
import {
  applicationRules,
  card,
  cluster,
  firewall,
  group,
  natGateway,
  network,
  networkRules,
  OVERLAY,
  peering,
  routes,
  subnet,
} from './terraform-text.ts'

function siteOf(text: string) {
  return toSite(stateOf({ 'main.tf': text }))
}

function inboundOf(rules: readonly string[]) {
  const site = siteOf(group('g', rules))
  return nsgAllowed(site, site.azure.securityGroups.all[0]!, 'inbound')
}

describe('rule sets as sets of packets', () => {
  it.each([
    [
      'reordered without effect',
      ['100 in allow Tcp 10.0.0.0/24 -> * 443', '110 in allow Tcp 10.0.1.0/24 -> * 443'],
      ['100 in allow Tcp 10.0.1.0/24 -> * 443', '110 in allow Tcp 10.0.0.0/24 -> * 443'],
    ],
    [
      'split',
      ['100 in allow Tcp 10.0.0.0/23 -> * 80-81'],
      [
        '100 in allow Tcp 10.0.0.0/24 -> * 80-81',
        '110 in allow Tcp 10.0.1.0/24 -> * 80',
        '120 in allow Tcp 10.0.1.0/24 -> * 81',
      ],
    ],
    [
      'with a rule that never decides',
      ['100 in deny * * -> * *'],
      ['100 in deny * * -> * *', '200 in allow Tcp Internet -> * 22'],
    ],
  ])('is the same set when %s', (_, before, after) => {
    const { added, removed } = diffFlows(inboundOf(before), inboundOf(after))
    expect(flowSets.isEmpty(added.possible)).toBe(true)
    expect(flowSets.isEmpty(removed.possible)).toBe(true)
  })

  it('tells what a wider rule newly admits', () => {
    const before = inboundOf(['100 in allow Tcp 203.0.113.0/24 -> 10.0.0.4 22', '200 in deny * * -> * *'])
    const after = inboundOf(['100 in allow Tcp 203.0.112.0/23 -> 10.0.0.4 22', '200 in deny * * -> * *'])
    const { added, removed } = diffFlows(before, after)
    expect(added.certain.map(({ first }) => printPlaces(first))).toEqual(['203.0.112.0/24'])
    expect(added.certain[0]!.second.map(({ peers }) => printPlaces(peers))).toEqual(['10.0.0.4'])
    expect(flowSets.isEmpty(removed.possible)).toBe(true)
  })

  it('orders network before application rules, whatever the priorities', () => {
    const base = network('v', '10.1.0.0/16')
    const wide = siteOf(
      base +
        firewall(
          'v',
          '10.1.255.0/26',
          applicationRules('Deny', 100, ['Https * -> evil.example 443']) +
            networkRules('Allow', 200, ['Tcp * -> * 443']),
        ),
    )
    const narrow = siteOf(base + firewall('v', '10.1.255.0/26', networkRules('Allow', 200, ['Tcp * -> * 443'])))
    const of = (site: typeof wide) => firewallAllowed(site, site.azure.firewalls.all[0]!)
    expect(flowSets.isEmpty(diffFlows(of(narrow), of(wide)).removed.possible)).toBe(true)
  })
})

const prefix = fc.constantFrom(
  '*',
  'VirtualNetwork',
  'Internet',
  '10.1.0.0/24',
  '10.1.8.0/24',
  '10.1.8.4',
  '203.0.113.0/24',
  'Storage',
  'AzureCloud',
)
const rule = fc
  .tuple(
    fc.constantFrom('in', 'out'),
    fc.constantFrom('allow', 'deny'),
    fc.constantFrom('Tcp', 'Udp', '*'),
    prefix,
    prefix,
    fc.constantFrom('*', '443', '400-500'),
  )
  .map((parts) => ({ text: `${parts[0]} ${parts[1]} ${parts[2]} ${parts[3]} -> ${parts[4]} ${parts[5]}` }))
const rules = fc
  .array(rule, { maxLength: 4 })
  .map((list) => list.map(({ text }, index) => `${100 + index * 10} ${text}`))
const table = fc.array(
  fc.tuple(
    fc.constantFrom('0.0.0.0/0', '10.1.8.0/24', '10.2.0.0/16', '203.0.113.0/24', 'Storage'),
    fc.constantFrom('None', 'Internet', 'VnetLocal', 'VirtualAppliance 10.1.255.4'),
  ),
  { maxLength: 3 },
)
const PEERS = [
  'internet',
  '203.0.113.9',
  '198.51.100.4',
  '10.1.8.4',
  '10.1.8.9',
  '10.1.0.7',
  '10.2.0.4',
  '10.3.0.4',
  'tag/Storage.WestEurope',
  'api.example.com',
]
const HOSTS = ['10.1.0.7', '10.1.8.4', '10.1.8.9', '10.2.0.4']

describe('the entries', () => {
  const text =
    network('v', '10.1.0.0/16') +
    subnet('v', 'a', '10.1.0.0/24') +
    group('g', ['100 out deny Tcp * -> Internet 25'], ['a'])

  it('answer many questions in their order, with the layer that denies', () => {
    const ask = (port: number) => ({ from: '10.1.0.4', to: 'internet', protocol: 'TCP' as const, port })
    expect(evalAzure(stateOf({ 'main.tf': text }), [ask(443), ask(25)])).toEqual([
      { allowed: true },
      { allowed: false, layer: 'nsg' },
    ])
  })

  it('tell the engine of the one cluster that there is', () => {
    const facts = (profile: string) =>
      clusterFactsOf(stateOf({ 'main.tf': text + cluster({ pool: 'system a', profile }) }).azure)
    expect(facts(OVERLAY)?.engine).toBe('none')
    expect(facts(`${OVERLAY}\n network_policy = "cilium"\n network_data_plane = "cilium"`)?.engine).toBe('cilium')
    expect(clusterFactsOf(stateOf({ 'main.tf': text }).azure)).toBeUndefined()
  })
})

describe('sets of one vantage', () => {
  it('agree with the walk of one packet', () => {
    fc.assert(
      fc.property(rules, rules, table, fc.boolean(), fc.boolean(), (first, second, list, hasNat, isPeered) => {
        const unique = [...new Map(list.map(([to, hop]) => [to, `${to} ${hop}`])).values()]
        const state = stateOf({
          'main.tf':
            network('v', '10.1.0.0/16') +
            subnet('v', 'a', '10.1.0.0/24') +
            subnet('v', 'b', '10.1.8.0/24', 'default_outbound_access_enabled = false') +
            network('w', '10.2.0.0/16') +
            subnet('w', 'c', '10.2.0.0/24') +
            peering('v', 'w') +
            (isPeered ? peering('w', 'v', 'allow_forwarded_traffic = true') : '') +
            card('vm', 'b', '10.1.8.4') +
            group('g', first, ['a']) +
            group('h', second, ['b']) +
            routes('rt', unique, ['a']) +
            (hasNat ? natGateway('nat', ['b']) : '') +
            firewall(
              'v',
              '10.1.255.0/26',
              networkRules('Allow', 100, ['Tcp 10.1.0.0/16 -> 203.0.113.0/24 443']) +
                applicationRules('Allow', 200, ['Https * -> *.example.com 443']),
            ),
        })
        const site = toSite(state)
        for (const from of HOSTS) {
          const [host] = hostsAt(site, endPlaces(site, from).addresses)
          const egress = azureEgress(site, host!)
          for (const to of PEERS) {
            // A name needs a DNS server as well, which a set of packets does not ask for.
            const name = to.includes('example')
            const walked = explainAzure(state, { from, to, protocol: 'TCP', port: 443 })
            const sets = answerOf(egress.certain, egress.possible, endPlaces(site, to))
            if (from !== to && !(name && walked.layer === 'dns'))
              expect(`${from} -> ${to}: ${sets}`).toBe(`${from} -> ${to}: ${walked.answer}`)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('tells who reaches a host of a peered network', () => {
    const site = siteOf(
      network('v', '10.1.0.0/16') +
        subnet('v', 'a', '10.1.0.0/24') +
        network('w', '10.2.0.0/16') +
        subnet('w', 'c', '10.2.0.0/24') +
        peering('v', 'w') +
        peering('w', 'v') +
        group('g', ['100 in deny Tcp 10.2.0.0/25 -> * 22'], ['a']),
    )
    const [host] = hostsAt(site, endPlaces(site, '10.1.0.7').addresses)
    const ingress = azureIngress(site, host!)
    const answer = (from: string) => answerOf(ingress.certain, ingress.possible, endPlaces(site, from), 22)
    expect(['10.2.0.4', '10.2.0.200', '10.1.0.9', 'internet', '10.3.0.4'].map(answer)).toEqual([
      'denied',
      'allowed',
      'allowed',
      'denied',
      'denied',
    ])
  })
})

function endPlaces(site: ReturnType<typeof siteOf>, text: string): Places {
  const end = findEnd(site, text)
  if (end?.kind === 'private') return atAddresses(end.addresses)
  if (end?.kind === 'public') return end.places
  throw new Error(`${text} is no place`)
}

function answerOf(certain: PlaceRegion, possible: PlaceRegion, where: Places, port = 443): string {
  const asked = placeRegions.of(where, { ...NO_CONNECTIONS, TCP: [port, port + 1] })
  if (placeRegions.covers(certain, asked)) return 'allowed'
  return placeRegions.isEmpty(placeRegions.intersect(possible, asked)) ? 'denied' : 'unknown'
}
