import { describe } from 'vitest'
import { apiServerPublic } from '../src/rules/api-server-public.ts'
import { defaultNamespace } from '../src/rules/default-namespace.ts'
import { paasOpenToAll } from '../src/rules/paas-open-to-all.ts'
import { paasPublicEndpoint } from '../src/rules/paas-public-endpoint.ts'
import { storageNoAzureServices } from '../src/rules/storage-no-azure-services.ts'
import { subnetNoNsg } from '../src/rules/subnet-no-nsg.ts'
import { vnetDns } from '../src/rules/vnet-dns.ts'
import { wafRuleLog4j } from '../src/rules/waf-rule-log4j.ts'
import { finds, silent } from './rule-table.ts'

/** What older API and provider versions call the same, and settings whose resource another repository holds. */
const arm = (type: string, apiVersion: string, properties: string) => ({
  'main.json': `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "${type}",
      "apiVersion": "${apiVersion}",
      "name": "x",
      "properties": {
        ${properties}
      }
    }
  ]
}
`,
})
const CLUSTERS = 'Microsoft.ContainerService/managedClusters'
const COSMOS = 'Microsoft.DocumentDB/databaseAccounts'

describe('names of older versions', () => {
  silent(apiServerPublic, 'ranges beside the access profile', {
    head: arm(CLUSTERS, '2019-06-01', '"dnsPrefix": "x",\n        "apiServerAuthorizedIPRanges": ["203.0.113.0/28"]'),
  })
  finds(apiServerPublic, 'an empty list there', {
    head: arm(CLUSTERS, '2019-06-01', '"dnsPrefix": "x",\n        "apiServerAuthorizedIPRanges": []'),
    at: 'main.json: {',
  })
  silent(paasOpenToAll, 'Cosmos DB with addresses in one text', {
    head: arm(COSMOS, '2019-12-12', '"ipRangeFilter": "203.0.113.1,203.0.113.2"'),
  })
  finds(paasOpenToAll, 'Cosmos DB with an empty one', {
    head: arm(COSMOS, '2019-12-12', '"ipRangeFilter": ""'),
    at: 'main.json: {',
  })
  silent(subnetNoNsg, 'azurerm 1.x: the group is named in the subnet', {
    head: {
      'main.tf': `resource "azurerm_network_security_group" "nodes" {
  name = "nodes"
}
resource "azurerm_subnet" "nodes" {
  name                      = "nodes"
  virtual_network_name      = "v"
  address_prefix            = "10.0.0.0/24"
  network_security_group_id = azurerm_network_security_group.nodes.id
}
`,
    },
  })
  const rules = (action: string, bypass: string) => ({
    'main.tf': `resource "azurerm_storage_account" "data" {
  name = "data"
}
resource "azurerm_storage_account_network_rules" "data" {
  resource_group_name  = "rg"
  storage_account_name = azurerm_storage_account.data.name
  default_action       = "${action}"
  bypass               = ["${bypass}"]
}
`,
  })
  silent(paasOpenToAll, 'azurerm 2.x: rules that name their account', { head: rules('Deny', 'None') })
  finds(paasOpenToAll, 'azurerm 2.x: rules that name their account and admit everybody', {
    head: rules('Allow', 'None'),
    at: 'main.tf: default_action       = "Allow"',
  })
  finds(storageNoAzureServices, 'azurerm 2.x: the exception is missing there', {
    head: rules('Deny', 'None'),
    at: 'main.tf: bypass               = ["None"]',
  })
})

