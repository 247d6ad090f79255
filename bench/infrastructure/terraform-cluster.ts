// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import { type ModuleKind, outputs } from './terraform-module.ts'

/** A cluster with its node pools. */
export const CLUSTER_KIND: ModuleKind = {
  name: 'cluster',
  short: 'aks',
  inputs: {
    subnet_ids: 'module.network.subnet_ids',
    node_count: 'var.settings.node_count',
    vm_size: 'var.settings.vm_size',
    private: 'var.settings.private',
  },
  variables: `
variable "subnet_ids" {
  description = "Subnets by name; nodes and pods are used"
  type        = map(string)
}

variable "node_count" {
  description = "Nodes of the system pool"
  type        = number
  default     = 3

  validation {
    condition     = var.node_count > 0 && var.node_count <= 100
    error_message = "A pool has 1 to 100 nodes."
  }
}

variable "vm_size" {
  description = "Size of the nodes"
  type        = string
  default     = "Standard_D4s_v5"
}

variable "private" {
  description = "Whether the API server is only reachable in the network"
  type        = bool
  default     = true
}

variable "pools" {
  description = "User pools by name"
  type = map(object({
    count  = optional(number, 2)
    size   = optional(string, "Standard_D8s_v5")
    labels = optional(map(string), {})
    taints = optional(list(string), [])
  }))
  default = {
    apps = { count = 3, labels = { workload = "apps" } }
    jobs = { size = "Standard_F8s_v2", taints = ["workload=jobs:NoSchedule"] }
  }
}
`,
  locals: `locals {
  version    = "1.31.@V"
  dns_prefix = replace(var.name, "_", "-")
  pools      = { for name, pool in var.pools : substr(name, 0, 12) => pool if pool.count > 0 }
  tags       = merge(var.tags, { module = "cluster-@V", version = local.version })
}
`,
  main: `resource "azurerm_kubernetes_cluster" "this" {
  name                      = "aks-\${var.name}"
  location                  = var.location
  resource_group_name       = var.resource_group_name
  dns_prefix                = local.dns_prefix
  kubernetes_version        = local.version
  private_cluster_enabled   = var.private
  oidc_issuer_enabled       = true
  workload_identity_enabled = true
  tags                      = local.tags

  default_node_pool {
    name           = "system"
    vm_size        = var.vm_size
    node_count     = var.node_count
    vnet_subnet_id = var.subnet_ids["nodes"]
    pod_subnet_id  = var.subnet_ids["pods"]

    upgrade_settings {
      max_surge = "10%"
    }
  }

  identity {
    type = "SystemAssigned"
  }

  network_profile {
    network_plugin    = "azure"
    network_policy    = "cilium"
    network_data_plane = "cilium"
    outbound_type     = "userDefinedRouting"
    service_cidr      = "172.30.@V.0/24"
    dns_service_ip    = "172.30.@V.10"
  }

  dynamic "api_server_access_profile" {
    for_each = var.private ? [] : [1]
    content {
      authorized_ip_ranges = ["203.0.113.0/24"]
    }
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "this" {
  for_each = local.pools

  name                  = each.key
  kubernetes_cluster_id = azurerm_kubernetes_cluster.this.id
  vm_size               = each.value.size
  node_count            = each.value.count
  node_labels           = each.value.labels
  node_taints           = each.value.taints
  vnet_subnet_id        = var.subnet_ids["nodes"]
  pod_subnet_id         = var.subnet_ids["pods"]
  tags                  = local.tags
}
`,
  outputs: outputs('azurerm_kubernetes_cluster'),
}
