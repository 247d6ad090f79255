// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import { type BicepKind, COMMON } from './bicep-module.ts'

/** Services that zones reach through private endpoints. */
export const SERVICE_KINDS: readonly BicepKind[] = [
  service({
    name: 'storage',
    short: 'st',
    type: 'Microsoft.Storage/storageAccounts@2023-05-01',
    group: 'blob',
    zone: 'privatelink.blob.core.windows.net',
    body: `  kind: 'StorageV2'
  sku: {
    name: sku == 'Premium' ? 'Standard_GZRS' : 'Standard_ZRS'
  }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    allowBlobPublicAccess: false
    publicNetworkAccess: empty(publicRanges) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      ipRules: [for range in publicRanges: { value: range, action: 'Allow' }]
    }
  }
`,
  }),
  service({
    name: 'vault',
    short: 'kv',
    type: 'Microsoft.KeyVault/vaults@2023-07-01',
    group: 'vault',
    zone: 'privatelink.vaultcore.azure.net',
    body: `  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: toLower(sku)
    }
    enableRbacAuthorization: true
    publicNetworkAccess: 'Disabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      ipRules: [for range in publicRanges: { value: range }]
    }
  }
`,
  }),
]

interface Service {
  readonly name: string
  readonly short: string
  readonly type: string
  readonly group: string
  readonly zone: string
  readonly body: string
}

function service(options: Service): BicepKind {
  return {
    name: options.name,
    short: options.short,
    inputs: { subnetId: 'network.outputs.endpointsId', allowedRanges: 'allowedRanges', sku: 'settings.sku' },
    text: `${COMMON}
@description('Subnet of the private endpoint; none is created without it')
param subnetId string?

@description('Ranges that may call the service')
param allowedRanges string[] = []

@allowed(['Standard', 'Premium'])
param sku string = 'Standard'

var resourceName = take(replace(toLower('${options.short}@V\${name}'), '-', ''), 24)
var publicRanges = filter(allowedRanges, range => !startsWith(range, '10.') && !startsWith(range, '172.'))
var allTags = union(tags, { module: '${options.name}-@V' })

resource service '${options.type}' = {
  name: resourceName
  location: location
  tags: allTags
${options.body}}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = if (subnetId != null) {
  name: 'pe-\${name}'
  location: location
  tags: allTags
  properties: {
    subnet: {
      id: subnetId!
    }
    privateLinkServiceConnections: [
      {
        name: 'psc-\${name}'
        properties: {
          privateLinkServiceId: service.id
          groupIds: ['${options.group}']
        }
      }
    ]
  }

  resource group 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: 'default'
          properties: {
            privateDnsZoneId: zone.id
          }
        }
      ]
    }
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: '${options.zone}'
  location: 'global'
  tags: allTags
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'diagnostics'
  scope: service
  properties: {
    logs: [for category in ['audit', 'allLogs']: {
      categoryGroup: category
      enabled: true
    }]
  }
}

output id string = service.id
output name string = service.name
`,
  }
}
