import { addressSets, parseCidr } from '../../algebra/addresses.ts'
import type { PortProtocol } from '../../algebra/connections.ts'
import { type Truth, toTruth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import { get, isAbsent, itemsOf, numberOf, stringOf, type Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import { isUnknown, objectName, type Rejection, refuseOtherFields } from './fields.ts'
import type { BlockCidr, Direction, NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from './network-policy.ts'
import { EVERYTHING, readSelector, selectorOf } from './selector.ts'

/**
 * Reads a `NetworkPolicy`, fills in defaults, and notes what the API server refuses; what it refuses stands in the policy as unknown.
 *
 * Sources: kubernetes/kubernetes pkg/apis/networking/v1/defaults.go and pkg/apis/networking/validation/validation.go.
 */
export function readNetworkPolicy(resource: Resource): NetworkPolicy {
  const rejections: Rejection[] = []
  const spec = get(resource.value, 'spec')
  if (spec !== undefined && !isAbsent(spec) && spec.kind !== 'map' && !isUnknown(spec)) {
    rejections.push({ message: 'spec must be a map', origin: spec.origin })
  }
  refuseOtherFields(spec, FIELDS.spec, 'the spec of a NetworkPolicy', rejections)
  const unknownSpec = isUnknown(spec)
  const podSelector = get(spec, 'podSelector')
  const lists = { ingress: get(spec, 'ingress'), egress: get(spec, 'egress') }
  const { name, namespace } = objectName(resource.value)
  return {
    name,
    namespace,
    resource,
    podSelector:
      podSelector !== undefined
        ? readSelector(podSelector, rejections)
        : unknownSpec
          ? selectorOf([], [], true)
          : EVERYTHING,
    podSelectorOrigin: podSelector?.origin ?? resource.origin,
    isolates: unknownSpec ? { ingress: 'maybe', egress: 'maybe' } : readPolicyTypes(spec, rejections),
    rules: { ingress: readRules(lists.ingress, 'from', rejections), egress: readRules(lists.egress, 'to', rejections) },
    rulesOrigin: {
      ...(lists.ingress === undefined ? {} : { ingress: lists.ingress.origin }),
      ...(lists.egress === undefined ? {} : { egress: lists.egress.origin }),
    },
    rejections,
    moreRules: {
      ingress: unknownSpec || isUnknown(lists.ingress),
      egress: unknownSpec || isUnknown(lists.egress),
    },
  }
}

/** Source: the types of networking.k8s.io/v1. */
const FIELDS = {
  spec: new Set(['podSelector', 'policyTypes', 'ingress', 'egress']),
  from: new Set(['from', 'ports']),
  to: new Set(['to', 'ports']),
  peer: new Set(['podSelector', 'namespaceSelector', 'ipBlock']),
  ipBlock: new Set(['cidr', 'except']),
  port: new Set(['protocol', 'port', 'endPort']),
}

/** `[Ingress]` where none is written, and `Egress` too where the policy has egress rules. */
function readPolicyTypes(spec: Value | undefined, rejections: Rejection[]): Record<Direction, Truth> {
  const types = get(spec, 'policyTypes')
  if (isUnknown(types)) return { ingress: 'maybe', egress: 'maybe' }
  const items = itemsOf(types)
  if (types !== undefined && !isAbsent(types) && types.kind !== 'list') {
    rejections.push({ message: 'policyTypes must be a list', origin: types.origin })
  }
  if (items.length === 0) {
    const egress = get(spec, 'egress')
    return { ingress: 'yes', egress: isUnknown(egress) ? 'maybe' : toTruth(itemsOf(egress).length > 0) }
  }
  if (items.length > 2) rejections.push({ message: 'policyTypes takes at most two entries', origin: types!.origin })
  const named = { ingress: false, egress: false }
  let unknown = false
  for (const item of items) {
    const text = stringOf(item)
    if (text === 'Ingress') named.ingress = true
    else if (text === 'Egress') named.egress = true
    else {
      unknown = true
      if (!isUnknown(item)) rejections.push({ message: 'a policy type is Ingress or Egress', origin: item.origin })
    }
  }
  const truth = (known: boolean): Truth => (known ? 'yes' : unknown ? 'maybe' : 'no')
  return { ingress: truth(named.ingress), egress: truth(named.egress) }
}

function readRules(list: Value | undefined, peersField: 'from' | 'to', rejections: Rejection[]): readonly PolicyRule[] {
  if (list !== undefined && !isAbsent(list) && list.kind !== 'list' && !isUnknown(list)) {
    rejections.push({ message: 'the rules must be a list', origin: list.origin })
  }
  return itemsOf(list).map((item, index) => {
    const odd = !isAbsent(item) && item.kind !== 'map'
    if (odd && !isUnknown(item)) rejections.push({ message: 'a rule must be a map', origin: item.origin })
    if (odd) {
      return { index, origin: item.origin, peers: [unknownPeer(item.origin)], ports: [unknownPort(item.origin)] }
    }
    refuseOtherFields(
      item,
      FIELDS[peersField],
      peersField === 'from' ? 'an ingress rule' : 'an egress rule',
      rejections,
    )
    return {
      index,
      origin: item.origin,
      peers: readList(
        get(item, peersField),
        peersField,
        rejections,
        (value) => readPeer(value, rejections),
        unknownPeer,
      ),
      ports: readList(get(item, 'ports'), 'ports', rejections, (value) => readPort(value, rejections), unknownPort),
    }
  })
}

/** A list that means everything where it is absent or empty: then undefined. */
function readList<T>(
  value: Value | undefined,
  field: string,
  rejections: Rejection[],
  read: (item: Value) => T,
  unknown: (origin: Origin) => T,
): readonly T[] | undefined {
  if (value === undefined || isAbsent(value)) return undefined
  if (value.kind === 'list') return value.items.length === 0 ? undefined : value.items.map(read)
  if (!isUnknown(value)) rejections.push({ message: `${field} must be a list`, origin: value.origin })
  return [unknown(value.origin)]
}

function unknownPeer(origin: Origin): PolicyPeer {
  return { kind: 'unknown', origin }
}

function unknownPort(origin: Origin): PolicyPort {
  return { kind: 'unknown', origin, protocol: undefined }
}

function readPeer(item: Value, rejections: Rejection[]): PolicyPeer {
  const { origin } = item
  if (isUnknown(item)) return unknownPeer(origin)
  const given = (field: string) => {
    const value = get(item, field)
    return isAbsent(value) ? undefined : value
  }
  refuseOtherFields(item, FIELDS.peer, 'a peer', rejections)
  const podSelector = given('podSelector')
  const namespaceSelector = given('namespaceSelector')
  const block = given('ipBlock')
  if (block !== undefined) {
    if (podSelector === undefined && namespaceSelector === undefined) return readBlock(block, origin, rejections)
    rejections.push({ message: 'a peer with ipBlock takes no selectors', origin })
    return unknownPeer(origin)
  }
  if (podSelector === undefined && namespaceSelector === undefined) {
    rejections.push({ message: 'a peer needs podSelector, namespaceSelector or ipBlock', origin })
    return unknownPeer(origin)
  }
  return {
    kind: 'pods',
    origin,
    namespaceSelector: namespaceSelector && readSelector(namespaceSelector, rejections),
    podSelector: podSelector && readSelector(podSelector, rejections),
  }
}

function readBlock(block: Value, origin: Origin, rejections: Rejection[]): PolicyPeer {
  refuseOtherFields(block, FIELDS.ipBlock, 'an ipBlock', rejections)
  const cidr = readCidr(get(block, 'cidr'), block.origin, rejections)
  const list = get(block, 'except')
  if (list !== undefined && !isAbsent(list) && list.kind !== 'list' && !isUnknown(list)) {
    rejections.push({ message: 'except must be a list', origin: list.origin })
  }
  const holes = itemsOf(list).map((item) => readCidr(item, item.origin, rejections))
  if (cidr === undefined || isUnknown(list) || holes.includes(undefined)) return unknownPeer(origin)
  const except = holes.flatMap((hole) => hole ?? [])
  for (const hole of except) {
    const inside = addressSets.covers(cidr.addresses, hole.addresses)
    if (!inside || addressSets.equal(cidr.addresses, hole.addresses)) {
      rejections.push({
        message: `except ${hole.text} must be a part of ${cidr.text} and not all of it`,
        origin: hole.origin,
      })
    }
  }
  const addresses = except.reduce((left, hole) => addressSets.subtract(left, hole.addresses), cidr.addresses)
  return { kind: 'block', origin, addresses, cidr, except }
}

/** Host bits are masked, as every engine does. */
function readCidr(value: Value | undefined, at: Origin, rejections: Rejection[]): BlockCidr | undefined {
  if (isUnknown(value)) return undefined
  const text = stringOf(value)
  const parsed = text === undefined ? undefined : parseCidr(text)
  if (text === undefined || parsed === undefined) {
    rejections.push({
      message: text === undefined ? 'a CIDR is missing' : `${text} is no CIDR`,
      origin: value?.origin ?? at,
    })
    return undefined
  }
  return { text, addresses: parsed.addresses, origin: value!.origin }
}

const PROTOCOLS: readonly PortProtocol[] = ['TCP', 'UDP', 'SCTP']

function readPort(item: Value, rejections: Rejection[]): PolicyPort {
  const { origin } = item
  if (isUnknown(item)) return unknownPort(origin)
  if (item.kind !== 'map' && !isAbsent(item)) {
    rejections.push({ message: 'an item of ports must be a map', origin })
    return unknownPort(origin)
  }
  refuseOtherFields(item, FIELDS.port, 'a port', rejections)
  const protocolValue = get(item, 'protocol')
  const protocol = isAbsent(protocolValue) ? 'TCP' : PROTOCOLS.find((name) => name === stringOf(protocolValue))
  if (protocol === undefined) {
    if (!isUnknown(protocolValue)) {
      rejections.push({ message: 'a protocol is TCP, UDP or SCTP', origin: protocolValue!.origin })
    }
    return unknownPort(origin)
  }
  const port = get(item, 'port')
  const endPort = get(item, 'endPort')
  if (isUnknown(port) || isUnknown(endPort)) return { kind: 'unknown', origin, protocol }
  const refuse = (message: string): PolicyPort => {
    rejections.push({ message, origin })
    return { kind: 'unknown', origin, protocol }
  }
  if (isAbsent(port)) {
    return isAbsent(endPort)
      ? { kind: 'range', origin, protocol, first: 1, last: 65535 }
      : refuse('endPort needs a port')
  }
  const name = stringOf(port)
  if (name !== undefined) {
    if (!isAbsent(endPort)) return refuse('endPort needs a port that is a number')
    return isPortName(name) ? { kind: 'named', origin, protocol, name } : refuse(`${name} is no port name`)
  }
  const first = numberOf(port)
  if (first === undefined || !isPortNumber(first)) return refuse('a port is a name or a number from 1 to 65535')
  if (isAbsent(endPort)) return { kind: 'range', origin, protocol, first, last: first }
  const last = numberOf(endPort)
  if (last === undefined || !isPortNumber(last)) return refuse('endPort is a number from 1 to 65535')
  return last < first ? refuse('endPort is below port') : { kind: 'range', origin, protocol, first, last }
}

function isPortNumber(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535
}

/** Source: apimachinery pkg/util/validation, `IsValidPortName` (IANA_SVC_NAME). */
function isPortName(name: string): boolean {
  return /^[a-z0-9-]{1,15}$/.test(name) && /[a-z]/.test(name) && !name.includes('--') && !/^-|-$/.test(name)
}
