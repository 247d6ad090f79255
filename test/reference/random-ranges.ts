/** What random states and the questions about them name. */

/** Public addresses outside Azure. */
export const OUTSIDE = ['203.0.113.7', '203.0.113.200', '198.51.100.9'] as const
export const OUTSIDE_CIDRS = ['203.0.113.0/24', '203.0.113.0/25', '198.51.100.9/32'] as const
export const OUTSIDE_V6 = ['2001:db8::7', '2606:4700::1111'] as const
export const CIDRS_V6 = [
  '::/0',
  '2001:db8::/32',
  'fd00::/8',
  'fd00:1:0:1::/64',
  'fd00:2::/48',
  'fd00:2:0:2::/64',
] as const

/** Names of public hosts, and of services that a cluster needs. */
export const NAMES = ['api.contoso.com', 'contoso.com', 'evilcontoso.com', 'a.b.contoso.com', 'other.example'] as const
export const AZURE_NAMES = [
  'mcr.microsoft.com',
  'management.azure.com',
  'login.microsoftonline.com',
  'packages.aks.azure.com',
] as const

export const TAGS = [
  'Storage',
  'Storage.WestEurope',
  'Storage.NorthEurope',
  'Sql',
  'AzureCloud',
  'AzureCloud.WestEurope',
  'AzureKeyVault',
] as const
export const PORTS = [22, 80, 443, 8080] as const

/** Ranges of the two networks, as rules name them: whole, subnets, parts of these, and single machines. */
export const CIDRS_INSIDE = [
  '10.1.0.0/16',
  '10.1.0.0/24',
  '10.1.0.0/25',
  '10.1.1.0/24',
  '10.1.2.0/24',
  '10.1.3.0/26',
  '10.1.4.0/24',
  '10.1.0.20/32',
  '10.2.0.0/16',
  '10.2.0.0/24',
  '10.2.1.0/24',
  '10.2.0.128/25',
  '10.2.4.0/24',
] as const
export const POD_CIDR = '10.244.0.0/16'
export const POD_CIDR_V6 = 'fd00:244::/56'
export const PRIVATE_CIDRS = ['10.0.0.0/8', '192.168.0.0/16', '10.9.0.0/16', POD_CIDR] as const
