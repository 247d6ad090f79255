import { describe, expect, it } from 'vitest'
import { toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import { fullName } from '../../src/model/azure/azure-object.ts'
import { parseTree } from '../../src/parse/units.ts'
import { memoryTree } from '../source/memory-tree.ts'

/** Where the node pool of the one cluster stands. */
function placeOf(files: Readonly<Record<string, string>>): string {
  const { units } = parseTree(memoryTree(files))
  const [cluster] = toAzureNetwork(units.flatMap(({ resources }) => [...resources])).clusters.all
  const { subnet } = cluster!.pools[0]!
  return subnet.kind === 'found' ? fullName(subnet.object) : subnet.kind
}

const NETWORK = `resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'v'
  properties: {
    subnets: [
      { name: 'jump', properties: { addressPrefix: '10.0.0.0/24' } }
      { name: 'nodes', properties: { addressPrefix: '10.0.1.0/24' } }
    ]
  }
}
`
const cluster = (subnet: string) => `resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  properties: {
    dnsPrefix: 'aks'
    agentPoolProfiles: [ { name: 'system', count: 1, mode: 'System', vnetSubnetID: ${subnet} } ]
  }
}
`

describe('a subnet that is named by its place in the list of its network', () => {
  it('in Bicep, in the same file and as output of a module', () => {
    expect(placeOf({ 'main.bicep': NETWORK + cluster('vnet.properties.subnets[1].id') })).toBe('v/nodes')
    expect(
      placeOf({
        'net.bicep': `${NETWORK}output nodes string = vnet.properties.subnets[1].id\n`,
        'main.bicep': `module net 'net.bicep' = {\n  name: 'net'\n}\n${cluster('net.outputs.nodes')}`,
      }),
    ).toBe('v/nodes')
  })

  it('in ARM, by reference()', () => {
    const resources = [
      {
        type: 'Microsoft.Network/virtualNetworks',
        apiVersion: '2024-05-01',
        name: 'v',
        properties: {
          subnets: [
            { name: 'jump', properties: {} },
            { name: 'nodes', properties: {} },
          ],
        },
      },
      {
        type: 'Microsoft.ContainerService/managedClusters',
        apiVersion: '2025-05-01',
        name: 'aks',
        properties: {
          dnsPrefix: 'aks',
          agentPoolProfiles: [
            { name: 'system', count: 1, mode: 'System', vnetSubnetID: "[reference('v').subnets[1].id]" },
          ],
        },
      },
    ]
    const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
    expect(placeOf({ 'main.json': JSON.stringify({ $schema, contentVersion: '1.0.0.0', resources }) })).toBe('v/nodes')
  })

  it('is none that is not written there', () => {
    expect(placeOf({ 'main.bicep': NETWORK + cluster('vnet.properties.subnets[2].id') })).toBe('unknown')
    expect(placeOf({ 'main.bicep': NETWORK + cluster('vnet.properties.subnets[0].id') })).toBe('v/jump')
  })
})
