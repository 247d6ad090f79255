import { JSDOM } from 'jsdom'

/** The real Mermaid, in Node: it cleans labels with the DOM, so it has to find one. */
async function loadMermaid() {
  const { window } = new JSDOM('')
  Object.assign(globalThis, { window, document: window.document })
  const { default: mermaid } = await import('mermaid')
  return mermaid
}

const mermaid = await loadMermaid()

export interface ParsedDiagram {
  readonly nodes: readonly { readonly id: string; readonly label: string; readonly shape: string }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly label: string
    readonly stroke: string
  }[]
}

/** What Mermaid makes of a diagram with the limits that GitHub has; throws where it refuses it. */
export async function parseMermaid(text: string): Promise<ParsedDiagram> {
  await mermaid.parse(text)
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text)
  const flow = db as unknown as {
    getVertices(): Map<string, { id: string; text?: string; type?: string }>
    getEdges(): { start: string; end: string; text: string; stroke: string }[]
  }
  return {
    nodes: [...flow.getVertices().values()].map(({ id, text: label, type }) => ({
      id,
      label: decode(label ?? ''),
      shape: type ?? '',
    })),
    edges: flow
      .getEdges()
      .map(({ start, end, text: label, stroke }) => ({ from: start, to: end, label: decode(label), stroke })),
  }
}

/** Mermaid keeps `#64;` as `ﬂ°°64¶ß` until it draws. Source: mermaid packages/mermaid/src/utils.ts `encodeEntities` */
function decode(label: string): string {
  return label.replace(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)))
}
