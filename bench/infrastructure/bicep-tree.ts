// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import type { Files } from '../generate.ts'
import type { BicepKind } from './bicep-module.ts'
import { NETWORK_KINDS } from './bicep-networks.ts'
import { SERVICE_KINDS } from './bicep-services.ts'
import { environmentName, regionOf } from './environments.ts'

/** How many there are of each part of a generated Bicep repository. */
export interface BicepSize {
  /** Of each kind of module that only declares resources. */
  readonly variants: number
  /** Modules that use one module of each kind. */
  readonly zones: number
  /** Entry files with a parameter file for each environment. */
  readonly platforms: number
  readonly environments: number
  /** Entry files with two parameter files in JSON. */
  readonly applications: number
}

/** 500 files besides the parameter files in JSON. */
export const LARGE_BICEP: BicepSize = { variants: 20, zones: 20, platforms: 20, environments: 12, applications: 100 }

/** A Bicep repository: modules, modules of modules, entry files and their parameter files. The same size gives the same files. */
export function generateBicep(size: BicepSize): Files {
  const files: Files = new Map()
  for (const kind of BICEP_KINDS) {
    for (let i = 0; i < size.variants; i++) {
      files.set(`bicep/modules/${kind.name}-${i}.bicep`, kind.text.replaceAll('@V', String(i)))
    }
  }
  for (let i = 0; i < size.zones; i++) files.set(`bicep/zones/zone-${i}.bicep`, zone(i, size))
  for (let i = 0; i < size.platforms; i++) {
    files.set(`bicep/platforms/platform-${i}/main.bicep`, platform(i, size))
    for (let e = 0; e < size.environments; e++) {
      files.set(`bicep/platforms/platform-${i}/${environmentName(e)}.bicepparam`, parameters(i, e))
    }
  }
  for (let i = 0; i < size.applications; i++) {
    files.set(`bicep/applications/app-${i}/main.bicep`, application(i, size))
    for (const e of [0, 3]) {
      files.set(`bicep/applications/app-${i}/main.${environmentName(e)}.parameters.json`, jsonParameters(i, e))
    }
  }
  return files
}

/** The rule of a module that several zones use. */
export const BICEP_CHANGE = {
  path: 'bicep/modules/security-0.bicep',
  was: "port: '8443'",
  is: "port: '9443'",
} as const

/** In the order in which a zone uses them. */
const BICEP_KINDS: readonly BicepKind[] = [...NETWORK_KINDS, ...SERVICE_KINDS]

const SETTINGS = `@description('Name of the environment')
@minLength(2)
@maxLength(30)
param environment string

@description('Region of all resources')
param location string = resourceGroup().location

@description('Range of the network')
param addressSpace string = '10.0.0.0/16'

@description('Ranges that may call the services')
param allowedRanges string[] = ['10.0.0.0/8']

@description('What differs between environments')
param settings {
  nodeCount: int
  vmSize: string
  private: bool
  sku: 'Standard' | 'Premium'
  retention: int?
}

@description('Tags of every resource')
param tags object = {}
`

function use(kind: BicepKind, variant: number): string {
  return `module ${kind.name} '../modules/${kind.name}-${variant}.bicep' = {
  name: '\${prefix}-${kind.name}'
  params: {
    name: '\${prefix}-${kind.short}'
    location: location
    tags: allTags
${Object.entries(kind.inputs)
  .map(([name, value]) => `    ${name}: ${value}\n`)
  .join('')}  }
}
`
}

function zone(i: number, size: BicepSize): string {
  return `${SETTINGS}
@description('Name of the zone')
param name string

var prefix = '\${name}-\${environment}-${i}'
var allTags = union(tags, { zone: name, environment: environment, managedBy: 'bicep' })

${BICEP_KINDS.map((kind) => use(kind, i % size.variants)).join('\n')}
output networkId string = network.outputs.id
output clusterId string = cluster.outputs.id
`
}

function platform(i: number, size: BicepSize): string {
  return `${SETTINGS}
var name = 'platform${i}'
var isLarge = settings.nodeCount > 4

module zone '../../zones/zone-${i % size.zones}.bicep' = {
  name: 'zone-\${environment}'
  params: {
    name: name
    environment: environment
    location: location
    addressSpace: addressSpace
    allowedRanges: allowedRanges
    settings: union(settings, { retention: isLarge ? 90 : 30 })
    tags: union(tags, { platform: name })
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (startsWith(environment, 'prod')) {
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Held by the platform'
  }
}

output networkId string = zone.outputs.networkId
`
}

function parameters(i: number, e: number): string {
  return `using 'main.bicep'

param environment = '${environmentName(e)}'
param location = '${regionOf(e)}'
param addressSpace = '10.${(i * 12 + e) % 256}.0.0/16'
param allowedRanges = [
  '10.0.0.0/8'
  '172.${16 + (e % 16)}.0.0/16'
  '192.168.${e}.0/24'
]
param settings = {
  nodeCount: ${3 + (e % 5)}
  vmSize: 'Standard_D${4 * (1 + (e % 3))}s_v5'
  private: ${e % 4 !== 0}
  sku: '${e % 2 === 0 ? 'Premium' : 'Standard'}'
}
param tags = {
  owner: 'team-${(i + e) % 9}'
  costCenter: 'cc-${1000 + i}'
  dataClassification: 'internal'
}
`
}

function application(i: number, size: BicepSize): string {
  const rules = Array.from(
    { length: 6 },
    (_, at) => `      {
        name: 'allow-${at}'
        properties: {
          priority: ${200 + at * 10}
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourcePortRange: '*'
          destinationPortRange: '${8000 + i + at}'
          sourceAddressPrefix: '10.${(i + at) % 256}.0.0/16'
          destinationAddressPrefix: addressSpace
        }
      }
`,
  )
  return `@description('Name of the application')
param name string

@description('Region of all resources')
param location string = resourceGroup().location

@description('Range of the network')
param addressSpace string

var allTags = { application: name }

resource rules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-\${name}'
  location: location
  tags: allTags
  properties: {
    securityRules: [
${rules.join('')}    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-\${name}'
  location: location
  tags: allTags
  properties: {
    addressSpace: {
      addressPrefixes: [addressSpace]
    }
    subnets: [for i in range(0, 4): {
      name: 'snet-\${i}'
      properties: {
        addressPrefix: cidrSubnet(addressSpace, 24, i)
        networkSecurityGroup: {
          id: rules.id
        }
      }
    }]
  }
}

module storage '../../modules/storage-${i % size.variants}.bicep' = {
  name: 'storage'
  params: {
    name: '\${name}-st'
    location: location
    tags: allTags
    subnetId: network.properties.subnets[0].id
    allowedRanges: []
    sku: 'Standard'
  }
}
`
}

function jsonParameters(i: number, e: number): string {
  const json = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: { name: { value: `app${i}` }, addressSpace: { value: `10.${(i * 2 + e) % 256}.0.0/20` } },
  }
  return `${JSON.stringify(json, null, 2)}\n`
}
