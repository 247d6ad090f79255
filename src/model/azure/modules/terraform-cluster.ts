import type { MapEntry, Value } from '../../../base/value.ts'
import { at, present } from '../prop.ts'
import {
  type Call,
  type Created,
  entriesOf,
  type Fields,
  fieldsOf,
  isFalse,
  isTrue,
  listOf,
  type ModuleMapping,
  mapOf,
  notTold,
  text,
} from './mapping.ts'

const AKS = {
  from: '6.0',
  to: '11',
  read: 'github.com/Azure/terraform-azurerm-aks: main.tf, extra_node_pool.tf, locals.tf, NoticeOnUpgradeTov7.0 to v11.0',
}

/** Modules that create AKS clusters. */
export const CLUSTER_MAPPINGS: readonly ModuleMapping[] = [
  { source: 'azure/aks/azurerm', versions: AKS, expand: expandAks },
  // The same for azurerm 4, until version 11 took its place.
  { source: 'azure/aks/azurerm//v4', versions: { ...AKS, from: '9.2', to: '10' }, expand: expandAks },
  {
    source: 'azure/avm-res-containerservice-managedcluster/azurerm',
    versions: {
      from: '0.1',
      to: '0.5',
      read: 'github.com/Azure/terraform-azurerm-avm-res-containerservice-managedcluster: locals.resource_body.tf, locals.network_profile.tf, modules/agentpool/locals.tf',
    },
    expand: expandVerifiedCluster,
  },
]

function clusterBlocks(
  { inputs, origin, input }: Call,
  pool: Fields,
  profile: Fields,
  api: Fields,
  more: Fields,
): Created {
  const block = (fields: Fields) => listOf(mapOf(fields, origin))
  const entries = new Map<string, MapEntry>(inputs.entries)
  const add = (key: string, value: Value | undefined) => {
    if (value === undefined) entries.delete(key)
    else entries.set(key, { value })
  }
  add('default_node_pool', block(pool))
  add('network_profile', block(profile))
  const isRestricted = Object.values(api).some((value) => present(value) !== undefined)
  add('api_server_access_profile', isRestricted ? block(api) : undefined)
  add('web_app_routing', listOf(input('web_app_routing')))
  for (const [key, value] of Object.entries(more)) add(key, value)
  return { suffix: '', kind: 'azurerm_kubernetes_cluster', value: { kind: 'map', entries, origin } }
}

/** A pool's arguments; its subnets are ids until version 9 of the module and objects with an id since. */
function poolFields(pool: Value | undefined): Fields {
  return {
    ...fieldsOf(pool),
    node_count: at(pool, 'node_count') ?? at(pool, 'count_of'),
    vnet_subnet_id: at(pool, 'vnet_subnet_id') ?? at(pool, 'vnet_subnet.id'),
    pod_subnet_id: at(pool, 'pod_subnet_id') ?? at(pool, 'pod_subnet.id'),
  }
}

function poolResources(
  pools: Value | undefined,
  cluster: Value,
  nameOf: (key: string, pool: Value) => Value,
): readonly Created[] {
  return entriesOf(pools).map(([key, pool]) => ({
    suffix: `node_pools["${key}"]`,
    kind: 'azurerm_kubernetes_cluster_node_pool',
    value: mapOf({ ...poolFields(pool), name: nameOf(key, pool), kubernetes_cluster_id: cluster }, pool.origin),
  }))
}

function expandAks(call: Call): readonly Created[] {
  const { input, origin } = call
  const pool: Fields = {
    name: input('agents_pool_name') ?? text('nodepool', origin),
    vnet_subnet_id: input('vnet_subnet_id') ?? input('vnet_subnet.id'),
    pod_subnet_id: input('pod_subnet_id') ?? input('pod_subnet.id'),
    node_count: input('agents_count'),
    min_count: input('agents_min_count'),
    max_count: input('agents_max_count'),
    max_pods: input('agents_max_pods'),
    enable_auto_scaling: input('enable_auto_scaling') ?? input('auto_scaling_enabled'),
    node_public_ip_enabled: input('enable_node_public_ip') ?? input('node_public_ip_enabled'),
    node_taints: input('agents_taints'),
    node_labels: input('agents_labels'),
    only_critical_addons_enabled: input('only_critical_addons_enabled'),
  }
  const loadBalancer: Fields = {
    managed_outbound_ip_count: input('load_balancer_profile_managed_outbound_ip_count'),
    outbound_ip_address_ids: input('load_balancer_profile_outbound_ip_address_ids'),
    outbound_ip_prefix_ids: input('load_balancer_profile_outbound_ip_prefix_ids'),
  }
  const profile: Fields = {
    // The module's own default, which is not the provider's.
    network_plugin: input('network_plugin') ?? text('kubenet', origin),
    network_plugin_mode: input('network_plugin_mode'),
    network_data_plane: input('network_data_plane') ?? input('ebpf_data_plane'),
    network_policy: input('network_policy'),
    network_mode: input('network_mode'),
    ip_versions: input('network_ip_versions'),
    pod_cidr: input('net_profile_pod_cidr'),
    pod_cidrs: input('net_profile_pod_cidrs'),
    service_cidr: input('net_profile_service_cidr'),
    service_cidrs: input('net_profile_service_cidrs'),
    dns_service_ip: input('net_profile_dns_service_ip'),
    outbound_type: input('net_profile_outbound_type'),
    load_balancer_sku: input('load_balancer_sku'),
    load_balancer_profile: isTrue(input('load_balancer_profile_enabled'))
      ? listOf(mapOf(loadBalancer, origin))
      : undefined,
    nat_gateway_profile: listOf(input('nat_gateway_profile')),
  }
  const api: Fields = {
    authorized_ip_ranges: input('api_server_authorized_ip_ranges'),
    subnet_id: input('api_server_subnet_id'),
  }
  const gateway = gatewayOf(call)
  return [
    clusterBlocks(call, pool, profile, api, { name: clusterName(call), ingress_application_gateway: gateway }),
    ...poolResources(input('node_pools'), call.created(''), poolName),
  ]
}

