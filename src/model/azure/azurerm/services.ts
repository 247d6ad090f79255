import { type AzurermType, choose, each, id, ids, one, type Shape, wrap } from './shape.ts'

/** The network side of PaaS services, private endpoints and DNS zones, application gateways. Sources: the provider's pages of each resource, 3.x to 5.x. */

const PUBLIC_ACCESS: Shape = {
  public_network_access_enabled: choose('properties.publicNetworkAccess', 'Enabled', 'Disabled'),
  public_network_access: 'properties.publicNetworkAccess',
}

/** `networkAcls` as storage accounts, vaults and cognitive services write it. */
const NETWORK_ACLS: Shape = {
  default_action: 'properties.networkAcls.defaultAction',
  bypass: 'properties.networkAcls.bypass',
  ip_rules: wrap('properties.networkAcls.ipRules', 'value'),
  virtual_network_subnet_ids: wrap('properties.networkAcls.virtualNetworkRules', 'id'),
  virtual_network_rules: each('properties.networkAcls.virtualNetworkRules', {
    subnet_id: 'id',
    ignore_missing_vnet_service_endpoint: 'ignoreMissingVnetServiceEndpoint',
  }),
}

/** Service Bus and Event Hubs keep their rules in a child resource, which azurerm writes inside the namespace. */
const NAMESPACE_RULES: Shape = {
  default_action: 'properties.networkRuleSet.defaultAction',
  public_network_access_enabled: choose('properties.networkRuleSet.publicNetworkAccess', 'Enabled', 'Disabled'),
  trusted_service_access_enabled: 'properties.networkRuleSet.trustedServiceAccessEnabled',
  trusted_services_allowed: 'properties.networkRuleSet.trustedServiceAccessEnabled',
  ip_rules: wrap('properties.networkRuleSet.ipRules', 'ipMask'),
  ip_rule: each('properties.networkRuleSet.ipRules', { ip_mask: 'ipMask', action: 'action' }),
  network_rules: each('properties.networkRuleSet.virtualNetworkRules', { subnet_id: id('subnet') }),
  virtual_network_rule: each('properties.networkRuleSet.virtualNetworkRules', { subnet_id: id('subnet') }),
}

const ADDRESS_RANGE: Shape = {
  start_ip_address: 'properties.startIpAddress',
  end_ip_address: 'properties.endIpAddress',
}

function rulesOf(parent: string, by: string): AzurermType {
  return { type: `${parent}/firewallRules`, parent: { type: parent, by }, shape: ADDRESS_RANGE }
}

function networkRulesOf(parent: string, by: string): AzurermType {
  return {
    type: `${parent}/virtualNetworkRules`,
    parent: { type: parent, by },
    shape: { subnet_id: 'properties.virtualNetworkSubnetId' },
  }
}

const SQL = 'Microsoft.Sql/servers'
const POSTGRES = 'Microsoft.DBforPostgreSQL/flexibleServers'
const MYSQL = 'Microsoft.DBforMySQL/flexibleServers'
const POSTGRES_SINGLE = 'Microsoft.DBforPostgreSQL/servers'
const MYSQL_SINGLE = 'Microsoft.DBforMySQL/servers'
const MARIADB = 'Microsoft.DBforMariaDB/servers'
const REDIS = 'Microsoft.Cache/redis'

const FLEXIBLE: Shape = {
  public_network_access_enabled: choose('properties.network.publicNetworkAccess', 'Enabled', 'Disabled'),
  public_network_access: 'properties.network.publicNetworkAccess',
  delegated_subnet_id: 'properties.network.delegatedSubnetResourceId',
  private_dns_zone_id: 'properties.network.privateDnsZoneArmResourceId',
}

const RECORD = { type: 'Microsoft.Network/privateDnsZones', by: 'zone_name' }

const WEB_APP: Shape = {
  ...PUBLIC_ACCESS,
  https_only: 'properties.httpsOnly',
  virtual_network_subnet_id: 'properties.virtualNetworkSubnetId',
  site_config: one('properties.siteConfig', {
    ip_restriction_default_action: 'properties.siteConfig.ipSecurityRestrictionsDefaultAction',
    ip_restriction: each('properties.siteConfig.ipSecurityRestrictions', {
      name: 'name',
      action: 'action',
      priority: 'priority',
      ip_address: 'ipAddress',
      service_tag: 'serviceTag',
      virtual_network_subnet_id: 'vnetSubnetResourceId',
    }),
    vnet_route_all_enabled: 'properties.siteConfig.vnetRouteAllEnabled',
  }),
}

