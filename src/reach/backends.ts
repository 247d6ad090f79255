import { type Bounds, boundsOf, exactly } from '../algebra/bounds.ts'
import { hasClass, membersOf } from '../algebra/classes.ts'
import {
  ALL_PORTS,
  type ConnectionSet,
  connectionSet,
  NO_CONNECTIONS,
  type PortProtocol,
  portsOf,
} from '../algebra/connections.ts'
import { both, type Truth } from '../algebra/truth.ts'
import { matches } from '../model/kubernetes/labels.ts'
import type { Service, ServicePort } from '../model/kubernetes/service.ts'
import { resolvePortName } from './named-ports.ts'
import type { StateClasses } from './state-classes.ts'

/** A class of workloads that a Service leads to. */
export interface Backend {
  readonly subject: number
  /** Never `no`. */
  readonly selected: Truth
}

/** The workloads behind a Service; none for one without selector. Pods in the node's network belong to them too. */
export function backendsOfService(service: Service, classes: StateClasses): readonly Backend[] {
  const { selector } = service
  if (selector === undefined) return []
  const { universe } = classes
  const sets = boundsOf(universe.classSets)
  const pods = sets.intersect(exactly(classes.inNamespace(service.namespace)), classes.withLabels(selector))
  const backends: Backend[] = []
  for (const subject of membersOf(pods.possible)) {
    if (isWorkload(classes, subject))
      backends.push({ subject, selected: hasClass(pods.certain, subject) ? 'yes' : 'maybe' })
  }
  for (const subject of membersOf(classes.nodes.certain)) {
    const facts = classes.facts[subject]!
    if (!isWorkload(classes, subject) || facts.namespace !== service.namespace) continue
    const selected = matches(selector, facts.labels)
    if (selected !== 'no') backends.push({ subject, selected })
  }
  return backends
}

function isWorkload({ universe, facts }: StateClasses, subject: number): boolean {
  return universe.classes[subject]!.members[0]!.kind === 'workload' && facts[subject] !== undefined
}

/** The pod's ports behind one port of a Service: a name means in each pod what that pod says. */
export function targetPorts(port: ServicePort, backend: Backend, classes: StateClasses): Bounds<ConnectionSet> {
  const { protocol, targetPort } = port
  const target = targetBounds(protocol, targetPort, classes.facts[backend.subject]?.ports)
  return both(backend.selected, 'yes') === 'yes' ? target : { certain: NO_CONNECTIONS, possible: target.possible }
}

function targetBounds(
  protocol: PortProtocol,
  target: number | string | undefined,
  ports: Parameters<typeof resolvePortName>[0],
): Bounds<ConnectionSet> {
  if (target === undefined) return { certain: NO_CONNECTIONS, possible: portsOf(protocol, ALL_PORTS) }
  if (typeof target === 'number') return exactly(connectionSet(protocol, target, target))
  const { certain, possible } = resolvePortName(ports, protocol, target)
  return certain === possible
    ? exactly(portsOf(protocol, certain))
    : { certain: portsOf(protocol, certain), possible: portsOf(protocol, possible) }
}
