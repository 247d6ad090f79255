import type { Cluster } from '../../model/azure/cluster.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import { enterFromOutside } from './host-filters.ts'
import { answerPublicly } from './host-routes.ts'
import type { Host } from './hosts.ts'
import type { Demand } from './leg.ts'
import { inSeriesLazily, type Outcome } from './outcome.ts'
import type { Places } from './places.ts'
import type { PolicyEnd } from './pod-policies.ts'
import type { Site } from './state.ts'
import { walk } from './walk.ts'

/** Somebody outside of a cluster who wants to reach a workload in it. */
export interface Visit {
  readonly site: Site
  readonly cluster: Cluster
  readonly outsider: Outsider
  readonly workload: Workload
  /** The port of the workload that is asked for. */
  readonly demand: Demand
  readonly judge: PolicyJudge
  /** The Service, Ingress, firewall rule or workload whose ways alone are asked about. */
  readonly via: Resource | undefined
}

/** Who visits: the internet, or a host inside some network. */
export interface Outsider {
  /** Address in the packets. */
  readonly places: Places
  /** Where it stands, for one inside some network; undefined for the internet. */
  readonly host: Host | undefined
  /** How in-cluster layers see it. */
  readonly end: PolicyEnd
}

/** What judges one packet inside the cluster: the policies, or nothing where none are enforced. */
export type PolicyJudge = (from: PolicyEnd, to: Workload, demand: Demand) => Outcome

/** Whether a way that a resource makes is asked about. */
export function isMeant({ via }: Visit, resource: Resource): boolean {
  return via === undefined || via === resource
}

/** From the outsider to a host by its own address. */
export function arriveAt({ site, outsider }: Visit, host: Host, demand: Demand, destination = host.places): Outcome {
  return outsider.host === undefined
    ? enterFromOutside(site, host, outsider.places, destination, demand)
    : walk(site, outsider.host, { kind: 'host', host }, demand)
}

/** As {@link arriveAt}, to a node or a gateway that answers by itself: from the internet only where its answer goes back the way the packet came. */
export function arriveAndAnswer(visit: Visit, host: Host, demand: Demand): Outcome {
  const { site, outsider } = visit
  return inSeriesLazily(
    () => arriveAt(visit, host, demand),
    ...(outsider.host === undefined ? [() => answerPublicly(site, host, outsider.places)] : []),
  )
}

/** The same visit by a host inside a network that passes the packets on with its own address. */
export function visitFrom(visit: Visit, host: Host): Visit {
  const end: PolicyEnd = { kind: 'addresses', addresses: host.places.addresses }
  return { ...visit, outsider: { places: host.places, host, end } }
}
