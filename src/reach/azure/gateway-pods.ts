import { type Cluster, type NodePool, podAddressing } from '../../model/azure/cluster.ts'
import type { Link } from '../../model/azure/link.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import { type Host, podOnWire } from './hosts.ts'
import type { Demand } from './leg.ts'
import { allowed, denied, inSeriesLazily, NOTHING_IN_THE_WAY, type Outcome, unknownAt } from './outcome.ts'
import { canReach } from './peerings.ts'
import type { Site } from './state.ts'
import { walk } from './walk.ts'

/** From an application gateway straight to the address of a pod: no Service, no node port. */
export function walkToPod(
  site: Site,
  cluster: Cluster,
  gateway: Host,
  pool: NodePool,
  onHost: boolean,
  demand: Demand,
): Outcome {
  const pod = podOnWire(site, cluster, pool, onHost)
  if (pod === undefined) return unknownAt('route', 'where pods get their addresses is not known')
  const addressing = podAddressing(cluster, pool)
  if (onHost || (addressing !== 'overlay' && addressing !== 'kubenet'))
    return walk(site, gateway, { kind: 'host', host: pod }, demand)
  const { podRanges, podRangesRouted } = pod
  return inSeriesLazily(
    () => (addressing === 'overlay' ? overExtension(gateway, pod) : byNodeRoutes(site, gateway, pod)),
    // The tag of the network holds pods for it as for nodes.
    () => walk(site, { ...gateway, podRanges, podRangesRouted }, { kind: 'host', host: pod }, demand, 'filters'),
  )
}

/**
 * The overlay is extended into the gateway's subnet, which must be in the nodes' network.
 * Source: learn.microsoft.com/azure/application-gateway/ingress-controller-overview#container-networking-and-agic
 */
function overExtension(gateway: Host, pod: Host): Outcome {
  if (gateway.network === undefined || pod.network === undefined) return NOTHING_IN_THE_WAY
  return gateway.network === pod.network
    ? NOTHING_IN_THE_WAY
    : denied('route', "the overlay of pods is not extended into the gateway's network")
}

/**
 * Only the nodes' route table leads to pods of kubenet: the gateway's subnet must have it. The controller looks for the one that AKS made,
 * and gives it to a subnet that has none, if its identity may.
 * Source: azure.github.io/application-gateway-kubernetes-ingress/how-tos/networking/#with-kubenet
 */
function byNodeRoutes(site: Site, gateway: Host, pod: Host): Outcome {
  const [own, nodes] = [gateway.subnet, pod.subnet]
  if (own === undefined || nodes === undefined) return NOTHING_IN_THE_WAY
  const near =
    gateway.network === undefined || pod.network === undefined ? 'maybe' : canReach(site, gateway.network, pod.network)
  if (near === 'no') return denied('route', "the gateway's network is not peered with that of the nodes")
  const place = tableOf(site, own)
  if (isSame(own.routeTable, nodes.routeTable)) {
    const words = "the gateway's subnet has the route table of the nodes"
    return near === 'yes' ? allowed('route', words, place) : unknownAt('route', words, place)
  }
  if (isUnclear(own.routeTable) || isUnclear(nodes.routeTable))
    return unknownAt('route', "whether the gateway's subnet has the route table of the nodes is not known", place)
  if (own.routeTable.kind === 'absent' && nodes.routeTable.kind === 'absent')
    return unknownAt(
      'route',
      "whether the controller may give the nodes' route table to the gateway's subnet is not known",
    )
  return denied('route', "the gateway's subnet does not have the route table of the nodes, which leads to pods", place)
}

function isSame(a: Link, b: Link): boolean {
  return a.kind === 'found' && b.kind === 'found' && a.object === b.object
}

function isUnclear({ kind }: Link): boolean {
  return kind === 'outside' || kind === 'unknown'
}

function tableOf(site: Site, subnet: Subnet) {
  const table = site.azure.routeTables.of(subnet.routeTable)
  return table && { resource: table.object.resource }
}
