import { describe, expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { DEFAULT_OPTIONS } from '../../src/config/options.ts'
import { review } from '../../src/review.ts'
import { denyAll, deployment, documents } from '../manifests.ts'
import { memoryTree } from '../source/memory-tree.ts'

type Files = Readonly<Record<string, string>>

function run(base: Files, head: Files) {
  return review({
    base: memoryTree(base),
    head: memoryTree(head),
    config: EMPTY_CONFIG,
    options: DEFAULT_OPTIONS,
    today: '2027-01-10',
  })
}

const app = { 'app.yaml': documents(deployment('web'), denyAll()) }
const cilium = (entity: string) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  endpointSelector: {matchLabels: {app: web}}
  ingress: [{fromEntities: [${entity}]}]
`
const staged = 'apiVersion: projectcalico.org/v3\nkind: StagedNetworkPolicy\nmetadata: {name: a, namespace: shop}\n'

describe('a policy of a kind that no layer reads', () => {
  it.each([
    ['new', app, { ...app, 'cilium.yaml': cilium('world') }, 'CiliumNetworkPolicy/shop/web is new or changed'],
    ['changed', { ...app, 'c.yaml': cilium('cluster') }, { ...app, 'c.yaml': cilium('world') }, 'is new or changed'],
    ['gone', { ...app, 'cilium.yaml': cilium('world') }, app, 'CiliumNetworkPolicy/shop/web is gone'],
  ])('%s: the check does not pass', (_, base, head, reason) => {
    const { summary, coverage } = run(base, head)
    expect(summary.verdict).toBe('fail')
    expect(coverage.notAnalysed.filter(({ changed }) => changed).map((part) => part.reason)).toEqual([
      expect.stringContaining(reason),
    ])
  })

  it('is named under coverage where the change leaves it alone, or only formats or moves it', () => {
    const base = { ...app, 'cilium.yaml': cilium('world') }
    for (const head of [
      { ...base, 'app.yaml': base['app.yaml'].replace('web:1', 'web:2') },
      { ...base, 'cilium.yaml': `# what may come in\n${cilium('world')}` },
      { ...app, 'policies/cilium.yaml': cilium('world') },
    ]) {
      const { summary, coverage } = run(base, head)
      expect(summary.verdict).toBe('pass')
      expect(coverage.notAnalysed).toEqual([])
    }
    const wider = { ...base, 'app.yaml': documents(deployment('web'), deployment('api'), denyAll()) }
    expect(run(base, wider).coverage.notes.join()).toContain('CiliumNetworkPolicy objects, which no layer reads yet')
  })

  it('is of no matter where it is staged', () => {
    expect(run(app, { ...app, 'staged.yaml': staged }).summary.verdict).toBe('pass')
  })
})
