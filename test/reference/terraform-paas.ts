import { type Argument, type Block, block, COMMON, link, optional, type Pair, ref, resource } from './hcl.ts'
import type { Endpoint, Paas, State, Zone } from './state.ts'

/** Services with public names, their private endpoints and zones. */
export function paasBlocks({ paas, endpoints, zones }: State): readonly Block[] {
  return [
    ...paas.flatMap((service) => [...serviceBlocks(service), ...perimeterBlocks(service)]),
    ...zones.flatMap(zoneBlocks),
    ...endpoints.map((endpoint) => endpointBlock(endpoint, paas, zones)),
  ]
}

/** By kind: the resource, the sub-resource of endpoints, and the zone. */
const KINDS = {
  vault: { type: 'key_vault', group: 'vault', zone: 'privatelink.vaultcore.azure.net' },
  storage: { type: 'storage_account', group: 'blob', zone: 'privatelink.blob.core.windows.net' },
  sql: { type: 'mssql_server', group: 'sqlServer', zone: 'privatelink.database.windows.net' },
} as const

function serviceBlocks(service: Paas): readonly Block[] {
  const { kind, name } = service
  const access = optional(!service.publicAccess, 'public_network_access_enabled', false)
  const subnets = service.subnets.map(({ subnet }) => ref(`azurerm_subnet.${subnet}.id`))
  switch (kind) {
    case 'vault':
      return [
        resource('key_vault', name, [
          ...COMMON,
          ['tenant_id', '00000000-0000-0000-0000-000000000000'],
          ['sku_name', 'standard'],
          ...access,
          block('network_acls', [
            ['default_action', service.defaultAction],
            ['bypass', 'None'],
            ['ip_rules', service.ipRules.map(toIpRule)],
            ['virtual_network_subnet_ids', subnets],
          ]),
        ]),
      ]
    case 'storage':
      return [
        resource('storage_account', name, [
          ...COMMON,
          ['account_tier', 'Standard'],
          ['account_replication_type', 'LRS'],
          ...access,
          block('network_rules', [
            ['default_action', service.defaultAction],
            ['bypass', ['None']],
            ['ip_rules', service.ipRules.map(toIpRule)],
            ['virtual_network_subnet_ids', subnets],
          ]),
        ]),
      ]
    case 'sql':
      return [
        resource('mssql_server', name, [...COMMON, ['version', '12.0'], ...access]),
        ...rangesOf(service).map(([first, last], index) =>
          resource('mssql_firewall_rule', `${name}-${index}`, [
            ['server_id', ref(`azurerm_mssql_server.${name}.id`)],
            ['start_ip_address', first],
            ['end_ip_address', last],
          ]),
        ),
      ]
  }
}

/** First and last addresses of a database server's rules: 0.0.0.0 alone is every address of Azure. */
export function rangesOf({ ipRules, admitsAzure }: Paas): readonly (readonly [first: string, last: string])[] {
  const lasts: Readonly<Record<string, string>> = { '203.0.113.0': '203.0.113.255', '198.51.100.9': '198.51.100.9' }
  const written = ipRules.map((rule) => rule.split('/')[0]!).map((first) => [first, lasts[first]!] as const)
  return admitsAzure ? [...written, ['0.0.0.0', '0.0.0.0']] : written
}

function perimeterBlocks({ kind, name, perimeter }: Paas): readonly Block[] {
  if (perimeter === undefined) return []
  return [
    resource('network_security_perimeter', `${name}-perimeter`, COMMON),
    resource('network_security_perimeter_profile', `${name}-profile`, [
      ['network_security_perimeter_id', ref(`azurerm_network_security_perimeter.${name}-perimeter.id`)],
    ]),
    resource('network_security_perimeter_association', `${name}-association`, [
      ['access_mode', perimeter],
      ['network_security_perimeter_profile_id', ref(`azurerm_network_security_perimeter_profile.${name}-profile.id`)],
      ['resource_id', ref(`azurerm_${KINDS[kind].type}.${name}.id`)],
    ]),
  ]
}

function zoneBlocks({ kind, links }: Zone): readonly Block[] {
  return [
    link('private_dns_zone', kind, [
      ['name', KINDS[kind].zone],
      ['resource_group_name', 'rg'],
    ]),
    ...links.map(({ vnet, fallsBack }) =>
      resource('private_dns_zone_virtual_network_link', `${kind}-${vnet}`, [
        ['resource_group_name', 'rg'],
        ['private_dns_zone_name', ref(`azurerm_private_dns_zone.${kind}.name`)],
        ['virtual_network_id', ref(`azurerm_virtual_network.${vnet}.id`)],
        ...optional(fallsBack, 'resolution_policy', 'NxDomainRedirect'),
      ]),
    ),
  ]
}

function endpointBlock(endpoint: Endpoint, paas: readonly Paas[], zones: readonly Zone[]): Block {
  const { kind, name } = paas.find((one) => one.name === endpoint.service)!
  const { type, group } = KINDS[kind]
  const hasZone = endpoint.recorded && zones.some((zone) => zone.kind === kind)
  const written: readonly Pair[] =
    endpoint.address === undefined
      ? []
      : [
          ['name', 'main'],
          ['private_ip_address', endpoint.address],
          ['subresource_name', group],
        ]
  return resource('private_endpoint', `pe-${name}`, [
    ...COMMON,
    ['subnet_id', ref(`azurerm_subnet.${endpoint.subnet}.id`)],
    block('private_service_connection', [
      ['name', name],
      ['private_connection_resource_id', ref(`azurerm_${type}.${name}.id`)],
      ['subresource_names', [group]],
      ['is_manual_connection', endpoint.manual],
    ]),
    ...(written.length === 0 ? [] : [block('ip_configuration', written)]),
    ...(hasZone
      ? [
          block('private_dns_zone_group', [
            ['name', 'default'],
            ['private_dns_zone_ids', [ref(`azurerm_private_dns_zone.${kind}.id`)]],
          ]),
        ]
      : []),
  ])
}

/** Members of application security groups among the endpoints. */
export function endpointMembers({ endpoints }: State): readonly Block[] {
  return endpoints.flatMap(({ service, groups }) =>
    groups.map((group) =>
      link('private_endpoint_application_security_group_association', `${service}-${group}`, [
        ['private_endpoint_id', ref(`azurerm_private_endpoint.pe-${service}.id`)],
        ['application_security_group_id', ref(`azurerm_application_security_group.${group}.id`)],
      ]),
    ),
  )
}

const OWN_ADDRESSES: Readonly<Record<string, string>> = { nat: 'nat-ip', firewall: 'fw-ip', balancer: 'lb-ip' }

function toIpRule(rule: string): Argument {
  const own = OWN_ADDRESSES[rule]
  return own === undefined ? rule : ref(`azurerm_public_ip.${own}.ip_address`)
}
