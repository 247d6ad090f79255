import { describe } from 'vitest'
import { acrDataEndpoint } from '../src/rules/acr-data-endpoint.ts'
import { aksDashboard } from '../src/rules/aks-dashboard.ts'
import { aksNetworkPolicyRetiring } from '../src/rules/aks-network-policy-retiring.ts'
import { aksNoAzurePolicy } from '../src/rules/aks-no-azure-policy.ts'
import { aksPluginRetiring } from '../src/rules/aks-plugin-retiring.ts'
import { aksPublicNodeIp } from '../src/rules/aks-public-node-ip.ts'
import { allowedHostPorts } from '../src/rules/allowed-host-ports.ts'
import { apiServerNotPrivate } from '../src/rules/api-server-not-private.ts'
import { apiServerRangesMissNodes } from '../src/rules/api-server-ranges-miss-nodes.ts'
import { appRoutingPublic } from '../src/rules/app-routing-public.ts'
import { blobAnonymous } from '../src/rules/blob-anonymous.ts'
import { cidrOverlap } from '../src/rules/cidr-overlap.ts'
import { containerGroupPublic } from '../src/rules/container-group-public.ts'
import { diagnosticsOff } from '../src/rules/diagnostics-off.ts'
import { firewallIdps } from '../src/rules/firewall-idps.ts'
import { firewallNoPolicy } from '../src/rules/firewall-no-policy.ts'
import { firewallThreatIntel } from '../src/rules/firewall-threat-intel.ts'
import { flowLogs } from '../src/rules/flow-logs.ts'
import { httpApplicationRouting } from '../src/rules/http-application-routing.ts'
import { openaiOutbound } from '../src/rules/openai-outbound.ts'
import { podCidrTooSmall } from '../src/rules/pod-cidr-too-small.ts'
import { reservedRangeUsed } from '../src/rules/reserved-range-used.ts'
import { runCommandOn } from '../src/rules/run-command-on.ts'
import { serviceCidrInvalid } from '../src/rules/service-cidr-invalid.ts'
import { serviceNotInNetwork } from '../src/rules/service-not-in-network.ts'
import { synapseExfiltration } from '../src/rules/synapse-exfiltration.ts'
import { synapseIpRules } from '../src/rules/synapse-ip-rules.ts'
import { vnetDns } from '../src/rules/vnet-dns.ts'
import { hub } from './hub.ts'
import { finds, silent } from './rule-table.ts'

/** One resource of an ARM template; `properties` are lines of JSON. */
const arm = (type: string, properties: string, more = '') => ({
  'azuredeploy.json': `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "${type}",
      "apiVersion": "2024-05-01",
      "name": "one",
      "location": "westeurope",
${more}      "properties": {
${properties}
      }
    }
  ]
}
`,
})
const CLUSTER = 'Microsoft.ContainerService/managedClusters'
const bicep = (properties: string) => ({
  'main.bicep': `resource aks '${CLUSTER}@2025-01-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
${properties}  }
}
`,
})
const tf = (text: string) => ({ 'main.tf': text })
const cluster = (more: string) => `resource "azurerm_kubernetes_cluster" "aks" {\n  name = "aks"\n${more}}\n`

