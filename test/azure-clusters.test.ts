import { describe } from 'vitest'
import { kubenetRoutesMissing } from '../src/rules/kubenet-routes-missing.ts'
import { natCalledControl } from '../src/rules/nat-called-control.ts'
import { privateDnsMissing } from '../src/rules/private-dns-missing.ts'
import { snatPortsLow } from '../src/rules/snat-ports-low.ts'
import { hub } from './hub.ts'
import { deployment, documents, policy } from './manifests.ts'
import { finds, silent } from './rule-table.ts'

describe('snat-ports-low', () => {
  const cluster = (nodes: string, profile = '', more = '') => ({
    'main.tf': `resource "azurerm_kubernetes_cluster" "shop" {
  name = "aks"
  default_node_pool {
    name = "system"
    ${nodes}
  }
  network_profile {
    network_plugin = "azure"
${profile}  }
}
${more}`,
  })
  const ports = (count: number, addresses: string) =>
    `    load_balancer_profile {\n      outbound_ports_allocated = ${count}\n      ${addresses}\n    }\n`
  finds(snatPortsLow, 'more nodes than the ports are enough for', {
    head: cluster('node_count = 40', ports(4000, 'managed_outbound_ip_count = 2')),
    at: 'main.tf: outbound_ports_allocated = 4000',
    severity: 'medium',
    says: ['4000 outbound ports', 'room for 32 nodes', 'grow to 41'],
    patched: cluster('node_count = 40', ports(3120, 'managed_outbound_ip_count = 2')),
  })
  finds(snatPortsLow, 'a pool of its own that scales', {
    head: cluster(
      'node_count = 3',
      ports(8000, 'managed_outbound_ip_count = 1'),
      `resource "azurerm_kubernetes_cluster_node_pool" "jobs" {
  name                  = "jobs"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.shop.id
  auto_scaling_enabled  = true
  min_count             = 1
  max_count             = 20
  upgrade_settings {
    max_surge = "50%"
  }
}
`,
    ),
    at: 'main.tf: outbound_ports_allocated = 8000',
    says: ['room for 8 nodes', 'grow to 34'],
  })
  finds(snatPortsLow, 'so many nodes that the load balancer gives each fewer', {
    head: cluster('node_count = 120'),
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "shop" {',
    severity: 'note',
    says: ['above 100 each node has 256'],
    patched: cluster(
      'node_count = 120',
      '\n    load_balancer_profile {\n      outbound_ports_allocated = 528\n    }\n',
    ),
  })
  finds(snatPortsLow, 'Bicep', {
    head: {
      'main.bicep': `resource aks 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 3
        maxCount: 100
      }
    ]
    networkProfile: {
      networkPlugin: 'azure'
      loadBalancerProfile: {
        allocatedOutboundPorts: 1024
      }
    }
  }
}
`,
    },
    at: 'main.bicep: allocatedOutboundPorts: 1024',
    severity: 'medium',
  })
  finds(snatPortsLow, 'ARM', {
    head: {
      'azuredeploy.json': JSON.stringify(
        {
          $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
          contentVersion: '1.0.0.0',
          resources: [
            {
              type: 'Microsoft.ContainerService/managedClusters',
              apiVersion: '2024-09-01',
              name: 'aks',
              location: 'westeurope',
              properties: {
                agentPoolProfiles: [{ name: 'system', mode: 'System', count: 70 }],
                networkProfile: {
                  networkPlugin: 'azure',
                  loadBalancerProfile: { managedOutboundIPs: { count: 1 }, allocatedOutboundPorts: 1024 },
                },
              },
            },
          ],
        },
        null,
        2,
      ),
    },
    at: 'azuredeploy.json: "allocatedOutboundPorts": 1024',
    says: ['room for 62 nodes'],
  })
  silent(snatPortsLow, 'nodes that fit', {
    head: cluster('node_count = 31', ports(4000, 'managed_outbound_ip_count = 2')),
  })
  silent(snatPortsLow, 'the usual number of nodes', { head: cluster('node_count = 50') })
  silent(snatPortsLow, 'a number of nodes that nobody knows', { head: cluster('node_count = var.nodes') })
  silent(snatPortsLow, 'addresses that nobody knows', {
    head: cluster('node_count = 40', ports(4000, 'managed_outbound_ip_count = var.addresses')),
  })
  silent(snatPortsLow, 'a prefix with enough addresses', {
    head: cluster(
      'node_count = 40',
      ports(4000, 'outbound_ip_prefix_ids = [azurerm_public_ip_prefix.out.id]'),
      'resource "azurerm_public_ip_prefix" "out" {\n  name          = "out"\n  prefix_length = 30\n}\n',
    ),
  })
  silent(snatPortsLow, 'another outbound type', {
    head: cluster('node_count = 120', '    outbound_type = "managedNATGateway"\n'),
  })
  silent(snatPortsLow, 'a route to the firewall takes it', {
    head: { 'main.tf': hub({ outbound: 'loadBalancer' }).replace('"system"\n', '"system"\n    node_count = 300\n') },
  })
  silent(snatPortsLow, 'a change elsewhere', {
    base: cluster('node_count = 120'),
    head: cluster('node_count = 110'),
  })
})

const NETWORK = `resource "azurerm_virtual_network" "v" {
  name          = "v"
  address_space = ["10.1.0.0/16"]
}
`
const subnet = (name: string, prefix: string) => `resource "azurerm_subnet" "${name}" {
  name                 = "${name}"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["${prefix}"]
}
`
const table = (
  name: string,
  more = '',
  subnets: readonly string[] = [name],
) => `resource "azurerm_route_table" "${name}" {
  name = "${name}"
${more}}
${subnets
  .map(
    (one) => `resource "azurerm_subnet_route_table_association" "${one}" {
  subnet_id      = azurerm_subnet.${one}.id
  route_table_id = azurerm_route_table.${name}.id
}
`,
  )
  .join('')}`
const inline = (prefix: string, hop: string) =>
  `  route {\n    name           = "one"\n    address_prefix = "${prefix}"\n    next_hop_type  = "${hop}"\n  }\n`
const apart = (prefix: string) => `resource "azurerm_route" "one" {
  name             = "one"
  route_table_name = azurerm_route_table.a.name
  address_prefix   = "${prefix}"
  next_hop_type    = "None"
}
`
const kubenet = (
  name: string,
  home: string,
  more = '',
  plugin = 'kubenet',
) => `resource "azurerm_kubernetes_cluster" "${name}" {
  name = "${name}"
  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.${home}.id
  }
  network_profile {
    network_plugin = "${plugin}"
${more}  }
}
`
const A = NETWORK + subnet('a', '10.1.0.0/24')
const bicep = (more: string, plugin = 'kubenet') => `resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet'
  location: 'westeurope'
  properties: {
    addressSpace: {
      addressPrefixes: ['10.1.0.0/16']
    }
    subnets: [
      {
        name: 'nodes'
        properties: {
          addressPrefix: '10.1.0.0/24'
${more}        }
      }
    ]
  }
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        vnetSubnetID: resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'nodes')
      }
    ]
    networkProfile: {
      networkPlugin: '${plugin}'
    }
  }
}
`

describe('kubenet-routes-missing', () => {
  finds(kubenetRoutesMissing, 'a template that takes the table of AKS off the subnet', {
    head: { 'main.bicep': bicep('') },
    at: 'main.bicep: {',
    severity: 'high',
    says: ['names no route table', 'aks'],
  })
  finds(kubenetRoutesMissing, 'routes inside a table of Terraform', {
    head: { 'main.tf': A + table('a', inline('0.0.0.0/0', 'Internet')) + kubenet('shop', 'a') },
    at: 'main.tf: route {',
    severity: 'medium',
    says: ['whenever Terraform is applied'],
  })
  finds(kubenetRoutesMissing, 'a table of a template', {
    head: {
      'main.bicep': `resource table 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'rt'
  location: 'westeurope'
}
${bicep('          routeTable: {\n            id: table.id\n          }\n')}`,
    },
    at: "main.bicep: resource table 'Microsoft.Network/routeTables@2024-05-01' = {",
    severity: 'medium',
    says: ['whenever the template is deployed'],
  })
  finds(kubenetRoutesMissing, 'a route in the place of that to a node', {
    head: { 'main.tf': A + table('a') + apart('10.244.3.0/24') + kubenet('shop', 'a') },
    at: 'main.tf: address_prefix   = "10.244.3.0/24"',
    severity: 'high',
    says: ['10.244.0.0/16'],
  })
  finds(kubenetRoutesMissing, 'two tables of one cluster', {
    head: {
      'main.tf':
        A +
        subnet('b', '10.1.1.0/24') +
        table('a') +
        table('b') +
        kubenet('shop', 'a') +
        `resource "azurerm_kubernetes_cluster_node_pool" "jobs" {
  name                  = "jobs"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.shop.id
  vnet_subnet_id        = azurerm_subnet.b.id
}
`,
    },
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "shop" {',
    severity: 'high',
    says: ['azurerm_route_table.a, azurerm_route_table.b'],
  })
  const two = (second: string) =>
    A + subnet('b', '10.1.1.0/24') + table('a', '', ['a', 'b']) + kubenet('shop', 'a') + kubenet('blog', 'b', second)
  finds(kubenetRoutesMissing, 'one table of two clusters', {
    head: { 'main.tf': two('') },
    at: 'main.tf: resource "azurerm_route_table" "a" {',
    severity: 'high',
    says: ['azurerm_kubernetes_cluster.blog and azurerm_kubernetes_cluster.shop', 'the same range'],
  })
  finds(kubenetRoutesMissing, 'one table of two clusters with ranges of their own', {
    head: { 'main.tf': two('    pod_cidr = "10.200.0.0/16"\n') },
    at: 'main.tf: resource "azurerm_route_table" "a" {',
    severity: 'medium',
  })
  silent(kubenetRoutesMissing, 'routes as resources of their own', {
    head: { 'main.tf': A + table('a') + apart('0.0.0.0/0') + kubenet('shop', 'a') },
  })
  silent(kubenetRoutesMissing, 'routes whose changes Terraform leaves alone', {
    head: {
      'main.tf':
        A +
        table('a', `${inline('0.0.0.0/0', 'Internet')}  lifecycle {\n    ignore_changes = [route]\n  }\n`) +
        kubenet('shop', 'a'),
    },
  })
  silent(kubenetRoutesMissing, 'a route for the whole range, which those of nodes win over', {
    head: { 'main.tf': A + table('a') + apart('10.244.0.0/16') + kubenet('shop', 'a') },
  })
  silent(kubenetRoutesMissing, 'a route for something else', {
    head: { 'main.tf': A + table('a') + apart('10.9.3.0/24') + kubenet('shop', 'a') },
  })
  silent(kubenetRoutesMissing, 'no table in Terraform, where AKS makes one and the association is apart', {
    head: { 'main.tf': A + kubenet('shop', 'a') },
  })
  silent(kubenetRoutesMissing, 'a table that the template creates once', {
    head: {
      'main.bicep': `@onlyIfNotExists()
@description('routes to the pods')
resource table 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'rt'
  location: 'westeurope'
}
${bicep('          routeTable: {\n            id: table.id\n          }\n')}`,
    },
  })
  silent(kubenetRoutesMissing, 'another plugin', {
    head: {
      'main.tf': A + table('a', inline('10.244.3.0/24', 'None')) + kubenet('shop', 'a', '', 'azure'),
      'main.bicep': bicep('', 'azure'),
    },
  })
  silent(kubenetRoutesMissing, 'a table that nobody here knows', {
    head: {
      'main.bicep': `param table string\n${bicep('          routeTable: {\n            id: table\n          }\n')}`,
    },
  })
})

describe('private-dns-missing', () => {
  const network = (name: string, range: string, more = '') =>
    `resource "azurerm_virtual_network" "${name}" {\n  name          = "${name}"\n  address_space = ["${range}"]\n${more}}\n`
  const peering = (from: string, to: string) => `resource "azurerm_virtual_network_peering" "${from}" {
  name                      = "${from}"
  virtual_network_name      = azurerm_virtual_network.${from}.name
  remote_virtual_network_id = azurerm_virtual_network.${to}.id
}
`
  const within = (name: string, home: string, prefix: string) =>
    `resource "azurerm_subnet" "${name}" {\n  name                 = "${name}"\n  virtual_network_name = azurerm_virtual_network.${home}.name\n  address_prefixes     = ["${prefix}"]\n}\n`
  const nets = (dns: string) =>
    network('hub', '10.1.0.0/22') +
    network('spoke', '10.240.0.0/16', dns) +
    peering('hub', 'spoke') +
    peering('spoke', 'hub') +
    within('nodes', 'spoke', '10.240.0.0/22') +
    within('shared', 'hub', '10.1.1.0/24')
  const DNS = '  dns_servers   = ["10.1.1.4"]\n'
  const link = (name: string, target = `azurerm_virtual_network.${name}.id`, label = name) =>
    `resource "azurerm_private_dns_zone_virtual_network_link" "${label}" {\n  name                  = "${name}"\n  private_dns_zone_name = azurerm_private_dns_zone.aks.name\n  virtual_network_id    = ${target}\n}\n`
  const ZONE = 'resource "azurerm_private_dns_zone" "aks" {\n  name = "privatelink.westeurope.azmk8s.io"\n}\n'
  const aks = (zone: string) => `resource "azurerm_kubernetes_cluster" "shop" {
  name                    = "aks"
  private_cluster_enabled = true
${zone}  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.nodes.id
  }
}
`
  const OWN = '  private_dns_zone_id     = azurerm_private_dns_zone.aks.id\n'
  const card = (name: string) => `resource "azurerm_network_interface" "${name}" {
  name = "${name}-nic"
  ip_configuration {
    name                          = "one"
    subnet_id                     = azurerm_subnet.shared.id
    private_ip_address_allocation = "Dynamic"
  }
}
`
  finds(privateDnsMissing, 'a zone that is not linked where the DNS server is', {
    head: { 'main.tf': nets(DNS) + ZONE + link('spoke') + aks(OWN) },
    at: 'main.tf: resource "azurerm_private_dns_zone" "aks" {',
    severity: 'medium',
    says: ['DNS servers in hub', 'azurerm_private_dns_zone.aks is not linked'],
    patched: {
      'main.tf':
        nets(DNS) +
        ZONE +
        link('spoke') +
        '\n' +
        link('link-hub', 'azurerm_virtual_network.hub.id', 'spoke_hub') +
        aks(OWN),
    },
  })
  finds(privateDnsMissing, 'the zone of AKS, which knows the network of the nodes alone', {
    head: { 'main.tf': nets(DNS) + aks('') },
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "shop" {',
    severity: 'medium',
    says: ['AKS links the zone that it makes to spoke alone'],
    patched: 'none',
  })
  finds(privateDnsMissing, 'a jump box in the hub', {
    head: { 'main.tf': nets('') + aks('') + card('jumpbox') },
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "shop" {',
    severity: 'low',
    says: ['azurerm_network_interface.jumpbox in hub'],
  })
  finds(privateDnsMissing, 'no zone and no public name', {
    head: { 'main.tf': nets('') + aks('  private_dns_zone_id     = "None"\n') },
    at: 'main.tf: private_dns_zone_id     = "None"',
    severity: 'medium',
    patched: { 'main.tf': nets('') + aks('  private_dns_zone_id     = "System"\n') },
  })
  finds(privateDnsMissing, 'Bicep', {
    head: {
      'main.bicep': `resource aks 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    apiServerAccessProfile: {
      enablePrivateCluster: true
      enablePrivateClusterPublicFQDN: false
      privateDNSZone: 'none'
    }
  }
}
`,
    },
    at: "main.bicep: privateDNSZone: 'none'",
  })
  silent(privateDnsMissing, 'both networks are linked', {
    head: { 'main.tf': nets(DNS) + ZONE + link('spoke') + link('hub') + aks(OWN) + card('jumpbox') },
  })
  silent(privateDnsMissing, 'Azure’s own DNS', { head: { 'main.tf': nets('') + ZONE + link('spoke') + aks(OWN) } })
  silent(privateDnsMissing, 'a machine that is for something else', {
    head: { 'main.tf': nets('') + aks('') + card('database') },
  })
  silent(privateDnsMissing, 'a public name for the private address', {
    head: { 'main.tf': nets(DNS) + aks('  private_cluster_public_fqdn_enabled = true\n') },
  })
  silent(privateDnsMissing, 'a DNS server that nobody here knows', {
    head: { 'main.tf': nets('  dns_servers   = ["192.168.7.4"]\n') + aks('') },
  })
  silent(privateDnsMissing, 'a zone that is not in the tree', {
    head: { 'main.tf': nets(DNS) + aks('  private_dns_zone_id     = var.zone\n') },
  })
  silent(privateDnsMissing, 'a link that may be to any network', {
    head: { 'main.tf': nets(DNS) + ZONE + link('spoke') + link('other', 'var.network') + aks(OWN) },
  })
  silent(privateDnsMissing, 'a link to the zone of AKS that is made apart', {
    head: {
      'main.tf': nets(DNS) + aks('') + link('hub').replace('azurerm_private_dns_zone.aks.name', 'var.zone_of_aks'),
    },
  })
  silent(privateDnsMissing, 'a public cluster', {
    head: { 'main.tf': nets(DNS) + aks('').replace('= true', '= false') },
  })
})

describe('nat-called-control', () => {
  const net = (more = '') =>
    NETWORK.concat(
      subnet('nodes', '10.1.0.0/24'),
      `resource "azurerm_nat_gateway" "nat" {
  name = "nat"
}
resource "azurerm_subnet_nat_gateway_association" "nodes" {
  subnet_id      = azurerm_subnet.nodes.id
  nat_gateway_id = azurerm_nat_gateway.nat.id
}
`,
      kubenet('shop', 'nodes', '    outbound_type  = "userAssignedNATGateway"\n', 'azure'),
      more,
    )
  const denial = `resource "azurerm_network_security_group" "nodes" {
  name = "nsg"
  security_rule {
    name                       = "none"
    priority                   = 4000
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "*"
    destination_address_prefix = "Internet"
  }
}
resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}
`
  const closed = policy('none', '  podSelector: {}\n  policyTypes: [Ingress, Egress]\n')
  finds(natCalledControl, 'a NAT gateway and nothing else', {
    head: { 'main.tf': net() },
    at: 'main.tf: resource "azurerm_nat_gateway" "nat" {',
    severity: 'note',
    witness: 'node/shop/system → internet TCP 443',
    says: ['azurerm_nat_gateway.nat', 'filters nothing', 'this repository does not say'],
  })
  finds(natCalledControl, 'one that AKS makes', {
    head: {
      'main.tf':
        'resource "azurerm_kubernetes_cluster" "shop" {\n  name = "aks"\n  default_node_pool {\n    name = "system"\n  }\n  network_profile {\n    network_plugin = "azure"\n    outbound_type  = "managedNATGateway"\n  }\n}\n',
    },
    at: 'main.tf: outbound_type  = "managedNATGateway"',
  })
  silent(natCalledControl, 'a group that denies', { head: { 'main.tf': net(denial) } })
  silent(natCalledControl, 'policies that hold every workload', {
    head: { 'main.tf': net(), 'shop.yaml': documents(deployment('web'), closed) },
  })
  silent(natCalledControl, 'a workload of which it is told with its way', {
    head: { 'main.tf': net(), 'shop.yaml': documents(deployment('web')) },
  })
  silent(natCalledControl, 'a load balancer', {
    head: { 'main.tf': NETWORK + subnet('nodes', '10.1.0.0/24') + kubenet('shop', 'nodes', '', 'azure') },
  })
  silent(natCalledControl, 'a route to the firewall', { head: { 'main.tf': hub() } })
})
