import { type ConnectionSet, connectionSets, NO_CONNECTIONS, singlePort } from '../../algebra/connections.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Reachability } from '../../reach/reachability.ts'
import { type JudgedEndpoint, judgedEndpoints } from './judged-endpoints.ts'
import { declaredPorts } from './open-ingress.ts'
import { isAdminName, sensitivePort } from './sensitive-ports.ts'

/** A workload that is no business of strangers, by the ports that it declares and by its name. */
export interface SensitiveWorkload {
  readonly endpoint: JudgedEndpoint
  /** The declared ports that make it so. */
  readonly connections: ConnectionSet
  /** `PostgreSQL (TCP 5432)`, `a console for administrators`. */
  readonly words: string
}

const known = new WeakMap<Reachability['ground'], readonly SensitiveWorkload[]>()

/** Data stores and consoles among the workloads of a state, in the order of the network. */
export function sensitiveWorkloads(view: StateView): readonly SensitiveWorkload[] {
  const { ground } = view.reach
  const made = known.get(ground)
  if (made !== undefined) return made
  const found = judgedEndpoints(view).flatMap((endpoint): readonly SensitiveWorkload[] => {
    const { workload } = endpoint
    if (workload === undefined || workload.ports.length === 0) return []
    const declared = declaredPorts(workload)
    const port = sensitivePort(declared)
    if (port !== undefined) {
      const connections = connectionSets.intersect(declared, singlePort('TCP', port.port))
      return [{ endpoint, connections, words: port.words }]
    }
    if (!isAdminName(workload.name) || connectionSets.equal(declared, NO_CONNECTIONS)) return []
    return [{ endpoint, connections: declared, words: 'a console for administrators' }]
  })
  known.set(ground, found)
  return found
}
