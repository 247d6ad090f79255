import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { PrivateEndpoint } from '../model/azure/private-link.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { VirtualNetwork } from '../model/azure/virtual-network.ts'
import { endpointsOf, resolveName, resolversOf } from '../reach/layers/dns.ts'
import { linkZone } from './edit/link-zone.ts'
import { askAzure, azureWitness, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule, type Hit } from './rule.ts'

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

  /** Yields a hit for each private endpoint that no zone of the tree names, or whose zones are linked to no network, or to none of a cluster. */
  *check(view) {
    const azure = azureOf(view)
    for (const endpoint of azure.privateEndpoints.all) {
      const { object, zones, target, manual } = endpoint
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
      if (first === undefined || unlinked.length < own.length) {
        yield* unlinkedClusters(view, endpoint)
        continue
      }
      yield azureHit(view, {
        object,
        at: zones[0]?.origin,
        severity: 'medium',
        say: `puts its address into the zone ${knownValue(first.object.name) ?? first.object.resource.address}, which is linked to no virtual network: clients still go to the public address of the service. Link the zone to the network of the clients.`,
      })
    }
  },

  merge: mergeAzure,

  /** A link of the zone to the network of the cluster, written like the one that is there. */
  patch: (hit) => hit.fix?.(),
})

/** A zone that is linked to other networks than that of a cluster: there the name leads to the public address. */
function* unlinkedClusters(view: StateView, endpoint: PrivateEndpoint): Iterable<Hit> {
  const site = siteOf(view)
  const { azure } = site
  const service = azure.services.all.find(
    ({ object }) => endpoint.target.kind === 'found' && endpoint.target.object === object,
  )
  if (service === undefined) return
  const seen = new Set<VirtualNetwork>()
  for (const { network, peer, cluster } of waysOut(view)) {
    if (network === undefined || seen.has(network)) continue
    seen.add(network)
    const name = [...service.names].find(([group, own]) => {
      if (!endpointsOf(site, { service, group }).includes(endpoint)) return false
      return resolveName(site, own, resolversOf(site, network)).every(
        ({ kind, step }) => kind === 'public' && step.answer === 'allowed',
      )
    })?.[1]
    if (name === undefined) continue
    const query = { from: peer, to: name, protocol: 'TCP', port: 443 } as const
    const outcome = askAzure(view, query)
    const zone = azure.privateDnsZones.of(endpoint.zones[0])
    yield azureHit(view, {
      object: endpoint.object,
      detail: subjectOf(view, network.object),
      severity: 'medium',
      say: `puts its address into ${zone === undefined ? 'a zone' : `the zone ${knownValue(zone.object.name) ?? labelOf(zone.object)}`}, which is not linked to ${labelOf(network.object)} of ${labelOf(cluster.object)}: its pods and nodes still get the public address of ${name}${outcome.answer === 'denied' ? ', which does not answer them' : ''}. Link the zone to that network.`,
      ...(outcome.answer === 'allowed' && { witness: azureWitness(query, outcome) }),
      decide: 'Link the zone to the network of the cluster, or to that of the DNS servers it uses.',
      fix: () => zone && linkZone(zone, network),
    })
  }
}
