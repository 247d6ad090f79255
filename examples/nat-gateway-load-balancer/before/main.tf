# A cluster that leaves through a NAT gateway; nothing comes in from the internet.
terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.40"
    }
  }
}

provider "azurerm" {
  features {}
}

variable "location" {
  type    = string
  default = "westeurope"
}

resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = var.location
}

resource "azurerm_virtual_network" "shop" {
  name                = "vnet-shop"
  location            = var.location
  resource_group_name = azurerm_resource_group.shop.name
  address_space       = ["10.20.0.0/16"]
}

resource "azurerm_subnet" "nodes" {
  name                            = "snet-nodes"
  resource_group_name             = azurerm_resource_group.shop.name
  virtual_network_name            = azurerm_virtual_network.shop.name
  address_prefixes                = ["10.20.0.0/22"]
  default_outbound_access_enabled = false
}

resource "azurerm_network_security_group" "nodes" {
  name                = "nsg-nodes"
  location            = var.location
  resource_group_name = azurerm_resource_group.shop.name

  security_rule {
    name                       = "web-from-internet"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_address_prefix      = "Internet"
    source_port_range          = "*"
    destination_address_prefix = "*"
    destination_port_range     = "443"
  }
}

resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}

resource "azurerm_public_ip" "nat" {
  name                = "pip-nat"
  location            = var.location
  resource_group_name = azurerm_resource_group.shop.name
  allocation_method   = "Static"
  sku                 = "Standard"
}

resource "azurerm_nat_gateway" "shop" {
  name                = "ng-shop"
  location            = var.location
  resource_group_name = azurerm_resource_group.shop.name
  sku_name            = "Standard"
}

resource "azurerm_nat_gateway_public_ip_association" "shop" {
  nat_gateway_id       = azurerm_nat_gateway.shop.id
  public_ip_address_id = azurerm_public_ip.nat.id
}

resource "azurerm_subnet_nat_gateway_association" "nodes" {
  subnet_id      = azurerm_subnet.nodes.id
  nat_gateway_id = azurerm_nat_gateway.shop.id
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                    = "aks-shop"
  location                = var.location
  resource_group_name     = azurerm_resource_group.shop.name
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
    outbound_type       = "userAssignedNATGateway"
  }

  identity {
    type = "SystemAssigned"
  }
}
