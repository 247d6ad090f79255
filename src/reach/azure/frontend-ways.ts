import { surely } from '../../model/azure/prop.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Frontend } from './frontends.ts'
import { enterFromOutside } from './host-filters.ts'
import { answerPublicly } from './host-routes.ts'
import { type Host, nodeHost } from './hosts.ts'
import type { Demand } from './leg.ts'
import { allowed, denied, inSeriesLazily, NOTHING_IN_THE_WAY, type Outcome, unknownAt, whichever } from './outcome.ts'
import { isIn, withPublic } from './places.ts'
import { workerPools } from './state.ts'
import { arriveAt, type Outsider, type Visit } from './visit.ts'

/** By the frontend of a load balancer's Service that leads to the workload, for those who can use its address. */
export function viaFrontend(visit: Visit, frontend: Frontend): readonly Outcome[] {
  const { site, cluster, outsider, workload, demand } = visit
  const { service } = frontend
  // A host of a network uses private addresses only, and the internet public ones.
  if (outsider.host === undefined ? frontend.public === 'no' : frontend.public === 'yes') return []
  const port = leadsTo(service, workload, demand)
  if (port === undefined) return []
  const behind: Demand = { ...demand, port: (frontend.floating ? port.port : port.nodePort) ?? demand.port }
  const before: Demand = { ...demand, port: port.port ?? demand.port }
  const nodes = workerPools(cluster).map((pool) => nodeHost(site, cluster, pool))
  return [
    inSeriesLazily(
      () => usable(frontend),
      () => whichever(nodes.map((node) => arriveThrough(visit, frontend, node, before, behind))),
      () => withinRanges(frontend, outsider),
      () => judgeBehindService(visit, service),
    ),
  ]
}

function usable({ public: isPublic, service }: Frontend): Outcome {
  if (isPublic !== 'maybe') return NOTHING_IN_THE_WAY
  const at = { resource: service.resource, origin: service.typeOrigin }
  return unknownAt('service', `whether ${service.name} is public is not known`, at)
}

/** Without floating IP the client and its routes see the frontend, the node its own address and the node port. */
function arriveThrough(visit: Visit, frontend: Frontend, node: Host, before: Demand, behind: Demand): Outcome {
  const { site, outsider } = visit
  const { floating } = frontend
  const target = floating ? behindFrontend(node, frontend) : node
  if (outsider.host === undefined) {
    return inSeriesLazily(
      () => arriveAt(visit, target, behind),
      () => answerPublicly(site, node, outsider.places),
    )
  }
  if (floating) return arriveAt(visit, target, behind)
  const balancer: Host = { ...behindFrontend(node, frontend), subnet: undefined, cards: [] }
  return inSeriesLazily(
    () => arriveAt(visit, balancer, before),
    () => enterFromOutside(site, node, outsider.places, node.places, behind),
  )
}

/** A node as packets to a frontend see it: that address is no IP configuration of its card, and in no security group by that. */
export function behindFrontend(node: Host, { places: own }: Frontend): Host {
  return { ...node, places: own, groups: new Set() }
}

/** The port of a Service that leads to the workload on the asked port. */
export function leadsTo(service: Service, workload: Workload, { port, protocol }: Demand): ServicePort | undefined {
  if (service.namespace !== workload.namespace || service.selector === undefined) return undefined
  if (matches(service.selector, workload.labels) === 'no') return undefined
  return service.ports.find(
    (one) =>
      one.protocol === protocol && (one.port === port || one.targetPort === port || isNamed(one, workload, port)),
  )
}

function isNamed({ targetPort }: ServicePort, workload: Workload, port: number): boolean {
  return typeof targetPort === 'string' && workload.ports.some((one) => one.name === targetPort && one.port === port)
}

/** kube-proxy drops what `spec.loadBalancerSourceRanges` does not list. */
export function withinRanges({ nodeRanges, service }: Frontend, { places: where }: Outsider): Outcome {
  const at = { resource: service.resource }
  if (nodeRanges === undefined)
    return allowed('service', `Service ${service.namespace}/${service.name} admits any client`, at)
  switch (isIn(where, withPublic(nodeRanges))) {
    case 'yes':
      return allowed('service', `Service ${service.namespace}/${service.name} lists the client`, at)
    case 'no':
      return denied(
        'service',
        `loadBalancerSourceRanges of ${service.namespace}/${service.name} do not hold the client`,
        at,
      )
    case 'maybe':
      return unknownAt('service', `whether ${service.namespace}/${service.name} lists the client is not known`, at)
  }
}

/** With `externalTrafficPolicy: Cluster` the pod may see a node instead of the client; nobody says which. */
export function judgeBehindService({ site, outsider, workload, demand, judge }: Visit, service: Service): Outcome {
  const client = judge(outsider.end, workload, demand)
  if (service.keepsClientAddress) return client
  // Azure's own engine does not apply ingress policies to such traffic: learn.microsoft.com/azure/aks/migrate-from-npm-to-cilium-network-policy
  if (site.cluster !== undefined && surely(site.cluster.policyEngine, 'azure')) return NOTHING_IN_THE_WAY
  return whichever([client, judge({ kind: 'nodes' }, workload, demand)])
}
