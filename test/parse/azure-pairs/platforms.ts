// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import { deployment, type Pair, resource, template, unknown } from './pair.ts'

const VNET = 'Microsoft.Network/virtualNetworks'
const SUBNET = 'Microsoft.Network/virtualNetworks/subnets'
const NSG = 'Microsoft.Network/networkSecurityGroups'
const ROUTES = 'Microsoft.Network/routeTables'
const CLUSTER = 'Microsoft.ContainerService/managedClusters'
const POOL = 'Microsoft.ContainerService/managedClusters/agentPools'
const ENDPOINT = 'Microsoft.Network/privateEndpoints'
const ZONE_GROUP = 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups'

export const PLATFORMS: Readonly<Record<string, Pair>> = {
  'names that are computed wherever they are used': {
    bicep: {
      'main.bicep': `param stem string
resource nsg '${NSG}@2024-05-01' = {
  name: 'nsg-\${uniqueString(resourceGroup().id, stem)}'
}
resource vnet '${VNET}@2024-05-01' = {
  name: 'vnet'
  properties: {
    subnets: [
      { name: 'a', properties: { networkSecurityGroup: { id: resourceId('${NSG}', 'nsg-\${uniqueString(resourceGroup().id, stem)}') } } }
    ]
    same: resourceId('A.B/c', guid(stem)) == resourceId('A.B/c', guid(stem))
    other: resourceId('A.B/c', guid(stem)) == resourceId('A.B/c', guid('x', stem))
  }
}
`,
    },
    arm: {
      'main.json': template(
        [
          resource(NSG, "[format('nsg-{0}', uniqueString(resourceGroup().id, parameters('stem')))]"),
          resource(VNET, 'vnet', {
            properties: {
              subnets: [
                {
                  name: 'a',
                  properties: {
                    networkSecurityGroup: {
                      id: `[resourceId('${NSG}', format('nsg-{0}', uniqueString(resourceGroup().id, parameters('stem'))))]`,
                    },
                  },
                },
              ],
              same: "[equals(resourceId('A.B/c', guid(parameters('stem'))), resourceId('A.B/c', guid(parameters('stem'))))]",
              other:
                "[equals(resourceId('A.B/c', guid(parameters('stem'))), resourceId('A.B/c', guid('x', parameters('stem'))))]",
            },
          }),
        ],
        { parameters: { stem: { type: 'string' } } },
      ),
    },
    expected: [
      [NSG, { name: unknown(/./) }],
      [VNET, { properties: { subnets: [{ name: 'a' }], same: true, other: unknown(/./) } }],
    ],
  },

  'a cluster whose pools and profile depend on what is given': {
    bicep: {
      'main.bicep': `import { profiles, poolName } from 'shared.bicep'
param network { plugin: string, overlay: bool?, ranges: { pods: string?, services: string }? } = {
  plugin: 'azure'
  ranges: { services: '10.100.0.0/16' }
}
param pools object = { system: { count: 3 }, user: { count: 5, zones: [1, 2] } }
var base = {
  networkPlugin: network.plugin
  serviceCidr: network.?ranges.?services
  dnsServiceIP: cidrHost(network.?ranges.?services ?? '10.0.0.0/16', 9)
}
resource aks '${CLUSTER}@2024-05-01' = {
  name: 'aks'
  properties: {
    networkProfile: {
      ...base
      ...(network.?overlay ?? true ? { networkPluginMode: 'overlay', podCidr: network.?ranges.?pods ?? '10.244.0.0/16' } : {})
      networkPolicy: profiles.strict.policy
    }
  }
}
resource pool '${POOL}@2024-05-01' = [for (p, i) in items(pools): if (p.key != 'system') {
  parent: aks
  name: poolName(p.key, i)
  properties: { count: p.value.count, availabilityZones: map(p.value.?zones ?? [], z => string(z)) }
}]
`,
      'shared.bicep': `@export()
var profiles = { strict: { policy: policyOf(true) }, open: { policy: policyOf(false) } }
@export()
func poolName(stem string, index int) string => '\${take(stem, 3)}\${padLeft(index, 2, '0')}'
func policyOf(strict bool) string => strict ? 'cilium' : 'none'
`,
    },
    arm: {
      'main.json': template(
        {
          aks: resource(CLUSTER, 'aks', {
            properties: {
              networkProfile:
                "[shallowMerge(createArray(variables('base'), if(coalesce(tryGet(parameters('network'), 'overlay'), true()), createObject('networkPluginMode', 'overlay', 'podCidr', coalesce(tryGet(tryGet(parameters('network'), 'ranges'), 'pods'), '10.244.0.0/16')), createObject()), createObject('networkPolicy', variables('profiles').strict.policy)))]",
            },
          }),
          pool: resource(
            POOL,
            "[format('{0}/{1}', 'aks', __bicep.poolName(items(parameters('pools'))[copyIndex()].key, copyIndex()))]",
            {
              copy: { name: 'pool', count: "[length(items(parameters('pools')))]" },
              condition: "[not(equals(items(parameters('pools'))[copyIndex()].key, 'system'))]",
              properties: {
                count: "[items(parameters('pools'))[copyIndex()].value.count]",
                availabilityZones:
                  "[map(coalesce(tryGet(items(parameters('pools'))[copyIndex()].value, 'zones'), createArray()), lambda('z', string(lambdaVariables('z'))))]",
              },
              dependsOn: ['aks'],
            },
          ),
        },
        {
          languageVersion: '2.0',
          functions: [
            {
              namespace: '__bicep',
              members: {
                poolName: {
                  parameters: [
                    { type: 'string', name: 'stem' },
                    { type: 'int', name: 'index' },
                  ],
                  output: {
                    type: 'string',
                    value: "[format('{0}{1}', take(parameters('stem'), 3), padLeft(parameters('index'), 2, '0'))]",
                  },
                },
              },
            },
          ],
          parameters: {
            network: {
              type: 'object',
              defaultValue: { plugin: 'azure', ranges: { services: '10.100.0.0/16' } },
            },
            pools: { type: 'object', defaultValue: { system: { count: 3 }, user: { count: 5, zones: [1, 2] } } },
          },
          variables: {
            base: {
              networkPlugin: "[parameters('network').plugin]",
              serviceCidr: "[tryGet(parameters('network'), 'ranges', 'services')]",
              dnsServiceIP:
                "[cidrHost(coalesce(tryGet(parameters('network'), 'ranges', 'services'), '10.0.0.0/16'), 9)]",
            },
            profiles: { strict: { policy: 'cilium' } },
          },
        },
      ),
    },
    expected: [
      [
        CLUSTER,
        {
          properties: {
            networkProfile: {
              networkPlugin: 'azure',
              serviceCidr: '10.100.0.0/16',
              dnsServiceIP: '10.100.0.10',
              networkPluginMode: 'overlay',
              podCidr: '10.244.0.0/16',
              networkPolicy: 'cilium',
            },
          },
        },
      ],
      [POOL, { name: 'aks/use01', properties: { count: 5, availabilityZones: ['1', '2'] } }],
    ],
  },

  'routes kept in a table of one key each': {
    bicep: {
      'main.bicep': `param nextHop string = '10.0.0.4'
var table = toObject([
  { name: 'default', range: '0.0.0.0/0' }
  { name: 'onprem', range: '192.168.0.0/16', hop: 'VirtualNetworkGateway' }
], r => r.name, r => { range: r.range, hop: r.?hop ?? 'VirtualAppliance' })
var note = '''
all of it: \${no hole}
'''
resource rt '${ROUTES}@2024-05-01' = {
  name: 'rt'
  tags: { note: trim(note), sizes: string(mapValues(table, r => length(r.range))) }
  properties: {
    disableBgpRoutePropagation: !contains(table, 'onprem')
    routes: [for name in objectKeys(table): {
      name: name
      properties: {
        addressPrefix: table[name].range
        nextHopType: table[name].hop
        nextHopIpAddress: table[name].hop == 'VirtualAppliance' ? nextHop : null
      }
    }]
  }
}
`,
    },
    arm: {
      'main.json': template(
        [
          resource(ROUTES, 'rt', {
            tags: {
              note: "[trim('\nall of it: ${no hole}\n')]",
              sizes: "[string(mapValues(variables('table'), lambda('r', length(lambdaVariables('r').range))))]",
            },
            properties: {
              disableBgpRoutePropagation: "[not(contains(variables('table'), 'OnPrem'))]",
              copy: [
                {
                  name: 'routes',
                  count: "[length(objectKeys(variables('table')))]",
                  input: {
                    name: "[objectKeys(variables('table'))[copyIndex('routes')]]",
                    properties: {
                      addressPrefix: "[variables('table')[objectKeys(variables('table'))[copyIndex('routes')]].range]",
                      nextHopType: "[variables('table')[objectKeys(variables('table'))[copyIndex('routes')]].hop]",
                      nextHopIpAddress:
                        "[if(equals(variables('table')[objectKeys(variables('table'))[copyIndex('routes')]].hop, 'VirtualAppliance'), parameters('nextHop'), null())]",
                    },
                  },
                },
              ],
            },
          }),
        ],
        {
          parameters: { nextHop: { type: 'string', defaultValue: '10.0.0.4' } },
          variables: {
            list: [
              { name: 'default', range: '0.0.0.0/0' },
              { name: 'onprem', range: '192.168.0.0/16', hop: 'VirtualNetworkGateway' },
            ],
            table:
              "[toObject(variables('list'), lambda('r', lambdaVariables('r').name), lambda('r', createObject('range', lambdaVariables('r').range, 'hop', coalesce(tryGet(lambdaVariables('r'), 'hop'), 'VirtualAppliance'))))]",
          },
        },
      ),
    },
    expected: [
      [
        ROUTES,
        {
          tags: { note: 'all of it: ${no hole}', sizes: '{"default":9,"onprem":14}' },
          properties: {
            disableBgpRoutePropagation: false,
            routes: [
              {
                name: 'default',
                properties: {
                  addressPrefix: '0.0.0.0/0',
                  nextHopType: 'VirtualAppliance',
                  nextHopIpAddress: '10.0.0.4',
                },
              },
              {
                name: 'onprem',
                properties: {
                  addressPrefix: '192.168.0.0/16',
                  nextHopType: 'VirtualNetworkGateway',
                  nextHopIpAddress: null,
                },
              },
            ],
          },
        },
      ],
    ],
  },

  'an endpoint and its zone group, from a module that may be left out': {
    bicep: {
      'main.bicep': `param subnetId string
param withEndpoint bool = true
param service { id: string, groups: string[] } = {
  id: resourceId('rg-data', 'Microsoft.KeyVault/vaults', 'kv')
  groups: ['vault']
}
module endpoint 'endpoint.bicep' = if (withEndpoint) {
  params: { subnetId: subnetId, service: service }
}
module absent 'endpoint.bicep' = if (!withEndpoint) {
  params: { subnetId: subnetId, service: service }
}
resource vnet '${VNET}@2024-05-01' = {
  name: 'vnet'
  tags: {
    endpoint: endpoint!.outputs.name
    zone: endpoint.?outputs.?zone ?? 'none'
    absent: absent.?outputs.name ?? 'none'
  }
}
`,
      'endpoint.bicep': `param subnetId string
param service object
var vault = last(split(service.id, '/'))
resource pe '${ENDPOINT}@2024-05-01' = {
  name: 'pe-\${vault}'
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: first(service.groups), properties: { privateLinkServiceId: service.id, groupIds: service.groups } }
    ]
  }
  resource zones 'privateDnsZoneGroups' = {
    name: 'default'
    properties: { privateDnsZoneConfigs: [for g in service.groups: { name: replace(g, '.', '-') }] }
  }
}
output name string = pe.name
output zone string = pe::zones.name
`,
    },
    arm: {
      'main.json': template(
        [
          deployment(
            'endpoint',
            template(
              [
                resource(ENDPOINT, "[format('pe-{0}', last(split(parameters('service').id, '/')))]", {
                  properties: {
                    subnet: { id: "[parameters('subnetId')]" },
                    privateLinkServiceConnections: [
                      {
                        name: "[first(parameters('service').groups)]",
                        properties: {
                          privateLinkServiceId: "[parameters('service').id]",
                          groupIds: "[parameters('service').groups]",
                        },
                      },
                    ],
                  },
                  resources: [
                    {
                      ...resource('privateDnsZoneGroups', 'default'),
                      properties: {
                        copy: [
                          {
                            name: 'privateDnsZoneConfigs',
                            count: "[length(parameters('service').groups)]",
                            input: {
                              name: "[replace(parameters('service').groups[copyIndex('privateDnsZoneConfigs')], '.', '-')]",
                            },
                          },
                        ],
                      },
                    },
                  ],
                }),
              ],
              {
                parameters: { subnetId: { type: 'string' }, service: { type: 'object' } },
                outputs: {
                  name: { type: 'string', value: "[format('pe-{0}', last(split(parameters('service').id, '/')))]" },
                  zone: { type: 'string', value: 'default' },
                },
              },
            ),
            { subnetId: "[parameters('subnetId')]", service: "[parameters('service')]" },
            { condition: "[parameters('withEndpoint')]" },
          ),
          resource(VNET, 'vnet', {
            tags: {
              endpoint: "[reference('endpoint').outputs.name.value]",
              zone: "[coalesce(tryGet(reference('endpoint').outputs, 'zone', 'value'), 'none')]",
              absent: "[if(not(parameters('withEndpoint')), reference('gone').outputs.name.value, 'none')]",
            },
          }),
        ],
        {
          parameters: {
            subnetId: { type: 'string' },
            withEndpoint: { type: 'bool', defaultValue: true },
            service: {
              type: 'object',
              defaultValue: {
                id: "[resourceId('rg-data', 'Microsoft.KeyVault/vaults', 'kv')]",
                groups: ['vault'],
              },
            },
          },
        },
      ),
    },
    expected: [
      [
        ENDPOINT,
        {
          name: 'pe-kv',
          properties: {
            subnet: { id: unknown('parameter "subnetId" has no value') },
            privateLinkServiceConnections: [
              {
                name: 'vault',
                properties: { privateLinkServiceId: { $id: 'Microsoft.KeyVault/vaults/kv' }, groupIds: ['vault'] },
              },
            ],
          },
        },
      ],
      [ZONE_GROUP, { name: 'pe-kv/default', properties: { privateDnsZoneConfigs: [{ name: 'vault' }] } }],
      [VNET, { tags: { endpoint: 'pe-kv', zone: 'default', absent: 'none' } }],
    ],
  },

  'subnets written beside a network that exists': {
    bicep: {
      'main.bicep': `param vnetName string = 'vnet-shared'
param subnets { *: string } = { apps: '10.3.0.0/24', nodes: '10.3.4.0/22' }
resource vnet '${VNET}@2024-05-01' existing = {
  name: vnetName
}
@batchSize(1)
resource subnet '${SUBNET}@2024-05-01' = [for s in items(subnets): {
  parent: vnet
  name: 'snet-\${s.key}'
  properties: {
    addressPrefix: s.value
    networkSecurityGroup: s.key == 'nodes' ? { id: nsg.id } : null
    defaultOutboundAccess: vnet.properties.?enableDdosProtection
  }
}]
resource nsg '${NSG}@2024-05-01' = {
  name: '\${vnet.name}-nsg'
  tags: { subnets: join(map(range(0, 2), i => subnet[i].name), ','), last: last(split(subnet[1].id, '/')) }
}
`,
    },
    arm: {
      'main.json': template(
        {
          vnet: { existing: true, ...resource(VNET, "[parameters('vnetName')]") },
          subnet: resource(
            SUBNET,
            "[format('{0}/{1}', parameters('vnetName'), format('snet-{0}', items(parameters('subnets'))[copyIndex()].key))]",
            {
              copy: { name: 'subnet', count: "[length(items(parameters('subnets')))]", mode: 'serial', batchSize: 1 },
              properties: {
                addressPrefix: "[items(parameters('subnets'))[copyIndex()].value]",
                networkSecurityGroup: `[if(equals(items(parameters('subnets'))[copyIndex()].key, 'nodes'), createObject('id', resourceId('${NSG}', format('{0}-nsg', parameters('vnetName')))), null())]`,
                defaultOutboundAccess: "[tryGet(reference('vnet'), 'enableDdosProtection')]",
              },
            },
          ),
          nsg: resource(NSG, "[format('{0}-nsg', parameters('vnetName'))]", {
            tags: {
              subnets:
                "[join(map(range(0, 2), lambda('i', format('snet-{0}', items(parameters('subnets'))[lambdaVariables('i')].key))), ',')]",
              last: "[last(split(resourceInfo('subnet[1]').id, '/'))]",
            },
          }),
        },
        {
          languageVersion: '2.0',
          parameters: {
            vnetName: { type: 'string', defaultValue: 'vnet-shared' },
            subnets: {
              type: 'object',
              additionalProperties: { type: 'string' },
              defaultValue: { apps: '10.3.0.0/24', nodes: '10.3.4.0/22' },
            },
          },
        },
      ),
    },
    expected: [
      [
        SUBNET,
        {
          name: 'vnet-shared/snet-apps',
          properties: {
            addressPrefix: '10.3.0.0/24',
            networkSecurityGroup: null,
            defaultOutboundAccess: unknown(/exists elsewhere/),
          },
        },
      ],
      [
        SUBNET,
        {
          name: 'vnet-shared/snet-nodes',
          properties: { networkSecurityGroup: { id: { $id: `${NSG}/vnet-shared-nsg` } } },
        },
      ],
      [NSG, { name: 'vnet-shared-nsg', tags: { subnets: 'snet-apps,snet-nodes', last: 'snet-nodes' } }],
    ],
  },
}
