import { knownItems } from '../../model/azure/prop.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'

/**
 * Subnets that must not, or cannot usefully, have a network security group.
 *
 * Sources: learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub, firewall/firewall-faq,
 * route-server/route-server-faq; Bastion and application gateways can have one with the right rules.
 */
const WITHOUT_GROUP = new Set([
  'gatewaysubnet',
  'azurefirewallsubnet',
  'azurefirewallmanagementsubnet',
  'routeserversubnet',
])

/** Delegations whose service does not work with, or ignores, a group of the customer's. Source: each service's network page, August 2026. */
const DELEGATED_WITHOUT_GROUP = new Set([
  'microsoft.netapp/volumes',
  'microsoft.dbforpostgresql/serversv2',
  'microsoft.baremetal/azurevmware',
  'microsoft.baremetal/cranserver',
  'microsoft.storagecache/filesystems',
  'microsoft.orbital/orbitalgateways',
])

/** Names that Azure gives a meaning: their rules are the service's own. */
const SPECIAL = new Set([...WITHOUT_GROUP, 'azurebastionsubnet'])

/** Whether a subnet can have a network security group: `unknown` where its name or delegation is not known. */
export function canHaveGroup({ object, delegations }: Subnet): 'yes' | 'no' | 'unknown' {
  if (!object.name.known) return 'unknown'
  if (WITHOUT_GROUP.has(object.name.value.toLowerCase())) return 'no'
  if (knownItems(delegations).some((service) => DELEGATED_WITHOUT_GROUP.has(service.toLowerCase()))) return 'no'
  return delegations.complete && delegations.items.every(({ known }) => known) ? 'yes' : 'unknown'
}

/** Subnets on which a group breaks the service: of gateways and firewalls. */
export function refusesGroup({ object }: Subnet): boolean {
  return object.name.known && WITHOUT_GROUP.has(object.name.value.toLowerCase())
}

export function isSpecialSubnet({ object }: Subnet): boolean {
  return !object.name.known || SPECIAL.has(object.name.value.toLowerCase())
}
