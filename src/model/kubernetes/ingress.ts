import type { Origin } from '../../base/origin.ts'
import type { Resource } from '../../parse/resource.ts'

/** An `Ingress`, of v1 or of the versions before it, or an OpenShift `Route`: HTTP from outside to Services of its namespace. */
export interface Ingress {
  readonly kind: 'Ingress' | 'Route'
  readonly name: string
  readonly namespace: string
  readonly resource: Resource
  /** `ingressClassName`, else the annotation of old; undefined where the cluster's default decides. */
  readonly className: string | undefined
  readonly rules: readonly IngressRule[]
  readonly defaultBackend: IngressBackend | undefined
  /** Host names that are served with TLS; `*` where an entry names none. */
  readonly tlsHosts: readonly string[]
  readonly annotations: ReadonlyMap<string, string>
  readonly annotationOrigins: ReadonlyMap<string, Origin>
}

export interface IngressRule {
  /** Undefined: any host name. */
  readonly host: string | undefined
  readonly origin: Origin
  readonly paths: readonly IngressPath[]
}

export interface IngressPath {
  readonly path: string | undefined
  readonly backend: IngressBackend
  readonly origin: Origin
}

export interface IngressBackend {
  readonly service: string
  /** A number, a port name, or undefined: not known, or (Route) every port. */
  readonly port: number | string | undefined
  readonly origin: Origin
}
