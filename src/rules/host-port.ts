import { ALL_ADDRESSES } from '../algebra/addresses.ts'
import { connectionSets } from '../algebra/connections.ts'
import { get, itemsOf, type MapValue } from '../base/value.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { removeEntry } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { allContainers } from './facts/containers.ts'
import { doorsByResource, proveDoor } from './facts/public-service.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const hostPort = defineRule({
  id: 'host-port',
  meta: {
    title: 'Container takes a port of its node',
    severity: 'low',
    concepts: ['host-port'],
    layer: 'host',
    why: 'Whoever reaches the node reaches the container on that port: the virtual network, peered networks, and the internet where nodes have public addresses.',
    fix: 'Use a Service; a DaemonSet that must answer on each node is the exception.',
    sources: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline'],
  },

  /** Yields a hit for each workload in a network of its own with ports of the node. */
  *check(view) {
    for (const workload of view.network.kubernetes.workloads) {
      const taken = workload.ports.filter(({ hostPort: port }) => port !== undefined)
      const [first] = taken
      if (first === undefined || workload.hostNetwork === 'yes') continue
      const { resource } = workload
      const name = workloadName(workload)
      const numbers = taken.map(({ hostPort: port }) => `${port}`)
      const doors = (doorsByResource(view).get(resource.address) ?? []).filter(({ kind }) => kind === 'host-port')
      const isClosed = doors.length > 0 && doors.every(({ allowed }) => connectionSets.isEmpty(allowed.possible))
      const effect = isClosed
        ? 'Its policies let nobody in there for now; without them, whoever reaches the node would'
        : 'Whoever reaches the node gets in'
      yield {
        resource: resource.address,
        at: first.origin,
        ...(isClosed ? { severity: 'note' as const } : {}),
        subject: workload.id,
        extent: taken.length,
        message: `${name} takes port ${listNames(numbers)} of every node that it runs on. ${effect}: the virtual network, peered networks, and the internet where nodes have public addresses, which these manifests do not say. Use a Service instead.`,
        get witness() {
          return isClosed
            ? undefined
            : proveDoor(view, doors[0], ALL_ADDRESSES, `${resource.address} takes port ${first.hostPort} of its node`)
        },
        objectsTo: ({ kind }) => kind === 'ingress',
        fix: () => {
          const edits = portsWithHostPort(workload).map((map) => removeEntry({ map, key: 'hostPort' }))
          if (edits.includes(undefined)) return undefined
          return inPlace(
            edits.flatMap((edit) => edit ?? []),
            `Takes the ports of the node out of ${name}.`,
          )
        },
      }
    }
  },

  /** Takes the fields out. */
  patch: (hit) => hit.fix?.(),
})

function portsWithHostPort({ podSpec }: Workload): readonly MapValue[] {
  return allContainers(podSpec)
    .flatMap((container) => itemsOf(get(container, 'ports')))
    .flatMap((port) => (port.kind === 'map' && port.entries.has('hostPort') ? port : []))
}
