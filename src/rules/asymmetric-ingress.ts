import { printConnections, samplePort } from '../algebra/connections.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { makeInternal } from './edit/load-balancer.ts'
import { askAzure, azureWitness, linkedCluster } from './facts/azure-site.ts'
import { offeredServices } from './facts/public-service.ts'
import { isForced, type WayOut, waysOut } from './facts/way-out.ts'
import { defineRule } from './rule.ts'

export const asymmetricIngress = defineRule({
  id: 'asymmetric-ingress',
  meta: {
    title: 'Replies of a public load balancer are lost in the firewall',
    severity: 'high',
    concepts: ['service-exposed', 'route'],
    layer: 'route',
    why: 'Requests come in through the load balancer, and the default route sends the replies to a firewall that has not seen the request and drops them. The requests still reach the pods.',
    fix: 'Make the load balancer internal, and let the firewall publish it with a DNAT rule.',
    sources: [
      'https://learn.microsoft.com/azure/firewall/integrate-lb#asymmetric-routing',
      'https://learn.microsoft.com/azure/aks/limit-egress-traffic',
    ],
  },

  /** Yields a hit for each public load balancer of a cluster whose node subnets all send what leaves to a firewall, an appliance or a gateway. */
  *check(view, { trusted, trustedRanges }) {
    const linked = linkedCluster(view)
    if (linked === undefined) return
    const ways = waysOut(view).filter(({ cluster, carries }) => cluster === linked && carries !== 'pods')
    const [way] = ways
    if (way === undefined || way.exit.kind === 'unknown' || !ways.every(isForced) || ways.some(keepsOneAddress)) return
    for (const { service, open, target, frontend, names } of offeredServices(view, trusted)) {
      if (open !== 'yes') continue
      const { resource } = service
      const [name] = names
      const port = samplePort(target) ?? samplePort(frontend)
      const query =
        name === undefined || port === undefined
          ? undefined
          : { from: 'internet', to: name, ...port, via: service.resource }
      const outcome = query && askAzure(view, query)
      // Another layer that refuses the request first is what stands in the way.
      if (outcome?.answer === 'denied' && outcome.layer !== 'route') continue
      const ports = printConnections(frontend)
      yield {
        resource: resource.address,
        at: service.typeOrigin,
        subject: view.identity(resource.address),
        severity: 'high',
        message: `${resource.address} is a public load balancer${ports === '' ? '' : ` on ${ports}`}, but ${way.exit.route.label} of ${labelOf(way.subnet.object)} sends every reply to ${way.exit.kind === 'firewall' ? `the firewall ${labelOf(way.exit.firewall.object)}` : 'an appliance or gateway'}, which has not seen the request and drops it: clients get no answer, while requests still reach the pods. Make it internal, and publish it through the firewall with a DNAT rule.`,
        ...(query && outcome && { witness: azureWitness(query, outcome) }),
        decide: 'Who must reach it? An internal load balancer is published by a DNAT rule of the firewall.',
        objectsTo: ({ kind }) => kind === 'ingress',
        fix: () => makeInternal(service, trustedRanges),
      }
    }
  },

  /** The annotation for an internal load balancer. */
  patch: (hit) => hit.fix?.(),
})

/** A route of one address to the internet is how DNAT to a public load balancer is kept symmetric. */
function keepsOneAddress({ routes }: WayOut): boolean {
  return routes.routes.some(
    ({ kind, hop, length, certain }) => kind === 'user' && hop.kind === 'internet' && (length === 32 || !certain),
  )
}
