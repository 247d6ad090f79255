import { type Files, generateCluster } from './generate.ts'

/** How large a generated platform is: clusters in spokes of one hub with a firewall. */
export interface PlatformSize {
  readonly clusters: number
  /** Of each spoke; the first is that of the nodes. */
  readonly subnets: number
  /** Of each security group; every spoke has one. */
  readonly nsgRules: number
  /** Of the firewall. */
  readonly firewallRules: number
  /** Of each cluster. */
  readonly workloads: number
}

/** 20 clusters, 100 subnets, 1,000 NSG rules, 2,000 firewall rules, 10,000 workloads. */
export const PLATFORM: PlatformSize = { clusters: 20, subnets: 5, nsgRules: 50, firewallRules: 2000, workloads: 500 }
/** The same with ten times the rules. */
export const MANY_RULES: PlatformSize = { ...PLATFORM, nsgRules: 500, firewallRules: 20_000 }

/** The Terraform code of a platform, and the manifests of each cluster in a folder that is called after it. */
export function generatePlatform(size: PlatformSize): Files {
  const files: Files = new Map([
    ['infra/hub.tf', hub(size)],
    ['infra/firewall.tf', firewallPolicy(size)],
  ])
  const manifests = generateCluster(size.workloads)
  for (let i = 0; i < size.clusters; i++) {
    files.set(`infra/spoke-${i}.tf`, spoke(i, size))
    for (const [path, text] of manifests)
      files.set(`clusters/aks-${i}/${path}`, text.replace('registry.example.com', `aks-${i}.azurecr.io`))
  }
  return files
}

/** The same platform with a route of one cluster that leaves the firewall aside, and a rule of the firewall that admits more. */
export function changeOneRoute(files: Files): Files {
  const edit = (path: string, was: string, is: string): [string, string] => {
    const text = files.get(path)!
    if (!text.includes(was)) throw new Error(`${path} holds no ${was}`)
    return [path, text.replace(was, is)]
  }
  return new Map([
    ...files,
    edit('infra/spoke-3.tf', 'address_prefix         = "0.0.0.0/0"', 'address_prefix         = "10.0.0.0/8"'),
    edit('infra/firewall.tf', '"tenant-7.example.com"', '"*.example.com"'),
  ])
}

function hub({ clusters }: PlatformSize): string {
  const peerings = Array.from(
    { length: clusters },
    (_, i) => `
resource "azurerm_virtual_network_peering" "hub_to_${i}" {
  name                      = "hub-to-${i}"
  resource_group_name       = "rg-hub"
  virtual_network_name      = azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.spoke_${i}.id
  allow_forwarded_traffic   = true
}
`,
  )
  return `resource "azurerm_virtual_network" "hub" {
  name                = "vnet-hub"
  resource_group_name = "rg-hub"
  location            = "westeurope"
  address_space       = ["10.0.0.0/16"]
}

resource "azurerm_subnet" "firewall" {
  name                 = "AzureFirewallSubnet"
  resource_group_name  = "rg-hub"
  virtual_network_name = azurerm_virtual_network.hub.name
  address_prefixes     = ["10.0.1.0/26"]
}

resource "azurerm_public_ip" "firewall" {
  name                = "pip-firewall"
  resource_group_name = "rg-hub"
  location            = "westeurope"
  allocation_method   = "Static"
  sku                 = "Standard"
}

resource "azurerm_firewall" "hub" {
  name                = "afw-hub"
  resource_group_name = "rg-hub"
  location            = "westeurope"
  sku_name            = "AZFW_VNet"
  sku_tier            = "Standard"
  firewall_policy_id  = azurerm_firewall_policy.hub.id
  ip_configuration {
    name                 = "main"
    subnet_id            = azurerm_subnet.firewall.id
    public_ip_address_id = azurerm_public_ip.firewall.id
  }
}

resource "azurerm_firewall_policy" "hub" {
  name                = "afwp-hub"
  resource_group_name = "rg-hub"
  location            = "westeurope"
}
${peerings.join('')}`
}

const GROUP = 100

