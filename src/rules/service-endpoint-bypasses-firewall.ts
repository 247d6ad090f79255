import { labelOf } from '../model/azure/azure-object.ts'
import { regionOfHost } from '../reach/azure/hosts.ts'
import { tagOfEndpoint } from '../reach/layers/route.ts'
import { azureHit, mergeAzure } from './azure-hit.ts'
import { askAzure, azureWitness } from './azure-site.ts'
import { defineRule } from './rule.ts'
import { waysOut } from './way-out.ts'

export const serviceEndpointBypassesFirewall = defineRule({
  id: 'service-endpoint-bypasses-firewall',
  meta: {
    title: 'A service endpoint leads around the firewall',
    severity: 'medium',
    concepts: ['egress', 'route'],
    layer: 'route',
    why: 'A service endpoint brings routes that win over the default route, for every account of the service, those of other customers included.',
    fix: 'Use a private endpoint, or limit the service endpoint with an endpoint policy.',
    sources: [
      'https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview',
      'https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoint-policies-overview',
    ],
  },

  /** Yields a hit for each service endpoint of a cluster's subnet whose default route leads to a firewall. */
  *check(view) {
    for (const way of waysOut(view)) {
      const { exit, subnet, cluster, carries } = way
      if (exit.kind !== 'firewall' && exit.kind !== 'appliance') continue
      for (const item of subnet.serviceEndpoints.items) {
        if (!item.known) continue
        const isStorage = /^microsoft\.storage(?:\.global)?$/i.test(item.value)
        // Endpoint policies are for storage alone, and with one the accounts that it does not list are refused.
        if (isStorage && subnet.serviceEndpointPolicies.length > 0) continue
        const tag = tagOfEndpoint(item.value)
        if (tag === undefined) continue
        // The endpoint's routes are for the region of the network.
        const region = regionOfHost(way.host)
        const query = {
          from: way.peer,
          to: `tag/${tag}${region === undefined ? '' : `.${region}`}`,
          protocol: 'TCP',
          port: 443,
        } as const
        const outcome = askAzure(view, query)
        if (outcome.answer === 'denied') continue
        const past = exit.kind === 'firewall' ? labelOf(exit.firewall.object) : 'the appliance'
        yield azureHit(view, {
          object: subnet.object,
          at: item.origin,
          detail: item.value.toLowerCase(),
          severity: 'medium',
          say: `has the service endpoint ${item.value}: ${carries} of ${labelOf(cluster.object)} reach every account of that service, those of other customers included, past ${past} that the default route leads to. Use a private endpoint${isStorage ? ', or an endpoint policy that lists the accounts' : ''}.`,
          ...(outcome.answer === 'allowed' && { witness: azureWitness(query, outcome) }),
          decide: `Which instances of ${item.value} are used? Give them private endpoints${isStorage ? ' or list them in an endpoint policy' : ''}, then remove the service endpoint.`,
        })
      }
    }
  },

  merge: mergeAzure,
})
