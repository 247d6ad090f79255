resource "azurerm_kubernetes_cluster" "shop" {
  name                    = "aks-shop"
  location                = azurerm_resource_group.net.location
  resource_group_name     = azurerm_resource_group.net.name
  dns_prefix              = "shop"
  kubernetes_version      = "1.34"
  private_cluster_enabled = true

  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 3
    vnet_subnet_id = azurerm_subnet.nodes.id
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    outbound_type       = "userDefinedRouting"
  }

  identity {
    type = "SystemAssigned"
  }
}
