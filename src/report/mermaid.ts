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
    const label = `"${escapeMermaidLabel(peerWords(peer))}"`
    if (peer === 'internet') return `${id}((${label}))`
    return OUTSIDE.test(peer) ? `${id}([${label}])` : `${id}[${label}]`
  }
  const draw = hasCrossings(graph.edges) ? throughLabels() : withLabel
  let length = lines[0]!.length + REST_ROOM
  let shown = 0
  for (const edge of graph.edges.slice(0, MERMAID_MAX_EDGES)) {
    const from = node(edge.from)
    const to = edge.to === edge.from ? ids.get(edge.to)! : node(edge.to)
    const drawing = `  ${draw(edge, from, to)}`
    if (length + drawing.length + 1 > MERMAID_MAX_TEXT) break
    length += drawing.length + 1
    lines.push(drawing)
    drawn.add(edge.from).add(edge.to)
    shown++
  }
  const left = graph.left + graph.edges.length - shown
  if (left > 0) lines.push(`  rest["and ${left} more"]`)
  return lines.join('\n')
}

/** What surely is no workload has round ends. */
const OUTSIDE = /^(?:internet|any address|\d+\.\d+\.\d+\.\d+)\b/

/** Room for the line about what was left out. */
const REST_ROOM = 60

const ARROWS: Readonly<Record<GraphEdge['kind'], string>> = { new: '==>', changed: '-->', gone: '-.->', plain: '-->' }
const LINES: Readonly<Record<GraphEdge['kind'], string>> = { new: '===', changed: '---', gone: '-.-', plain: '---' }

function withLabel(edge: GraphEdge, from: string, to: string): string {
  return `${from} ${ARROWS[edge.kind]}|"${escapeMermaidLabel(edgeWords(edge))}"| ${to}`
}

/** The words as a node without a frame on the way, one for all edges of a peer that say the same. */
function throughLabels(): typeof withLabel {
  const labels = new Map<string, string>()
  return (edge, from, to) => {
    const words = edgeWords(edge)
    const key = `${edge.kind}\0${edge.from}\0${words}`
    const known = labels.get(key)
    const id = known ?? `e${labels.size + 1}`
    labels.set(key, id)
    const end = `${id} ${ARROWS[edge.kind]} ${to}`
    if (known !== undefined) return end
    return `${from} ${LINES[edge.kind]} ${id}["${escapeMermaidLabel(words)}"]\n  style ${id} fill:none,stroke:none\n  ${end}`
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
