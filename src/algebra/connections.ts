import {
  coversIntervals,
  equalIntervals,
  hasNumber,
  type Intervals,
  intersectIntervals,
  interval,
  subtractIntervals,
  toPairs,
  unionIntervals,
} from './intervals.ts'
import type { SetAlgebra } from './set-algebra.ts'

/** Transport protocols with ports, which NetworkPolicy knows; in the byte order in which they are printed. */
export const PORT_PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const
export type PortProtocol = (typeof PORT_PROTOCOLS)[number]

/**
 * Protocol and port ranges.
 *
 * `ICMP` holds `type · 256 + code`; `other` holds numbers of IP protocols besides the named ones. NetworkPolicy v1 says nothing
 * of either, so its layers leave them empty; layers that define them (NSG, Cilium, Calico) fill them.
 */
export interface ConnectionSet {
  /** Destination ports, within 1–65535. */
  readonly TCP: Intervals
  readonly UDP: Intervals
  readonly SCTP: Intervals
  readonly ICMP: Intervals
  readonly other: Intervals
}

export const CONNECTION_FIELDS = ['SCTP', 'TCP', 'UDP', 'ICMP', 'other'] as const
const NO_NUMBERS: Intervals = []
/** Every port that can be addressed: 0 is reserved. */
export const ALL_PORTS: Intervals = interval(1, 65536)

export const NO_CONNECTIONS: ConnectionSet = {
  TCP: NO_NUMBERS,
  UDP: NO_NUMBERS,
  SCTP: NO_NUMBERS,
  ICMP: NO_NUMBERS,
  other: NO_NUMBERS,
}

/** Every port of TCP, UDP and SCTP: what an absent `ports` list of a NetworkPolicy stands for, as far as its API says. */
export const ALL_CONNECTIONS: ConnectionSet = { ...NO_CONNECTIONS, TCP: ALL_PORTS, UDP: ALL_PORTS, SCTP: ALL_PORTS }

/** Ports `first` to `last`, both included, of one protocol. */
export function connectionSet(
  protocol: PortProtocol,
  first = 1,
  last: number = first === 1 ? 65535 : first,
): ConnectionSet {
  return { ...NO_CONNECTIONS, [protocol]: intersectIntervals(ALL_PORTS, interval(first, last + 1)) }
}

/** One port of one protocol. */
export function singlePort(protocol: PortProtocol, port: number): ConnectionSet {
  return { ...NO_CONNECTIONS, [protocol]: interval(port, port + 1) }
}

/** Those ports of one protocol. */
export function portsOf(protocol: PortProtocol, ports: Intervals): ConnectionSet {
  return { ...NO_CONNECTIONS, [protocol]: ports }
}

function combine(
  a: ConnectionSet,
  b: ConnectionSet,
  operation: (a: Intervals, b: Intervals) => Intervals,
): ConnectionSet {
  const TCP = operation(a.TCP, b.TCP)
  const UDP = operation(a.UDP, b.UDP)
  const SCTP = operation(a.SCTP, b.SCTP)
  const ICMP = operation(a.ICMP, b.ICMP)
  const other = operation(a.other, b.other)
  const empty = TCP.length + UDP.length + SCTP.length + ICMP.length + other.length === 0
  return empty ? NO_CONNECTIONS : { TCP, UDP, SCTP, ICMP, other }
}

export const connectionSets: SetAlgebra<ConnectionSet> = {
  empty: NO_CONNECTIONS,
  union: (a, b) => (a === b || b === NO_CONNECTIONS ? a : a === NO_CONNECTIONS ? b : combine(a, b, unionIntervals)),
  intersect: (a, b) =>
    a === b || a === NO_CONNECTIONS ? a : b === NO_CONNECTIONS ? b : combine(a, b, intersectIntervals),
  subtract: (a, b) => (a === b ? NO_CONNECTIONS : b === NO_CONNECTIONS ? a : combine(a, b, subtractIntervals)),
  isEmpty: (a) =>
    a === NO_CONNECTIONS || a.TCP.length + a.UDP.length + a.SCTP.length + a.ICMP.length + a.other.length === 0,
  equal: (a, b) => a === b || CONNECTION_FIELDS.every((field) => equalIntervals(a[field], b[field])),
  covers: (a, b) => a === b || CONNECTION_FIELDS.every((field) => coversIntervals(a[field], b[field])),
}

/** True where a packet to that port is in the set. */
export function hasPort(set: ConnectionSet, protocol: PortProtocol, port: number): boolean {
  return hasNumber(set[protocol], port)
}

/** A port of the set to show to people: a well-known one where there is one, else the lowest; undefined where it has no ports. */
export function samplePort(set: ConnectionSet): { readonly protocol: PortProtocol; readonly port: number } | undefined {
  for (const protocol of ['TCP', 'UDP', 'SCTP'] as const) {
    const ports = set[protocol]
    if (ports.length === 0) continue
    return { protocol, port: FAMILIAR_PORTS.find((port) => hasNumber(ports, port)) ?? ports[0]! }
  }
  return undefined
}

/** Ports that a reader knows, in the order of preference for examples. Source: IANA service names and port numbers. */
const FAMILIAR_PORTS = [443, 80, 8080, 53, 22]

/** A text that is equal for equal sets and different for others. */
export function connectionKey(set: ConnectionSet): string {
  return `${set.SCTP.join()};${set.TCP.join()};${set.UDP.join()};${set.ICMP.join()};${set.other.join()}`
}

/**
 * As people read it: `TCP 80,443, UDP 53`, `all connections`, and `''` for nothing.
 *
 * Protocols in the order TCP, UDP, SCTP, ICMP, other; a whole protocol stands without ports.
 */
export function printConnections(set: ConnectionSet): string {
  if (connectionSets.isEmpty(set)) return ''
  const parts: string[] = []
  if (connectionSets.covers(set, ALL_CONNECTIONS)) parts.push('all connections')
  else {
    for (const protocol of ['TCP', 'UDP', 'SCTP'] as const) {
      if (set[protocol].length === 0) continue
      parts.push(equalIntervals(set[protocol], ALL_PORTS) ? protocol : `${protocol} ${printPorts(set[protocol])}`)
    }
  }
  if (set.ICMP.length > 0) parts.push('ICMP')
  if (set.other.length > 0) parts.push('other protocols')
  return parts.join(', ')
}

/** `80,8000-8010`. */
export function printPorts(ports: Intervals): string {
  return toPairs(ports)
    .map(([first, end]) => (end === first + 1 ? `${first}` : `${first}-${end - 1}`))
    .join(',')
}
