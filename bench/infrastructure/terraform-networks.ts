// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import { type ModuleKind, outputs } from './terraform-module.ts'

/** Networks with what guards and routes them. */
export const NETWORK_KINDS: readonly ModuleKind[] = [
  {
    name: 'network',
    short: 'net',
    inputs: { address_space: 'var.address_space' },
    variables: `
variable "address_space" {
  description = "Range of the virtual network"
  type        = string

  validation {
    condition     = can(cidrhost(var.address_space, 0))
    error_message = "The address space must be a range in CIDR notation."
  }
}

variable "subnets" {
  description = "Subnets by name: where they stand in the range and what they are delegated to"
  type = map(object({
    newbits           = optional(number, 8)
    netnum            = number
    delegation        = optional(string)
    service_endpoints = optional(list(string), [])
    private_endpoints = optional(bool, false)
  }))
  default = {
    nodes     = { newbits = 2, netnum = 0, service_endpoints = ["Microsoft.Storage"] }
    pods      = { newbits = 2, netnum = 1 }
    services  = { netnum = 128, service_endpoints = ["Microsoft.KeyVault", "Microsoft.Sql"] }
    endpoints = { netnum = 129, private_endpoints = true }
    databases = { netnum = 13@V, delegation = "Microsoft.DBforPostgreSQL/flexibleServers" }
  }
}
`,
    locals: `locals {
  subnets = {
    for name, subnet in var.subnets : name => merge(subnet, {
      prefix = cidrsubnet(var.address_space, subnet.newbits, subnet.netnum)
    })
  }
  delegated = [for name, subnet in local.subnets : name if subnet.delegation != null]
  tags      = merge(var.tags, { module = "network-@V" })
}
`,
    main: `resource "azurerm_virtual_network" "this" {
  name                = "vnet-\${var.name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  address_space       = [var.address_space]
  dns_servers         = ["10.2@V.0.4", "10.2@V.0.5"]
  tags                = local.tags
}

resource "azurerm_subnet" "this" {
  for_each = local.subnets

  name                              = "snet-\${each.key}"
  resource_group_name               = var.resource_group_name
  virtual_network_name              = azurerm_virtual_network.this.name
  address_prefixes                  = [each.value.prefix]
  service_endpoints                 = each.value.service_endpoints
  private_endpoint_network_policies = each.value.private_endpoints ? "Enabled" : "Disabled"
  default_outbound_access_enabled   = false

  dynamic "delegation" {
    for_each = each.value.delegation == null ? [] : [each.value.delegation]
    content {
      name = "delegation"

      service_delegation {
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
      }
    }
  }
}

resource "azurerm_virtual_network_peering" "hub" {
  name                         = "peer-\${var.name}-hub"
  resource_group_name          = var.resource_group_name
  virtual_network_name         = azurerm_virtual_network.this.name
  remote_virtual_network_id    = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"
  allow_virtual_network_access = true
  allow_forwarded_traffic      = true
  use_remote_gateways          = false
}
`,
    outputs: outputs(
      'azurerm_virtual_network',
      `
output "subnet_ids" {
  description = "Ids of the subnets by name"
  value       = { for name, subnet in azurerm_subnet.this : name => subnet.id }
}

output "subnet_prefixes" {
  description = "Ranges of the subnets by name"
  value       = { for name, subnet in local.subnets : name => subnet.prefix }
}
`,
    ),
  },
  {
    name: 'security',
    short: 'nsg',
    inputs: { allowed_ranges: 'var.allowed_ranges', extra_rules: 'var.settings.extra_rules' },
    variables: `
variable "allowed_ranges" {
  description = "Ranges that may open connections"
  type        = list(string)
  default     = []
}

variable "extra_rules" {
  description = "Rules besides those of the module"
  type = map(object({
    port     = string
    priority = number
    source   = optional(string, "10.0.0.0/8")
  }))
  default = {}
}
`,
    locals: `locals {
  base_rules = {
    https = { port = "443", priority = 100, source = "10.0.0.0/8" }
    api   = { port = "8443", priority = 110, source = "10.0.0.0/8" }
    probe = { port = "8080", priority = 120, source = "AzureLoadBalancer" }
    ssh   = { port = "22", priority = 130, source = "10.2@V.0.0/24" }
  }
  rules = merge(local.base_rules, var.extra_rules)
  tags  = merge(var.tags, { module = "security-@V" })
}
`,
    main: `resource "azurerm_network_security_group" "this" {
  name                = "nsg-\${var.name}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = local.tags

  dynamic "security_rule" {
    for_each = local.rules
    content {
      name                       = "allow-\${security_rule.key}"
      priority                   = security_rule.value.priority
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      destination_port_range     = security_rule.value.port
      source_address_prefix      = security_rule.value.source
      destination_address_prefix = "VirtualNetwork"
    }
  }

  security_rule {
    name                       = "allow-callers"
    priority                   = 400
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_ranges    = ["443", "8443"]
    source_address_prefixes    = concat(var.allowed_ranges, ["10.3@V.0.0/16"])
    destination_address_prefix = "VirtualNetwork"
  }

  security_rule {
    name                       = "deny-inbound"
    priority                   = 4000
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}

resource "azurerm_application_security_group" "this" {
  for_each = toset(["web", "jobs", "data"])

  name                = "asg-\${var.name}-\${each.value}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = local.tags
}
`,
    outputs: outputs('azurerm_network_security_group'),
  },
  {
    name: 'routes',
    short: 'rt',
    inputs: { subnet_ids: 'module.network.subnet_ids', security_group_id: 'module.security.id', routes: 'var.routes' },
    variables: `
variable "subnet_ids" {
  description = "Subnets that use the routes and the security group, by name"
  type        = map(string)
  default     = {}
}

variable "security_group_id" {
  description = "Security group of the subnets"
  type        = string
}

variable "firewall_address" {
  description = "Address of the firewall that all traffic to the internet passes"
  type        = string
  default     = "10.2@V.0.4"
}

variable "routes" {
  description = "Routes by name: the range and what is next on the way"
  type = map(object({
    prefix   = string
    next_hop = optional(string, "VirtualAppliance")
  }))
  default = {
    internet = { prefix = "0.0.0.0/0" }
    onprem   = { prefix = "172.16.0.0/12" }
    hub      = { prefix = "10.2@V.0.0/16", next_hop = "VnetLocal" }
  }
}
`,
    locals: `locals {
  associated = { for name, id in var.subnet_ids : name => id if name != "endpoints" }
  tags       = merge(var.tags, { module = "routes-@V" })
}
`,
    main: `resource "azurerm_route_table" "this" {
  name                          = "rt-\${var.name}"
  location                      = var.location
  resource_group_name           = var.resource_group_name
  bgp_route_propagation_enabled = false
  tags                          = local.tags

  dynamic "route" {
    for_each = var.routes
    content {
      name                   = route.key
      address_prefix         = route.value.prefix
      next_hop_type          = route.value.next_hop
      next_hop_in_ip_address = route.value.next_hop == "VirtualAppliance" ? var.firewall_address : null
    }
  }
}

resource "azurerm_subnet_route_table_association" "this" {
  for_each = local.associated

  subnet_id      = each.value
  route_table_id = azurerm_route_table.this.id
}

resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = var.subnet_ids

  subnet_id                 = each.value
  network_security_group_id = var.security_group_id
}
`,
    outputs: outputs('azurerm_route_table'),
  },
]