/** `cluster_name`, or the prefix with `-aks`; both with a random end where that is asked for. */
function clusterName({ input, origin }: Call): Value {
  const own = input('cluster_name')
  const prefix = input('prefix')
  const plain =
    own ??
    (prefix?.kind === 'scalar'
      ? text(`${prefix.value}-aks`.replace(/^-+|-+$/g, ''), prefix.origin)
      : (prefix ?? text('aks', origin)))
  const random = input('cluster_name_random_suffix')
  if (random === undefined || isFalse(random)) return plain
  return notTold('the module puts random characters behind the name', plain.origin, textOf(plain))
}

/** Pools that are created before others are destroyed, which is the default, get random characters behind their name. */
function poolName(_: string, pool: Value): Value {
  const name = at(pool, 'name') ?? notTold('the pool has no name', pool.origin)
  if (isFalse(at(pool, 'create_before_destroy'))) return name
  return notTold('the module puts random characters behind the name', name.origin, textOf(name))
}

function textOf(value: Value): string | undefined {
  return value.kind === 'scalar' ? `${value.value}` : undefined
}

function gatewayOf({ input, origin }: Call): Value | undefined {
  const existing = input('brown_field_application_gateway_for_ingress')
  const fresh = input('green_field_application_gateway_for_ingress')
  if (existing === undefined && fresh === undefined) return undefined
  const fields: Fields = {
    gateway_id: at(existing, 'id'),
    gateway_name: at(fresh, 'name'),
    subnet_cidr: at(fresh, 'subnet_cidr'),
    subnet_id: at(fresh, 'subnet_id'),
  }
  return listOf(mapOf(fields, origin))
}

/** Versions until 0.3 pass their inputs to azurerm, later ones make ARM's body of inputs that are named after it. */
function expandVerifiedCluster(call: Call): readonly Created[] {
  const { input, origin } = call
  const pool = input('default_node_pool') ?? input('default_agent_pool')
  const profile = input('network_profile')
  const api = input('api_server_access_profile')
  const access = input('public_network_access')
  const nested = (fields: Fields, name: string) => ({ ...fields, [name]: listOf(at(profile, name)) })
  const network = nested(nested(fieldsOf(profile), 'load_balancer_profile'), 'nat_gateway_profile')
  const routing = input('ingress_profile.web_app_routing')
  const runs = at(api, 'disable_run_command')
  const cluster = clusterBlocks(
    call,
    poolFields(pool),
    profile?.kind === 'map' ? { ...network, advanced_networking: undefined } : {},
    {
      authorized_ip_ranges: at(api, 'authorized_ip_ranges'),
      virtual_network_integration_enabled:
        at(api, 'virtual_network_integration_enabled') ?? at(api, 'enable_vnet_integration'),
      subnet_id: at(api, 'subnet_id'),
    },
    {
      name: input('name'),
      private_cluster_enabled: at(api, 'enable_private_cluster') ?? input('private_cluster_enabled'),
      private_cluster_public_fqdn_enabled:
        at(api, 'enable_private_cluster_public_fqdn') ?? input('private_cluster_public_fqdn_enabled'),
      private_dns_zone_id:
        at(api, 'private_dns_zone') ?? at(api, 'private_dns_zone_id') ?? input('private_dns_zone_id'),
      run_command_enabled:
        runs?.kind === 'scalar' ? { ...runs, value: !isTrue(runs) } : (runs ?? input('run_command_enabled')),
      public_network_access_enabled:
        access?.kind === 'scalar' ? { ...access, value: access.value !== 'Disabled' } : access,
      web_app_routing: isTrue(at(routing, 'enabled'))
        ? listOf(mapOf({ dns_zone_ids: at(routing, 'dns_zone_resource_ids') }, origin))
        : listOf(input('web_app_routing_dns_zone_ids')),
    },
  )
  return [
    cluster,
    ...poolResources(
      input('node_pools') ?? input('agent_pools'),
      call.created(''),
      (key, one) => at(one, 'name') ?? text(key, one.origin),
    ),
  ]
}
