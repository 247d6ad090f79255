import { type AddressSet, ALL_V4, addressSets, printAddress } from '../algebra/addresses.ts'
import { hasPort, type PortProtocol } from '../algebra/connections.ts'
import { both, type Truth } from '../algebra/truth.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import { sampleAddress } from './address-ranges.ts'
import type { PathLayer } from './azure/outcome.ts'
import { type AskedPeer, addressEnd, findPeer } from './find-peer.ts'
import type { LayerName, PacketEnd, Path, Verdict } from './layer.ts'
import type { Reachability } from './reachability.ts'

/** One question: can `from` open a new connection to `to`? */
export interface Query {
  readonly from: string
  readonly to: string
  readonly protocol: PortProtocol | 'ICMP'
  /** 0 for ICMP, which has none. */
  readonly port: number
}

/** The answer as `eval --queries --format json` prints it. */
export interface Answer {
  readonly allowed: boolean | 'unknown'
  /** The layer that denies, or that is unknown. */
  readonly layer?: PathLayer
}

/** The answer with its reasons; `problem` where a peer is not known in the state, and then the answer is `unknown`. */
export interface Evaluation {
  readonly allowed: Truth
  readonly verdicts: readonly LayerVerdict[]
  /** The layer that decides, where the verdicts alone do not tell: one of several ways. */
  readonly layer?: PathLayer
  readonly problem?: string
}

/** One layer's verdict, of the cluster or of Azure. */
export type LayerVerdict = Omit<Verdict, 'layer'> & { readonly layer: PathLayer }

/** Answers one question. */
export function evaluate(reach: Reachability, query: Query): Evaluation {
  if (!hasPorts(query)) {
    const rule = 'NetworkPolicy says nothing of ICMP'
    return { allowed: 'maybe', verdicts: [{ layer: 'network-policy', allowed: 'maybe', rule }] }
  }
  const from = findPeer(reach, query.from)
  const to = findPeer(reach, query.to)
  if (from === undefined) return unknownPeer(query.from)
  if (to === undefined) return unknownPeer(query.to)
  if (from.kind === 'addresses' && from.internet && to.kind === 'endpoint')
    return throughDoors(reach, to.subject, query)
  return pathOf(reach, from, to, query)
}

/** A question about a protocol that policies know. */
type PortQuery = Query & { readonly protocol: PortProtocol }

function hasPorts(query: Query): query is PortQuery {
  return query.protocol !== 'ICMP'
}

function unknownPeer(name: string): Evaluation {
  return { allowed: 'maybe', verdicts: [], problem: `no workload, address or known name: ${name}` }
}

export function toAnswer({ allowed, verdicts, layer: decides }: Evaluation): Answer {
  if (allowed === 'yes') return { allowed: true }
  const layer = decides ?? verdicts.find((verdict) => verdict.allowed === allowed)?.layer
  return { allowed: allowed === 'no' ? false : 'unknown', ...(layer === undefined ? {} : { layer }) }
}

/** The plain walk, for every address of a set at once only where the sets say that they are not all alike. */
function pathOf(reach: Reachability, from: AskedPeer, to: AskedPeer, query: PortQuery): Evaluation {
  const { protocol, port } = query
  const path: Path = reach.explain({ from: endOf(from), to: endOf(to), protocol, port })
  const sent = from.kind === 'endpoint' ? admitted(reach, from.subject, 'egress', to, query) : 'yes'
  const got = to.kind === 'endpoint' ? admitted(reach, to.subject, 'ingress', from, query) : 'yes'
  const uncertain = both(sent, got)
  return uncertain === 'maybe' ? { allowed: 'maybe', verdicts: path.verdicts.map(doubt) } : path
}

function doubt(verdict: Verdict): Verdict {
  return { ...verdict, allowed: 'maybe' }
}

function endOf(peer: AskedPeer): PacketEnd {
  switch (peer.kind) {
    case 'endpoint':
      return peer.end
    case 'addresses': {
      const sample = sampleAddress(peer.addresses)
      return sample === undefined ? addressEnd(peer.addresses) : { kind: 'address', address: printAddress(sample) }
    }
    case 'somewhere':
      return { kind: 'address', address: '10.0.0.1' }
  }
}

/** `maybe` where addresses of the peer differ; what is the same for all of them the plain walk tells. */
function admitted(
  reach: Reachability,
  subject: number,
  direction: Direction,
  peer: AskedPeer,
  query: PortQuery,
): Truth {
  if (peer.kind === 'endpoint') return 'yes'
  const region = reach.own(subject, direction).possible
  let open: AddressSet = addressSets.empty
  for (const { peers, connections } of region) {
    if (hasPort(connections, query.protocol, query.port)) open = addressSets.union(open, peers.addresses)
  }
  if (peer.kind === 'somewhere') return addressSets.isEmpty(open) || addressSets.covers(open, ALL_V4) ? 'yes' : 'maybe'
  const inside = addressSets.intersect(open, peer.addresses)
  const mixed = !addressSets.isEmpty(inside) && !addressSets.equal(inside, peer.addresses)
  if (!mixed) return 'yes'
  // `internet` is one host that no rule names more closely, which the sample stands for.
  return peer.internet ? 'yes' : 'maybe'
}

/** From the internet only by a load balancer, node port, Ingress or the like that leads to the pod. */
function throughDoors(reach: Reachability, subject: number, { protocol, port }: PortQuery): Evaluation {
  let allowed: Truth = 'no'
  const verdicts: Verdict[] = []
  for (const door of reach.doors()) {
    if (door.subject !== subject || door.public === 'no') continue
    const asked = hasPort(door.target.possible, protocol, port) || hasPort(door.frontend, protocol, port)
    if (!asked) continue
    const isOpen = (side: 'certain' | 'possible') => {
      const open = door.internet[side]
      return hasPort(open, protocol, port) || (hasPort(door.frontend, protocol, port) && open[protocol].length > 0)
    }
    const truth: Truth = isOpen('certain') ? 'yes' : isOpen('possible') ? 'maybe' : 'no'
    const layer: LayerName = door.kind === 'ingress' ? 'ingress' : door.kind.startsWith('host') ? 'host' : 'service'
    const stopped = truth === 'no' && !addressSets.isEmpty(door.sources.possible)
    verdicts.push({
      layer: stopped ? 'network-policy' : layer,
      allowed: truth,
      rule: `${door.resource.address} (${door.kind})`,
      resource: door.resource,
      origin: door.origin,
    })
    if (truth === 'yes') allowed = 'yes'
    else if (truth === 'maybe' && allowed === 'no') allowed = 'maybe'
  }
  if (verdicts.length === 0) {
    verdicts.push({
      layer: 'service',
      allowed: 'no',
      rule: 'no Service, Ingress or host port leads to it from outside',
    })
  }
  return { allowed, verdicts }
}
