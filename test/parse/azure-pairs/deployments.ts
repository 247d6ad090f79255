// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import { PARAMETERS } from '../azure-render.ts'
import { deployment, type Pair, resource, template, unknown } from './pair.ts'

const VNET = 'Microsoft.Network/virtualNetworks'
const BASTION = 'Microsoft.Network/bastionHosts'
const ADDRESS = 'Microsoft.Network/publicIPAddresses'
const STORAGE = 'Microsoft.Storage/storageAccounts'
const POLICY = 'Microsoft.Network/firewallPolicies'
const GROUP = 'Microsoft.Network/firewallPolicies/ruleCollectionGroups'
const SUBSCRIPTION_TEMPLATE =
  'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#'

export const DEPLOYMENTS: Readonly<Record<string, Pair>> = {
  'what is there only under a condition that nobody gives': {
    bicep: {
      'main.bicep': `param withBastion bool
param zones array = []
resource address '${ADDRESS}@2024-05-01' = if (withBastion) {
  name: 'pip-bastion'
  zones: empty(zones) ? null : zones
}
resource bastion '${BASTION}@2024-05-01' = if (withBastion && length(zones) == 0) {
  name: 'bastion'
  tags: { address: address!.id, state: withBastion ? 'on' : 'off' }
  dependsOn: [vnet]
}
resource never '${BASTION}@2024-05-01' = if (withBastion && false) {
  name: 'never'
}
resource vnet '${VNET}@2024-05-01' = {
  name: 'vnet'
}
`,
    },
    arm: {
      'main.json': template(
        [
          resource(ADDRESS, 'pip-bastion', {
            condition: "[parameters('withBastion')]",
            zones: "[if(empty(parameters('zones')), null(), parameters('zones'))]",
          }),
          resource(BASTION, 'bastion', {
            condition: "[and(parameters('withBastion'), equals(length(parameters('zones')), 0))]",
            tags: {
              address: `[resourceId('${ADDRESS}', 'pip-bastion')]`,
              state: "[if(parameters('withBastion'), 'on', 'off')]",
            },
            dependsOn: [`[resourceId('${VNET}', 'vnet')]`],
          }),
          resource(BASTION, 'never', { condition: "[and(parameters('withBastion'), false())]" }),
          resource(VNET, 'vnet'),
        ],
        { parameters: { withBastion: { type: 'bool' }, zones: { type: 'array', defaultValue: [] } } },
      ),
    },
    expected: [
      [ADDRESS, { name: 'pip-bastion', zones: null, condition: unknown('parameter "withBastion" has no value') }],
      [
        BASTION,
        {
          name: 'bastion',
          condition: unknown('parameter "withBastion" has no value'),
          tags: { address: { $id: `${ADDRESS}/pip-bastion` }, state: { $choice: ['on', 'off'] } },
        },
      ],
      [VNET, { name: 'vnet' }],
    ],
  },

  'a subscription with its groups and what goes into them': {
    bicep: {
      'main.bicep': `targetScope = 'subscription'
param stage string = 'prod'
resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-\${stage}'
  location: 'westeurope'
}
module net 'net.bicep' = {
  scope: group
  params: { name: 'vnet-\${stage}' }
}
module other 'net.bicep' = {
  scope: resourceGroup('rg-shared')
  params: { name: 'vnet-shared', remote: net.outputs.id }
}
`,
      'net.bicep': `param name string
param remote string = ''
resource vnet '${VNET}@2024-05-01' = {
  name: name
  tags: { group: resourceGroup().name, remote: empty(remote) ? 'none' : split(remote, '/')[8] }
}
output id string = vnet.id
`,
    },
    arm: {
      'main.json': {
        ...template(
          [
            {
              ...resource('Microsoft.Resources/resourceGroups', "[format('rg-{0}', parameters('stage'))]"),
              location: 'westeurope',
            },
            deployment(
              'net',
              template(
                [
                  resource(VNET, "[parameters('name')]", {
                    tags: {
                      group: '[resourceGroup().name]',
                      remote: "[if(empty(parameters('remote')), 'none', split(parameters('remote'), '/')[8])]",
                    },
                  }),
                ],
                {
                  parameters: { name: { type: 'string' }, remote: { type: 'string', defaultValue: '' } },
                  outputs: { id: { type: 'string', value: `[resourceId('${VNET}', parameters('name'))]` } },
                },
              ),
              { name: "[format('vnet-{0}', parameters('stage'))]" },
              { resourceGroup: "[format('rg-{0}', parameters('stage'))]" },
            ),
            deployment(
              'other',
              template(
                [
                  resource(VNET, "[parameters('name')]", {
                    tags: { group: '[resourceGroup().name]', remote: "[split(parameters('remote'), '/')[8]]" },
                  }),
                ],
                { parameters: { name: { type: 'string' }, remote: { type: 'string' } } },
              ),
              {
                name: 'vnet-shared',
                remote:
                  "[reference(extensionResourceId(format('/subscriptions/{0}/resourceGroups/{1}', subscription().subscriptionId, format('rg-{0}', parameters('stage'))), 'Microsoft.Resources/deployments', 'net')).outputs.id.value]",
              },
              { resourceGroup: 'rg-shared' },
            ),
          ],
          { parameters: { stage: { type: 'string', defaultValue: 'prod' } } },
        ),
        $schema: SUBSCRIPTION_TEMPLATE,
      },
    },
    expected: [
      ['Microsoft.Resources/resourceGroups', { name: 'rg-prod', location: 'westeurope' }],
      [VNET, { name: 'vnet-prod', tags: { group: 'rg-prod', remote: 'none' } }],
      [VNET, { name: 'vnet-shared', tags: { group: 'rg-shared', remote: 'vnet-prod' } }],
    ],
  },

  'parameters from files that build on others': {
    bicep: {
      'main.bicep': `param name string
param allowed string[] = []
@secure()
param key string?
param access ('Allow' | 'Deny') = 'Allow'
resource account '${STORAGE}@2023-05-01' = {
  name: name
  tags: { keyed: key == null ? 'no' : 'yes' }
  properties: {
    networkAcls: {
      defaultAction: access
      ipRules: [for range in allowed: { value: range, action: 'Allow' }]
    }
  }
}
`,
      'base.bicepparam': "using none\nparam access = 'Deny'\nparam name = 'base'\n",
      'prod.bicepparam': `using 'main.bicep'
extends 'base.bicepparam'
var offices = ['203.0.113.0/24', '198.51.100.0/24']
param name = 'st\${toLower('PROD')}001'
param allowed = map(offices, o => cidrSubnet(o, 25, 1))
`,
    },
    arm: {
      'main.json': template(
        [
          resource(STORAGE, "[parameters('name')]", {
            tags: { keyed: "[if(equals(parameters('key'), null()), 'no', 'yes')]" },
            properties: {
              networkAcls: {
                defaultAction: "[parameters('access')]",
                copy: [
                  {
                    name: 'ipRules',
                    count: "[length(parameters('allowed'))]",
                    input: { value: "[parameters('allowed')[copyIndex('ipRules')]]", action: 'Allow' },
                  },
                ],
              },
            },
          }),
        ],
        {
          parameters: {
            name: { type: 'string' },
            allowed: { type: 'array', defaultValue: [] },
            key: { type: 'securestring', nullable: true },
            access: { type: 'string', defaultValue: 'Allow' },
          },
        },
      ),
      'prod.parameters.json': {
        $schema: PARAMETERS,
        contentVersion: '1.0.0.0',
        parameters: {
          Name: { value: 'stprod001' },
          allowed: { value: ['203.0.113.128/25', '198.51.100.128/25'] },
          access: { value: 'Deny' },
        },
      },
    },
    inputs: { bicep: 'prod.bicepparam', arm: 'prod.parameters.json' },
    expected: [
      [
        STORAGE,
        {
          name: 'stprod001',
          tags: { keyed: 'no' },
          properties: {
            networkAcls: {
              defaultAction: 'Deny',
              ipRules: [
                { value: '203.0.113.128/25', action: 'Allow' },
                { value: '198.51.100.128/25', action: 'Allow' },
              ],
            },
          },
        },
      ],
    ],
  },

  'children of a policy, and what is attached to it': {
    bicep: {
      'main.bicep': `param policyName string = 'afwp'
resource policy '${POLICY}@2024-05-01' = {
  name: policyName
}
resource group 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2024-05-01' = {
  parent: policy
  name: 'aks'
  properties: {
    priority: 200
    ruleCollections: loadJsonContent('rules.json', 'collections')
  }
}
resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: policy
  properties: { level: 'CanNotDelete', notes: group.name }
}
`,
      'rules.json': '{"collections": [{"name": "dns", "priority": 100}]}',
    },
    arm: {
      'main.json': template(
        [
          resource(POLICY, "[parameters('policyName')]"),
          resource(GROUP, "[format('{0}/{1}', parameters('policyName'), 'aks')]", {
            properties: { priority: 200, ruleCollections: "[variables('$fxv#0')]" },
            dependsOn: [`[resourceId('${POLICY}', parameters('policyName'))]`],
          }),
          resource('Microsoft.Authorization/locks', 'keep', {
            scope: `[format('${POLICY}/{0}', parameters('policyName'))]`,
            properties: { level: 'CanNotDelete', notes: 'aks' },
          }),
        ],
        {
          parameters: { policyName: { type: 'string', defaultValue: 'afwp' } },
          variables: { '$fxv#0': [{ name: 'dns', priority: 100 }] },
        },
      ),
    },
    expected: [
      [POLICY, { name: 'afwp' }],
      [GROUP, { name: 'afwp/aks', properties: { priority: 200, ruleCollections: [{ name: 'dns', priority: 100 }] } }],
      [
        'Microsoft.Authorization/locks',
        { name: 'keep', scope: { $id: `${POLICY}/afwp` }, properties: { level: 'CanNotDelete', notes: 'aks' } },
      ],
    ],
  },

  'what only Azure or the one who deploys can say': {
    bicep: {
      'main.bicep': `extension microsoftGraphV1
metadata owner = 'platform'
@secure()
param password string
param sku resourceInput<'${STORAGE}@2023-05-01'>.sku.name = 'Standard_ZRS'
param suffix string = newGuid()
assert named = length(suffix) > 3
resource account '${STORAGE}@2023-05-01' = {
  name: 'st\${uniqueString(resourceGroup().id)}'
  sku: { name: sku }
  tags: {
    made: utcNow('yyyy')
    where: resourceGroup().location
    secret: password
    suffix: 'x-\${suffix}'
    endpoint: 'https://\${environment().suffixes.storage}'
  }
}
resource reader '${STORAGE}@2023-05-01' = {
  name: 'reader'
  properties: {
    key: account.listKeys().keys[0].value
    blob: account.properties.primaryEndpoints.blob
    sku: account.sku.name
    id: account.id
  }
}
`,
    },
    arm: {
      'main.json': template(
        [
          resource(STORAGE, "[format('st{0}', uniqueString(resourceGroup().id))]", {
            sku: { name: "[parameters('sku')]" },
            tags: {
              made: "[utcNow('yyyy')]",
              where: '[resourceGroup().location]',
              secret: "[parameters('password')]",
              suffix: "[format('x-{0}', parameters('suffix'))]",
              endpoint: "[format('https://{0}', environment().suffixes.storage)]",
            },
          }),
          resource(STORAGE, 'reader', {
            properties: {
              key: `[listKeys(resourceId('${STORAGE}', format('st{0}', uniqueString(resourceGroup().id))), '2023-05-01').keys[0].value]`,
              blob: `[reference(resourceId('${STORAGE}', format('st{0}', uniqueString(resourceGroup().id))), '2023-05-01').primaryEndpoints.blob]`,
              sku: `[reference(resourceId('${STORAGE}', format('st{0}', uniqueString(resourceGroup().id))), '2023-05-01', 'full').sku.name]`,
              id: `[resourceId('${STORAGE}', format('st{0}', uniqueString(resourceGroup().id)))]`,
            },
          }),
        ],
        {
          metadata: { owner: 'platform' },
          extensions: { microsoftGraphV1: { name: 'MicrosoftGraph', version: '1.0.0' } },
          parameters: {
            password: { type: 'securestring' },
            sku: { type: 'string', defaultValue: 'Standard_ZRS' },
            suffix: { type: 'string', defaultValue: '[newGuid()]' },
          },
          asserts: { named: "[greater(length(parameters('suffix')), 3)]" },
        },
      ),
    },
    expected: [
      [
        STORAGE,
        {
          name: unknown(/./),
          sku: { name: 'Standard_ZRS' },
          tags: {
            made: unknown(/time of the deployment/),
            where: unknown(/is set by the deployment/),
            secret: unknown('parameter "password" has no value'),
            suffix: unknown(/another value in each deployment/),
            endpoint: 'https://core.windows.net',
          },
        },
      ],
      [
        STORAGE,
        {
          name: 'reader',
          properties: {
            key: unknown(/listKeys\(\) is answered by Azure/),
            blob: unknown(/is set by Azure/),
            sku: 'Standard_ZRS',
            id: unknown(/./),
          },
        },
      ],
    ],
  },
}