describe('clusters', () => {
  finds(aksDashboard, 'ARM: the add-on is switched off', {
    head: arm(CLUSTER, '        "addonProfiles": { "kubeDashboard": { "enabled": true } }'),
    at: 'azuredeploy.json: "addonProfiles": { "kubeDashboard": { "enabled": true } }',
    patched: arm(CLUSTER, '        "addonProfiles": { "kubeDashboard": { "enabled": false } }'),
  })
  silent(aksDashboard, 'ARM: no add-on', { head: arm(CLUSTER, '        "dnsPrefix": "one"') })
  finds(aksNetworkPolicyRetiring, 'Bicep: Azure NPM', {
    head: bicep("    networkProfile: {\n      networkPlugin: 'azure'\n      networkPolicy: 'azure'\n    }\n"),
    at: "main.bicep: networkPolicy: 'azure'",
    severity: 'note',
  })
  silent(aksNetworkPolicyRetiring, 'Bicep: Calico', {
    head: bicep("    networkProfile: {\n      networkPlugin: 'azure'\n      networkPolicy: 'calico'\n    }\n"),
  })
  finds(aksPluginRetiring, 'ARM: kubenet', {
    head: arm(CLUSTER, '        "networkProfile": { "networkPlugin": "kubenet" }'),
    at: 'azuredeploy.json: "networkProfile": { "networkPlugin": "kubenet" }',
    severity: 'note',
  })
  finds(aksPluginRetiring, 'the default of an old version', {
    head: tf(cluster('  kubernetes_version = "1.28.9"\n')),
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "aks" {',
    says: ['the default of its Kubernetes version'],
  })
  silent(aksPluginRetiring, 'the default of a new version', { head: tf(cluster('  kubernetes_version = "1.33"\n')) })
  const pool = (more: string) => `    agentPoolProfiles: [\n      {\n        name: 'system'\n${more}      }\n    ]\n`
  const HOST_PORTS =
    "        networkProfile: {\n          allowedHostPorts: [\n            { portStart: 8080, portEnd: 8080, protocol: 'TCP' }\n          ]\n        }\n"
  finds(allowedHostPorts, 'Bicep: nodes with public addresses', {
    head: bicep(pool(`        enableNodePublicIP: true\n${HOST_PORTS}`)),
    at: "main.bicep: { portStart: 8080, portEnd: 8080, protocol: 'TCP' }",
    severity: 'high',
  })
  finds(allowedHostPorts, 'Bicep: private nodes', {
    head: bicep(pool(HOST_PORTS)),
    at: "main.bicep: { portStart: 8080, portEnd: 8080, protocol: 'TCP' }",
    severity: 'low',
  })
  silent(allowedHostPorts, 'no ports', { head: bicep(pool('        enableNodePublicIP: true\n')) })
  silent(aksPublicNodeIp, 'private nodes', { head: bicep(pool('        enableNodePublicIP: false\n')) })
  silent(aksNoAzurePolicy, 'the add-on is on', {
    head: bicep('    addonProfiles: {\n      azurepolicy: {\n        enabled: true\n      }\n    }\n'),
  })
  silent(httpApplicationRouting, 'the add-on is off', {
    head: tf(cluster('  http_application_routing_enabled = false\n')),
  })
  silent(appRoutingPublic, 'an internal controller', {
    head: bicep(
      "    ingressProfile: {\n      webAppRouting: {\n        enabled: true\n        nginx: { defaultIngressControllerType: 'Internal' }\n      }\n    }\n",
    ),
  })
  silent(runCommandOn, 'a private cluster that takes none', {
    head: tf(cluster('  private_cluster_enabled = true\n  run_command_enabled     = false\n')),
  })
})

describe('API servers', () => {
  const ranges = (list: string) => `  api_server_access_profile {\n    authorized_ip_ranges = [${list}]\n  }\n`
  finds(apiServerNotPrivate, 'public, and limited', {
    head: tf(cluster(ranges('"203.0.113.0/24"'))),
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "aks" {',
    severity: 'note',
  })
  silent(apiServerNotPrivate, 'private', { head: tf(cluster('  private_cluster_enabled = true\n')) })
  silent(apiServerNotPrivate, 'open to everybody, which another rule says', { head: tf(cluster('')) })
  const behind = (list: string) => tf(hub().replace('  private_cluster_enabled = true\n', ranges(list)))
  finds(apiServerRangesMissNodes, 'nodes behind a firewall whose address is not listed', {
    head: behind('"203.0.113.0/24"'),
    at: 'main.tf: authorized_ip_ranges = ["203.0.113.0/24"]',
    severity: 'medium',
    says: ['the public address of the firewall'],
  })
  silent(apiServerRangesMissNodes, 'the address of the firewall', {
    head: behind('"203.0.113.0/24", "${azurerm_public_ip.firewall.ip_address}/32"'),
  })
  silent(apiServerRangesMissNodes, 'no ranges', { head: tf(hub().replace('  private_cluster_enabled = true\n', '')) })
})

describe('firewalls', () => {
  const policy = (more: string) =>
    tf(`resource "azurerm_firewall_policy" "p" {\n  name = "p"\n  sku  = "Premium"\n${more}}\n`)
  finds(firewallIdps, 'only logs: it denies', {
    head: policy('  intrusion_detection {\n    mode = "Alert"\n  }\n'),
    at: 'main.tf: mode = "Alert"',
    severity: 'note',
    patched: policy('  intrusion_detection {\n    mode = "Deny"\n  }\n'),
  })
  silent(firewallIdps, 'denies', { head: policy('  intrusion_detection {\n    mode = "Deny"\n  }\n') })
  silent(firewallThreatIntel, 'denies', { head: policy('  threat_intelligence_mode = "Deny"\n') })
  finds(firewallNoPolicy, 'ARM: classic rules', {
    head: arm('Microsoft.Network/azureFirewalls', '        "threatIntelMode": "Deny"'),
    at: 'azuredeploy.json: {',
    severity: 'note',
  })
  silent(firewallNoPolicy, 'a policy', { head: tf(hub()) })
})

describe('address plans', () => {
  const pods = (range: string) =>
    bicep(
      `    agentPoolProfiles: [\n      { name: 'system', count: 20 }\n    ]\n    networkProfile: {\n      networkPlugin: 'azure'\n      networkPluginMode: 'overlay'\n      podCidr: '${range}'\n      serviceCidr: '172.16.0.0/16'\n      dnsServiceIP: '172.16.0.10'\n    }\n`,
    )
  finds(podCidrTooSmall, 'Bicep: 16 blocks for 20 nodes', {
    head: pods('10.100.0.0/20'),
    at: "main.bicep: podCidr: '10.100.0.0/20'",
    severity: 'medium',
    says: ['16 nodes'],
  })
  silent(podCidrTooSmall, 'Bicep: 256 blocks', { head: pods('10.100.0.0/16') })
  silent(reservedRangeUsed, 'ranges that AKS leaves free', { head: pods('10.100.0.0/16') })
  silent(serviceCidrInvalid, 'DNS inside of the services', { head: pods('10.100.0.0/16') })
  const network = (name: string, range: string) =>
    `resource "azurerm_virtual_network" "${name}" {\n  name          = "${name}"\n  address_space = ["${range}"]\n}\nresource "azurerm_subnet" "${name}" {\n  name                 = "nodes"\n  virtual_network_name = azurerm_virtual_network.${name}.name\n  address_prefixes     = ["${range}"]\n}\n`
  const own = (name: string) =>
    `resource "azurerm_kubernetes_cluster" "${name}" {\n  name = "aks-${name}"\n  default_node_pool {\n    name           = "system"\n    vnet_subnet_id = azurerm_subnet.${name}.id\n  }\n  network_profile {\n    network_plugin = "azure"\n  }\n}\n`
  const peering = (from: string, to: string) =>
    `resource "azurerm_virtual_network_peering" "${from}_${to}" {\n  name                      = "${from}-${to}"\n  virtual_network_name      = azurerm_virtual_network.${from}.name\n  remote_virtual_network_id = azurerm_virtual_network.${to}.id\n}\n`
  const clusters = (second: string) => network('one', '10.1.0.0/16') + network('two', second) + own('one') + own('two')
  finds(cidrOverlap, 'two clusters that are peered', {
    head: tf(clusters('10.1.128.0/17') + peering('one', 'two')),
    at: 'main.tf: resource "azurerm_virtual_network_peering" "one_two" {',
    severity: 'high',
    says: ['Azure refuses the peering'],
  })
  finds(cidrOverlap, 'two clusters that a hub joins', {
    head: tf(clusters('10.1.128.0/17') + network('hub', '10.9.0.0/16') + peering('hub', 'one') + peering('hub', 'two')),
    at: 'main.tf: address_space = ["10.1.128.0/17"]',
    severity: 'high',
    says: ['azurerm_kubernetes_cluster.one and azurerm_kubernetes_cluster.two', 'both peered with hub'],
  })
  silent(cidrOverlap, 'two clusters with ranges of their own', {
    head: tf(clusters('10.2.0.0/16') + network('hub', '10.9.0.0/16') + peering('hub', 'one') + peering('hub', 'two')),
  })
  silent(cidrOverlap, 'equal ranges of networks that nothing joins', { head: tf(clusters('10.1.0.0/16')) })
  const dns = (servers: string) =>
    tf(
      `resource "azurerm_virtual_network" "v" {\n  name          = "v"\n  address_space = ["10.1.0.0/16"]\n  dns_servers   = [${servers}]\n}\n`,
    )
  finds(vnetDns, 'a single server', {
    head: dns('"10.1.0.4"'),
    at: 'main.tf: dns_servers   = ["10.1.0.4"]',
    says: ['single DNS server'],
  })
  finds(vnetDns, 'servers elsewhere', {
    head: dns('"10.9.0.4", "10.9.0.5"'),
    at: 'main.tf: dns_servers   = ["10.9.0.4", "10.9.0.5"]',
    says: ['10.9.0.4'],
  })
  silent(vnetDns, 'two servers of its own', { head: dns('"10.1.0.4", "10.1.0.5"') })
})

describe('services and their logs', () => {
  silent(acrDataEndpoint, 'an endpoint of its own', {
    head: tf(
      'resource "azurerm_container_registry" "r" {\n  name                  = "r"\n  sku                   = "Premium"\n  data_endpoint_enabled = true\n}\n',
    ),
  })
  silent(blobAnonymous, 'nobody may read without a name', {
    head: tf(
      'resource "azurerm_storage_account" "s" {\n  name                            = "s"\n  allow_nested_items_to_be_public = false\n}\n',
    ),
  })
  const group = (more: string) => tf(`resource "azurerm_container_group" "g" {\n  name = "g"\n${more}}\n`)
  finds(containerGroupPublic, 'the default of the provider', {
    head: group(''),
    at: 'main.tf: resource "azurerm_container_group" "g" {',
    severity: 'low',
    says: ['the default of this provider'],
  })
  silent(containerGroupPublic, 'a subnet', { head: group('  ip_address_type = "Private"\n') })
  const setting = (target: string) =>
    `resource "azurerm_monitor_diagnostic_setting" "d" {\n  name               = "d"\n  target_resource_id = ${target}\n}\n`
  finds(diagnosticsOff, 'a cluster without, beside a firewall with one', {
    head: tf(hub() + setting('azurerm_firewall.hub.id')),
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "shop" {',
    severity: 'note',
  })
  silent(diagnosticsOff, 'nothing here has one, so they are elsewhere', { head: tf(hub()) })
  const log = (days: number) =>
    tf(
      `resource "azurerm_network_watcher_flow_log" "l" {\n  name    = "l"\n  enabled = true\n  retention_policy {\n    enabled = true\n    days    = ${days}\n  }\n}\n`,
    )
  finds(flowLogs, 'a week', { head: log(7), at: 'main.tf: days    = 7', severity: 'note' })
  silent(flowLogs, 'a quarter', { head: log(90) })
  const openai = (restricted: boolean) =>
    arm(
      'Microsoft.CognitiveServices/accounts',
      `        "restrictOutboundNetworkAccess": ${restricted}`,
      '      "kind": "OpenAI",\n',
    )
  finds(openaiOutbound, 'ARM: any address', {
    head: openai(false),
    at: 'azuredeploy.json: "restrictOutboundNetworkAccess": false',
    severity: 'note',
  })
  silent(openaiOutbound, 'ARM: restricted', { head: openai(true) })
  const workspace = (isProtected: boolean) =>
    `resource "azurerm_synapse_workspace" "w" {\n  name                                 = "w"\n  data_exfiltration_protection_enabled = ${isProtected}\n}\n`
  finds(synapseExfiltration, 'no protection', {
    head: tf(workspace(false)),
    at: 'main.tf: data_exfiltration_protection_enabled = false',
    severity: 'note',
  })
  silent(synapseExfiltration, 'the protection', { head: tf(workspace(true)) })
  const rule =
    'resource "azurerm_synapse_firewall_rule" "r" {\n  name                 = "office"\n  synapse_workspace_id = azurerm_synapse_workspace.w.id\n  start_ip_address     = "203.0.113.7"\n  end_ip_address       = "203.0.113.7"\n}\n'
  finds(synapseIpRules, 'a rule', {
    head: tf(workspace(true) + rule),
    at: 'main.tf: resource "azurerm_synapse_firewall_rule" "r" {',
    severity: 'note',
  })
  silent(synapseIpRules, 'no rule', { head: tf(workspace(true)) })
  const apim = (type: string) => arm('Microsoft.ApiManagement/service', `        "virtualNetworkType": "${type}"`)
  finds(serviceNotInNetwork, 'ARM: API management outside of every network', {
    head: apim('None'),
    at: 'azuredeploy.json: {',
    severity: 'note',
  })
  silent(serviceNotInNetwork, 'ARM: API management in one', { head: apim('Internal') })
})