/** Half network rules, half application rules, a hundred to a group. */
function firewallPolicy({ firewallRules, clusters }: PlatformSize): string {
  const groups: string[] = []
  for (let first = 0; first < firewallRules; first += GROUP) {
    const numbers = Array.from({ length: Math.min(GROUP, firewallRules - first) }, (_, i) => first + i)
    const rules = (kind: number, write: (i: number) => string) =>
      numbers
        .filter((i) => i % 2 === kind)
        .map(write)
        .join('')
    groups.push(`resource "azurerm_firewall_policy_rule_collection_group" "g${first}" {
  name               = "group-${first}"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = ${100 + first / GROUP}
  network_rule_collection {
    name     = "network"
    priority = 100
    action   = "Allow"
${rules(
  0,
  (i) => `    rule {
      name                  = "net-${i}"
      protocols             = ["${i % 3 === 0 ? 'UDP' : 'TCP'}"]
      source_addresses      = ["10.${1 + (i % clusters)}.0.0/22"]
      destination_addresses = ["203.${(i >> 8) % 256}.${i % 256}.0/28"]
      destination_ports     = ["${1024 + (i % 5000)}"]
    }
`,
)}  }
  application_rule_collection {
    name     = "application"
    priority = 200
    action   = "Allow"
${rules(
  1,
  (i) => `    rule {
      name              = "app-${i}"
      source_addresses  = ["10.${1 + (i % clusters)}.0.0/22"]
      destination_fqdns = ["tenant-${i}.example.com"]
      protocols {
        type = "Https"
        port = 443
      }
    }
`,
)}  }
}
`)
  }
  return groups.join('\n')
}

function spoke(i: number, { subnets, nsgRules }: PlatformSize): string {
  const net = `10.${i + 1}`
  const rules = Array.from(
    { length: nsgRules },
    (_, r) => `  security_rule {
    name                       = "rule-${r}"
    priority                   = ${100 + r}
    direction                  = "${r % 2 === 0 ? 'Inbound' : 'Outbound'}"
    access                     = "${r % 5 === 0 ? 'Deny' : 'Allow'}"
    protocol                   = "${r % 3 === 0 ? 'Udp' : 'Tcp'}"
    source_address_prefix      = "${r % 2 === 0 ? `10.${r % 20}.${r % 256}.0/24` : '*'}"
    source_port_range          = "*"
    destination_address_prefix = "${r % 2 === 0 ? '*' : `198.51.${r % 256}.0/26`}"
    destination_port_range     = "${1000 + r}"
  }
`,
  )
  const parts = Array.from(
    { length: subnets },
    (_, s) => `
resource "azurerm_subnet" "spoke_${i}_${s}" {
  name                 = "snet-${s}"
  resource_group_name  = "rg-${i}"
  virtual_network_name = azurerm_virtual_network.spoke_${i}.name
  address_prefixes     = ["${net}.${s * 4}.0/22"]
}

resource "azurerm_subnet_network_security_group_association" "spoke_${i}_${s}" {
  subnet_id                 = azurerm_subnet.spoke_${i}_${s}.id
  network_security_group_id = azurerm_network_security_group.spoke_${i}.id
}

resource "azurerm_subnet_route_table_association" "spoke_${i}_${s}" {
  subnet_id      = azurerm_subnet.spoke_${i}_${s}.id
  route_table_id = azurerm_route_table.spoke_${i}.id
}
`,
  )
  return `resource "azurerm_virtual_network" "spoke_${i}" {
  name                = "vnet-${i}"
  resource_group_name = "rg-${i}"
  location            = "westeurope"
  address_space       = ["${net}.0.0/16"]
}

resource "azurerm_virtual_network_peering" "spoke_${i}_to_hub" {
  name                      = "to-hub"
  resource_group_name       = "rg-${i}"
  virtual_network_name      = azurerm_virtual_network.spoke_${i}.name
  remote_virtual_network_id = azurerm_virtual_network.hub.id
  allow_forwarded_traffic   = true
}

resource "azurerm_network_security_group" "spoke_${i}" {
  name                = "nsg-${i}"
  resource_group_name = "rg-${i}"
  location            = "westeurope"
${rules.join('')}}

resource "azurerm_route_table" "spoke_${i}" {
  name                = "rt-${i}"
  resource_group_name = "rg-${i}"
  location            = "westeurope"
  route {
    name                   = "default"
    address_prefix         = "0.0.0.0/0"
    next_hop_type          = "VirtualAppliance"
    next_hop_in_ip_address = azurerm_firewall.hub.ip_configuration[0].private_ip_address
  }
}
${parts.join('')}
resource "azurerm_kubernetes_cluster" "aks_${i}" {
  name                = "aks-${i}"
  resource_group_name = "rg-${i}"
  location            = "westeurope"
  dns_prefix          = "aks-${i}"
  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 3
    vnet_subnet_id = azurerm_subnet.spoke_${i}_0.id
  }
  identity {
    type = "SystemAssigned"
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    outbound_type       = "userDefinedRouting"
    pod_cidr            = "10.${100 + i}.0.0/16"
  }
}
`
}
