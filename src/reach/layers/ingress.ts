import { ALL_ADDRESSES } from '../../algebra/addresses.ts'
import { type Bounds, boundsOf, exactly } from '../../algebra/bounds.ts'
import { type ConnectionSet, connectionSet, connectionSets, NO_CONNECTIONS } from '../../algebra/connections.ts'
import type { Truth } from '../../algebra/truth.ts'
import type { Ingress, IngressBackend } from '../../model/kubernetes/ingress.ts'
import { backendsOf } from '../../model/kubernetes/read-ingress.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import { backendsOfService, targetPorts } from '../backends.ts'
import type { PlainDoor } from '../door.ts'
import type { StateClasses } from '../state-classes.ts'
import { INGRESS_CONTROLLER } from '../universe.ts'

/**
 * Ways in through an Ingress: client to controller, controller to the pods behind a Service of the Ingress's namespace.
 *
 * The policies of the pod see the controller, of which the manifests rarely say where it runs. Application Gateway has no pod: it comes
 * from its subnet. Source: kubernetes.io/docs/concepts/services-networking/ingress, github.com/Azure/application-gateway-kubernetes-ingress
 */
export function* ingressDoors(
  ingresses: readonly Ingress[],
  services: readonly Service[],
  classes: StateClasses,
): Iterable<PlainDoor> {
  const byName = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]))
  const controller = classes.universe.classOf.get(INGRESS_CONTROLLER.id)!
  for (const ingress of ingresses) {
    const seen = new Set<string>()
    for (const wanted of backendsOf(ingress)) {
      const key = `${wanted.service} ${wanted.port}`
      const service = byName.get(`${ingress.namespace}/${wanted.service}`)
      if (seen.has(key) || service === undefined) continue
      seen.add(key)
      for (const backend of backendsOfService(service, classes)) {
        const ports = portsOfBackend(wanted, service)
        const target = ports
          .map((port) => targetPorts(port, backend, classes))
          .reduce(boundsOf(connectionSets).union, exactly(NO_CONNECTIONS) as Bounds<ConnectionSet>)
        if (connectionSets.isEmpty(target.possible)) continue
        yield {
          kind: 'ingress',
          resource: ingress.resource,
          origin: wanted.origin,
          subject: backend.subject,
          sources: exactly(ALL_ADDRESSES),
          serviceTags: [],
          public: isPublic(ingress),
          frontend: frontendOf(ingress),
          target,
          seenAs: isApplicationGateway(ingress) ? 'node-or-client' : { endpoint: controller },
        }
      }
    }
  }
}

/** The port of the Service that a back end names: by name or number. A Route that names none leads to all. */
export function portsOfBackend({ port }: IngressBackend, service: Service): readonly ServicePort[] {
  if (port === undefined) return service.ports
  const found = service.ports.find((each) => each.name === port || each.port === port || each.targetPort === port)
  return found === undefined ? [] : [found]
}

/** HTTP, and HTTPS where there is a certificate. */
function frontendOf(ingress: Ingress): ConnectionSet {
  const plain = connectionSet('TCP', 80, 80)
  return ingress.tlsHosts.length === 0 ? plain : connectionSets.union(plain, connectionSet('TCP', 443, 443))
}

/** Whether the Ingress is one of the Application Gateway controller. Source: azure.github.io/application-gateway-kubernetes-ingress */
export function isApplicationGateway({ className }: Ingress): boolean {
  return className === 'azure-application-gateway' || className === 'azure/application-gateway'
}

/** Only some classes say by themselves whether their frontend is public; for the others the controller's own Service decides. */
function isPublic(ingress: Ingress): Truth {
  if (ingress.className === 'azure-alb-external') return 'yes'
  if (!isApplicationGateway(ingress)) return 'maybe'
  return ingress.annotations.get('appgw.ingress.kubernetes.io/use-private-ip') === 'true' ? 'no' : 'yes'
}
