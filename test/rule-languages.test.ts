import { describe, expect, it } from 'vitest'
import { NO_ADDRESSES } from '../src/algebra/addresses.ts'
import { NO_NAMES } from '../src/algebra/names.ts'
import { analyseTree } from '../src/analyse.ts'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { parseTree } from '../src/parse/units.ts'
import { assess } from '../src/rules/assess.ts'
import { RULES } from '../src/rules/index.ts'
import { checkState } from '../src/run-rules.ts'
import { memoryTree } from './source/memory-tree.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** One fault, as ARM has it, and as azurerm 4.x and, where that differs, 3.x write it. */
interface Row {
  readonly rule: string
  readonly type: string
  readonly api: string
  /** Beside the name: `properties`, `sku` … */
  readonly body: { readonly [key: string]: Json }
  /** The same resource without the fault. */
  readonly clean: { readonly [key: string]: Json }
  readonly azurerm: string
  readonly azurerm3?: string
}

const SETTINGS = { trusted: NO_ADDRESSES, trustedRanges: [], approved: NO_NAMES, today: '2026-11-01' }

/** `rule severity` of everything that is found in one file. */
function found(path: string, text: string): readonly string[] {
  const views = analyseTree(parseTree(memoryTree({ [path]: text })), EMPTY_CONFIG)
  const hits = views.flatMap((view) => checkState(RULES, view, SETTINGS).hits)
  const findings = assess(hits, hits, (rule, hit) => hit.severity ?? rule.meta.severity, [])
  return findings.map(({ finding }) => finding.rule)
}

function arm({ type, api }: Row, body: Row['body']): string {
  const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
  const resource = { type, apiVersion: api, name: nameOf(type), location: 'westeurope', ...body }
  return JSON.stringify({ $schema: schema, contentVersion: '1.0.0.0', resources: [resource] }, null, 2)
}

function bicep({ type, api }: Row, body: Row['body']): string {
  const lines = Object.entries(body).map(([key, value]) => `  ${key}: ${toBicep(value, '  ')}`)
  return `resource it '${type}@${api}' = {\n  name: '${nameOf(type)}'\n  location: 'westeurope'\n${lines.join('\n')}\n}\n`
}

const nameOf = (type: string) =>
  Array.from({ length: type.split('/').length - 1 }, (_, i) => `it${i === 0 ? '' : i}`).join('/')

function toBicep(value: Json, indent: string): string {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => `${indent}  ${toBicep(item, `${indent}  `)}\n`)
    return items.length === 0 ? '[]' : `[\n${items.join('')}${indent}]`
  }
  if (typeof value === 'object' && value !== null) {
    const lines = Object.entries(value).map(([key, one]) => `${indent}  ${key}: ${toBicep(one, `${indent}  `)}\n`)
    return `{\n${lines.join('')}${indent}}`
  }
  return typeof value === 'string' ? `'${value}'` : `${value}`
}

