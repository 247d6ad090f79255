import type { AddressSet } from '../../algebra/addresses.ts'
import type { Bounds } from '../../algebra/bounds.ts'
import type { PortProtocol } from '../../algebra/connections.ts'
import type { Truth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Rejection } from './fields.ts'
import type { Selector } from './selector.ts'

/** A `Service`, with what AKS makes of its annotations. */
export interface Service {
  readonly name: string
  readonly namespace: string
  readonly resource: Resource
  readonly type: ServiceType
  readonly typeOrigin: Origin
  /** Undefined: it has none, so its end points are not derived from pods. */
  readonly selector: Selector | undefined
  readonly headless: boolean
  readonly ports: readonly ServicePort[]
  readonly externalName: string | undefined
  readonly externalIPs: readonly { readonly address: string; readonly origin: Origin }[]
  /** True where the client's address reaches the pod: `externalTrafficPolicy: Local`. */
  readonly keepsClientAddress: boolean
  /** False where `allocateLoadBalancerNodePorts: false`. */
  readonly allocatesNodePorts: boolean
  readonly annotations: ReadonlyMap<string, string>
  readonly annotationOrigins: ReadonlyMap<string, Origin>
  /** Set for type LoadBalancer. */
  readonly loadBalancer: LoadBalancer | undefined
  /** What the API server refuses in it. */
  readonly rejections: readonly Rejection[]
}

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName' | 'unknown'

export interface ServicePort {
  readonly name: string | undefined
  readonly protocol: PortProtocol
  readonly port: number | undefined
  /** A number, a name that each pod resolves, or undefined where it is not known. The service's port where none is written. */
  readonly targetPort: number | string | undefined
  readonly nodePort: number | undefined
  readonly origin: Origin
}

/** What AKS's cloud controller makes of a Service of type LoadBalancer. */
export interface LoadBalancer {
  /** Whether its frontend is public. `maybe` where another controller or an unknown annotation decides. */
  readonly public: Truth
  /** Addresses that it admits, before any network policy. Everything where no range is given. */
  readonly sources: Bounds<AddressSet>
  /** Azure service tags that are admitted besides. */
  readonly serviceTags: readonly string[]
  /** Where ranges or tags are given. */
  readonly sourcesOrigin: Origin | undefined
  /** A contradiction that the controller refuses: the load balancer is not configured. */
  readonly refused: string | undefined
}
