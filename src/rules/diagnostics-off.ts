import { linkAt } from '../model/azure/link.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const diagnosticsOff = defineRule({
  id: 'diagnostics-off',
  meta: {
    title: 'Cluster or firewall sends no diagnostics',
    severity: 'note',
    concepts: ['diagnostics'],
    layer: 'firewall',
    why: 'Without a diagnostic setting nobody can see afterwards what was denied or who used the API server.',
    fix: 'Add a diagnostic setting that sends the logs to a workspace.',
    sources: ['https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings'],
  },

  /** Yields a note for each cluster and firewall without a setting, where the tree has settings for others. */
  *check(view) {
    const azure = azureOf(view)
    const settings = azure.objects.ofType('microsoft.insights/diagnosticsettings')
    if (settings.length === 0) return
    const targets = settings.map((setting) => {
      const scope = linkAt(azure.objects, setting, 'scope')
      return scope.kind === 'absent' ? linkAt(azure.objects, setting, 'targetResourceId') : scope
    })
    // A setting whose target cannot be told may be for any resource.
    if (targets.some(({ kind }) => kind !== 'found' && kind !== 'outside')) return
    const covered = new Set(targets.flatMap((target) => (target.kind === 'found' ? [target.object] : [])))
    for (const { object } of [...azure.clusters.all, ...azure.firewalls.all]) {
      if (covered.has(object)) continue
      yield azureHit(view, {
        object,
        severity: 'note',
        say: 'has no diagnostic setting, unlike other resources here: what it denies, or who uses its API, leaves no trace.',
      })
    }
  },

  merge: mergeAzure,
})
