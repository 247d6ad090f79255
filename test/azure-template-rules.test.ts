import { describe } from 'vitest'
import { bastionMissing } from '../src/rules/bastion-missing.ts'
import { ddosPlanMissing } from '../src/rules/ddos-plan-missing.ts'
import { kubenetRoutesMissing } from '../src/rules/kubenet-routes-missing.ts'
import { natCalledControl } from '../src/rules/nat-called-control.ts'
import { nsgLateral } from '../src/rules/nsg-lateral.ts'
import { nsgOutboundOpen } from '../src/rules/nsg-outbound-open.ts'
import { privateDnsMissing } from '../src/rules/private-dns-missing.ts'
import { finds, silent } from './rule-table.ts'
import { idOf, type Part, type TemplateResource, templates } from './templates.ts'

const NET = 'Microsoft.Network'

const subnetOf = (name: string) => ({ id: idOf(`${NET}/virtualNetworks/subnets`, 'v', name) })
const network = (subnets: Readonly<Record<string, { readonly [key: string]: Part }>>): TemplateResource => ({
  type: `${NET}/virtualNetworks@2024-05-01`,
  name: 'v',
  properties: {
    addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
    subnets: Object.entries(subnets).map(([name, properties]) => ({ name, properties })),
  },
})
const group = (name: string, ...securityRules: readonly { readonly [key: string]: Part }[]): TemplateResource => ({
  type: `${NET}/networkSecurityGroups@2024-05-01`,
  name,
  properties: { securityRules },
})
const on = (name: string) => ({ networkSecurityGroup: { id: idOf(`${NET}/networkSecurityGroups`, name) } })
const rule = (name: string, more: { readonly [key: string]: Part }) => ({
  name,
  properties: {
    priority: 200,
    direction: 'Outbound',
    access: 'Allow',
    protocol: 'Tcp',
    sourcePortRange: '*',
    sourceAddressPrefix: '*',
    destinationPortRange: '*',
    destinationAddressPrefix: '*',
    ...more,
  },
})
const card = (name: string, home: string, isPublic = false): TemplateResource => ({
  type: `${NET}/networkInterfaces@2024-05-01`,
  name,
  properties: {
    ipConfigurations: [
      {
        name: 'one',
        properties: {
          subnet: subnetOf(home),
          ...(isPublic && { publicIPAddress: { id: idOf(`${NET}/publicIPAddresses`, 'ip') } }),
        },
      },
    ],
  },
})
const ADDRESS: TemplateResource = { type: `${NET}/publicIPAddresses@2024-05-01`, name: 'ip', properties: {} }
const cluster = (
  home: string,
  networkProfile: { readonly [key: string]: Part },
  more: { readonly [key: string]: Part } = {},
): TemplateResource => ({
  type: 'Microsoft.ContainerService/managedClusters@2024-09-01',
  name: 'aks',
  properties: {
    agentPoolProfiles: [{ name: 'system', mode: 'System', vnetSubnetID: subnetOf(home).id }],
    networkProfile,
    ...more,
  },
})
const OVERLAY = { networkPlugin: 'azure', networkPluginMode: 'overlay' }
const NODES = { addressPrefix: '10.1.0.0/24' }
const DATA = { addressPrefix: '10.1.8.0/24' }

/** The first line of a resource in each language: in ARM an item of a list. */
const at = (files: Readonly<Record<string, string>>, index: number, type: string) =>
  'main.bicep' in files ? `main.bicep: resource r${index} '${type}' = {` : 'azuredeploy.json: {'

const OFFICE = { direction: 'Inbound', sourceAddressPrefix: '198.51.100.0/28', destinationPortRange: '22' }

describe('bastion-missing', () => {
  const machine = (...more: readonly TemplateResource[]) =>
    templates(network({ web: { ...DATA, ...on('nsg') } }), group('nsg', rule('office', OFFICE)), ADDRESS, ...more)
  for (const [language, head] of machine(card('nic', 'web', true))) {
    finds(bastionMissing, language, {
      head,
      at: 'main.bicep' in head ? 'main.bicep: {' : 'azuredeploy.json: {',
      says: ['198.51.100.0/28', 'rule office'],
    })
  }
  const bastion = { type: `${NET}/bastionHosts@2024-05-01`, name: 'b', properties: {} }
  for (const [language, head] of machine(card('nic', 'web', true), bastion)) {
    silent(bastionMissing, `a Bastion in ${language}`, { head })
  }
})

describe('ddos-plan-missing', () => {
  const gateway: TemplateResource = {
    type: `${NET}/applicationGateways@2024-05-01`,
    name: 'gateway',
    properties: {
      gatewayIPConfigurations: [{ name: 'one', properties: { subnet: subnetOf('web') } }],
      frontendIPConfigurations: [
        { name: 'one', properties: { publicIPAddress: { id: idOf(`${NET}/publicIPAddresses`, 'ip') } } },
      ],
    },
  }
  for (const [language, head] of templates(network({ web: DATA }), ADDRESS, gateway)) {
    finds(ddosPlanMissing, language, { head, at: at(head, 0, `${NET}/virtualNetworks@2024-05-01`), severity: 'note' })
  }
  const isSafe = { ...ADDRESS, properties: { ddosSettings: { protectionMode: 'Enabled' } } }
  for (const [language, head] of templates(network({ web: DATA }), isSafe, gateway)) {
    silent(ddosPlanMissing, `protection of the address in ${language}`, { head })
  }
})

