import type { Pool } from './cluster-state.ts'
import { type Block, block, COMMON, optional, ref, resource } from './hcl.ts'
import type { State } from './state.ts'
import { groupIds } from './terraform-network.ts'

/** The cluster and its pools. */
export function clusterBlocks({ cluster, ingresses }: State): readonly Block[] {
  const { mode, engine, outbound, podCidr, podCidr6, pools, api } = cluster
  return [
    resource('kubernetes_cluster', 'aks', [
      ...COMMON,
      ['dns_prefix', 'aks'],
      ['kubernetes_version', '1.33'],
      ...(api.private ? [['private_cluster_enabled', true] as const] : []),
      block('default_node_pool', poolOf(pools[0]!)),
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
      ...(ingresses.length === 0
        ? []
        : [block('ingress_application_gateway', [['gateway_id', ref('azurerm_application_gateway.agw.id')]])]),
    ]),
    ...pools
      .slice(1)
      .map((each) =>
        resource('kubernetes_cluster_node_pool', each.name, [
          ['kubernetes_cluster_id', ref('azurerm_kubernetes_cluster.aks.id')],
          ...poolOf(each).slice(1),
        ]),
      ),
  ]
}

function poolOf(pool: Pool): Block['body'] {
  const hostPorts = pool.allowedHostPorts.map((port) =>
    block('allowed_host_ports', [
      ['port_start', port],
      ['port_end', port],
      ['protocol', 'TCP'],
    ]),
  )
  const members = optional(pool.groups.length > 0, 'application_security_group_ids', groupIds(pool.groups))
  return [
    ['name', pool.name],
    ['vm_size', 'Standard_D4s_v5'],
    ['node_count', 3],
    ['vnet_subnet_id', ref(`azurerm_subnet.${pool.subnet}.id`)],
    ...(pool.podSubnet === undefined ? [] : [['pod_subnet_id', ref(`azurerm_subnet.${pool.podSubnet}.id`)] as const]),
    ...optional(pool.publicIps, 'node_public_ip_enabled', true),
    ...(hostPorts.length + members.length === 0 ? [] : [block('node_network_profile', [...members, ...hostPorts])]),
  ]
}
