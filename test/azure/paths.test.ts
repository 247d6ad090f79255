import { describe } from 'vitest'
import { asks } from './ask.ts'
import {
  applicationRules,
  card,
  cluster,
  firewall,
  group,
  NODE_SUBNET,
  natGateway,
  network,
  networkRules,
  OVERLAY,
  peering,
  pool,
  publicIp,
  routes,
  subnet,
  workload,
} from './terraform-text.ts'

const BASE =
  network('spoke', '10.1.0.0/16') + subnet('spoke', 'nodes', '10.1.0.0/22') + subnet('spoke', 'data', '10.1.8.0/24')
const INTERNAL = 'annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" }'

describe('questions of specification §10 with nothing configured', () => {
  asks(
    {
      'main.tf':
        BASE +
        cluster({ pool: 'system nodes' }) +
        network('other', '10.2.0.0/16') +
        subnet('other', 'vm', '10.2.0.0/24') +
        peering('spoke', 'other') +
        peering('other', 'spoke'),
      'app.yaml': workload('a/web', 8080, ' ') + workload('a/inner', 8081, INTERNAL) + workload('a/alone', 8082),
    },
    [
      ['a/web -> a/alone TCP 8082', 'allowed'],
      ['a/web -> internet TCP 443', 'allowed'],
      ['a/web -> metadata TCP 80', 'allowed'],
      ['a/web -> api-server TCP 443', 'allowed'],
      ['a/web -> node/system TCP 22', 'allowed'],
      ['internet -> a/web TCP 8080', 'allowed'],
      ['internet -> a/inner TCP 8081', 'denied'],
      ['internet -> a/alone TCP 8082', 'denied by service'],
      ['internet -> api-server TCP 443', 'allowed'],
      ['internet -> node/system TCP 22', 'denied by nat'],
      ['10.2.0.9 -> a/inner TCP 8081', 'allowed'],
      ['10.2.0.9 -> a/alone TCP 8082', 'denied'],
      ['10.2.0.9 -> api-server TCP 443', 'allowed'],
      ['a/web -> mcr.microsoft.com TCP 443', 'allowed'],
      ['nobody/here -> internet TCP 443', 'unknown'],
    ],
  )
})

describe('a flat network: pods have addresses of the network', () => {
  asks(
    {
      'main.tf':
        BASE +
        cluster({ pool: 'system nodes', profile: NODE_SUBNET }) +
        network('other', '10.2.0.0/16') +
        subnet('other', 'vm', '10.2.0.0/24') +
        peering('spoke', 'other') +
        peering('other', 'spoke'),
      'app.yaml': workload('a/alone', 8082),
    },
    [
      ['10.2.0.9 -> a/alone TCP 8082', 'allowed'],
      ['10.1.8.9 -> a/alone TCP 8082', 'allowed'],
      ['internet -> a/alone TCP 8082', 'denied'],
    ],
  )
})

describe('kubenet, by the version of Kubernetes where no plugin is written', () => {
  const old = cluster({ pool: 'system nodes', profile: 'pod_cidr = "10.244.0.0/16"' })
    .replace('network_profile {\n    pod_cidr = "10.244.0.0/16"\n  }', '')
    .replace('1.33', '1.29')
  asks(
    {
      'main.tf':
        BASE + old + group('data', ['100 in allow Tcp 10.1.0.0/22 -> * 5432', '200 in deny * * -> * *'], ['data']),
      'app.yaml': workload('a/web', 8080),
    },
    [
      ['a/web -> 10.1.8.4 TCP 5432', 'allowed'],
      ['10.1.8.4 -> a/web TCP 8080', 'denied'],
    ],
  )
})

describe('default outbound access', () => {
  const bicep = (version: string, more = '') => `resource v 'Microsoft.Network/virtualNetworks@${version}' = {
  name: 'v'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.5.0.0/16'] }
    subnets: [{ name: 's', properties: { addressPrefix: '10.5.0.0/24'${more} } }]
  }
}
`
  asks({ 'main.bicep': bicep('2024-05-01') }, [['10.5.0.4 -> internet TCP 443', 'allowed']])
  asks({ 'main.bicep': bicep('2025-07-01') }, [['10.5.0.4 -> internet TCP 443', 'denied by nat']])
  asks({ 'main.bicep': bicep('2025-07-01', '\n defaultOutboundAccess: true') }, [
    ['10.5.0.4 -> internet TCP 443', 'allowed'],
  ])
  asks({ 'main.tf': BASE }, [
    ['10.1.8.4 -> internet TCP 443', 'allowed'],
    ['10.1.8.4 -> 2606:4700::1 TCP 443', 'denied'],
  ])
})

