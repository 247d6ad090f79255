/** A hub with a firewall and a spoke with a cluster, in Terraform; `routes` and `more` are what a test is about. */
export function hub({
  routes = DEFAULT_ROUTE,
  more = '',
  subnet = '',
  outbound = 'userDefinedRouting',
  names = '',
}: {
  readonly routes?: string
  readonly more?: string
  readonly subnet?: string
  readonly outbound?: string
  readonly names?: string
} = {}): string {
  return `
resource "azurerm_virtual_network" "hub" {
  name          = "hub"
  location      = "westeurope"
  address_space = ["10.1.0.0/22"]
}
resource "azurerm_virtual_network" "spoke" {
  name          = "spoke"
  location      = "westeurope"
  address_space = ["10.240.0.0/16"]
}
resource "azurerm_subnet" "firewall" {
  name                 = "AzureFirewallSubnet"
  virtual_network_name = azurerm_virtual_network.hub.name
  address_prefixes     = ["10.1.0.0/26"]
}
resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = ["10.240.0.0/22"]
${subnet}}
resource "azurerm_virtual_network_peering" "there" {
  name                      = "there"
  virtual_network_name      = azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.spoke.id
  allow_forwarded_traffic   = true
}
resource "azurerm_virtual_network_peering" "back" {
  name                      = "back"
  virtual_network_name      = azurerm_virtual_network.spoke.name
  remote_virtual_network_id = azurerm_virtual_network.hub.id
  allow_forwarded_traffic   = true
}
resource "azurerm_public_ip" "firewall" {
  name     = "pip"
  location = "westeurope"
  sku      = "Standard"
}
resource "azurerm_firewall" "hub" {
  name     = "fw"
  location = "westeurope"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  ip_configuration {
    name                 = "hub"
    subnet_id            = azurerm_subnet.firewall.id
    public_ip_address_id = azurerm_public_ip.firewall.id
  }
}
resource "azurerm_firewall_policy" "hub" {
  name     = "fwp"
  location = "westeurope"
}
resource "azurerm_firewall_policy_rule_collection_group" "out" {
  name               = "out"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = 200
  application_rule_collection {
    name     = "out"
    priority = 100
    action   = "Allow"
    rule {
      name                  = "aks"
      source_addresses      = ["10.240.0.0/22"]
      ${names === '' ? 'destination_fqdn_tags = ["AzureKubernetesService"]' : `destination_fqdns = [${names}]`}
      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}
resource "azurerm_route_table" "nodes" {
  name     = "rt"
  location = "westeurope"
}
resource "azurerm_subnet_route_table_association" "nodes" {
  subnet_id      = azurerm_subnet.nodes.id
  route_table_id = azurerm_route_table.nodes.id
}
resource "azurerm_kubernetes_cluster" "shop" {
  name                    = "aks"
  location                = "westeurope"
  private_cluster_enabled = true
  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.nodes.id
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    outbound_type       = "${outbound}"
  }
}
${routes}${more}`
}

/** A route of the table of the nodes. */
export function route(name: string, prefix: string, hop: string): string {
  return `resource "azurerm_route" "${name}" {
  name             = "${name}"
  route_table_name = azurerm_route_table.nodes.name
  address_prefix   = "${prefix}"
  ${hop}
}
`
}

export const TO_FIREWALL =
  'next_hop_type    = "VirtualAppliance"\n  next_hop_in_ip_address = azurerm_firewall.hub.ip_configuration[0].private_ip_address'
export const TO_INTERNET = 'next_hop_type    = "Internet"'
const DEFAULT_ROUTE = route('default', '0.0.0.0/0', TO_FIREWALL)
