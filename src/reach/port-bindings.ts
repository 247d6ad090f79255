import { type Bounds, exactly, isExact } from '../algebra/bounds.ts'
import { type ClassSet, membersOf } from '../algebra/classes.ts'
import { type ConnectionSet, connectionSets, type PortProtocol, portsOf } from '../algebra/connections.ts'
import { portNameKey, resolvePortName } from './named-ports.ts'
import type { StateClasses } from './state-classes.ts'

/** What port names mean in the pods of a state. */
export interface PortBindings {
  /** In the pods of one class. */
  of(subject: number, protocol: PortProtocol, name: string): Bounds<ConnectionSet>
  /** Classes by what the name means in them; those that do not know it are left out, and no address knows any. */
  pods(protocol: PortProtocol, name: string): readonly BoundPods[]
}

export interface BoundPods {
  readonly pods: ClassSet
  readonly connections: Bounds<ConnectionSet>
}

export function portBindings(classes: StateClasses): PortBindings {
  const known = new Map<string, readonly BoundPods[]>()
  const bindings: PortBindings = {
    of(subject, protocol, name) {
      const ports = resolvePortName(classes.facts[subject]?.ports, protocol, name)
      if (isExact(ports)) return exactly(portsOf(protocol, ports.certain))
      return { certain: portsOf(protocol, ports.certain), possible: portsOf(protocol, ports.possible) }
    },
    pods(protocol, name) {
      const key = portNameKey(protocol, name)
      const made = known.get(key)
      if (made !== undefined) return made
      const byBinding = new Map<string, { readonly subjects: number[]; readonly connections: Bounds<ConnectionSet> }>()
      for (const subject of membersOf(classes.pods.possible)) {
        const connections = bindings.of(subject, protocol, name)
        if (connectionSets.isEmpty(connections.possible)) continue
        const text = `${connections.certain[protocol].join()};${connections.possible[protocol].join()}`
        const same = byBinding.get(text)
        if (same === undefined) byBinding.set(text, { subjects: [subject], connections })
        else same.subjects.push(subject)
      }
      const { classSets } = classes.universe
      const result = [...byBinding.values()].map(({ subjects, connections }) => ({
        pods: classSets.of(subjects),
        connections,
      }))
      known.set(key, result)
      return result
    },
  }
  return bindings
}
