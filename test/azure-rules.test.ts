import { describe } from 'vitest'
import { acrDataEndpoint } from '../src/rules/acr-data-endpoint.ts'
import { aksNoAzurePolicy } from '../src/rules/aks-no-azure-policy.ts'
import { aksNoNetworkPolicy } from '../src/rules/aks-no-network-policy.ts'
import { aksPublicNodeIp } from '../src/rules/aks-public-node-ip.ts'
import { appRoutingPublic } from '../src/rules/app-routing-public.ts'
import { blobAnonymous } from '../src/rules/blob-anonymous.ts'
import { cidrOverlap } from '../src/rules/cidr-overlap.ts'
import { firewallAllowsAny } from '../src/rules/firewall-allows-any.ts'
import { firewallFqdnWide } from '../src/rules/firewall-fqdn-wide.ts'
import { firewallThreatIntel } from '../src/rules/firewall-threat-intel.ts'
import { httpApplicationRouting } from '../src/rules/http-application-routing.ts'
import { nsgRuleShadowed } from '../src/rules/nsg-rule-shadowed.ts'
import { nsgWidened } from '../src/rules/nsg-widened.ts'
import { paasAzureServices } from '../src/rules/paas-azure-services.ts'
import { reservedRangeUsed } from '../src/rules/reserved-range-used.ts'
import { runCommandOn } from '../src/rules/run-command-on.ts'
import { serviceCidrInvalid } from '../src/rules/service-cidr-invalid.ts'
import { subnetNoNsg } from '../src/rules/subnet-no-nsg.ts'
import { subnetTooSmall } from '../src/rules/subnet-too-small.ts'
import { wafNotPreventing } from '../src/rules/waf-not-preventing.ts'
import { finds, silent } from './rule-table.ts'

const cluster = (more: string) => `resource "azurerm_kubernetes_cluster" "aks" {
  name       = "aks"
  dns_prefix = "aks"
${more}}
`
const HEAD = 'resource "azurerm_kubernetes_cluster" "aks" {'
const bicepCluster = (more: string) => `param location string = 'westeurope'

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks'
  location: location
  properties: {
    dnsPrefix: 'aks'
${more}  }
}
`
const subnet = (name: string, prefix: string, more = '') => `resource "azurerm_subnet" "${name}" {
  name                 = "${name}"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["${prefix}"]
${more}}
`
const vnet = 'resource "azurerm_virtual_network" "v" {\n  name          = "v"\n  address_space = ["10.0.0.0/8"]\n}\n'