describe('outbound types', () => {
  for (const [type, answer] of [
    ['loadBalancer', 'allowed'],
    ['managedNATGateway', 'allowed'],
    ['none', 'allowed'],
    ['block', 'denied by nsg'],
  ] as const) {
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', profile: `${OVERLAY}\n outbound_type = "${type}"` }) }, [
      ['node/system -> internet TCP 443', answer],
      ['node/system -> 10.1.8.4 TCP 443', 'allowed'],
    ])
  }
  asks({ 'main.tf': BASE + cluster({ pool: 'system -', profile: `${OVERLAY}\n outbound_type = "none"` }) }, [
    ['node/system -> internet TCP 443', 'denied'],
  ])
  asks(
    {
      'main.tf': `variable "kind" {}\n${BASE}${cluster({ pool: 'system nodes', profile: `${OVERLAY}\n outbound_type = var.kind` })}`,
    },
    [['node/system -> internet TCP 443', 'unknown']],
  )
})

describe('network address translation', () => {
  asks({ 'main.tf': BASE + natGateway('nat', ['data']) }, [
    ['10.1.8.4 -> internet TCP 443', 'allowed'],
    ['10.1.8.4 -> internet ICMP 0', 'denied by nat'],
    ['internet -> 10.1.8.4 TCP 443', 'denied by nat'],
  ])
})

describe('peerings', () => {
  const two = BASE + network('other', '10.2.0.0/16') + subnet('other', 'vm', '10.2.0.0/24')
  asks({ 'main.tf': two + peering('spoke', 'other') }, [
    ['10.1.8.4 -> 10.2.0.4 TCP 443', 'denied by route'],
    ['10.2.0.4 -> 10.1.8.4 TCP 443', 'denied by route'],
  ])
  asks(
    {
      'main.tf':
        BASE +
        `data "azurerm_virtual_network" "hub" {\n name = "hub"\n resource_group_name = "net"\n}
resource "azurerm_virtual_network_peering" "hub" {
  name = "hub"
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.spoke.name
  remote_virtual_network_id = data.azurerm_virtual_network.hub.id
}\n`,
    },
    [
      ['10.1.8.4 -> 10.9.0.4 TCP 443', 'unknown'],
      ['10.1.8.4 -> 10.1.0.4 TCP 443', 'allowed'],
    ],
  )
})

describe('a gateway lent over a peering', () => {
  const hub = `${network('hub', '10.0.0.0/16')}${subnet('hub', 'GatewaySubnet', '10.0.255.0/27')}${publicIp('gw')}
resource "azurerm_virtual_network_gateway" "gw" {
  name = "gw"
  location = "westeurope"
  resource_group_name = "rg"
  type = "Vpn"
  sku = "VpnGw2AZ"
  ip_configuration {
    subnet_id = azurerm_subnet.gatewaysubnet.id
    public_ip_address_id = azurerm_public_ip.gw.id
  }
}
resource "azurerm_local_network_gateway" "dc" {
  name = "dc"
  location = "westeurope"
  resource_group_name = "rg"
  gateway_address = "198.51.100.7"
  address_space = ["192.168.10.0/24"]
}
resource "azurerm_virtual_network_gateway_connection" "dc" {
  name = "dc"
  location = "westeurope"
  resource_group_name = "rg"
  type = "IPsec"
  virtual_network_gateway_id = azurerm_virtual_network_gateway.gw.id
  local_network_gateway_id = azurerm_local_network_gateway.dc.id
}\n`
  const lends =
    hub +
    BASE +
    peering('hub', 'spoke', 'allow_gateway_transit = true') +
    peering('spoke', 'hub', 'use_remote_gateways = true')
  asks({ 'main.tf': lends }, [
    ['10.1.8.4 -> 192.168.10.5 TCP 443', 'allowed'],
    ['192.168.10.5 -> 10.1.8.4 TCP 443', 'allowed'],
    ['10.1.8.4 -> 192.168.11.5 TCP 443', 'denied by route'],
  ])
  asks({ 'main.tf': hub + BASE + peering('hub', 'spoke') + peering('spoke', 'hub') }, [
    ['10.1.8.4 -> 192.168.10.5 TCP 443', 'denied by route'],
    ['192.168.10.5 -> 10.1.8.4 TCP 443', 'denied by route'],
  ])
  asks({ 'main.tf': lends + routes('off', ['10.99.0.0/16 None'], ['data'], 'bgp_route_propagation_enabled = false') }, [
    ['10.1.8.4 -> 192.168.10.5 TCP 443', 'denied by route'],
  ])
})

