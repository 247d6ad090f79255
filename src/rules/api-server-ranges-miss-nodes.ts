import { knownValue, surely } from '../model/azure/prop.ts'
import { askAzure, azureWitness } from './facts/azure-site.ts'
import { waysOut } from './facts/way-out.ts'
import { azureHit } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const apiServerRangesMissNodes = defineRule({
  id: 'api-server-ranges-miss-nodes',
  meta: {
    title: "The API server's authorised ranges leave out the cluster's own nodes",
    severity: 'high',
    concepts: ['aks-api-public'],
    layer: 'api-server',
    why: 'Nodes of a cluster with a public API server come from the public address that their subnet leaves by. Where the list leaves it out they lose the API server.',
    fix: 'Add the public address of the firewall or NAT gateway to the authorised ranges.',
    sources: ['https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges'],
  },

  /** Yields a hit for each cluster with authorised ranges that certainly refuse its own nodes. */
  *check(view) {
    for (const way of waysOut(view)) {
      const { cluster, peer, carries } = way
      const { api, object } = cluster
      const name = knownValue(object.name)
      if (carries === 'pods' || name === undefined || !surely(api.private, false)) continue
      if (api.authorizedRanges.items.length === 0) continue
      const query = { from: peer, to: `api-server/${name}`, protocol: 'TCP', port: 443 } as const
      const outcome = askAzure(view, query)
      if (outcome.answer !== 'denied' || outcome.layer !== 'api-server') continue
      const by =
        way.exit.kind === 'firewall' ? 'the public address of the firewall' : 'the address that their subnet leaves by'
      yield azureHit(view, {
        object,
        at: api.authorizedRanges.origin,
        // The address is given when it is created; a written range may be the one that it got.
        severity: api.authorizedRanges.items.some(({ known }) => known) ? 'medium' : 'high',
        say: `lets only its authorised IP ranges reach the API server, and ${by} does not stand among them${api.authorizedRanges.items.some(({ known }) => known) ? ', unless one of the written addresses is it' : ''}: its own nodes would lose the API server. Add that address.`,
        witness: azureWitness(query, outcome),
        decide: 'Which public address do the nodes leave by? It belongs into the authorised ranges.',
      })
      break
    }
  },
})
