import type { AzureObject } from '../model/azure/azure-object.ts'
import type { Link } from '../model/azure/link.ts'
import { surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const privateEndpointMissing = defineRule({
  id: 'private-endpoint-missing',
  meta: {
    title: 'Service has no private endpoint',
    severity: 'note',
    concepts: ['private-endpoint-missing'],
    layer: 'private-endpoint',
    why: 'Without a private endpoint, traffic to the service goes to its public address, where only its own rules stand.',
    fix: 'Add a private endpoint with its DNS zone, and switch the public endpoint off.',
    sources: ['https://learn.microsoft.com/azure/private-link/private-link-overview'],
  },

  /** Yields a hit for each service with a public endpoint and no private one in the tree; a cluster beside it makes it more urgent. */
  *check(view) {
    const azure = azureOf(view)
    const endpoints = azure.privateEndpoints.all
    // An endpoint whose target cannot be told may lead to any service.
    if (endpoints.some(({ target }) => target.kind === 'unknown')) return
    const severity = azure.clusters.all.length > 0 ? 'low' : 'note'
    for (const { object, publicAccess, injectedInto, kind } of azure.services.all) {
      if (injectedInto.kind !== 'absent' || kind.type === 'microsoft.web/sites') continue
      if (endpoints.some(({ target }) => leadsTo(target, object))) continue
      const isOff = surely(publicAccess, 'Disabled')
      yield azureHit(view, {
        object,
        severity: isOff ? 'note' : severity,
        say: isOff
          ? 'has its public endpoint off and no private endpoint here, so nothing in this repository can reach it. Add one with its DNS zone, where it is not elsewhere.'
          : 'has no private endpoint here, so what uses it goes to its public address. Add one with its DNS zone, and switch the public endpoint off.',
      })
    }
  },

  merge: mergeAzure,
})

/** A target that is only named may be this one. */
function leadsTo(target: Link, object: AzureObject): boolean {
  if (target.kind === 'found') return target.object === object
  if (target.kind !== 'outside') return false
  return (
    target.name === undefined || !object.name.known || target.name.toLowerCase() === object.name.value.toLowerCase()
  )
}