describe('routes', () => {
  asks(
    {
      'main.tf':
        BASE +
        routes('rt', ['0.0.0.0/1 None', '128.0.0.0/1 None', 'Storage Internet', '203.0.113.0/24 Internet'], ['data']),
    },
    [
      ['10.1.8.4 -> internet TCP 443', 'denied by route'],
      ['10.1.8.4 -> 198.51.100.4 TCP 443', 'denied by route'],
      ['10.1.8.4 -> 203.0.113.4 TCP 443', 'allowed'],
      ['10.1.8.4 -> tag/Storage.NorthEurope TCP 443', 'allowed'],
      ['10.1.8.4 -> tag/Sql TCP 1433', 'denied by route'],
      ['10.1.8.4 -> 10.1.0.9 TCP 443', 'allowed'],
    ],
  )
  asks({ 'main.tf': BASE + routes('rt', ['0.0.0.0/0 VirtualAppliance 10.1.200.4'], ['data']) }, [
    ['10.1.8.4 -> internet TCP 443', 'denied by route'],
    ['10.1.8.4 -> 10.1.0.4 TCP 443', 'allowed'],
  ])
  asks(
    {
      'main.tf':
        BASE + card('nva', 'nodes', '10.1.0.200') + routes('rt', ['0.0.0.0/0 VirtualAppliance 10.1.0.200'], ['data']),
    },
    [['10.1.8.4 -> internet TCP 443', 'unknown by firewall']],
  )
  asks({ 'main.tf': BASE + routes('rt', ['0.0.0.0/0 VirtualNetworkGateway'], ['data']) }, [
    ['10.1.8.4 -> internet TCP 443', 'denied by route'],
  ])
  asks(
    {
      'main.tf': `variable "table" {}\n${BASE}resource "azurerm_subnet_route_table_association" "data" {
  subnet_id = azurerm_subnet.data.id
  route_table_id = var.table
}\n`,
    },
    [['10.1.8.4 -> internet TCP 443', 'unknown by route']],
  )
})

describe('the firewall', () => {
  const behind = (collections: string, more = '') =>
    BASE +
    firewall('spoke', '10.1.255.0/26', collections, more) +
    routes('rt', ['0.0.0.0/0 VirtualAppliance 10.1.255.4'], ['data'])
  asks({ 'main.tf': behind(networkRules('Allow', 100, ['Any * -> * *'])) }, [
    ['10.1.8.4 -> internet UDP 4000', 'allowed'],
    ['10.1.8.4 -> evil.example TCP 443', 'allowed'],
    ['10.1.8.4 -> internet ICMP 0', 'allowed'],
  ])
  asks(
    {
      'main.tf': behind(
        networkRules('Deny', 300, ['Tcp * -> 198.51.100.0/24 443']) +
          applicationRules('Allow', 100, ['Https * -> * 443']),
      ),
    },
    [
      ['10.1.8.4 -> anything.example TCP 443', 'allowed'],
      ['10.1.8.4 -> internet TCP 443', 'allowed'],
      ['10.1.8.4 -> 198.51.100.4 TCP 443', 'denied by firewall'],
      ['10.1.8.4 -> anything.example UDP 443', 'denied by firewall'],
    ],
  )
  asks({ 'main.tf': behind(networkRules('Allow', 100, ['Tcp * -> * 443']), 'private_ip_ranges = ["0.0.0.0/0"]') }, [
    ['10.1.8.4 -> internet TCP 443', 'denied by firewall'],
  ])
  asks(
    {
      'main.tf': `variable "sources" {\n type = list(string)\n}\n${behind(networkRules('Allow', 100, ['Tcp * -> * 443'])).replace('source_addresses = ["*"]', 'source_addresses = var.sources')}`,
    },
    [
      ['10.1.8.4 -> internet TCP 443', 'unknown by firewall'],
      ['10.1.8.4 -> internet TCP 80', 'denied by firewall'],
    ],
  )
})