function toHcl(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(toHcl).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{\n${Object.entries(value)
      .map(([key, one]) => `${key} = ${toHcl(one)}\n`)
      .join('')}}`
  }
  return JSON.stringify(value)
}

function azapi({ type, api }: Row, body: Row['body'], isText: boolean): string {
  const object = toHcl(body)
  const own = nameOf(type).split('/').at(-1)
  return `resource "azapi_resource" "it" {
  type      = "${type}@${api}"
  name      = "${own}"
  location  = "westeurope"
  body      = ${isText ? `jsonencode(${object})` : object}
}
`
}

const provider = (version: string) =>
  `terraform {\n  required_providers {\n    azurerm = {\n      source  = "hashicorp/azurerm"\n      version = "${version}"\n    }\n  }\n}\n`

function azurerm(text: string, version: string): string {
  const [kind, ...lines] = text.trim().split('\n')
  return `${provider(version)}resource "${kind}" "it" {\n  name = "it"\n  location = "westeurope"\n${lines.join('\n')}\n}\n`
}

const AKS = { type: 'Microsoft.ContainerService/managedClusters', api: '2024-09-01' } as const
const POOL = [{ name: 'system', mode: 'System', count: 3 }]
const CILIUM = { networkPlugin: 'azure', networkPolicy: 'cilium', networkDataplane: 'cilium' }
const PRIVATE = { enablePrivateCluster: true, disableRunCommand: true }
const PAAS = [
  // [ARM type, API version, azurerm type, its argument, "off" there, rule]
  [
    'Microsoft.Automation/automationAccounts',
    '2023-11-01',
    'azurerm_automation_account',
    'public_network_access_enabled',
    false,
  ],
  ['Microsoft.Batch/batchAccounts', '2024-07-01', 'azurerm_batch_account', 'public_network_access_enabled', 'Disabled'],
  ['Microsoft.DataFactory/factories', '2018-06-01', 'azurerm_data_factory', 'public_network_enabled', 'Disabled'],
  [
    'Microsoft.Databricks/workspaces',
    '2024-05-01',
    'azurerm_databricks_workspace',
    'public_network_access_enabled',
    'Disabled',
  ],
  ['Microsoft.Devices/IotHubs', '2023-06-30', 'azurerm_iothub', 'public_network_access_enabled', 'Disabled'],
  [
    'Microsoft.DigitalTwins/digitalTwinsInstances',
    '2023-01-31',
    'azurerm_digital_twins_instance',
    'public_network_access_enabled',
    'Disabled',
  ],
  [
    'Microsoft.EventGrid/domains',
    '2025-02-15',
    'azurerm_eventgrid_domain',
    'public_network_access_enabled',
    'Disabled',
  ],
  ['Microsoft.EventGrid/topics', '2025-02-15', 'azurerm_eventgrid_topic', 'public_network_access_enabled', 'Disabled'],
  ['Microsoft.Kusto/clusters', '2024-04-13', 'azurerm_kusto_cluster', 'public_network_access_enabled', 'Disabled'],
  [
    'Microsoft.MachineLearningServices/workspaces',
    '2024-10-01',
    'azurerm_machine_learning_workspace',
    'public_network_access_enabled',
    'Disabled',
  ],
  ['Microsoft.Purview/accounts', '2021-12-01', 'azurerm_purview_account', 'public_network_enabled', 'Disabled'],
  [
    'Microsoft.RecoveryServices/vaults',
    '2024-10-01',
    'azurerm_recovery_services_vault',
    'public_network_access_enabled',
    'Disabled',
  ],
  [
    'Microsoft.SignalRService/signalR',
    '2024-03-01',
    'azurerm_signalr_service',
    'public_network_access_enabled',
    'Disabled',
  ],
  [
    'Microsoft.SignalRService/webPubSub',
    '2024-03-01',
    'azurerm_web_pubsub',
    'public_network_access_enabled',
    'Disabled',
  ],
  [
    'Microsoft.Synapse/workspaces',
    '2021-06-01',
    'azurerm_synapse_workspace',
    'public_network_access_enabled',
    'Disabled',
  ],
  [
    'Microsoft.ApiManagement/service',
    '2024-05-01',
    'azurerm_api_management',
    'public_network_access_enabled',
    'Disabled',
  ],
  [
    'Microsoft.Dashboard/grafana',
    '2024-10-01',
    'azurerm_dashboard_grafana',
    'public_network_access_enabled',
    'Disabled',
  ],
  [
    'Microsoft.IoTCentral/iotApps',
    '2021-11-01-preview',
    'azurerm_iotcentral_application',
    'public_network_access_enabled',
    'Disabled',
  ],
  ['Microsoft.Cache/redis', '2024-11-01', 'azurerm_redis_cache', 'public_network_access_enabled', 'Disabled'],
  ['Microsoft.Web/sites', '2024-04-01', 'azurerm_linux_web_app', 'public_network_access_enabled', 'Disabled'],
  ['Microsoft.Sql/servers', '2023-08-01', 'azurerm_mssql_server', 'public_network_access_enabled', 'Disabled'],
  [
    'Microsoft.DBforPostgreSQL/servers',
    '2017-12-01',
    'azurerm_postgresql_server',
    'public_network_access_enabled',
    'Disabled',
  ],
  ['Microsoft.DBforMySQL/servers', '2017-12-01', 'azurerm_mysql_server', 'public_network_access_enabled', 'Disabled'],
  [
    'Microsoft.DBforMariaDB/servers',
    '2018-06-01',
    'azurerm_mariadb_server',
    'public_network_access_enabled',
    'Disabled',
  ],
] as const

const ROWS: readonly Row[] = [
  ...PAAS.map(
    ([type, api, kind, argument, off]): Row => ({
      rule: /\/redis$/i.test(type) ? 'paas-open-to-all' : 'paas-public-endpoint',
      type,
      api,
      body: { properties: { publicNetworkAccess: typeof off === 'boolean' ? true : 'Enabled' } },
      clean: { properties: { publicNetworkAccess: off } },
      azurerm: `${kind}\n  ${argument} = true`,
    }),
  ),
  {
    rule: 'paas-public-endpoint',
    type: 'Microsoft.Sql/managedInstances',
    api: '2023-08-01',
    body: { properties: { publicDataEndpointEnabled: true } },
    clean: { properties: { publicDataEndpointEnabled: false } },
    azurerm: 'azurerm_mssql_managed_instance\n  public_data_endpoint_enabled = true',
  },
  ...[
    ['Microsoft.Storage/storageAccounts', '2023-05-01', 'networkAcls', 'azurerm_storage_account', 'network_rules'],
    ['Microsoft.KeyVault/vaults', '2023-07-01', 'networkAcls', 'azurerm_key_vault', 'network_acls'],
    [
      'Microsoft.ContainerRegistry/registries',
      '2023-07-01',
      'networkRuleSet',
      'azurerm_container_registry',
      'network_rule_set',
    ],
    ['Microsoft.CognitiveServices/accounts', '2024-10-01', 'networkAcls', 'azurerm_cognitive_account', 'network_acls'],
  ].map(
    ([type, api, rules, kind, block]): Row => ({
      rule: 'paas-open-to-all',
      type: type!,
      api: api!,
      body: { properties: { [rules!]: { defaultAction: 'Allow' } } },
      clean: { properties: { [rules!]: { defaultAction: 'Deny' } } },
      azurerm: `${kind}\n  ${block} {\n    default_action = "Allow"\n  }`,
    }),
  ),
  {
    rule: 'paas-open-to-all',
    type: 'Microsoft.DocumentDB/databaseAccounts',
    api: '2024-05-15',
    body: { properties: { publicNetworkAccess: 'Enabled', isVirtualNetworkFilterEnabled: false } },
    clean: { properties: { publicNetworkAccess: 'Disabled' } },
    azurerm:
      'azurerm_cosmosdb_account\n  public_network_access_enabled = true\n  is_virtual_network_filter_enabled = false',
  },
  ...[
    ['Microsoft.ServiceBus/namespaces', '2022-10-01-preview', 'azurerm_servicebus_namespace'],
    ['Microsoft.EventHub/namespaces', '2024-01-01', 'azurerm_eventhub_namespace'],
  ].map(
    ([type, api, kind]): Row => ({
      rule: 'paas-open-to-all',
      type: type!,
      api: api!,
      body: { properties: { publicNetworkAccess: 'Enabled' } },
      clean: { properties: { publicNetworkAccess: 'Disabled' } },
      azurerm: `${kind}\n  public_network_access_enabled = true`,
    }),
  ),
  {
    rule: 'acr-data-endpoint',
    type: 'Microsoft.ContainerRegistry/registries',
    api: '2023-07-01',
    body: { sku: { name: 'Premium' }, properties: { dataEndpointEnabled: false } },
    clean: { sku: { name: 'Premium' }, properties: { dataEndpointEnabled: true } },
    azurerm: 'azurerm_container_registry\n  sku = "Premium"\n  data_endpoint_enabled = false',
  },
  {
    rule: 'blob-anonymous',
    type: 'Microsoft.Storage/storageAccounts',
    api: '2023-05-01',
    body: { properties: { allowBlobPublicAccess: true } },
    clean: { properties: { allowBlobPublicAccess: false } },
    azurerm: 'azurerm_storage_account\n  allow_nested_items_to_be_public = true',
  },
  {
    rule: 'storage-no-azure-services',
    type: 'Microsoft.Storage/storageAccounts',
    api: '2023-05-01',
    body: { properties: { networkAcls: { defaultAction: 'Deny', bypass: 'None' } } },
    clean: { properties: { networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' } } },
    azurerm: 'azurerm_storage_account\n  network_rules {\n    default_action = "Deny"\n    bypass = ["None"]\n  }',
  },
  {
    rule: 'openai-outbound',
    type: 'Microsoft.CognitiveServices/accounts',
    api: '2024-10-01',
    body: { kind: 'OpenAI', properties: { restrictOutboundNetworkAccess: false } },
    clean: { kind: 'OpenAI', properties: { restrictOutboundNetworkAccess: true, allowedFqdnList: ['a.acme.io'] } },
    azurerm: 'azurerm_cognitive_account\n  kind = "OpenAI"\n  outbound_network_access_restricted = false',
  },
  {
    rule: 'api-server-public',
    ...AKS,
    body: { properties: { agentPoolProfiles: POOL } },
    clean: { properties: { agentPoolProfiles: POOL, apiServerAccessProfile: PRIVATE } },
    azurerm: 'azurerm_kubernetes_cluster\n  default_node_pool {\n    name = "system"\n  }',
  },
  {
    rule: 'api-server-ranges-wide',
    ...AKS,
    body: { properties: { apiServerAccessProfile: { authorizedIPRanges: ['0.0.0.0/1', '128.0.0.0/1'] } } },
    clean: { properties: { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/29'] } } },
    azurerm:
      'azurerm_kubernetes_cluster\n  api_server_access_profile {\n    authorized_ip_ranges = ["0.0.0.0/1", "128.0.0.0/1"]\n  }',
    azurerm3: 'azurerm_kubernetes_cluster\n  api_server_authorized_ip_ranges = ["0.0.0.0/1", "128.0.0.0/1"]',
  },
  {
    rule: 'run-command-on',
    ...AKS,
    body: { properties: { apiServerAccessProfile: { enablePrivateCluster: true } } },
    clean: { properties: { apiServerAccessProfile: PRIVATE } },
    azurerm: 'azurerm_kubernetes_cluster\n  private_cluster_enabled = true\n  run_command_enabled = true',
  },
  {
    rule: 'private-dns-missing',
    ...AKS,
    body: {
      properties: {
        apiServerAccessProfile: { ...PRIVATE, privateDNSZone: 'none', enablePrivateClusterPublicFQDN: false },
      },
    },
    clean: { properties: { apiServerAccessProfile: { ...PRIVATE, privateDNSZone: 'system' } } },
    azurerm: 'azurerm_kubernetes_cluster\n  private_cluster_enabled = true\n  private_dns_zone_id = "None"',
  },
  {
    rule: 'aks-node-ssh',
    ...AKS,
    body: { properties: { agentPoolProfiles: POOL } },
    clean: { properties: { agentPoolProfiles: [{ ...POOL[0]!, securityProfile: { sshAccess: 'Disabled' } }] } },
    azurerm: 'azurerm_kubernetes_cluster\n  default_node_pool {\n    name = "system"\n  }',
  },
  {
    rule: 'snat-ports-low',
    ...AKS,
    body: {
      properties: {
        agentPoolProfiles: [{ name: 'system', mode: 'System', count: 20 }],
        networkProfile: { networkPlugin: 'azure', loadBalancerProfile: { allocatedOutboundPorts: 8000 } },
      },
    },
    clean: {
      properties: {
        agentPoolProfiles: [{ name: 'system', mode: 'System', count: 20 }],
        networkProfile: { networkPlugin: 'azure', loadBalancerProfile: { allocatedOutboundPorts: 3000 } },
      },
    },
    azurerm:
      'azurerm_kubernetes_cluster\n  default_node_pool {\n    name = "system"\n    node_count = 20\n  }\n  network_profile {\n    network_plugin = "azure"\n    load_balancer_profile {\n      outbound_ports_allocated = 8000\n    }\n  }',
  },
  {
    rule: 'aks-no-network-policy',
    ...AKS,
    body: { properties: { networkProfile: { networkPlugin: 'azure' } } },
    clean: { properties: { networkProfile: CILIUM } },
    azurerm: 'azurerm_kubernetes_cluster\n  network_profile {\n    network_plugin = "azure"\n  }',
  },
  {
    rule: 'aks-network-policy-retiring',
    ...AKS,
    body: { properties: { networkProfile: { networkPlugin: 'azure', networkPolicy: 'azure' } } },
    clean: { properties: { networkProfile: CILIUM } },
    azurerm:
      'azurerm_kubernetes_cluster\n  network_profile {\n    network_plugin = "azure"\n    network_policy = "azure"\n  }',
  },
  {
    rule: 'aks-plugin-retiring',
    ...AKS,
    body: { properties: { networkProfile: { networkPlugin: 'kubenet' } } },
    clean: { properties: { networkProfile: CILIUM } },
    azurerm: 'azurerm_kubernetes_cluster\n  network_profile {\n    network_plugin = "kubenet"\n  }',
  },
  {
    rule: 'aks-no-azure-policy',
    ...AKS,
    body: { properties: { addonProfiles: { azurepolicy: { enabled: false } } } },
    clean: { properties: { addonProfiles: { azurepolicy: { enabled: true } } } },
    azurerm: 'azurerm_kubernetes_cluster\n  azure_policy_enabled = false',
  },
  {
    rule: 'http-application-routing',
    ...AKS,
    body: { properties: { addonProfiles: { httpApplicationRouting: { enabled: true } } } },
    clean: { properties: { addonProfiles: { httpApplicationRouting: { enabled: false } } } },
    azurerm: 'azurerm_kubernetes_cluster\n  http_application_routing_enabled = true',
  },
  {
    rule: 'app-routing-public',
    ...AKS,
    body: { properties: { ingressProfile: { webAppRouting: { enabled: true } } } },
    clean: {
      properties: {
        ingressProfile: { webAppRouting: { enabled: true, nginx: { defaultIngressControllerType: 'Internal' } } },
      },
    },
    azurerm: 'azurerm_kubernetes_cluster\n  web_app_routing {\n    dns_zone_ids = []\n  }',
  },
  {
    rule: 'aks-public-node-ip',
    ...AKS,
    body: { properties: { agentPoolProfiles: [{ name: 'system', mode: 'System', enableNodePublicIP: true }] } },
    clean: { properties: { agentPoolProfiles: [{ name: 'system', mode: 'System', enableNodePublicIP: false }] } },
    azurerm:
      'azurerm_kubernetes_cluster\n  default_node_pool {\n    name = "system"\n    node_public_ip_enabled = true\n  }',
    azurerm3:
      'azurerm_kubernetes_cluster\n  default_node_pool {\n    name = "system"\n    enable_node_public_ip = true\n  }',
  },
  {
    rule: 'allowed-host-ports',
    ...AKS,
    body: {
      properties: {
        agentPoolProfiles: [
          {
            name: 'system',
            mode: 'System',
            networkProfile: { allowedHostPorts: [{ portStart: 22, portEnd: 22, protocol: 'TCP' }] },
          },
        ],
      },
    },
    clean: { properties: { agentPoolProfiles: POOL } },
    azurerm:
      'azurerm_kubernetes_cluster\n  default_node_pool {\n    name = "system"\n    node_network_profile {\n      allowed_host_ports {\n        port_start = 22\n        port_end = 22\n        protocol = "TCP"\n      }\n    }\n  }',
  },
  {
    rule: 'service-cidr-invalid',
    ...AKS,
    body: {
      properties: {
        networkProfile: { networkPlugin: 'azure', serviceCidr: '172.16.0.0/16', dnsServiceIP: '10.0.0.10' },
      },
    },
    clean: {
      properties: {
        networkProfile: { networkPlugin: 'azure', serviceCidr: '172.16.0.0/16', dnsServiceIP: '172.16.0.10' },
      },
    },
    azurerm:
      'azurerm_kubernetes_cluster\n  network_profile {\n    network_plugin = "azure"\n    service_cidr = "172.16.0.0/16"\n    dns_service_ip = "10.0.0.10"\n  }',
  },
  {
    rule: 'reserved-range-used',
    ...AKS,
    body: {
      properties: {
        networkProfile: { networkPlugin: 'azure', serviceCidr: '172.30.0.0/16', dnsServiceIP: '172.30.0.10' },
      },
    },
    clean: {
      properties: {
        networkProfile: { networkPlugin: 'azure', serviceCidr: '172.16.0.0/16', dnsServiceIP: '172.16.0.10' },
      },
    },
    azurerm:
      'azurerm_kubernetes_cluster\n  network_profile {\n    network_plugin = "azure"\n    service_cidr = "172.30.0.0/16"\n    dns_service_ip = "172.30.0.10"\n  }',
  },
  ...(
    [
      ['nsg-internet-admin-port', '22', 'Tcp', '22'],
      ['nsg-open-port', '8000-8100', 'Tcp', '8000-8100'],
      ['nsg-any-inbound', '*', '*', '*'],
    ] as const
  ).map(([rule, port, protocol, written]): Row => {
    const security = (source: string) => ({
      properties: {
        securityRules: [
          {
            name: 'in',
            properties: {
              priority: 200,
              direction: 'Inbound',
              access: 'Allow',
              protocol,
              sourcePortRange: '*',
              sourceAddressPrefix: source,
              destinationPortRange: port,
              destinationAddressPrefix: '*',
            },
          },
        ],
      },
    })
    return {
      rule,
      type: 'Microsoft.Network/networkSecurityGroups',
      api: '2024-05-01',
      body: security('Internet'),
      clean: security('198.51.100.7/32'),
      azurerm: `azurerm_network_security_group\n  security_rule {\n    name = "in"\n    priority = 200\n    direction = "Inbound"\n    access = "Allow"\n    protocol = "${protocol}"\n    source_port_range = "*"\n    source_address_prefix = "Internet"\n    destination_port_range = "${written}"\n    destination_address_prefix = "*"\n  }`,
    }
  }),
  {
    rule: 'firewall-threat-intel',
    type: 'Microsoft.Network/firewallPolicies',
    api: '2024-05-01',
    body: { properties: { threatIntelMode: 'Off' } },
    clean: { properties: { threatIntelMode: 'Deny' } },
    azurerm: 'azurerm_firewall_policy\n  threat_intelligence_mode = "Off"',
  },
  {
    rule: 'firewall-idps',
    type: 'Microsoft.Network/firewallPolicies',
    api: '2024-05-01',
    body: { properties: { sku: { tier: 'Premium' }, intrusionDetection: { mode: 'Alert' } } },
    clean: { properties: { sku: { tier: 'Premium' }, intrusionDetection: { mode: 'Deny' } } },
    azurerm: 'azurerm_firewall_policy\n  sku = "Premium"\n  intrusion_detection {\n    mode = "Alert"\n  }',
  },
  {
    rule: 'waf-not-preventing',
    type: 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies',
    api: '2024-05-01',
    body: { properties: { policySettings: { state: 'Enabled', mode: 'Detection' } } },
    clean: { properties: { policySettings: { state: 'Enabled', mode: 'Prevention' } } },
    azurerm:
      'azurerm_web_application_firewall_policy\n  policy_settings {\n    enabled = true\n    mode = "Detection"\n  }',
  },
  {
    rule: 'nic-ip-forwarding',
    type: 'Microsoft.Network/networkInterfaces',
    api: '2024-05-01',
    body: { properties: { enableIPForwarding: true, ipConfigurations: [{ name: 'one', properties: {} }] } },
    clean: { properties: { enableIPForwarding: false, ipConfigurations: [{ name: 'one', properties: {} }] } },
    azurerm:
      'azurerm_network_interface\n  ip_forwarding_enabled = true\n  ip_configuration {\n    name = "one"\n    private_ip_address_allocation = "Dynamic"\n  }',
    azurerm3:
      'azurerm_network_interface\n  enable_ip_forwarding = true\n  ip_configuration {\n    name = "one"\n    private_ip_address_allocation = "Dynamic"\n  }',
  },
  {
    rule: 'vnet-dns',
    type: 'Microsoft.Network/virtualNetworks',
    api: '2024-05-01',
    body: {
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, dhcpOptions: { dnsServers: ['10.9.0.4'] } },
    },
    clean: { properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } },
    azurerm: 'azurerm_virtual_network\n  address_space = ["10.0.0.0/16"]\n  dns_servers = ["10.9.0.4"]',
  },
  {
    rule: 'synapse-exfiltration',
    type: 'Microsoft.Synapse/workspaces',
    api: '2021-06-01',
    body: {
      properties: {
        managedVirtualNetwork: 'default',
        managedVirtualNetworkSettings: { preventDataExfiltration: false },
      },
    },
    clean: {
      properties: {
        managedVirtualNetwork: 'default',
        managedVirtualNetworkSettings: { preventDataExfiltration: true },
      },
    },
    azurerm:
      'azurerm_synapse_workspace\n  managed_virtual_network_enabled = true\n  data_exfiltration_protection_enabled = false',
  },
  {
    rule: 'container-group-public',
    type: 'Microsoft.ContainerInstance/containerGroups',
    api: '2023-05-01',
    body: { properties: { ipAddress: { type: 'Public', ports: [{ port: 80 }] } } },
    clean: { properties: { ipAddress: { type: 'Private', ports: [{ port: 80 }] }, subnetIds: [{ id: 'x' }] } },
    azurerm: 'azurerm_container_group\n  ip_address_type = "Public"',
  },
]

describe.each(ROWS.map((row) => [`${row.rule} of ${row.type}`, row] as const))('%s', (_, row) => {
  const { rule } = row
  it.each([
    ['ARM', 'azuredeploy.json', arm],
    ['Bicep', 'main.bicep', bicep],
    ['azapi 2', 'main.tf', (one: Row, body: Row['body']) => azapi(one, body, false)],
    ['azapi 1', 'main.tf', (one: Row, body: Row['body']) => azapi(one, body, true)],
  ] as const)('%s', (__, path, write) => {
    expect(found(path, write(row, row.body))).toContain(rule)
    expect(found(path, write(row, row.clean))).not.toContain(rule)
  })
  it('azurerm 4', () => {
    expect(found('main.tf', azurerm(row.azurerm, '~> 4.20'))).toContain(rule)
  })
  it('azurerm 3', () => {
    expect(found('main.tf', azurerm(row.azurerm3 ?? row.azurerm, '~> 3.110'))).toContain(rule)
  })
})

describe('services of which the network is all that is read', () => {
  it.each([
    ['azurerm_logic_app_standard', 'public_network_access = "Enabled"', 'public_network_access = "Disabled"'],
    ['azurerm_eventgrid_namespace', 'public_network_access = "Enabled"', 'public_network_access = "Disabled"'],
    ['azurerm_bot_service_azure_bot', '', 'public_network_access_enabled = false'],
    ['azurerm_healthcare_dicom_service', '', 'public_network_access_enabled = false'],
    ['azurerm_api_management', 'virtual_network_type = "External"', 'virtual_network_type = "Internal"'],
  ])('%s', (kind, open, closed) => {
    const of = (line: string) => found('main.tf', `resource "${kind}" "it" {\n  name = "it"\n  ${line}\n}\n`)
    expect(of(open)).toContain('paas-public-endpoint')
    expect(of(closed)).not.toContain('paas-public-endpoint')
  })
})