describe('settings of a cluster', () => {
  finds(aksNoNetworkPolicy, 'no engine: Cilium, in the block that is there', {
    head: { 'main.tf': cluster('  network_profile {\n    network_plugin = "azure"\n  }\n') },
    at: `main.tf: ${HEAD}`,
    severity: 'medium',
    patched: {
      'main.tf': cluster(
        '  network_profile {\n    network_plugin = "azure"\n    network_data_plane = "cilium"\n    network_policy = "cilium"\n  }\n',
      ),
    },
  })
  silent(aksNoNetworkPolicy, 'the Cilium data plane enforces policies by itself', {
    head: {
      'main.tf': cluster(
        '  network_profile {\n    network_plugin     = "azure"\n    network_data_plane = "cilium"\n  }\n',
      ),
    },
  })
  finds(aksPublicNodeIp, 'the second pool', {
    head: {
      'main.tf': `${cluster('')}resource "azurerm_kubernetes_cluster_node_pool" "edge" {\n  name                  = "edge"\n  kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id\n  node_public_ip_enabled = true\n}\n`,
    },
    at: 'main.tf: node_public_ip_enabled = true',
    patched: {
      'main.tf': `${cluster('')}resource "azurerm_kubernetes_cluster_node_pool" "edge" {\n  name                  = "edge"\n  kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id\n  node_public_ip_enabled = false\n}\n`,
    },
  })
  finds(httpApplicationRouting, 'a flag that a tfvars file sets', {
    head: {
      'main.tf': `variable "routing" {}\n${cluster('  http_application_routing_enabled = var.routing\n')}`,
      'prod.tfvars': 'routing = true # old\n',
    },
    at: 'prod.tfvars: routing = true # old',
    patched: { 'prod.tfvars': 'routing = false # old\n' },
  })
  finds(appRoutingPublic, 'Bicep: the controller is made internal', {
    head: {
      'main.bicep': bicepCluster(
        '    ingressProfile: {\n      webAppRouting: {\n        enabled: true\n      }\n    }\n',
      ),
    },
    at: 'main.bicep: enabled: true',
    patched: {
      'main.bicep': bicepCluster(
        "    ingressProfile: {\n      webAppRouting: {\n        enabled: true\n        nginx: {\n          defaultIngressControllerType: 'Internal'\n        }\n      }\n    }\n",
      ),
    },
  })
  finds(aksNoAzurePolicy, 'Bicep: the add-on is switched on', {
    head: { 'main.bicep': bicepCluster('') },
    at: "main.bicep: resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {",
    severity: 'note',
    patched: {
      'main.bicep': bicepCluster('    addonProfiles: {\n      azurepolicy: {\n        enabled: true\n      }\n    }\n'),
    },
  })
  finds(runCommandOn, 'a private cluster that takes commands', {
    head: { 'main.tf': cluster('  private_cluster_enabled = true\n') },
    at: `main.tf: ${HEAD}`,
    patched: { 'main.tf': cluster('  private_cluster_enabled = true\n  run_command_enabled     = false\n') },
  })
})

describe('address plans', () => {
  finds(cidrOverlap, 'pods inside the network', {
    head: {
      'main.tf': `${vnet}${subnet('n', '10.1.0.0/16')}${cluster('  default_node_pool {\n    name           = "s"\n    vnet_subnet_id = azurerm_subnet.n.id\n  }\n  network_profile {\n    network_plugin      = "azure"\n    network_plugin_mode = "overlay"\n    pod_cidr            = "10.200.0.0/16"\n    service_cidr        = "172.16.0.0/16"\n    dns_service_ip      = "172.16.0.10"\n  }\n')}`,
    },
    at: 'main.tf: pod_cidr            = "10.200.0.0/16"',
    severity: 'high',
  })
  finds(serviceCidrInvalid, 'DNS outside of the services', {
    head: {
      'main.tf': cluster(
        '  network_profile {\n    network_plugin = "azure"\n    service_cidr   = "172.16.0.0/16"\n  }\n',
      ),
    },
    at: 'main.tf: service_cidr   = "172.16.0.0/16"',
    says: ['10.0.0.10'],
  })
  finds(reservedRangeUsed, 'a range that AKS keeps', {
    head: {
      'main.tf': cluster(
        '  network_profile {\n    network_plugin = "azure"\n    service_cidr   = "172.30.0.0/16"\n    dns_service_ip = "172.30.0.10"\n  }\n',
      ),
    },
    at: 'main.tf: service_cidr   = "172.30.0.0/16"',
  })
  const pool = (count: number) =>
    `${vnet}${subnet('n', '10.1.0.0/24')}${cluster(`  default_node_pool {\n    name           = "s"\n    node_count     = ${count}\n    vnet_subnet_id = azurerm_subnet.n.id\n  }\n  network_profile {\n    network_plugin = "azure"\n  }\n`)}`
  finds(subnetTooSmall, 'each node with 30 pods', {
    head: { 'main.tf': pool(8) },
    at: 'main.tf: address_prefixes     = ["10.1.0.0/24"]',
    says: ['251 addresses', '279'],
  })
  silent(subnetTooSmall, 'seven fit', { head: { 'main.tf': pool(7) } })
})

