import { type Block, block, COMMON, oneOrMany, optional, type Pair, publicIp, ref, resource } from './hcl.ts'
import type { NsgRule, State, Subnet } from './state.ts'

/** Networks, filters, routes and ways out. */
export function networkBlocks(state: State): readonly Block[] {
  return [
    ...networks(state),
    ...applicationGroups(state),
    ...groups(state),
    ...routeTables(state),
    ...peerings(state),
    ...gateway(state),
  ]
}

function networks({ vnets }: State): readonly Block[] {
  return vnets.flatMap((vnet) => [
    resource('virtual_network', vnet.name, [
      ...COMMON,
      ['address_space', vnet.space6 === undefined ? [vnet.space] : [vnet.space, vnet.space6]],
      ...optional(vnet.dnsServers.length > 0, 'dns_servers', vnet.dnsServers),
    ]),
    ...vnet.subnets.flatMap((subnet) => [
      resource('subnet', subnet.name, subnetOf(vnet.name, subnet)),
      ...(subnet.nsg === undefined
        ? []
        : [association('network_security_group', subnet.name, `network_security_group.${subnet.nsg}`)]),
      ...(subnet.routeTable === undefined
        ? []
        : [association('route_table', subnet.name, `route_table.${subnet.routeTable}`)]),
      ...(subnet.nat ? [association('nat_gateway', subnet.name, 'nat_gateway.nat')] : []),
    ]),
  ])
}

function subnetOf(vnet: string, subnet: Subnet): Block['body'] {
  const { prefix, prefix6, serviceEndpoints, defaultOutbound, endpointPolicies } = subnet
  return [
    ['resource_group_name', 'rg'],
    ['virtual_network_name', ref(`azurerm_virtual_network.${vnet}.name`)],
    ['address_prefixes', prefix6 === undefined ? [prefix] : [prefix, prefix6]],
    ...optional(serviceEndpoints.length > 0, 'service_endpoints', serviceEndpoints.map(toServiceEndpoint)),
    ...(defaultOutbound === undefined ? [] : [['default_outbound_access_enabled', defaultOutbound] as const]),
    ...optional(endpointPolicies !== 'Disabled', 'private_endpoint_network_policies', endpointPolicies),
  ]
}

/** `Microsoft.KeyVault` has the tag `AzureKeyVault`. */
export function toServiceEndpoint(tag: string): string {
  return `Microsoft.${tag === 'AzureKeyVault' ? 'KeyVault' : tag}`
}

function association(kind: string, subnet: string, target: string): Block {
  return {
    head: `resource "azurerm_subnet_${kind}_association" "${subnet}"`,
    body: [
      ['subnet_id', ref(`azurerm_subnet.${subnet}.id`)],
      [`${kind}_id`, ref(`azurerm_${target}.id`)],
    ],
  }
}

function applicationGroups({ groups }: State): readonly Block[] {
  return groups.map((name) => resource('application_security_group', name, COMMON))
}

/** The ids of application security groups. */
export function groupIds(groups: readonly string[]): readonly ReturnType<typeof ref>[] {
  return groups.map((group) => ref(`azurerm_application_security_group.${group}.id`))
}

function groups({ nsgs }: State): readonly Block[] {
  return nsgs.flatMap(({ name, rules }, index) => {
    const blocks = rules.map((rule, each): Block['body'] => [
      ['name', `rule${each}`],
      ['direction', rule.direction],
      ['priority', rule.priority],
      ['access', rule.access],
      ['protocol', rule.protocol],
      ['source_port_range', '*'],
      oneOrMany('destination_port_range', rule.ports),
      ...end('source', rule.sources, rule.sourceGroups),
      ...end('destination', rule.destinations, rule.destinationGroups),
    ])
    // Inline and as resources of their own, by turns.
    if (index % 2 === 0) {
      return [
        resource('network_security_group', name, [...COMMON, ...blocks.map((body) => block('security_rule', body))]),
      ]
    }
    return [
      resource('network_security_group', name, COMMON),
      ...blocks.map(
        (body, each): Block => ({
          head: `resource "azurerm_network_security_rule" "${name}-${each}"`,
          body: [
            ...body,
            ['resource_group_name', 'rg'],
            ['network_security_group_name', ref(`azurerm_network_security_group.${name}.name`)],
          ],
        }),
      ),
    ]
  })
}

/** Prefixes, or application security groups in their place. */
function end(
  side: 'source' | 'destination',
  prefixes: NsgRule['sources'],
  groups: NsgRule['sourceGroups'],
): readonly Pair[] {
  return groups === undefined
    ? [oneOrMany(`${side}_address_prefix`, prefixes, 'es')]
    : [[`${side}_application_security_group_ids`, groupIds(groups)]]
}

function routeTables({ routeTables }: State): readonly Block[] {
  return routeTables.map(({ name, routes }) =>
    resource('route_table', name, [
      ...COMMON,
      ...routes.map(({ prefix, hop, appliance }, index) =>
        block('route', [
          ['name', `route${index}`],
          ['address_prefix', prefix],
          ['next_hop_type', hop],
          ...(appliance === undefined
            ? []
            : [['next_hop_in_ip_address', ref('azurerm_firewall.fw.ip_configuration[0].private_ip_address')] as const]),
        ]),
      ),
    ]),
  )
}

function peerings({ peerings }: State): readonly Block[] {
  return peerings.map(({ from, to, access, forwarded }) =>
    resource('virtual_network_peering', `${from}-${to}`, [
      ['resource_group_name', 'rg'],
      ['virtual_network_name', ref(`azurerm_virtual_network.${from}.name`)],
      ['remote_virtual_network_id', ref(`azurerm_virtual_network.${to}.id`)],
      ...(access ? [] : [['allow_virtual_network_access', false] as const]),
      ...(forwarded ? [['allow_forwarded_traffic', true] as const] : []),
    ]),
  )
}

function gateway({ vnets }: State): readonly Block[] {
  if (!vnets.some(({ subnets }) => subnets.some(({ nat }) => nat))) return []
  return [
    publicIp('nat-ip'),
    resource('nat_gateway', 'nat', COMMON),
    resource('nat_gateway_public_ip_association', 'nat', [
      ['nat_gateway_id', ref('azurerm_nat_gateway.nat.id')],
      ['public_ip_address_id', ref('azurerm_public_ip.nat-ip.id')],
    ]),
  ]
}
