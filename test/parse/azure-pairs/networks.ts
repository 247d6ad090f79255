// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import { deployment, type Pair, resource, template, unknown } from './pair.ts'

const VNET = 'Microsoft.Network/virtualNetworks'
const SUBNET = 'Microsoft.Network/virtualNetworks/subnets'
const PEERING = 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings'
const NSG = 'Microsoft.Network/networkSecurityGroups'
const HUB_SUBSCRIPTION = '11111111-2222-3333-4444-555555555555'
const HUB_ID = `/subscriptions/${HUB_SUBSCRIPTION}/resourceGroups/rg-hub/providers/${VNET}/vnet-hub`

export const NETWORKS: Readonly<Record<string, Pair>> = {
  'a hub that exists in another subscription': {
    bicep: {
      'main.bicep': `param hubGroup string = 'rg-hub'
resource hub '${VNET}@2024-05-01' existing = {
  name: 'vnet-hub'
  scope: resourceGroup('${HUB_SUBSCRIPTION}', hubGroup)
  resource firewall 'subnets' existing = {
    name: 'AzureFirewallSubnet'
  }
}
resource spoke '${VNET}@2024-05-01' = {
  name: 'vnet-spoke'
  tags: { firewallSubnet: hub::firewall.id }
  resource toHub 'virtualNetworkPeerings' = {
    name: 'to-\${hub.name}'
    properties: {
      remoteVirtualNetwork: { id: hub.id }
      useRemoteGateways: hub.properties.enableVmProtection
    }
  }
}
`,
    },
    arm: {
      'main.json': template(
        {
          hub: {
            existing: true,
            ...resource(VNET, 'vnet-hub', {
              subscriptionId: HUB_SUBSCRIPTION,
              resourceGroup: "[parameters('hubGroup')]",
            }),
          },
          firewall: {
            existing: true,
            ...resource(SUBNET, "[format('{0}/{1}', 'vnet-hub', 'AzureFirewallSubnet')]", {
              subscriptionId: HUB_SUBSCRIPTION,
              resourceGroup: "[parameters('hubGroup')]",
            }),
          },
          spoke: resource(VNET, 'vnet-spoke', { tags: { firewallSubnet: "[resourceInfo('firewall').id]" } }),
          toHub: resource(PEERING, "[concat('vnet-spoke/to-', resourceInfo('hub').name)]", {
            dependsOn: ['spoke'],
            properties: {
              remoteVirtualNetwork: { id: "[resourceInfo('hub').id]" },
              useRemoteGateways: "[reference('hub').enableVmProtection]",
            },
          }),
        },
        { languageVersion: '2.0', parameters: { hubGroup: { type: 'string', defaultValue: 'rg-hub' } } },
      ),
    },
    expected: [
      [VNET, { name: 'vnet-spoke', tags: { firewallSubnet: `${HUB_ID}/subnets/AzureFirewallSubnet` } }],
      [
        PEERING,
        {
          name: 'vnet-spoke/to-vnet-hub',
          properties: { remoteVirtualNetwork: { id: HUB_ID }, useRemoteGateways: unknown(/exists elsewhere/) },
        },
      ],
    ],
  },

  'spokes in a loop of modules, with their outputs': {
    bicep: {
      'main.bicep': `param spokes array = [
  { name: 'dev', range: '10.1.0.0/16' }
  { name: 'prod', range: '10.2.0.0/16', zones: ['1', '2'] }
]
module spoke 'spoke.bicep' = [for (s, i) in spokes: {
  name: 'spoke-\${i}'
  params: {
    name: s.name
    range: s.range
    priority: 100 + i
    zones: s.?zones
  }
}]
resource peering '${PEERING}@2024-05-01' = [for i in range(0, length(spokes)): {
  name: 'vnet-hub/to-\${spoke[i].outputs.name}'
  properties: {
    remoteVirtualNetwork: { id: spoke[i].outputs.id }
  }
}]
`,
      'spoke.bicep': `param name string
param range string
param priority int
param zones string[]?
resource vnet '${VNET}@2024-05-01' = {
  name: 'vnet-\${name}'
  tags: { priority: string(priority), zones: join(zones ?? ['none'], '+') }
  properties: {
    addressSpace: { addressPrefixes: [range] }
  }
}
output id string = vnet.id
output name string = name
`,
    },
    arm: {
      'main.json': template(
        [
          deployment(
            "[format('spoke-{0}', copyIndex())]",
            template(
              [
                resource(VNET, "[format('vnet-{0}', parameters('name'))]", {
                  tags: {
                    priority: "[string(parameters('priority'))]",
                    zones: "[join(coalesce(parameters('zones'), createArray('none')), '+')]",
                  },
                  properties: { addressSpace: { addressPrefixes: ["[parameters('range')]"] } },
                }),
              ],
              {
                parameters: {
                  name: { type: 'string' },
                  range: { type: 'string' },
                  priority: { type: 'int' },
                  zones: { type: 'array', nullable: true },
                },
                outputs: {
                  id: { type: 'string', value: `[resourceId('${VNET}', format('vnet-{0}', parameters('name')))]` },
                  name: { type: 'string', value: "[parameters('name')]" },
                },
              },
            ),
            {
              name: "[parameters('spokes')[copyIndex()].name]",
              range: "[parameters('spokes')[copyIndex()].range]",
              priority: '[add(100, copyIndex())]',
              zones: "[tryGet(parameters('spokes')[copyIndex()], 'zones')]",
            },
            { copy: { name: 'spoke', count: "[length(parameters('spokes'))]" } },
          ),
          resource(
            PEERING,
            "[format('vnet-hub/to-{0}', reference(resourceId('Microsoft.Resources/deployments', format('spoke-{0}', range(0, 2)[copyIndex()]))).outputs.name.value)]",
            {
              copy: { name: 'peering', count: "[length(range(0, length(parameters('spokes'))))]" },
              properties: {
                remoteVirtualNetwork: {
                  id: "[reference(format('spoke-{0}', copyIndex())).outputs.id.value]",
                },
              },
              dependsOn: ['spoke'],
            },
          ),
        ],
        {
          parameters: {
            spokes: {
              type: 'array',
              defaultValue: [
                { name: 'dev', range: '10.1.0.0/16' },
                { name: 'prod', range: '10.2.0.0/16', zones: ['1', '2'] },
              ],
            },
          },
        },
      ),
    },
    expected: [
      [
        VNET,
        {
          name: 'vnet-dev',
          tags: { priority: '100', zones: 'none' },
          properties: { addressSpace: { addressPrefixes: ['10.1.0.0/16'] } },
        },
      ],
      [VNET, { name: 'vnet-prod', tags: { priority: '101', zones: '1+2' } }],
      [PEERING, { name: 'vnet-hub/to-dev', properties: { remoteVirtualNetwork: { id: { $id: `${VNET}/vnet-dev` } } } }],
      [
        PEERING,
        { name: 'vnet-hub/to-prod', properties: { remoteVirtualNetwork: { id: { $id: `${VNET}/vnet-prod` } } } },
      ],
    ],
  },

  'rules made by a function of a type with optional properties': {
    bicep: {
      'main.bicep': `@export()
type ruleType = {
  name: string
  port: int
  @description('Everybody of the network where it is left out.')
  source: string?
  priority: (100 | 200)?
}
func toRule(rule ruleType, index int) object => {
  name: 'allow-\${toLower(rule.name)}'
  properties: {
    priority: rule.?priority ?? 1000 + index * 10
    sourceAddressPrefix: rule.?source ?? 'VirtualNetwork'
    destinationPortRange: string(rule.port)
  }
}
param rules ruleType[] = [
  { name: 'HTTPS', port: 443, source: 'Internet', priority: 100 }
  { name: 'Metrics', port: 9100 }
]
param extra ruleType?
resource nsg '${NSG}@2024-05-01' = {
  name: 'nsg'
  properties: {
    securityRules: concat(map(rules, (r, i) => toRule(r, i)), extra == null ? [] : [toRule(extra!, 90)])
  }
}
`,
    },
    arm: {
      'main.json': template(
        {
          nsg: resource(NSG, 'nsg', {
            properties: {
              securityRules:
                "[concat(map(parameters('rules'), lambda('r', 'i', __bicep.toRule(lambdaVariables('r'), lambdaVariables('i')))), if(equals(parameters('extra'), null()), createArray(), createArray(__bicep.toRule(parameters('extra'), 90))))]",
            },
          }),
        },
        {
          languageVersion: '2.0',
          definitions: {
            ruleType: {
              type: 'object',
              properties: { name: { type: 'string' }, source: { type: 'string', nullable: true } },
            },
          },
          functions: [
            {
              namespace: '__bicep',
              members: {
                toRule: {
                  parameters: [
                    { $ref: '#/definitions/ruleType', name: 'rule' },
                    { type: 'int', name: 'index' },
                  ],
                  output: {
                    type: 'object',
                    value: {
                      name: "[format('allow-{0}', toLower(parameters('rule').name))]",
                      properties: {
                        priority:
                          "[coalesce(tryGet(parameters('rule'), 'priority'), add(1000, mul(parameters('index'), 10)))]",
                        sourceAddressPrefix: "[coalesce(tryGet(parameters('rule'), 'source'), 'VirtualNetwork')]",
                        destinationPortRange: "[string(parameters('rule').port)]",
                      },
                    },
                  },
                },
              },
            },
          ],
          parameters: {
            rules: {
              type: 'array',
              items: { $ref: '#/definitions/ruleType' },
              defaultValue: [
                { name: 'HTTPS', port: 443, source: 'Internet', priority: 100 },
                { name: 'Metrics', port: 9100 },
              ],
            },
            extra: { $ref: '#/definitions/ruleType', nullable: true },
          },
        },
      ),
    },
    expected: [
      [
        NSG,
        {
          properties: {
            securityRules: [
              {
                name: 'allow-https',
                properties: { priority: 100, sourceAddressPrefix: 'Internet', destinationPortRange: '443' },
              },
              {
                name: 'allow-metrics',
                properties: { priority: 1010, sourceAddressPrefix: 'VirtualNetwork', destinationPortRange: '9100' },
              },
            ],
          },
        },
      ],
    ],
  },

  'subnets cut from one range, in loops of variables and properties': {
    bicep: {
      'main.bicep': `param range string = '10.8.0.0/16'
var names = ['nodes', 'pods', 'ingress']
var plan = [for (name, i) in names: {
  name: 'snet-\${name}'
  prefix: cidrSubnet(range, 20, i + 1)
}]
resource vnet '${VNET}@2024-05-01' = {
  name: 'vnet'
  properties: {
    addressSpace: { addressPrefixes: [range] }
    subnets: [for (one, i) in plan: {
      name: one.name
      properties: {
        addressPrefix: one.prefix
        delegations: [for d in (i == 1 ? ['Microsoft.ContainerService/managedClusters'] : []): {
          name: last(split(d, '/'))
        }]
      }
    }]
  }
}
output ids array = [for (one, i) in plan: vnet.properties.subnets[i].id]
`,
    },
    arm: {
      'main.json': template(
        [
          resource(VNET, 'vnet', {
            properties: {
              addressSpace: { addressPrefixes: ["[parameters('range')]"] },
              copy: [
                {
                  name: 'subnets',
                  count: "[length(variables('plan'))]",
                  input: {
                    name: "[variables('plan')[copyIndex('subnets')].name]",
                    properties: {
                      addressPrefix: "[variables('plan')[copyIndex('subnets')].prefix]",
                      copy: [
                        {
                          name: 'delegations',
                          count: "[if(equals(copyIndex('subnets'), 1), 1, 0)]",
                          input: { name: "[last(split('Microsoft.ContainerService/managedClusters', '/'))]" },
                        },
                      ],
                    },
                  },
                },
              ],
            },
          }),
        ],
        {
          parameters: { range: { type: 'string', defaultValue: '10.8.0.0/16' } },
          variables: {
            names: ['nodes', 'pods', 'ingress'],
            copy: [
              {
                name: 'plan',
                count: "[length(variables('names'))]",
                input: {
                  name: "[format('snet-{0}', variables('names')[copyIndex('plan')])]",
                  prefix: "[cidrSubnet(parameters('range'), 20, copyIndex('plan', 1))]",
                },
              },
            ],
          },
          outputs: {
            ids: { type: 'array', copy: { count: 3, input: "[reference('vnet').subnets[copyIndex()].id]" } },
          },
        },
      ),
    },
    expected: [
      [
        VNET,
        {
          properties: {
            addressSpace: { addressPrefixes: ['10.8.0.0/16'] },
            subnets: [
              { name: 'snet-nodes', properties: { addressPrefix: '10.8.16.0/20', delegations: [] } },
              {
                name: 'snet-pods',
                properties: { addressPrefix: '10.8.32.0/20', delegations: [{ name: 'managedClusters' }] },
              },
              { name: 'snet-ingress', properties: { addressPrefix: '10.8.48.0/20', delegations: [] } },
            ],
          },
        },
      ],
    ],
  },

  'one security group for each key of an object': {
    bicep: {
      'main.bicep': `param tiers object = {
  web: { ports: [80, 443] }
  Data: { ports: [1433], locked: true }
}
resource nsg '${NSG}@2024-05-01' = [for tier in items(tiers): {
  name: 'nsg-\${toLower(tier.key)}'
  tags: union({ tier: tier.key, owner: { team: 'platform' } }, tier.value.?locked ?? false ? { owner: { on: 'call' } } : {})
  properties: {
    securityRules: flatten([
      map(tier.value.ports, p => { name: 'p\${p}' })
      contains(tier.value, 'LOCKED') ? [{ name: 'deny' }] : []
    ])
  }
}]
`,
    },
    arm: {
      'main.json': template(
        [
          resource(NSG, "[format('nsg-{0}', toLower(items(parameters('tiers'))[copyIndex()].key))]", {
            copy: { name: 'nsg', count: "[length(items(parameters('tiers')))]" },
            tags: "[union(createObject('tier', items(parameters('tiers'))[copyIndex()].key, 'owner', createObject('team', 'platform')), if(coalesce(tryGet(items(parameters('tiers'))[copyIndex()].value, 'locked'), false()), createObject('owner', createObject('on', 'call')), createObject()))]",
            properties: {
              securityRules:
                "[flatten(createArray(map(items(parameters('tiers'))[copyIndex()].value.ports, lambda('p', createObject('name', format('p{0}', lambdaVariables('p'))))), if(contains(items(parameters('tiers'))[copyIndex()].value, 'LOCKED'), createArray(createObject('name', 'deny')), createArray())))]",
            },
          }),
        ],
        {
          parameters: {
            tiers: {
              type: 'object',
              defaultValue: { web: { ports: [80, 443] }, Data: { ports: [1433], locked: true } },
            },
          },
        },
      ),
    },
    // items() gives its keys in order, without regard to case.
    expected: [
      [
        NSG,
        {
          name: 'nsg-data',
          tags: { tier: 'Data', owner: { team: 'platform', on: 'call' } },
          properties: { securityRules: [{ name: 'p1433' }, { name: 'deny' }] },
        },
      ],
      [
        NSG,
        {
          name: 'nsg-web',
          tags: { tier: 'web', owner: { team: 'platform' } },
          properties: { securityRules: [{ name: 'p80' }, { name: 'p443' }] },
        },
      ],
    ],
  },
}