describe('networks', () => {
  finds(subnetNoNsg, 'a subnet of its own', {
    head: { 'main.tf': vnet + subnet('web', '10.1.0.0/24') },
    at: 'main.tf: resource "azurerm_subnet" "web" {',
    severity: 'low',
  })
  silent(subnetNoNsg, 'subnets that cannot have one, and one that a module associates', {
    head: {
      'main.tf': `${vnet}${subnet('GatewaySubnet', '10.1.0.0/24')}${subnet('app', '10.2.0.0/24')}module "nsg" {\n  source = "./nsg"\n  subnet = azurerm_subnet.app.id\n}\n`,
      'nsg/main.tf': `variable "subnet" {}\nresource "azurerm_network_security_group" "n" {\n  name = "n"\n}\nresource "azurerm_subnet_network_security_group_association" "a" {\n  subnet_id                 = var.subnet\n  network_security_group_id = azurerm_network_security_group.n.id\n}\n`,
    },
  })
  const rule = (name: string, priority: number, access: string, source: string, port: string) =>
    `  security_rule {\n    name = "${name}"\n    priority = ${priority}\n    direction = "Inbound"\n    access = "${access}"\n    protocol = "Tcp"\n    source_port_range = "*"\n    source_address_prefix = "${source}"\n    destination_port_range = "${port}"\n    destination_address_prefix = "*"\n  }\n`
  const group = (...rules: readonly string[]) =>
    `resource "azurerm_network_security_group" "n" {\n  name = "nsg"\n${rules.join('')}}\n`
  finds(nsgRuleShadowed, 'a denial below the rule that allows', {
    head: {
      'main.tf': group(
        rule('open', 100, 'Allow', '10.0.0.0/8', '1-1000'),
        rule('no', 200, 'Deny', '10.9.0.0/16', '443'),
      ),
    },
    at: 'main.tf: security_rule {',
    severity: 'medium',
    says: ['open \\(100\\)', 'was meant to deny'].map((text) => new RegExp(text)),
  })
  silent(nsgRuleShadowed, 'rules that share a part', {
    head: {
      'main.tf': group(rule('a', 100, 'Allow', '10.0.0.0/16', '443'), rule('b', 200, 'Allow', '10.0.0.0/15', '443')),
    },
  })
  finds(nsgWidened, 'a partner with one more port', {
    base: { 'main.tf': group(rule('p', 100, 'Allow', '198.51.100.0/24', '443')) },
    head: { 'main.tf': group(rule('p', 100, 'Allow', '198.51.100.0/24', '443-444')) },
    at: 'main.tf: security_rule {',
    says: ['TCP 444 from 198.51.100.0/24'],
  })
  silent(nsgWidened, 'fewer ports', {
    base: { 'main.tf': group(rule('p', 100, 'Allow', '198.51.100.0/24', '443-444')) },
    head: { 'main.tf': group(rule('p', 100, 'Allow', '198.51.100.0/24', '443')) },
  })
})

describe('firewalls', () => {
  const policy = (mode: string, collections = '') => `resource "azurerm_firewall_policy" "p" {
  name = "fw"
${mode}}
resource "azurerm_firewall_policy_rule_collection_group" "g" {
  name               = "g"
  firewall_policy_id = azurerm_firewall_policy.p.id
  priority           = 200
${collections}}
`
  const names = (collection: string, list: string) =>
    `  application_rule_collection {\n    name     = "${collection}"\n    priority = 300\n    action   = "Allow"\n    rule {\n      name              = "r"\n      source_addresses  = ["10.0.0.0/16"]\n      destination_fqdns = ${list}\n      protocols {\n        type = "Https"\n        port = 443\n      }\n    }\n  }\n`
  const any =
    '  network_rule_collection {\n    name     = "n"\n    priority = 100\n    action   = "Allow"\n    rule {\n      name                  = "all"\n      protocols             = ["TCP"]\n      source_addresses      = ["10.0.0.0/16"]\n      destination_addresses = ["*"]\n      destination_ports     = ["443"]\n    }\n  }\n'
  finds(firewallAllowsAny, 'any address on 443', {
    head: { 'main.tf': policy('', any) },
    at: 'main.tf: rule {',
    severity: 'high',
    says: ['past every rule for names'],
  })
  silent(firewallAllowsAny, 'the same rule in a collection of another name', {
    base: { 'main.tf': policy('', any) },
    head: { 'main.tf': policy('', any.replace('name     = "n"', 'name     = "renamed"').replace('100', '150')) },
  })
  finds(firewallFqdnWide, 'storage of anybody', {
    head: { 'main.tf': policy('', names('a', '["example.com", "*.blob.core.windows.net"]')) },
    at: 'main.tf: destination_fqdns = ["example.com", "*.blob.core.windows.net"]',
    severity: 'medium',
  })
  silent(firewallFqdnWide, 'names of one owner', { head: { 'main.tf': policy('', names('a', '["*.example.com"]')) } })
  finds(firewallThreatIntel, 'the default only logs', {
    head: { 'main.tf': policy('') },
    at: 'main.tf: resource "azurerm_firewall_policy" "p" {',
    patched: { 'main.tf': policy('  threat_intelligence_mode = "Deny"\n') },
  })
})

