// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
import type { Files } from '../generate.ts'
import { environmentName } from './environments.ts'
import { CLUSTER_KIND } from './terraform-cluster.ts'
import { type ModuleKind, moduleFiles } from './terraform-module.ts'
import { NETWORK_KINDS } from './terraform-networks.ts'
import { VERSIONS, ZONE_VARIABLES } from './terraform-parts.ts'
import { platformFiles } from './terraform-platform.ts'
import { SERVICE_KINDS } from './terraform-services.ts'
import type { TerraformSize } from './terraform-size.ts'
import { stackFiles } from './terraform-stack.ts'

/**
 * A Terraform repository as teams with many environments have it: small modules, modules of modules, root modules with a variable
 * file for each environment, and root modules in a folder for each environment. The same size gives the same files.
 */
export function generateTerraform(size: TerraformSize): Files {
  const files: Files = new Map()
  for (const kind of MODULE_KINDS) {
    for (let i = 0; i < size.variants; i++) {
      for (const [name, text] of moduleFiles(kind, i)) files.set(`modules/${kind.name}-${i}/${name}`, text)
    }
  }
  for (let i = 0; i < size.zones; i++) {
    for (const [name, text] of zoneFiles(i, size)) files.set(`zones/zone-${i}/${name}`, text)
  }
  for (let i = 0; i < size.platforms; i++) {
    for (const [name, text] of platformFiles(i, size)) files.set(`platforms/platform-${i}/${name}`, text)
  }
  for (let e = 0; e < size.environments; e++) {
    for (let i = 0; i < size.stacks; i++) {
      for (const [name, text] of stackFiles(e, i, size))
        files.set(`live/${environmentName(e)}/stack-${i}/${name}`, text)
    }
  }
  return files
}

/** The rule of one module of a kind that all zones use, with another port: it reaches the environments of the platforms that call it. */
export const MODULE_CHANGE = {
  path: 'modules/security-0/locals.tf',
  was: 'port = "8443"',
  is: 'port = "9443"',
} as const
/** The port of a rule in one environment of one platform. */
export const ENVIRONMENT_CHANGE = {
  path: 'platforms/platform-1/environments/prod-westeurope.tfvars',
  was: 'grpc    = { port = "50051"',
  is: 'grpc    = { port = "50052"',
} as const

/** In the order in which a zone calls them. */
const MODULE_KINDS: readonly ModuleKind[] = [...NETWORK_KINDS, CLUSTER_KIND, ...SERVICE_KINDS]

/** A module that calls one module of each kind. */
function zoneFiles(i: number, size: TerraformSize): readonly (readonly [string, string])[] {
  const call = (kind: ModuleKind) => `module "${kind.name}" {
  source = "../../modules/${kind.name}-${i % size.variants}"

  name                = "\${local.prefix}-${kind.short}"
  environment         = var.environment
  location            = var.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
${Object.entries(kind.inputs)
  .map(([name, value]) => `  ${name.padEnd(19)} = ${value}\n`)
  .join('')}}
`
  return [
    [
      'main.tf',
      `locals {
  prefix = "\${var.name}-\${var.environment}-${i}"
  tags   = merge(var.tags, { zone = var.name, environment = var.environment, managed_by = "terraform" })
}

resource "azurerm_resource_group" "this" {
  name     = "rg-\${local.prefix}"
  location = var.location
  tags     = local.tags
}

${MODULE_KINDS.map(call).join('\n')}`,
    ],
    ['variables.tf', ZONE_VARIABLES],
    [
      'outputs.tf',
      MODULE_KINDS.map(
        ({ name }) => `output "${name}_id" {
  description = "Id of what the module ${name} is about"
  value       = module.${name}.id
}
`,
      ).join('\n'),
    ],
    ['versions.tf', VERSIONS],
  ]
}
