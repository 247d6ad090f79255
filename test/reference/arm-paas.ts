import { membersOf } from './arm-network.ts'
import {
  type Declared,
  globally,
  type Json,
  network,
  type Properties,
  ref,
  reference,
  symbolOf,
} from './arm-resources.ts'
import type { Endpoint, Paas, State, Zone } from './state.ts'
import { rangesOf } from './terraform-paas.ts'

/** Services with public names, their private endpoints and zones. */
export function paasResources({ paas, endpoints, zones }: State): readonly Declared[] {
  return [
    ...paas.flatMap((service) => [...serviceResources(service), ...perimeterResources(service)]),
    ...zones.flatMap(zoneResources),
    ...endpoints.flatMap((endpoint) => endpointResources(endpoint, paas, zones)),
  ]
}

/** By kind: the type, the sub-resource of endpoints, and the zone. */
const KINDS = {
  vault: { type: 'Microsoft.KeyVault/vaults', group: 'vault', zone: 'privatelink.vaultcore.azure.net' },
  storage: {
    type: 'Microsoft.Storage/storageAccounts',
    group: 'blob',
    zone: 'privatelink.blob.core.windows.net',
  },
  sql: { type: 'Microsoft.Sql/servers', group: 'sqlServer', zone: 'privatelink.database.windows.net' },
} as const

function serviceResources(service: Paas): readonly Declared[] {
  const { kind, name } = service
  const { type } = KINDS[kind]
  const symbol = symbolOf(name)
  const access: Properties = service.publicAccess ? {} : { publicNetworkAccess: 'Disabled' }
  const declared = (properties: Properties, more: Properties = {}): Declared => ({
    symbol,
    type,
    api: '2023-08-01',
    names: [name],
    body: { location: 'westeurope', ...more, properties: { ...access, ...properties } },
  })
  switch (kind) {
    case 'vault':
      return [
        declared({
          tenantId: '00000000-0000-0000-0000-000000000000',
          sku: { family: 'A', name: 'standard' },
          accessPolicies: [],
          networkAcls: rulesOf(service),
        }),
      ]
    case 'storage':
      return [declared({ networkAcls: rulesOf(service) }, { kind: 'StorageV2', sku: { name: 'Standard_LRS' } })]
    case 'sql':
      return [
        declared({ version: '12.0' }),
        ...rangesOf(service).map(([first, last], index) => ({
          symbol: symbolOf(name, `${index}`),
          type: `${type}/firewallRules`,
          api: '2023-08-01',
          names: [name, `rule${index}`],
          body: { properties: { startIpAddress: first, endIpAddress: last } },
        })),
      ]
  }
}

function rulesOf({ defaultAction, ipRules, subnets }: Paas): Properties {
  return {
    bypass: 'None',
    defaultAction,
    ipRules: ipRules.map((rule) => ({ value: addressOf(rule) })),
    virtualNetworkRules: subnets.map(({ subnet }) => ({ id: ref(symbolOf(subnet)) })),
  }
}

const OWN_ADDRESSES: Readonly<Record<string, string>> = { nat: 'nat_ip', firewall: 'fw_ip', balancer: 'lb_ip' }

function addressOf(rule: string): Json {
  const own = OWN_ADDRESSES[rule]
  return own === undefined ? rule : ref(own, 'ipAddress')
}

function perimeterResources({ name, perimeter }: Paas): readonly Declared[] {
  if (perimeter === undefined) return []
  const [own, profile] = [`${name}-perimeter`, 'profile']
  const type = 'networkSecurityPerimeters'
  return [
    network(symbolOf(own), type, [own], {}),
    network(symbolOf(own, profile), `${type}/profiles`, [own, profile], {}),
    network(symbolOf(own, 'association'), `${type}/resourceAssociations`, [own, 'association'], {
      privateLinkResource: reference(symbolOf(name)),
      profile: reference(symbolOf(own, profile)),
      accessMode: perimeter,
    }),
  ]
}

function zoneResources({ kind, links }: Zone): readonly Declared[] {
  const { zone } = KINDS[kind]
  return [
    globally(symbolOf(kind, 'zone'), 'privateDnsZones', [zone], {}),
    ...links.map(({ vnet, fallsBack }) =>
      globally(symbolOf('link', kind, vnet), 'privateDnsZones/virtualNetworkLinks', [zone, vnet], {
        virtualNetwork: reference(symbolOf(vnet)),
        registrationEnabled: false,
        ...(fallsBack && { resolutionPolicy: 'NxDomainRedirect' }),
      }),
    ),
  ]
}

function endpointResources(endpoint: Endpoint, paas: readonly Paas[], zones: readonly Zone[]): readonly Declared[] {
  const { service: name, subnet, address, recorded, manual, groups } = endpoint
  const { kind } = paas.find((one) => one.name === name)!
  const { group } = KINDS[kind]
  const own = `pe-${name}`
  const connection = {
    name,
    properties: { privateLinkServiceId: ref(symbolOf(name)), groupIds: [group] },
  }
  const config = { name: kind, properties: { privateDnsZoneId: ref(symbolOf(kind, 'zone')) } }
  return [
    network(symbolOf('pe', name), 'privateEndpoints', [own], {
      subnet: reference(symbolOf(subnet)),
      [manual ? 'manualPrivateLinkServiceConnections' : 'privateLinkServiceConnections']: [connection],
      ...(address !== undefined && {
        ipConfigurations: [
          { name: 'main', properties: { groupId: group, memberName: group, privateIPAddress: address } },
        ],
      }),
      ...(groups.length > 0 && { applicationSecurityGroups: membersOf(groups) }),
    }),
    ...(recorded && zones.some((zone) => zone.kind === kind)
      ? [
          network(symbolOf('zones', name), 'privateEndpoints/privateDnsZoneGroups', [own, 'default'], {
            privateDnsZoneConfigs: [config],
          }),
        ]
      : []),
  ]
}
