import type { Collection, RuleGroup, State } from './state.ts'

/** A block of HCL: arguments are JSON-like, `Ref` is an expression, nested `Block`s are blocks. */
type Argument = string | number | boolean | Ref | readonly Argument[]
interface Ref {
  readonly ref: string
}
interface Block {
  readonly head: string
  readonly body: readonly (Block | readonly [name: string, value: Argument])[]
}

const COMMON: readonly (readonly [string, Argument])[] = [
  ['location', 'westeurope'],
  ['resource_group_name', 'rg'],
]

/** The state's Azure resources in azurerm 4. */
export function writeTerraform(state: State): string {
  return [
    block('terraform', [
      block('required_providers', [['azurerm', { ref: '{\n source = "hashicorp/azurerm"\n version = "4.30.0"\n}' }]]),
    ]),
    ...networks(state),
    ...groups(state),
    ...routeTables(state),
    ...peerings(state),
    ...gateway(state),
    ...firewall(state),
    ...cluster(state),
    ...vaults(state),
  ]
    .map((each) => print(each, ''))
    .join('')
}

function networks({ vnets }: State): readonly Block[] {
  return vnets.flatMap((vnet) => [
    resource('virtual_network', vnet.name, [
      ...COMMON,
      ['address_space', vnet.space6 === undefined ? [vnet.space] : [vnet.space, vnet.space6]],
    ]),
    ...vnet.subnets.flatMap((subnet) => [
      resource('subnet', subnet.name, [
        ['resource_group_name', 'rg'],
        ['virtual_network_name', ref(`azurerm_virtual_network.${vnet.name}.name`)],
        ['address_prefixes', subnet.prefix6 === undefined ? [subnet.prefix] : [subnet.prefix, subnet.prefix6]],
        ...(subnet.keyVaultEndpoint ? [['service_endpoints', ['Microsoft.KeyVault']] as const] : []),
        ...(subnet.defaultOutbound ? [] : [['default_outbound_access_enabled', false] as const]),
        ...(subnet.endpointPolicies === 'Disabled'
          ? []
          : [['private_endpoint_network_policies', subnet.endpointPolicies] as const]),
      ]),
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

function association(kind: string, subnet: string, target: string): Block {
  return {
    head: `resource "azurerm_subnet_${kind}_association" "${subnet}"`,
    body: [
      ['subnet_id', ref(`azurerm_subnet.${subnet}.id`)],
      [`${kind}_id`, ref(`azurerm_${target}.id`)],
    ],
  }
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
      oneOrMany('source_address_prefix', rule.sources, 'es'),
      oneOrMany('destination_address_prefix', rule.destinations, 'es'),
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

function oneOrMany(name: string, values: readonly string[], plural = 's'): readonly [string, Argument] {
  return values.length === 1 ? [name, values[0]!] : [`${name}${plural}`, values]
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

function publicIp(name: string): Block {
  return resource('public_ip', name, [...COMMON, ['allocation_method', 'Static'], ['sku', 'Standard']])
}

function firewall({ firewall }: State): readonly Block[] {
  if (firewall === undefined) return []
  return [
    publicIp('fw-ip'),
    {
      head: 'resource "azurerm_subnet" "firewall"',
      body: [
        ['name', 'AzureFirewallSubnet'],
        ['resource_group_name', 'rg'],
        ['virtual_network_name', ref(`azurerm_virtual_network.${firewall.vnet}.name`)],
        ['address_prefixes', [firewall.prefix]],
      ],
    },
    resource('firewall', 'fw', [
      ...COMMON,
      ['sku_name', 'AZFW_VNet'],
      ['sku_tier', 'Standard'],
      ['firewall_policy_id', ref('azurerm_firewall_policy.child.id')],
      block('ip_configuration', [
        ['name', 'main'],
        ['subnet_id', ref('azurerm_subnet.firewall.id')],
        ['public_ip_address_id', ref('azurerm_public_ip.fw-ip.id')],
      ]),
    ]),
    ...(firewall.parent.length > 0 ? [resource('firewall_policy', 'parent', COMMON)] : []),
    resource('firewall_policy', 'child', [
      ...COMMON,
      ...(firewall.parent.length > 0 ? [['base_policy_id', ref('azurerm_firewall_policy.parent.id')] as const] : []),
    ]),
    ...firewall.parent.map((group, index) => ruleGroup('parent', group, index)),
    ...firewall.groups.map((group, index) => ruleGroup('child', group, index)),
  ]
}

function ruleGroup(policy: string, { priority, collections }: RuleGroup, index: number): Block {
  return resource('firewall_policy_rule_collection_group', `${policy}${index}`, [
    ['firewall_policy_id', ref(`azurerm_firewall_policy.${policy}.id`)],
    ['priority', priority],
    ...collections.map(ruleCollection),
  ])
}

function ruleCollection(collection: Collection, index: number): Block {
  const head: Block['body'] = [
    ['name', `collection${index}`],
    ['priority', collection.priority],
  ]
  switch (collection.kind) {
    case 'network':
      return block('network_rule_collection', [
        ...head,
        ['action', collection.action],
        ...collection.rules.map((rule, each) =>
          block('rule', [
            ['name', `rule${each}`],
            ['source_addresses', rule.sources],
            ['destination_addresses', rule.destinations],
            ['protocols', rule.protocols],
            ['destination_ports', rule.ports],
          ]),
        ),
      ])
    case 'application':
      return block('application_rule_collection', [
        ...head,
        ['action', collection.action],
        ...collection.rules.map((rule, each) =>
          block('rule', [
            ['name', `rule${each}`],
            ['source_addresses', rule.sources],
            ['destination_fqdns', rule.names],
            ...rule.protocols.map(({ type, port }) =>
              block('protocols', [
                ['type', type],
                ['port', port],
              ]),
            ),
          ]),
        ),
      ])
    case 'dnat':
      return block('nat_rule_collection', [
        ...head,
        ['action', 'Dnat'],
        ...collection.rules.map((rule, each) =>
          block('rule', [
            ['name', `rule${each}`],
            ['protocols', ['TCP']],
            ['source_addresses', rule.sources],
            ['destination_address', ref('azurerm_public_ip.fw-ip.ip_address')],
            ['destination_ports', [`${rule.port}`]],
            ['translated_address', rule.address],
            ['translated_port', `${rule.translatedPort}`],
          ]),
        ),
      ])
  }
}

function cluster({ cluster }: State): readonly Block[] {
  const pool = (each: State['cluster']['pools'][number]): Block['body'] => [
    ['name', each.name],
    ['vm_size', 'Standard_D4s_v5'],
    ['node_count', 3],
    ['vnet_subnet_id', ref(`azurerm_subnet.${each.subnet}.id`)],
    ...(each.podSubnet === undefined ? [] : [['pod_subnet_id', ref(`azurerm_subnet.${each.podSubnet}.id`)] as const]),
    ...(each.publicIps ? [['node_public_ip_enabled', true] as const] : []),
    ...(each.allowedHostPorts.length === 0
      ? []
      : [
          block(
            'node_network_profile',
            each.allowedHostPorts.map((port) =>
              block('allowed_host_ports', [
                ['port_start', port],
                ['port_end', port],
                ['protocol', 'TCP'],
              ]),
            ),
          ),
        ]),
  ]
  const { mode, engine, outbound, podCidr, podCidr6, pools, api } = cluster
  return [
    resource('kubernetes_cluster', 'aks', [
      ...COMMON,
      ['dns_prefix', 'aks'],
      ['kubernetes_version', '1.33'],
      ...(api.private ? [['private_cluster_enabled', true] as const] : []),
      block('default_node_pool', pool(pools[0]!)),
      block('network_profile', [
        ['network_plugin', mode === 'kubenet' ? 'kubenet' : 'azure'],
        ...(mode === 'overlay' ? [['network_plugin_mode', 'overlay'] as const] : []),
        ...(podCidr6 !== undefined
          ? [['pod_cidrs', [podCidr, podCidr6]] as const, ['ip_versions', ['IPv4', 'IPv6']] as const]
          : mode === 'overlay' || mode === 'kubenet'
            ? [['pod_cidr', podCidr] as const]
            : []),
        ...(engine === 'none' ? [] : [['network_policy', engine] as const]),
        ...(engine === 'cilium' ? [['network_data_plane', 'cilium'] as const] : []),
        ['service_cidr', '172.20.0.0/16'],
        ['dns_service_ip', '172.20.0.10'],
        ['outbound_type', outbound],
      ]),
      ...(api.authorized.length === 0 || api.private
        ? []
        : [block('api_server_access_profile', [['authorized_ip_ranges', api.authorized]])]),
    ]),
    ...pools
      .slice(1)
      .map((each) =>
        resource('kubernetes_cluster_node_pool', each.name, [
          ['kubernetes_cluster_id', ref('azurerm_kubernetes_cluster.aks.id')],
          ...pool(each).slice(1),
        ]),
      ),
  ]
}

function vaults({ vaults, endpoints, zone }: State): readonly Block[] {
  return [
    ...vaults.map((vault) =>
      resource('key_vault', vault.name, [
        ...COMMON,
        ['tenant_id', '00000000-0000-0000-0000-000000000000'],
        ['sku_name', 'standard'],
        ...(vault.publicAccess ? [] : [['public_network_access_enabled', false] as const]),
        block('network_acls', [
          ['default_action', vault.defaultAction],
          ['bypass', 'None'],
          ['ip_rules', vault.ipRules.map(toIpRule)],
          ['virtual_network_subnet_ids', vault.subnets.map(({ subnet }) => ref(`azurerm_subnet.${subnet}.id`))],
        ]),
      ]),
    ),
    ...(zone === undefined
      ? []
      : [
          {
            head: 'resource "azurerm_private_dns_zone" "vault"',
            body: [
              ['name', 'privatelink.vaultcore.azure.net'],
              ['resource_group_name', 'rg'],
            ],
          } satisfies Block,
          ...zone.links.map((vnet) =>
            resource('private_dns_zone_virtual_network_link', vnet, [
              ['resource_group_name', 'rg'],
              ['private_dns_zone_name', ref('azurerm_private_dns_zone.vault.name')],
              ['virtual_network_id', ref(`azurerm_virtual_network.${vnet}.id`)],
            ]),
          ),
        ]),
    ...endpoints.map(({ vault, subnet }) =>
      resource('private_endpoint', `pe-${vault}`, [
        ...COMMON,
        ['subnet_id', ref(`azurerm_subnet.${subnet}.id`)],
        block('private_service_connection', [
          ['name', 'vault'],
          ['private_connection_resource_id', ref(`azurerm_key_vault.${vault}.id`)],
          ['subresource_names', ['vault']],
          ['is_manual_connection', false],
        ]),
        ...(zone === undefined
          ? []
          : [
              block('private_dns_zone_group', [
                ['name', 'default'],
                ['private_dns_zone_ids', [ref('azurerm_private_dns_zone.vault.id')]],
              ]),
            ]),
      ]),
    ),
  ]
}

function toIpRule(rule: string): Argument {
  return rule === 'nat'
    ? ref('azurerm_public_ip.nat-ip.ip_address')
    : rule === 'firewall'
      ? ref('azurerm_public_ip.fw-ip.ip_address')
      : rule
}

function ref(expression: string): Ref {
  return { ref: expression }
}

function block(head: string, body: Block['body']): Block {
  return { head, body }
}

function resource(type: string, name: string, body: Block['body']): Block {
  return { head: `resource "azurerm_${type}" "${name}"`, body: [['name', name], ...body] }
}

function print({ head, body }: Block, indent: string): string {
  const inner = `${indent}  `
  const lines = body.map((part) =>
    'head' in part ? print(part, inner) : `${inner}${part[0]} = ${printArgument(part[1])}\n`,
  )
  return `${indent}${head} {\n${lines.join('')}${indent}}\n`
}

function printArgument(value: Argument): string {
  if (typeof value !== 'object') return JSON.stringify(value)
  return 'ref' in value ? value.ref : `[${value.map(printArgument).join(', ')}]`
}
