import { labelOf } from '../model/azure/azure-object.ts'
import { surely } from '../model/azure/prop.ts'
import type { ServiceEndpoint } from '../model/azure/service.ts'
import { inPlace } from './edit/one-patch.ts'
import { askAzure, azureWitness } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { admitsNobody, hasPublicEndpoint, isOpenToAll } from './facts/paas-access.ts'
import { closeEndpoint } from './facts/paas-settings.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const privateEndpointAndPublic = defineRule({
  id: 'private-endpoint-and-public',
  meta: {
    title: 'Public endpoint is on beside a private endpoint',
    severity: 'medium',
    concepts: ['paas-public-network-access'],
    layer: 'paas-firewall',
    why: 'A private endpoint adds a way to the service and closes none: whoever the rules of its public endpoint admit gets in around the network.',
    fix: 'Switch the public endpoint off.',
    sources: [
      'https://learn.microsoft.com/azure/private-link/private-endpoint-overview',
      'https://learn.microsoft.com/azure/private-link/private-endpoint-dns',
    ],
  },

  /** Yields a hit for each service with a private endpoint of the tree and a public one that is certainly on. */
  *check(view, { trusted }) {
    const azure = azureOf(view)
    for (const service of azure.services.all) {
      if (!hasPublicEndpoint(service)) continue
      const endpoint = azure.privateEndpoints.all.find(
        ({ target }) => target.kind === 'found' && target.object === service.object,
      )
      if (endpoint === undefined) continue
      const { object, publicAccess } = service
      yield azureHit(view, {
        object,
        at: publicAccess.known ? writtenOrigin(publicAccess) : undefined,
        severity: admitsNobody(service) ? 'note' : 'medium',
        extent: admitsNobody(service) ? 1 : 2,
        say: `has its public endpoint on beside the private endpoint ${labelOf(endpoint.object)}${admitsNobody(service) ? ', and no rule admits anybody yet' : `: ${whoGetsIn(service)} still get to it around the network`}. Switch the public endpoint off.`,
        ...(isOpenToAll(service, trusted) && {
          within: { rule: 'paas-open-to-all', subject: subjectOf(view, object) },
        }),
        ...witnessOf(view, service),
        fix: () =>
          inPlace(closeEndpoint(service), `Switches the public endpoint off; ${labelOf(endpoint.object)} stays.`),
      })
    }
  },

  merge: mergeAzure,

  /** Off. */
  patch: (hit) => hit.fix?.(),
})

function whoGetsIn({ defaultAction, allowsAzure, ipRules, kind }: ServiceEndpoint): string {
  if (surely(defaultAction, 'Allow') || kind.rules === 'none') return 'clients everywhere'
  if (surely(allowsAzure, true)) return 'all addresses of Azure, those of other customers included,'
  return ipRules.items.length > 0 ? 'the addresses of its rules' : 'those that its rules admit'
}

/** A client of the internet that its public name leads to the open door. */
function witnessOf(view: Parameters<typeof askAzure>[0], { names }: ServiceEndpoint) {
  const [name] = names.values()
  if (name === undefined) return {}
  const query = { from: 'internet', to: name, protocol: 'TCP', port: 443 } as const
  const outcome = askAzure(view, query)
  return outcome.answer === 'allowed' ? { witness: azureWitness(query, outcome) } : {}
}
