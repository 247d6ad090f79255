import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import {
  applicationRules,
  card,
  cluster,
  firewall,
  group,
  NODE_SUBNET,
  natGateway,
  network,
  networkRules,
  OVERLAY,
  peering,
  publicIp,
  routes,
  subnet,
  workload,
} from '../azure/terraform-text.ts'

/** Rows of the Azure specification that the tables of questions and edges do not hold; each names its section. */

const HEAD = 'location = "westeurope"\n  resource_group_name = "rg"'
const BASE = network('hub', '10.1.0.0/16') + subnet('hub', 'nodes', '10.1.0.0/22') + subnet('hub', 'vms', '10.1.8.0/24')
const FAR = network('far', '10.2.0.0/16') + subnet('far', 'remote', '10.2.0.0/24')
const PEERED = BASE + FAR + peering('hub', 'far') + peering('far', 'hub')
const AKS = cluster({ pool: 'system nodes' })
const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal: "true"'
const WITH_ENGINE = `${OVERLAY}\n    network_policy = "azure"`

const policy = (namespace: string, spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: ${namespace} }
spec:
  podSelector: {}
  ${spec}
---
`
const vault = (more: string) => `resource "azurerm_key_vault" "kv" {
  name = "kvone"
  ${HEAD}
  tenant_id = "00000000-0000-0000-0000-000000000000"
  sku_name = "standard"
  ${more}
}\n`

describe('§10 pod → Service: "DNAT on node, then as pod → pod with the backend\'s IP and targetPort"', () => {
  const service = `apiVersion: v1
kind: Service
metadata: { name: db, namespace: b }
spec:
  selector: { app: db }
  ports: [{ port: 80, targetPort: 5432 }]
---
`
  const open = (port: number) =>
    policy('b', `policyTypes: [Ingress]\n  ingress: [{ ports: [{ protocol: TCP, port: ${port} }] }]`)
  const pods = workload('a/web', 8080) + workload('b/db', 5432) + service
  const azure = BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE })
  asks({ 'main.tf': azure, 'app.yaml': pods + open(5432) }, [['a/web -> b/db TCP 5432', 'allowed']])
  asks({ 'main.tf': azure, 'app.yaml': pods + open(80) }, [['a/web -> b/db TCP 5432', 'denied by network-policy']])
})

describe('§10 pod → PaaS by name: "DNS reachable → policy → NSG out → route → firewall → PaaS rules"; allowed', () => {
  const pods = workload('a/web', 8080)
  const ask = 'a/web -> kvone.vault.azure.net TCP 443'
  const azure = BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE }) + vault('')
  const out = (rules: string) => policy('a', `policyTypes: [Egress]\n  egress: ${rules}`)
  describe('with nothing configured', () => {
    asks({ 'main.tf': azure, 'app.yaml': pods }, [[ask, 'allowed']])
  })
  describe('DNS', () => {
    const noDns = '[{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ protocol: TCP, port: 443 }] }]'
    asks({ 'main.tf': azure, 'app.yaml': pods + out(noDns) }, [[ask, 'denied by dns']])
  })
  describe('policy', () => {
    const dnsAlone = '[{ to: [{ namespaceSelector: {} }], ports: [{ protocol: UDP, port: 53 }] }]'
    asks({ 'main.tf': azure, 'app.yaml': pods + out(dnsAlone) }, [[ask, 'denied by network-policy']])
  })
  describe('NSG: "public: tag or Internet"', () => {
    const closed = (tag: string) => group('g', [`100 out deny * * -> ${tag} *`], ['nodes'])
    asks({ 'main.tf': azure + closed('AzureKeyVault'), 'app.yaml': pods }, [[ask, 'denied by nsg']])
    asks({ 'main.tf': azure + closed('Internet'), 'app.yaml': pods }, [[ask, 'denied by nsg']])
    asks({ 'main.tf': azure + closed('Storage'), 'app.yaml': pods }, [[ask, 'allowed']])
  })
  describe('route and firewall', () => {
    const through = (rules: string) =>
      firewall('hub', '10.1.250.0/26', rules) + routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['nodes'])
    const named = applicationRules('Allow', 200, ['Https * -> kvone.vault.azure.net 443'])
    asks({ 'main.tf': azure + through(named), 'app.yaml': pods }, [[ask, 'allowed']])
    asks({ 'main.tf': azure + through(named.replace('kvone', 'kvtwo')), 'app.yaml': pods }, [
      [ask, 'denied by firewall'],
    ])
  })
  describe('PaaS rules', () => {
    const closed = vault('public_network_access_enabled = false')
    asks({ 'main.tf': BASE + AKS + closed, 'app.yaml': pods }, [[ask, 'denied by paas-firewall']])
  })
})

describe('§10 internet → API server: "not private → authorizedIPRanges (no NSG, no firewall)"; allowed', () => {
  const api = (more: string) => BASE + cluster({ pool: 'system nodes', more })
  const closed = group('g', ['100 in deny * * -> * *'], ['nodes'])
  asks({ 'main.tf': BASE + AKS + closed }, [['internet -> api-server TCP 443', 'allowed']])
  asks({ 'main.tf': api('private_cluster_enabled = true') }, [
    ['internet -> api-server TCP 443', 'denied by api-server'],
  ])
  describe('§5.4 "0.0.0.0/32 = cluster\'s own load balancer egress only"', () => {
    asks({ 'main.tf': api('api_server_access_profile { authorized_ip_ranges = ["0.0.0.0/32"] }') }, [
      ['internet -> api-server TCP 443', 'denied by api-server'],
      ['node/system -> api-server TCP 443', 'allowed'],
    ])
  })
  describe('§5.4 a NAT gateway must be listed', () => {
    const nat = natGateway('nat', ['nodes'])
    const listed = (range: string) => api(`api_server_access_profile { authorized_ip_ranges = [${range}] }`)
    asks({ 'main.tf': listed('"203.0.113.0/24"') + nat }, [
      ['node/system -> api-server TCP 443', 'denied by api-server'],
    ])
    asks({ 'main.tf': listed('azurerm_public_ip.nat-ip.ip_address') + nat }, [
      ['node/system -> api-server TCP 443', 'allowed'],
    ])
  })
})

describe('§10 on-prem → internal LB: "NSG in (VirtualNetwork includes on-prem) → ranges, deny-all annotation → policy"', () => {
  const gateway = `${subnet('hub', 'GatewaySubnet', '10.1.255.0/27')}${publicIp('gw')}
