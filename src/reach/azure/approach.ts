import type { Cluster } from '../../model/azure/cluster.ts'
import type { Ingress } from '../../model/kubernetes/ingress.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Approach, PlainDoor } from '../door.ts'
import type { Arrivals, DoorContext } from './arrivals.ts'
import { throughBalancer } from './balancer-doors.ts'
import { type Frontend, frontendsOf } from './frontends.ts'
import { throughIngress } from './ingress-doors.ts'
import { throughHost, throughNodePort } from './node-doors.ts'
import type { Site } from './state.ts'

/**
 * What the Azure network lets come to each way into a cluster, with sets: the same layers as the walk of one packet, asked once for each
 * frontend, port and pool, whatever stands behind them.
 */
export function toApproach(site: Site, cluster: Cluster): Approach {
  const known = new Map<string, Arrivals>()
  let frontends: ReadonlyMap<Resource, Frontend> | undefined
  let ingresses: ReadonlyMap<Resource, Ingress> | undefined
  const context: DoorContext = {
    site,
    cluster,
    frontendOf: (resource) => {
      frontends ??= new Map(frontendsOf(site, cluster).map((one) => [one.service.resource, one]))
      return frontends.get(resource)
    },
    ingressOf: (resource) => {
      ingresses ??= new Map((site.state.kubernetes?.ingresses ?? []).map((one) => [one.resource, one]))
      return ingresses.get(resource)
    },
    remember: (key, make) => {
      const made = known.get(key) ?? make()
      known.set(key, made)
      return made
    },
  }
  return { narrow: (door, behind) => narrow(context, door, behind) }
}

function narrow(context: DoorContext, door: PlainDoor, behind: readonly Workload[]): readonly PlainDoor[] {
  switch (door.kind) {
    case 'load-balancer':
      return throughBalancer(context, door)
    case 'node-port':
      return [throughNodePort(context, door)]
    case 'host-port':
    case 'host-network':
      return [throughHost(context, door, behind)]
    case 'ingress':
      return [throughIngress(context, door, behind)]
    case 'external-ip':
    case 'firewall-nat':
      // Which of the cluster's routes lead such an address to a node is not in the tree.
      return [door]
  }
}
