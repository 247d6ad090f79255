import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import {
  applicationRules,
  cluster,
  firewall,
  group,
  network,
  networkRules,
  peering,
  routes,
  subnet,
} from '../azure/terraform-text.ts'

/** §4 rows of the firewall that no other table holds: IP groups, parents, names in network rules, tags, categories, translation. */

const HEAD = 'location = "westeurope"\n  resource_group_name = "rg"'
const BASE =
  network('hub', '10.1.0.0/16') + subnet('hub', 'vms', '10.1.8.0/24') + subnet('hub', 'others', '10.1.9.0/24')
const THROUGH = routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['vms', 'others'])
const wall = (collections: string, more = '') => BASE + THROUGH + firewall('hub', '10.1.250.0/26', collections, more)
const HOST = '10.1.8.9'

describe('§4.3 "IP groups are sets to resolve": of sources and of destinations', () => {
  const ips = (name: string, cidr: string) => `resource "azurerm_ip_group" "${name}" {
  name = "${name}"
  ${HEAD}
  cidrs = ["${cidr}"]
}\n`
  const both = networkRules('Allow', 200, ['Tcp * -> X 443'])
    .replace('source_addresses = ["*"]', 'source_ip_groups = [azurerm_ip_group.from.id]')
    .replace('destination_addresses = ["X"]', 'destination_ip_groups = [azurerm_ip_group.to.id]')
  asks({ 'main.tf': wall(both) + ips('from', '10.1.8.0/24') + ips('to', '203.0.113.0/24') }, [
    [`${HOST} -> 203.0.113.9 TCP 443`, 'allowed'],
    [`${HOST} -> 198.51.100.9 TCP 443`, 'denied by firewall'],
    ['10.1.9.9 -> 203.0.113.9 TCP 443', 'denied by firewall'],
  ])
})

describe('§4.2 "all parent-policy groups first", "inheritance does not change that types come before priorities"', () => {
  const parent = (collections: string) => `resource "azurerm_firewall_policy" "base" {
  name = "base"
  ${HEAD}
}
resource "azurerm_firewall_policy_rule_collection_group" "base" {
  name = "base"
  firewall_policy_id = azurerm_firewall_policy.base.id
  priority = 60000
  ${collections}
}\n`
  const child = (collections: string) => wall(collections, 'base_policy_id = azurerm_firewall_policy.base.id')
  const allow = networkRules('Allow', 100, ['Tcp * -> * 443'])
  const deny = networkRules('Deny', 65000, ['Tcp * -> 203.0.113.0/24 443'])
  asks({ 'main.tf': child(allow) + parent(deny) }, [
    [`${HOST} -> 203.0.113.9 TCP 443`, 'denied by firewall'],
    [`${HOST} -> 198.51.100.9 TCP 443`, 'allowed'],
  ])
  const named = applicationRules('Deny', 100, ['Https * -> api.example.com 443'])
  asks({ 'main.tf': child(allow) + parent(named) }, [[`${HOST} -> api.example.com TCP 443`, 'allowed']])
})

describe('§4.3 "fqdnTags: content maintained by Microsoft = the AKS list of 4.5"', () => {
  const tagged = applicationRules('Allow', 200, ['Https * -> X 443']).replace(
    'destination_fqdns = ["X"]',
    'destination_fqdn_tags = ["AzureKubernetesService"]',
  )
  asks({ 'main.tf': wall(tagged) }, [
    [`${HOST} -> mcr.microsoft.com TCP 443`, 'allowed'],
    [`${HOST} -> management.azure.com TCP 443`, 'allowed'],
    [`${HOST} -> packages.aks.azure.com TCP 443`, 'allowed'],
    [`${HOST} -> api.example.com TCP 443`, 'denied by firewall'],
    [`${HOST} -> mcr.microsoft.com TCP 80`, 'denied by firewall'],
  ])
})

describe('§4.3 "destinationFqdns in network rules: no wildcards, resolved by the firewall, needs DNS proxy"', () => {
  const named = networkRules('Allow', 200, ['Tcp * -> X 443']).replace(
    'destination_addresses = ["X"]',
    'destination_fqdns = ["api.example.com"]',
  )
  const ask = `${HOST} -> api.example.com TCP 443`
  const proxy = 'dns {\n proxy_enabled = true\n }'
  const served = (text: string) =>
    text.replace('address_space = ["10.1.0.0/16"]', 'address_space = ["10.1.0.0/16"]\n  dns_servers = ["10.1.250.4"]')
  asks({ 'main.tf': served(wall(named, proxy)) }, [
    [ask, 'allowed'],
    [`${HOST} -> other.example.com TCP 443`, 'denied by firewall'],
    [`${HOST} -> api.example.com TCP 80`, 'denied by firewall'],
  ])
  describe('"FQDN network rule without DNS proxy: may not match"', () => {
    asks({ 'main.tf': wall(named) }, [[ask, 'unknown by firewall']])
    // Clients of other servers are taken to get the same addresses as the proxy.
    asks({ 'main.tf': wall(named, proxy) }, [[ask, 'allowed']])
  })
})

