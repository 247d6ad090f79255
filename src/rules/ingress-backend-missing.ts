import { backendsOf } from '../model/kubernetes/read-ingress.ts'
import { portsOfBackend } from '../reach/layers/ingress.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const ingressBackendMissing = defineRule({
  id: 'ingress-backend-missing',
  meta: {
    title: 'Ingress leads to a Service or port that does not exist',
    severity: 'low',
    concepts: ['ingress'],
    layer: 'ingress',
    why: 'Its clients get errors, and whoever later makes a Service of that name gets the traffic.',
    fix: 'Name a Service of the same namespace and one of its ports, or remove the path.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types'],
  },

  /** Yields a hit for each back end of an Ingress whose Service, or its port, is not in the tree though other Services of the namespace are. */
  *check(view) {
    const { services, ingresses } = view.network.kubernetes
    if (ingresses.length === 0) return
    const byName = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]))
    const spaces = new Map<string, string[]>()
    for (const { namespace, name } of services) {
      const same = spaces.get(namespace)
      if (same === undefined) spaces.set(namespace, [name])
      else same.push(name)
    }
    for (const ingress of ingresses) {
      const neighbours = spaces.get(ingress.namespace)
      if (neighbours === undefined) continue
      const seen = new Set<string>()
      for (const backend of backendsOf(ingress)) {
        const service = byName.get(`${ingress.namespace}/${backend.service}`)
        const subject = `${view.identity(ingress.resource.address)} ${backend.service} ${service === undefined ? '' : backend.port}`
        if ((service !== undefined && portsOfBackend(backend, service).length > 0) || seen.has(subject)) continue
        seen.add(subject)
        const what =
          service === undefined
            ? `no Service ${backend.service} is in namespace ${ingress.namespace} of the tree (${listNames(neighbours)} ${neighbours.length === 1 ? 'is' : 'are'})`
            : `${service.resource.address} has no port ${backend.port}`
        yield {
          resource: ingress.resource.address,
          at: backend.origin,
          subject,
          message: `${ingress.resource.address} leads to nothing here: ${what}. Clients get errors, and whoever later makes a Service of that name gets the traffic. Name an existing Service and port, or remove the path.`,
        }
      }
    }
  },
})
