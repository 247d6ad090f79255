import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { nsgFalseSegmentation } from './nsg-false-segmentation.ts'
import { nsgSharedPodsNodes } from './nsg-shared-pods-nodes.ts'

interface Plan {
  readonly mode?: 'overlay' | 'flat' | 'pod-subnet'
  readonly rules?: string
  /** Subnets that have the group. */
  readonly guarded?: readonly string[]
}

function network({ mode = 'overlay', rules = '', guarded = ['nodes'] }: Plan): string {
  const pool = mode === 'pod-subnet' ? '    pod_subnet_id  = azurerm_subnet.pods.id\n' : ''
  const profile = mode === 'overlay' ? '    network_plugin_mode = "overlay"\n' : ''
  const associations = guarded.map(
    (subnet) => `resource "azurerm_subnet_network_security_group_association" "${subnet}" {
  subnet_id                 = azurerm_subnet.${subnet}.id
  network_security_group_id = azurerm_network_security_group.aks.id
}
`,
  )
  return `resource "azurerm_virtual_network" "v" {
  name          = "v"
  address_space = ["10.10.0.0/16"]
}
resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["10.10.0.0/22"]
}
resource "azurerm_subnet" "pods" {
  name                 = "pods"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["10.10.16.0/20"]
}
resource "azurerm_subnet" "data" {
  name                 = "data"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["10.10.64.0/24"]
}
resource "azurerm_network_security_group" "aks" {
  name = "aks"
${rules}}
${associations.join('')}resource "azurerm_kubernetes_cluster" "aks" {
  name = "aks"
  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.nodes.id
${pool}  }
  network_profile {
    network_plugin = "azure"
${profile}  }
}
`
}

const rule = (access: string, way: string, from: string, to: string, port = '*') => `  security_rule {
    name                       = "apart"
    priority                   = 200
    direction                  = "${way}"
    access                     = "${access}"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "${port}"
    source_address_prefix      = "${from}"
    destination_address_prefix = "${to}"
  }
`
const PODS = '10.244.0.0/16'
const DATA = '10.10.64.0/24'
const one = (plan: Plan) => ({ 'main.tf': network(plan) })

const bicep = (from: string, to: string) => `resource nsg 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    securityRules: [
      {
        name: 'apart'
        properties: {
          priority: 200
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourcePortRange: '*'
          destinationPortRange: '*'
          sourceAddressPrefix: '${from}'
          destinationAddressPrefix: '${to}'
        }
      }
    ]
  }
}
resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'v'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.10.0.0/16'] }
    subnets: [
      {
        name: 'nodes'
        properties: { addressPrefix: '10.10.0.0/22', networkSecurityGroup: { id: nsg.id } }
      }
    ]
  }
}
resource aks 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [
      { name: 'system', vnetSubnetID: '\${vnet.id}/subnets/nodes' }
    ]
    networkProfile: { networkPlugin: 'azure' }
  }
}
`

describe('nsg-false-segmentation', () => {
  finds(nsgFalseSegmentation, 'overlay pods are denied the data, and come as their node', {
    head: one({ rules: rule('Deny', 'Outbound', PODS, DATA, '5432') }),
    at: 'main.tf: security_rule {',
    severity: 'medium',
    witness: 'node/aks/system → 10.10.64.0 TCP 5432',
    says: ['overlay mode', 'with the address of their node'],
  })
  finds(nsgFalseSegmentation, 'the data denies overlay pods', {
    head: one({ rules: rule('Deny', 'Inbound', PODS, DATA), guarded: ['data'] }),
    at: 'main.tf: security_rule {',
    severity: 'medium',
  })
  finds(nsgFalseSegmentation, 'nothing comes to an overlay pod at its own address', {
    head: one({ rules: rule('Deny', 'Inbound', DATA, PODS) }),
    at: 'main.tf: security_rule {',
    says: ['at its own address'],
  })
  finds(nsgFalseSegmentation, 'a rule that opens for addresses that no packet has is only left over', {
    head: one({ rules: rule('Allow', 'Inbound', PODS, DATA), guarded: ['data'] }),
    at: 'main.tf: security_rule {',
    severity: 'note',
  })
  finds(nsgFalseSegmentation, 'the group of the nodes is not asked about pods with a subnet of their own', {
    head: one({ mode: 'pod-subnet', rules: rule('Deny', 'Outbound', '10.10.16.0/20', DATA) }),
    at: 'main.tf: security_rule {',
    says: ['azurerm_subnet.pods', 'no packet of a pod passes it'],
  })
  finds(nsgFalseSegmentation, 'Bicep: pods of one subnet are kept apart, but not those of one node', {
    head: { 'main.bicep': bicep('10.10.1.0/24', '10.10.2.0/24') },
    at: 'main.bicep: {',
    says: ['on one node never leaves it', 'use a network policy'],
  })
  silent(nsgFalseSegmentation, 'the range of the nodes, which overlay pods leave with', {
    head: one({ rules: rule('Deny', 'Outbound', '10.10.0.0/22', DATA) }),
  })
  silent(nsgFalseSegmentation, 'the group of the pods themselves', {
    head: one({ mode: 'pod-subnet', rules: rule('Deny', 'Outbound', '10.10.16.0/20', DATA), guarded: ['pods'] }),
  })
  silent(nsgFalseSegmentation, 'what AKS needs open between pods', {
    head: one({ rules: rule('Allow', 'Inbound', PODS, PODS) }),
  })
  silent(nsgFalseSegmentation, 'a denial of the internet', {
    head: one({ rules: rule('Deny', 'Inbound', 'Internet', '*') }),
  })
  silent(nsgFalseSegmentation, 'flat pods leave for their network with their own address', {
    head: one({ mode: 'flat', rules: rule('Deny', 'Outbound', '10.10.0.0/22', DATA) }),
  })
})

describe('nsg-shared-pods-nodes', () => {
  const shared = { mode: 'pod-subnet', rules: rule('Allow', 'Inbound', '10.0.0.0/8', '*', '22') } as const
  finds(nsgSharedPodsNodes, 'one group on both', {
    head: one({ ...shared, guarded: ['nodes', 'pods'] }),
    at: 'main.tf: resource "azurerm_network_security_group" "aks" {',
    severity: 'low',
    says: ['azurerm_subnet.pods', 'azurerm_subnet.nodes'],
  })
  silent(nsgSharedPodsNodes, 'a group on the nodes alone', { head: one({ ...shared, guarded: ['nodes'] }) })
  silent(nsgSharedPodsNodes, 'a group without rules of its own', {
    head: one({ mode: 'pod-subnet', guarded: ['nodes', 'pods'] }),
  })
  silent(nsgSharedPodsNodes, 'pods without a subnet of their own', { head: one({ ...shared, mode: 'overlay' }) })
})