describe('settings of what the tree does not hold', () => {
  const rules = (more: string) => ({
    'main.tf': `data "azurerm_storage_account" "data" {
  name                = "data"
  resource_group_name = "rg"
}
resource "azurerm_storage_account_network_rules" "data" {
  storage_account_id = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/elsewhere"
  ${more}
}
`,
  })
  finds(storageNoAzureServices, 'rules that keep trusted services out', {
    head: rules('default_action = "Deny"\n  bypass         = ["Metrics"]'),
    at: 'main.tf: bypass         = ["Metrics"]',
    severity: 'note',
  })
  silent(storageNoAzureServices, 'rules that name them', {
    head: rules('default_action = "Deny"\n  bypass         = ["Metrics", "AzureServices"]'),
  })
  silent(storageNoAzureServices, 'rules without the argument, which lets them pass', {
    head: rules('default_action = "Deny"'),
  })
  const servers = (list: string) => ({
    'main.tf': `resource "azurerm_virtual_network_dns_servers" "hub" {
  virtual_network_id = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub"
  dns_servers        = [${list}]
}
`,
  })
  finds(vnetDns, 'one server for a network of another repository', {
    head: servers('"10.0.0.4"'),
    at: 'main.tf: dns_servers        = ["10.0.0.4"]',
    severity: 'note',
  })
  silent(vnetDns, 'two servers', { head: servers('"10.0.0.4", "10.0.0.5"') })
})

describe('services that have no default action', () => {
  const search = (more: string) => ({
    'main.tf': `resource "azurerm_search_service" "index" {
  name = "index"
  sku  = "standard"
${more}}
`,
  })
  const HEAD = 'main.tf: resource "azurerm_search_service" "index" {'
  finds(paasOpenToAll, 'search without rules', { head: search(''), at: HEAD, patched: 'none' })
  silent(paasOpenToAll, 'search with a rule, which shuts out the rest', {
    head: search('  allowed_ips = ["203.0.113.1"]\n'),
  })
  finds(paasPublicEndpoint, 'search with a rule: its endpoint is still on', {
    head: search('  allowed_ips = ["203.0.113.1"]\n'),
    at: HEAD,
    severity: 'low',
  })
  finds(paasOpenToAll, 'search with a rule for everybody', {
    head: search('  allowed_ips = ["0.0.0.0/0"]\n'),
    at: 'main.tf: allowed_ips = ["0.0.0.0/0"]',
  })
  silent(paasOpenToAll, 'search whose rules nobody knows', {
    head: { 'main.tf': `variable "ips" {}\n${search('  allowed_ips = var.ips\n')['main.tf']}` },
  })
})

describe('patches that Azure would refuse', () => {
  const registry = (sku: string, more = '') => ({
    'main.tf': `resource "azurerm_container_registry" "images" {
  name = "images"
  sku  = "${sku}"
${more}}
`,
  })
  const at = 'main.tf: resource "azurerm_container_registry" "images" {'
  finds(paasOpenToAll, 'a registry without network rules of its own', { head: registry('Basic'), at, patched: 'none' })
  finds(paasOpenToAll, 'a registry that has them', {
    head: registry('Premium'),
    at,
    patched: registry('Premium', '\n  network_rule_set {\n    default_action = "Deny"\n  }\n'),
  })
})

describe('rule sets and namespaces', () => {
  const policy = (version: string) => ({
    'main.bicep': `resource waf 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies@2021-08-01' = {
  name: 'waf'
  properties: {
    managedRules: {
      managedRuleSets: [
        { ruleSetType: 'OWASP', ruleSetVersion: '${version}' }
      ]
    }
  }
}
`,
  })
  finds(wafRuleLog4j, 'a rule set of 2013', {
    head: policy('2.2.9'),
    at: "main.bicep: { ruleSetType: 'OWASP', ruleSetVersion: '2.2.9' }",
  })
  silent(wafRuleLog4j, 'the first that has the rule', { head: policy('3.1') })
  const ingress = (namespace: string) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: ${namespace}
spec:
  defaultBackend: { service: { name: web, port: { number: 80 } } }
`
  finds(defaultNamespace, 'an entry in default', {
    head: ingress('default'),
    at: 'app.yaml: apiVersion: networking.k8s.io/v1',
  })
  silent(defaultNamespace, 'an entry elsewhere', { head: ingress('shop') })
})
