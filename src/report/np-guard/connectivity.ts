import { membersOf } from '../../algebra/classes.ts'
import { type ConnectionSet, connectionSets, singlePort } from '../../algebra/connections.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import type { Region } from '../../algebra/regions.ts'
import { knownLabels } from '../../model/kubernetes/labels.ts'
import { NAMESPACE_NAME_LABEL } from '../../model/kubernetes/namespace.ts'
import type { Direction } from '../../model/kubernetes/network-policy.ts'
import { backendsOf } from '../../model/kubernetes/read-ingress.ts'
import { EVERYTHING } from '../../model/kubernetes/selector.ts'
import type { ServicePort } from '../../model/kubernetes/service.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { backendsOfService } from '../../reach/backends.ts'
import { hypothetical, namedSelector } from '../../reach/hypothetical.ts'
import type { PacketEnd } from '../../reach/layer.ts'
import { portsOfBackend } from '../../reach/layers/ingress.ts'
import type { PeerSet } from '../../reach/peers.ts'
import type { NpGuardState } from './input.ts'
import { type AddressRange, addressCuts, rangesBetween } from './partition.ts'

/** One end of a line: a workload, a range of addresses, or any ingress controller. */
export type LineEnd =
  | { readonly kind: 'workload'; readonly workload: Workload }
  | { readonly kind: 'range'; readonly range: AddressRange }
  | { readonly kind: 'ingress-controller' }

export interface Line {
  readonly from: LineEnd
  readonly to: LineEnd
  readonly connections: ConnectionSet
}

/** Where addresses are cut: borders besides those of the state's own policies, for a comparison with another state. */
export interface Cuts {
  readonly sources: ReadonlySet<number>
  readonly destinations: ReadonlySet<number>
}

export function cutsOf({ network }: NpGuardState): Cuts {
  return { sources: addressCuts(network, 'ingress'), destinations: addressCuts(network, 'egress') }
}

/** Every allowed connection of workloads with each other and with ranges of addresses. None of a workload with itself. */
export function connectivity(state: NpGuardState, cuts: Cuts = cutsOf(state)): readonly Line[] {
  return [...betweenWorkloads(state), ...withAddresses(state, 'egress', cuts), ...withAddresses(state, 'ingress', cuts)]
}

function betweenWorkloads({ reach }: NpGuardState): readonly Line[] {
  const { universe, classes } = reach
  const members = universe.classes.map((each) =>
    each.members.flatMap((member) => (member.kind === 'workload' ? (classes.workload(member.id) ?? []) : [])),
  )
  const lines: Line[] = []
  const found = new Map<number, Map<number, ConnectionSet>>()
  for (const { from, to, connections, certain } of reach.connections()) {
    if (!certain) continue
    const targets = membersOf(to.classes)
    for (const source of membersOf(from.classes)) {
      let row = found.get(source)
      if (row === undefined) {
        row = new Map()
        found.set(source, row)
      }
      for (const target of targets) {
        const before = row.get(target)
        row.set(target, before === undefined ? connections : connectionSets.union(before, connections))
      }
    }
  }
  for (const [source, row] of found) {
    for (const [target, connections] of row) {
      for (const from of members[source]!) {
        for (const to of members[target]!) {
          if (from === to) continue
          lines.push({
            from: { kind: 'workload', workload: from },
            to: { kind: 'workload', workload: to },
            connections,
          })
        }
      }
    }
  }
  return lines
}

function withAddresses({ network, reach }: NpGuardState, direction: Direction, cuts: Cuts): readonly Line[] {
  const ranges = rangesBetween(direction === 'egress' ? cuts.destinations : cuts.sources)
  const lines: Line[] = []
  for (const workload of network.workloads) {
    const region = reach.own(reach.universe.classOf.get(workload.id)!, direction).certain
    const end: LineEnd = { kind: 'workload', workload }
    for (const range of ranges) {
      const connections = connectionsOf(region, range)
      if (connectionSets.isEmpty(connections)) continue
      const other: LineEnd = { kind: 'range', range }
      lines.push(direction === 'egress' ? { from: end, to: other, connections } : { from: other, to: end, connections })
    }
  }
  return lines
}

function connectionsOf(region: Region<PeerSet>, { first }: AddressRange): ConnectionSet {
  let connections = connectionSets.empty
  for (const part of region) {
    if (hasNumber(part.peers.addresses.v4, first)) connections = connectionSets.union(connections, part.connections)
  }
  return connections
}

/** Stands for the pods of any ingress controller: without labels, in a namespace that has nothing but its name. */
const CONTROLLER_NAMESPACE = 'ingress-controller-ns'
const CONTROLLER: PacketEnd = {
  kind: 'endpoint',
  endpoint: hypothetical(CONTROLLER_NAMESPACE, namedSelector(CONTROLLER_NAMESPACE), EVERYTHING),
  facts: {
    namespace: CONTROLLER_NAMESPACE,
    namespaceLabels: knownLabels([[NAMESPACE_NAME_LABEL, CONTROLLER_NAMESPACE]]),
    labels: knownLabels([]),
    ports: [],
    hostNetwork: 'no',
    workload: undefined,
  },
}

/** What Ingress and Route objects lead to, as far as the policies of the pods let it in. */
export function ingressConnectivity({ network, reach }: NpGuardState): readonly Line[] {
  const services = new Map(network.services.map((service) => [`${service.namespace}/${service.name}`, service]))
  const wanted = new Map<number, Set<number>>()
  for (const ingress of network.ingresses) {
    for (const backend of backendsOf(ingress)) {
      const service = services.get(`${ingress.namespace}/${backend.service}`)
      if (service === undefined) continue
      for (const { subject, selected } of backendsOfService(service, reach.classes)) {
        if (selected !== 'yes') continue
        const ports = wanted.get(subject) ?? new Set()
        wanted.set(subject, ports)
        for (const port of portsOfBackend(backend, service)) {
          for (const member of reach.universe.classes[subject]!.members) {
            const workload = reach.classes.workload(member.id)
            const number = workload && declaredPort(port, workload)
            if (number !== undefined) ports.add(number)
          }
        }
      }
    }
  }
  const lines: Line[] = []
  for (const workload of network.workloads) {
    const subject = reach.universe.classOf.get(workload.id)!
    const endpoint = reach.universe.classes[subject]!.members.find((member) => member.id === workload.id)!
    const end: PacketEnd = { kind: 'endpoint', endpoint, facts: { ...reach.classes.facts[subject]!, workload } }
    let connections = connectionSets.empty
    for (const port of wanted.get(subject) ?? []) {
      if (!isDeclared(workload, port)) continue
      const { allowed } = reach.explain({ from: CONTROLLER, to: end, protocol: 'TCP', port })
      if (allowed === 'yes') connections = connectionSets.union(connections, singlePort('TCP', port))
    }
    if (connectionSets.isEmpty(connections)) continue
    lines.push({ from: { kind: 'ingress-controller' }, to: { kind: 'workload', workload }, connections })
  }
  return lines
}

/** The container port behind a port of a Service, which the pod must declare, whatever protocol it declares it for. */
function declaredPort({ targetPort }: ServicePort, workload: Workload): number | undefined {
  if (typeof targetPort === 'number') return isDeclared(workload, targetPort) ? targetPort : undefined
  return workload.ports.find((port) => port.name === targetPort && port.protocol === 'TCP')?.port
}

function isDeclared(workload: Workload, number: number): boolean {
  return workload.kind.startsWith('VirtualMachine') || workload.ports.some(({ port, init }) => port === number && !init)
}