describe('nsg-outbound-open', () => {
  const https = rule('https', { destinationPortRange: '443', destinationAddressPrefix: 'Internet' })
  const denial = rule('deny-internet-outbound', {
    priority: 4096,
    access: 'Deny',
    protocol: '*',
    destinationAddressPrefix: 'Internet',
  })
  const of = (...rules: readonly { readonly [key: string]: Part }[]) =>
    templates(network({ web: { ...DATA, ...on('nsg') } }), group('nsg', ...rules))
  const patched = of(https, denial)
  for (const [i, [language, head]] of of(https).entries()) {
    finds(nsgOutboundOpen, language, {
      head,
      at: at(head, 1, `${NET}/networkSecurityGroups@2024-05-01`),
      patched: patched[i]![1],
    })
  }
  for (const [language, head] of patched) silent(nsgOutboundOpen, `a denial in ${language}`, { head })
})

describe('nsg-lateral', () => {
  const of = (...rules: readonly { readonly [key: string]: Part }[]) =>
    templates(
      network({ nodes: { ...NODES, ...on('nsg') }, data: DATA }),
      group('nsg', ...rules),
      cluster('nodes', OVERLAY),
      card('db', 'data'),
    )
  const dns = rule('dns', { priority: 300, destinationPortRange: '53', destinationAddressPrefix: '10.1.9.0/24' })
  const {
    destinationPortRange: _,
    destinationAddressPrefix: to,
    ...denied
  } = rule('deny-lateral', {
    priority: 299,
    access: 'Deny',
    destinationAddressPrefix: '10.1.8.0/24',
  }).properties as Readonly<Record<string, Part>>
  const denial = {
    name: 'deny-lateral',
    properties: { ...denied, destinationPortRanges: ['22', '3389'], destinationAddressPrefix: to! },
  }
  const patched = of(dns, denial)
  for (const [i, [language, head]] of of(dns).entries()) {
    finds(nsgLateral, `${language}, with the denial above the rules that are there`, {
      head,
      at: at(head, 1, `${NET}/networkSecurityGroups@2024-05-01`),
      witness: 'node/aks/system → subnet/v/data TCP 22',
      patched: Object.fromEntries(Object.entries(patched[i]![1]).map(([path, text]) => [path, bicepLists(path, text)])),
    })
  }
})

/** Short lists stand on one line where a patch writes them. */
function bicepLists(path: string, text: string): string {
  if (path.endsWith('.json')) return text.replace(/\[\s+"22",\s+"3389"\s+\]/, '["22", "3389"]')
  return text.replace(/\[\s+'22'\s+'3389'\s+\]/, "['22', '3389']")
}

describe('kubenet-routes-missing', () => {
  for (const [language, head] of templates(network({ nodes: NODES }), cluster('nodes', { networkPlugin: 'kubenet' }))) {
    finds(kubenetRoutesMissing, language, {
      head,
      at: 'main.bicep' in head ? 'main.bicep: {' : 'azuredeploy.json: {',
      severity: 'high',
    })
  }
  for (const [language, head] of templates(network({ nodes: NODES }), cluster('nodes', OVERLAY))) {
    silent(kubenetRoutesMissing, `overlay in ${language}`, { head })
  }
})

describe('nat-called-control', () => {
  const gateway: TemplateResource = { type: `${NET}/natGateways@2024-05-01`, name: 'nat', properties: {} }
  const nodes = { ...NODES, natGateway: { id: idOf(`${NET}/natGateways`, 'nat') } }
  const outbound = { ...OVERLAY, outboundType: 'userAssignedNATGateway' }
  for (const [language, head] of templates(network({ nodes }), gateway, cluster('nodes', outbound))) {
    finds(natCalledControl, language, {
      head,
      at:
        'main.bicep' in head
          ? "main.bicep: id: resourceId('Microsoft.Network/natGateways', 'nat')"
          : `azuredeploy.json: "id": "[resourceId('Microsoft.Network/natGateways', 'nat')]"`,
      witness: 'node/aks/system → internet TCP 443',
    })
  }
})

describe('private-dns-missing', () => {
  const api = (enablePrivateClusterPublicFQDN: boolean) => ({
    apiServerAccessProfile: { enablePrivateCluster: true, enablePrivateClusterPublicFQDN, privateDNSZone: 'none' },
  })
  const of = (hasName: boolean) => templates(network({ nodes: NODES }), cluster('nodes', OVERLAY, api(hasName)))
  for (const [language, head] of of(false)) {
    finds(privateDnsMissing, language, {
      head,
      at: 'main.bicep' in head ? "main.bicep: privateDNSZone: 'none'" : 'azuredeploy.json: "privateDNSZone": "none"',
    })
  }
  for (const [language, head] of of(true)) silent(privateDnsMissing, `a public name in ${language}`, { head })
})
