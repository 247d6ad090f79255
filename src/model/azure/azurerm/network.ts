import { type AzurermType, choose, each, id, idInList, ids, not, one, type Shape, wrap } from './shape.ts'

/** Virtual networks, subnets, peerings, outbound access. Sources: the provider's pages `r/virtual_network`, `r/subnet` … 3.x to 5.x. */

const DELEGATION: Shape = {
  name: 'name',
  service_delegation: one('properties.serviceName', { name: 'properties.serviceName', actions: 'properties.actions' }),
}

/** azurerm 5 writes service endpoints as blocks, earlier versions as a list of names. */
const SERVICE_ENDPOINT: Shape = { service: 'service', locations: 'locations' }

const SUBNET: Shape = {
  address_prefixes: 'properties.addressPrefixes',
  address_prefix: 'properties.addressPrefix',
  service_endpoints: wrap('properties.serviceEndpoints', 'service'),
  service_endpoint: each('properties.serviceEndpoints', SERVICE_ENDPOINT),
  service_endpoint_policy_ids: ids('properties.serviceEndpointPolicies'),
  delegation: each('properties.delegations', DELEGATION),
  default_outbound_access_enabled: 'properties.defaultOutboundAccess',
  private_endpoint_network_policies: 'properties.privateEndpointNetworkPolicies',
  private_endpoint_network_policies_enabled: choose('properties.privateEndpointNetworkPolicies', 'Enabled', 'Disabled'),
  enforce_private_link_endpoint_network_policies: choose(
    'properties.privateEndpointNetworkPolicies',
    'Disabled',
    'Enabled',
  ),
  private_link_service_network_policies_enabled: choose(
    'properties.privateLinkServiceNetworkPolicies',
    'Enabled',
    'Disabled',
  ),
  // azurerm 1.x names group and table in the subnet itself.
  network_security_group_id: id('properties.networkSecurityGroup'),
  route_table_id: id('properties.routeTable'),
  network_security_group_id_wo: id('properties.networkSecurityGroup'),
  route_table_id_wo: id('properties.routeTable'),
  ip_address_pool: 'properties.ipamPoolPrefixAllocations',
}

/** Arguments of a network's inline `subnet` block, which also holds what separate subnets get by association. */
const INLINE_SUBNET: Shape = {
  name: 'name',
  ...SUBNET,
  security_group: id('properties.networkSecurityGroup'),
}

export const RULE_PROPERTIES: Shape = {
  description: 'properties.description',
  protocol: 'properties.protocol',
  access: 'properties.access',
  priority: 'properties.priority',
  direction: 'properties.direction',
  source_port_range: 'properties.sourcePortRange',
  source_port_ranges: 'properties.sourcePortRanges',
  destination_port_range: 'properties.destinationPortRange',
  destination_port_ranges: 'properties.destinationPortRanges',
  source_address_prefix: 'properties.sourceAddressPrefix',
  source_address_prefixes: 'properties.sourceAddressPrefixes',
  destination_address_prefix: 'properties.destinationAddressPrefix',
  destination_address_prefixes: 'properties.destinationAddressPrefixes',
  source_application_security_group_ids: ids('properties.sourceApplicationSecurityGroups'),
  destination_application_security_group_ids: ids('properties.destinationApplicationSecurityGroups'),
}

const ROUTE: Shape = {
  address_prefix: 'properties.addressPrefix',
  next_hop_type: 'properties.nextHopType',
  next_hop_in_ip_address: 'properties.nextHopIpAddress',
}

const IP_CONFIGURATION: Shape = {
  name: 'name',
  subnet_id: id('properties.subnet'),
  private_ip_address: 'properties.privateIPAddress',
  private_ip_address_allocation: 'properties.privateIPAllocationMethod',
  private_ip_address_version: 'properties.privateIPAddressVersion',
  public_ip_address_id: id('properties.publicIPAddress'),
  primary: 'properties.primary',
}

/** Scale sets name their groups inside the configuration. */
const VMSS_IP_CONFIGURATION: Shape = {
  ...IP_CONFIGURATION,
  application_security_group_ids: ids('properties.applicationSecurityGroups'),
  public_ip_address: one('properties.publicIPAddressConfiguration', {
    name: 'properties.publicIPAddressConfiguration.name',
  }),
}

const VMSS: Shape = {
  network_interface: each('properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations', {
    name: 'name',
    primary: 'properties.primary',
    network_security_group_id: id('properties.networkSecurityGroup'),
    enable_ip_forwarding: 'properties.enableIPForwarding',
    ip_forwarding_enabled: 'properties.enableIPForwarding',
    ip_configuration: each('properties.ipConfigurations', VMSS_IP_CONFIGURATION),
  }),
}

