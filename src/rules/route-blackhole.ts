import { labelOf } from '../model/azure/azure-object.ts'
import { askAzure, azureWitness } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const routeBlackhole = defineRule({
  id: 'route-blackhole',
  meta: {
    title: 'Default route leads to an address that nothing has',
    severity: 'medium',
    concepts: ['route'],
    layer: 'route',
    why: 'Packets to a next hop that does not exist are dropped: nodes cannot pull images or reach what the cluster needs.',
    fix: 'Write the private address of the firewall or appliance as the next hop.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#user-defined'],
  },

  /** Yields a hit for each subnet of a cluster whose default route certainly ends at nothing; next hop None is a decision and is left alone. */
  *check(view) {
    for (const way of waysOut(view)) {
      if (way.exit.kind !== 'appliance') continue
      const query = { from: way.peer, to: 'internet', protocol: 'TCP', port: 443 } as const
      const outcome = askAzure(view, query)
      if (outcome.answer !== 'denied' || outcome.layer !== 'route') continue
      yield azureHit(view, {
        object: way.subnet.object,
        at: way.exit.route.origin,
        detail: subjectOf(view, way.cluster.object),
        severity: 'medium',
        say: `sends what ${way.carries} of ${labelOf(way.cluster.object)} send to the internet by ${way.exit.route.label} to an address that no firewall, appliance or load balancer of this repository has, so it is lost. Write the private address of the firewall.`,
        witness: azureWitness(query, outcome),
        decide: 'Which private address has the firewall or appliance?',
      })
    }
  },

  merge: mergeAzure,
})