describe('§4.3 "web categories: Unknown membership"', () => {
  const category = applicationRules('Allow', 200, ['Https * -> X 443']).replace(
    'destination_fqdns = ["X"]',
    'web_categories = ["Business"]',
  )
  asks({ 'main.tf': wall(category) }, [[`${HOST} -> api.example.com TCP 443`, 'unknown by firewall']])
})

describe('§4.1 "application rules: HTTP, HTTPS, MSSQL only"; a star for everything', () => {
  asks({ 'main.tf': wall(applicationRules('Allow', 200, ['Https * -> * 443'])) }, [
    [`${HOST} -> internet TCP 443`, 'allowed'],
    [`${HOST} -> internet UDP 443`, 'denied by firewall'],
    [`${HOST} -> internet TCP 22`, 'denied by firewall'],
  ])
})

describe('§4.2 "a network Allow TCP 443 to a wide tag makes all FQDN filtering void" for what is in the tag', () => {
  const rules =
    networkRules('Allow', 200, ['Tcp * -> AzureCloud 443']) +
    applicationRules('Deny', 100, ['Https * -> *.blob.core.windows.net 443'])
  asks({ 'main.tf': wall(rules) }, [
    [`${HOST} -> any.blob.core.windows.net TCP 443`, 'allowed'],
    [`${HOST} -> internet TCP 443`, 'denied by firewall'],
  ])
})

describe('§4.4 "255.255.255.255/32 = always": the NSG on the far side sees the firewall, not the client', () => {
  const spokes =
    network('spoke', '10.3.0.0/16') +
    subnet('spoke', 'app', '10.3.0.0/24') +
    BASE +
    network('far', '10.2.0.0/16') +
    subnet('far', 'desk', '10.2.0.0/24') +
    ['spoke', 'far']
      .map((one) => peering(one, 'hub', 'allow_forwarded_traffic = true') + peering('hub', one))
      .join('') +
    routes('s', ['10.2.0.0/16 VirtualAppliance 10.1.250.4'], ['app'])
  const byClient = group('g', ['100 in allow * 10.3.0.0/16 -> * *', '200 in deny * * -> * *'], ['desk'])
  const byFirewall = group('g', ['100 in allow * 10.1.250.0/26 -> * *', '200 in deny * * -> * *'], ['desk'])
  const rules = networkRules('Allow', 200, ['Tcp * -> 10.2.0.0/16 443'])
  const ask = '10.3.0.9 -> 10.2.0.9 TCP 443'
  const hub = (more = '') => spokes + firewall('hub', '10.1.250.0/26', rules, more)
  asks({ 'main.tf': hub() + byClient }, [[ask, 'allowed']])
  asks({ 'main.tf': hub() + byFirewall }, [[ask, 'denied by nsg']])
  const always = 'private_ip_ranges = ["255.255.255.255/32"]'
  asks({ 'main.tf': hub(always) + byClient }, [[ask, 'denied by nsg']])
  asks({ 'main.tf': hub(always) + byFirewall }, [[ask, 'allowed']])
  describe('§1.2 "allowForwardedTraffic false: only possible"', () => {
    const off = hub().replaceAll('allow_forwarded_traffic = true', '')
    asks({ 'main.tf': off }, [[ask, 'unknown by route']])
  })
})

describe('§4.1 "subnet NSGs there are not used"', () => {
  const nsg = `${group('g', ['100 in deny * * -> * *', '110 out deny * * -> * *'])}resource "azurerm_subnet_network_security_group_association" "fw" {
  subnet_id = azurerm_subnet.azurefirewallsubnet.id
  network_security_group_id = azurerm_network_security_group.g.id
}\n`
  asks({ 'main.tf': wall(networkRules('Allow', 200, ['Any * -> * *'])) + nsg }, [
    [`${HOST} -> internet TCP 443`, 'allowed'],
  ])
})

describe('§5.2 the way to the API server through a firewall needs its name or AzureCloud (§4.5)', () => {
  const aks = cluster({ pool: 'system vms' })
  const ask = 'node/system -> api-server TCP 443'
  asks({ 'main.tf': wall(applicationRules('Allow', 200, ['Https * -> *.hcp.westeurope.azmk8s.io 443'])) + aks }, [
    [ask, 'allowed'],
  ])
  asks({ 'main.tf': wall(networkRules('Allow', 200, ['Tcp * -> AzureCloud.WestEurope 443'])) + aks }, [
    [ask, 'allowed'],
  ])
  asks({ 'main.tf': wall(networkRules('Allow', 200, ['Tcp * -> Storage 443'])) + aks }, [[ask, 'denied by firewall']])
})
