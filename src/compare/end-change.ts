import type { Origin } from '../base/origin.ts'
import { dig, get, type MapValue, type Value } from '../base/value.ts'
import { scalarText } from '../model/kubernetes/fields.ts'
import { podTemplate } from '../model/kubernetes/read-workload.ts'
import type { Resource } from '../parse/resource.ts'
import type { Endpoint, EndpointFacts } from '../reach/endpoint.ts'
import type { Reachability } from '../reach/reachability.ts'

/** What the change did to one end of a connection itself, so that policies which stayed as they were see it differently. */
export interface EndChange {
  /** The workload or namespace as it now is. */
  readonly resource: Resource
  readonly origin: Origin
  /** A main clause about now, without a full stop: `the pods of Deployment/shop/web are now labelled role=client`. */
  readonly words: string
  /** Where it is a label: the labels before and now. */
  readonly labels?: { readonly was: Value | undefined; readonly is: MapValue; readonly key: string }
}

/** How a workload, or the namespace of a pod, differs between the two sides as far as selectors and policies can tell. */
export function endChange(
  endpoint: Endpoint,
  { namespace }: EndpointFacts,
  base: Reachability,
  head: Reachability,
): EndChange | undefined {
  return workloadChange(endpoint.id, base, head) ?? namespaceChange(namespace, base, head)
}

function workloadChange(id: string, base: Reachability, head: Reachability): EndChange | undefined {
  const [was, is] = [base.classes.workload(id), head.classes.workload(id)]
  if (was === undefined || is === undefined || was.resource === is.resource) return undefined
  const { address } = is.resource
  if (was.hostNetwork !== is.hostNetwork) {
    const origin = is.hostNetworkOrigin ?? is.labelsOrigin
    const words = `${address} ${is.hostNetwork === 'no' ? 'no longer runs' : 'now runs'} in the network of its node`
    return { resource: is.resource, origin, words }
  }
  const [labels, before] = [is, was].map(({ resource }) => dig(podTemplate(resource), 'metadata', 'labels'))
  const label = labelChange(`the pods of ${address} are`, before, labels, is.resource, is.labelsOrigin)
  if (label !== undefined) return label
  const ports = new Set(was.ports.map(({ name, protocol, port }) => `${name} ${protocol} ${port}`))
  const port = is.ports.find(({ name, protocol, port: number }) => !ports.has(`${name} ${protocol} ${number}`))
  if (port === undefined) return undefined
  const named = port.name === undefined ? '' : ` under the name ${port.name}`
  const number = port.port === undefined ? 'a port' : `${port.protocol} ${port.port}`
  return { resource: is.resource, origin: port.origin, words: `${address} now declares ${number}${named}` }
}

function namespaceChange(name: string | undefined, base: Reachability, head: Reachability): EndChange | undefined {
  if (name === undefined) return undefined
  const [was, is] = [base, head].map(({ network }) => network.kubernetes.namespaces.get(name)?.resource)
  if (was === undefined || is === undefined || was === is) return undefined
  const [before, labels] = [was, is].map(({ value }) => dig(value, 'metadata', 'labels'))
  return labelChange(`${is.address} is`, before, labels, is, is.origin)
}

/** The first label that is new, else one that has another value, else one that is gone. */
function labelChange(
  subject: string,
  was: Value | undefined,
  is: Value | undefined,
  resource: Resource,
  place: Origin,
): EndChange | undefined {
  if (is !== undefined && is.kind !== 'map') return undefined
  for (const [key, { value }] of is?.entries ?? []) {
    const text = scalarText(value)
    if (text === undefined || scalarText(get(was, key)) === text) continue
    const words = `${subject} now labelled ${key}=${text}`
    return { resource, origin: value.origin, words, labels: { was, is: is!, key } }
  }
  if (was?.kind !== 'map') return undefined
  for (const key of was.entries.keys()) {
    if (get(is, key) === undefined)
      return { resource, origin: is?.origin ?? place, words: `${subject} no longer labelled ${key}` }
  }
  return undefined
}
