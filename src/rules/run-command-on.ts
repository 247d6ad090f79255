import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const runCommandOn = defineRule({
  id: 'run-command-on',
  meta: {
    title: 'Commands reach the private cluster through Azure',
    severity: 'low',
    concepts: ['api-server'],
    layer: 'api-server',
    why: 'With command invoke, whoever has the Azure role can run kubectl in a private cluster from anywhere, around its network.',
    fix: 'Turn it off where nobody needs it.',
    sources: ['https://learn.microsoft.com/azure/aks/access-private-cluster'],
  },

  /** Yields a hit for each private cluster that lets `az aks command invoke` in. */
  *check(view) {
    for (const { object, api } of azureOf(view).clusters.all) {
      const { runCommandDisabled: disabled } = api
      if (!surely(api.private, true) || !surely(disabled, false) || !disabled.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(disabled),
        severity: 'low',
        say: 'is a private cluster that still takes commands through Azure (az aks command invoke): whoever has the Azure role reaches its API from anywhere. Turn that off where nobody needs it.',
        fix: () =>
          inPlace(
            setProperty(object, disabled, {
              arm: 'properties.apiServerAccessProfile.disableRunCommand',
              azurerm: ['run_command_enabled'],
              value: true,
              flag: false,
            }),
            'Turns command invoke off.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Off. */
  patch: (hit) => hit.fix?.(),
})
