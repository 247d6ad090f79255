import type { Edit } from '../base/edit.ts'
import { surely } from '../model/azure/prop.ts'
import { azureHit, mergeAzure, writtenOrigin } from './azure-hit.ts'
import { azureOf } from './azure-view.ts'
import { addSetting, setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
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
    for (const { object, policyEngine, plugin, dataplane } of azureOf(view).clusters.all) {
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
        fix: () => {
          // A new plugin would rebuild the cluster: only one that Cilium works with is given the data plane.
          if (plugin.value !== 'azure' || plugin.isDefault === true || !dataplane.known || !policyEngine.known)
            return undefined
          const plane = setProperty(object, dataplane, {
            arm: 'properties.networkProfile.networkDataplane',
            azurerm: ['network_profile', 'network_data_plane'],
            value: 'cilium',
          })
          const setting = {
            arm: 'properties.networkProfile.networkPolicy',
            azurerm: ['network_profile', 'network_policy'],
            value: 'cilium',
          }
          const engine =
            policyEngine.isDefault === true ? addSetting(object, setting) : setProperty(object, policyEngine, setting)
          if (plane === undefined || engine === undefined) return undefined
          return inPlace(
            joinInsertions([...plane, ...engine]),
            'Switches the cluster to the Cilium data plane, which enforces network policies.',
          )
        },
      })
    }
  },

  merge: mergeAzure,

  /** Cilium as data plane and engine, where the plugin allows it without a new cluster. */
  patch: (hit) => hit.fix?.(),
})

/** Two insertions at one place are one edit. */
function joinInsertions(edits: readonly Edit[]): readonly Edit[] {
  const [a, b] = edits
  if (a === undefined || b === undefined || a.path !== b.path || a.start !== b.start || a.end !== b.end) return edits
  return [{ ...a, text: a.text + b.text }]
}
