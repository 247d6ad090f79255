import type { Card } from './cards.ts'
import type { Service } from './cluster-state.ts'
import type { NsgRule, State } from './state.ts'

/** The NSG that AKS keeps on the cards of its nodes: rules for Services (§6.3) and for allowed host ports (§5.3). */
export function aksRules(state: State, node: Card): readonly NsgRule[] {
  const priorityOf = (() => {
    let priority = 500
    return () => priority++
  })()
  return [
    ...state.services
      .filter(({ kind }) => kind !== 'cluster')
      .flatMap((service) => serviceRules(service, node, priorityOf)),
    ...hostPorts(state, node).map((port) => allow(priorityOf(), ['Internet'], ['*'], port)),
  ]
}

function serviceRules(service: Service, node: Card, priorityOf: () => number): readonly NsgRule[] {
  const ranges = [...service.sourceRanges, ...service.allowedRanges]
  // "0.0.0.0/0 → internet", besides the ranges themselves.
  const isOpen = ranges.includes('0.0.0.0/0') || (ranges.length === 0 && service.kind === 'public')
  const sources = isOpen ? ['Internet', ...ranges] : ranges
  const frontend =
    service.nodePort !== undefined
      ? node.subnet.prefix
      : (service.address ?? `frontend of ${service.namespace}-${service.name}`)
  const port = service.nodePort ?? service.port
  return [
    ...(sources.length > 0 ? [allow(priorityOf(), sources, [frontend], port)] : []),
    ...(service.denyOthers && ranges.length > 0
      ? [{ ...allow(4095, ['*'], [frontend], port), access: 'Deny' as const }]
      : []),
  ]
}

/** Those of a pool in application security groups are for these alone, those of any other pool for the whole cluster. */
function hostPorts({ cluster }: State, { pool }: Card): readonly number[] {
  return cluster.pools
    .filter((one) => one === pool || one.groups.length === 0)
    .flatMap(({ allowedHostPorts }) => allowedHostPorts)
}

function allow(priority: number, sources: readonly string[], destinations: readonly string[], port: number): NsgRule {
  return {
    direction: 'Inbound',
    priority,
    access: 'Allow',
    protocol: 'Tcp',
    sources,
    destinations,
    ports: [`${port}`],
  }
}
