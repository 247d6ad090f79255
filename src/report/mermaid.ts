import { escapeMermaidLabel } from '../base/escape.ts'
import { edgeWords, type Graph, type GraphEdge, numberPeers } from './graph.ts'
import { peerWords } from './words.ts'

/**
 * Both are fixed on GitHub, a diagram cannot raise them; 501 edges fail.
 * Source: mermaid packages/mermaid/src/schemas/config.schema.yaml (`maxTextSize`, `maxEdges`, in `secure`)
 */
export const MERMAID_MAX_EDGES = 500
export const MERMAID_MAX_TEXT = 50_000

/**
 * A flowchart; `''` where there is nothing to draw. Edges beyond Mermaid's limits are left out from the end, and the last node says how
 * many.
 */
export function toMermaid(graph: Graph): string {
  if (graph.edges.length === 0) return ''
  const ids = numberPeers(graph.edges)
  const lines = ['flowchart LR']
  const drawn = new Set<string>()
  const node = (peer: string): string => {
    const id = ids.get(peer)!
    if (drawn.has(peer)) return id
    drawn.add(peer)
    const label = `"${escapeMermaidLabel(peerWords(peer))}"`
    if (peer === 'internet') return `${id}((${label}))`
    return OUTSIDE.test(peer) ? `${id}([${label}])` : `${id}[${label}]`
  }
  const edges = graph.edges.slice(0, MERMAID_MAX_EDGES)
  const draw = hasCrossings(graph.edges) ? throughLabels(edges) : withLabel
  let length = lines[0]!.length + REST_ROOM
  let shown = 0
  for (const edge of edges) {
    const before = new Set(drawn)
    const drawing = draw(edge, node)
    length += drawing.reduce((sum, row) => sum + row.length + INDENT.length + 1, 0)
    if (length > MERMAID_MAX_TEXT) {
      for (const peer of [edge.from, edge.to]) if (!before.has(peer)) drawn.delete(peer)
      break
    }
    lines.push(...drawing.map((row) => INDENT + row))
    shown++
  }
  const left = graph.left + graph.edges.length - shown
  if (left > 0) lines.push(`${INDENT}rest["and ${left} more"]`)
  return lines.join('\n')
}

const INDENT = '  '

/** What surely is no workload has round ends. */
const OUTSIDE = /^(?:internet|any address|\d+\.\d+\.\d+\.\d+)\b/

/** Room for the line about what was left out. */
const REST_ROOM = 60

const ARROWS: Readonly<Record<GraphEdge['kind'], string>> = { new: '==>', changed: '-->', gone: '-.->', plain: '-->' }
const LINES: Readonly<Record<GraphEdge['kind'], string>> = { new: '===', changed: '---', gone: '-.-', plain: '---' }

/** The rows of an edge; `node` gives a peer's id, with its shape where it is drawn first. */
type Draw = (edge: GraphEdge, node: (peer: string) => string) => readonly string[]

const withLabel: Draw = (edge, node) => {
  const from = node(edge.from)
  return [`${from} ${ARROWS[edge.kind]}|"${escapeMermaidLabel(edgeWords(edge))}"| ${node(edge.to)}`]
}

/** The words as a node without a frame on the way, one for all peers that lead to the same others with the same words. */
function throughLabels(edges: readonly GraphEdge[]): Draw {
  const wordsOf = (edge: GraphEdge) => `${edge.kind}\0${edgeWords(edge)}`
  const targets = new Map<string, string[]>()
  for (const edge of edges) {
    const key = `${edge.from}\0${wordsOf(edge)}`
    const known = targets.get(key)
    if (known === undefined) targets.set(key, [edge.to])
    else known.push(edge.to)
  }
  const ids = new Map<string, string>()
  const rows = new Set<string>()
  return (edge, node) => {
    const group = `${wordsOf(edge)}\0${[...targets.get(`${edge.from}\0${wordsOf(edge)}`)!].sort().join('\0')}`
    const known = ids.get(group)
    const id = known ?? `e${ids.size + 1}`
    ids.set(group, id)
    const drawing: string[] = []
    const into = `${edge.from}\0${id}`
    if (!rows.has(into)) {
      const label = known === undefined ? `${id}["${escapeMermaidLabel(edgeWords(edge))}"]` : id
      drawing.push(`${node(edge.from)} ${LINES[edge.kind]} ${label}`)
      if (known === undefined) drawing.push(`style ${id} fill:none,stroke:none`)
    }
    const out = `${id}\0${edge.to}`
    if (!rows.has(out)) drawing.push(`${id} ${ARROWS[edge.kind]} ${node(edge.to)}`)
    rows.add(into).add(out)
    return drawing
  }
}

/** More than a drawing for people has, where it would make twice as many edges. */
const MAX_CROSSED = 40

/**
 * Whether lines must cross: two peers lead to the same two others, none of which leads on. Mermaid writes labels in the middle of their
 * lines, where they then cover each other.
 */
function hasCrossings(edges: readonly GraphEdge[]): boolean {
  const targets = new Map<string, Set<string>>()
  for (const { from, to } of edges) targets.set(from, (targets.get(from) ?? new Set()).add(to))
  if (edges.length > MAX_CROSSED || edges.some(({ to }) => targets.has(to))) return false
  const all = [...targets.values()]
  return all.some((some, i) => all.slice(i + 1).some((others) => [...some].filter((to) => others.has(to)).length > 1))
}
