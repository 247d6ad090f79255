// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import { environmentName, regionOf } from './environments.ts'
import { PROVIDER, SUBSCRIPTION, VERSIONS, ZONE_VARIABLES } from './terraform-parts.ts'
import type { TerraformSize } from './terraform-size.ts'

/** A root module that calls one zone, with a variable file for each environment. */
export function platformFiles(i: number, size: TerraformSize): readonly (readonly [string, string])[] {
  return [
    [
      'main.tf',
      `module "zone" {
  source = "../../zones/zone-${i % size.zones}"

  name           = local.name
  environment    = var.environment
  location       = var.location
  address_space  = var.address_space
  allowed_ranges = var.allowed_ranges
  routes         = var.routes
  tags           = local.tags
  settings       = merge(local.defaults, var.settings)
}
`,
    ],
    [
      'locals.tf',
      `locals {
  name = "platform${i}"
  tags = merge(var.tags, {
    platform   = local.name
    repository = "infrastructure"
    cost_code  = format("%04d", ${i} * 17)
  })
  defaults = {
    node_count = startswith(var.environment, "prod") ? 5 : 3
    private    = true
  }
  is_large = var.settings.node_count > 4
}
`,
    ],
    ['variables.tf', `${ZONE_VARIABLES.replace(/variable "name" \{[^}]*\}\n\n/, '')}${SUBSCRIPTION}`],
    ['providers.tf', PROVIDER],
    ['versions.tf', VERSIONS],
    [
      'backend.tf',
      `terraform {
  backend "azurerm" {
    resource_group_name  = "rg-state"
    storage_account_name = "ststate${i}"
    container_name       = "platform"
    key                  = "platform-${i}.tfstate"
  }
}
`,
    ],
    [
      'outputs.tf',
      'output "network_id" {\n  description = "Id of the network"\n  value       = module.zone.network_id\n}\n',
    ],
    ...Array.from(
      { length: size.environments },
      (_, e) => [`environments/${environmentName(e)}.tfvars`, environmentFile(i, e)] as const,
    ),
  ]
}

function environmentFile(i: number, e: number): string {
  const owners = ['networking', 'security', 'platform', 'data', 'payments', 'identity']
  return `# ${environmentName(e)} of platform ${i}: what differs from the defaults of the zone.
environment     = "${environmentName(e)}"
location        = "${regionOf(e)}"
subscription_id = "00000000-0000-0000-0000-${String(i * 100 + e).padStart(12, '0')}"
address_space   = "10.${(i * 40 + e) % 256}.0.0/16"

allowed_ranges = ["10.0.0.0/8", "172.${16 + (e % 16)}.0.0/16", "192.168.${e}.0/24"]

tags = {
${owners.map((owner, at) => `  ${`${owner}_owner`.padEnd(20)} = "team-${(at + e) % 7}@example.com"`).join('\n')}
  cost_center          = "cc-${1000 + i}"
  data_classification  = "internal"
  recovery_objective   = "${4 + (e % 8)}h"
}

# What leaves the zone goes through the firewall of the region; partners are reached over the gateway.
routes = {
  internet = { prefix = "0.0.0.0/0" }
${Array.from({ length: 10 }, (_, at) => `  partner_${at} = { prefix = "172.${16 + at}.${e * 4}.0/22", next_hop = "VirtualNetworkGateway" }`).join('\n')}
}

settings = {
  node_count = ${3 + (e % 5)}
  vm_size    = "Standard_D${4 * (1 + (e % 3))}s_v5"
  private    = ${e % 4 !== 0}
  sku        = "${e % 2 === 0 ? 'Premium' : 'Standard'}"
  retention  = ${30 + e}
  extra_rules = {
    metrics = { port = "9090", priority = 210 }
    grpc    = { port = "50051", priority = 220, source = "10.${(i + e) % 256}.0.0/16" }
    admin   = { port = "8444", priority = 230, source = "10.250.${e}.0/24" }
  }
}
`
}