describe('security groups', () => {
  asks(
    {
      'main.tf':
        BASE +
        group(
          'data',
          [
            '100 in deny Tcp AzureLoadBalancer -> * *',
            '200 in allow * 10.1.0.0/22 -> 10.1.8.0/25 1-1024',
            '300 in deny * * -> * *',
          ],
          ['data'],
        ),
    },
    [
      ['10.1.0.4 -> 10.1.8.4 TCP 1024', 'allowed'],
      ['10.1.0.4 -> 10.1.8.4 TCP 1025', 'denied by nsg'],
      ['10.1.0.4 -> 10.1.8.200 TCP 80', 'denied by nsg'],
      ['subnet/spoke/nodes -> subnet/spoke/data TCP 80', 'unknown by nsg'],
      ['10.1.8.4 -> internet TCP 443', 'allowed'],
    ],
  )
  asks(
    {
      'main.tf':
        BASE +
        group('data', ['100 out deny * * -> Internet *', '90 out allow Tcp * -> AzureCloud.westeurope 443'], ['data']),
    },
    [
      ['10.1.8.4 -> tag/Storage.WestEurope TCP 443', 'allowed'],
      ['10.1.8.4 -> tag/Storage.NorthEurope TCP 443', 'denied by nsg'],
      ['10.1.8.4 -> tag/Storage TCP 443', 'unknown by nsg'],
      ['10.1.8.4 -> 10.1.0.4 TCP 443', 'allowed'],
      ['10.1.8.4 -> 168.63.129.16 UDP 53', 'allowed'],
    ],
  )
  asks({ 'main.tf': BASE + group('data', ['100 out deny Udp * -> AzurePlatformDNS 53'], ['data']) }, [
    ['10.1.8.4 -> 168.63.129.16 UDP 53', 'denied by nsg'],
    ['10.1.8.4 -> some.example TCP 443', 'denied by dns'],
  ])
  asks(
    {
      'main.tf': `variable "open" {}\n${BASE}${group('data', ['100 in deny Tcp * -> * 22'], ['data']).replace('"Deny"', 'var.open')}`,
    },
    [
      ['10.1.0.4 -> 10.1.8.4 TCP 22', 'unknown by nsg'],
      ['10.1.0.4 -> 10.1.8.4 TCP 23', 'allowed'],
    ],
  )
})

describe('services of type LoadBalancer', () => {
  const ranges = (annotation: string) => `annotations: { ${annotation} }`
  asks(
    {
      'main.tf': BASE + cluster({ pool: 'system nodes' }),
      'app.yaml':
        workload('a/annotated', 8001, ranges('service.beta.kubernetes.io/azure-allowed-ip-ranges: "203.0.113.0/24"')) +
        workload(
          'a/tagged',
          8002,
          ranges('service.beta.kubernetes.io/azure-allowed-service-tags: "AzureFrontDoor.Backend"'),
        ) +
        workload(
          'a/closed',
          8003,
          `annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true", service.beta.kubernetes.io/azure-deny-all-except-load-balancer-source-ranges: "true" }|loadBalancerSourceRanges: ["10.1.8.0/28"]`,
        ) +
        workload('a/quoted', 8004, 'annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "True" }') +
        workload('a/vnet', 8005, `${INTERNAL}|loadBalancerSourceRanges: ["10.1.8.0/28"]`),
    },
    [
      ['203.0.113.9 -> a/annotated TCP 8001', 'allowed'],
      ['198.51.100.9 -> a/annotated TCP 8001', 'denied by nsg'],
      ['internet -> a/annotated TCP 8001', 'denied by nsg'],
      ['tag/AzureFrontDoor.Backend -> a/tagged TCP 8002', 'allowed'],
      ['internet -> a/tagged TCP 8002', 'denied by nsg'],
      ['10.1.8.5 -> a/closed TCP 8003', 'allowed'],
      ['10.1.8.200 -> a/closed TCP 8003', 'denied by nsg'],
      ['internet -> a/quoted TCP 8004', 'allowed'],
      ['10.1.8.5 -> a/vnet TCP 8005', 'allowed'],
      ['10.1.8.200 -> a/vnet TCP 8005', 'denied by service'],
    ],
  )
})

describe('node pools in subnets of their own', () => {
  asks(
    {
      'main.tf':
        BASE +
        cluster({ pool: 'system nodes' }) +
        pool('work', 'data') +
        group('data', ['100 in deny Tcp 10.1.0.0/22 -> * 6379'], ['data']),
      'app.yaml':
        workload('a/one', 8080, '', 'nodeSelector: { kubernetes.azure.com/agentpool: system }') +
        workload('a/two', 6379, '', 'nodeSelector: { agentpool: work }') +
        workload('a/any', 6379),
    },
    [
      ['node/system -> a/two TCP 6379', 'denied by nsg'],
      ['a/one -> 10.1.8.9 TCP 6379', 'denied by nsg'],
      ['a/one -> node/work TCP 22', 'allowed'],
      ['a/one -> a/any TCP 6379', 'allowed'],
    ],
  )
})

