import { addressSets, NO_ADDRESSES, parseCidr } from '../../algebra/addresses.ts'
import type { PortProtocol } from '../../algebra/connections.ts'
import { dig, get, isAbsent, itemsOf, type MapValue, numberOf, stringOf, type Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import type { AdminPeer, AdminPolicy, AdminPort, AdminRule, PodsOfNamespaces } from './admin-policy.ts'
import { isUnknown, objectName, type Rejection } from './fields.ts'
import type { Direction } from './network-policy.ts'
import { EVERYTHING, readSelector } from './selector.ts'

/** Kinds that {@link readAdminPolicy} reads; all are of the group `policy.networking.k8s.io`. */
export const ADMIN_POLICY_KINDS: ReadonlySet<string> = new Set([
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
])

const MAX_PRIORITY = 1000

/** Reads an admin policy of either version, and notes what the API server refuses. Source: network-policy-api apis/v1alpha1, v1alpha2 */
export function readAdminPolicy(resource: Resource): AdminPolicy {
  const rejections: Rejection[] = []
  const spec = get(resource.value, 'spec')
  const { name } = objectName(resource.value)
  const isBaseline = resource.kind === 'BaselineAdminNetworkPolicy' || stringOf(get(spec, 'tier')) === 'Baseline'
  if (resource.kind === 'BaselineAdminNetworkPolicy' && name !== 'default') {
    rejections.push({ message: 'the one BaselineAdminNetworkPolicy is called default', origin: resource.origin })
  }
  const subject = get(spec, 'subject')
  return {
    name,
    resource,
    tier: isBaseline ? 'baseline' : 'admin',
    priority: resource.kind === 'BaselineAdminNetworkPolicy' ? 0 : readPriority(spec, resource, rejections),
    subject: isUnknown(spec) || isUnknown(subject) ? undefined : readPods(subject, 'a subject', resource, rejections),
    rules: { ingress: readRules(resource, 'ingress', rejections), egress: readRules(resource, 'egress', rejections) },
    rejections,
  }
}

function readPriority(spec: Value | undefined, resource: Resource, rejections: Rejection[]): number {
  const value = get(spec, 'priority')
  const priority = numberOf(value)
  if (priority !== undefined && Number.isInteger(priority) && priority >= 0 && priority <= MAX_PRIORITY) return priority
  if (!isUnknown(value) && !isUnknown(spec)) {
    rejections.push({
      message: `a priority is a number from 0 to ${MAX_PRIORITY}`,
      origin: value?.origin ?? resource.origin,
    })
  }
  return priority ?? 0
}

/** The fields of a map that are given. */
function given(value: Value | undefined): readonly string[] {
  if (value?.kind !== 'map') return []
  return [...value.entries].filter(([, entry]) => !isAbsent(entry.value)).map(([key]) => key)
}

/** `namespaces` or `pods`, just one of them. */
function readPods(
  value: Value | undefined,
  what: string,
  { origin }: { readonly origin: Resource['origin'] },
  rejections: Rejection[],
): PodsOfNamespaces | undefined {
  const fields = given(value)
  const [field] = fields
  if (fields.length === 1 && field === 'namespaces') {
    return { namespaceSelector: readSelector(get(value, field)!, rejections), podSelector: undefined }
  }
  if (fields.length === 1 && field === 'pods') {
    const pods = get(value, field)
    const [namespaces, labels] = [get(pods, 'namespaceSelector'), get(pods, 'podSelector')]
    if (namespaces === undefined || labels === undefined) {
      const message = 'pods needs a namespaceSelector and a podSelector'
      rejections.push({ message, origin: value?.origin ?? origin, hasDefault: true })
    }
    const read = (selector: Value | undefined) =>
      selector === undefined ? EVERYTHING : readSelector(selector, rejections)
    return { namespaceSelector: read(namespaces), podSelector: read(labels) }
  }
  rejections.push({ message: `${what} is just one of namespaces and pods`, origin: value?.origin ?? origin })
  return undefined
}

type Actions = ReadonlyMap<string, NonNullable<AdminRule['action']>>

/** v1alpha2 says Accept for what v1alpha1 calls Allow; the old baseline kind cannot pass, as nothing comes after it. */
const ACTIONS: ReadonlyMap<string, Actions> = new Map<string, Actions>([
  [
    'AdminNetworkPolicy',
    new Map([
      ['Allow', 'allow'],
      ['Deny', 'deny'],
      ['Pass', 'pass'],
    ]),
  ],
  [
    'BaselineAdminNetworkPolicy',
    new Map([
      ['Allow', 'allow'],
      ['Deny', 'deny'],
    ]),
  ],
  [
    'ClusterNetworkPolicy',
    new Map([
      ['Accept', 'allow'],
      ['Deny', 'deny'],
      ['Pass', 'pass'],
    ]),
  ],
])

function readRules({ kind, value }: Resource, direction: Direction, rejections: Rejection[]): readonly AdminRule[] {
  const actions = ACTIONS.get(kind)!
  return itemsOf(dig(value, 'spec', direction)).map((item, index) => {
    const { origin } = item
    const action = get(item, 'action')
    const read = actions.get(stringOf(action) ?? '')
    if (read === undefined && !isUnknown(action)) {
      rejections.push({
        message: `an action of this kind is ${[...actions.keys()].join(' or ')}`,
        origin: action?.origin ?? origin,
      })
    }
    const peers = itemsOf(get(item, direction === 'ingress' ? 'from' : 'to'))
    if (peers.length === 0) rejections.push({ message: 'a rule needs at least one peer', origin })
    return {
      index,
      origin,
      action: read,
      peers: peers.map((peer) => readPeer(peer, rejections)),
      ports: readPorts(item, rejections),
    }
  })
}

function readPeer(item: Value, rejections: Rejection[]): AdminPeer {
  const { origin } = item
  const unknown: AdminPeer = { kind: 'unknown', origin }
  if (isUnknown(item)) return unknown
  const fields = given(item)
  const [field] = fields
  if (fields.length !== 1) {
    rejections.push({ message: 'a peer has just one field', origin })
    return unknown
  }
  if (field === 'nodes') return { kind: 'nodes', origin }
  if (field === 'networks') {
    let addresses = NO_ADDRESSES
    for (const network of itemsOf(get(item, field))) {
      const text = stringOf(network)
      const cidr = text === undefined ? undefined : parseCidr(text)
      if (cidr === undefined) {
        if (!isUnknown(network))
          rejections.push({ message: `${text ?? 'the value'} is no CIDR`, origin: network.origin })
        return unknown
      }
      addresses = addressSets.union(addresses, cidr.addresses)
    }
    return { kind: 'networks', origin, addresses }
  }
  if (field === 'namespaces' || field === 'pods') {
    const pods = readPods(item, 'a peer', item, rejections)
    return pods === undefined ? unknown : { kind: 'pods', origin, ...pods }
  }
  // `domainNames`, and what newer versions add.
  return unknown
}

function readPorts(rule: Value, rejections: Rejection[]): readonly AdminPort[] | undefined {
  const list = [get(rule, 'ports'), get(rule, 'protocols')].find((value) => !isAbsent(value))
  if (list === undefined) return undefined
  if (list.kind !== 'list') return [{ kind: 'unknown', origin: list.origin }]
  return list.items.map((item) => readPort(item, rejections))
}

const PROTOCOLS: readonly PortProtocol[] = ['TCP', 'UDP', 'SCTP']

function readPort(item: Value, rejections: Rejection[]): AdminPort {
  const { origin } = item
  const unknown: AdminPort = { kind: 'unknown', origin }
  if (item.kind !== 'map') return unknown
  const fields = given(item)
  if (fields.length !== 1) {
    rejections.push({ message: 'a port has just one field', origin })
    return unknown
  }
  const [field] = fields
  const value = get(item, field!)!
  const name = stringOf(value)
  if (field === 'namedPort' || field === 'destinationNamedPort') {
    return name === undefined ? unknown : { kind: 'named', origin, name }
  }
  if (field === 'portNumber' || field === 'portRange') {
    const protocol = get(value, 'protocol')
    const known = isAbsent(protocol) ? 'TCP' : PROTOCOLS.find((each) => each === stringOf(protocol))
    const single = get(value, 'port')
    return range(
      known,
      field === 'portNumber' ? single : get(value, 'start'),
      field === 'portNumber' ? single : get(value, 'end'),
      item,
      rejections,
    )
  }
  const protocol = PROTOCOLS.find((each) => each.toLowerCase() === field)
  const destination = get(value, 'destinationPort')
  if (protocol !== undefined && isAbsent(destination)) return { kind: 'range', origin, protocol, first: 1, last: 65535 }
  const number = get(destination, 'number')
  const span = get(destination, 'range')
  return range(protocol, number ?? get(span, 'start'), number ?? get(span, 'end'), item, rejections)
}

function range(
  protocol: PortProtocol | undefined,
  from: Value | undefined,
  to: Value | undefined,
  { origin }: MapValue,
  rejections: Rejection[],
): AdminPort {
  const [first, last] = [numberOf(from), numberOf(to)]
  const isPort = (port: number | undefined) =>
    port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65535
  if (protocol !== undefined && isPort(first) && isPort(last) && first! <= last!) {
    return { kind: 'range', origin, protocol, first: first!, last: last! }
  }
  if (!isUnknown(from) && !isUnknown(to))
    rejections.push({ message: 'a port range is from 1 to 65535, the lower number first', origin })
  return { kind: 'unknown', origin }
}