const MACHINE: Shape = {
  network_interface_ids: ids('properties.networkProfile.networkInterfaces'),
  boot_diagnostics: 'properties.diagnosticsProfile.bootDiagnostics',
}

export const NETWORK_TYPES: Readonly<Record<string, AzurermType>> = {
  azurerm_virtual_network: {
    type: 'Microsoft.Network/virtualNetworks',
    shape: {
      address_space: 'properties.addressSpace.addressPrefixes',
      ip_address_pool: 'properties.addressSpace.ipamPoolPrefixAllocations',
      dns_servers: 'properties.dhcpOptions.dnsServers',
      subnet: each('properties.subnets', INLINE_SUBNET),
      ddos_protection_plan: one('properties.ddosProtectionPlan', {
        id: 'properties.ddosProtectionPlan.id',
        enable: 'properties.enableDdosProtection',
      }),
    },
  },
  azurerm_subnet: {
    type: 'Microsoft.Network/virtualNetworks/subnets',
    parent: { type: 'Microsoft.Network/virtualNetworks', by: 'virtual_network_name' },
    shape: SUBNET,
  },
  azurerm_virtual_network_peering: {
    type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
    parent: { type: 'Microsoft.Network/virtualNetworks', by: 'virtual_network_name' },
    shape: {
      remote_virtual_network_id: id('properties.remoteVirtualNetwork'),
      allow_virtual_network_access: 'properties.allowVirtualNetworkAccess',
      allow_forwarded_traffic: 'properties.allowForwardedTraffic',
      allow_gateway_transit: 'properties.allowGatewayTransit',
      use_remote_gateways: 'properties.useRemoteGateways',
      peer_complete_virtual_networks_enabled: 'properties.peerCompleteVnets',
      local_subnet_names: 'properties.localSubnetNames',
      remote_subnet_names: 'properties.remoteSubnetNames',
    },
  },
  azurerm_virtual_hub: { type: 'Microsoft.Network/virtualHubs', shape: {} },
  azurerm_virtual_hub_connection: {
    type: 'Microsoft.Network/virtualHubs/hubVirtualNetworkConnections',
    parent: { type: 'Microsoft.Network/virtualHubs', by: 'virtual_hub_id' },
    shape: {
      remote_virtual_network_id: id('properties.remoteVirtualNetwork'),
      internet_security_enabled: 'properties.enableInternetSecurity',
    },
  },
  azurerm_network_security_group: {
    type: 'Microsoft.Network/networkSecurityGroups',
    shape: { security_rule: each('properties.securityRules', { name: 'name', ...RULE_PROPERTIES }) },
  },
  azurerm_network_security_rule: {
    type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    parent: { type: 'Microsoft.Network/networkSecurityGroups', by: 'network_security_group_name' },
    shape: RULE_PROPERTIES,
  },
  azurerm_application_security_group: { type: 'Microsoft.Network/applicationSecurityGroups', shape: {} },
  azurerm_route_table: {
    type: 'Microsoft.Network/routeTables',
    shape: {
      route: each('properties.routes', { name: 'name', ...ROUTE }),
      bgp_route_propagation_enabled: not('properties.disableBgpRoutePropagation'),
      disable_bgp_route_propagation: 'properties.disableBgpRoutePropagation',
    },
  },
  azurerm_route: {
    type: 'Microsoft.Network/routeTables/routes',
    parent: { type: 'Microsoft.Network/routeTables', by: 'route_table_name' },
    shape: ROUTE,
  },
  azurerm_nat_gateway: {
    type: 'Microsoft.Network/natGateways',
    shape: {
      sku_name: 'sku.name',
      public_ip_address_ids: ids('properties.publicIpAddresses'),
      public_ip_prefix_ids: ids('properties.publicIpPrefixes'),
    },
  },
  azurerm_public_ip: {
    type: 'Microsoft.Network/publicIPAddresses',
    shape: {
      sku: 'sku.name',
      allocation_method: 'properties.publicIPAllocationMethod',
      ip_version: 'properties.publicIPAddressVersion',
      public_ip_prefix_id: id('properties.publicIPPrefix'),
      ip_tags: 'properties.ipTags',
      domain_name_label: 'properties.dnsSettings.domainNameLabel',
      ddos_protection_mode: 'properties.ddosSettings.protectionMode',
    },
  },
  azurerm_public_ip_prefix: {
    type: 'Microsoft.Network/publicIPPrefixes',
    shape: {
      sku: 'sku.name',
      prefix_length: 'properties.prefixLength',
      ip_version: 'properties.publicIPAddressVersion',
    },
  },
  azurerm_network_interface: {
    type: 'Microsoft.Network/networkInterfaces',
    shape: {
      ip_configuration: each('properties.ipConfigurations', IP_CONFIGURATION),
      enable_ip_forwarding: 'properties.enableIPForwarding',
      ip_forwarding_enabled: 'properties.enableIPForwarding',
      dns_servers: 'properties.dnsSettings.dnsServers',
    },
  },
  azurerm_linux_virtual_machine: { type: 'Microsoft.Compute/virtualMachines', shape: MACHINE },
  azurerm_windows_virtual_machine: { type: 'Microsoft.Compute/virtualMachines', shape: MACHINE },
  azurerm_virtual_machine: { type: 'Microsoft.Compute/virtualMachines', shape: MACHINE },
  azurerm_linux_virtual_machine_scale_set: { type: 'Microsoft.Compute/virtualMachineScaleSets', shape: VMSS },
  azurerm_windows_virtual_machine_scale_set: { type: 'Microsoft.Compute/virtualMachineScaleSets', shape: VMSS },
  azurerm_orchestrated_virtual_machine_scale_set: { type: 'Microsoft.Compute/virtualMachineScaleSets', shape: VMSS },
  azurerm_lb: {
    type: 'Microsoft.Network/loadBalancers',
    shape: {
      sku: 'sku.name',
      frontend_ip_configuration: each('properties.frontendIPConfigurations', IP_CONFIGURATION),
    },
  },
  azurerm_lb_rule: {
    type: 'Microsoft.Network/loadBalancers/loadBalancingRules',
    parent: { type: 'Microsoft.Network/loadBalancers', by: 'loadbalancer_id' },
    shape: {
      protocol: 'properties.protocol',
      frontend_port: 'properties.frontendPort',
      backend_port: 'properties.backendPort',
      frontend_ip_configuration_name: 'properties.frontendName',
      backend_address_pool_ids: ids('properties.backendAddressPools'),
      enable_floating_ip: 'properties.enableFloatingIP',
      floating_ip_enabled: 'properties.enableFloatingIP',
      disable_outbound_snat: 'properties.disableOutboundSnat',
    },
  },
  azurerm_lb_outbound_rule: {
    type: 'Microsoft.Network/loadBalancers/outboundRules',
    parent: { type: 'Microsoft.Network/loadBalancers', by: 'loadbalancer_id' },
    shape: {
      protocol: 'properties.protocol',
      backend_address_pool_id: id('properties.backendAddressPool'),
      frontend_ip_configuration: each('properties.frontends', { name: 'name' }),
    },
  },
  azurerm_lb_backend_address_pool: {
    type: 'Microsoft.Network/loadBalancers/backendAddressPools',
    parent: { type: 'Microsoft.Network/loadBalancers', by: 'loadbalancer_id' },
    shape: { virtual_network_id: id('properties.virtualNetwork') },
  },
  azurerm_lb_nat_rule: {
    type: 'Microsoft.Network/loadBalancers/inboundNatRules',
    parent: { type: 'Microsoft.Network/loadBalancers', by: 'loadbalancer_id' },
    shape: {
      protocol: 'properties.protocol',
      frontend_port: 'properties.frontendPort',
      backend_port: 'properties.backendPort',
      frontend_ip_configuration_name: 'properties.frontendName',
    },
  },
  azurerm_bastion_host: {
    type: 'Microsoft.Network/bastionHosts',
    shape: {
      sku: 'sku.name',
      ip_configuration: each('properties.ipConfigurations', IP_CONFIGURATION),
      virtual_network_id: id('properties.virtualNetwork'),
      shareable_link_enabled: 'properties.enableShareableLink',
      ip_connect_enabled: 'properties.enableIpConnect',
      tunneling_enabled: 'properties.enableTunneling',
    },
  },
  azurerm_virtual_network_gateway: {
    type: 'Microsoft.Network/virtualNetworkGateways',
    shape: {
      type: 'properties.gatewayType',
      vpn_type: 'properties.vpnType',
      sku: 'sku.name',
      enable_bgp: 'properties.enableBgp',
      bgp_enabled: 'properties.enableBgp',
      ip_configuration: each('properties.ipConfigurations', IP_CONFIGURATION),
      vpn_client_configuration: one('properties.vpnClientConfiguration', {
        address_space: 'properties.vpnClientConfiguration.vpnClientAddressPool.addressPrefixes',
      }),
      custom_route: one('properties.customRoutes', { address_prefixes: 'properties.customRoutes.addressPrefixes' }),
    },
  },
  azurerm_local_network_gateway: {
    type: 'Microsoft.Network/localNetworkGateways',
    shape: {
      address_space: 'properties.localNetworkAddressSpace.addressPrefixes',
      gateway_address: 'properties.gatewayIpAddress',
      bgp_settings: one('properties.bgpSettings', { asn: 'properties.bgpSettings.asn' }),
    },
  },
  azurerm_virtual_network_gateway_connection: {
    type: 'Microsoft.Network/connections',
    shape: {
      type: 'properties.connectionType',
      virtual_network_gateway_id: id('properties.virtualNetworkGateway1'),
      peer_virtual_network_gateway_id: id('properties.virtualNetworkGateway2'),
      local_network_gateway_id: id('properties.localNetworkGateway2'),
      express_route_circuit_id: id('properties.peer'),
      enable_bgp: 'properties.enableBgp',
      bgp_enabled: 'properties.enableBgp',
    },
  },
  azurerm_subnet_service_endpoint_storage_policy: {
    type: 'Microsoft.Network/serviceEndpointPolicies',
    shape: {
      definition: each('properties.serviceEndpointPolicyDefinitions', {
        name: 'name',
        service: 'properties.service',
        service_resources: 'properties.serviceResources',
      }),
    },
  },
  azurerm_network_watcher_flow_log: {
    type: 'Microsoft.Network/networkWatchers/flowLogs',
    shape: {
      target_resource_id: 'properties.targetResourceId',
      network_security_group_id: 'properties.targetResourceId',
      enabled: 'properties.enabled',
      retention_policy: one('properties.retentionPolicy', {
        days: 'properties.retentionPolicy.days',
        enabled: 'properties.retentionPolicy.enabled',
      }),
    },
  },
  azurerm_monitor_diagnostic_setting: {
    type: 'Microsoft.Insights/diagnosticSettings',
    shape: { target_resource_id: 'targetResourceId' },
  },
  azurerm_network_ddos_protection_plan: { type: 'Microsoft.Network/ddosProtectionPlans', shape: {} },
}

