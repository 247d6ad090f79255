import { type AzurermType, both, choose, constant, each, not, one, type Shape, wrap } from './shape.ts'

/** AKS. Sources: the provider's pages `r/kubernetes_cluster` and `r/kubernetes_cluster_node_pool`, 3.x to 5.x, and the 4.0 and 5.0 upgrade guides. */

/** Arguments of a pool, relative to its properties: ARM's inline profiles are flat, its child resources have them under `properties`. */
function pool(at: string): Shape {
  return {
    vnet_subnet_id: `${at}vnetSubnetID`,
    pod_subnet_id: `${at}podSubnetID`,
    mode: `${at}mode`,
    type: `${at}type`,
    os_type: `${at}osType`,
    os_sku: `${at}osSKU`,
    node_count: `${at}count`,
    min_count: `${at}minCount`,
    max_count: `${at}maxCount`,
    max_pods: `${at}maxPods`,
    enable_auto_scaling: `${at}enableAutoScaling`,
    auto_scaling_enabled: `${at}enableAutoScaling`,
    enable_node_public_ip: `${at}enableNodePublicIP`,
    node_public_ip_enabled: `${at}enableNodePublicIP`,
    node_public_ip_prefix_id: `${at}nodePublicIPPrefixID`,
    node_labels: `${at}nodeLabels`,
    node_taints: `${at}nodeTaints`,
    only_critical_addons_enabled: choose(`${at}criticalAddonsOnly`, true, false),
    orchestrator_version: `${at}orchestratorVersion`,
    upgrade_settings: one(`${at}upgradeSettings`, { max_surge: `${at}upgradeSettings.maxSurge` }),
    node_network_profile: one(`${at}networkProfile`, {
      allowed_host_ports: each(`${at}networkProfile.allowedHostPorts`, {
        port_start: 'portStart',
        port_end: 'portEnd',
        protocol: 'protocol',
      }),
      application_security_group_ids: `${at}networkProfile.applicationSecurityGroups`,
      node_public_ip_tags: `${at}networkProfile.nodePublicIPTags`,
    }),
  }
}

const API_ACCESS: Shape = {
  authorized_ip_ranges: 'properties.apiServerAccessProfile.authorizedIPRanges',
  vnet_integration_enabled: 'properties.apiServerAccessProfile.enableVnetIntegration',
  virtual_network_integration_enabled: 'properties.apiServerAccessProfile.enableVnetIntegration',
  subnet_id: 'properties.apiServerAccessProfile.subnetId',
}

const NETWORK_PROFILE: Shape = {
  network_plugin: 'properties.networkProfile.networkPlugin',
  network_plugin_mode: 'properties.networkProfile.networkPluginMode',
  network_data_plane: 'properties.networkProfile.networkDataplane',
  ebpf_data_plane: 'properties.networkProfile.networkDataplane',
  network_policy: 'properties.networkProfile.networkPolicy',
  network_mode: 'properties.networkProfile.networkMode',
  pod_cidr: 'properties.networkProfile.podCidr',
  pod_cidrs: 'properties.networkProfile.podCidrs',
  service_cidr: 'properties.networkProfile.serviceCidr',
  service_cidrs: 'properties.networkProfile.serviceCidrs',
  dns_service_ip: 'properties.networkProfile.dnsServiceIP',
  docker_bridge_cidr: 'properties.networkProfile.dockerBridgeCidr',
  outbound_type: 'properties.networkProfile.outboundType',
  load_balancer_sku: 'properties.networkProfile.loadBalancerSku',
  ip_versions: 'properties.networkProfile.ipFamilies',
  advanced_networking: one('properties.networkProfile.advancedNetworking', {
    observability_enabled: 'properties.networkProfile.advancedNetworking.observability.enabled',
    security_enabled: 'properties.networkProfile.advancedNetworking.security.enabled',
  }),
  load_balancer_profile: one('properties.networkProfile.loadBalancerProfile', {
    managed_outbound_ip_count: 'properties.networkProfile.loadBalancerProfile.managedOutboundIPs.count',
    managed_outbound_ipv6_count: 'properties.networkProfile.loadBalancerProfile.managedOutboundIPs.countIPv6',
    outbound_ip_address_ids: wrap('properties.networkProfile.loadBalancerProfile.outboundIPs.publicIPs', 'id'),
    outbound_ip_prefix_ids: wrap(
      'properties.networkProfile.loadBalancerProfile.outboundIPPrefixes.publicIPPrefixes',
      'id',
    ),
    outbound_ports_allocated: 'properties.networkProfile.loadBalancerProfile.allocatedOutboundPorts',
    backend_pool_type: 'properties.networkProfile.loadBalancerProfile.backendPoolType',
  }),
  nat_gateway_profile: one('properties.networkProfile.natGatewayProfile', {
    managed_outbound_ip_count: 'properties.networkProfile.natGatewayProfile.managedOutboundIPProfile.count',
  }),
}

/** Add-ons as azurerm 2 wrote them. */
const ADDON_PROFILE: Shape = Object.fromEntries(
  (
    [
      ['azure_policy', 'azurepolicy'],
      ['http_application_routing', 'httpApplicationRouting'],
      ['kube_dashboard', 'kubeDashboard'],
      ['oms_agent', 'omsagent'],
      ['aci_connector_linux', 'aciConnectorLinux'],
      ['ingress_application_gateway', 'ingressApplicationGateway'],
    ] as const
  ).map(([block, addon]) => [
    block,
    one(`properties.addonProfiles.${addon}`, { enabled: `properties.addonProfiles.${addon}.enabled` }),
  ]),
)

