import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const firewallNoPolicy = defineRule({
  id: 'firewall-no-policy',
  meta: {
    title: 'Firewall has classic rules',
    severity: 'note',
    concepts: ['firewall-no-policy'],
    layer: 'firewall',
    why: 'Classic rules cannot be shared or inherited, and new features need a policy.',
    fix: 'Move the rules to a firewall policy.',
    sources: ['https://learn.microsoft.com/azure/firewall-manager/migrate-to-policy'],
  },

  /** Yields a note for each firewall without a policy. */
  *check(view) {
    for (const { object, policy } of azureOf(view).firewalls.all) {
      if (policy.kind !== 'absent') continue
      yield azureHit(view, {
        object,
        severity: 'note',
        say: 'has no firewall policy. Classic rules cannot be shared or inherited, and new features need a policy.',
      })
    }
  },

  merge: mergeAzure,
})
