import { parseCidr } from '../algebra/addresses.ts'
import { azureOf } from './facts/azure-view.ts'
import { podRangesOf } from './facts/cluster-ranges.ts'
import { mostNodes } from './facts/node-counts.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const podCidrTooSmall = defineRule({
  id: 'pod-cidr-too-small',
  meta: {
    title: 'Pod range is too small for the nodes',
    severity: 'medium',
    concepts: ['ip-planning'],
    layer: 'route',
    why: 'Overlay and kubenet give each node a /24 of the pod range; when none is left, nodes do not start.',
    fix: 'Use a wider pod range.',
    sources: ['https://learn.microsoft.com/azure/aks/azure-cni-overlay#ip-address-planning'],
  },

  /** Yields a hit for each cluster with more nodes, at their most, than the pod range has /24 blocks. */
  *check(view) {
    for (const cluster of azureOf(view).clusters.all) {
      const { object, pools } = cluster
      const range = podRangesOf(cluster).find(({ text }) => !text.includes(':'))
      const prefix = range && parseCidr(range.text)?.prefix
      if (range === undefined || prefix === undefined) continue
      const blocks = prefix > 24 ? 0 : 2 ** (24 - prefix)
      const nodes = pools.reduce((sum, pool) => sum + (mostNodes(pool) ?? 0), 0)
      if (nodes <= blocks) continue
      yield azureHit(view, {
        object,
        at: range.origin,
        severity: 'medium',
        extent: nodes - blocks,
        say: `gives its pods ${range.text}, which is enough for ${blocks} nodes at a /24 each, and it may have ${nodes} with those that an upgrade adds. Use a wider range.`,
      })
    }
  },

  merge: mergeAzure,
})
