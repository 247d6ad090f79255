import { knownValue } from '../model/azure/prop.ts'
import { azureHit, mergeAzure } from './azure-hit.ts'
import { azureOf } from './azure-view.ts'
import { defineRule } from './rule.ts'

export const privateEndpointUnused = defineRule({
  id: 'private-endpoint-unused',
  meta: {
    title: 'Private endpoint is not used: its name leads to the public address',
    severity: 'medium',
    concepts: ['private-endpoint'],
    layer: 'private-endpoint',
    why: 'Clients find a private endpoint by DNS. Without a private zone that is linked to their network, the name of the service still leads to its public address.',
    fix: 'Give the endpoint a zone group, and link the zone to the network of its clients.',
    sources: ['https://learn.microsoft.com/azure/private-link/private-endpoint-dns'],
  },

  /** Yields a hit for each private endpoint that no zone of the tree names, or whose zones are linked to no network. */
  *check(view) {
    const azure = azureOf(view)
    for (const { object, zones, target, manual } of azure.privateEndpoints.all) {
      if (target.kind === 'absent' || !manual.known || manual.value) continue
      if (zones.length === 0) {
        // Zones that the tree does not hold may be filled by somebody else; records written by hand count too.
        const isByHand = azure.privateDnsZones.all.some(({ records }) => records.length > 0)
        if (isByHand || azure.privateDnsZones.all.length === 0) continue
        yield azureHit(view, {
          object,
          severity: 'medium',
          say: 'has no DNS zone group, so no private zone knows its address: clients still go to the public address of the service. Give it a zone group.',
        })
        continue
      }
      const own = zones.map((zone) => azure.privateDnsZones.of(zone))
      if (own.includes(undefined)) continue
      const unlinked = own.filter((zone) => zone !== undefined && zone.links.length === 0)
      const [first] = unlinked
      if (first === undefined || unlinked.length < own.length) continue
      yield azureHit(view, {
        object,
        at: zones[0]?.origin,
        severity: 'medium',
        say: `puts its address into the zone ${knownValue(first.object.name) ?? first.object.resource.address}, which is linked to no virtual network: clients still go to the public address of the service. Link the zone to the network of the clients.`,
      })
    }
  },

  merge: mergeAzure,
})
