// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import { environmentName, regionOf } from './environments.ts'
import { COMMON_VARIABLES, PROVIDER, SUBSCRIPTION, VERSIONS } from './terraform-parts.ts'
import type { TerraformSize } from './terraform-size.ts'

/** A root module of one environment, in that environment's folder. */
export function stackFiles(e: number, i: number, size: TerraformSize): readonly (readonly [string, string])[] {
  const [security, network] = [(i + e) % size.variants, (i * 2 + e) % size.variants]
  const subnets = Array.from(
    { length: 6 },
    (_, at) => `resource "azurerm_subnet" "tier_${at}" {
  name                 = "snet-\${local.prefix}-tier-${at}"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = module.network.name
  address_prefixes     = [cidrsubnet(var.address_space, 8, ${200 + at})]
  service_endpoints    = ["Microsoft.Storage", "Microsoft.KeyVault"]
}

resource "azurerm_subnet_network_security_group_association" "tier_${at}" {
  subnet_id                 = azurerm_subnet.tier_${at}.id
  network_security_group_id = module.security.id
}
`,
  )
  const rules = Array.from(
    { length: 18 },
    (_, at) => `resource "azurerm_network_security_rule" "rule_${at}" {
  name                        = "allow-${at}"
  priority                    = ${1000 + at * 10}
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "${8000 + i * 10 + at}"
  source_address_prefix       = "10.${(e + at) % 256}.0.0/16"
  destination_address_prefix  = var.address_space
  resource_group_name         = azurerm_resource_group.this.name
  network_security_group_name = module.security.name
}
`,
  )
  return [
    [
      'main.tf',
      `locals {
  prefix = "stack${i}-\${var.environment}"
  tags   = merge(var.tags, { stack = "stack-${i}" })
}

resource "azurerm_resource_group" "this" {
  name     = "rg-\${local.prefix}"
  location = var.location
  tags     = local.tags
}

module "network" {
  source = "../../../modules/network-${network}"

  name                = "\${local.prefix}-net"
  environment         = var.environment
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  address_space       = var.address_space
}

module "security" {
  source = "../../../modules/security-${security}"

  name                = "\${local.prefix}-nsg"
  environment         = var.environment
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
  allowed_ranges      = ["10.${e}.0.0/16"]
}

${subnets.join('\n')}`,
    ],
    ['rules.tf', rules.join('\n')],
    [
      'variables.tf',
      `${COMMON_VARIABLES}${SUBSCRIPTION}
variable "address_space" {
  description = "Range of the virtual network"
  type        = string
  default     = "10.${(e * 5 + i) % 256}.0.0/16"
}
`,
    ],
    ['providers.tf', PROVIDER + VERSIONS],
    [
      'outputs.tf',
      `output "network_id" {
  description = "Id of the network of the stack"
  value       = module.network.id
}

output "subnet_ids" {
  description = "Ids of the subnets of the stack"
  value       = [${subnets.map((_, at) => `azurerm_subnet.tier_${at}.id`).join(', ')}]
}
`,
    ],
    [
      'terraform.tfvars',
      `environment     = "${environmentName(e)}"
location        = "${regionOf(e)}"
subscription_id = "00000000-0000-0000-0001-${String(e * 10 + i).padStart(12, '0')}"
tags = {
  owner = "team-${(e + i) % 9}"
}
`,
    ],
  ]
}
