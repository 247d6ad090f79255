import { read } from '../model/azure/azure-object.ts'
import { flagProp, surely, textProp } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const blobAnonymous = defineRule({
  id: 'blob-anonymous',
  meta: {
    title: 'Blobs can be read by anybody',
    severity: 'high',
    concepts: ['blob-anonymous'],
    layer: 'paas-firewall',
    why: 'A container with anonymous access gives its blobs to everybody who knows or guesses a name.',
    fix: 'Keep containers private, and forbid anonymous access on the account.',
    sources: ['https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent'],
  },

  /** Yields a hit for each container that is open, and a lesser one for each account that lets containers be opened. */
  *check(view) {
    const { objects } = azureOf(view)
    const home = 'microsoft.storage/storageaccounts'
    for (const object of objects.ofType(`${home}/blobservices/containers`)) {
      if (object.existing) continue
      const access = textProp(read(object, 'properties.publicAccess'), 'None', object.resource.origin)
      if (!access.known || !/^(?:blob|container)$/i.test(access.value)) continue
      // An account that forbids anonymous access overrides its containers.
      const account = object.parent?.type === home ? object.parent : object.parent?.parent
      const allowed = account && read(account, 'properties.allowBlobPublicAccess')
      if (allowed !== undefined && surely(flagProp(allowed, true, object.resource.origin), false)) continue
      yield azureHit(view, {
        object,
        at: access.origin,
        severity: 'high',
        say: 'lets anybody read its blobs without signing in. Make it private.',
        fix: () =>
          inPlace(
            setProperty(object, access, {
              arm: 'properties.publicAccess',
              value: object.azurerm === undefined ? 'None' : 'private',
            }),
            'Makes the container private.',
          ),
      })
    }
    for (const object of objects.ofType(home)) {
      if (object.existing) continue
      const { azurerm, resource } = object
      // ARM's default is off for new accounts; azurerm sent `true` until 5.0.
      const isOn = azurerm !== undefined && (azurerm.major ?? 4) < 5
      const allowed = flagProp(read(object, 'properties.allowBlobPublicAccess'), isOn, resource.origin)
      if (!surely(allowed, true) || !allowed.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(allowed),
        severity: allowed.isDefault === true ? 'low' : 'medium',
        say: `lets containers be opened to anonymous readers${allowed.isDefault === true ? ' (the default of this provider)' : ''}. Forbid it on the account.`,
        fix: () =>
          inPlace(
            setProperty(object, allowed, {
              arm: 'properties.allowBlobPublicAccess',
              azurerm: ['allow_nested_items_to_be_public'],
              value: false,
            }),
            'Forbids anonymous access on the account.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Private containers. */
  patch: (hit) => hit.fix?.(),
})
