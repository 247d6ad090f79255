// A private cluster whose egress passes a firewall that admits few names.
param location string = 'westeurope'

@description('Names that workloads may reach over HTTPS.')
param allowedFqdns array = [
  'api.stripe.com'
  'packages.example.com'
]

resource routeTable 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'rt-nodes'
  location: location
  properties: {
    routes: [
      {
        name: 'default'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: '10.1.0.4'
        }
      }
    ]
  }
}

resource nsg 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-nodes'
  location: location
  properties: {
    securityRules: []
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-shop'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: ['10.1.0.0/16']
    }
    subnets: [
      {
        name: 'AzureFirewallSubnet'
        properties: {
          addressPrefix: '10.1.0.0/26'
        }
      }
      {
        name: 'snet-nodes'
        properties: {
          addressPrefix: '10.1.4.0/22'
          routeTable: { id: routeTable.id }
          networkSecurityGroup: { id: nsg.id }
          defaultOutboundAccess: false
        }
      }
    ]
  }
}

resource firewallIp 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'pip-firewall'
  location: location
  sku: { name: 'Standard' }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = {
  name: 'afwp-shop'
  location: location
  properties: {
    threatIntelMode: 'Deny'
    dnsSettings: { enableProxy: true }
  }

  resource workloads 'ruleCollectionGroups' = {
    name: 'workloads'
    properties: {
      priority: 300
      ruleCollections: [
        {
          name: 'names'
          priority: 100
          ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
          action: { type: 'Allow' }
          rules: [
            {
              name: 'aks'
              ruleType: 'ApplicationRule'
              sourceAddresses: ['10.1.4.0/22']
              fqdnTags: ['AzureKubernetesService']
              protocols: [{ protocolType: 'Https', port: 443 }]
            }
            {
              name: 'providers'
              ruleType: 'ApplicationRule'
              sourceAddresses: ['10.1.4.0/22']
              targetFqdns: allowedFqdns
              protocols: [{ protocolType: 'Https', port: 443 }]
            }
          ]
        }
      ]
    }
  }
}

resource firewall 'Microsoft.Network/azureFirewalls@2024-05-01' = {
  name: 'afw-shop'
  location: location
  properties: {
    sku: { name: 'AZFW_VNet', tier: 'Standard' }
    firewallPolicy: { id: policy.id }
    ipConfigurations: [
      {
        name: 'main'
        properties: {
          subnet: { id: '${vnet.id}/subnets/AzureFirewallSubnet' }
          publicIPAddress: { id: firewallIp.id }
        }
      }
    ]
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    kubernetesVersion: '1.34'
    apiServerAccessProfile: {
      enablePrivateCluster: true
      disableRunCommand: true
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 3
        vmSize: 'Standard_D4s_v5'
        vnetSubnetID: '${vnet.id}/subnets/snet-nodes'
      }
    ]
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkPolicy: 'cilium'
      networkDataplane: 'cilium'
      outboundType: 'userDefinedRouting'
    }
  }
}
