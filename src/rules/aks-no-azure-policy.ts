import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const aksNoAzurePolicy = defineRule({
  id: 'aks-no-azure-policy',
  meta: {
    title: 'Azure Policy does not look at the cluster',
    severity: 'note',
    concepts: ['aks-no-azure-policy'],
    layer: 'network-policy',
    why: 'Without the add-on, guardrails of Azure Policy (no public load balancers, allowed ports) do not hold for what is deployed into the cluster.',
    fix: 'Turn the add-on on.',
    sources: ['https://learn.microsoft.com/azure/governance/policy/concepts/policy-for-kubernetes'],
  },

  /** Yields a note for each cluster that certainly has no Azure Policy add-on. */
  *check(view) {
    for (const { object, addons } of azureOf(view).clusters.all) {
      const { azurePolicy } = addons
      if (!surely(azurePolicy, false) || !azurePolicy.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(azurePolicy),
        severity: 'note',
        say: 'does not run the Azure Policy add-on, so guardrails such as "no public load balancers" do not hold for what is deployed into it.',
        fix: () =>
          inPlace(
            setProperty(object, azurePolicy, {
              arm: 'properties.addonProfiles.azurepolicy.enabled',
              azurerm: ['azure_policy_enabled'],
              value: true,
            }),
            'Turns the add-on on.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** On. */
  patch: (hit) => hit.fix?.(),
})
