import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { privateEndpointAndPublic } from './private-endpoint-and-public.ts'
import { privateEndpointMissing } from './private-endpoint-missing.ts'
import { privateEndpointNotFiltered } from './private-endpoint-not-filtered.ts'
import { privateEndpointUnused } from './private-endpoint-unused.ts'

interface Vault {
  readonly access?: string
  readonly acls?: string
  readonly endpoint?: string
}

const rules = (ips: string) => `  network_acls {
    default_action = "Deny"
    bypass         = "None"
    ip_rules       = [${ips}]
  }
`
const vault = ({ access = 'public_network_access_enabled = true', acls = rules('"203.0.113.0/24"') }: Vault) =>
  `resource "azurerm_key_vault" "kv" {
  name     = "kv-shop"
  location = "westeurope"
  ${access}
${acls}}
`
const network = (name: string, range: string) => `resource "azurerm_virtual_network" "${name}" {
  name          = "${name}"
  location      = "westeurope"
  address_space = ["${range}"]
}
`
const subnet = (name: string, vnet: string, range: string, more = '') => `resource "azurerm_subnet" "${name}" {
  name                 = "${name}"
  virtual_network_name = azurerm_virtual_network.${vnet}.name
  address_prefixes     = ["${range}"]
${more}}
`
const endpoint = (zone = true) => `resource "azurerm_private_endpoint" "kv" {
  name      = "pe-kv"
  subnet_id = azurerm_subnet.endpoints.id
  private_service_connection {
    name                           = "kv"
    private_connection_resource_id = azurerm_key_vault.kv.id
    subresource_names              = ["vault"]
    is_manual_connection           = false
  }
${zone ? '  private_dns_zone_group {\n    name                 = "kv"\n    private_dns_zone_ids = [azurerm_private_dns_zone.kv.id]\n  }\n' : ''}}
`
const ZONE = 'resource "azurerm_private_dns_zone" "kv" {\n  name = "privatelink.vaultcore.azure.net"\n}\n'
const link = (label: string, name: string, vnet: string) =>
  `resource "azurerm_private_dns_zone_virtual_network_link" "${label}" {
  name                  = "${name}"
  private_dns_zone_name = azurerm_private_dns_zone.kv.name
  virtual_network_id    = azurerm_virtual_network.${vnet}.id
}
`
const CLUSTER = `resource "azurerm_kubernetes_cluster" "aks" {
  name     = "aks"
  location = "westeurope"
  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.nodes.id
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
  }
}
`
const HOME =
  network('spoke', '10.20.0.0/16') +
  subnet('nodes', 'spoke', '10.20.0.0/22') +
  subnet('endpoints', 'spoke', '10.20.8.0/24')
const tf = (...parts: readonly string[]) => ({ 'main.tf': parts.join('') })
const LINKED = ZONE + link('spoke', 'spoke', 'spoke')

describe('private-endpoint-and-public', () => {
  finds(privateEndpointAndPublic, 'both doors: the public one is shut', {
    head: tf(HOME, vault({}), endpoint(), LINKED),
    at: 'main.tf: public_network_access_enabled = true',
    severity: 'medium',
    says: ['azurerm_private_endpoint.kv', 'the addresses of its rules'],
    patched: tf(HOME, vault({ access: 'public_network_access_enabled = false' }), endpoint(), LINKED),
  })
  finds(privateEndpointAndPublic, 'a storage account of Bicep, whose default is on', {
    head: {
      'main.bicep': `resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'v'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      { name: 'endpoints', properties: { addressPrefix: '10.0.1.0/24' } }
    ]
  }
}
resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stshop'
  location: 'westeurope'
  properties: {
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'None'
    }
  }
}
resource pe 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: 'pe'
  location: 'westeurope'
  properties: {
    subnet: { id: '\${vnet.id}/subnets/endpoints' }
    privateLinkServiceConnections: [
      { name: 'blob', properties: { privateLinkServiceId: account.id, groupIds: ['blob'] } }
    ]
  }
}
`,
    },
    at: "main.bicep: resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {",
    severity: 'note',
    says: ['no rule admits anybody yet'],
  })
  silent(privateEndpointAndPublic, 'a public endpoint that is off', {
    head: tf(HOME, vault({ access: 'public_network_access_enabled = false' }), endpoint(), LINKED),
  })
  silent(privateEndpointAndPublic, 'no private endpoint', { head: tf(HOME, vault({})) })
  silent(privateEndpointAndPublic, 'open to everybody, which is worse and has a finding of its own', {
    head: tf(HOME, vault({ acls: '' }), endpoint(), LINKED),
  })
})

