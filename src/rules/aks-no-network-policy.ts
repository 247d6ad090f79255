import { surely } from '../model/azure/prop.ts'
import { useCilium } from './edit/use-cilium.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const aksNoNetworkPolicy = defineRule({
  id: 'aks-no-network-policy',
  meta: {
    title: 'Cluster enforces no network policies',
    severity: 'medium',
    concepts: ['aks-no-network-policy'],
    layer: 'network-policy',
    why: 'Without a policy engine every pod reaches every other, and NetworkPolicy objects are accepted and ignored.',
    fix: 'Use the Cilium data plane, which enforces network policies.',
    sources: [
      'https://learn.microsoft.com/azure/aks/use-network-policies',
      'https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium',
    ],
  },

  /** Yields a hit for each cluster that certainly has no policy engine; more urgent where policies of the tree rely on one. */
  *check(view) {
    const { policies } = view.network.kubernetes
    for (const cluster of azureOf(view).clusters.all) {
      const { object, policyEngine, plugin } = cluster
      // With a network plugin of the user's own, the engine is the user's own too.
      if (!surely(policyEngine, 'none') || !plugin.known || plugin.value === 'none') continue
      const ignored = policies.length
      yield azureHit(view, {
        object,
        at: policyEngine.known ? writtenOrigin(policyEngine) : undefined,
        severity: ignored > 0 ? 'high' : 'medium',
        extent: ignored > 0 ? 2 : 1,
        say:
          ignored > 0
            ? `has no network policy engine, so the ${ignored === 1 ? 'network policy' : `${ignored} network policies`} of this repository would be accepted and ignored: every pod reaches every other. Use the Cilium data plane.`
            : 'has no network policy engine: every pod reaches every other, and NetworkPolicy objects are accepted and ignored. Use the Cilium data plane.',
        fix: () => useCilium(cluster),
      })
    }
  },

  merge: mergeAzure,

  /** Cilium as data plane and engine, where the plugin allows it without a new cluster. */
  patch: (hit) => hit.fix?.(),
})