describe('services', () => {
  finds(paasAzureServices, 'the rule for all of Azure goes', {
    head: {
      'main.tf':
        'resource "azurerm_mssql_server" "s" {\n  name = "s"\n}\n\n# why\nresource "azurerm_mssql_firewall_rule" "azure" {\n  name             = "azure"\n  server_id        = azurerm_mssql_server.s.id\n  start_ip_address = "0.0.0.0"\n  end_ip_address   = "0.0.0.0"\n}\n',
    },
    at: 'main.tf: resource "azurerm_mssql_firewall_rule" "azure" {',
    severity: 'medium',
    patched: { 'main.tf': 'resource "azurerm_mssql_server" "s" {\n  name = "s"\n}\n' },
  })
  finds(blobAnonymous, 'ARM: an account that allows it', {
    head: {
      'sa.json':
        '{\n  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n  "contentVersion": "1.0.0.0",\n  "resources": [\n    { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "sa", "properties": { "allowBlobPublicAccess": true } }\n  ]\n}\n',
    },
    at: /** One line holds it all. */ 'sa.json: { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "sa", "properties": { "allowBlobPublicAccess": true } }',
    patched: {
      'sa.json':
        '{\n  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n  "contentVersion": "1.0.0.0",\n  "resources": [\n    { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "sa", "properties": { "allowBlobPublicAccess": false } }\n  ]\n}\n',
    },
  })
  finds(acrDataEndpoint, 'a registry without its own', {
    head: { 'main.tf': 'resource "azurerm_container_registry" "r" {\n  name = "r"\n}\n' },
    at: 'main.tf: resource "azurerm_container_registry" "r" {',
    severity: 'note',
    patched: {
      'main.tf': 'resource "azurerm_container_registry" "r" {\n  name = "r"\n  data_endpoint_enabled = true\n}\n',
    },
  })
  finds(wafNotPreventing, 'a policy that only watches', {
    head: {
      'main.tf':
        'resource "azurerm_web_application_firewall_policy" "w" {\n  name = "w"\n  policy_settings {\n    mode = "Detection"\n  }\n}\n',
    },
    at: 'main.tf: mode = "Detection"',
    patched: {
      'main.tf':
        'resource "azurerm_web_application_firewall_policy" "w" {\n  name = "w"\n  policy_settings {\n    mode = "Prevention"\n  }\n}\n',
    },
  })
})

describe('environments', () => {
  const module = {
    'k8s/main.tf': `variable "env" {}\n${cluster('  http_application_routing_enabled = true\n').replace('"aks"\n', '"aks-$' + '{var.env}"\n')}`,
  }
  finds(httpApplicationRouting, 'one line of a module for all environments is one finding', {
    head: {
      ...module,
      'main.tf': 'variable "env" {}\nmodule "k8s" {\n  source = "./k8s"\n  env    = var.env\n}\n',
      'dev.tfvars': 'env = "dev"\n',
      'prod.tfvars': 'env = "prod"\n',
    },
    at: 'k8s/main.tf: http_application_routing_enabled = true',
  })
})
