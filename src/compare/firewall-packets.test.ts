import { describe, expect, it } from 'vitest'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { printConnections } from '../algebra/connections.ts'
import { toAzureNetwork } from '../model/azure/azure-network.ts'
import { parseTree } from '../parse/units.ts'
import { azureFlows } from './azure-flows.ts'

const network = (text: string) =>
  toAzureNetwork(parseTree(memoryTree({ 'main.bicep': text })).units.flatMap(({ resources }) => [...resources]))

function told(before: string, after: string): readonly string[] {
  return azureFlows(network(before), network(after)).map(
    ({ to, before: was, after: is }) =>
      `${to.name}: ${printConnections(was.possible) || 'nothing'} → ${printConnections(is.possible) || 'nothing'}`,
  )
}

/** A policy with one collection of application rules, as templates that were exported write them. */
const policy = (...rules: readonly string[]) => `param location string
param names array
resource policy 'Microsoft.Network/firewallPolicies@2023-11-01' = {
  name: 'fw'
  resource group 'ruleCollectionGroups' = {
    name: 'g'
    properties: {
      priority: 200
      ruleCollections: [
        {
          ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
          name: 'c'
          priority: 100
          action: { type: 'Allow' }
          rules: [
${rules.join('\n')}
          ]
        }
      ]
    }
  }
}
`
const application = (more: string, port = 443) => `{
  ruleType: 'ApplicationRule'
  name: 'a'
  protocols: [{ protocolType: '${port === 80 ? 'Http' : 'Https'}', port: ${port} }]
  sourceAddresses: ['10.0.0.0/16']
  targetUrls: []
  webCategories: []
  ${more}
}`
const named = (...names: readonly string[]) =>
  application(`fqdnTags: []\n  targetFqdns: [${names.map((name) => `'${name}'`).join(', ')}]`)
const tagged = (tag: string) => application(`fqdnTags: ['${tag}']`)
const toTag = (tag: string) => `{
  ruleType: 'NetworkRule'
  name: 'n'
  ipProtocols: ['TCP']
  sourceAddresses: ['10.0.0.0/16']
  destinationAddresses: [${tag}]
  destinationPorts: ['443']
}`

describe('what firewalls let out', () => {
  it('tells a new name beside lists that are written empty', () => {
    expect(told(policy(named('a.example')), policy(named('a.example', 'b.example')))).toEqual([
      'b.example: nothing → TCP 443',
    ])
  })

  it('tells a new name beside a tag of names, and one of a parameter', () => {
    expect(
      told(policy(tagged('AzureKubernetesService')), policy(tagged('AzureKubernetesService'), named('b.example'))),
    ).toEqual(['b.example: nothing → TCP 443'])
    const ofParameter = application('targetFqdns: names')
    expect(told(policy(ofParameter), policy(ofParameter, named('b.example')))).toEqual(['b.example: nothing → TCP 443'])
  })

  it('tells tags and categories by their name', () => {
    expect(told(policy(named('a.example')), policy(named('a.example'), tagged('WindowsUpdate')))).toEqual([
      '<tag WindowsUpdate>: nothing → TCP 443',
    ])
    const category = application('fqdnTags: []').replace('webCategories: []', "webCategories: ['News']")
    expect(told(policy(named('a.example')), policy(named('a.example'), category))).toEqual([
      '<web category News>: nothing → TCP 443',
    ])
  })

  it('does not tell names as lost that a tag may hold, over HTTP neither', () => {
    const tag = tagged('AzureKubernetesService')
    const http = application("targetFqdns: ['security.ubuntu.com']", 80)
    expect(told(policy(tag, named('mcr.microsoft.com'), http), policy(tag))).toEqual([])
    expect(told(policy(tag, named('registry.example')), policy(tag))).toEqual(['registry.example: TCP 443 → nothing'])
  })

  it('tells a service tag whose region a parameter gives', () => {
    const tag = `'AzureCloud.\${location}'`
    expect(told(policy(), policy(toTag(tag)))).toEqual(['AzureCloud.<location>: nothing → TCP 443'])
    expect(told(policy(toTag(tag)), policy(toTag(tag), toTag("'Storage.westeurope'")))).toEqual([
      'storage.westeurope: nothing → TCP 443',
    ])
    expect(told(policy(toTag(tag)), policy(toTag(tag)))).toEqual([])
  })
})
