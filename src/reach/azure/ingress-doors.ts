import { connectionSets, samplePort, singlePort } from '../../algebra/connections.ts'
import { knownValue, surely } from '../../model/azure/prop.ts'
import type { Ingress } from '../../model/kubernetes/ingress.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { PlainDoor } from '../door.ts'
import { isApplicationGateway } from '../layers/ingress.ts'
import { answered, type DoorContext, fromInside, fromOutside, NOBODY, onAny, oneOf, withArrivals } from './arrivals.ts'
import { arrivalsAt } from './balancer-doors.ts'
import { isController, ROUTING_CLASS } from './controller-ways.ts'
import { leadsTo } from './frontend-ways.ts'
import { frontendsOf } from './frontends.ts'
import { walkToPod } from './gateway-pods.ts'
import { gatewayOf, hasPrivateFrontend, hasPublicFrontend } from './gateway-ways.ts'
import { type Host, nodeHost, subnetHost } from './hosts.ts'
import { whichever } from './outcome.ts'
import { poolsOf } from './placement.ts'
import { placeBounds } from './prefixes.ts'
import { workerPools } from './state.ts'

/** The door of an Ingress, as its application gateway or its in-cluster controller lets clients come to it. */
export function throughIngress(context: DoorContext, door: PlainDoor, behind: readonly Workload[]): PlainDoor {
  const ingress = context.ingressOf(door.resource)
  if (ingress === undefined) return door
  return isApplicationGateway(ingress)
    ? throughGateway(context, door, ingress, behind)
    : throughController(context, door, ingress)
}

/** Client to the gateway's subnet, and from there straight to the pod, which sees the gateway. */
function throughGateway(
  { site, cluster }: DoorContext,
  door: PlainDoor,
  { annotations }: Ingress,
  behind: readonly Workload[],
): PlainDoor {
  const { gateway, subnet } = gatewayOf(site, cluster)
  const demand = samplePort(door.target.possible)
  if (subnet === undefined || demand === undefined) return door
  const host = subnetHost(site, subnet)
  const isPrivate = annotations.get('appgw.ingress.kubernetes.io/use-private-ip') === 'true'
  const pools = new Set(behind.flatMap((workload) => poolsOf(cluster, workload)))
  const onHost = behind.some(({ hostNetwork }) => hostNetwork === 'yes')
  const onward = whichever(
    [...pools].map((pool) => walkToPod(site, cluster, host, pool, onHost, { ...demand, name: undefined })),
  )
  const { answer } = onward
  const outside =
    isPrivate || !hasPublicFrontend(gateway) ? NOBODY : onAny(door.frontend, (on) => fromOutside(site, host, on))
  const inside =
    isPrivate && hasPrivateFrontend(gateway) ? onAny(door.frontend, (on) => fromInside(site, host, on)) : NOBODY
  const narrowed = withArrivals(door, { outside: answered(outside, answer), inside: answered(inside, answer) })
  return { ...narrowed, seenAs: { addresses: host.places.addresses, orNodes: false } }
}

/** The controller's own load balancer, where the tree runs the controller or an add-on of AKS does; else nobody knows it. */
function throughController(context: DoorContext, door: PlainDoor, ingress: Ingress): PlainDoor {
  const { site, cluster } = context
  const workloads = (site.state.kubernetes?.workloads ?? []).filter((one) => isController(one, ingress))
  const entries = workloads.flatMap((controller) =>
    frontendsOf(site, cluster).flatMap((frontend) =>
      [80, 443].flatMap((number) => {
        const port = leadsTo(frontend.service, controller, { protocol: 'TCP', port: number, name: undefined })
        const wanted = connectionSets.covers(door.frontend, singlePort('TCP', number))
        return port === undefined || !wanted ? [] : [{ controller, arrivals: arrivalsAt(context, frontend, port) }]
      }),
    ),
  )
  const [first] = entries
  if (first !== undefined) {
    const all = entries
      .map(({ arrivals }) => arrivals)
      .reduce((a, b) => ({
        outside: placeBounds.union(a.outside, b.outside),
        inside: placeBounds.union(a.inside, b.inside),
      }))
    return { ...withArrivals(door, all), seenAs: { workload: first.controller.id } }
  }
  const { webAppRouting, defaultIngressController } = cluster.addons
  const kind = knownValue(defaultIngressController)
  if (ingress.className !== ROUTING_CLASS || surely(webAppRouting, false) || kind === undefined) return door
  const isPublic = kind === 'AnnotationControlled' || kind === 'External'
  const arrivals = context.remember(`add-on ${isPublic} ${JSON.stringify(door.frontend)}`, () =>
    oneOf(
      workerPools(cluster).map((pool) => {
        const node: Host = { ...nodeHost(site, cluster, pool), cards: [] }
        return {
          outside: isPublic ? onAny(door.frontend, (on) => fromOutside(site, node, on, false)) : NOBODY,
          inside: isPublic ? NOBODY : onAny(door.frontend, (on) => fromInside(site, node, on)),
        }
      }),
    ),
  )
  return withArrivals(door, arrivals)
}
