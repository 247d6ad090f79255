resource "azurerm_virtual_network" "shop" {
  name          = "vnet-shop"
  location      = "westeurope"
  address_space = ["10.20.0.0/16"]
}

resource "azurerm_subnet" "nodes" {
  name                 = "snet-nodes"
  virtual_network_name = azurerm_virtual_network.shop.name
  address_prefixes     = ["10.20.0.0/22"]
}

resource "azurerm_network_security_group" "nodes" {
  name     = "nsg-nodes"
  location = "westeurope"

  security_rule {
    name                       = "smtp-out"
    priority                   = 200
    direction                  = "Outbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "25"
    destination_address_prefix = "Internet"
  }
}

resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                    = "aks-shop"
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
  }
}
