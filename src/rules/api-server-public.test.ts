import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { apiServerPublic } from './api-server-public.ts'
import { apiServerRangesWide } from './api-server-ranges-wide.ts'
import { apiServerWidened } from './api-server-widened.ts'

const cluster = (more = '') => `resource "azurerm_kubernetes_cluster" "aks" {
  name       = "aks"
  dns_prefix = "aks"
${more}}
`
const ranges = (list: string) => `
  api_server_access_profile {
    authorized_ip_ranges = ${list}
  }
`
const bicep = (profile: string) => `resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks'
  properties: {
    dnsPrefix: 'aks'
${profile}  }
}
`

describe('api-server-public', () => {
  finds(apiServerPublic, 'no ranges: the trusted ones are written where Terraform has them', {
    head: { 'main.tf': cluster() },
    trusted: ['203.0.113.0/24'],
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "aks" {',
    severity: 'high',
    patched: {
      'main.tf': cluster('\n  api_server_access_profile {\n    authorized_ip_ranges = ["203.0.113.0/24"]\n  }\n'),
    },
  })
  finds(apiServerPublic, 'an empty list in Bicep', {
    head: { 'main.bicep': bicep('    apiServerAccessProfile: {\n      authorizedIPRanges: []\n    }\n') },
    at: "main.bicep: resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {",
  })
  silent(apiServerPublic, 'a private cluster', { head: { 'main.tf': cluster('  private_cluster_enabled = true\n') } })
  silent(apiServerPublic, 'ranges that a variable without default holds', {
    head: { 'main.tf': `variable "ranges" {}\n${cluster(ranges('var.ranges'))}` },
  })
  silent(apiServerPublic, 'the same cluster moved from Terraform to Bicep', {
    base: { 'main.tf': cluster() },
    head: { 'main.bicep': bicep('') },
  })
  silent(apiServerPublic, 'the same cluster moved into a module', {
    base: { 'main.tf': cluster() },
    head: {
      'main.tf': 'module "k8s" {\n  source = "./k8s"\n}\n',
      'k8s/main.tf': cluster().replace('"aks" {', '"this" {'),
    },
  })
})

describe('api-server-ranges-wide', () => {
  finds(apiServerRangesWide, 'the internet in a tfvars file, where the patch goes', {
    head: {
      'main.tf': `variable "ranges" {\n  type = list(string)\n}\n${cluster(ranges('var.ranges'))}`,
      'terraform.tfvars': '# who may come in\nranges = ["198.51.100.7/32", "0.0.0.0/0"]\n',
    },
    at: 'terraform.tfvars: ranges = ["198.51.100.7/32", "0.0.0.0/0"]',
    severity: 'high',
    patched: { 'terraform.tfvars': '# who may come in\nranges = ["198.51.100.7/32"]\n' },
  })
  silent(apiServerRangesWide, 'the address of the cluster alone', {
    head: { 'main.tf': cluster(ranges('["0.0.0.0/32"]')) },
  })
})

describe('api-server-widened', () => {
  finds(apiServerWidened, 'one more range', {
    base: { 'main.tf': cluster(ranges('[\n      "198.51.100.7/32",\n    ]')) },
    head: {
      'main.tf': cluster(ranges('[\n      "198.51.100.7/32",\n      "203.0.113.0/26", # the new office\n    ]')),
    },
    at: 'main.tf: "203.0.113.0/26", # the new office',
    severity: 'low',
    patched: { 'main.tf': cluster(ranges('[\n      "198.51.100.7/32",\n    ]')) },
  })
  silent(apiServerWidened, 'the same addresses in two halves', {
    base: { 'main.tf': cluster(ranges('["198.51.100.0/24"]')) },
    head: { 'main.tf': cluster(ranges('["198.51.100.128/25", "198.51.100.0/25"]')) },
  })
  silent(apiServerWidened, 'a trusted range', {
    base: { 'main.tf': cluster(ranges('["198.51.100.0/24"]')) },
    head: { 'main.tf': cluster(ranges('["198.51.100.0/24", "203.0.113.0/24"]')) },
    trusted: ['203.0.113.0/24'],
  })
})
