import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import { card, firewall, group, natGateway, network, peering, subnet } from '../azure/terraform-text.ts'

/** §7 services with public names: who calls them by which path, one block for each kind of rules, and how names get there. */

const HEAD = 'location = "westeurope"\n  resource_group_name = "rg"'
const at = (more = '') =>
  network('hub', '10.1.0.0/16') + subnet('hub', 'vms', '10.1.8.0/24', more) + subnet('hub', 'pe', '10.1.9.0/27')
const NAT = natGateway('nat', ['vms'])
const OWN = 'azurerm_public_ip.nat-ip.ip_address'
const HOST = '10.1.8.9'

function service(type: string, name: string, more: string): string {
  return `resource "azurerm_${type}" "s" {
  name = "${name}"
  ${HEAD}
  ${more}
}\n`
}

describe('§7.1 Storage: "Enabled, Allow all"; "IP rules: no effect for callers in the same region"', () => {
  const account = (more: string) =>
    service('storage_account', 'stone', `account_tier = "Standard"\n account_replication_type = "LRS"\n ${more}`)
  const rules = (text: string) => account(`network_rules {\n default_action = "Deny"\n bypass = ["None"]\n ${text}\n }`)
  const ask = 'stone.blob.core.windows.net TCP 443'
  asks({ 'main.tf': at() + account('') }, [
    [`${HOST} -> ${ask}`, 'allowed'],
    [`internet -> ${ask}`, 'allowed'],
  ])
  asks({ 'main.tf': at() + account('public_network_access_enabled = false') }, [
    [`${HOST} -> ${ask}`, 'denied by paas-firewall'],
    [`internet -> ${ask}`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': at() + NAT + rules(`ip_rules = ["203.0.113.0/24", ${OWN}]`) }, [
    ['203.0.113.9 -> stone.blob.core.windows.net TCP 443', 'allowed'],
    ['198.51.100.9 -> stone.blob.core.windows.net TCP 443', 'denied by paas-firewall'],
    [`${HOST} -> ${ask}`, 'denied by paas-firewall'],
  ])
  const far = (text: string) =>
    text.replace('name = "hub"\n  location = "westeurope"', 'name = "hub"\n  location = "uksouth"')
  asks({ 'main.tf': far(at()) + NAT + rules(`ip_rules = [${OWN}]`) }, [[`${HOST} -> ${ask}`, 'allowed']])
  describe('"virtual network rule ∋ c\'s subnet with the service endpoint"', () => {
    const ruled = rules('virtual_network_subnet_ids = [azurerm_subnet.vms.id]')
    asks({ 'main.tf': at('service_endpoints = ["Microsoft.Storage"]') + ruled }, [[`${HOST} -> ${ask}`, 'allowed']])
    asks({ 'main.tf': at() + ruled }, [[`${HOST} -> ${ask}`, 'denied by paas-firewall']])
  })
  describe('§7.2 "endpoint policies: with one attached, unlisted accounts are denied on that path"', () => {
    const policed = at(
      'service_endpoints = ["Microsoft.Storage"]\n  service_endpoint_policy_ids = [azurerm_subnet_service_endpoint_storage_policy.p.id]',
    )
    const policy = service('subnet_service_endpoint_storage_policy', 'p', '').replace('" "s"', '" "p"')
    asks({ 'main.tf': policed + policy + account('') }, [[`${HOST} -> ${ask}`, 'unknown by route']])
  })
})

describe('§7.1 ACR: "network_rule_set{default_action} (Allow)", "network rule ∋ subnet"', () => {
  const registry = (more: string) => service('container_registry', 'crone', `sku = "Premium"\n ${more}`)
  const ask = 'crone.azurecr.io TCP 443'
  asks({ 'main.tf': at() + registry('') }, [[`${HOST} -> ${ask}`, 'allowed']])
  const rules = (range: string) =>
    registry(
      `network_rule_set {\n default_action = "Deny"\n ip_rule {\n action = "Allow"\n ip_range = ${range}\n }\n }`,
    )
  asks({ 'main.tf': at() + NAT + rules('"203.0.113.0/24"') }, [
    [`203.0.113.9 -> ${ask}`, 'allowed'],
    [`${HOST} -> ${ask}`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': at() + NAT + rules(OWN) }, [[`${HOST} -> ${ask}`, 'allowed']])
})

describe('§7.1 Cosmos DB: "no rules = all networks; 0.0.0.0 = all Azure datacenters"', () => {
  const account = (more: string) =>
    service(
      'cosmosdb_account',
      'cosone',
      `offer_type = "Standard"
  consistency_policy { consistency_level = "Session" }
  geo_location {
    location = "westeurope"
    failover_priority = 0
  }
  ${more}`,
    )
  const ask = 'cosone.documents.azure.com TCP 443'
  asks({ 'main.tf': at() + account('') }, [[`internet -> ${ask}`, 'allowed']])
  asks({ 'main.tf': at() + NAT + account('ip_range_filter = ["203.0.113.0/24"]') }, [
    [`203.0.113.9 -> ${ask}`, 'allowed'],
    [`internet -> ${ask}`, 'denied by paas-firewall'],
    [`${HOST} -> ${ask}`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': at() + NAT + account('ip_range_filter = ["0.0.0.0"]') }, [
    [`internet -> ${ask}`, 'denied by paas-firewall'],
    [`${HOST} -> ${ask}`, 'allowed'],
    [`tag/AzureCloud -> ${ask}`, 'allowed'],
  ])
})

describe('§7.1 SQL: "0.0.0.0 = every Azure address": also those that Azure lends and makes', () => {
  const server = `${service('mssql_server', 'sqlone', 'version = "12.0"')}resource "azurerm_mssql_firewall_rule" "r" {
  name = "r"
  server_id = azurerm_mssql_server.s.id
  start_ip_address = "0.0.0.0"
  end_ip_address = "0.0.0.0"
}\n`
  const ask = 'sqlone.database.windows.net TCP 1433'
  asks({ 'main.tf': at() + server }, [
    [`${HOST} -> ${ask}`, 'allowed'],
    [`internet -> ${ask}`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': at() + NAT + server }, [[`${HOST} -> ${ask}`, 'allowed']])
})

describe('§7.1 PostgreSQL flexible: "delegated subnet = VNet-injected, no public path"', () => {
  const server = (more: string) => service('postgresql_flexible_server', 'pgone', `version = "16"\n ${more}`)
  const ask = 'pgone.postgres.database.azure.com TCP 5432'
  asks({ 'main.tf': at() + server('') }, [[`internet -> ${ask}`, 'denied by paas-firewall']])
  const rule = `resource "azurerm_postgresql_flexible_server_firewall_rule" "r" {
  name = "r"
  server_id = azurerm_postgresql_flexible_server.s.id
  start_ip_address = "203.0.113.0"
  end_ip_address = "203.0.113.255"
}\n`
  asks({ 'main.tf': at() + server('') + rule }, [[`203.0.113.9 -> ${ask}`, 'allowed']])
  asks({ 'main.tf': at() + server('delegated_subnet_id = azurerm_subnet.pe.id') + rule }, [
    [`203.0.113.9 -> ${ask}`, 'denied by paas-firewall'],
  ])
})

describe('§7.1 Event Hubs: "networkRuleSets/default; Allow", the stricter of both flags', () => {
  const hub = (rules: string) =>
    service(
      'eventhub_namespace',
      'ehone',
      `sku = "Standard"\n ${rules === '' ? '' : `network_rulesets {\n ${rules}\n }`}`,
    )
  const ask = 'ehone.servicebus.windows.net TCP 5671'
  asks({ 'main.tf': at() + hub('') }, [[`internet -> ${ask}`, 'allowed']])
  asks({ 'main.tf': at() + hub('default_action = "Deny"\n ip_rule {\n ip_mask = "203.0.113.0/24"\n }') }, [
    [`203.0.113.9 -> ${ask}`, 'allowed'],
    [`198.51.100.9 -> ${ask}`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': at() + hub('default_action = "Allow"\n public_network_access_enabled = false') }, [
    [`internet -> ${ask}`, 'denied by paas-firewall'],
  ])
})

const vault = (more = '') =>
  service('key_vault', 'kvone', `tenant_id = "00000000-0000-0000-0000-000000000000"\n sku_name = "standard"\n ${more}`)
const CLOSED = vault('public_network_access_enabled = false')
const ASK = `${HOST} -> kvone.vault.azure.net TCP 443`

describe('§7.1 "SecuredByPerimeter replaces the service\'s own rules: Unknown"', () => {
  const perimeter = (mode: string) => `resource "azurerm_network_security_perimeter" "p" {
  name = "p"
  ${HEAD}
}
resource "azurerm_network_security_perimeter_profile" "p" {
  name = "p"
  network_security_perimeter_id = azurerm_network_security_perimeter.p.id
}
resource "azurerm_network_security_perimeter_association" "p" {
  name = "p"
  access_mode = "${mode}"
  network_security_perimeter_profile_id = azurerm_network_security_perimeter_profile.p.id
  resource_id = azurerm_key_vault.s.id
}\n`
  asks({ 'main.tf': at() + vault() + perimeter('Enforced') }, [[ASK, 'unknown by paas-firewall']])
  asks({ 'main.tf': at() + vault() + perimeter('Learning') }, [[ASK, 'allowed']])
})

const zone = (link: string, more = '') => `resource "azurerm_private_dns_zone" "kv" {
  name = "privatelink.vaultcore.azure.net"
  resource_group_name = "rg"
}
resource "azurerm_private_dns_zone_virtual_network_link" "kv" {
  name = "kv"
  resource_group_name = "rg"
  private_dns_zone_name = azurerm_private_dns_zone.kv.name
  virtual_network_id = azurerm_virtual_network.${link}.id
  ${more}
}\n`
const endpoint = (inZone = true) => `resource "azurerm_private_endpoint" "kv" {
  name = "pe"
  ${HEAD}
  subnet_id = azurerm_subnet.pe.id
  private_service_connection {
    name = "kv"
    private_connection_resource_id = azurerm_key_vault.s.id
    subresource_names = ["vault"]
    is_manual_connection = false
  }
  ${
    inZone
      ? 'private_dns_zone_group {\n name = "default"\n private_dns_zone_ids = [azurerm_private_dns_zone.kv.id]\n }'
      : ''
  }
}\n`

describe('§7.3 "a linked zone without the record answers NXDOMAIN, unless the link has NxDomainRedirect"', () => {
  asks({ 'main.tf': at() + vault() + zone('hub') + endpoint(false) }, [[ASK, 'denied by dns']])
  const redirect = zone('hub', 'resolution_policy = "NxDomainRedirect"')
  asks({ 'main.tf': at() + vault() + redirect + endpoint(false) }, [[ASK, 'allowed']])
  asks({ 'main.tf': at() + CLOSED + redirect + endpoint(false) }, [[ASK, 'denied by paas-firewall']])
  describe('an address record of the zone does as well', () => {
    const record = `resource "azurerm_private_dns_a_record" "kv" {
  name = "kvone"
  zone_name = azurerm_private_dns_zone.kv.name
  resource_group_name = "rg"
  ttl = 300
  records = [azurerm_private_endpoint.kv.private_service_connection[0].private_ip_address]
}\n`
    asks({ 'main.tf': at() + CLOSED + zone('hub') + endpoint(false) + record }, [[ASK, 'allowed']])
  })
})

describe('§7.3 "custom dnsServers must forward to 168.63.129.16 inside a linked VNet"', () => {
  const served = (servers: string) =>
    at().replace('address_space = ["10.1.0.0/16"]', `address_space = ["10.1.0.0/16"]\n  dns_servers = [${servers}]`)
  const far = network('far', '10.2.0.0/16') + subnet('far', 'dns', '10.2.0.0/24') + card('dns', 'dns', '10.2.0.4')
  const peered = far + peering('hub', 'far') + peering('far', 'hub')
  const private_ = (link: string) => CLOSED + zone(link) + endpoint()
  describe('the links of the network where the server stands decide', () => {
    asks({ 'main.tf': served('"10.2.0.4"') + peered + private_('far') }, [[ASK, 'allowed']])
    asks({ 'main.tf': served('"10.2.0.4"') + peered + private_('hub') }, [[ASK, 'denied by paas-firewall']])
  })
  describe('"without a reachable server": not peered, closed on UDP 53, or no DNS proxy', () => {
    asks({ 'main.tf': served('"10.2.0.4"') + far + private_('far') }, [[ASK, 'denied by dns']])
    const closed = group('g', ['100 out deny Udp * -> * 53'], ['vms'])
    asks({ 'main.tf': served('"10.2.0.4"') + peered + private_('far') + closed }, [[ASK, 'denied by dns']])
    const proxy = (more: string) => firewall('hub', '10.1.250.0/26', '', more)
    asks({ 'main.tf': served('"10.1.250.4"') + proxy('') + private_('hub') }, [[ASK, 'denied by dns']])
    asks({ 'main.tf': served('"10.1.250.4"') + proxy('dns {\n proxy_enabled = true\n }') + private_('hub') }, [
      [ASK, 'allowed'],
    ])
  })
  describe('what does not answer is not asked for more', () => {
    asks({ 'main.tf': served('"10.9.9.9", "168.63.129.16"') + private_('hub') }, [[ASK, 'allowed']])
  })
  describe('a server outside of the tree may know the endpoint or not', () => {
    asks({ 'main.tf': served('"203.0.113.53"') + private_('hub') }, [[ASK, 'unknown']])
    asks({ 'main.tf': served('"203.0.113.53"') + vault() + zone('hub') + endpoint() }, [[ASK, 'allowed']])
  })
})
