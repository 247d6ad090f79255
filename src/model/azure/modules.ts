import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import { at, present } from './prop.ts'

/**
 * What well-known modules create, so that a call of one that is not in the tree is read like the resources themselves.
 *
 * Only what network facts need is mapped; arguments that are not named here are not looked at.
 */
interface ModuleMapping {
  /** The source as Terraform writes it, or the reference as Bicep does; compared without case. */
  readonly source: string
  /** Versions whose inputs the mapping was read from. */
  readonly versions: string
  expand(call: Call): readonly Created[]
}

interface Created {
  /** Behind the call's address: empty for the main resource, `subnets["nodes"]` as outputs name the others. */
  readonly suffix: string
  readonly kind: string
  readonly value: MapValue
}

/** A call: its inputs, and references to what it creates. */
interface Call {
  readonly inputs: MapValue
  readonly origin: Origin
  input(path: string): Value | undefined
  /** A reference to what was created under a suffix. */
  created(suffix: string): Value
}

const MAPPINGS: readonly ModuleMapping[] = [
  { source: 'azure/aks/azurerm', versions: '6 to 11', expand: expandAks },
  {
    source: 'azure/avm-res-containerservice-managedcluster/azurerm',
    versions: '0.1 to 0.4',
    expand: expandVerifiedCluster,
  },
  { source: 'azure/avm-res-network-virtualnetwork/azurerm', versions: '0.2 to 0.16', expand: expandNetwork },
  {
    source: 'azure/avm-res-network-virtualnetwork/azurerm//modules/subnet',
    versions: '0.2 to 0.16',
    expand: ({ inputs, origin, input, created }) =>
      subnetResources('', inputs, input('virtual_network.resource_id'), created, origin),
  },
  {
    source: 'azure/avm-res-network-virtualnetwork/azurerm//modules/peering',
    versions: '0.2 to 0.16',
    expand: ({ inputs, origin, input }) =>
      peeringResources(
        '',
        inputs,
        input('virtual_network.resource_id'),
        input('remote_virtual_network.resource_id'),
        origin,
      ),
  },
  {
    source: 'azure/avm-res-network-networksecuritygroup/azurerm',
    versions: '0.1 to 0.5',
    expand: ({ inputs, origin, input }) => [
      main(
        'azurerm_network_security_group',
        { ...named(inputs), security_rule: valuesOf(input('security_rules')) },
        origin,
      ),
    ],
  },
  { source: 'azure/avm-res-network-routetable/azurerm', versions: '0.1 to 0.5', expand: expandRouteTable },
  {
    source: 'azure/avm-res-network-publicipaddress/azurerm',
    versions: '0.1 to 0.2',
    expand: ({ inputs, origin }) => [main('azurerm_public_ip', named(inputs, ['sku', 'ip_version']), origin)],
  },
  {
    source: 'azure/avm-res-network-natgateway/azurerm',
    versions: '0.1 to 0.2',
    expand: expandNatGateway,
  },
  {
    source: 'azure/avm-res-network-azurefirewall/azurerm',
    versions: '0.1 to 0.4',
    expand: ({ inputs, origin, input }) => [
      main(
        'azurerm_firewall',
        {
          ...named(inputs, ['firewall_policy_id']),
          sku_name: input('firewall_sku_name'),
          sku_tier: input('firewall_sku_tier'),
          private_ip_ranges: input('firewall_private_ip_ranges'),
          ip_configuration: valuesOf(input('firewall_ip_configuration') ?? input('ip_configurations')),
        },
        origin,
      ),
    ],
  },
  {
    source: 'azure/avm-res-network-firewallpolicy/azurerm',
    versions: '0.1 to 0.3',
    expand: ({ inputs, origin, input }) => [
      main(
        'azurerm_firewall_policy',
        {
          ...named(inputs),
          base_policy_id: input('firewall_policy_base_policy_id'),
          dns: listOf(input('firewall_policy_dns')),
          private_ip_ranges: input('firewall_policy_private_ip_ranges'),
          sku: input('firewall_policy_sku'),
          threat_intelligence_mode: input('firewall_policy_threat_intelligence_mode'),
        },
        origin,
      ),
    ],
  },
  {
    source: 'azure/avm-res-network-firewallpolicy/azurerm//modules/rule_collection_groups',
    versions: '0.1 to 0.3',
    expand: ({ origin, input }) => {
      const own = (name: string) => input(`firewall_policy_rule_collection_group_${name}`)
      const collections = (kind: string) => withLists(valuesOf(own(`${kind}_rule_collection`)), ['rule', 'protocols'])
      return [
        main(
          'azurerm_firewall_policy_rule_collection_group',
          {
            name: own('name'),
            priority: own('priority'),
            firewall_policy_id: own('firewall_policy_id'),
            network_rule_collection: collections('network'),
            application_rule_collection: collections('application'),
            nat_rule_collection: collections('nat'),
          },
          origin,
        ),
      ]
    },
  },
  { source: 'azure/avm-res-network-privatednszone/azurerm', versions: '0.1 to 0.4', expand: expandZone },
  { source: 'br/public:avm/res/network/network-security-group', versions: '0.1 to 0.5', expand: bicepGroup },
  { source: 'br/public:avm/res/network/route-table', versions: '0.1 to 0.5', expand: bicepRouteTable },
  { source: 'br/public:avm/res/network/virtual-network', versions: '0.1 to 0.7', expand: bicepNetwork },
  { source: 'br/public:avm/res/container-service/managed-cluster', versions: '0.1 to 0.11', expand: bicepCluster },
]