const GATEWAY_ADDON = 'properties.addonProfiles.ingressApplicationGateway'

export const CLUSTER_TYPES: Readonly<Record<string, AzurermType>> = {
  azurerm_kubernetes_cluster: {
    type: 'Microsoft.ContainerService/managedClusters',
    shape: {
      sku_tier: 'sku.tier',
      dns_prefix: 'properties.dnsPrefix',
      kubernetes_version: 'properties.kubernetesVersion',
      node_resource_group: 'properties.nodeResourceGroup',
      default_node_pool: each('properties.agentPoolProfiles', { name: 'name', ...pool('') }),
      network_profile: one('properties.networkProfile', NETWORK_PROFILE),
      api_server_access_profile: one('properties.apiServerAccessProfile', API_ACCESS),
      api_server_authorized_ip_ranges: 'properties.apiServerAccessProfile.authorizedIPRanges',
      private_cluster_enabled: 'properties.apiServerAccessProfile.enablePrivateCluster',
      private_link_enabled: 'properties.apiServerAccessProfile.enablePrivateCluster',
      private_cluster_public_fqdn_enabled: 'properties.apiServerAccessProfile.enablePrivateClusterPublicFQDN',
      private_dns_zone_id: 'properties.apiServerAccessProfile.privateDNSZone',
      run_command_enabled: not('properties.apiServerAccessProfile.disableRunCommand'),
      public_network_access_enabled: choose('properties.publicNetworkAccess', 'Enabled', 'Disabled'),
      local_account_disabled: 'properties.disableLocalAccounts',
      role_based_access_control_enabled: 'properties.enableRBAC',
      azure_active_directory_role_based_access_control: one('properties.aadProfile', {
        azure_rbac_enabled: 'properties.aadProfile.enableAzureRBAC',
        admin_group_object_ids: 'properties.aadProfile.adminGroupObjectIDs',
        managed: 'properties.aadProfile.managed',
        tenant_id: 'properties.aadProfile.tenantID',
      }),
      addon_profile: one('properties.addonProfiles', ADDON_PROFILE),
      http_application_routing_enabled: 'properties.addonProfiles.httpApplicationRouting.enabled',
      azure_policy_enabled: 'properties.addonProfiles.azurepolicy.enabled',
      open_service_mesh_enabled: 'properties.addonProfiles.openServiceMesh.enabled',
      aci_connector_linux: one('properties.addonProfiles.aciConnectorLinux', {
        subnet_name: both(
          'properties.addonProfiles.aciConnectorLinux.config.SubnetName',
          constant('properties.addonProfiles.aciConnectorLinux.enabled', 'true'),
        ),
      }),
      oms_agent: one('properties.addonProfiles.omsagent', {
        log_analytics_workspace_id: both(
          'properties.addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
          constant('properties.addonProfiles.omsagent.enabled', 'true'),
        ),
      }),
      microsoft_defender: one('properties.securityProfile.defender', {
        log_analytics_workspace_id: constant('properties.securityProfile.defender.securityMonitoring.enabled', 'true'),
      }),
      ingress_application_gateway: both(
        constant(`${GATEWAY_ADDON}.enabled`, 'true'),
        one(GATEWAY_ADDON, {
          gateway_id: `${GATEWAY_ADDON}.config.applicationGatewayId`,
          gateway_name: `${GATEWAY_ADDON}.config.applicationGatewayName`,
          subnet_id: `${GATEWAY_ADDON}.config.subnetId`,
          subnet_cidr: `${GATEWAY_ADDON}.config.subnetCIDR`,
        }),
      ),
      web_app_routing: both(
        constant('properties.ingressProfile.webAppRouting.enabled', 'true'),
        one('properties.ingressProfile.webAppRouting', {
          dns_zone_ids: 'properties.ingressProfile.webAppRouting.dnsZoneResourceIds',
          default_nginx_controller: 'properties.ingressProfile.webAppRouting.nginx.defaultIngressControllerType',
        }),
      ),
      service_mesh_profile: one('properties.serviceMeshProfile', {
        mode: 'properties.serviceMeshProfile.mode',
        internal_ingress_gateway_enabled: 'properties.serviceMeshProfile.istio.internalIngressGateway',
        external_ingress_gateway_enabled: 'properties.serviceMeshProfile.istio.externalIngressGateway',
      }),
      http_proxy_config: one('properties.httpProxyConfig', {
        http_proxy: 'properties.httpProxyConfig.httpProxy',
        https_proxy: 'properties.httpProxyConfig.httpsProxy',
        no_proxy: 'properties.httpProxyConfig.noProxy',
      }),
      workload_identity_enabled: 'properties.securityProfile.workloadIdentity.enabled',
      oidc_issuer_enabled: 'properties.oidcIssuerProfile.enabled',
      linux_profile: one('properties.linuxProfile', { admin_username: 'properties.linuxProfile.adminUsername' }),
      bootstrap_profile: one('properties.bootstrapProfile', {
        artifact_source: 'properties.bootstrapProfile.artifactSource',
        container_registry_id: 'properties.bootstrapProfile.containerRegistryId',
      }),
    },
  },
  azurerm_kubernetes_cluster_node_pool: {
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    parent: { type: 'Microsoft.ContainerService/managedClusters', by: 'kubernetes_cluster_id' },
    shape: pool('properties.'),
  },
}
