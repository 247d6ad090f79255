import { type AzurermType, choose, each, id, one, type Shape, wrap } from './shape.ts'

/** Services of which only the way in (or out) is of interest. Sources: the provider's pages of each resource, 2.x to 5.x. */

const PUBLIC_ACCESS: Shape = {
  public_network_access_enabled: choose('properties.publicNetworkAccess', 'Enabled', 'Disabled'),
  public_network_access: 'properties.publicNetworkAccess',
}

const open = (type: string, more: Shape = {}): AzurermType => ({ type, shape: { ...PUBLIC_ACCESS, ...more } })

const SITE: Shape = { ...PUBLIC_ACCESS, virtual_network_subnet_id: 'properties.virtualNetworkSubnetId' }

const slot = (by: string): AzurermType => ({
  type: 'Microsoft.Web/sites/slots',
  parent: { type: 'Microsoft.Web/sites', by },
  shape: SITE,
})

const SPRING = 'Microsoft.AppPlatform/Spring'
const SYNAPSE = 'Microsoft.Synapse/workspaces'

export const MORE_SERVICE_TYPES: Readonly<Record<string, AzurermType>> = {
  azurerm_automation_account: open('Microsoft.Automation/automationAccounts'),
  azurerm_batch_account: open('Microsoft.Batch/batchAccounts', {
    network_profile: one('properties.networkProfile', {
      account_access: one('properties.networkProfile.accountAccess', {
        default_action: 'properties.networkProfile.accountAccess.defaultAction',
        ip_rule: each('properties.networkProfile.accountAccess.ipRules', { ip_range: 'value', action: 'action' }),
      }),
    }),
  }),
  azurerm_data_factory: {
    type: 'Microsoft.DataFactory/factories',
    shape: { public_network_enabled: choose('properties.publicNetworkAccess', 'Enabled', 'Disabled') },
  },
  azurerm_bot_service_azure_bot: open('Microsoft.BotService/botServices'),
  azurerm_dashboard_grafana: open('Microsoft.Dashboard/grafana'),
  azurerm_databricks_workspace: open('Microsoft.Databricks/workspaces'),
  azurerm_eventgrid_namespace: open('Microsoft.EventGrid/namespaces'),
  azurerm_eventgrid_partner_namespace: open('Microsoft.EventGrid/partnerNamespaces'),
  azurerm_healthcare_dicom_service: open('Microsoft.HealthcareApis/workspaces/dicomServices'),
  azurerm_healthcare_fhir_service: open('Microsoft.HealthcareApis/workspaces/fhirServices'),
  azurerm_iotcentral_application: open('Microsoft.IoTCentral/iotApps'),
  azurerm_digital_twins_instance: open('Microsoft.DigitalTwins/digitalTwinsInstances'),
  azurerm_healthcare_service: open('Microsoft.HealthcareApis/services'),
  azurerm_iothub: open('Microsoft.Devices/IotHubs'),
  azurerm_iothub_dps: open('Microsoft.Devices/provisioningServices'),
  azurerm_kusto_cluster: open('Microsoft.Kusto/clusters'),
  azurerm_machine_learning_workspace: open('Microsoft.MachineLearningServices/workspaces', {
    public_access_behind_virtual_network_enabled: choose('properties.allowPublicAccessWhenBehindVnet', true, false),
  }),
  azurerm_managed_disk: open('Microsoft.Compute/disks', { network_access_policy: 'properties.networkAccessPolicy' }),
  azurerm_purview_account: {
    type: 'Microsoft.Purview/accounts',
    shape: { public_network_enabled: choose('properties.publicNetworkAccess', 'Enabled', 'Disabled') },
  },
  azurerm_recovery_services_vault: open('Microsoft.RecoveryServices/vaults'),
  azurerm_signalr_service: open('Microsoft.SignalRService/SignalR'),
  azurerm_web_pubsub: open('Microsoft.SignalRService/webPubSub'),
  azurerm_storage_sync: {
    type: 'Microsoft.StorageSync/storageSyncServices',
    shape: { incoming_traffic_policy: 'properties.incomingTrafficPolicy' },
  },
  azurerm_linux_web_app_slot: slot('app_service_id'),
  azurerm_windows_web_app_slot: slot('app_service_id'),
  azurerm_linux_function_app_slot: slot('function_app_id'),
  azurerm_windows_function_app_slot: slot('function_app_id'),
  azurerm_api_management: open('Microsoft.ApiManagement/service', {
    virtual_network_type: 'properties.virtualNetworkType',
    virtual_network_configuration: one('properties.virtualNetworkConfiguration', {
      subnet_id: 'properties.virtualNetworkConfiguration.subnetResourceId',
    }),
  }),
  azurerm_container_group: {
    type: 'Microsoft.ContainerInstance/containerGroups',
    shape: {
      ip_address_type: 'properties.ipAddress.type',
      subnet_ids: wrap('properties.subnetIds', 'id'),
      network_profile_id: id('properties.networkProfile'),
    },
  },
  azurerm_spring_cloud_service: {
    type: SPRING,
    shape: {
      sku_name: 'sku.name',
      network: one('properties.networkProfile', {
        app_subnet_id: 'properties.networkProfile.appSubnetId',
        service_runtime_subnet_id: 'properties.networkProfile.serviceRuntimeSubnetId',
      }),
    },
  },
  azurerm_spring_cloud_api_portal: {
    type: `${SPRING}/apiPortals`,
    parent: { type: SPRING, by: 'spring_cloud_service_id' },
    shape: { public_network_access_enabled: 'properties.public' },
  },
  azurerm_synapse_workspace: open(SYNAPSE, {
    managed_virtual_network_enabled: choose('properties.managedVirtualNetwork', 'default', ''),
    data_exfiltration_protection_enabled: 'properties.managedVirtualNetworkSettings.preventDataExfiltration',
  }),
  azurerm_synapse_firewall_rule: {
    type: `${SYNAPSE}/firewallRules`,
    parent: { type: SYNAPSE, by: 'synapse_workspace_id' },
    shape: { start_ip_address: 'properties.startIpAddress', end_ip_address: 'properties.endIpAddress' },
  },
  azurerm_storage_container: {
    type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
    parent: { type: 'Microsoft.Storage/storageAccounts', by: 'storage_account_name' },
    shape: { container_access_type: 'properties.publicAccess' },
  },
  azurerm_frontdoor: {
    type: 'Microsoft.Network/frontDoors',
    shape: {
      frontend_endpoint: each('properties.frontendEndpoints', {
        name: 'name',
        host_name: 'properties.hostName',
        web_application_firewall_policy_link_id: id('properties.webApplicationFirewallPolicyLink'),
      }),
    },
  },
  azurerm_cdn_frontdoor_profile: { type: 'Microsoft.Cdn/profiles', shape: { sku_name: 'sku.name' } },
  azurerm_cdn_frontdoor_security_policy: {
    type: 'Microsoft.Cdn/profiles/securityPolicies',
    parent: { type: 'Microsoft.Cdn/profiles', by: 'cdn_frontdoor_profile_id' },
    shape: {},
  },
}
