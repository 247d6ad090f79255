import { hasPort, PORT_PROTOCOLS, type PortProtocol } from '../../algebra/connections.ts'
import type { Direction } from '../../model/kubernetes/network-policy.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { NamedConnections } from './connection-text.ts'
import type { Line, LineEnd } from './connectivity.ts'
import { NpGuardFailure, type NpGuardState } from './input.ts'

/** Flags that narrow the output of `list`; they change nothing about what is allowed. */
export interface FocusOptions {
  /** `name`, `namespace/name` or `ingress-controller`. */
  readonly focusWorkloads: readonly string[]
  readonly focusPeers: readonly string[]
  readonly focusDirection?: string
  /** `tcp-80`. */
  readonly focusConnection?: string
}

export const NO_FOCUS: FocusOptions = { focusWorkloads: [], focusPeers: [] }

/** The flags after they were checked against the state. */
export interface Focus {
  readonly hasLine: (line: Line) => boolean
  readonly hasWorkload: (workload: Workload, direction?: Direction) => boolean
  readonly connection: { readonly protocol: PortProtocol; readonly port: number } | undefined
  readonly messages: readonly string[]
}

/** Throws {@link NpGuardFailure} for a flag with a wrong value; a workload that is not there is only a message. */
export function readFocus(options: FocusOptions, { network }: NpGuardState): Focus {
  const { focusDirection: direction } = options
  if (direction !== undefined && direction !== 'ingress' && direction !== 'egress') {
    throw new NpGuardFailure(`--focus-direction must be ingress or egress, not ${direction}`)
  }
  const connection = readConnection(options.focusConnection)
  const messages: string[] = []
  for (const name of [...options.focusWorkloads, ...options.focusPeers]) {
    const known =
      name === 'ingress-controller'
        ? network.ingresses.length > 0
        : network.workloads.some((workload) => isCalled(workload, name))
    if (!known) messages.push(`workload ${name} is not in the input`)
  }
  if (options.focusWorkloads.length === 0 && (direction !== undefined || options.focusPeers.length > 0)) {
    messages.push('--focus-direction and --focusworkload-peer have a meaning only with --focusworkload')
  }
  const inFocus = (end: LineEnd, names: readonly string[]) => names.some((name) => isEnd(end, name))
  const meets = (end: LineEnd, other: LineEnd) =>
    inFocus(end, options.focusWorkloads) && (options.focusPeers.length === 0 || inFocus(other, options.focusPeers))
  return {
    messages,
    connection,
    hasLine({ from, to, connections }) {
      if (connection !== undefined && !hasPort(connections, connection.protocol, connection.port)) return false
      if (options.focusWorkloads.length === 0) return true
      return (direction !== 'ingress' && meets(from, to)) || (direction !== 'egress' && meets(to, from))
    },
    hasWorkload(workload, towards) {
      if (options.focusWorkloads.length === 0) return true
      if (towards !== undefined && direction !== undefined && direction !== towards) return false
      return options.focusWorkloads.some((name) => isCalled(workload, name))
    },
  }
}

function readConnection(text: string | undefined): Focus['connection'] {
  if (text === undefined) return undefined
  const [name, number] = text.split('-', 2)
  const protocol = PORT_PROTOCOLS.find((each) => each === name?.toUpperCase())
  const port = Number(number)
  if (protocol === undefined || !/^\d{1,5}$/.test(number ?? '') || port < 1 || port > 65535) {
    throw new NpGuardFailure(`--focus-conn is a protocol and a port as tcp-80, not ${text}`)
  }
  return { protocol, port }
}

function isEnd(end: LineEnd, name: string): boolean {
  if (end.kind === 'ingress-controller') return name === 'ingress-controller'
  return end.kind === 'workload' && isCalled(end.workload, name)
}

function isCalled({ namespace, name }: Workload, wanted: string): boolean {
  return wanted === name || wanted === `${namespace}/${name}`
}

/** Whether connections hold the one in focus; everything does where none is. */
export function isInFocus({ connection }: Focus, { numbers }: NamedConnections): boolean {
  return connection === undefined || hasPort(numbers, connection.protocol, connection.port)
}
