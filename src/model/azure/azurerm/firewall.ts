import { type AzurermType, both, choose, constant, each, id, one, type Shape, wrap } from './shape.ts'

/** Azure Firewall, its policies, and Virtual Network Manager's admin rules. Sources: the provider's pages `r/firewall*`, `r/network_manager*`. */

const IP_CONFIGURATION: Shape = {
  name: 'name',
  subnet_id: id('properties.subnet'),
  public_ip_address_id: id('properties.publicIPAddress'),
  private_ip_address: 'properties.privateIPAddress',
}

const PROTOCOL: Shape = { type: 'protocolType', port: 'port' }

const SOURCES: Shape = {
  name: 'name',
  source_addresses: 'sourceAddresses',
  source_ip_groups: 'sourceIpGroups',
}

const APPLICATION_RULE: Shape = {
  ...SOURCES,
  // Policies have `protocols`, classic collections `protocol`.
  protocols: each('protocols', PROTOCOL),
  protocol: each('protocols', PROTOCOL),
  destination_addresses: 'destinationAddresses',
  destination_fqdns: 'targetFqdns',
  target_fqdns: 'targetFqdns',
  destination_urls: 'targetUrls',
  destination_fqdn_tags: 'fqdnTags',
  fqdn_tags: 'fqdnTags',
  web_categories: 'webCategories',
  terminate_tls: 'terminateTLS',
}

const NETWORK_RULE: Shape = {
  ...SOURCES,
  protocols: 'ipProtocols',
  destination_addresses: 'destinationAddresses',
  destination_ip_groups: 'destinationIpGroups',
  destination_fqdns: 'destinationFqdns',
  destination_ports: 'destinationPorts',
}

const NAT_RULE: Shape = {
  ...SOURCES,
  protocols: 'ipProtocols',
  destination_address: 'destinationAddresses',
  destination_addresses: 'destinationAddresses',
  destination_ports: 'destinationPorts',
  translated_address: 'translatedAddress',
  translated_fqdn: 'translatedFqdn',
  translated_port: 'translatedPort',
}

function collection(type: string, ruleType: string, rule: Shape): Shape {
  return {
    name: both('name', constant('ruleCollectionType', type)),
    priority: 'priority',
    action: 'action.type',
    rule: each('rules', { ...rule, name: both('name', constant('ruleType', ruleType)) }),
  }
}

const POLICY_DNS: Shape = {
  proxy_enabled: 'properties.dnsSettings.enableProxy',
  servers: 'properties.dnsSettings.servers',
}

const CLASSIC: Shape = { priority: 'properties.priority', action: 'properties.action.type' }

const ADMIN_ADDRESS: Shape = { address_prefix: 'addressPrefix', address_prefix_type: 'addressPrefixType' }

const FIREWALL = { type: 'Microsoft.Network/azureFirewalls', by: 'azure_firewall_name' }

/** A rule set of a Front Door policy. */
const MANAGED_RULE = each('properties.managedRules.managedRuleSets', {
  type: 'ruleSetType',
  version: 'ruleSetVersion',
  override: each('ruleGroupOverrides', {
    rule_group_name: 'ruleGroupName',
    rule: each('rules', {
      rule_id: 'ruleId',
      enabled: choose('enabledState', 'Enabled', 'Disabled'),
      action: 'action',
    }),
  }),
})

