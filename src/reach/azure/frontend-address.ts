import type { AddressSet } from '../../algebra/addresses.ts'
import { dig, stringOf } from '../../base/value.ts'
import type { Service } from '../../model/kubernetes/service.ts'
import { parseRange } from './places.ts'

/** The address that a Service of type LoadBalancer asks for; undefined where it takes any. */
export function frontendAddress({ annotations, resource }: Service): AddressSet | undefined {
  const written =
    annotations.get('service.beta.kubernetes.io/azure-load-balancer-ipv4') ??
    stringOf(dig(resource.value, 'spec', 'loadBalancerIP'))
  return written === undefined ? undefined : parseRange(written)
}
