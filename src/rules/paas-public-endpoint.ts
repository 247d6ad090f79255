import { exposedServices } from '../model/azure/exposed-kinds.ts'
import { surely } from '../model/azure/prop.ts'
import type { ServiceEndpoint } from '../model/azure/service.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { admitsNobody, hasPublicEndpoint, isOpenToAll } from './facts/paas-access.ts'
import { closeEndpoint, hasPrivateEndpoint } from './facts/paas-settings.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const paasPublicEndpoint = defineRule({
  id: 'paas-public-endpoint',
  meta: {
    title: 'Public endpoint of a service is on',
    severity: 'low',
    concepts: ['paas-public-network-access'],
    layer: 'paas-firewall',
    why: 'A public endpoint can be reached from the internet by whomever its rules admit, and by everybody after one wrong rule.',
    fix: 'Use a private endpoint and switch the public endpoint off.',
    sources: ['https://learn.microsoft.com/azure/private-link/private-link-overview'],
  },

  /** Yields a hit for each service with a public endpoint that is limited, or of which nothing more is known, or that cannot have the one it asks for. */
  *check(view, { trusted }) {
    const azure = azureOf(view)
    for (const service of azure.services.all) {
      if (asksForBoth(service)) {
        const { object, publicAccess } = service
        yield azureHit(view, {
          object,
          at: publicAccess.known ? publicAccess.origin : undefined,
          severity: 'note',
          extent: 0,
          say: 'asks for public access and is placed into a subnet. A server in a subnet has no public endpoint: what is written does not hold, or fails to deploy. Write that public access is disabled.',
          fix: () => inPlace(closeEndpoint(service), 'Says what holds: no public access.'),
        })
      }
      if (!hasPublicEndpoint(service) || isOpenToAll(service, trusted)) continue
      // Both doors at once are a finding of their own.
      if (hasPrivateEndpoint(view, service)) continue
      const { object, publicAccess, kind } = service
      const isShut = admitsNobody(service)
      yield azureHit(view, {
        object,
        at: publicAccess.known ? writtenOrigin(publicAccess) : undefined,
        severity: isShut ? 'note' : 'low',
        extent: isShut ? 1 : 2,
        say: `has its public endpoint on${
          isShut
            ? ', and no rule admits anybody yet. Switch it off where a private endpoint does.'
            : kind.rules === 'none'
              ? '. Switch it off where a private endpoint does.'
              : ', limited by its firewall rules. Switch it off where a private endpoint does.'
        }`,
        fix: () => (isShut ? inPlace(closeEndpoint(service), 'Switches the public endpoint off.') : undefined),
      })
    }
    for (const { object, kind, endpoint } of exposedServices(azure.objects)) {
      if (endpoint === undefined || !surely(endpoint, true) || !endpoint.known) continue
      const isPrivateToo = azure.privateEndpoints.all.some(
        ({ target }) => target.kind === 'found' && target.object === object,
      )
      yield azureHit(view, {
        object,
        at: writtenOrigin(endpoint),
        severity: isPrivateToo ? 'medium' : 'low',
        extent: isPrivateToo ? 3 : 2,
        say: `has its public endpoint on${isPrivateToo ? ' beside a private endpoint, so it can still be reached around the network. Switch the public endpoint off.' : '. Switch it off where nothing outside of the network needs it.'}`,
        fix: () =>
          isPrivateToo
            ? inPlace(
                setProperty(object, endpoint, {
                  arm: kind.path,
                  ...(kind.azurerm && { azurerm: kind.azurerm }),
                  value: kind.off,
                  flag: false,
                }),
                'Switches the public endpoint off; the private endpoint stays.',
              )
            : undefined,
      })
    }
  },

  merge: mergeAzure,

  /** Off, where a private endpoint exists or nobody is admitted. */
  patch: (hit) => hit.fix?.(),
})

/**
 * A database server in a delegated subnet whose public access is written to be on.
 * Source: learn.microsoft.com/azure/mysql/flexible-server/concepts-networking-vnet and the provider's `public_network_access_enabled`.
 */
function asksForBoth({ kind, publicAccess, injectedInto }: ServiceEndpoint): boolean {
  const isWritten = publicAccess.known && publicAccess.isDefault !== true
  const isPlaced = injectedInto.kind === 'found' || injectedInto.kind === 'outside'
  return kind.rules === 'flexible' && isPlaced && isWritten && publicAccess.value === 'Enabled'
}
