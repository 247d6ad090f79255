import {
  ALL_CONNECTIONS,
  ALL_PORTS,
  type ConnectionSet,
  connectionSets,
  PORT_PROTOCOLS,
  printPorts,
} from '../../algebra/connections.ts'
import { equalIntervals } from '../../algebra/intervals.ts'
import { byCodeUnit } from '../../base/order.ts'

/** Connections and, by protocol, port names that no pod resolves. The protocol is `''` where a name brings its own. */
export interface NamedConnections {
  readonly numbers: ConnectionSet
  readonly names: ReadonlyMap<string, ReadonlySet<string>>
}

const NO_NAMES: NamedConnections['names'] = new Map()

export function numbered(numbers: ConnectionSet): NamedConnections {
  return { numbers, names: NO_NAMES }
}

export const NOTHING: NamedConnections = numbered(connectionSets.empty)

export function unionNamed(a: NamedConnections, b: NamedConnections): NamedConnections {
  const numbers = connectionSets.union(a.numbers, b.numbers)
  if (b.names.size === 0) return { numbers, names: a.names }
  const names = new Map(a.names)
  for (const [protocol, more] of b.names) names.set(protocol, new Set([...(names.get(protocol) ?? []), ...more]))
  return { numbers, names }
}

export function isNothing({ numbers, names }: NamedConnections): boolean {
  return names.size === 0 && connectionSets.isEmpty(numbers)
}

/** `All Connections`, `No Connections`, or protocols in byte order with their ports: `TCP 80-81,443,UDP 53`. */
export function printNpGuard({ numbers, names }: NamedConnections): string {
  if (connectionSets.covers(numbers, ALL_CONNECTIONS)) return 'All Connections'
  const parts: string[] = []
  for (const protocol of ['', ...PORT_PROTOCOLS] as const) {
    const ports = protocol === '' ? [] : numbers[protocol]
    const whole = equalIntervals(ports, ALL_PORTS)
    const ownNames = whole ? [] : [...(names.get(protocol) ?? [])].sort(byCodeUnit)
    const texts = [...(ports.length === 0 ? [] : [printPorts(ports)]), ...ownNames]
    if (texts.length > 0) parts.push(`${protocol} ${texts.join(',')}`)
  }
  return parts.length === 0 ? 'No Connections' : parts.join(',')
}
