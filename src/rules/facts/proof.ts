import { hasAddress, parseAddress } from '../../algebra/addresses.ts'
import type { PortProtocol } from '../../algebra/connections.ts'
import type { Origin } from '../../base/origin.ts'
import { toPlace } from '../../base/origin.ts'
import type { StateView } from '../../compare/state-view.ts'
import { workloadName } from '../../model/kubernetes/workload.ts'
import { METADATA_ADDRESS, PUBLIC_ADDRESSES } from '../../reach/address-ranges.ts'
import { printHypothetical } from '../../reach/hypothetical.ts'
import type { PacketEnd, Verdict } from '../../reach/layer.ts'
import type { Reachability } from '../../reach/reachability.ts'
import { INGRESS_CONTROLLER, NODES } from '../../reach/universe.ts'
import type { PathStep, Witness } from '../finding.ts'

/** One packet, followed through every layer by the plain engine, as findings show it. */
export interface Question {
  readonly from: PacketEnd
  readonly to: PacketEnd
  readonly protocol: PortProtocol
  readonly port: number
}

/**
 * Of packets that prove the same, of which there is one at least, the first that the base of a change did not let through for certain; the first of all where nothing is
 * compared, and where the base let all of them through.
 */
export function newestOf(before: StateView | undefined, packets: readonly Question[]): Question {
  const first = packets[0]!
  if (before === undefined) return first
  const { reach } = before
  const was = (end: PacketEnd): PacketEnd | undefined => {
    if (end.kind === 'address') return end
    const subject = reach.universe.classOf.get(end.endpoint.id)
    const facts = subject === undefined ? undefined : reach.classes.facts[subject]
    const workload = reach.classes.workload(end.endpoint.id)
    return facts && { ...end, facts: workload === undefined ? facts : { ...facts, workload } }
  }
  const isNew = ({ from, to, ...packet }: Question) => {
    const [source, target] = [was(from), was(to)]
    return (
      source === undefined ||
      target === undefined ||
      reach.explain({ from: source, to: target, ...packet }).allowed !== 'yes'
    )
  }
  return packets.find(isNew) ?? first
}

/** The packets that the policies of both ends let through for certain; all where there is none. */
export function passing(reach: Reachability, packets: readonly Question[]): readonly Question[] {
  const open = packets.filter((packet) => reach.explain(packet).allowed === 'yes')
  return open.length === 0 ? packets : open
}

/** The packet with its path. The path says allowed only where the engine that walks single packets says so as well. */
export function proofOf(reach: Reachability, question: Question): Witness {
  const { from, to, protocol, port } = question
  const { verdicts } = reach.explain(question)
  return {
    packet: {
      from: peerName(from),
      to: peerName(to),
      ...(from.kind === 'address' ? { sourceAddress: from.address } : {}),
      ...(to.kind === 'address' ? { destinationAddress: to.address } : {}),
      protocol,
      port,
    },
    path: verdicts.map(toStep),
  }
}

export function toStep({ layer, allowed, rule, resource, origin }: Verdict): PathStep {
  const place = origin && toPlace(origin)
  return {
    layer,
    verdict: allowed === 'yes' ? 'allow' : allowed === 'no' ? 'deny' : 'unknown',
    rule,
    ...(resource === undefined ? {} : { resource: resource.address }),
    ...(place === undefined ? {} : { file: place.file, line: place.line }),
  }
}

/** Ports that most rules speak of, and one that none does. */
const EXAMPLE_PORTS = [443, 80, 8080, 61_000] as const
/** Public addresses for documentation, which no rule means, and then others. Source: RFC 5737 */
const EXAMPLE_HOSTS = ['203.0.113.10', '198.51.100.10', '192.0.2.10', '20.1.2.3'] as const

/** Packets to an end, the wanted one first. */
export function packetsTo(
  to: PacketEnd,
  from: PacketEnd,
  wanted: Pick<Question, 'protocol' | 'port'>,
): readonly Question[] {
  return [
    { from, to, ...wanted },
    ...EXAMPLE_PORTS.flatMap((port) =>
      (['TCP', 'UDP'] as const).map((protocol): Question => ({ from, to, protocol, port })),
    ),
  ]
}

/** Packets from an end to the internet. */
export function packetsFrom(from: PacketEnd): readonly Question[] {
  const to = addressOf(EXAMPLE_HOSTS[0])
  return [
    { from, to, protocol: 'TCP', port: 443 },
    ...EXAMPLE_HOSTS.flatMap((host) =>
      EXAMPLE_PORTS.flatMap((port) =>
        (['TCP', 'UDP'] as const).map((protocol): Question => ({ from, to: addressOf(host), protocol, port })),
      ),
    ),
  ]
}

/** A step of a path that a Service, an Ingress or a node makes. */
export function doorStep(layer: PathStep['layer'], rule: string, resource: string, origin: Origin): PathStep {
  const { file, line } = toPlace(origin)
  return { layer, verdict: 'allow', rule, resource, file, line }
}

export function addressOf(address: string): PacketEnd {
  return { kind: 'address', address }
}

/** The nodes of the cluster as one end of a packet. */
export function nodesEnd(reach: Reachability): PacketEnd {
  const facts = reach.classes.facts[reach.universe.classOf.get(NODES.id)!]!
  return { kind: 'endpoint', endpoint: NODES, facts }
}

/** The pods of an ingress controller that is not in the tree. */
export function controllerEnd(reach: Reachability): PacketEnd {
  const facts = reach.classes.facts[reach.universe.classOf.get(INGRESS_CONTROLLER.id)!]!
  return { kind: 'endpoint', endpoint: INGRESS_CONTROLLER, facts }
}

/** Names of `design.md` §4: `shop/web`, `internet`, `metadata`, `nodes`, an address. */
export function peerName(end: PacketEnd): string {
  if (end.kind === 'address') {
    const address = parseAddress(end.address)
    if (address === undefined) return end.address
    if (hasAddress(METADATA_ADDRESS, address)) return 'metadata'
    return hasAddress(PUBLIC_ADDRESSES, address) ? 'internet' : end.address
  }
  const { endpoint, facts } = end
  if (endpoint.kind === 'hypothetical') return printHypothetical(endpoint)
  if (facts.workload !== undefined) return workloadName(facts.workload)
  return endpoint.kind === 'ingress-controller' ? 'ingress controller' : endpoint.id
}