const BY_SOURCE: ReadonlyMap<string, ModuleMapping> = new Map(MAPPINGS.map((mapping) => [mapping.source, mapping]))

/** The resources that a call of a well-known module creates; the resource itself where it is none. */
export function expandModule(resource: Resource): readonly Resource[] {
  if (resource.kind !== 'module') return [resource]
  const written = at(resource.value, 'source') ?? at(resource.value, 'reference')
  if (written?.kind !== 'scalar') return [resource]
  const source = `${written.value}`.toLowerCase().replace(/^registry\.terraform\.io\//, '')
  const mapping = BY_SOURCE.get(source)
  if (mapping === undefined) return [resource]
  const params = at(resource.value, 'params')
  const inputs = params?.kind === 'map' ? params : resource.value
  const call: Call = {
    inputs,
    origin: resource.origin,
    input: (path) => at(inputs, path),
    created: (suffix) => ({
      kind: 'unknown',
      reason: 'remote-module',
      detail: `created by ${resource.address}`,
      origin: resource.origin,
      reference: { address: join(resource.address, suffix), attribute: 'id' },
    }),
  }
  return mapping.expand(call).map(({ suffix, kind, value }) => ({
    unit: resource.unit,
    address: join(resource.address, suffix),
    kind,
    value,
    origin: value.origin,
    ...(resource.maybe && { maybe: resource.maybe }),
  }))
}

function join(address: string, suffix: string): string {
  return suffix === '' ? address : `${address}.${suffix}`
}

/** Address of what an output of a module names: `subnets["a"].resource_id` is `subnets["a"]`, `resource_id` the call itself. */
export function createdAddress(address: string, attribute: string): string | undefined {
  const match = /^(\w+)(?:\["([^"\]]*)"\]|\.(\w+))/.exec(attribute)
  return match === null ? undefined : `${address}.${match[1]}["${match[2] ?? match[3]}"]`
}

// ---- building values ----

type Fields = Readonly<Record<string, Value | undefined>>

function mapOf(fields: Fields, origin: Origin): MapValue {
  const entries = new Map<string, MapEntry>()
  for (const [key, value] of Object.entries(fields))
    if (present(value) !== undefined) entries.set(key, { value: value! })
  return { kind: 'map', entries, origin }
}

