import type { PortProtocol } from '../algebra/connections.ts'
import { both, either, not, type Truth } from '../algebra/truth.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { Judgement, PacketEnd, Path, PolicyLayer, PolicyPacket, PolicySubject, Verdict } from './layer.ts'

/** The first packet of one connection. */
export interface Packet {
  readonly from: PacketEnd
  readonly to: PacketEnd
  readonly protocol: PortProtocol
  /** Of the destination pod, after service translation. */
  readonly port: number
}

/**
 * Walks one packet through the layers of the sender's side and then of the receiver's, the plain way.
 *
 * A pod always reaches itself. An address has no layers of its own.
 */
export function explainPacket(layers: readonly PolicyLayer[], { from, to, protocol, port }: Packet): Path {
  if (from.kind === 'endpoint' && to.kind === 'endpoint' && from.endpoint.id === to.endpoint.id && isOnePod(from)) {
    const rule = 'a pod cannot be kept from reaching itself'
    return { allowed: 'yes', verdicts: [{ layer: 'network-policy', allowed: 'yes', rule }] }
  }
  const sent = walk(layers, from, 'egress', { peer: to, protocol, port })
  const got = walk(layers, to, 'ingress', { peer: from, protocol, port })
  return { allowed: both(sent.allowed, got.allowed), verdicts: [...sent.verdicts, ...got.verdicts] }
}

/** Pods of a controller may be several, and then one may be kept from another. */
function isOnePod({ facts }: PolicySubject): boolean {
  return facts.workload?.kind === 'Pod'
}

/** Each layer's verdict at one end. What all layers leave is allowed. */
function walk(layers: readonly PolicyLayer[], end: PacketEnd, direction: Direction, packet: PolicyPacket): Path {
  if (end.kind === 'address') return { allowed: 'yes', verdicts: [] }
  const judged = layers.map((layer) => ({ layer, judgement: layer.judge(end, direction, packet) }))
  const allowed = judged.reduceRight<Truth>(
    (rest, { judgement }) => both(either(judgement.allow, rest), not(judgement.deny)),
    'yes',
  )
  const verdicts: Verdict[] = []
  for (const { layer, judgement } of judged) {
    verdicts.push(toVerdict(layer, judgement))
    if (judgement.allow === 'yes' || judgement.deny === 'yes') break
  }
  return { allowed, verdicts }
}

function toVerdict(layer: PolicyLayer, { allow, deny, rule, resource, origin }: Judgement): Verdict {
  const allowed: Truth = deny === 'yes' ? 'no' : deny === 'no' ? 'yes' : 'maybe'
  return {
    layer: layer.name,
    allowed: allow === 'yes' ? 'yes' : allowed,
    rule,
    ...(resource === undefined ? {} : { resource }),
    ...(origin === undefined ? {} : { origin }),
  }
}