resource "azurerm_virtual_network_gateway" "gw" {
  name = "gw"
  ${HEAD}
  type = "Vpn"
  sku = "VpnGw2AZ"
  ip_configuration {
    subnet_id = azurerm_subnet.gatewaysubnet.id
    public_ip_address_id = azurerm_public_ip.gw.id
  }
}
resource "azurerm_local_network_gateway" "dc" {
  name = "dc"
  ${HEAD}
  gateway_address = "198.51.100.7"
  address_space = ["192.168.10.0/24"]
}
resource "azurerm_virtual_network_gateway_connection" "dc" {
  name = "dc"
  ${HEAD}
  type = "IPsec"
  virtual_network_gateway_id = azurerm_virtual_network_gateway.gw.id
  local_network_gateway_id = azurerm_local_network_gateway.dc.id
}\n`
  const behind = (annotations: string) => workload('a/web', 8080, `annotations: { ${INTERNAL}${annotations} }`)
  const ask = '192.168.10.5 -> a/web TCP 8080'
  asks({ 'main.tf': BASE + AKS + gateway, 'app.yaml': behind('') }, [[ask, 'allowed']])
  const others = ', service.beta.kubernetes.io/azure-deny-all-except-load-balancer-source-ranges: "true"'
  const ranges = (range: string) => `, service.beta.kubernetes.io/azure-allowed-ip-ranges: "${range}"`
  asks({ 'main.tf': BASE + AKS + gateway, 'app.yaml': behind(ranges('10.1.0.0/16') + others) }, [
    [ask, 'denied by nsg'],
  ])
  asks({ 'main.tf': BASE + AKS + gateway, 'app.yaml': behind(ranges('192.168.10.0/24') + others) }, [[ask, 'allowed']])
})

describe('§1.2 peering', () => {
  describe('"works only when both objects exist": half of one connects nothing', () => {
    asks({ 'main.tf': BASE + FAR + peering('hub', 'far') }, [
      ['10.1.8.9 -> 10.2.0.9 TCP 443', 'denied by route'],
      ['10.2.0.9 -> 10.1.8.9 TCP 443', 'denied by route'],
    ])
  })
  describe('"not transitive"', () => {
    const third = network('third', '10.3.0.0/16') + subnet('third', 'end', '10.3.0.0/24')
    asks({ 'main.tf': PEERED + third + peering('far', 'third') + peering('third', 'far') }, [
      ['10.1.8.9 -> 10.3.0.9 TCP 443', 'denied by route'],
      ['10.2.0.9 -> 10.3.0.9 TCP 443', 'allowed'],
    ])
  })
  describe('"allowVirtualNetworkAccess false only removes the remote space from the tag": a rule with the prefix admits', () => {
    const shut = BASE + FAR + peering('hub', 'far', 'allow_virtual_network_access = false') + peering('far', 'hub')
    asks({ 'main.tf': shut + group('g', [], ['vms']) }, [['10.2.0.9 -> 10.1.8.9 TCP 443', 'denied by nsg']])
    asks({ 'main.tf': shut + group('g', ['100 in allow * 10.2.0.0/16 -> * *'], ['vms']) }, [
      ['10.2.0.9 -> 10.1.8.9 TCP 443', 'allowed'],
    ])
  })
  describe('"a 0.0.0.0/0 UDR does not capture it"', () => {
    asks({ 'main.tf': PEERED + routes('r', ['0.0.0.0/0 None'], ['vms']) }, [
      ['10.1.8.9 -> 10.2.0.9 TCP 443', 'allowed'],
    ])
  })
})

describe('§2.1 "intra-subnet traffic is evaluated, both ways"', () => {
  asks({ 'main.tf': BASE + group('g', ['100 in deny * 10.1.8.0/24 -> 10.1.8.0/24 *'], ['vms']) }, [
    ['10.1.8.9 -> 10.1.8.10 TCP 443', 'denied by nsg'],
  ])
  asks({ 'main.tf': BASE + group('g', ['100 out deny * 10.1.8.0/24 -> 10.1.8.0/24 *'], ['vms']) }, [
    ['10.1.8.9 -> 10.1.8.10 TCP 443', 'denied by nsg'],
  ])
})

describe('§2.3 rule properties', () => {
  describe('"Icmp has no ports: ignore the port fields"', () => {
    const icmp = group('g', ['100 in allow Icmp * -> * 443', '200 in deny * * -> * *'], ['vms'])
    asks({ 'main.tf': BASE + icmp }, [
      ['10.1.0.9 -> 10.1.8.9 ICMP 0', 'allowed'],
      ['10.1.0.9 -> 10.1.8.9 TCP 443', 'denied by nsg'],
    ])
  })
  describe('"singular and plural are a union"', () => {
    const both = group('g', ['100 in allow Tcp 10.1.0.9 -> * 443', '200 in deny * * -> * *'], ['vms']).replace(
      'destination_port_range = "443"',
      'destination_port_range = "443"\n    destination_port_ranges = ["8080-8090"]',
    )
    asks({ 'main.tf': BASE + both }, [
      ['10.1.0.9 -> 10.1.8.9 TCP 443', 'allowed'],
      ['10.1.0.9 -> 10.1.8.9 TCP 8085', 'allowed'],
      ['10.1.0.9 -> 10.1.8.9 TCP 8091', 'denied by nsg'],
    ])
  })
  describe('"inline or separate; merge both"', () => {
    const separate = `resource "azurerm_network_security_rule" "one" {
  name = "one"
  resource_group_name = "rg"
  network_security_group_name = azurerm_network_security_group.g.name
  priority = 90
  direction = "Inbound"
  access = "Allow"
  protocol = "Tcp"
  source_port_range = "*"
  destination_port_range = "22"
  source_address_prefix = "10.1.0.9"
  destination_address_prefix = "*"
}\n`
    asks({ 'main.tf': BASE + group('g', ['100 in deny * * -> * *'], ['vms']) + separate }, [
      ['10.1.0.9 -> 10.1.8.9 TCP 22', 'allowed'],
      ['10.1.0.10 -> 10.1.8.9 TCP 22', 'denied by nsg'],
    ])
  })
  describe('"ASG: matches the IP configurations of member NICs"', () => {
    const asg = `resource "azurerm_application_security_group" "web" {
  name = "web"
  ${HEAD}
}
resource "azurerm_network_interface_application_security_group_association" "a" {
  network_interface_id = azurerm_network_interface.a.id
  application_security_group_id = azurerm_application_security_group.web.id
}\n`
    const rule = group('g', ['100 in allow Tcp * -> X 443', '200 in deny * * -> * *'], ['vms']).replace(
      'destination_address_prefix = "X"',
      'destination_application_security_group_ids = [azurerm_application_security_group.web.id]',
    )
    const cards = card('a', 'vms', '10.1.8.20') + card('b', 'vms', '10.1.8.21')
    asks({ 'main.tf': BASE + asg + rule + cards }, [
      ['10.1.0.9 -> 10.1.8.20 TCP 443', 'allowed'],
      ['10.1.0.9 -> 10.1.8.21 TCP 443', 'denied by nsg'],
    ])
  })
})

describe('§2.5 security admin rules: "Deny → dropped; AlwaysAllow → NSGs skipped; Allow → go on to NSGs"', () => {
  const admin = (action: string, deployed = true) => `resource "azurerm_network_manager" "m" {
  name = "m"
  ${HEAD}
  scope_accesses = ["SecurityAdmin"]
}
resource "azurerm_network_manager_network_group" "g" {
  name = "g"
  network_manager_id = azurerm_network_manager.m.id
}
resource "azurerm_network_manager_static_member" "hub" {
  name = "hub"
  network_group_id = azurerm_network_manager_network_group.g.id
  target_virtual_network_id = azurerm_virtual_network.hub.id
}
resource "azurerm_network_manager_security_admin_configuration" "c" {
  name = "c"
  network_manager_id = azurerm_network_manager.m.id
}
resource "azurerm_network_manager_admin_rule_collection" "c" {
  name = "c"
  security_admin_configuration_id = azurerm_network_manager_security_admin_configuration.c.id
  network_group_ids = [azurerm_network_manager_network_group.g.id]
}
resource "azurerm_network_manager_admin_rule" "r" {
  name = "r"
  admin_rule_collection_id = azurerm_network_manager_admin_rule_collection.c.id
  action = "${action}"
  direction = "Inbound"
  priority = 1
  protocol = "Tcp"
  source_port_ranges = ["0-65535"]
  destination_port_ranges = ["22"]
  source {
    address_prefix_type = "IPPrefix"
    address_prefix = "*"
  }
}
${
  deployed
    ? `resource "azurerm_network_manager_deployment" "d" {
  network_manager_id = azurerm_network_manager.m.id
  location = "westeurope"
  scope_access = "SecurityAdmin"
  configuration_ids = [azurerm_network_manager_security_admin_configuration.c.id]
}`
    : ''
}\n`
  const open = group('g', [], ['vms'])
  const shut = group('g', ['100 in deny * * -> * *'], ['vms'])
  const ask = '10.1.0.9 -> 10.1.8.9 TCP 22'
  asks({ 'main.tf': BASE + open + admin('Deny') }, [
    [ask, 'denied by security-admin'],
    ['10.1.0.9 -> 10.1.8.9 TCP 443', 'allowed'],
  ])
  asks({ 'main.tf': BASE + shut + admin('AlwaysAllow') }, [
    [ask, 'allowed'],
    ['10.1.0.9 -> 10.1.8.9 TCP 443', 'denied by nsg'],
  ])
  asks({ 'main.tf': BASE + shut + admin('Allow') }, [[ask, 'denied by nsg']])
  describe('"effective only once deployed"', () => {
    asks({ 'main.tf': BASE + open + admin('Deny', false) }, [[ask, 'unknown by security-admin']])
  })
  describe('"per VNet of the collection\'s network groups"', () => {
    asks({ 'main.tf': PEERED + admin('Deny') }, [
      ['10.1.8.9 -> 10.2.0.9 TCP 22', 'allowed'],
      ['10.2.0.9 -> 10.1.8.9 TCP 22', 'denied by security-admin'],
    ])
  })
})

describe('§4.2 "types before priorities", parents before children', () => {
  const through = routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['vms'])
  describe('threat intelligence in Deny mode and Alert mode: Alert only logs', () => {
    const rules = networkRules('Allow', 200, ['Tcp * -> 203.0.113.0/24 443'])
    asks(
      { 'main.tf': BASE + through + firewall('hub', '10.1.250.0/26', rules, 'threat_intelligence_mode = "Alert"') },
      [['10.1.8.9 -> 203.0.113.9 TCP 443', 'allowed']],
    )
  })
  describe('§4.1 "a firewall with a policy ignores its classic settings"', () => {
    const classic = `resource "azurerm_firewall_network_rule_collection" "old" {
  name = "old"
  azure_firewall_name = azurerm_firewall.fw.name
  resource_group_name = "rg"
  priority = 100
  action = "Allow"
  rule {
    name = "all"
    source_addresses = ["*"]
    destination_addresses = ["*"]
    destination_ports = ["*"]
    protocols = ["Any"]
  }
}\n`
    asks({ 'main.tf': BASE + through + firewall('hub', '10.1.250.0/26', '') + classic }, [
      ['10.1.8.9 -> 203.0.113.9 TCP 443', 'denied by firewall'],
    ])
  })
})

describe('§4.4 "0.0.0.0/0 = never SNAT (then no internet)"', () => {
  const rules = networkRules('Allow', 200, ['Tcp * -> 203.0.113.0/24 443'])
  const wall = firewall('hub', '10.1.250.0/26', rules, 'private_ip_ranges = ["0.0.0.0/0"]')
  asks({ 'main.tf': BASE + wall + routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['vms']) }, [
    ['10.1.8.9 -> 203.0.113.9 TCP 443', 'denied by firewall'],
  ])
})

describe('§6.3 LoadBalancer Services', () => {
  const behind = (annotations: string, spec = '') => workload('a/web', 8080, `annotations: { ${annotations} }|${spec}`)
  const azure = BASE + AKS
  describe('"ranges contain 0.0.0.0/0: internet – even for an internal LB an NSG allow appears": it stays internal', () => {
    const all = `${INTERNAL}, service.beta.kubernetes.io/azure-allowed-ip-ranges: "0.0.0.0/0"`
    asks({ 'main.tf': azure, 'app.yaml': behind(all) }, [['203.0.113.9 -> a/web TCP 8080', 'denied by service']])
  })
  describe('"azure-allowed-service-tags: those tags"', () => {
    const tags = 'service.beta.kubernetes.io/azure-allowed-service-tags: AzureFrontDoor.Backend'
    asks({ 'main.tf': azure, 'app.yaml': behind(tags) }, [
      ['tag/AzureFrontDoor.Backend -> a/web TCP 8080', 'allowed'],
      ['203.0.113.9 -> a/web TCP 8080', 'denied by nsg'],
    ])
  })
  describe('"loadBalancerSourceRanges: those CIDRs (NSG and kube-proxy drop rules)"', () => {
    asks({ 'main.tf': azure, 'app.yaml': behind(INTERNAL, 'loadBalancerSourceRanges: [10.1.0.0/22]') }, [
      ['10.1.8.9 -> a/web TCP 8080', 'denied by service'],
    ])
  })
})

describe('§7.1 who may call a database: "Enabled but no rule = nobody; 0.0.0.0–0.0.0.0 = every Azure address"', () => {
  const server = (rules: string) => `resource "azurerm_mssql_server" "s" {
  name = "sqlone"
  ${HEAD}
  version = "12.0"
}
${rules}`
  const rule = (start: string, end: string) => `resource "azurerm_mssql_firewall_rule" "r" {
  name = "r"
  server_id = azurerm_mssql_server.s.id
  start_ip_address = "${start}"
  end_ip_address = "${end}"
}\n`
  const ask = 'sqlone.database.windows.net TCP 1433'
  asks({ 'main.tf': BASE + server('') }, [[`203.0.113.9 -> ${ask}`, 'denied by paas-firewall']])
  asks({ 'main.tf': BASE + server(rule('203.0.113.0', '203.0.113.255')) }, [
    [`203.0.113.9 -> ${ask}`, 'allowed'],
    [`198.51.100.9 -> ${ask}`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': BASE + server(rule('0.0.0.0', '0.0.0.0')) }, [
    [`tag/AzureCloud -> ${ask}`, 'allowed'],
    [`203.0.113.9 -> ${ask}`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': BASE + server(rule('0.0.0.0', '255.255.255.255')) }, [[`203.0.113.9 -> ${ask}`, 'allowed']])
})

describe('§1.4 default outbound access lends no address of the tree: a rule for one does not admit it (§7.1)', () => {
  const acls =
    'network_acls {\n default_action = "Deny"\n bypass = "None"\n ip_rules = [azurerm_public_ip.other.ip_address]\n }'
  asks({ 'main.tf': BASE + publicIp('other') + vault(acls) }, [
    ['10.1.8.9 -> kvone.vault.azure.net TCP 443', 'denied by paas-firewall'],
  ])
})

describe('§5.1, §6.1 dual-stack: "check ::/0 separately"', () => {
  const dual = (text: string, v4: string, v6: string) => text.replace(`["${v4}"]`, `["${v4}", "${v6}"]`)
  const both =
    dual(network('hub', '10.1.0.0/16'), '10.1.0.0/16', 'fd00:1::/48') +
    dual(subnet('hub', 'nodes', '10.1.0.0/22'), '10.1.0.0/22', 'fd00:1::/64') +
    dual(subnet('hub', 'vms', '10.1.8.0/24'), '10.1.8.0/24', 'fd00:1:0:8::/64')
  const profile = `network_plugin = "azure"
    network_plugin_mode = "overlay"
    pod_cidrs = ["10.244.0.0/16", "fd00:244::/56"]
    ip_versions = ["IPv4", "IPv6"]`
  const aks = cluster({ pool: 'system nodes', profile })
  describe('a route for 0.0.0.0/0 steers no IPv6', () => {
    asks({ 'main.tf': both + aks + routes('r', ['0.0.0.0/0 None'], ['nodes']) }, [
      ['node/system -> 203.0.113.9 TCP 443', 'denied by route'],
      ['node/system -> 2606:4700::1111 TCP 443', 'allowed'],
    ])
    asks({ 'main.tf': both + aks + routes('r', ['::/0 None'], ['nodes']) }, [
      ['node/system -> 203.0.113.9 TCP 443', 'allowed'],
      ['node/system -> 2606:4700::1111 TCP 443', 'denied by route'],
    ])
  })
  describe('§2.3 "* also covers IPv6, 0.0.0.0/0 does not"', () => {
    const closed = (prefix: string) => group('g', [`100 out deny * * -> ${prefix} *`], ['nodes'])
    asks({ 'main.tf': both + aks + closed('0.0.0.0/0') }, [['node/system -> 2606:4700::1111 TCP 443', 'allowed']])
    asks({ 'main.tf': both + aks + closed('*') }, [['node/system -> 2606:4700::1111 TCP 443', 'denied by nsg']])
  })
  describe('a host that is asked by its IPv4 address takes no IPv6 route', () => {
    asks({ 'main.tf': both + routes('r', ['fd00:1:0:8::/64 None'], ['nodes']) }, [
      ['10.1.0.9 -> subnet/hub/vms TCP 443', 'allowed'],
      ['subnet/hub/nodes -> subnet/hub/vms TCP 443', 'unknown by route'],
    ])
  })
  describe('§1.4 default outbound access and NAT gateways of SKU Standard are IPv4 alone', () => {
    asks({ 'main.tf': both + natGateway('nat', ['vms']) }, [
      ['10.1.8.9 -> 203.0.113.9 TCP 443', 'allowed'],
      ['fd00:1:0:8::9 -> 2606:4700::1111 TCP 443', 'denied by nat'],
    ])
  })
})

describe('§6.1 a pod subnet: "pod IP (internet then SNATed by the subnet\'s egress)"', () => {
  const pods = `${BASE}${subnet('hub', 'pods', '10.1.16.0/20')}`
  const aks = cluster({ pool: 'system nodes pods', profile: NODE_SUBNET })
  const shut = pods.replace(
    'address_prefixes = ["10.1.16.0/20"]',
    'address_prefixes = ["10.1.16.0/20"]\n  default_outbound_access_enabled = false',
  )
  asks({ 'main.tf': shut + aks, 'app.yaml': workload('a/web', 8080) }, [
    ['a/web -> internet TCP 443', 'allowed'],
    ['subnet/hub/pods -> internet TCP 443', 'allowed'],
  ])
})

describe('§10 pod → node, subnet: "policy (ipBlock)": a block that holds a part of the addresses leaves it open', () => {
  const half = policy('a', 'policyTypes: [Egress]\n  egress: [{ to: [{ ipBlock: { cidr: 10.1.8.0/25 } }] }]')
  const azure = BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE })
  asks({ 'main.tf': azure, 'app.yaml': workload('a/web', 8080) + half }, [
    ['a/web -> subnet/hub/vms TCP 443', 'unknown by network-policy'],
    ['a/web -> 10.1.8.9 TCP 443', 'allowed'],
    ['a/web -> 10.1.8.200 TCP 443', 'denied by network-policy'],
  ])
})
