import { ALL_ADDRESSES } from '../../algebra/addresses.ts'
import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { type ConnectionSet, connectionSet, NO_CONNECTIONS } from '../../algebra/connections.ts'
import type { Truth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import { type Backend, backendsOfService, targetPorts } from '../backends.ts'
import type { DoorKind, PlainDoor } from '../door.ts'
import type { ClusterFacts } from '../engine.ts'
import type { StateClasses } from '../state-classes.ts'

/**
 * Ways in through Services: load balancers, node ports and `externalIPs`.
 *
 * With `externalTrafficPolicy: Cluster` a policy may see a node's address instead of the client's, and Azure's engine (NPM) does not
 * apply ingress policies to such traffic at all. Sources: kubernetes.io/docs/reference/networking/virtual-ips,
 * learn.microsoft.com/azure/aks/migrate-from-npm-to-cilium-network-policy
 */
export function* serviceDoors(
  services: readonly Service[],
  classes: StateClasses,
  cluster: ClusterFacts,
): Iterable<PlainDoor> {
  for (const service of services) {
    const ways = waysInto(service)
    if (ways.length === 0) continue
    const seenAs = service.keepsClientAddress ? 'client' : cluster.engine === 'azure' ? 'unfiltered' : 'node-or-client'
    for (const backend of backendsOfService(service, classes)) {
      for (const port of service.ports) {
        for (const { frontendPort, ...way } of ways) {
          const number = frontendPort(port)
          if (number === 'none') continue
          yield {
            ...way,
            resource: service.resource,
            subject: backend.subject,
            frontend: number === undefined ? NO_CONNECTIONS : connectionSet(port.protocol, number, number),
            target: target(port, backend, classes, way.exists),
            seenAs,
          }
        }
      }
    }
  }
}

interface Way {
  readonly kind: DoorKind
  readonly origin: Origin
  readonly sources: PlainDoor['sources']
  readonly serviceTags: readonly string[]
  readonly public: Truth
  /** False where the type of the Service is not known. */
  readonly exists: boolean
  /** The port that clients connect to; undefined where the cluster picks it, `none` where there is none. */
  frontendPort(port: ServicePort): number | undefined | 'none'
}

function waysInto(service: Service): readonly Way[] {
  const { type, loadBalancer } = service
  const ways: Way[] = []
  const exists = type !== 'unknown'
  if (loadBalancer !== undefined && loadBalancer.refused === undefined) {
    ways.push({
      kind: 'load-balancer',
      origin: service.typeOrigin,
      sources: loadBalancer.sources,
      serviceTags: loadBalancer.serviceTags,
      public: exists ? loadBalancer.public : 'maybe',
      exists,
      frontendPort: (port) => (isLeftOut(service, port) ? 'none' : port.port),
    })
  }
  if (type === 'NodePort' || (type === 'LoadBalancer' && service.allocatesNodePorts)) {
    ways.push({
      kind: 'node-port',
      origin: service.typeOrigin,
      sources: exactly(ALL_ADDRESSES),
      serviceTags: [],
      // The port is open on every node; whether the internet reaches the nodes, the manifests do not say. Behind a load balancer
      // nobody asks for it, and AKS's own network security group does not open it.
      public: type === 'NodePort' ? 'maybe' : 'no',
      exists,
      frontendPort: (port) => port.nodePort,
    })
  }
  for (const { origin } of service.externalIPs) {
    ways.push({
      kind: 'external-ip',
      origin,
      sources: exactly(ALL_ADDRESSES),
      serviceTags: [],
      public: 'maybe',
      exists,
      frontendPort: (port) => port.port,
    })
  }
  return ways
}

/** Source: kubernetes-sigs/cloud-provider-azure, annotation `port_{port}_no_lb_rule`. */
function isLeftOut(service: Service, { port }: ServicePort): boolean {
  return service.annotations.get(`service.beta.kubernetes.io/port_${port}_no_lb_rule`) === 'true'
}

function target(port: ServicePort, backend: Backend, classes: StateClasses, exists: boolean): Bounds<ConnectionSet> {
  const bounds = targetPorts(port, backend, classes)
  return exists ? bounds : { certain: NO_CONNECTIONS, possible: bounds.possible }
}
