import {
  ALL_CONNECTIONS,
  ALL_PORTS,
  type ConnectionSet,
  connectionSet,
  connectionSets,
  NO_CONNECTIONS,
  PORT_PROTOCOLS,
  portsOf,
} from '../algebra/connections.ts'
import { interval } from '../algebra/intervals.ts'
import type { Value } from '../base/value.ts'

/**
 * Reads `443`, `443/TCP`, `8000-8100/UDP`, `any/TCP` or `any`; undefined where it is none of them.
 *
 * A port without protocol is TCP, as in Kubernetes. `any` is every packet, ICMP and other protocols included.
 */
export function parsePort(text: string): ConnectionSet | undefined {
  if (text === 'any') return EVERYTHING
  const match = /^(?:any|(\d{1,5})(?:-(\d{1,5}))?)(?:\/(TCP|UDP|SCTP))?$/i.exec(text)
  if (match === null) return undefined
  const protocol = PORT_PROTOCOLS.find((known) => known === (match[3] ?? 'TCP').toUpperCase())!
  if (match[1] === undefined) return portsOf(protocol, ALL_PORTS)
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  return first < 1 || last > 65535 || first > last ? undefined : connectionSet(protocol, first, last)
}

/** The union of all; undefined, which is every connection, for an empty list. */
function parsePorts(texts: readonly string[]): ConnectionSet | undefined {
  const sets = texts.map((text) => parsePort(text) ?? NO_CONNECTIONS)
  return sets.length === 0 ? undefined : sets.reduce((a, b) => connectionSets.union(a, b))
}

/** ICMP holds `type · 256 + code`, the other protocols have numbers of one byte. */
const EVERYTHING: ConnectionSet = { ...ALL_CONNECTIONS, ICMP: interval(0, 65536), other: interval(0, 256) }

/** What a `ports` list of the configuration names; undefined, which is every connection, where there is none. */
export function toConnections(value: Value | undefined): ConnectionSet | undefined {
  if (value?.kind !== 'list') return undefined
  return parsePorts(value.items.map((item) => (item.kind === 'scalar' ? String(item.value) : '')))
}
