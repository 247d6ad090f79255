import { describe, expect, it } from 'vitest'
import { editableOrigin, toPlace } from '../../src/base/origin.ts'
import { type AzureNetwork, toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import { podAddressing } from '../../src/model/azure/cluster.ts'
import { knownItems, knownValue } from '../../src/model/azure/prop.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from '../parse/tree-of.ts'

function modelOf(files: Readonly<Record<string, string>>): AzureNetwork {
  return toAzureNetwork(parseTree(treeOf(files)).units.flatMap(({ resources }) => resources))
}

const GROUP = (name: string, more = '') =>
  `resource "azurerm_network_security_group" "${name}" {\n name = "${name}"\n location = "x"\n resource_group_name = "rg"\n ${more}\n}\n`

describe('the Azure model', () => {
  it('merges inline and separate rules, by priority', () => {
    const { securityGroups } = modelOf({
      'main.tf': `${GROUP('g', 'security_rule {\n name = "inline"\n priority = 300\n direction = "Inbound"\n access = "Allow"\n protocol = "Tcp"\n source_port_range = "*"\n destination_port_range = "443"\n source_address_prefix = "*"\n destination_address_prefix = "*"\n }')}
resource "azurerm_network_security_rule" "own" {
  name = "separate"
  network_security_group_name = azurerm_network_security_group.g.name
  priority = 200
  direction = "Inbound"
  access = "Deny"
  protocol = "*"
  source_port_range = "*"
  destination_port_ranges = ["22", "3389"]
  source_address_prefixes = ["10.0.0.0/8"]
  destination_address_prefix = "*"
}`,
    })
    const [group] = securityGroups.all
    expect(group?.rules.map(({ name }) => knownValue(name))).toEqual(['separate', 'inline'])
    expect(group?.rules.map(({ destinationPorts }) => knownItems(destinationPorts))).toEqual([['22', '3389'], ['443']])
  })

  it('knows the line that a value comes from, through variables', () => {
    const { subnets } = modelOf({
      'main.tf':
        'variable "range" {\n  default = "10.0.0.0/24"\n}\nresource "azurerm_subnet" "s" {\n  name = "s"\n  virtual_network_name = "v"\n  address_prefixes = [var.range]\n}',
    })
    const [prefix] = subnets.all[0]!.prefixes.items
    expect(prefix).toMatchObject({ known: true, value: '10.0.0.0/24' })
    expect(toPlace(editableOrigin(prefix!.origin)).line).toBe(2)
  })

  it('joins associations to the resources that they change', () => {
    const network = modelOf({
      'main.tf': `${GROUP('g')}resource "azurerm_virtual_network" "v" {
  name = "v"
  address_space = ["10.0.0.0/16"]
}
resource "azurerm_subnet" "s" {
  for_each = toset(["a", "b"])
  name = each.key
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes = ["10.0.0.0/24"]
}
resource "azurerm_subnet_network_security_group_association" "s" {
  subnet_id = azurerm_subnet.s["a"].id
  network_security_group_id = azurerm_network_security_group.g.id
}`,
    })
    const found = network.subnets.all.map((subnet) => [
      knownValue(subnet.object.name),
      network.securityGroups.of(subnet.securityGroup) !== undefined,
    ])
    expect(found).toEqual([
      ['a', true],
      ['b', false],
    ])
  })

  it.each([
    [
      '3.x',
      'enable_node_public_ip = true',
      'api_server_authorized_ip_ranges = ["203.0.113.0/24"]',
      'ebpf_data_plane = "cilium"',
    ],
    [
      '4.x',
      'node_public_ip_enabled = true',
      'api_server_access_profile {\n authorized_ip_ranges = ["203.0.113.0/24"]\n }',
      'network_data_plane = "cilium"',
    ],
  ])('reads a cluster in the names of azurerm %s', (_, pool, api, plane) => {
    const { clusters } = modelOf({
      'main.tf': `resource "azurerm_kubernetes_cluster" "c" {
  name = "c"
  location = "westeurope"
  ${api}
  default_node_pool {
    name = "system"
    ${pool}
  }
  network_profile {
    network_plugin = "azure"
    network_plugin_mode = "Overlay"
    ${plane}
  }
}`,
    })
    const [cluster] = clusters.all
    expect(knownItems(cluster!.api.authorizedRanges)).toEqual(['203.0.113.0/24'])
    expect(knownValue(cluster!.pools[0]!.publicIps)).toBe(true)
    expect(knownValue(cluster!.policyEngine)).toBe('cilium')
    expect(podAddressing(cluster!, cluster!.pools[0]!)).toBe('overlay')
  })

  it.each([
    ['service_endpoints = ["Microsoft.Storage", "Microsoft.Sql"]'],
    ['service_endpoint {\n service = "Microsoft.Storage"\n }\n service_endpoint {\n service = "Microsoft.Sql"\n }'],
  ])('reads service endpoints as a list and as blocks', (text) => {
    const { subnets } = modelOf({
      'main.tf': `resource "azurerm_subnet" "s" {\n name = "s"\n virtual_network_name = "v"\n ${text}\n}`,
    })
    expect(knownItems(subnets.all[0]!.serviceEndpoints)).toEqual(['Microsoft.Storage', 'Microsoft.Sql'])
  })

  it('reads the same facts from azapi, with an object and with JSON text, and lays updates over what they change', () => {
    const body =
      '{ properties = { networkProfile = { networkPolicy = "calico" }, apiServerAccessProfile = { enablePrivateCluster = true } } }'
    for (const text of [body, `jsonencode(${body})`]) {
      const { clusters } = modelOf({
        'main.tf': `resource "azapi_resource" "c" {
  type = "Microsoft.ContainerService/managedClusters@2025-05-01"
  name = "c"
  body = ${text}
}
resource "azapi_update_resource" "c" {
  type = "Microsoft.ContainerService/managedClusters@2025-06-02-preview"
  resource_id = azapi_resource.c.id
  body = { properties = { networkProfile = { podLinkLocalAccess = "None" } } }
}`,
      })
      const [cluster] = clusters.all
      expect(knownValue(cluster!.policyEngine)).toBe('calico')
      expect(knownValue(cluster!.api.private)).toBe(true)
      expect(knownValue(cluster!.podLinkLocalAccess)).toBe('None')
    }
  })

  it('finds a resource of another unit by the name that a data source gives', () => {
    const network = modelOf({
      'net/main.tf':
        'resource "azurerm_virtual_network" "v" {\n name = "hub"\n address_space = ["10.0.0.0/16"]\n}\nresource "azurerm_subnet" "s" {\n name = "nodes"\n virtual_network_name = azurerm_virtual_network.v.name\n address_prefixes = ["10.0.1.0/24"]\n}',
      'aks/main.tf':
        'data "azurerm_subnet" "s" {\n name = "nodes"\n virtual_network_name = "hub"\n resource_group_name = "rg"\n}\nresource "azurerm_kubernetes_cluster" "c" {\n name = "c"\n default_node_pool {\n name = "p"\n vnet_subnet_id = data.azurerm_subnet.s.id\n }\n}',
    })
    expect(network.subnets.of(network.clusters.all[0]!.pools[0]!.subnet)?.prefixes.items[0]).toMatchObject({
      value: '10.0.1.0/24',
    })
  })

  it('does not guess what it cannot know', () => {
    const { subnets, clusters } = modelOf({
      'main.tf':
        'variable "nsg" {}\nvariable "private" {}\nresource "azurerm_subnet" "s" {\n name = "s"\n virtual_network_name = "v"\n}\nresource "azurerm_subnet_network_security_group_association" "s" {\n subnet_id = azurerm_subnet.s.id\n network_security_group_id = var.nsg\n}\nresource "azurerm_kubernetes_cluster" "c" {\n name = "c"\n private_cluster_enabled = var.private\n}',
    })
    expect(subnets.all[0]!.securityGroup.kind).toBe('unknown')
    expect(subnets.all[0]!.network.kind).toBe('outside')
    expect(clusters.all[0]!.api.private.known).toBe(false)
  })

  it('reads what well-known modules create', () => {
    const network = modelOf({
      'main.tf': `module "nsg" {
  source = "Azure/avm-res-network-networksecuritygroup/azurerm"
  version = "0.5.0"
  name = "nsg"
  security_rules = {
    ssh = { name = "ssh", priority = 100, direction = "Inbound", access = "Deny", protocol = "Tcp", destination_port_range = "22", source_address_prefix = "*", destination_address_prefix = "*" }
  }
}
module "vnet" {
  source = "Azure/avm-res-network-virtualnetwork/azurerm"
  version = "0.8.1"
  name = "v"
  address_space = ["10.0.0.0/16"]
  subnets = {
    nodes = { name = "nodes", address_prefixes = ["10.0.0.0/22"], network_security_group = { id = module.nsg.resource_id } }
  }
}
module "aks" {
  source = "Azure/aks/azurerm"
  version = "9.4.1"
  prefix = "shop"
  network_plugin = "azure"
  private_cluster_enabled = true
  vnet_subnet_id = module.vnet.subnets["nodes"].resource_id
  node_pools = { work = { name = "work", vm_size = "x", vnet_subnet_id = module.vnet.subnets["nodes"].resource_id } }
}`,
    })
    const [cluster] = network.clusters.all
    expect(knownValue(cluster!.api.private)).toBe(true)
    // The module puts random characters behind the names of further pools.
    expect(cluster!.pools.map(({ name }) => knownValue(name))).toEqual(['nodepool', undefined])
    for (const { subnet } of cluster!.pools) {
      const found = network.subnets.of(subnet)
      expect(knownItems(found!.prefixes)).toEqual(['10.0.0.0/22'])
      expect(network.securityGroups.of(found!.securityGroup)?.rules).toHaveLength(1)
      expect(network.virtualNetworks.of(found!.network)).toBeDefined()
    }
  })

  it('reads what verified modules of Bicep create', () => {
    const network = modelOf({
      'main.bicep': `module vnet 'br/public:avm/res/network/virtual-network:0.7.0' = {
  name: 'deploy'
  params: {
    name: 'v'
    addressPrefixes: ['10.0.0.0/16']
    subnets: [{ name: 'nodes', addressPrefix: '10.0.0.0/22', networkSecurityGroupResourceId: nsg.outputs.resourceId }]
  }
}
module nsg 'br/public:avm/res/network/network-security-group:0.5.0' = {
  name: 'nsg'
  params: { name: 'nsg', securityRules: [] }
}`,
    })
    const [subnet] = network.subnets.all
    expect(network.securityGroups.of(subnet!.securityGroup)).toBeDefined()
  })

  it.each([
    ['~> 3.50.0', 'Enabled', 'Basic'],
    ['~> 3.50', 'Disabled', 'Basic'],
    ['>= 3.0, < 4.0', 'Disabled', 'Basic'],
    ['~> 4.20', 'Disabled', 'Standard'],
  ])('takes defaults from the newest provider that %s allows', (version, policies, sku) => {
    const { subnets, publicIps } = modelOf({
      'main.tf': `terraform {\n required_providers {\n azurerm = {\n source = "hashicorp/azurerm"\n version = "${version}"\n }\n }\n}
resource "azurerm_subnet" "s" {\n name = "s"\n virtual_network_name = "v"\n}
resource "azurerm_public_ip" "p" {\n name = "p"\n}`,
    })
    expect(knownValue(subnets.all[0]!.privateEndpointPolicies)).toBe(policies)
    expect(knownValue(publicIps.all[0]!.sku)).toBe(sku)
  })
})