/** Resources that only join two others, and what they set on the first. */
export interface Association {
  /** The argument with the id of the resource that is changed. */
  readonly target: string
  /** The argument with its name instead, as older providers have it, and its ARM type. */
  readonly named?: { readonly by: string; readonly type: string }
  readonly shape: Shape
}

export const ASSOCIATIONS: Readonly<Record<string, Association>> = {
  azurerm_subnet_network_security_group_association: {
    target: 'subnet_id',
    shape: { network_security_group_id: id('properties.networkSecurityGroup') },
  },
  azurerm_subnet_route_table_association: {
    target: 'subnet_id',
    shape: { route_table_id: id('properties.routeTable') },
  },
  azurerm_subnet_nat_gateway_association: {
    target: 'subnet_id',
    shape: { nat_gateway_id: id('properties.natGateway') },
  },
  azurerm_nat_gateway_public_ip_association: {
    target: 'nat_gateway_id',
    shape: { public_ip_address_id: idInList('properties.publicIpAddresses') },
  },
  azurerm_nat_gateway_public_ip_prefix_association: {
    target: 'nat_gateway_id',
    shape: { public_ip_prefix_id: idInList('properties.publicIpPrefixes') },
  },
  azurerm_network_interface_security_group_association: {
    target: 'network_interface_id',
    shape: { network_security_group_id: id('properties.networkSecurityGroup') },
  },
  azurerm_network_interface_application_security_group_association: {
    target: 'network_interface_id',
    shape: { application_security_group_id: idInList('properties.applicationSecurityGroups') },
  },
  azurerm_network_interface_backend_address_pool_association: {
    target: 'network_interface_id',
    shape: { backend_address_pool_id: idInList('properties.loadBalancerBackendAddressPools') },
  },
  azurerm_network_interface_application_gateway_backend_address_pool_association: {
    target: 'network_interface_id',
    shape: { backend_address_pool_id: idInList('properties.applicationGatewayBackendAddressPools') },
  },
  azurerm_virtual_network_dns_servers: {
    target: 'virtual_network_id',
    shape: { dns_servers: 'properties.dhcpOptions.dnsServers' },
  },
  azurerm_storage_account_network_rules: {
    target: 'storage_account_id',
    named: { by: 'storage_account_name', type: 'Microsoft.Storage/storageAccounts' },
    shape: {
      default_action: 'properties.networkAcls.defaultAction',
      bypass: 'properties.networkAcls.bypass',
      ip_rules: wrap('properties.networkAcls.ipRules', 'value'),
      virtual_network_subnet_ids: ids('properties.networkAcls.virtualNetworkRules'),
      private_link_access: each('properties.networkAcls.resourceAccessRules', {
        endpoint_resource_id: 'resourceId',
        endpoint_tenant_id: 'tenantId',
      }),
    },
  },
}