describe('the API server', () => {
  const api = (block: string, more = '') =>
    cluster({ pool: 'system nodes', more: `api_server_access_profile {\n ${block}\n }\n${more}` })
  asks({ 'main.tf': BASE + api('authorized_ip_ranges = ["0.0.0.0/32"]') }, [
    ['internet -> api-server TCP 443', 'denied by api-server'],
    ['node/system -> api-server TCP 443', 'allowed'],
    ['10.1.8.4 -> api-server TCP 443', 'denied by api-server'],
  ])
  asks({ 'main.tf': BASE + api('authorized_ip_ranges = []') }, [['internet -> api-server TCP 443', 'allowed']])
  asks(
    { 'main.tf': `variable "ranges" {\n type = list(string)\n}\n${BASE}${api('authorized_ip_ranges = var.ranges')}` },
    [['internet -> api-server TCP 443', 'unknown by api-server']],
  )
  const far =
    network('far', '10.7.0.0/16') +
    subnet('far', 'ops', '10.7.0.0/24') +
    peering('far', 'spoke') +
    peering('spoke', 'far')
  asks({ 'main.tf': BASE + far + cluster({ pool: 'system nodes', more: 'private_cluster_enabled = true' }) }, [
    ['internet -> api-server TCP 443', 'denied by api-server'],
    ['node/system -> api-server TCP 443', 'allowed'],
    ['10.1.8.4 -> api-server TCP 443', 'allowed'],
    ['10.7.0.4 -> api-server TCP 443', 'denied by dns'],
  ])
})

describe('private names', () => {
  const account = `resource "azurerm_storage_account" "st" {
  name = "stacct"
  resource_group_name = "rg"
  location = "westeurope"
  account_tier = "Standard"
  account_replication_type = "LRS"
  public_network_access_enabled = false
}\n`
  const endpoint = (more: string) => `resource "azurerm_private_endpoint" "st" {
  name = "pe"
  resource_group_name = "rg"
  location = "westeurope"
  subnet_id = azurerm_subnet.data.id
  private_service_connection {
    name = "st"
    is_manual_connection = false
    private_connection_resource_id = azurerm_storage_account.st.id
    subresource_names = ["blob"]
  }
  ${more}
}\n`
  const zone = `resource "azurerm_private_dns_zone" "blob" {
  name = "privatelink.blob.core.windows.net"
  resource_group_name = "rg"
}
resource "azurerm_private_dns_zone_virtual_network_link" "blob" {
  name = "spoke"
  resource_group_name = "rg"
  private_dns_zone_name = azurerm_private_dns_zone.blob.name
  virtual_network_id = azurerm_virtual_network.spoke.id
}\n`
  const group = 'private_dns_zone_group {\n name = "z"\n private_dns_zone_ids = [azurerm_private_dns_zone.blob.id]\n }'
  const name = 'stacct.blob.core.windows.net'
  asks({ 'main.tf': BASE + account + endpoint(group) + zone }, [
    [`10.1.0.4 -> ${name} TCP 443`, 'allowed'],
    ['internet -> stacct.blob.core.windows.net TCP 443', 'denied by paas-firewall'],
    ['10.1.0.4 -> stacct.file.core.windows.net TCP 443', 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': BASE + account + endpoint('') + zone }, [[`10.1.0.4 -> ${name} TCP 443`, 'denied by dns']])
  asks({ 'main.tf': BASE + account + endpoint('').replace('false', 'true') + zone + endpointRecord() }, [
    [`10.1.0.4 -> ${name} TCP 443`, 'unknown by private-endpoint'],
  ])
  asks({ 'main.tf': BASE + account + endpoint('') + zone + endpointRecord() }, [
    [`10.1.0.4 -> ${name} TCP 443`, 'allowed'],
  ])
  asks({ 'main.tf': BASE + account }, [[`10.1.0.4 -> ${name} TCP 443`, 'denied by paas-firewall']])

  function endpointRecord(): string {
    return `resource "azurerm_private_dns_a_record" "st" {
  name = "stacct"
  zone_name = azurerm_private_dns_zone.blob.name
  resource_group_name = "rg"
  ttl = 60
  records = [azurerm_private_endpoint.st.private_service_connection[0].private_ip_address]
}\n`
  }
})
