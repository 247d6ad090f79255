import { hasName, type NameSet, namePatterns } from '../../algebra/names.ts'

/**
 * What the firewall's FQDN tag `AzureKubernetesService` stands for: the names that a cluster of the public cloud needs.
 * Source: learn.microsoft.com/azure/aks/outbound-rules-control-egress, 2026-06-18.
 */
const REQUIRED = [
  '*.hcp.*.azmk8s.io',
  '*.hcp.azmk8s.io',
  'mcr.microsoft.com',
  '*.data.mcr.microsoft.com',
  'mcr-0001.mcr-msedge.net',
  'management.azure.com',
  'login.microsoftonline.com',
  'packages.microsoft.com',
  'acs-mirror.azureedge.net',
  'packages.aks.azure.com',
]

const SET: NameSet = namePatterns(REQUIRED, 'any')!

export const AKS_REQUIRED_NAMES = {
  names: SET,
  has: (name: string): boolean => name !== '' && hasName(SET, name),
} as const
