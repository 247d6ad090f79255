import { surely } from '../model/azure/prop.ts'
import { azureHit, mergeAzure, writtenOrigin } from './azure-hit.ts'
import { azureOf } from './azure-view.ts'
import { inPlace } from './edit/one-patch.ts'
import { admittedRanges, isOpenToAll } from './paas-access.ts'
import { closeEndpoint, denyByDefault, hasPrivateEndpoint } from './paas-settings.ts'
import { isInternet } from './public-ranges.ts'
import { defineRule } from './rule.ts'

export const paasOpenToAll = defineRule({
  id: 'paas-open-to-all',
  meta: {
    title: 'Anybody may call the service',
    severity: 'high',
    concepts: ['paas-default-allow', 'paas-public-network-access'],
    layer: 'paas-firewall',
    why: 'The public endpoint is on and its firewall admits every address, so only credentials stand between strangers and the data.',
    fix: 'Deny by default and admit the subnets and addresses that need it, or switch the public endpoint off and use a private endpoint.',
    sources: [
      'https://learn.microsoft.com/azure/private-link/private-link-overview',
      'https://learn.microsoft.com/azure/storage/common/storage-network-security',
    ],
  },

  /** Yields a hit for each service whose public endpoint certainly admits the internet. */
  *check(view, { trusted }) {
    const azure = azureOf(view)
    for (const service of azure.services.all) {
      if (!isOpenToAll(service, trusted)) continue
      const { object, defaultAction, publicAccess, ipRules } = service
      const byDefault = surely(defaultAction, 'Allow')
      const wide = ipRules.items.find((item) => item.known)
      const isPrivateToo = hasPrivateEndpoint(view, service)
      yield azureHit(view, {
        object,
        at: byDefault
          ? ((defaultAction.known ? writtenOrigin(defaultAction) : undefined) ??
            (publicAccess.known ? writtenOrigin(publicAccess) : undefined))
          : wide?.origin,
        severity: 'high',
        say: `has its public endpoint on, and ${byDefault ? 'no firewall rule limits it' : 'its firewall rules add up to the whole internet'}: anybody may try to use it. ${
          isPrivateToo
            ? 'A private endpoint leads to it already, so the public one can be switched off.'
            : 'Deny by default and admit what needs it, or use a private endpoint and switch the public one off.'
        }`,
        decide: 'Which subnets and addresses need the service?',
        fix: () =>
          isPrivateToo
            ? inPlace(closeEndpoint(service), 'Switches the public endpoint off; the private endpoint stays.')
            : inPlace(
                byDefault ? denyByDefault(service) : undefined,
                'Denies by default: the rules say who may come in.',
              ),
      })
    }
    for (const { object, addresses, items } of admittedRanges(azure, trusted)) {
      if (!object.type.endsWith('/firewallrules') || !isInternet(addresses)) continue
      yield azureHit(view, {
        object,
        at: items.origin,
        severity: 'high',
        say: 'admits the whole internet to the server. Admit the addresses that need it.',
      })
    }
  },

  merge: mergeAzure,

  /** Off where a private endpoint exists, else deny by default. */
  patch: (hit) => hit.fix?.(),
})
