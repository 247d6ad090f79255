import { type AddressSet, ALL_ADDRESSES, addressSets, NO_ADDRESSES, parseCidr } from '../../algebra/addresses.ts'
import { exactly } from '../../algebra/bounds.ts'
import type { PortProtocol } from '../../algebra/connections.ts'
import { type Truth, toTruth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import { booleanOf, dig, get, isAbsent, itemsOf, numberOf, stringOf, type Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import { isUnknown, objectName, type Rejection, scalarText, textEntries } from './fields.ts'
import { readMapSelector } from './selector.ts'
import type { LoadBalancer, Service, ServicePort, ServiceType } from './service.ts'

/** Prefix of the annotations of AKS's cloud controller. Source: kubernetes-sigs/cloud-provider-azure pkg/consts/consts.go */
const PREFIX = 'service.beta.kubernetes.io/'
const TYPES: readonly ServiceType[] = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']

/** Reads a `Service` of the core group. */
export function readService(resource: Resource): Service {
  const rejections: Rejection[] = []
  const spec = get(resource.value, 'spec')
  const typeValue = get(spec, 'type')
  const type = isAbsent(typeValue) ? 'ClusterIP' : (TYPES.find((name) => name === stringOf(typeValue)) ?? 'unknown')
  if (type === 'unknown' && !isUnknown(typeValue)) {
    rejections.push({
      message: 'a Service is of type ClusterIP, NodePort, LoadBalancer or ExternalName',
      origin: typeValue!.origin,
    })
  }
  const selector = get(spec, 'selector')
  const annotationsValue = dig(resource.value, 'metadata', 'annotations')
  const annotations = textEntries(annotationsValue)
  const hasSelector = selector !== undefined && !isAbsent(selector) && (isUnknown(selector) || hasEntries(selector))
  const { name, namespace } = objectName(resource.value)
  return {
    name,
    namespace,
    resource,
    type,
    typeOrigin: typeValue?.origin ?? spec?.origin ?? resource.origin,
    selector: hasSelector ? readMapSelector(selector, rejections) : undefined,
    headless: stringOf(get(spec, 'clusterIP')) === 'None',
    ports: itemsOf(get(spec, 'ports')).map(readServicePort),
    externalName: type === 'ExternalName' ? stringOf(get(spec, 'externalName')) : undefined,
    externalIPs: itemsOf(get(spec, 'externalIPs')).flatMap((item) => {
      const address = scalarText(item)
      return address === undefined ? [] : [{ address, origin: item.origin }]
    }),
    keepsClientAddress: stringOf(get(spec, 'externalTrafficPolicy')) === 'Local',
    allocatesNodePorts: booleanOf(get(spec, 'allocateLoadBalancerNodePorts')) !== false,
    annotations,
    annotationOrigins: entryOrigins(annotationsValue),
    loadBalancer:
      type === 'LoadBalancer' || type === 'unknown' ? readLoadBalancer(spec, annotationsValue, annotations) : undefined,
    rejections,
  }
}

function hasEntries(value: Value): boolean {
  return value.kind === 'map' && value.entries.size > 0
}

const NO_ORIGINS: ReadonlyMap<string, Origin> = new Map()

/** Where each entry of a map stands, key and value together where the key has a place. */
export function entryOrigins(value: Value | undefined): ReadonlyMap<string, Origin> {
  if (value?.kind !== 'map') return NO_ORIGINS
  const origins = new Map<string, Origin>()
  for (const [key, entry] of value.entries) origins.set(key, entry.value.origin)
  return origins
}

const PROTOCOLS: readonly PortProtocol[] = ['TCP', 'UDP', 'SCTP']

function readServicePort(item: Value): ServicePort {
  const port = numberOf(get(item, 'port'))
  const target = get(item, 'targetPort')
  const protocol = stringOf(get(item, 'protocol'))
  const targetPort = isAbsent(target) || numberOf(target) === 0 ? port : (numberOf(target) ?? stringOf(target))
  return {
    name: stringOf(get(item, 'name')),
    protocol: PROTOCOLS.find((name) => name === protocol) ?? 'TCP',
    port,
    // Quoted digits are a number to the cluster: the API keeps them as a string, and kube-proxy looks for a port of that name.
    targetPort,
    nodePort: numberOf(get(item, 'nodePort')),
    origin: item.origin,
  }
}

/**
 * The frontend of the load balancer and whom it admits.
 *
 * Source: kubernetes-sigs/cloud-provider-azure pkg/provider/azure_loadbalancer.go and pkg/provider/loadbalancer/accesscontrol.go:
 * internal only where the annotation is exactly `true`; ranges of the field and of the annotation together are an error; one invalid
 * range closes it; service tags admit besides ranges.
 */
function readLoadBalancer(
  spec: Value | undefined,
  annotationsValue: Value | undefined,
  annotations: ReadonlyMap<string, string>,
): LoadBalancer {
  const annotation = (name: string) => get(annotationsValue, PREFIX + name)
  const internal = annotation('azure-load-balancer-internal')
  const otherController = !isAbsent(get(spec, 'loadBalancerClass'))
  const isInternal = scalarText(internal) === 'true'
  let isPublic: Truth = toTruth(!isInternal)
  if (isUnknown(internal) || isUnknown(annotationsValue) || otherController) isPublic = 'maybe'

  const field = get(spec, 'loadBalancerSourceRanges')
  const allowed = annotation('azure-allowed-ip-ranges')
  const legacy = annotation('load-balancer-source-ranges')
  const tags = splitList(annotations.get(`${PREFIX}azure-allowed-service-tags`))
  const hasField = itemsOf(field).length > 0 || isUnknown(field)
  const ranges = hasField ? itemsOf(field).map(scalarText) : splitList(scalarText(allowed) ?? scalarText(legacy))
  const sourcesOrigin =
    (hasField ? field : (allowed ?? legacy))?.origin ?? annotation('azure-allowed-service-tags')?.origin
  const unknown = isUnknown(field) || isUnknown(allowed) || isUnknown(legacy) || itemsOf(field).some(isUnknown)
  return {
    public: isPublic,
    sources: unknown ? { certain: NO_ADDRESSES, possible: ALL_ADDRESSES } : exactly(admitted(ranges, tags.length > 0)),
    serviceTags: tags,
    sourcesOrigin,
    refused:
      hasField && !isAbsent(allowed)
        ? 'loadBalancerSourceRanges and the annotation azure-allowed-ip-ranges exclude each other'
        : undefined,
  }
}

function splitList(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function admitted(ranges: readonly (string | undefined)[], hasTags: boolean): AddressSet {
  if (ranges.length === 0) return hasTags ? NO_ADDRESSES : ALL_ADDRESSES
  let set: AddressSet = NO_ADDRESSES
  for (const range of ranges) {
    const parsed = parseCidr(range?.trim() ?? '')
    if (parsed === undefined) return NO_ADDRESSES
    set = addressSets.union(set, parsed.addresses)
  }
  return set
}
