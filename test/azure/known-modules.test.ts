import { describe, expect, it } from 'vitest'
import { type AzureNetwork, toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import { isWithin } from '../../src/model/azure/modules/version-range.ts'
import { knownItems, knownValue } from '../../src/model/azure/prop.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from '../parse/tree-of.ts'

function modelOf(files: Readonly<Record<string, string>>): AzureNetwork {
  return toAzureNetwork(parseTree(treeOf(files)).units.flatMap((unit) => unit.resources))!
}

const terraform = (source: string, version: string | undefined, inputs: string, name = 'm') => `module "${name}" {
  source  = "${source}"
${version === undefined ? '' : `  version = "${version}"\n`}${inputs}
}
`
const AKS = 'Azure/aks/azurerm'
const VNET = 'Azure/avm-res-network-virtualnetwork/azurerm'

describe('a version of a module', () => {
  const range = { from: '0.2', to: '0.17', read: 'x' }
  it.each([
    ['0.1.9', false],
    ['0.2.0', true],
    ['= 0.17.4', true],
    ['0.18.0', false],
    ['~> 0.4', true],
    ['~> 0.4.1', true],
    ['~> 1.0', false],
    ['>= 0.1', true],
    ['>= 0.3, < 0.5', true],
    ['< 0.2', false],
  ])('%s is within the range: %s', (version, expected) => {
    const origin = { source: undefined as never, start: 0, end: 0 }
    expect(isWithin({ kind: 'scalar', value: version, origin }, range)).toBe(expected)
  })

  it('that is not known may be any, and one that cannot be known is none', () => {
    const origin = { source: undefined as never, start: 0, end: 0 }
    expect(isWithin(undefined, range)).toBe(true)
    expect(isWithin({ kind: 'unknown', reason: 'derived', detail: '', origin }, range)).toBe(false)
  })

  it.each([
    [AKS, '5.0.0', 'prefix = "p"'],
    [VNET, '0.1.4', 'name = "v"'],
  ])('of %s before the range leaves the module unknown, named under coverage', (source, version, inputs) => {
    const files = { 'main.tf': terraform(source, version, inputs) }
    const [unit] = parseTree(treeOf(files)).units
    expect(unit!.problems).toMatchObject([{ code: 'not-followed' }])
    const { clusters, virtualNetworks } = modelOf({ 'main.tf': files['main.tf'] })
    expect([clusters.all, virtualNetworks.all]).toEqual([[], []])
  })
})

describe('Azure/aks/azurerm', () => {
  const clusterOf = (inputs: string, version = '9.4.1', source = AKS) =>
    modelOf({ 'main.tf': terraform(source, version, inputs) }).clusters.all[0]!

  it('names the cluster after its prefix, and does not where a random end is asked for', () => {
    expect(knownValue(clusterOf('prefix = "shop"').object.name)).toBe('shop-aks')
    expect(knownValue(clusterOf('prefix = "shop"\ncluster_name = "c"').object.name)).toBe('c')
    expect(knownValue(clusterOf('prefix = "shop"\ncluster_name_random_suffix = true').object.name)).toBeUndefined()
  })

  it('uses kubenet where nobody says otherwise', () => {
    expect(knownValue(clusterOf('prefix = "p"').plugin)).toBe('kubenet')
    expect(knownValue(clusterOf('prefix = "p"\nnetwork_plugin = "azure"').plugin)).toBe('azure')
  })

  it('takes names of pools from their objects, and knows them where nothing is put behind', () => {
    const pools = (more: string) =>
      clusterOf(`prefix = "p"\nnode_pools = { key = { name = "work", vm_size = "x"${more} } }`).pools.map(({ name }) =>
        knownValue(name),
      )
    expect(pools('')).toEqual(['nodepool', undefined])
    expect(pools(', create_before_destroy = false')).toEqual(['nodepool', 'work'])
  })

  it('takes subnets as ids until version 9 and as objects since', () => {
    const subnet = 'resource "azurerm_subnet" "s" {\n  name = "s"\n  virtual_network_name = "v"\n}\n'
    for (const [version, source, input] of [
      ['9.4.1', AKS, 'vnet_subnet_id = azurerm_subnet.s.id'],
      ['11.0.0', AKS, 'vnet_subnet = { id = azurerm_subnet.s.id }'],
      ['10.2.0', `${AKS}//v4`, 'vnet_subnet = { id = azurerm_subnet.s.id }'],
    ] as const) {
      const network = modelOf({ 'main.tf': subnet + terraform(source, version, `prefix = "p"\n${input}`) })
      expect(network.clusters.all[0]!.pools[0]!.subnet.kind).toBe('found')
    }
  })
})

describe('the verified module of AKS for Terraform', () => {
  it('reads inputs that are named after ARM', () => {
    const source = 'Azure/avm-res-containerservice-managedcluster/azurerm'
    const inputs = `name = "c"
  network_profile = { network_plugin = "azure", network_policy = "cilium", outbound_type = "userDefinedRouting" }
  api_server_access_profile = { enable_private_cluster = true, authorized_ip_ranges = ["192.0.2.0/24"] }
  default_agent_pool = { name = "sys", enable_node_public_ip = true }
  agent_pools = { user = { name = "user" } }`
    const [cluster] = modelOf({ 'main.tf': terraform(source, '0.4.2', inputs) }).clusters.all
    expect(knownValue(cluster!.api.private)).toBe(true)
    expect(knownValue(cluster!.policyEngine)).toBe('cilium')
    expect(knownValue(cluster!.outboundType)).toBe('userDefinedRouting')
    expect(cluster!.pools.map(({ name }) => knownValue(name))).toEqual(['sys', 'user'])
  })
})

describe('the verified module of networks for Terraform', () => {
  it('holds private endpoints to their policies where it is not told otherwise', () => {
    const inputs =
      'name = "v"\naddress_space = ["10.0.0.0/16"]\nsubnets = { a = { name = "a", address_prefix = "10.0.0.0/24" } }'
    const { subnets } = modelOf({ 'main.tf': terraform(VNET, '0.8.1', inputs) })
    expect(knownValue(subnets.all[0]!.privateEndpointPolicies)).toBe('Enabled')
    expect(knownItems(subnets.all[0]!.prefixes)).toEqual(['10.0.0.0/24'])
  })

  it('keeps what comes from a pool unknown, and a subnet that is not known a subnet', () => {
    const inputs =
      'name = "v"\naddress_space = ["10.0.0.0/16"]\nsubnets = { a = { name = "a", ipam_pools = [{ pool_id = "x" }] }, b = var.b }'
    const { subnets } = modelOf({ 'main.tf': `variable "b" {}\n${terraform(VNET, '0.10.0', inputs)}` })
    expect(subnets.all).toHaveLength(2)
    for (const { prefixes } of subnets.all) expect([knownItems(prefixes), prefixes.complete]).not.toEqual([[], true])
    expect(subnets.all[1]!.securityGroup.kind).toBe('unknown')
  })

  it('takes no network for one of its subnets', () => {
    const inputs = 'name = "v"\naddress_space = ["10.0.0.0/16"]\nsubnets = {}'
    const nic = `resource "azurerm_network_interface" "n" {
  name = "n"
  ip_configuration {
    name      = "c"
    subnet_id = module.m.subnets["gone"].resource_id
  }
}
resource "azurerm_subnet_route_table_association" "a" {
  subnet_id      = module.m.subnets["gone"].resource_id
  route_table_id = "/x"
}
`
    const { objects } = modelOf({ 'main.tf': nic + terraform(VNET, '0.8.1', inputs) })
    const network = objects.ofType('Microsoft.Network/virtualNetworks')[0]!
    const { resource } = objects.ofType('Microsoft.Network/networkInterfaces')[0]!
    const reference = { address: 'module.m', attribute: 'subnets["gone"].resource_id' }
    const value = { kind: 'unknown', reason: 'remote-module', detail: '', origin: resource.origin, reference } as const
    expect(objects.resolve(value, resource)).toBeUndefined()
    expect(objects.resolve({ ...value, reference: { ...reference, attribute: 'resource_id' } }, resource)).toBe(network)
  })
})

describe('verified modules for Bicep', () => {
  const bicep = (name: string, version: string, params: string) =>
    `module m 'br/public:avm/res/${name}:${version}' = {\n  params: ${params}\n}\n`

  it.each([
    [
      '0.7.1',
      "{ name: 'v', addressPrefixes: ['10.0.0.0/16'], subnets: [{ name: 'a', addressPrefix: '10.0.1.0/24' }] }",
    ],
    [
      '0.8.0',
      "{ name: 'v', addressPrefixes: { by: 'addressPrefixes', addressPrefixes: ['10.0.0.0/16'] }, subnets: [{ name: 'a', addressSpace: { by: 'addressPrefix', addressPrefix: '10.0.1.0/24' } }] }",
    ],
  ])('read the ranges of version %s of the network', (version, params) => {
    const { subnets, virtualNetworks } = modelOf({ 'main.bicep': bicep('network/virtual-network', version, params) })
    expect(knownItems(virtualNetworks.all[0]!.addressSpace)).toEqual(['10.0.0.0/16'])
    expect(knownItems(subnets.all[0]!.prefixes)).toEqual(['10.0.1.0/24'])
  })

  it('are not read in a version that nobody has looked at', () => {
    const { virtualNetworks } = modelOf({ 'main.bicep': bicep('network/virtual-network', '0.9.0', "{ name: 'v' }") })
    expect(virtualNetworks.all).toEqual([])
  })

  it('peer both ways where that is asked for, and let forwarded packets through', () => {
    const params = `{
    name: 'spoke'
    addressPrefixes: ['10.1.0.0/16']
    peerings: [{ remoteVirtualNetworkResourceId: hub.id, remotePeeringEnabled: true }]
  }`
    const { peerings } = modelOf({
      'main.bicep': `resource hub 'Microsoft.Network/virtualNetworks@2024-01-01' = {\n  name: 'hub'\n  properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } }\n}\n${bicep('network/virtual-network', '0.7.0', params)}`,
    })
    expect(peerings.all.map(({ network, remote }) => [network.kind, remote.kind])).toEqual([
      ['found', 'found'],
      ['found', 'found'],
    ])
    for (const peering of peerings.all) expect(knownValue(peering.allowForwardedTraffic)).toBe(true)
  })

  it('put a firewall on its subnet and its rules behind its policy', () => {
    const files = {
      'main.bicep': `resource hub 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: 'hub'
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [{ name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.0.0.0/26' } }]
  }
}
module policy 'br/public:avm/res/network/firewall-policy:0.3.0' = {
  params: {
    name: 'pol'
    ruleCollectionGroups: [{ name: 'g', priority: 100, ruleCollections: [{
      ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
      name: 'c'
      priority: 100
      action: { type: 'Allow' }
      rules: [{ ruleType: 'NetworkRule', name: 'r', ipProtocols: ['TCP'], sourceAddresses: ['*'], destinationAddresses: ['*'], destinationPorts: ['443'] }]
    }] }]
  }
}
module fw 'br/public:avm/res/network/azure-firewall:0.8.0' = {
  params: { name: 'fw', virtualNetworkResourceId: hub.id, firewallPolicyId: policy.outputs.resourceId }
}
`,
    }
    const { firewalls, objects } = modelOf(files)
    const [firewall] = firewalls.all
    expect(firewall).toBeDefined()
    const groups = objects.ofType('Microsoft.Network/firewallPolicies/ruleCollectionGroups')
    expect(groups.map(({ parent }) => parent && knownValue(parent.name))).toEqual(['pol'])
  })

  it('read the API server of either form of the cluster', () => {
    for (const [version, params] of [
      ['0.11.1', "{ name: 'c', enablePrivateCluster: true, networkPlugin: 'azure' }"],
      ['0.12.0', "{ name: 'c', apiServerAccessProfile: { enablePrivateCluster: true }, networkPlugin: 'azure' }"],
    ] as const) {
      const { clusters } = modelOf({ 'main.bicep': bicep('container-service/managed-cluster', version, params) })
      expect(knownValue(clusters.all[0]!.api.private)).toBe(true)
      expect(knownValue(clusters.all[0]!.plugin)).toBe('azure')
    }
  })
})
