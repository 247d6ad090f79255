import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const synapseIpRules = defineRule({
  id: 'synapse-ip-rules',
  meta: {
    title: 'Synapse workspace is opened by IP firewall rules',
    severity: 'note',
    concepts: ['synapse-ip-rules'],
    layer: 'paas-firewall',
    why: 'IP rules open the public endpoint of the workspace.',
    fix: 'Use private endpoints, and switch public network access off.',
    sources: ['https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-ip-firewall'],
  },

  /** Yields a note for each workspace with IP rules of its own. */
  *check(view) {
    const { objects } = azureOf(view)
    for (const object of objects.ofType('microsoft.synapse/workspaces')) {
      if (object.existing) continue
      const rules = objects.childrenOf(object, 'firewallRules')
      if (rules.length === 0) continue
      yield azureHit(view, {
        object,
        at: rules[0]?.resource.origin,
        severity: 'note',
        say: 'has IP firewall rules, which open its public endpoint. Private endpoints need none.',
      })
    }
  },

  merge: mergeAzure,
})
