import { byCodeUnit } from '../base/order.ts'
import { knownValue, type Prop } from '../model/azure/prop.ts'
import type { RouteTable } from '../model/azure/route-table.ts'
import { type Subnet, subnetName, type VirtualNetwork } from '../model/azure/virtual-network.ts'
import { routesOf } from '../reach/azure/host-routes.ts'
import { placesKey } from '../reach/azure/places.ts'
import type { Site } from '../reach/azure/state.ts'
import type { NextHop } from '../reach/layers/route.ts'
import { keyOf, type SubnetPair, subnetPairs } from './attachments.ts'
import type { AzureIdentities } from './azure-identity.ts'

/** A subnet for which the change alters what is attached to it, where its routes lead, or what its network is connected with. */
export interface AlteredSubnet extends SubnetPair {
  /** False where its filters are the same groups as before, whatever their rules say. */
  readonly isFiltered: boolean
  /** As questions name it on each side; undefined where its name is not known. */
  readonly names: { readonly base: string | undefined; readonly head: string | undefined }
}

/** The subnets of both sides whose surroundings the change alters. Rules of groups and firewalls are compared where they are written. */
export function alteredSubnets(
  base: Site,
  head: Site,
  identity: (address: string) => string,
): readonly AlteredSubnet[] {
  if (base.azure === head.azure) return []
  return subnetPairs(base.azure, head.azure, identity).flatMap((pair): readonly AlteredSubnet[] => {
    const { was, is, identities } = pair
    if (was === is && hasSameSurroundings(base, head, is)) return []
    if (HOLDS_NO_CLIENTS.test(knownValue(is.object.name) ?? '')) return []
    const isFiltered = keyOf(was.securityGroup, identities.base) !== keyOf(is.securityGroup, identities.head)
    const isSame = !isFiltered && structureOf(base, was, identities.base) === structureOf(head, is, identities.head)
    return isSame ? [] : [{ ...pair, isFiltered, names: { base: peerName(was), head: peerName(is) } }]
  })
}

/** Subnets of the platform's own appliances. Source: learn.microsoft.com/azure/virtual-network/virtual-network-for-azure-services */
const HOLDS_NO_CLIENTS = /^(?:AzureFirewall(?:Management)?Subnet|GatewaySubnet|RouteServerSubnet)$/i

function peerName(subnet: Subnet): string | undefined {
  const name = knownValue(subnetName(subnet))
  return name === undefined ? undefined : `subnet/${name}`
}

/** Whether all that {@link structureOf} reads of a subnet is the identical facts, as where the change touches other networks only. */
function hasSameSurroundings(base: Site, head: Site, subnet: Subnet): boolean {
  const surroundingsOf = ({ azure, topology }: Site): Surroundings => {
    const network = topology.networkOf(subnet)
    const table = azure.routeTables.of(subnet.routeTable)
    const peers = network === undefined ? [] : topology.peersOf(network)
    return {
      network,
      table,
      facts: [
        ...peers.flatMap((peer) => [peer.network, peer.local, peer.remote, peer.connected]),
        ...(network === undefined ? [] : topology.gatewaysOf(network)),
        // An address that is not known may be that of any object.
        ...(table?.routes ?? []).map(({ nextHopAddress, object }) =>
          nextHopAddress?.known === false ? azure.objects.resolve(nextHopAddress.unknown, object.resource) : undefined,
        ),
      ],
    }
  }
  const [was, is] = [surroundingsOf(base), surroundingsOf(head)]
  return (
    was.network === is.network &&
    was.table === is.table &&
    was.facts.length === is.facts.length &&
    was.facts.every((fact, i) => fact === is.facts[i])
  )
}

interface Surroundings {
  readonly network: VirtualNetwork | undefined
  readonly table: RouteTable | undefined
  readonly facts: readonly unknown[]
}

/** Text that is equal where packets of the subnet take the same routes and have the same ways out. */
function structureOf(site: Site, subnet: Subnet, identities: AzureIdentities): string {
  const { routes, unknown } = routesOf(site, subnet)
  const lines = routes.map(({ places: where, length, hop, certain }) =>
    [placesKey(where), length, hopKey(hop, identities), certain].join(' '),
  )
  // Routes of one length are for different destinations.
  lines.sort(byCodeUnit)
  return JSON.stringify([
    unknown,
    keyOf(subnet.natGateway, identities),
    propKey(subnet.defaultOutboundAccess),
    subnet.serviceEndpointPolicies.map((link) => keyOf(link, identities)).sort(byCodeUnit),
    lines,
  ])
}

function propKey(prop: Prop<boolean>): string {
  return prop.known ? String(prop.value) : '?'
}

function hopKey(hop: NextHop, identities: AzureIdentities): string {
  switch (hop.kind) {
    case 'local':
    case 'internet':
    case 'service-endpoint':
    case 'private-endpoint':
    case 'none':
    case 'unknown':
      return hop.kind
    case 'gateway':
      return `gateway ${hop.gateway === undefined ? '' : identities.of(hop.gateway.object)}`
    case 'appliance':
      return `appliance ${hop.address === undefined ? '' : JSON.stringify(hop.address)} ${hop.object === undefined ? '' : identities.of(hop.object)}`
    case 'peering': {
      const { network, local, remote, connected } = hop.peer
      const flags = [local, remote].map(
        (half) => half && [propKey(half.allowVirtualNetworkAccess), propKey(half.completeNetworks)],
      )
      return JSON.stringify(['peering', network && identities.of(network.object), connected, flags])
    }
  }
}
