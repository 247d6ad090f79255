import { parseAddress, printAddress } from '../../algebra/addresses.ts'
import { PORT_PROTOCOLS } from '../../algebra/connections.ts'
import { findPeer } from '../../reach/find-peer.ts'
import type { PacketEnd } from '../../reach/layer.ts'
import { buildNpGuardState, NpGuardFailure, type NpGuardInput, type NpGuardState } from './input.ts'
import { type NpGuardResult, toResult } from './result.ts'

/** One end of a question: a pod (or a workload, by its name) or an address. */
export type NpGuardEnd = { readonly ip: string } | { readonly pod: string; readonly namespace: string }

export interface NpGuardQuestion {
  readonly source: NpGuardEnd | undefined
  readonly destination: NpGuardEnd | undefined
  /** `tcp`, `udp` or `sctp`, in any case. */
  readonly protocol: string
  readonly port: number | undefined
}

/** `eval` in np-guard's text format: one line that ends in `true` or `false`. Each pod counts by its own labels. */
export function evaluateNpGuard(input: NpGuardInput, question: NpGuardQuestion): NpGuardResult {
  return toResult(() => {
    const protocol = PORT_PROTOCOLS.find((name) => name === question.protocol.toUpperCase())
    const { port } = question
    if (protocol === undefined) throw new NpGuardFailure(`a protocol is tcp, udp or sctp, not ${question.protocol}`)
    if (port === undefined || port < 1 || port > 65535)
      throw new NpGuardFailure('a destination port from 1 to 65535 is needed')
    const state = buildNpGuardState(input, 'apart')
    const from = endOf(question.source, 'source', state)
    const to = endOf(question.destination, 'destination', state)
    const isSame = from.kind === 'endpoint' && to.kind === 'endpoint' && from.endpoint.id === to.endpoint.id
    const allowed = isSame || state.reach.explain({ from, to, protocol, port }).allowed === 'yes'
    const text = `${printAsked(question.source!)} => ${printAsked(question.destination!)} over ${protocol.toLowerCase()}/${port}: ${allowed}`
    return { output: [text], messages: state.messages }
  })
}

function endOf(end: NpGuardEnd | undefined, side: string, { reach }: NpGuardState): PacketEnd {
  if (end === undefined) throw new NpGuardFailure(`the ${side} is missing`)
  if ('ip' in end) {
    const address = parseAddress(end.ip)
    if (address === undefined) throw new NpGuardFailure(`${end.ip} is no address`)
    return { kind: 'address', address: printAddress(address) }
  }
  const found = findPeer(reach, `${end.namespace}/${end.pod}`)
  if (found?.kind !== 'endpoint') throw new NpGuardFailure(`no pod ${end.pod} in namespace ${end.namespace}`)
  return found.end
}

function printAsked(end: NpGuardEnd): string {
  return 'ip' in end ? end.ip : `${end.namespace}/${end.pod}`
}