describe('private-endpoint-unused', () => {
  const HUB = network('hub', '10.1.0.0/16')
  const both = { acls: rules('"203.0.113.0/24"') }
  finds(privateEndpointUnused, 'a zone that is linked to the hub alone: the spoke is linked too', {
    head: tf(HOME, HUB, CLUSTER, vault(both), endpoint(), ZONE, link('hub', 'hub', 'hub')),
    at: 'main.tf: resource "azurerm_private_endpoint" "kv" {',
    severity: 'medium',
    says: ['not linked to azurerm_virtual_network.spoke', 'kv-shop.vault.azure.net'],
    patched: tf(
      HOME,
      HUB,
      CLUSTER,
      vault(both),
      endpoint(),
      ZONE,
      link('hub', 'hub', 'hub'),
      '\n',
      link('hub_spoke', 'link-spoke', 'spoke'),
    ),
  })
  finds(privateEndpointUnused, 'a zone that nothing is linked to', {
    head: tf(HOME, vault(both), endpoint(), ZONE),
    at: 'main.tf: resource "azurerm_private_dns_zone" "kv" {',
    says: ['linked to no virtual network'],
  })
  finds(privateEndpointUnused, 'an endpoint that no zone is told of', {
    head: tf(HOME, vault(both), endpoint(false), LINKED),
    at: 'main.tf: resource "azurerm_private_endpoint" "kv" {',
    says: ['no DNS zone group'],
  })
  silent(privateEndpointUnused, 'a zone that the cluster asks', {
    head: tf(HOME, CLUSTER, vault(both), endpoint(), LINKED),
  })
  silent(privateEndpointUnused, 'zones that are elsewhere', { head: tf(HOME, CLUSTER, vault(both), endpoint(false)) })
  silent(privateEndpointUnused, 'a DNS server that is not in the tree', {
    head: tf(
      HOME.replace('["10.20.0.0/16"]', '["10.20.0.0/16"]\n  dns_servers   = ["10.99.0.4"]'),
      HUB,
      CLUSTER,
      vault(both),
      endpoint(),
      ZONE,
      link('hub', 'hub', 'hub'),
    ),
  })
})

describe('private-endpoint-missing', () => {
  finds(privateEndpointMissing, 'a vault beside a cluster', {
    head: tf(HOME, CLUSTER, vault({})),
    at: 'main.tf: resource "azurerm_key_vault" "kv" {',
    severity: 'low',
  })
  silent(privateEndpointMissing, 'a vault with one', { head: tf(HOME, CLUSTER, vault({}), endpoint(), LINKED) })
})

describe('private-endpoint-not-filtered', () => {
  const GROUP = `resource "azurerm_network_security_group" "pe" {
  name = "pe"
  security_rule {
    name                       = "deny"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
resource "azurerm_subnet_network_security_group_association" "pe" {
  subnet_id                 = azurerm_subnet.endpoints.id
  network_security_group_id = azurerm_network_security_group.pe.id
}
`
  const home = (policies: string) =>
    network('spoke', '10.20.0.0/16') + subnet('endpoints', 'spoke', '10.20.8.0/24', policies)
  finds(privateEndpointNotFiltered, 'denials that are not asked: they are switched on', {
    head: tf(home('  private_endpoint_network_policies = "Disabled"\n'), vault({}), endpoint(), LINKED, GROUP),
    at: 'main.tf: private_endpoint_network_policies = "Disabled"',
    severity: 'low',
    patched: tf(
      home('  private_endpoint_network_policies = "NetworkSecurityGroupEnabled"\n'),
      vault({}),
      endpoint(),
      LINKED,
      GROUP,
    ),
  })
  silent(privateEndpointNotFiltered, 'network policies that are on', {
    head: tf(home('  private_endpoint_network_policies = "Enabled"\n'), vault({}), endpoint(), LINKED, GROUP),
  })
  silent(privateEndpointNotFiltered, 'a group that denies nothing', {
    head: tf(
      home('  private_endpoint_network_policies = "Disabled"\n'),
      vault({}),
      endpoint(),
      LINKED,
      GROUP.replace('"Deny"', '"Allow"'),
    ),
  })
})
