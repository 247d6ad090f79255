// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
/** A kind of module of the generated Terraform repository: what it declares, and what a zone passes to it. */
export interface ModuleKind {
  readonly name: string
  /** As it stands in the names of resources. */
  readonly short: string
  /** Arguments of the call, besides those that every module takes. */
  readonly inputs: Readonly<Record<string, string>>
  readonly variables: string
  readonly locals: string
  readonly main: string
  readonly outputs: string
}

/** The files of one of the modules of a kind, which differ in their constants. */
export function moduleFiles(kind: ModuleKind, variant: number): readonly (readonly [string, string])[] {
  const vary = (text: string) => text.replaceAll('@V', String(variant))
  return [
    ['main.tf', vary(kind.main)],
    ['locals.tf', vary(kind.locals)],
    ['variables.tf', vary(COMMON + kind.variables)],
    ['outputs.tf', vary(kind.outputs)],
    ['versions.tf', VERSIONS],
  ]
}

const VERSIONS = `terraform {
  required_version = ">= 1.6"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0, < 5.0"
    }
  }
}
`

const COMMON = `variable "name" {
  description = "Name of the resources of this module, or what their names begin with"
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Name of the environment"
  type        = string
}

variable "location" {
  description = "Azure region"
  type        = string
}

variable "resource_group_name" {
  description = "Resource group that the resources are created in"
  type        = string
}

variable "tags" {
  description = "Tags of every resource of this module"
  type        = map(string)
  default     = {}
}
`

/** Outputs that every module has, about its main resource, and what a kind adds to them. */
export const outputs = (type: string, more = '') => `output "id" {
  description = "Id of the resource"
  value       = ${type}.this.id
}

output "name" {
  description = "Name of the resource"
  value       = ${type}.this.name
}
${more}`
