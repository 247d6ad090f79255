import { ALL_V4, addressSets } from '../../algebra/addresses.ts'
import { hasClass } from '../../algebra/classes.ts'
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionSet,
  connectionSets,
  NO_CONNECTIONS,
} from '../../algebra/connections.ts'
import type { Region } from '../../algebra/regions.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { PeerSet } from '../../reach/peers.ts'
import { anyPodClass } from './any-pod.ts'
import { countPorts } from './open-egress.ts'
import { sensitivePort } from './sensitive-ports.ts'

/** True where the region holds every source on every port. */
export function admitsEverybody(view: StateView, region: Region<PeerSet>): boolean {
  const any = anyPodClass(view)
  return region.some(
    ({ peers, connections }) =>
      connectionSets.covers(connections, ALL_CONNECTIONS) &&
      addressSets.covers(peers.addresses, ALL_V4) &&
      hasClass(peers.classes, any),
  )
}

/** What the region lets in from any pod of any namespace. */
export function fromAnyNamespace(view: StateView, region: Region<PeerSet>): ConnectionSet {
  const any = anyPodClass(view)
  return region.reduce(
    (sum, { peers, connections }) => (hasClass(peers.classes, any) ? connectionSets.union(sum, connections) : sum),
    NO_CONNECTIONS,
  )
}

/** Why connections from everywhere are no business of everybody: they have no limit, or lead to a port that is not for strangers. */
export function isTooOpen(connections: ConnectionSet, workload: Workload | undefined): string | undefined {
  if (countPorts(connections) >= 1000) {
    const declared = declaredPorts(workload)
    const sensitive = sensitivePort(connectionSets.intersect(declared, connections))
    return sensitive === undefined ? 'on any port' : `on any port, ${sensitive.words} among them`
  }
  const sensitive = sensitivePort(connections)
  return sensitive === undefined ? undefined : `to ${sensitive.words}`
}

export function declaredPorts(workload: Workload | undefined): ConnectionSet {
  return (workload?.ports ?? [])
    .map(({ protocol, port }) => (port === undefined ? NO_CONNECTIONS : connectionSet(protocol, port, port)))
    .reduce(connectionSets.union, NO_CONNECTIONS)
}
