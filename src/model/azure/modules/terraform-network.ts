import type { Origin } from '../../../base/origin.ts'
import type { Value } from '../../../base/value.ts'
import { at, present } from '../prop.ts'
import {
  type Call,
  type Created,
  entriesOf,
  flag,
  isFalse,
  isTrue,
  type ModuleMapping,
  main,
  mapOf,
  named,
  notTold,
  text,
  valuesOf,
} from './mapping.ts'

const repository = (name: string, files: string) =>
  `github.com/Azure/terraform-azurerm-avm-res-network-${name}: ${files}`
const NETWORK = {
  from: '0.2',
  to: '0.17',
  read: repository(
    'virtualnetwork',
    'main.subnet.tf, main.peering.tf, main.virtual.network.tf, modules/subnet, modules/peering',
  ),
}

/** Modules that create networks, their subnets and peerings, security groups, route tables and what stands on a subnet. */
export const NETWORK_MAPPINGS: readonly ModuleMapping[] = [
  { source: 'azure/avm-res-network-virtualnetwork/azurerm', versions: NETWORK, expand: expandNetwork },
  {
    source: 'azure/avm-res-network-virtualnetwork/azurerm//modules/subnet',
    versions: NETWORK,
    expand: ({ inputs, origin, input, created }) =>
      // The network's id is an argument of its own since 0.16.
      subnetResources('', inputs, input('virtual_network.resource_id') ?? input('parent_id'), created, origin),
  },
  {
    source: 'azure/avm-res-network-virtualnetwork/azurerm//modules/peering',
    versions: NETWORK,
    expand: ({ inputs, origin, input }) =>
      peeringResources(
        '',
        inputs,
        input('virtual_network.resource_id') ?? input('parent_id'),
        input('remote_virtual_network.resource_id') ?? input('remote_virtual_network_id'),
        origin,
      ),
  },
  {
    source: 'azure/avm-res-network-networksecuritygroup/azurerm',
    versions: { from: '0.1', to: '0.5', read: repository('networksecuritygroup', 'main.tf') },
    expand: ({ inputs, origin, input }) => [
      main(
        'azurerm_network_security_group',
        { ...named(inputs), security_rule: valuesOf(input('security_rules')) },
        origin,
      ),
    ],
  },
  {
    source: 'azure/avm-res-network-routetable/azurerm',
    versions: { from: '0.1', to: '0.5', read: repository('routetable', 'main.tf') },
    expand: expandRouteTable,
  },
  {
    source: 'azure/avm-res-network-publicipaddress/azurerm',
    versions: { from: '0.1', to: '0.2', read: repository('publicipaddress', 'main.tf') },
    expand: ({ inputs, origin }) => [
      main(
        'azurerm_public_ip',
        named(inputs, [
          'sku',
          'ip_version',
          'allocation_method',
          'public_ip_prefix_id',
          'domain_name_label',
          'ddos_protection_mode',
        ]),
        origin,
      ),
    ],
  },
  {
    source: 'azure/avm-res-network-natgateway/azurerm',
    versions: { from: '0.1', to: '0.3', read: repository('natgateway', 'main.tf') },
    expand: expandNatGateway,
  },
  {
    source: 'azure/avm-res-network-privatednszone/azurerm',
    versions: { from: '0.1', to: '0.4', read: repository('privatednszone', 'main.tf') },
    expand: expandZone,
  },
]

function expandNetwork({ inputs, origin, input, created }: Call): readonly Created[] {
  const dns = input('dns_servers')
  const subnets = input('subnets')
  const isList = subnets?.kind === 'map' || subnets?.kind === 'list'
  const network = main(
    'azurerm_virtual_network',
    {
      ...named(inputs, ['address_space']),
      // Pools of an address manager give ranges that nobody writes.
      ...(input('ipam_pools') !== undefined && input('address_space') === undefined
        ? { address_space: notTold('the range comes from a pool', origin) }
        : {}),
      dns_servers: dns?.kind === 'map' ? at(dns, 'dns_servers') : dns,
      subnet: isList ? undefined : present(subnets),
    },
    origin,
  )
  const made = entriesOf(subnets).flatMap(([key, subnet]) =>
    subnetResources(`subnets["${key}"]`, subnet, created(''), created, subnet.origin),
  )
  const peerings = entriesOf(input('peerings')).flatMap(([key, peering]) =>
    peeringResources(
      `peerings["${key}"]`,
      peering,
      created(''),
      at(peering, 'remote_virtual_network_resource_id'),
      peering.origin,
    ),
  )
  return [network, ...made, ...peerings]
}

function subnetResources(
  suffix: string,
  subnet: Value,
  network: Value | undefined,
  created: Call['created'],
  origin: Origin,
): readonly Created[] {
  const gateway = at(subnet, 'nat_gateway.id')
  const endpoints = at(subnet, 'service_endpoints_with_location') ?? at(subnet, 'service_endpoints')
  const prefixes = at(subnet, 'address_prefixes')
  const prefix = at(subnet, 'address_prefix')
  const isPooled = prefix === undefined && prefixes === undefined && at(subnet, 'ipam_pools') !== undefined
  const value = mapOf(
    {
      name: at(subnet, 'name'),
      virtual_network_name: network,
      address_prefix: prefix,
      address_prefixes: isPooled ? notTold('the range comes from a pool', origin) : prefixes,
      network_security_group_id_wo: at(subnet, 'network_security_group.id'),
      route_table_id_wo: at(subnet, 'route_table.id'),
      service_endpoints: namesOf(endpoints),
      delegation: valuesOf(at(subnet, 'delegations') ?? at(subnet, 'delegation')),
      // The module makes subnets private, and holds private endpoints to their policies, where it is not told otherwise.
      default_outbound_access_enabled: at(subnet, 'default_outbound_access_enabled') ?? flag(false, origin),
      private_endpoint_network_policies: at(subnet, 'private_endpoint_network_policies') ?? text('Enabled', origin),
    },
    origin,
  )
  const own: Created = { suffix, kind: 'azurerm_subnet', value }
  if (gateway === undefined) return [own]
  const association = mapOf({ subnet_id: created(suffix), nat_gateway_id: gateway }, origin)
  return [own, { suffix: `${suffix}.nat`, kind: 'azurerm_subnet_nat_gateway_association', value: association }]
}

