import { escapeDotString } from '../base/escape.ts'
import { edgeWords, type Graph, type GraphEdge, numberPeers } from './graph.ts'
import { peerWords } from './words.ts'

/** A Graphviz digraph, for `dot -Tsvg`. It has no limits, so every edge of the graph is in it. */
export function toDot(graph: Graph): string {
  const lines = [
    'digraph ringfence {',
    '  rankdir=LR',
    '  node [shape=box, fontname="sans-serif"]',
    '  edge [fontname="sans-serif"]',
  ]
  const ids = numberPeers(graph.edges)
  for (const [peer, id] of ids) {
    const shape = peer === 'internet' ? ', shape=circle' : ''
    lines.push(`  ${id} [label="${escapeDotString(peerWords(peer))}"${shape}]`)
  }
  for (const edge of graph.edges) {
    const label = escapeDotString(edgeWords(edge))
    lines.push(`  ${ids.get(edge.from)} -> ${ids.get(edge.to)} [label="${label}"${STYLES[edge.kind]}]`)
  }
  if (graph.left > 0) lines.push(`  rest [label="and ${graph.left} more", shape=plaintext]`)
  lines.push('}')
  return `${lines.join('\n')}\n`
}

const STYLES: Readonly<Record<GraphEdge['kind'], string>> = {
  new: ', style=bold, color="#b42318", fontcolor="#b42318"',
  changed: ', color="#b54708", fontcolor="#b54708"',
  gone: ', style=dashed, color="#067647", fontcolor="#067647"',
  plain: '',
}
