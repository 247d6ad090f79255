import { type Flow, flowPorts, listFlows, wayWords } from './flows.ts'
import type { ReviewReport } from './review-report.ts'

/** What a drawing shows, whatever draws it. */
export interface Graph {
  readonly edges: readonly GraphEdge[]
  /** Edges that were left out to stay within a limit. */
  readonly left: number
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  /** The connection string. */
  readonly label: string
  readonly kind: Flow['change'] | 'plain'
  /** False where an unknown decides whether it is so. */
  readonly certain: boolean
}

/** What a review changes, the most severe first. */
export function graphOfChanges(report: ReviewReport, maxEdges: number): Graph {
  return graphOfFlows(listFlows(report), maxEdges)
}

export function graphOfFlows(flows: readonly Flow[], maxEdges: number): Graph {
  const edges = flows.slice(0, maxEdges).map(
    (flow): GraphEdge => ({
      from: flow.connection.from,
      to: flow.connection.to,
      label: edgeLabel(flow),
      kind: flow.change,
      certain: flow.connection.certain,
    }),
  )
  return { edges, left: flows.length - edges.length }
}

/** Short, so that the labels of neighbours do not cover each other: of the way only what is the whole news. */
function edgeLabel(flow: Flow): string {
  const { via, before, after } = flow.connection
  if (via === undefined) return flowPorts(flow)
  const { via: _, ...connection } = flow.connection
  return before === after ? wayWords(via) : flowPorts({ ...flow, connection })
}

/** Allowed connections, in the order given. */
export function graphOfConnections(
  connections: readonly {
    readonly from: string
    readonly to: string
    readonly connection: string
    readonly certain?: boolean
  }[],
  maxEdges: number,
): Graph {
  const edges = connections.slice(0, maxEdges).map(
    ({ from, to, connection, certain }): GraphEdge => ({
      from,
      to,
      label: connection,
      kind: 'plain',
      certain: certain ?? true,
    }),
  )
  return { edges, left: connections.length - edges.length }
}

/** The peers of a graph in order of appearance, each with the id that drawings use: `n1`, `n2` … */
export function numberPeers(edges: readonly GraphEdge[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  for (const { from, to } of edges) {
    for (const peer of [from, to]) if (!ids.has(peer)) ids.set(peer, `n${ids.size + 1}`)
  }
  return ids
}

/** What an edge says: `NEW TCP 80`, `GONE TCP 8080`, `TCP 80?` where it is not certain. */
export function edgeWords(edge: GraphEdge): string {
  const ports = edge.certain || /\bperhaps\b/.test(edge.label) ? edge.label : `${edge.label}?`
  return edge.kind === 'plain' ? ports : `${edge.kind.toUpperCase()} ${ports}`
}
