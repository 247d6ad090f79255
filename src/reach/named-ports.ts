import type { Bounds } from '../algebra/bounds.ts'
import { exactly } from '../algebra/bounds.ts'
import { ALL_PORTS, PORT_PROTOCOLS, type PortProtocol } from '../algebra/connections.ts'
import { type Intervals, toIntervals } from '../algebra/intervals.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import { DIRECTIONS, type PolicyRule } from '../model/kubernetes/network-policy.ts'
import type { ContainerPort } from '../model/kubernetes/workload.ts'

/**
 * The numbers that a port name has in one pod: name and protocol must both agree.
 *
 * Ports of plain init containers count for some engines and not for others, and a pod that is not in the tree may bind any.
 */
export function resolvePortName(
  ports: readonly ContainerPort[] | undefined,
  protocol: PortProtocol,
  name: string,
): Bounds<Intervals> {
  if (ports === undefined) return { certain: [], possible: ALL_PORTS }
  const named = ports.filter((port) => port.name === name && port.protocol === protocol)
  if (named.length === 0) return NOTHING
  if (named.some((port) => port.port === undefined)) return { certain: [], possible: ALL_PORTS }
  const numbers = (of: readonly ContainerPort[]) => toIntervals(of.map(({ port }) => [port!, port! + 1] as const))
  const certain = numbers(named.filter((port) => !port.init))
  const possible = numbers(named)
  return possible.length === certain.length ? exactly(certain) : { certain, possible }
}

const NOTHING = exactly<Intervals>([])

/** Protocol and name of every named port that some policy rule uses, as {@link portNameKey} writes them. */
export function usedPortNames(networks: readonly KubernetesNetwork[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const network of networks) {
    for (const policy of network.policies) {
      for (const direction of DIRECTIONS) for (const rule of policy.rules[direction]) addNames(rule, names)
    }
    for (const { rules } of network.adminPolicies) {
      for (const port of DIRECTIONS.flatMap((direction) => rules[direction]).flatMap((rule) => rule.ports ?? [])) {
        if (port.kind === 'named') for (const protocol of PORT_PROTOCOLS) names.add(portNameKey(protocol, port.name))
      }
    }
  }
  return names
}

function addNames(rule: PolicyRule, names: Set<string>): void {
  for (const port of rule.ports ?? []) if (port.kind === 'named') names.add(portNameKey(port.protocol, port.name))
}

export function portNameKey(protocol: PortProtocol, name: string): string {
  return `${protocol} ${name}`
}

/** A text that is equal for pods in which the used names mean the same. */
export function bindingsKey(ports: readonly ContainerPort[] | undefined, used: ReadonlySet<string>): string {
  if (ports === undefined) return '?'
  if (used.size === 0) return ''
  const bound = new Set<string>()
  for (const { name, protocol, port, init } of ports) {
    if (name !== undefined && used.has(portNameKey(protocol, name))) {
      bound.add(`${portNameKey(protocol, name)}=${port ?? '?'}${init ? '?' : ''}`)
    }
  }
  return [...bound].sort().join(',')
}
