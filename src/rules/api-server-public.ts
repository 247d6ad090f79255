import type { Cluster } from '../model/azure/cluster.ts'
import { surely } from '../model/azure/prop.ts'
import { addSetting } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const apiServerPublic = defineRule({
  id: 'api-server-public',
  meta: {
    title: 'Anybody on the internet can reach the API server',
    severity: 'high',
    concepts: ['aks-api-public'],
    layer: 'api-server',
    why: 'Whoever has or steals a credential, or knows of a flaw in the API server, can use it from anywhere.',
    fix: 'Make the cluster private, or list the addresses that administer it.',
    sources: [
      'https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges',
      'https://learn.microsoft.com/azure/aks/private-clusters',
    ],
  },

  /** Yields a hit for each cluster with a public API server and, for certain, no authorised ranges. */
  *check(view, { trustedRanges }) {
    for (const cluster of azureOf(view).clusters.all) {
      if (!isUnrestricted(cluster)) continue
      const { api, object } = cluster
      yield azureHit(view, {
        object,
        at: writtenOrigin(api.private),
        severity: 'high',
        say: 'has a public API server and no authorised IP ranges, so anybody on the internet can try to sign in to it. Make the cluster private, or list the addresses that administer it.',
        decide:
          'Which addresses administer the cluster? Name them as trusted in ringfence.yml, or make the cluster private.',
        fix: () =>
          trustedRanges.length === 0
            ? undefined
            : inPlace(
                addSetting(object, {
                  arm: 'properties.apiServerAccessProfile.authorizedIPRanges',
                  azurerm: ['api_server_access_profile', 'authorized_ip_ranges'],
                  value: trustedRanges,
                }),
                'Lets only the trusted ranges of the configuration reach the API server.',
              ),
      })
    }
  },

  merge: mergeAzure,

  /** The configuration's trusted ranges, where it has any. */
  patch: (hit) => hit.fix?.(),
})

/** A public API server that certainly admits every address: no list and an empty list are the same. */
export function isUnrestricted({ api }: Cluster): boolean {
  return surely(api.private, false) && api.authorizedRanges.complete && api.authorizedRanges.items.length === 0
}