function main(kind: string, fields: Fields, origin: Origin): Created {
  return { suffix: '', kind, value: mapOf(fields, origin) }
}

/** Name, location and further arguments that keep their names. */
function named(inputs: MapValue, more: readonly string[] = []): Fields {
  return Object.fromEntries(['name', 'location', 'resource_group_name', ...more].map((key) => [key, at(inputs, key)]))
}

/** One block is a list of one. */
function listOf(value: Value | undefined): Value | undefined {
  if (value === undefined || value.kind !== 'map') return value
  return { kind: 'list', items: [value], origin: value.origin }
}

/** The values of a map of objects, or the items of a list. */
function valuesOf(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'map') return value
  return { kind: 'list', items: [...value.entries.values()].map((entry) => entry.value), origin: value.origin }
}

/** The objects of a list with maps of objects inside turned to lists, as blocks are. */
function withLists(value: Value | undefined, keys: readonly string[]): Value | undefined {
  if (value?.kind === 'list') return { ...value, items: value.items.map((item) => withLists(item, keys)!) }
  if (value?.kind !== 'map') return value
  const entries = new Map<string, MapEntry>()
  for (const [key, entry] of value.entries) {
    const inner = keys.includes(key) ? (withLists(valuesOf(entry.value), keys) ?? entry.value) : entry.value
    entries.set(key, { ...entry, value: inner })
  }
  return { ...value, entries }
}

/** Names and objects of a map, or of a list by their names. */
function entriesOf(value: Value | undefined): readonly (readonly [string, MapValue])[] {
  if (value?.kind === 'map') {
    return [...value.entries].flatMap(([key, entry]) =>
      entry.value.kind === 'map' ? [[key, entry.value] as const] : [],
    )
  }
  if (value?.kind !== 'list') return []
  return value.items.flatMap((item, index) => (item.kind === 'map' ? [[`${index}`, item] as const] : []))
}

function text(value: string, origin: Origin): Value {
  return { kind: 'scalar', value, origin }
}

// ---- Terraform ----

function clusterBlocks(
  { inputs, origin, input }: Call,
  pool: Fields,
  profile: Fields,
  api: Fields,
  name: Value | undefined,
): Created {
  const block = (fields: Fields) => listOf(mapOf(fields, origin))
  const entries = new Map(inputs.entries)
  const add = (key: string, value: Value | undefined) => {
    if (value === undefined) entries.delete(key)
    else entries.set(key, { value })
  }
  add('name', name)
  add('default_node_pool', block(pool))
  add('network_profile', block(profile))
  const isRestricted = Object.values(api).some((value) => present(value) !== undefined)
  add('api_server_access_profile', isRestricted ? block(api) : undefined)
  add('web_app_routing', listOf(input('web_app_routing')))
  return { suffix: '', kind: 'azurerm_kubernetes_cluster', value: { kind: 'map', entries, origin } }
}

/** A pool's arguments; its subnets are ids until version 9 of the module and objects with an id since. */
function poolFields(pool: MapValue): Fields {
  return {
    ...Object.fromEntries([...pool.entries].map(([key, entry]) => [key, entry.value])),
    vnet_subnet_id: at(pool, 'vnet_subnet_id') ?? at(pool, 'vnet_subnet.id'),
    pod_subnet_id: at(pool, 'pod_subnet_id') ?? at(pool, 'pod_subnet.id'),
  }
}

function poolResources(pools: Value | undefined, cluster: Value): readonly Created[] {
  return entriesOf(pools).map(([key, pool]) => ({
    suffix: `node_pools["${key}"]`,
    kind: 'azurerm_kubernetes_cluster_node_pool',
    value: mapOf({ name: text(key, pool.origin), ...poolFields(pool), kubernetes_cluster_id: cluster }, pool.origin),
  }))
}

