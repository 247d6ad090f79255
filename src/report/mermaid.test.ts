import { expect, test } from 'vitest'
import type { GraphEdge } from './graph.ts'
import { toMermaid } from './mermaid.ts'

const edge = (from: string, to: string, part: Partial<GraphEdge> = {}): GraphEdge => ({
  from,
  to,
  label: 'TCP 80',
  kind: 'new',
  certain: true,
  ...part,
})

test('words stand on their lines', () => {
  expect(toMermaid({ edges: [edge('shop/a', 'shop/b'), edge('shop/a', 'internet', { kind: 'gone' })], left: 0 })).toBe(
    ['flowchart LR', '  n1["shop/a"] ==>|"NEW TCP 80"| n2["shop/b"]', '  n1 -.->|"GONE TCP 80"| n3(("Internet"))'].join(
      '\n',
    ),
  )
})

test('words are nodes of their own where lines cross, one for peers that lead to the same others alike', () => {
  const edges = ['a', 'b'].flatMap((from) => [edge(from, 'x'), edge(from, 'y')])
  const other = [edge('c', 'x', { label: 'TCP 443' }), edge('c', 'y', { label: 'TCP 443' })]
  expect(toMermaid({ edges: [...edges, ...other], left: 2 })).toBe(
    [
      'flowchart LR',
      '  n1["a"] === e1["NEW TCP 80"]',
      '  style e1 fill:none,stroke:none',
      '  e1 ==> n2["x"]',
      '  e1 ==> n3["y"]',
      '  n4["b"] === e1',
      '  n5["c"] === e2["NEW TCP 443"]',
      '  style e2 fill:none,stroke:none',
      '  e2 ==> n2',
      '  e2 ==> n3',
      '  rest["and 2 more"]',
    ].join('\n'),
  )
})

test.each<[string, readonly GraphEdge[]]>([
  ['one peer leads to many', [edge('a', 'x'), edge('a', 'y'), edge('b', 'x')]],
  ['what is reached leads on', [edge('a', 'x'), edge('a', 'b'), edge('b', 'x'), edge('b', 'a')]],
])('words stay on their lines where %s', (_, edges) => {
  expect(toMermaid({ edges, left: 0 })).not.toContain('style')
})
