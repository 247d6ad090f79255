import { surely } from '../model/azure/prop.ts'
import { isUnrestricted } from './api-server-public.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const apiServerNotPrivate = defineRule({
  id: 'api-server-not-private',
  meta: {
    title: 'API server has a public endpoint',
    severity: 'note',
    concepts: ['api-server'],
    layer: 'api-server',
    why: 'A public endpoint is reachable by everybody in its list of ranges; a private one only by the networks that are connected.',
    fix: 'Consider a private cluster, or API server VNet integration.',
    sources: [
      'https://learn.microsoft.com/azure/aks/private-clusters',
      'https://learn.microsoft.com/azure/aks/api-server-vnet-integration',
    ],
  },

  /** Yields a note for each public cluster that limits who may connect. */
  *check(view) {
    for (const cluster of azureOf(view).clusters.all) {
      const { api, object } = cluster
      if (!surely(api.private, false) || isUnrestricted(cluster)) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(api.private),
        severity: 'note',
        within: { rule: 'api-server-ranges-wide', subject: subjectOf(view, object) },
        say: 'has a public API server that is limited to listed addresses. A private cluster could be reached from connected networks only.',
      })
    }
  },

  merge: mergeAzure,
})
