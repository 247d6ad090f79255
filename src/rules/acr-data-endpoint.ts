import { read } from '../model/azure/azure-object.ts'
import { flagProp, surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const acrDataEndpoint = defineRule({
  id: 'acr-data-endpoint',
  meta: {
    title: 'Registry has no data endpoint of its own',
    severity: 'note',
    concepts: ['acr-no-data-endpoint'],
    layer: 'paas-firewall',
    why: 'Layers of images then come from shared storage, so egress rules must admit *.blob.core.windows.net: anybody’s storage.',
    fix: 'Turn dedicated data endpoints on (Premium).',
    sources: ['https://learn.microsoft.com/azure/container-registry/container-registry-dedicated-data-endpoints'],
  },

  /** Yields a note for each registry without dedicated data endpoints. */
  *check(view) {
    for (const object of azureOf(view).objects.ofType('microsoft.containerregistry/registries')) {
      if (object.existing) continue
      const dedicated = flagProp(read(object, 'properties.dataEndpointEnabled'), false, object.resource.origin)
      if (!surely(dedicated, false) || !dedicated.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(dedicated),
        severity: 'note',
        say: 'has no dedicated data endpoint, so firewalls must admit *.blob.core.windows.net (anybody’s storage) for its image layers. A Premium registry can have one.',
        fix: () =>
          inPlace(
            setProperty(object, dedicated, {
              arm: 'properties.dataEndpointEnabled',
              azurerm: ['data_endpoint_enabled'],
              value: true,
            }),
            'Turns dedicated data endpoints on.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** On. */
  patch: (hit) => hit.fix?.(),
})