export const FIREWALL_TYPES: Readonly<Record<string, AzurermType>> = {
  azurerm_firewall: {
    type: 'Microsoft.Network/azureFirewalls',
    shape: {
      sku_name: 'properties.sku.name',
      sku_tier: 'properties.sku.tier',
      firewall_policy_id: id('properties.firewallPolicy'),
      threat_intel_mode: 'properties.threatIntelMode',
      dns_servers: 'properties.dnsServers',
      dns_proxy_enabled: 'properties.dnsProxyEnabled',
      private_ip_ranges: 'properties.privateRanges',
      ip_configuration: each('properties.ipConfigurations', IP_CONFIGURATION),
      management_ip_configuration: one('properties.managementIpConfiguration', {
        subnet_id: id('properties.managementIpConfiguration.properties.subnet'),
        public_ip_address_id: id('properties.managementIpConfiguration.properties.publicIPAddress'),
      }),
      virtual_hub: one('properties.virtualHub', { virtual_hub_id: id('properties.virtualHub') }),
    },
  },
  azurerm_firewall_network_rule_collection: {
    type: 'Microsoft.Network/azureFirewalls/networkRuleCollections',
    parent: FIREWALL,
    shape: { ...CLASSIC, rule: each('properties.rules', { ...NETWORK_RULE, protocols: 'protocols' }) },
  },
  azurerm_firewall_application_rule_collection: {
    type: 'Microsoft.Network/azureFirewalls/applicationRuleCollections',
    parent: FIREWALL,
    shape: { ...CLASSIC, rule: each('properties.rules', APPLICATION_RULE) },
  },
  azurerm_firewall_nat_rule_collection: {
    type: 'Microsoft.Network/azureFirewalls/natRuleCollections',
    parent: FIREWALL,
    shape: { ...CLASSIC, rule: each('properties.rules', { ...NAT_RULE, protocols: 'protocols' }) },
  },
  azurerm_firewall_policy: {
    type: 'Microsoft.Network/firewallPolicies',
    shape: {
      sku: 'properties.sku.tier',
      base_policy_id: id('properties.basePolicy'),
      threat_intelligence_mode: 'properties.threatIntelMode',
      threat_intelligence_allowlist: one('properties.threatIntelWhitelist', {
        ip_addresses: 'properties.threatIntelWhitelist.ipAddresses',
        fqdns: 'properties.threatIntelWhitelist.fqdns',
      }),
      private_ip_ranges: 'properties.snat.privateRanges',
      dns: one('properties.dnsSettings', POLICY_DNS),
      intrusion_detection: one('properties.intrusionDetection', { mode: 'properties.intrusionDetection.mode' }),
      tls_certificate: one('properties.transportSecurity', {
        key_vault_secret_id: 'properties.transportSecurity.certificateAuthority.keyVaultSecretId',
      }),
      explicit_proxy: one('properties.explicitProxy', { enabled: 'properties.explicitProxy.enableExplicitProxy' }),
    },
  },
  azurerm_firewall_policy_rule_collection_group: {
    type: 'Microsoft.Network/firewallPolicies/ruleCollectionGroups',
    parent: { type: 'Microsoft.Network/firewallPolicies', by: 'firewall_policy_id' },
    shape: {
      priority: 'properties.priority',
      network_rule_collection: each(
        'properties.ruleCollections',
        collection('FirewallPolicyFilterRuleCollection', 'NetworkRule', NETWORK_RULE),
      ),
      application_rule_collection: each(
        'properties.ruleCollections',
        collection('FirewallPolicyFilterRuleCollection', 'ApplicationRule', APPLICATION_RULE),
      ),
      nat_rule_collection: each(
        'properties.ruleCollections',
        collection('FirewallPolicyNatRuleCollection', 'NatRule', NAT_RULE),
      ),
    },
  },
  azurerm_ip_group: { type: 'Microsoft.Network/ipGroups', shape: { cidrs: 'properties.ipAddresses' } },
  azurerm_ip_group_cidr: {
    type: 'Microsoft.Network/ipGroups/cidrs',
    parent: { type: 'Microsoft.Network/ipGroups', by: 'ip_group_id' },
    name: { by: 'cidr' },
    shape: { cidr: 'properties.cidr' },
  },
  azurerm_network_manager: {
    type: 'Microsoft.Network/networkManagers',
    shape: {
      scope_accesses: 'properties.networkManagerScopeAccesses',
      scope: one('properties.networkManagerScopes', {
        subscription_ids: 'properties.networkManagerScopes.subscriptions',
        management_group_ids: 'properties.networkManagerScopes.managementGroups',
      }),
    },
  },
  azurerm_network_manager_network_group: {
    type: 'Microsoft.Network/networkManagers/networkGroups',
    parent: { type: 'Microsoft.Network/networkManagers', by: 'network_manager_id' },
    shape: {},
  },
  azurerm_network_manager_static_member: {
    type: 'Microsoft.Network/networkManagers/networkGroups/staticMembers',
    parent: { type: 'Microsoft.Network/networkManagers/networkGroups', by: 'network_group_id' },
    shape: { target_virtual_network_id: 'properties.resourceId' },
  },
  azurerm_network_manager_security_admin_configuration: {
    type: 'Microsoft.Network/networkManagers/securityAdminConfigurations',
    parent: { type: 'Microsoft.Network/networkManagers', by: 'network_manager_id' },
    shape: { apply_on_network_intent_policy_based_services: 'properties.applyOnNetworkIntentPolicyBasedServices' },
  },
  azurerm_network_manager_admin_rule_collection: {
    type: 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections',
    parent: {
      type: 'Microsoft.Network/networkManagers/securityAdminConfigurations',
      by: 'security_admin_configuration_id',
    },
    shape: { network_group_ids: wrap('properties.appliesToGroups', 'networkGroupId') },
  },
  azurerm_network_manager_admin_rule: {
    type: 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules',
    parent: {
      type: 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections',
      by: 'admin_rule_collection_id',
    },
    shape: {
      action: 'properties.access',
      direction: 'properties.direction',
      priority: 'properties.priority',
      protocol: 'properties.protocol',
      source_port_ranges: 'properties.sourcePortRanges',
      destination_port_ranges: 'properties.destinationPortRanges',
      source: each('properties.sources', ADMIN_ADDRESS),
      destination: each('properties.destinations', ADMIN_ADDRESS),
    },
  },
  azurerm_network_manager_deployment: {
    type: 'Microsoft.Network/networkManagers/deployments',
    parent: { type: 'Microsoft.Network/networkManagers', by: 'network_manager_id' },
    name: { by: 'scope_access' },
    shape: {
      scope_access: 'properties.commitType',
      location: 'location',
      configuration_ids: 'properties.configurationIds',
    },
  },
  azurerm_web_application_firewall_policy: {
    type: 'Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies',
    shape: {
      policy_settings: one('properties.policySettings', {
        enabled: choose('properties.policySettings.state', 'Enabled', 'Disabled'),
        mode: 'properties.policySettings.mode',
      }),
      managed_rules: one('properties.managedRules', {
        managed_rule_set: each('properties.managedRules.managedRuleSets', {
          type: 'ruleSetType',
          version: 'ruleSetVersion',
          rule_group_override: each('ruleGroupOverrides', {
            rule_group_name: 'ruleGroupName',
            disabled_rules: 'disabledRules',
            rule: each('rules', { id: 'ruleId', enabled: choose('state', 'Enabled', 'Disabled'), action: 'action' }),
          }),
        }),
      }),
      custom_rules: 'properties.customRules',
    },
  },
  azurerm_cdn_frontdoor_firewall_policy: {
    type: 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies',
    shape: {
      sku_name: 'sku.name',
      enabled: choose('properties.policySettings.enabledState', 'Enabled', 'Disabled'),
      mode: 'properties.policySettings.mode',
      managed_rule: MANAGED_RULE,
    },
  },
  azurerm_frontdoor_firewall_policy: {
    type: 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies',
    shape: {
      enabled: choose('properties.policySettings.enabledState', 'Enabled', 'Disabled'),
      mode: 'properties.policySettings.mode',
      managed_rule: MANAGED_RULE,
    },
  },
}
