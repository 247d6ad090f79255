import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const httpApplicationRouting = defineRule({
  id: 'http-application-routing',
  meta: {
    title: 'HTTP application routing is on',
    severity: 'high',
    concepts: ['ingress-risk'],
    layer: 'ingress',
    why: 'The add-on was retired on 3 March 2025. It publishes every annotated Ingress over plain HTTP, under a public name.',
    fix: 'Turn it off, and use the application routing add-on or an ingress controller of your own.',
    sources: ['https://learn.microsoft.com/azure/aks/http-application-routing'],
  },

  /** Yields a hit for each cluster with the add-on. */
  *check(view) {
    for (const { object, addons } of azureOf(view).clusters.all) {
      const { httpApplicationRouting: addon } = addons
      if (!surely(addon, true) || !addon.known) continue
      yield azureHit(view, {
        object,
        at: addon.origin,
        severity: 'high',
        say: 'runs the HTTP application routing add-on, which was retired on 3 March 2025 and publishes every annotated Ingress over plain HTTP. Turn it off.',
        fix: () =>
          inPlace(
            setProperty(object, addon, {
              arm: 'properties.addonProfiles.httpApplicationRouting.enabled',
              azurerm: ['http_application_routing_enabled'],
              value: false,
            }),
            'Turns the add-on off.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Off. */
  patch: (hit) => hit.fix?.(),
})
