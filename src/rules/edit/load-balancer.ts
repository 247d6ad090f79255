import type { Edit } from '../../base/edit.ts'
import { get, stringOf } from '../../base/value.ts'
import type { Service } from '../../model/kubernetes/service.ts'
import type { ProposedPatch } from '../rule.ts'
import { append, quoted, removeEntry, replaceEntry, replaceScalar } from './collection-edit.ts'
import { inPlace } from './one-patch.ts'

/** Source: kubernetes-sigs/cloud-provider-azure pkg/consts/consts.go. Only the exact text `true` counts. */
export const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal'

/** Makes a load balancer internal, or open to the trusted ranges where there are some. */
export function makeInternal(service: Service, trustedRanges: readonly string[]): ProposedPatch | undefined {
  const { resource, loadBalancer } = service
  if (trustedRanges.length > 0 && loadBalancer?.sourcesOrigin === undefined && loadBalancer?.serviceTags.length === 0) {
    return setSourceRanges(service, trustedRanges, 'the trusted ranges of the configuration')
  }
  const edits = annotate(service, INTERNAL, 'true')
  return inPlace(edits, `Gives ${resource.address} an address of the virtual network instead of a public one.`)
}

export function setSourceRanges(service: Service, ranges: readonly string[], why: string): ProposedPatch | undefined {
  const spec = get(service.resource.value, 'spec')
  if (spec?.kind !== 'map' || spec.entries.has('loadBalancerSourceRanges')) return undefined
  const edits = append(spec, ['loadBalancerSourceRanges:', ...ranges.map((range) => `  - ${quoted(range)}`)])
  return inPlace(edits, `Lets only ${why} connect to ${service.resource.address}.`)
}

/** Sets an annotation, whether it, the annotations or none of them are there. */
export function annotate({ resource }: Service, key: string, value: string): readonly Edit[] | undefined {
  const metadata = get(resource.value, 'metadata')
  if (metadata?.kind !== 'map') return undefined
  const annotations = get(metadata, 'annotations')
  const entry = get(annotations, key)
  const line = `${key}: ${JSON.stringify(value)}`
  if (entry !== undefined) return replaceScalar(entry, value)
  if (annotations?.kind === 'map' && annotations.entries.size > 0) return append(annotations, [line])
  if (annotations !== undefined) return replaceEntry({ map: metadata, key: 'annotations' }, `{${line}}`)
  return append(metadata, ['annotations:', `  ${line}`])
}

/** Gives a Service another type; `undefined` takes the field out. Fields that only the old type has go with it. */
export function setType({ resource, ports }: Service, type: string | undefined): ProposedPatch | undefined {
  const spec = get(resource.value, 'spec')
  const written = get(spec, 'type')
  if (spec?.kind !== 'map' || written === undefined) return undefined
  const edits: Edit[] = []
  const own = type === undefined ? removeEntry({ map: spec, key: 'type' }) : replaceScalar(written, type)
  if (own === undefined) return undefined
  edits.push(...own)
  const list = get(spec, 'ports')
  for (const [index] of ports.entries()) {
    const port = list?.kind === 'list' ? list.items[index] : undefined
    if (port?.kind !== 'map' || !port.entries.has('nodePort')) continue
    const edit = removeEntry({ map: port, key: 'nodePort' })
    if (edit === undefined) return undefined
    edits.push(...edit)
  }
  for (const key of [
    'externalTrafficPolicy',
    'loadBalancerSourceRanges',
    'loadBalancerIP',
    'healthCheckNodePort',
    'allocateLoadBalancerNodePorts',
  ]) {
    if (!spec.entries.has(key)) continue
    const edit = removeEntry({ map: spec, key })
    if (edit === undefined) return undefined
    edits.push(...edit)
  }
  const was = stringOf(written) ?? 'its type'
  return inPlace(edits, `Makes ${resource.address} a Service of type ${type ?? 'ClusterIP'} instead of ${was}.`)
}
