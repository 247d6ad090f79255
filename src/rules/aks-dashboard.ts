import { read } from '../model/azure/azure-object.ts'
import { flagProp, surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const aksDashboard = defineRule({
  id: 'aks-dashboard',
  meta: {
    title: 'The Kubernetes dashboard add-on is on',
    severity: 'low',
    concepts: ['aks-dashboard'],
    layer: 'ingress',
    why: 'The add-on is no longer maintained, and a dashboard is a way into the whole cluster.',
    fix: 'Turn it off, and use the resource view of the portal.',
    sources: ['https://learn.microsoft.com/azure/aks/kubernetes-portal'],
  },

  /** Yields a hit for each cluster with the add-on. */
  *check(view) {
    for (const { object } of azureOf(view).clusters.all) {
      const addon = flagProp(
        read(object, 'properties.addonProfiles.kubeDashboard.enabled'),
        false,
        object.resource.origin,
      )
      if (!surely(addon, true) || !addon.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(addon),
        severity: 'low',
        say: 'runs the Kubernetes dashboard add-on, which is no longer maintained and is a way into the whole cluster. Turn it off.',
        fix: () =>
          inPlace(
            setProperty(object, addon, { arm: 'properties.addonProfiles.kubeDashboard.enabled', value: false }),
            'Turns the add-on off.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Off. */
  patch: (hit) => hit.fix?.(),
})
