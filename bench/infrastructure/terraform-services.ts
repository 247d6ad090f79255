// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import { type ModuleKind, outputs } from './terraform-module.ts'

const SUBNET_ID = `
variable "subnet_id" {
  description = "Subnet of the private endpoint; none is created without it"
  type        = string
  default     = null
}

variable "diagnostics" {
  description = "Categories of logs that are sent to the workspace, with the days that they are kept"
  type = map(object({
    enabled   = optional(bool, true)
    retention = optional(number, 30)
  }))
  default = {
    audit   = {}
    metrics = { retention = 7 }
  }
}
`

/** Services that zones reach through private endpoints. */
export const SERVICE_KINDS: readonly ModuleKind[] = [
  service({
    name: 'storage',
    short: 'st',
    type: 'azurerm_storage_account',
    group: 'blob',
    zone: 'privatelink.blob.core.windows.net',
    body: `resource "azurerm_storage_account" "this" {
  name                            = local.resource_name
  location                        = var.location
  resource_group_name             = var.resource_group_name
  account_tier                    = "Standard"
  account_replication_type        = var.sku == "Premium" ? "GZRS" : "ZRS"
  min_tls_version                 = "TLS1_2"
  public_network_access_enabled   = length(local.public_ranges) > 0
  allow_nested_items_to_be_public = false
  tags                            = local.tags

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"]
    ip_rules       = local.public_ranges
  }

  blob_properties {
    delete_retention_policy {
      days = 3@V
    }
  }
}

resource "azurerm_storage_container" "this" {
  for_each = toset(["data", "logs", "backups"])

  name                  = each.value
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"
}
`,
    inputs: { sku: 'var.settings.sku' },
  }),
  service({
    name: 'vault',
    short: 'kv',
    type: 'azurerm_key_vault',
    group: 'vault',
    zone: 'privatelink.vaultcore.azure.net',
    body: `data "azurerm_client_config" "current" {}

resource "azurerm_key_vault" "this" {
  name                          = local.resource_name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  tenant_id                     = data.azurerm_client_config.current.tenant_id
  sku_name                      = lower(var.sku)
  purge_protection_enabled      = true
  soft_delete_retention_days    = 7@V
  public_network_access_enabled = false
  rbac_authorization_enabled    = true
  tags                          = local.tags

  network_acls {
    default_action = "Deny"
    bypass         = "AzureServices"
    ip_rules       = local.public_ranges
  }
}
`,
  }),
  service({
    name: 'registry',
    short: 'cr',
    type: 'azurerm_container_registry',
    group: 'registry',
    zone: 'privatelink.azurecr.io',
    body: `resource "azurerm_container_registry" "this" {
  name                          = local.resource_name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  sku                           = "Premium"
  admin_enabled                 = false
  public_network_access_enabled = false
  zone_redundancy_enabled       = var.sku == "Premium"
  tags                          = local.tags

  network_rule_set {
    default_action = "Deny"

    dynamic "ip_rule" {
      for_each = local.public_ranges
      content {
        action   = "Allow"
        ip_range = ip_rule.value
      }
    }
  }
}
`,
  }),
  service({
    name: 'database',
    short: 'sql',
    type: 'azurerm_mssql_server',
    group: 'sqlServer',
    zone: 'privatelink.database.windows.net',
    body: `resource "azurerm_mssql_server" "this" {
  name                          = local.resource_name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  version                       = "12.0"
  minimum_tls_version           = "1.2"
  public_network_access_enabled = false
  tags                          = local.tags

  azuread_administrator {
    login_username = "sql-admins"
    object_id      = "00000000-0000-0000-0000-00000000000@V"
  }
}

resource "azurerm_mssql_database" "this" {
  for_each = toset(["orders", "users"])

  name      = each.value
  server_id = azurerm_mssql_server.this.id
  sku_name  = var.sku == "Premium" ? "P1" : "S1"
}
`,
  }),
]

interface Service {
  readonly name: string
  readonly short: string
  readonly type: string
  readonly group: string
  readonly zone: string
  readonly body: string
  readonly inputs?: Readonly<Record<string, string>>
}

function service(options: Service): ModuleKind {
  return {
    name: options.name,
    short: options.short,
    inputs: {
      subnet_id: 'module.network.subnet_ids["endpoints"]',
      allowed_ranges: 'var.allowed_ranges',
      ...options.inputs,
    },
    variables: `${SUBNET_ID}
variable "allowed_ranges" {
  description = "Ranges that may call the service"
  type        = list(string)
  default     = []
}

variable "sku" {
  description = "Size of the service"
  type        = string
  default     = "Standard"
}
`,
    locals: `locals {
  resource_name = substr(replace(lower("${options.short}@V\${var.name}"), "/[^a-z0-9]/", ""), 0, 24)
  endpoints     = var.subnet_id == null ? {} : { ${options.group} = "${options.zone}" }
  public_ranges = [for range in var.allowed_ranges : range if !startswith(range, "10.") && !startswith(range, "172.")]
  tags = merge(var.tags, {
    module  = "${options.name}-@V"
    service = title("${options.name}")
  })
}
`,
    main: `${options.body}
resource "azurerm_private_endpoint" "this" {
  for_each = local.endpoints

  name                = "pe-\${var.name}-\${each.key}"
  location            = var.location
  resource_group_name = var.resource_group_name
  subnet_id           = var.subnet_id
  tags                = local.tags

  private_service_connection {
    name                           = "psc-\${var.name}"
    private_connection_resource_id = ${options.type}.this.id
    subresource_names              = [each.key]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.this[each.key].id]
  }

  lifecycle {
    ignore_changes = [tags["created"]]
  }
}

resource "azurerm_private_dns_zone" "this" {
  for_each = local.endpoints

  name                = each.value
  resource_group_name = var.resource_group_name
  tags                = local.tags
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  name                       = "diagnostics"
  target_resource_id         = ${options.type}.this.id
  log_analytics_workspace_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log"

  dynamic "enabled_log" {
    for_each = { for name, category in var.diagnostics : name => category if category.enabled }
    content {
      category = enabled_log.key
    }
  }
}
`,
    outputs: outputs(
      options.type,
      `
output "endpoint_ids" {
  description = "Ids of the private endpoints by subresource"
  value       = { for key, endpoint in azurerm_private_endpoint.this : key => endpoint.id }
}
`,
    ),
  }
}