/** Names of services, from texts or from objects with the name under `service`. */
function namesOf(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'list') return value
  return { ...value, items: value.items.map((item) => (item.kind === 'map' ? (at(item, 'service') ?? item) : item)) }
}

function peeringResources(
  suffix: string,
  peering: Value,
  network: Value | undefined,
  remote: Value | undefined,
  origin: Origin,
): readonly Created[] {
  const half = (prefix: string, from: Value | undefined, to: Value | undefined) => {
    const isPartial = isFalse(at(peering, `${prefix}peer_complete_vnets`))
    const access = at(peering, `${prefix}allow_virtual_network_access`)
    const names = (side: string) => subnetNames(at(peering, `${prefix}${side}_peered_subnets`))
    return mapOf(
      {
        name:
          at(peering, `${prefix}name`) ??
          (prefix === '' ? at(peering, 'name') : notTold('the name is made by the module', origin)),
        virtual_network_name: from,
        remote_virtual_network_id: to,
        // Of networks that are peered by ranges, what is not named stays apart.
        allow_virtual_network_access:
          isPartial && names('local') === undefined && !isFalse(access)
            ? notTold('only parts of the networks are peered', origin)
            : access,
        peer_complete_virtual_networks_enabled: at(peering, `${prefix}peer_complete_vnets`),
        local_subnet_names: names('local'),
        remote_subnet_names: names('remote'),
        allow_forwarded_traffic: at(peering, `${prefix}allow_forwarded_traffic`),
        allow_gateway_transit: at(peering, `${prefix}allow_gateway_transit`),
        use_remote_gateways: at(peering, `${prefix}use_remote_gateways`),
      },
      origin,
    )
  }
  const kind = 'azurerm_virtual_network_peering'
  const own: Created = { suffix, kind, value: half('', network, remote) }
  if (!isTrue(at(peering, 'create_reverse_peering'))) return [own]
  return [own, { suffix: `${suffix}.reverse`, kind, value: half('reverse_', remote, network) }]
}

/** Names from objects of a map, each with the name of one subnet. */
function subnetNames(value: Value | undefined): Value | undefined {
  const list = valuesOf(value)
  if (list?.kind !== 'list') return list
  return { ...list, items: list.items.map((item) => at(item, 'subnet_name') ?? item) }
}

function expandRouteTable({ inputs, origin, input, created }: Call): readonly Created[] {
  const table = main(
    'azurerm_route_table',
    {
      ...named(inputs, ['bgp_route_propagation_enabled', 'disable_bgp_route_propagation']),
      route: valuesOf(input('routes')),
    },
    origin,
  )
  return [
    table,
    ...associations(
      'azurerm_subnet_route_table_association',
      'route_table_id',
      input('subnet_resource_ids'),
      created(''),
    ),
  ]
}

function expandNatGateway({ inputs, origin, input, created }: Call): readonly Created[] {
  const own = input('public_ips')
  const addresses = valuesOf(input('public_ip_resource_ids'))
  const makesOwn = own !== undefined && entriesOf(own).length > 0
  const made = makesOwn ? [notTold('the module creates the address', own.origin)] : []
  const given = addresses?.kind === 'list' ? addresses.items : []
  const gateway = main(
    'azurerm_nat_gateway',
    {
      ...named(inputs, ['sku_name']),
      public_ip_address_ids:
        made.length === 0 ? addresses : { kind: 'list', items: [...given, ...made], origin: own!.origin },
      public_ip_prefix_ids: valuesOf(input('public_ip_prefix_resource_ids')),
    },
    origin,
  )
  const subnets = input('subnet_associations')
  const ids: Value | undefined =
    subnets === undefined
      ? undefined
      : {
          kind: 'list',
          items: entriesOf(subnets).flatMap(([, one]) => at(one, 'resource_id') ?? []),
          origin: subnets.origin,
        }
  return [gateway, ...associations('azurerm_subnet_nat_gateway_association', 'nat_gateway_id', ids, created(''))]
}

function associations(kind: string, argument: string, subnets: Value | undefined, target: Value): readonly Created[] {
  const list = valuesOf(subnets)
  if (list?.kind !== 'list') return []
  return list.items.map((subnet, index) => ({
    suffix: `associations["${index}"]`,
    kind,
    value: mapOf({ subnet_id: subnet, [argument]: target }, subnet.origin),
  }))
}

function expandZone({ origin, input, created }: Call): readonly Created[] {
  const zone = main('azurerm_private_dns_zone', { name: input('domain_name') }, origin)
  const links = entriesOf(input('virtual_network_links')).map(
    ([key, link]): Created => ({
      suffix: `virtual_network_links["${key}"]`,
      kind: 'azurerm_private_dns_zone_virtual_network_link',
      value: mapOf(
        {
          name: at(link, 'vnetlinkname') ?? at(link, 'name') ?? text(key, link.origin),
          private_dns_zone_name: created(''),
          virtual_network_id: at(link, 'vnetid') ?? at(link, 'virtual_network_id'),
          resolution_policy: at(link, 'resolution_policy'),
        },
        link.origin,
      ),
    }),
  )
  return [zone, ...links]
}
