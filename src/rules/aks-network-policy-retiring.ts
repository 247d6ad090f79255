import { surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const aksNetworkPolicyRetiring = defineRule({
  id: 'aks-network-policy-retiring',
  meta: {
    title: 'Network policy engine is being retired',
    severity: 'note',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'Azure Network Policy Manager ends on 30 September 2026 for Windows nodes and on 30 September 2028 for Linux nodes.',
    fix: 'Move to Cilium.',
    sources: ['https://learn.microsoft.com/azure/aks/migrate-from-npm-to-cilium-network-policy'],
  },

  /** Yields a note for each cluster with Azure Network Policy Manager. */
  *check(view) {
    for (const { object, policyEngine } of azureOf(view).clusters.all) {
      if (!surely(policyEngine, 'azure') || !policyEngine.known) continue
      yield azureHit(view, {
        object,
        at: policyEngine.origin,
        severity: 'note',
        say: 'uses Azure Network Policy Manager, which is retired on 30 September 2026 for Windows nodes and on 30 September 2028 for Linux nodes. Plan the move to Cilium.',
      })
    }
  },

  merge: mergeAzure,
})
