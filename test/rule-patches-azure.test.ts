import { describe } from 'vitest'
import { ipv6Gap } from '../src/rules/ipv6-gap.ts'
import { serviceEndpointBypassesFirewall } from '../src/rules/service-endpoint-bypasses-firewall.ts'
import { hub, route, TO_FIREWALL } from './hub.ts'
import { finds } from './rule-table.ts'

/** The hub's spoke and cluster speak IPv6 as well. */
const dual = (text: string) =>
  text
    .replace('address_space = ["10.240.0.0/16"]', 'address_space = ["10.240.0.0/16", "fd00:240::/48"]')
    .replace('address_prefixes     = ["10.240.0.0/22"]', 'address_prefixes     = ["10.240.0.0/22", "fd00:240::/64"]')
    .replace('outbound_type       =', 'ip_versions         = ["IPv4", "IPv6"]\n    outbound_type       =')
const DEFAULT = route('default', '0.0.0.0/0', TO_FIREWALL)
const TABLE = 'resource "azurerm_route_table" "nodes" {\n  name     = "rt"\n  location = "westeurope"\n'
const INLINE = `${TABLE}  route {
    name                   = "default"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = azurerm_firewall.hub.ip_configuration[0].private_ip_address
  }
`

const child = (more: string) => `resource rt 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'rt'
  location: 'westeurope'
}

resource everything 'Microsoft.Network/routeTables/routes@2024-05-01' = {
  parent: rt
  name: 'everything'
  properties: {
    addressPrefix: '0.0.0.0/0'
    nextHopType: 'VirtualAppliance'
    nextHopIpAddress: '10.20.9.4'
  }
}
${more}
resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'spoke'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16', 'fd00:20::/48'] }
    subnets: [
      {
        name: 'nodes'
        properties: {
          addressPrefixes: ['10.20.0.0/22', 'fd00:20::/64']
          routeTable: { id: rt.id }
        }
      }
    ]
  }
}
resource aks 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [
      { name: 'system', mode: 'System', vnetSubnetID: '\${vnet.id}/subnets/nodes' }
    ]
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      ipFamilies: ['IPv4', 'IPv6']
    }
  }
}
`

describe('ipv6-gap is closed beside the route of IPv4', () => {
  const tf = (routes: string) => dual(hub({ routes, outbound: 'loadBalancer' }))
  finds(ipv6Gap, 'a route that is a resource', {
    head: { 'main.tf': tf(DEFAULT) },
    at: 'main.tf: resource "azurerm_subnet" "nodes" {',
    patched: {
      'main.tf': tf(`${DEFAULT}
resource "azurerm_route" "default_ipv6" {
  name             = "default-ipv6"
  route_table_name = azurerm_route_table.nodes.name
  address_prefix   = "::/0"
  next_hop_type    = "None"
}
`),
    },
  })
  const inline = (text: string) => tf('').replace(TABLE, text)
  finds(ipv6Gap, 'a block of the table', {
    head: { 'main.tf': inline(INLINE) },
    at: 'main.tf: resource "azurerm_subnet" "nodes" {',
    patched: {
      'main.tf': inline(`${INLINE}  route {
    name                   = "default-ipv6"
    address_prefix         = "::/0"
    next_hop_type          = "None"
  }
`),
    },
  })
  finds(ipv6Gap, 'a child resource of Bicep', {
    head: { 'main.bicep': child('') },
    at: 'main.bicep: {',
    patched: {
      'main.bicep': child(`
resource everythingIpv6 'Microsoft.Network/routeTables/routes@2024-05-01' = {
  parent: rt
  name: 'everything-ipv6'
  properties: {
    addressPrefix: '::/0'
    nextHopType: 'None'
  }
}
`),
    },
  })
  const item = child('')
    .replace(/\nresource everything[\s\S]*?\n}\n/, '')
    .replace(
      "  location: 'westeurope'\n}\n",
      `  location: 'westeurope'
  properties: {
    routes: [
      {
        name: 'all'
        properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualNetworkGateway' }
      }
    ]
  }
}
`,
    )
  finds(ipv6Gap, 'an item of the list, to the same gateway', {
    head: { 'main.bicep': item },
    at: 'main.bicep: {',
    patched: {
      'main.bicep': item.replace(
        "'VirtualNetworkGateway' }\n      }\n",
        `'VirtualNetworkGateway' }
      }
      {
        name: 'all-ipv6'
        properties: {
          addressPrefix: '::/0'
          nextHopType: 'VirtualNetworkGateway'
        }
      }
`,
      ),
    },
  })
})

describe('service-endpoint-bypasses-firewall is closed by the default route', () => {
  const tf = (endpoints: string) => hub({ subnet: `  service_endpoints    = ${endpoints}\n` })
  finds(serviceEndpointBypassesFirewall, 'one of several', {
    head: { 'main.tf': tf('["Microsoft.Sql", "Microsoft.Storage"]') },
    at: [
      'main.tf: service_endpoints    = ["Microsoft.Sql", "Microsoft.Storage"]',
      'main.tf: service_endpoints    = ["Microsoft.Sql", "Microsoft.Storage"]',
    ],
    patched: { 'main.tf': tf('["Microsoft.Storage"]') },
  })
  finds(serviceEndpointBypassesFirewall, 'the only one', {
    head: { 'main.tf': tf('["Microsoft.Storage"]') },
    at: 'main.tf: service_endpoints    = ["Microsoft.Storage"]',
    patched: { 'main.tf': tf('[]') },
  })
  const bicep = (endpoints: string) =>
    child('').replace(
      '          routeTable: { id: rt.id }\n',
      `          routeTable: { id: rt.id }\n          serviceEndpoints: [\n${endpoints}          ]\n`,
    )
  finds(serviceEndpointBypassesFirewall, 'an item of Bicep', {
    head: {
      'main.bicep': bicep(
        "            { service: 'Microsoft.Storage' }\n            { service: 'Microsoft.KeyVault', locations: ['*'] }\n",
      ),
    },
    at: [
      "main.bicep: { service: 'Microsoft.Storage' }",
      "main.bicep: { service: 'Microsoft.KeyVault', locations: ['*'] }",
    ],
    patched: { 'main.bicep': bicep("            { service: 'Microsoft.KeyVault', locations: ['*'] }\n") },
  })
})