function expandAks(call: Call): readonly Created[] {
  const { input, origin } = call
  const prefix = input('prefix')
  const fallback = prefix?.kind === 'scalar' ? text(`${prefix.value}-aks`, prefix.origin) : prefix
  const pool: Fields = {
    name: input('agents_pool_name') ?? text('nodepool', origin),
    vnet_subnet_id: input('vnet_subnet_id') ?? input('vnet_subnet.id'),
    pod_subnet_id: input('pod_subnet_id') ?? input('pod_subnet.id'),
    node_count: input('agents_count'),
    max_count: input('agents_max_count'),
    max_pods: input('agents_max_pods'),
    node_public_ip_enabled: input('enable_node_public_ip') ?? input('node_public_ip_enabled'),
    node_taints: input('agents_taints'),
    node_labels: input('agents_labels'),
    only_critical_addons_enabled: input('only_critical_addons_enabled'),
  }
  const profile: Fields = {
    // The module's own default, which is not the provider's.
    network_plugin: input('network_plugin') ?? text('kubenet', origin),
    network_plugin_mode: input('network_plugin_mode'),
    network_data_plane: input('network_data_plane') ?? input('ebpf_data_plane'),
    network_policy: input('network_policy'),
    ip_versions: input('network_ip_versions'),
    pod_cidr: input('net_profile_pod_cidr'),
    pod_cidrs: input('net_profile_pod_cidrs'),
    service_cidr: input('net_profile_service_cidr'),
    service_cidrs: input('net_profile_service_cidrs'),
    dns_service_ip: input('net_profile_dns_service_ip'),
    outbound_type: input('net_profile_outbound_type'),
    load_balancer_sku: input('load_balancer_sku'),
  }
  const api: Fields = {
    authorized_ip_ranges: input('api_server_authorized_ip_ranges'),
    subnet_id: input('api_server_subnet_id'),
  }
  return [
    clusterBlocks(call, pool, profile, api, input('cluster_name') ?? fallback),
    ...poolResources(input('node_pools'), call.created('')),
  ]
}

function expandVerifiedCluster(call: Call): readonly Created[] {
  const { inputs, input } = call
  const pool = input('default_node_pool') ?? input('default_agent_pool')
  const profile = input('network_profile')
  const api = input('api_server_access_profile')
  const fieldsOf = (value: Value | undefined): Fields =>
    value?.kind === 'map' ? Object.fromEntries([...value.entries].map(([key, entry]) => [key, entry.value])) : {}
  const cluster = clusterBlocks(
    call,
    pool?.kind === 'map' ? poolFields(pool) : {},
    fieldsOf(profile),
    {
      authorized_ip_ranges: at(api, 'authorized_ip_ranges'),
      virtual_network_integration_enabled:
        at(api, 'virtual_network_integration_enabled') ?? at(api, 'enable_vnet_integration'),
      subnet_id: at(api, 'subnet_id'),
    },
    at(inputs, 'name'),
  )
  const isPrivate = at(api, 'enable_private_cluster')
  const entries = new Map(cluster.value.entries)
  if (isPrivate !== undefined) entries.set('private_cluster_enabled', { value: isPrivate })
  const zone = at(api, 'private_dns_zone') ?? at(api, 'private_dns_zone_id')
  if (zone !== undefined) entries.set('private_dns_zone_id', { value: zone })
  return [
    { ...cluster, value: { ...cluster.value, entries } },
    ...poolResources(input('node_pools') ?? input('agent_pools'), call.created('')),
  ]
}

