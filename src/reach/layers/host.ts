import { ALL_ADDRESSES, addressSets, cidr, parseAddress, singleAddress } from '../../algebra/addresses.ts'
import { exactly } from '../../algebra/bounds.ts'
import { ALL_CONNECTIONS, connectionSet, NO_CONNECTIONS } from '../../algebra/connections.ts'
import type { PlainDoor } from '../door.ts'
import type { StateClasses } from '../state-classes.ts'

const LOOPBACK = addressSets.union(cidr('127.0.0.0/8'), cidr('::1/128'))

/**
 * Ways in by the node itself: ports of the node that lead to a container, and pods in the node's network, to which no policy applies.
 *
 * Source: kubernetes.io/docs/concepts/configuration/overview (hostPort, hostNetwork)
 */
export function* hostDoors(classes: StateClasses): Iterable<PlainDoor> {
  for (const [subject, facts] of classes.facts.entries()) {
    const workloads = facts === undefined ? [] : workloadsOf(subject, classes)
    for (const workload of workloads) {
      const shared = {
        resource: workload.resource,
        subject,
        sources: exactly(ALL_ADDRESSES),
        serviceTags: [],
        public: 'maybe',
      } as const
      if (workload.hostNetwork !== 'no') {
        yield {
          ...shared,
          kind: 'host-network',
          origin: workload.hostNetworkOrigin ?? workload.labelsOrigin,
          frontend: ALL_CONNECTIONS,
          target: { certain: NO_CONNECTIONS, possible: ALL_CONNECTIONS },
          seenAs: 'unfiltered',
        }
      }
      if (workload.hostNetwork === 'yes') continue
      for (const { hostPort, hostIP, port, protocol, origin } of workload.ports) {
        if (hostPort === undefined || isLoopback(hostIP)) continue
        const target = port === undefined ? NO_CONNECTIONS : connectionSet(protocol, port, port)
        yield {
          ...shared,
          kind: 'host-port',
          origin,
          frontend: connectionSet(protocol, hostPort, hostPort),
          target: port === undefined ? { certain: NO_CONNECTIONS, possible: connectionSet(protocol) } : exactly(target),
          seenAs: 'client',
        }
      }
    }
  }
}

function workloadsOf(subject: number, { universe, workload }: StateClasses) {
  return universe.classes[subject]!.members.flatMap((member) =>
    member.kind === 'workload' ? (workload(member.id) ?? []) : [],
  )
}

/** A port bound to the node's own loopback address is nobody else's. */
function isLoopback(hostIP: string | undefined): boolean {
  const address = hostIP === undefined ? undefined : parseAddress(hostIP)
  return address !== undefined && addressSets.covers(LOOPBACK, singleAddress(address))
}
