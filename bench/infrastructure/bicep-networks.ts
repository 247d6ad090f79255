// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import { type BicepKind, COMMON } from './bicep-module.ts'

/** Networks with what guards and routes them, and clusters in them. */
export const NETWORK_KINDS: readonly BicepKind[] = [
  {
    name: 'network',
    short: 'vnet',
    inputs: { addressSpace: 'addressSpace', securityGroupId: 'security.outputs.id', routeTableId: 'routes.outputs.id' },
    text: `${COMMON}
param addressSpace string
param securityGroupId string
param routeTableId string

var subnets = [
  { name: 'nodes', cidr: 18, index: 0, endpoints: ['Microsoft.Storage'] }
  { name: 'pods', cidr: 18, index: 1, endpoints: [] }
  { name: 'services', cidr: 24, index: 128, endpoints: ['Microsoft.KeyVault', 'Microsoft.Sql'] }
  { name: 'endpoints', cidr: 24, index: 129, endpoints: [] }
  { name: 'spare', cidr: 27, index: 11@V, endpoints: [] }
]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-\${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressSpace]
    }
    dhcpOptions: {
      dnsServers: ['10.2@V.0.4']
    }
    subnets: [for subnet in subnets: {
      name: 'snet-\${subnet.name}'
      properties: {
        addressPrefix: cidrSubnet(addressSpace, subnet.cidr, subnet.index)
        networkSecurityGroup: {
          id: securityGroupId
        }
        routeTable: {
          id: routeTableId
        }
        serviceEndpoints: [for service in subnet.endpoints: { service: service }]
        defaultOutboundAccess: false
      }
    }]
  }
}

resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
  parent: network
  name: 'hub'
  properties: {
    remoteVirtualNetwork: {
      id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub'
    }
    allowVirtualNetworkAccess: true
    allowForwardedTraffic: true
  }
}

output id string = network.id
output nodesId string = network.properties.subnets[0].id
output podsId string = network.properties.subnets[1].id
output endpointsId string = network.properties.subnets[3].id
`,
  },
  {
    name: 'security',
    short: 'nsg',
    inputs: { allowedRanges: 'allowedRanges' },
    text: `${COMMON}
param allowedRanges string[] = []

var baseRules = [
  { name: 'https', port: '443', priority: 100, source: '10.0.0.0/8' }
  { name: 'api', port: '8443', priority: 110, source: '10.0.0.0/8' }
  { name: 'probe', port: '8080', priority: 120, source: 'AzureLoadBalancer' }
  { name: 'ssh', port: '22', priority: 130, source: '10.2@V.0.0/24' }
]
var callers = [for (range, i) in allowedRanges: { name: 'caller-\${i}', port: '443', priority: 200 + i, source: range }]

resource group 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-\${name}'
  location: location
  tags: tags
  properties: {
    securityRules: map(concat(baseRules, callers), rule => {
      name: 'allow-\${rule.name}'
      properties: {
        priority: rule.priority
        direction: 'Inbound'
        access: 'Allow'
        protocol: 'Tcp'
        sourcePortRange: '*'
        destinationPortRange: rule.port
        sourceAddressPrefix: rule.source
        destinationAddressPrefix: 'VirtualNetwork'
      }
    })
  }
}

resource deny 'Microsoft.Network/networkSecurityGroups/securityRules@2024-05-01' = {
  parent: group
  name: 'deny-inbound'
  properties: {
    priority: 4000
    direction: 'Inbound'
    access: 'Deny'
    protocol: '*'
    sourcePortRange: '*'
    destinationPortRange: '*'
    sourceAddressPrefix: '*'
    destinationAddressPrefix: '*'
  }
}

resource groups 'Microsoft.Network/applicationSecurityGroups@2024-05-01' = [for tier in ['web', 'jobs', 'data']: {
  name: 'asg-\${name}-\${tier}'
  location: location
  tags: tags
}]

output id string = group.id
`,
  },
  {
    name: 'routes',
    short: 'rt',
    inputs: {},
    text: `${COMMON}
param firewallAddress string = '10.2@V.0.4'

var ranges = {
  internet: '0.0.0.0/0'
  onprem: '172.16.0.0/12'
  partners: '192.168.@V.0/24'
}

resource table 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'rt-\${name}'
  location: location
  tags: tags
  properties: {
    disableBgpRoutePropagation: true
    routes: [for range in items(ranges): {
      name: range.key
      properties: {
        addressPrefix: range.value
        nextHopType: 'VirtualAppliance'
        nextHopIpAddress: firewallAddress
      }
    }]
  }
}

output id string = table.id
`,
  },
  {
    name: 'cluster',
    short: 'aks',
    inputs: {
      nodesId: 'network.outputs.nodesId',
      podsId: 'network.outputs.podsId',
      nodeCount: 'settings.nodeCount',
      vmSize: 'settings.vmSize',
      private: 'settings.private',
    },
    text: `${COMMON}
param nodesId string
param podsId string
@minValue(1)
@maxValue(100)
param nodeCount int = 3
param vmSize string = 'Standard_D4s_v5'
param private bool = true
param pools array = [
  { name: 'apps', count: 3, size: 'Standard_D8s_v5' }
  { name: 'jobs', count: 2, size: 'Standard_F8s_v2' }
]

resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' = {
  name: 'aks-\${name}'
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    dnsPrefix: replace(name, '_', '-')
    kubernetesVersion: '1.31.@V'
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: nodeCount
        vmSize: vmSize
        vnetSubnetID: nodesId
        podSubnetID: podsId
      }
    ]
    networkProfile: {
      networkPlugin: 'azure'
      networkPolicy: 'cilium'
      networkDataplane: 'cilium'
      outboundType: 'userDefinedRouting'
      serviceCidr: '172.30.@V.0/24'
      dnsServiceIP: '172.30.@V.10'
    }
    apiServerAccessProfile: {
      enablePrivateCluster: private
      authorizedIPRanges: private ? [] : ['203.0.113.0/24']
    }
  }

  resource pool 'agentPools' = [for pool in pools: {
    name: pool.name
    properties: {
      count: pool.count
      vmSize: pool.size
      vnetSubnetID: nodesId
      podSubnetID: podsId
    }
  }]
}

output id string = cluster.id
`,
  },
]
