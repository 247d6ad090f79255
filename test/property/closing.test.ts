import fc from 'fast-check'
import { dump } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { DEFAULT_OPTIONS } from '../../src/config/options.ts'
import { review } from '../../src/review.ts'
import { memoryTree } from '../source/memory-tree.ts'
import { type Manifest, randomCluster } from './random-cluster.ts'

/** What may be said of policies that only close: that they do less than they seem to, or stop what is needed. */
const OF_POLICIES = new Set([
  'policy-rejected',
  'policy-selects-nothing',
  'policy-peer-matches-nothing',
  'policy-port-mismatch',
  'policy-rule-shadowed',
  'policy-ipblock-ineffective',
  'policy-count',
  'dns-egress-missing',
  'connectivity-lost',
])

describe('a change that only closes', () => {
  it('opens nothing, and no finding says that it does', () => {
    const isPolicy = ({ kind }: Manifest) => kind === 'NetworkPolicy'
    // An admin policy may pass on to a NetworkPolicy, and a baseline policy steps back before one: then new policies can open.
    const isAdmin = ({ apiVersion }: Manifest) => `${apiVersion}`.startsWith('policy.networking.k8s.io/')
    fc.assert(
      fc.property(randomCluster, (all) => {
        const objects = all.filter((object) => !isAdmin(object))
        const text = (list: readonly Manifest[]) => list.map((object) => dump(object)).join('---\n')
        const apps = text(objects.filter((object) => !isPolicy(object)))
        const { connections, exposure, findings } = review({
          base: memoryTree({ 'apps.yaml': apps }),
          head: memoryTree({ 'apps.yaml': apps, 'policies.yaml': text(objects.filter(isPolicy)) }),
          config: EMPTY_CONFIG,
          options: DEFAULT_OPTIONS,
          today: '2026-11-21',
        })
        expect([connections.added, exposure.ingress.added, exposure.egress.added]).toEqual([[], [], []])
        const news = findings.filter(({ status }) => status === 'introduced' || status === 'worsened')
        expect(news.map(({ rule }) => rule).filter((rule) => !OF_POLICIES.has(rule))).toEqual([])
      }),
      { numRuns: 200 },
    )
  }, 120_000)
})
