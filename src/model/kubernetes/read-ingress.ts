import { dig, get, isAbsent, itemsOf, numberOf, stringOf, type Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import { objectName, scalarText, textEntries, textItems } from './fields.ts'
import type { Ingress, IngressBackend, IngressRule } from './ingress.ts'
import { entryOrigins } from './read-service.ts'

/** Reads an `Ingress` of `networking.k8s.io/v1` or of the versions before it, whose back ends are written differently. */
export function readIngress(resource: Resource): Ingress {
  const spec = get(resource.value, 'spec')
  const annotationsValue = dig(resource.value, 'metadata', 'annotations')
  const annotations = textEntries(annotationsValue)
  const defaultBackend = get(spec, 'defaultBackend') ?? get(spec, 'backend')
  return {
    kind: 'Ingress',
    ...objectName(resource.value),
    resource,
    className: stringOf(get(spec, 'ingressClassName')) ?? annotations.get('kubernetes.io/ingress.class'),
    rules: itemsOf(get(spec, 'rules')).map(readRule),
    defaultBackend: isAbsent(defaultBackend) ? undefined : readBackend(defaultBackend!),
    tlsHosts: itemsOf(get(spec, 'tls')).flatMap((entry) => {
      const hosts = textItems(get(entry, 'hosts'))
      return hosts.length === 0 ? ['*'] : hosts
    }),
    annotations,
    annotationOrigins: entryOrigins(annotationsValue),
  }
}

function readRule(rule: Value): IngressRule {
  return {
    host: scalarText(get(rule, 'host')),
    origin: rule.origin,
    paths: itemsOf(dig(rule, 'http', 'paths')).flatMap((item) => {
      const backend = readBackend(get(item, 'backend'))
      return backend === undefined ? [] : [{ path: scalarText(get(item, 'path')), backend, origin: item.origin }]
    }),
  }
}

function readBackend(backend: Value | undefined): IngressBackend | undefined {
  const service = get(backend, 'service')
  const name = stringOf(get(service, 'name')) ?? stringOf(get(backend, 'serviceName'))
  if (backend === undefined || name === undefined) return undefined
  const port = get(service, 'port')
  const old = get(backend, 'servicePort')
  return {
    service: name,
    port: numberOf(get(port, 'number')) ?? stringOf(get(port, 'name')) ?? numberOf(old) ?? stringOf(old),
    origin: backend.origin,
  }
}

/** Reads an OpenShift `Route`: one host, one Service and its alternates. */
export function readRoute(resource: Resource): Ingress {
  const spec = get(resource.value, 'spec')
  const annotationsValue = dig(resource.value, 'metadata', 'annotations')
  const target = dig(spec, 'port', 'targetPort')
  const port = numberOf(target) ?? stringOf(target)
  const backends = [get(spec, 'to'), ...itemsOf(get(spec, 'alternateBackends'))].flatMap((to) => {
    const service = stringOf(get(to, 'name'))
    const kind = stringOf(get(to, 'kind'))
    if (to === undefined || service === undefined || (kind !== undefined && kind !== '' && kind !== 'Service'))
      return []
    return [{ service, port, origin: to.origin }]
  })
  const host = scalarText(get(spec, 'host'))
  return {
    kind: 'Route',
    ...objectName(resource.value),
    resource,
    className: undefined,
    rules: [
      {
        host,
        origin: resource.origin,
        paths: backends.map((backend) => ({ path: scalarText(get(spec, 'path')), backend, origin: backend.origin })),
      },
    ],
    defaultBackend: undefined,
    tlsHosts: isAbsent(get(spec, 'tls')) ? [] : [host ?? '*'],
    annotations: textEntries(annotationsValue),
    annotationOrigins: entryOrigins(annotationsValue),
  }
}

/** Every back end of an Ingress or Route, in the order written. */
export function backendsOf(ingress: Ingress): readonly IngressBackend[] {
  const backends = ingress.rules.flatMap((rule) => rule.paths.map((path) => path.backend))
  return ingress.defaultBackend === undefined ? backends : [ingress.defaultBackend, ...backends]
}