function expandNetwork({ inputs, origin, input, created }: Call): readonly Created[] {
  const dns = input('dns_servers')
  const network = main(
    'azurerm_virtual_network',
    { ...named(inputs, ['address_space']), dns_servers: dns?.kind === 'map' ? at(dns, 'dns_servers') : dns },
    origin,
  )
  const subnets = entriesOf(input('subnets')).flatMap(([key, subnet]) =>
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
  return [network, ...subnets, ...peerings]
}

function subnetResources(
  suffix: string,
  subnet: MapValue,
  network: Value | undefined,
  created: Call['created'],
  origin: Origin,
): readonly Created[] {
  const gateway = at(subnet, 'nat_gateway.id')
  const endpoints = at(subnet, 'service_endpoints') ?? at(subnet, 'service_endpoints_with_location')
  const value = mapOf(
    {
      name: at(subnet, 'name'),
      virtual_network_name: network,
      address_prefix: at(subnet, 'address_prefix'),
      address_prefixes: at(subnet, 'address_prefixes'),
      network_security_group_id_wo: at(subnet, 'network_security_group.id'),
      route_table_id_wo: at(subnet, 'route_table.id'),
      service_endpoints: namesOf(endpoints),
      delegation: valuesOf(at(subnet, 'delegation') ?? at(subnet, 'delegations')),
      // The module makes subnets private where it is not told otherwise.
      default_outbound_access_enabled: at(subnet, 'default_outbound_access_enabled') ?? {
        kind: 'scalar',
        value: false,
        origin,
      },
      private_endpoint_network_policies: at(subnet, 'private_endpoint_network_policies'),
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
  peering: MapValue,
  network: Value | undefined,
  remote: Value | undefined,
  origin: Origin,
): readonly Created[] {
  const half = (prefix: string, from: Value | undefined, to: Value | undefined): MapValue =>
    mapOf(
      {
        name: at(peering, `${prefix}name`) ?? at(peering, 'name'),
        virtual_network_name: from,
        remote_virtual_network_id: to,
        allow_virtual_network_access: at(peering, `${prefix}allow_virtual_network_access`),
        allow_forwarded_traffic: at(peering, `${prefix}allow_forwarded_traffic`),
        allow_gateway_transit: at(peering, `${prefix}allow_gateway_transit`),
        use_remote_gateways: at(peering, `${prefix}use_remote_gateways`),
      },
      origin,
    )
  const kind = 'azurerm_virtual_network_peering'
  const own: Created = { suffix, kind, value: half('', network, remote) }
  const back = at(peering, 'create_reverse_peering')
  if (back?.kind !== 'scalar' || back.value !== true) return [own]
  return [own, { suffix: `${suffix}.reverse`, kind, value: half('reverse_', remote, network) }]
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
  const gateway = main(
    'azurerm_nat_gateway',
    { ...named(inputs, ['sku_name']), public_ip_address_ids: valuesOf(input('public_ip_resource_ids')) },
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

// ---- Bicep ----

function armResource(
  type: string,
  name: Value | undefined,
  properties: Fields,
  origin: Origin,
  location?: Value,
): Created {
  return {
    suffix: '',
    kind: type,
    value: mapOf({ name, type: text(type, origin), location, properties: mapOf(properties, origin) }, origin),
  }
}

function bicepGroup({ input, origin }: Call): readonly Created[] {
  return [
    armResource(
      'Microsoft.Network/networkSecurityGroups',
      input('name'),
      { securityRules: input('securityRules') },
      origin,
      input('location'),
    ),
  ]
}

function bicepRouteTable({ input, origin }: Call): readonly Created[] {
  return [
    armResource(
      'Microsoft.Network/routeTables',
      input('name'),
      { routes: input('routes'), disableBgpRoutePropagation: input('disableBgpRoutePropagation') },
      origin,
      input('location'),
    ),
  ]
}

function idOf(value: Value | undefined, origin: Origin): Value | undefined {
  return value === undefined ? undefined : mapOf({ id: value }, origin)
}

function bicepNetwork({ input, origin }: Call): readonly Created[] {
  const subnets = mapItems(input('subnets'), (subnet) =>
    mapOf(
      {
        name: at(subnet, 'name'),
        properties: mapOf(
          {
            addressPrefix: at(subnet, 'addressPrefix'),
            addressPrefixes: at(subnet, 'addressPrefixes'),
            networkSecurityGroup: idOf(at(subnet, 'networkSecurityGroupResourceId'), subnet.origin),
            routeTable: idOf(at(subnet, 'routeTableResourceId'), subnet.origin),
            natGateway: idOf(at(subnet, 'natGatewayResourceId'), subnet.origin),
            serviceEndpoints: at(subnet, 'serviceEndpoints'),
            delegations: at(subnet, 'delegation'),
            privateEndpointNetworkPolicies: at(subnet, 'privateEndpointNetworkPolicies'),
            defaultOutboundAccess: at(subnet, 'defaultOutboundAccess'),
          },
          subnet.origin,
        ),
      },
      subnet.origin,
    ),
  )
  const peerings = mapItems(input('peerings'), (peering) =>
    mapOf(
      {
        name: at(peering, 'name') ?? text('peering', peering.origin),
        properties: mapOf(
          {
            remoteVirtualNetwork: idOf(at(peering, 'remoteVirtualNetworkResourceId'), peering.origin),
            allowVirtualNetworkAccess: at(peering, 'allowVirtualNetworkAccess'),
            allowForwardedTraffic: at(peering, 'allowForwardedTraffic'),
            allowGatewayTransit: at(peering, 'allowGatewayTransit'),
            useRemoteGateways: at(peering, 'useRemoteGateways'),
          },
          peering.origin,
        ),
      },
      peering.origin,
    ),
  )
  return [
    armResource(
      'Microsoft.Network/virtualNetworks',
      input('name'),
      {
        addressSpace: mapOf({ addressPrefixes: input('addressPrefixes') }, origin),
        dhcpOptions: input('dnsServers') && mapOf({ dnsServers: input('dnsServers') }, origin),
        subnets,
        virtualNetworkPeerings: peerings,
      },
      origin,
      input('location'),
    ),
  ]
}

function mapItems(value: Value | undefined, convert: (item: MapValue) => MapValue): Value | undefined {
  if (value?.kind !== 'list') return value
  return { ...value, items: value.items.map((item) => (item.kind === 'map' ? convert(item) : item)) }
}

function bicepCluster({ input, origin }: Call): readonly Created[] {
  const pool = (item: MapValue): MapValue => {
    const entries = new Map(item.entries)
    const subnet = at(item, 'vnetSubnetResourceId')
    const pods = at(item, 'podSubnetResourceId')
    if (subnet !== undefined) entries.set('vnetSubnetID', { value: subnet })
    if (pods !== undefined) entries.set('podSubnetID', { value: pods })
    return { ...item, entries }
  }
  const primary = mapItems(input('primaryAgentPoolProfiles') ?? input('primaryAgentPoolProfile'), pool)
  const more = mapItems(input('agentPools'), pool)
  const pools: Value | undefined =
    primary?.kind === 'list' && more?.kind === 'list'
      ? { ...primary, items: [...primary.items, ...more.items] }
      : (primary ?? more)
  const direct = (names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, input(name)]))
  const profile = direct([
    'networkPlugin',
    'networkPluginMode',
    'networkPolicy',
    'networkDataplane',
    'outboundType',
    'podCidr',
    'serviceCidr',
    'dnsServiceIP',
    'loadBalancerSku',
  ])
  const api: Fields = {
    ...direct(['enablePrivateCluster', 'authorizedIPRanges', 'enablePrivateClusterPublicFQDN', 'disableRunCommand']),
    privateDNSZone: input('privateDNSZone'),
  }
  const nested = input('apiServerAccessProfile')
  return [
    armResource(
      'Microsoft.ContainerService/managedClusters',
      input('name'),
      {
        kubernetesVersion: input('kubernetesVersion'),
        agentPoolProfiles: pools,
        networkProfile: mapOf(profile, origin),
        apiServerAccessProfile: nested ?? mapOf(api, origin),
      },
      origin,
      input('location'),
    ),
  ]
}
