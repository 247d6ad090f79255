import { editableOrigin } from '../base/origin.ts'
import { itemsOf } from '../base/value.ts'
import { labelOf, read } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import type { Prop } from '../model/azure/prop.ts'
import type { Subnet } from '../model/azure/virtual-network.ts'
import { regionOfHost } from '../reach/azure/hosts.ts'
import { tagOfEndpoint } from '../reach/layers/route.ts'
import { findBlock, removeBlock } from './edit/hcl-block.ts'
import { removeItem, replaceItems } from './edit/list-items.ts'
import { syntaxOf } from './edit/literal.ts'
import { inPlace } from './edit/one-patch.ts'
import { askAzure, azureWitness } from './facts/azure-site.ts'
import { waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

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
          objectsTo: ({ kind, to }) => kind === 'egress' && to.name.startsWith(tag),
          fix: () => withoutEndpoint(subnet, item),
        })
      }
    }
  },

  merge: mergeAzure,

  /** Without the endpoint: its service is reached through the firewall, or by a private endpoint. */
  patch: (hit) => hit.fix?.(),
})

function withoutEndpoint({ object, serviceEndpoints }: Subnet, item: Prop<string>): ProposedPatch | undefined {
  const place = editableOrigin(item.origin)
  const holds = ({ start, end }: { readonly start: number; readonly end: number }) =>
    start <= place.start && end >= place.end
  const subnet = syntaxOf(place.source.path) === 'hcl' ? findBlock(originOf(object)) : undefined
  // From azurerm 5 on each endpoint is a block, in ARM it is an object.
  const block = subnet?.body.blocks.find((one) => one.type === 'service_endpoint' && holds(one))
  const written = itemsOf(read(object, 'properties.serviceEndpoints')).find(
    ({ kind, origin }) => kind === 'map' && origin.source === place.source && holds(origin),
  )
  const items = serviceEndpoints.items.map(({ origin }) => origin)
  const edits =
    block !== undefined
      ? removeBlock(block)
      : subnet === undefined && written !== undefined
        ? removeItem(written.origin)
        : (replaceItems(serviceEndpoints.origin, items, (index) => items[index] === item.origin, []) ??
          removeItem(place))
  return inPlace(
    edits,
    'Takes the service endpoint away, so that the default route to the firewall carries this part too.',
  )
}
