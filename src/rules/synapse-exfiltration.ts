import { read } from '../model/azure/azure-object.ts'
import { flagProp, surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const synapseExfiltration = defineRule({
  id: 'synapse-exfiltration',
  meta: {
    title: 'Synapse workspace does not keep data in',
    severity: 'note',
    concepts: ['synapse-exfiltration'],
    layer: 'paas-firewall',
    why: 'Without exfiltration protection, what runs in the workspace can send data to services of any tenant.',
    fix: 'Create the workspace with data exfiltration protection; it cannot be added later.',
    sources: ['https://learn.microsoft.com/azure/synapse-analytics/security/workspace-data-exfiltration-protection'],
  },

  /** Yields a note for each workspace without the protection. */
  *check(view) {
    for (const object of azureOf(view).objects.ofType('microsoft.synapse/workspaces')) {
      const value =
        read(object, 'properties.managedVirtualNetworkSettings.preventDataExfiltration') ??
        read(object, 'properties.dataExfiltrationProtectionEnabled')
      const isProtected = flagProp(value, false, object.resource.origin)
      if (object.existing || !surely(isProtected, false) || !isProtected.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(isProtected),
        severity: 'note',
        say: 'has no data exfiltration protection: what runs in it can send data to services of any tenant. It can only be chosen when the workspace is made.',
      })
    }
  },

  merge: mergeAzure,
})
