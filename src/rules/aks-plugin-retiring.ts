import { surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const aksPluginRetiring = defineRule({
  id: 'aks-plugin-retiring',
  meta: {
    title: 'Network plugin is being retired',
    severity: 'note',
    concepts: ['aks-plugin'],
    layer: 'network-policy',
    why: 'kubenet is retired on 31 March 2028; it needs a route table, and its nodes forward the traffic of pods.',
    fix: 'Move to Azure CNI Overlay.',
    sources: ['https://learn.microsoft.com/azure/aks/configure-kubenet'],
  },

  /** Yields a note for each cluster with kubenet, written out or by its version's default. */
  *check(view) {
    for (const { object, plugin } of azureOf(view).clusters.all) {
      if (!surely(plugin, 'kubenet') || !plugin.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(plugin),
        severity: 'note',
        say: `uses kubenet${plugin.isDefault === true ? ', the default of its Kubernetes version' : ''}, which is retired on 31 March 2028. Plan the move to Azure CNI Overlay.`,
      })
    }
  },

  merge: mergeAzure,
})