export const SERVICE_TYPES: Readonly<Record<string, AzurermType>> = {
  azurerm_storage_account: {
    type: 'Microsoft.Storage/storageAccounts',
    shape: {
      ...PUBLIC_ACCESS,
      account_kind: 'kind',
      network_rules: one('properties.networkAcls', {
        ...NETWORK_ACLS,
        private_link_access: each('properties.networkAcls.resourceAccessRules', {
          endpoint_resource_id: 'resourceId',
          endpoint_tenant_id: 'tenantId',
        }),
      }),
      allow_nested_items_to_be_public: 'properties.allowBlobPublicAccess',
      allow_blob_public_access: 'properties.allowBlobPublicAccess',
      https_traffic_only_enabled: 'properties.supportsHttpsTrafficOnly',
      enable_https_traffic_only: 'properties.supportsHttpsTrafficOnly',
      min_tls_version: 'properties.minimumTlsVersion',
      shared_access_key_enabled: 'properties.allowSharedKeyAccess',
      is_hns_enabled: 'properties.isHnsEnabled',
    },
  },
  azurerm_key_vault: {
    type: 'Microsoft.KeyVault/vaults',
    shape: {
      ...PUBLIC_ACCESS,
      sku_name: 'properties.sku.name',
      network_acls: one('properties.networkAcls', NETWORK_ACLS),
    },
  },
  azurerm_key_vault_managed_hardware_security_module: {
    type: 'Microsoft.KeyVault/managedHSMs',
    shape: { ...PUBLIC_ACCESS, network_acls: one('properties.networkAcls', NETWORK_ACLS) },
  },
  azurerm_container_registry: {
    type: 'Microsoft.ContainerRegistry/registries',
    shape: {
      ...PUBLIC_ACCESS,
      sku: 'sku.name',
      admin_enabled: 'properties.adminUserEnabled',
      anonymous_pull_enabled: 'properties.anonymousPullEnabled',
      data_endpoint_enabled: 'properties.dataEndpointEnabled',
      network_rule_bypass_option: 'properties.networkRuleBypassOptions',
      network_rule_set: one('properties.networkRuleSet', {
        default_action: 'properties.networkRuleSet.defaultAction',
        ip_rule: each('properties.networkRuleSet.ipRules', { ip_range: 'value', action: 'action' }),
        virtual_network: each('properties.networkRuleSet.virtualNetworkRules', { subnet_id: 'id', action: 'action' }),
      }),
    },
  },
  azurerm_mssql_server: {
    type: SQL,
    shape: {
      ...PUBLIC_ACCESS,
      minimum_tls_version: 'properties.minimalTlsVersion',
      outbound_network_restriction_enabled: choose('properties.restrictOutboundNetworkAccess', 'Enabled', 'Disabled'),
    },
  },
  azurerm_sql_server: { type: SQL, shape: PUBLIC_ACCESS },
  azurerm_mssql_firewall_rule: rulesOf(SQL, 'server_id'),
  azurerm_sql_firewall_rule: rulesOf(SQL, 'server_name'),
  azurerm_mssql_virtual_network_rule: networkRulesOf(SQL, 'server_id'),
  azurerm_sql_virtual_network_rule: networkRulesOf(SQL, 'server_name'),
  azurerm_mssql_managed_instance: {
    type: 'Microsoft.Sql/managedInstances',
    shape: { subnet_id: 'properties.subnetId', public_data_endpoint_enabled: 'properties.publicDataEndpointEnabled' },
  },
  azurerm_postgresql_flexible_server: { type: POSTGRES, shape: FLEXIBLE },
  azurerm_mysql_flexible_server: { type: MYSQL, shape: FLEXIBLE },
  azurerm_postgresql_flexible_server_firewall_rule: rulesOf(POSTGRES, 'server_id'),
  azurerm_mysql_flexible_server_firewall_rule: rulesOf(MYSQL, 'server_name'),
  azurerm_postgresql_server: { type: POSTGRES_SINGLE, shape: PUBLIC_ACCESS },
  azurerm_mysql_server: { type: MYSQL_SINGLE, shape: PUBLIC_ACCESS },
  azurerm_mariadb_server: { type: MARIADB, shape: PUBLIC_ACCESS },
  azurerm_postgresql_firewall_rule: rulesOf(POSTGRES_SINGLE, 'server_name'),
  azurerm_mysql_firewall_rule: rulesOf(MYSQL_SINGLE, 'server_name'),
  azurerm_mariadb_firewall_rule: rulesOf(MARIADB, 'server_name'),
  azurerm_postgresql_virtual_network_rule: networkRulesOf(POSTGRES_SINGLE, 'server_name'),
  azurerm_mysql_virtual_network_rule: networkRulesOf(MYSQL_SINGLE, 'server_name'),
  azurerm_cosmosdb_account: {
    type: 'Microsoft.DocumentDB/databaseAccounts',
    shape: {
      ...PUBLIC_ACCESS,
      kind: 'kind',
      // Until 4.0 one text with commas, since then a list.
      ip_range_filter: wrap('properties.ipRules', 'ipAddressOrRange'),
      is_virtual_network_filter_enabled: 'properties.isVirtualNetworkFilterEnabled',
      virtual_network_rule: each('properties.virtualNetworkRules', {
        id: 'id',
        ignore_missing_vnet_service_endpoint: 'ignoreMissingVNetServiceEndpoint',
      }),
      network_acl_bypass_for_azure_services: choose('properties.networkAclBypass', 'AzureServices', 'None'),
    },
  },
  azurerm_redis_cache: {
    type: REDIS,
    shape: {
      ...PUBLIC_ACCESS,
      sku_name: 'properties.sku.name',
      subnet_id: 'properties.subnetId',
      non_ssl_port_enabled: 'properties.enableNonSslPort',
      enable_non_ssl_port: 'properties.enableNonSslPort',
    },
  },
  azurerm_redis_firewall_rule: {
    type: `${REDIS}/firewallRules`,
    parent: { type: REDIS, by: 'redis_cache_name' },
    shape: { start_ip: 'properties.startIP', end_ip: 'properties.endIP' },
  },
  azurerm_managed_redis: { type: 'Microsoft.Cache/redisEnterprise', shape: PUBLIC_ACCESS },
  azurerm_servicebus_namespace: {
    type: 'Microsoft.ServiceBus/namespaces',
    shape: { ...PUBLIC_ACCESS, sku: 'sku.name', network_rule_set: one('properties.networkRuleSet', NAMESPACE_RULES) },
  },
  azurerm_servicebus_namespace_network_rule_set: {
    type: 'Microsoft.ServiceBus/namespaces/networkRuleSets',
    parent: { type: 'Microsoft.ServiceBus/namespaces', by: 'namespace_id' },
    name: { fixed: 'default' },
    shape: {
      default_action: 'properties.defaultAction',
      public_network_access_enabled: choose('properties.publicNetworkAccess', 'Enabled', 'Disabled'),
      trusted_services_allowed: 'properties.trustedServiceAccessEnabled',
      ip_rules: wrap('properties.ipRules', 'ipMask'),
      network_rules: each('properties.virtualNetworkRules', { subnet_id: id('subnet') }),
    },
  },
  azurerm_eventhub_namespace: {
    type: 'Microsoft.EventHub/namespaces',
    shape: { ...PUBLIC_ACCESS, sku: 'sku.name', network_rulesets: one('properties.networkRuleSet', NAMESPACE_RULES) },
  },
  azurerm_app_configuration: {
    type: 'Microsoft.AppConfiguration/configurationStores',
    shape: { ...PUBLIC_ACCESS, sku: 'sku.name' },
  },
  azurerm_cognitive_account: {
    type: 'Microsoft.CognitiveServices/accounts',
    shape: {
      ...PUBLIC_ACCESS,
      kind: 'kind',
      custom_subdomain_name: 'properties.customSubDomainName',
      network_acls: one('properties.networkAcls', NETWORK_ACLS),
      outbound_network_access_restricted: 'properties.restrictOutboundNetworkAccess',
    },
  },
  azurerm_ai_services: {
    type: 'Microsoft.CognitiveServices/accounts',
    shape: { ...PUBLIC_ACCESS, network_acls: one('properties.networkAcls', NETWORK_ACLS) },
  },
  azurerm_search_service: {
    type: 'Microsoft.Search/searchServices',
    shape: { ...PUBLIC_ACCESS, allowed_ips: wrap('properties.networkRuleSet.ipRules', 'value') },
  },
  azurerm_eventgrid_topic: {
    type: 'Microsoft.EventGrid/topics',
    shape: {
      ...PUBLIC_ACCESS,
      inbound_ip_rule: each('properties.inboundIpRules', { ip_mask: 'ipMask', action: 'action' }),
    },
  },
  azurerm_eventgrid_domain: {
    type: 'Microsoft.EventGrid/domains',
    shape: {
      ...PUBLIC_ACCESS,
      inbound_ip_rule: each('properties.inboundIpRules', { ip_mask: 'ipMask', action: 'action' }),
    },
  },
  azurerm_linux_web_app: { type: 'Microsoft.Web/sites', shape: WEB_APP },
  azurerm_windows_web_app: { type: 'Microsoft.Web/sites', shape: WEB_APP },
  azurerm_linux_function_app: { type: 'Microsoft.Web/sites', shape: WEB_APP },
  azurerm_windows_function_app: { type: 'Microsoft.Web/sites', shape: WEB_APP },
  azurerm_logic_app_standard: { type: 'Microsoft.Web/sites', shape: WEB_APP },
  azurerm_private_endpoint: {
    type: 'Microsoft.Network/privateEndpoints',
    shape: {
      subnet_id: id('properties.subnet'),
      custom_network_interface_name: 'properties.customNetworkInterfaceName',
      private_service_connection: each('properties.privateLinkServiceConnections', {
        name: 'name',
        is_manual_connection: 'properties.isManual',
        private_connection_resource_id: 'properties.privateLinkServiceId',
        private_connection_resource_alias: 'properties.privateLinkServiceId',
        subresource_names: 'properties.groupIds',
      }),
      private_dns_zone_group: each('properties.privateDnsZoneGroups', {
        name: 'name',
        private_dns_zone_ids: wrap('properties.privateDnsZoneConfigs', 'privateDnsZoneId'),
      }),
      ip_configuration: each('properties.ipConfigurations', {
        name: 'name',
        private_ip_address: 'properties.privateIPAddress',
        subresource_name: 'properties.groupId',
        member_name: 'properties.memberName',
      }),
    },
  },
  azurerm_private_endpoint_application_security_group_association: {
    type: 'Microsoft.Network/privateEndpoints/applicationSecurityGroups',
    parent: { type: 'Microsoft.Network/privateEndpoints', by: 'private_endpoint_id' },
    name: { fixed: 'association' },
    shape: { application_security_group_id: 'properties.id' },
  },
  azurerm_private_dns_zone: { type: 'Microsoft.Network/privateDnsZones', shape: {} },
  azurerm_private_dns_zone_virtual_network_link: {
    type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    parent: { type: 'Microsoft.Network/privateDnsZones', by: 'private_dns_zone_name' },
    shape: {
      virtual_network_id: id('properties.virtualNetwork'),
      registration_enabled: 'properties.registrationEnabled',
      resolution_policy: 'properties.resolutionPolicy',
    },
  },
  azurerm_private_dns_a_record: {
    type: 'Microsoft.Network/privateDnsZones/A',
    parent: RECORD,
    shape: { records: wrap('properties.aRecords', 'ipv4Address') },
  },
  azurerm_private_dns_aaaa_record: {
    type: 'Microsoft.Network/privateDnsZones/AAAA',
    parent: RECORD,
    shape: { records: wrap('properties.aaaaRecords', 'ipv6Address') },
  },
  azurerm_private_dns_cname_record: {
    type: 'Microsoft.Network/privateDnsZones/CNAME',
    parent: RECORD,
    shape: { record: 'properties.cnameRecord.cname' },
  },
  azurerm_private_dns_resolver: {
    type: 'Microsoft.Network/dnsResolvers',
    shape: { virtual_network_id: id('properties.virtualNetwork') },
  },
  azurerm_private_dns_resolver_inbound_endpoint: {
    type: 'Microsoft.Network/dnsResolvers/inboundEndpoints',
    parent: { type: 'Microsoft.Network/dnsResolvers', by: 'private_dns_resolver_id' },
    shape: {
      ip_configurations: each('properties.ipConfigurations', {
        private_ip_address: 'privateIpAddress',
        subnet_id: id('subnet'),
      }),
    },
  },
  azurerm_application_gateway: {
    type: 'Microsoft.Network/applicationGateways',
    shape: {
      sku: one('properties.sku', { name: 'properties.sku.name', tier: 'properties.sku.tier' }),
      firewall_policy_id: id('properties.firewallPolicy'),
      gateway_ip_configuration: each('properties.gatewayIPConfigurations', {
        name: 'name',
        subnet_id: id('properties.subnet'),
      }),
      frontend_ip_configuration: each('properties.frontendIPConfigurations', {
        name: 'name',
        public_ip_address_id: id('properties.publicIPAddress'),
        subnet_id: id('properties.subnet'),
        private_ip_address: 'properties.privateIPAddress',
        private_ip_address_allocation: 'properties.privateIPAllocationMethod',
      }),
      frontend_port: each('properties.frontendPorts', { name: 'name', port: 'properties.port' }),
      backend_address_pool: each('properties.backendAddressPools', {
        name: 'name',
        fqdns: wrap('properties.backendAddresses', 'fqdn'),
        ip_addresses: wrap('properties.backendAddresses', 'ipAddress'),
      }),
      backend_http_settings: each('properties.backendHttpSettingsCollection', {
        name: 'name',
        port: 'properties.port',
        protocol: 'properties.protocol',
      }),
      http_listener: each('properties.httpListeners', {
        name: 'name',
        frontend_ip_configuration_name: 'properties.frontendIPConfigurationName',
        frontend_port_name: 'properties.frontendPortName',
        protocol: 'properties.protocol',
        host_name: 'properties.hostName',
        host_names: 'properties.hostNames',
        firewall_policy_id: id('properties.firewallPolicy'),
      }),
      request_routing_rule: each('properties.requestRoutingRules', {
        name: 'name',
        rule_type: 'properties.ruleType',
        priority: 'properties.priority',
        http_listener_name: 'properties.httpListenerName',
        backend_address_pool_name: 'properties.backendAddressPoolName',
        backend_http_settings_name: 'properties.backendHttpSettingsName',
        redirect_configuration_name: 'properties.redirectConfigurationName',
        url_path_map_name: 'properties.urlPathMapName',
      }),
      redirect_configuration: each('properties.redirectConfigurations', {
        name: 'name',
        target_listener_name: 'properties.targetListenerName',
        target_url: 'properties.targetUrl',
      }),
      url_path_map: each('properties.urlPathMaps', {
        name: 'name',
        default_backend_address_pool_name: 'properties.defaultBackendAddressPoolName',
        path_rule: each('properties.pathRules', {
          name: 'name',
          backend_address_pool_name: 'properties.backendAddressPoolName',
          firewall_policy_id: id('properties.firewallPolicy'),
        }),
      }),
      waf_configuration: one('properties.webApplicationFirewallConfiguration', {
        enabled: 'properties.webApplicationFirewallConfiguration.enabled',
        firewall_mode: 'properties.webApplicationFirewallConfiguration.firewallMode',
      }),
    },
  },
  azurerm_application_load_balancer: { type: 'Microsoft.ServiceNetworking/trafficControllers', shape: {} },
  azurerm_application_load_balancer_subnet_association: {
    type: 'Microsoft.ServiceNetworking/trafficControllers/associations',
    parent: { type: 'Microsoft.ServiceNetworking/trafficControllers', by: 'application_load_balancer_id' },
    shape: { subnet_id: id('properties.subnet') },
  },
  azurerm_network_security_perimeter: { type: 'Microsoft.Network/networkSecurityPerimeters', shape: {} },
  azurerm_network_security_perimeter_profile: {
    type: 'Microsoft.Network/networkSecurityPerimeters/profiles',
    parent: { type: 'Microsoft.Network/networkSecurityPerimeters', by: 'network_security_perimeter_id' },
    shape: {},
  },
  azurerm_network_security_perimeter_access_rule: {
    type: 'Microsoft.Network/networkSecurityPerimeters/profiles/accessRules',
    parent: {
      type: 'Microsoft.Network/networkSecurityPerimeters/profiles',
      by: 'network_security_perimeter_profile_id',
    },
    shape: {
      direction: 'properties.direction',
      address_prefixes: 'properties.addressPrefixes',
      fqdns: 'properties.fullyQualifiedDomainNames',
      subscription_ids: wrap('properties.subscriptions', 'id'),
    },
  },
  azurerm_network_security_perimeter_association: {
    type: 'Microsoft.Network/networkSecurityPerimeters/resourceAssociations',
    parent: { type: 'Microsoft.Network/networkSecurityPerimeters', by: 'network_security_perimeter_id' },
    shape: {
      access_mode: 'properties.accessMode',
      network_security_perimeter_profile_id: id('properties.profile'),
      resource_id: id('properties.privateLinkResource'),
    },
  },
  azurerm_private_link_service: {
    type: 'Microsoft.Network/privateLinkServices',
    shape: {
      visibility_subscription_ids: 'properties.visibility.subscriptions',
      auto_approval_subscription_ids: 'properties.autoApproval.subscriptions',
      load_balancer_frontend_ip_configuration_ids: ids('properties.loadBalancerFrontendIpConfigurations'),
    },
  },
}
