import { ALL_ADDRESSES } from '../algebra/addresses.ts'
import { connectionSets } from '../algebra/connections.ts'
import { setType } from './edit/load-balancer.ts'
import { doorsByResource, namesBehind, proveDoor } from './facts/public-service.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const serviceNodeport = defineRule({
  id: 'service-nodeport',
  meta: {
    title: 'Service opens a port on every node',
    severity: 'low',
    concepts: ['service-exposed'],
    layer: 'service',
    why: 'A NodePort is open on every node to whoever reaches a node: the virtual network, what is peered with it, and the internet where nodes have public addresses.',
    fix: 'Use ClusterIP with an Ingress, or an internal load balancer.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
  },

  /** Yields a hit for each Service of type NodePort whose pods some client may reach. */
  *check(view) {
    const doors = doorsByResource(view)
    for (const service of view.network.kubernetes.services) {
      if (service.type !== 'NodePort') continue
      const { resource, ports } = service
      const own = (doors.get(resource.address) ?? []).filter(({ kind }) => kind === 'node-port')
      if (own.length > 0 && own.every(({ allowed }) => connectionSets.isEmpty(allowed.possible))) continue
      const names = [...new Set(own.flatMap((door) => namesBehind(view, door)))]
      const numbers = ports.flatMap(({ nodePort }) => nodePort ?? [])
      const where = numbers.length === 0 ? 'a port that the cluster picks' : `port ${listNames(numbers.map(String))}`
      yield {
        resource: resource.address,
        at: service.typeOrigin,
        subject: view.identity(resource.address),
        extent: ports.length,
        because: { line: lineOf(service.typeOrigin), tells: 'condition' },
        message: `${resource.address} opens ${where} on every node${names.length === 0 ? '' : `, which leads to ${listNames(names)}`}. Whoever reaches a node gets in: the virtual network, peered networks, and the internet where nodes have public addresses, which these manifests do not say. Use ClusterIP with an Ingress, or an internal load balancer.`,
        get witness() {
          return proveDoor(view, own[0], ALL_ADDRESSES, `${resource.address} opens a port on every node`)
        },
        objectsTo: ({ kind }) => kind === 'ingress',
        fix: () => setType(service, 'ClusterIP'),
      }
    }
  },

  /** Type ClusterIP, without the node ports. */
  patch: (hit) => hit.fix?.(),
})
