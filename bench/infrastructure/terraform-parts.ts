export const VERSIONS = `terraform {
  required_version = ">= 1.6"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.14"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.6"
    }
  }
}
`

export const PROVIDER = `provider "azurerm" {
  features {
    resource_group {
      prevent_deletion_if_contains_resources = true
    }
  }

  subscription_id = var.subscription_id
}
`

export const COMMON_VARIABLES = `variable "environment" {
  description = "Name of the environment, as it stands in names and tags"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.environment))
    error_message = "The environment must be a short lower-case name."
  }
}

variable "location" {
  description = "Azure region that all resources are placed in"
  type        = string
  default     = "westeurope"
}

variable "tags" {
  description = "Tags of every resource, besides those that are set by the module"
  type        = map(string)
  default     = {}
}
`

export const ZONE_VARIABLES = `${COMMON_VARIABLES}
variable "name" {
  description = "Name of the zone, which all names in it begin with"
  type        = string
}

variable "address_space" {
  description = "Range of the virtual network; the subnets are cut out of it"
  type        = string
  default     = "10.0.0.0/16"
}

variable "allowed_ranges" {
  description = "Ranges that may call the services of the zone"
  type        = list(string)
  default     = ["10.0.0.0/8"]
}

variable "routes" {
  description = "Routes of the zone by name: the range and what is next on the way"
  type = map(object({
    prefix   = string
    next_hop = optional(string, "VirtualAppliance")
  }))
  default = {
    internet = { prefix = "0.0.0.0/0" }
  }
}

variable "settings" {
  description = "What differs between environments"
  type = object({
    node_count   = optional(number, 3)
    vm_size      = optional(string, "Standard_D4s_v5")
    private      = optional(bool, true)
    sku          = optional(string, "Standard")
    retention    = optional(number, 30)
    extra_rules  = optional(map(object({ port = string, priority = number, source = optional(string, "10.0.0.0/8") })), {})
  })
  default = {}
}
`
export const SUBSCRIPTION = `
variable "subscription_id" {
  description = "Subscription of the environment"
  type        = string
}
`
