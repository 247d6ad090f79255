import { removeBlock } from './edit/hcl-block.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { admittedRanges } from './facts/paas-access.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const paasAzureServices = defineRule({
  id: 'paas-azure-services',
  meta: {
    title: 'Every address of Azure may call the service',
    severity: 'medium',
    concepts: ['paas-default-allow'],
    layer: 'paas-firewall',
    why: 'The rule 0.0.0.0 admits the virtual machines of every Azure customer, not only your own.',
    fix: 'Use a virtual network rule or a private endpoint.',
    sources: ['https://learn.microsoft.com/azure/azure-sql/database/firewall-configure#connections-from-inside-azure'],
  },

  /** Yields a hit for each service with the rule that admits all of Azure. */
  *check(view, { trusted }) {
    for (const { object, azure } of admittedRanges(azureOf(view), trusted)) {
      if (azure === undefined) continue
      yield azureHit(view, {
        object,
        at: azure,
        severity: 'medium',
        say: 'admits every address of Azure (the rule 0.0.0.0), which includes the machines of every other customer. Use a virtual network rule or a private endpoint.',
        fix: () =>
          azure === object.resource.origin && !object.type.endsWith('/firewallrules')
            ? undefined
            : inPlace(removeBlock(azure), 'Takes the rule out.'),
      })
    }
  },

  merge: mergeAzure,

  /** Without the rule. */
  patch: (hit) => hit.fix?.(),
})
