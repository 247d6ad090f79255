import { labelOf } from '../model/azure/azure-object.ts'
import { routesOf } from '../reach/azure/host-routes.ts'
import { removeBlock } from './edit/hcl-block.ts'
import { inPlace } from './edit/one-patch.ts'
import { siteOf } from './facts/azure-site.ts'
import { exitOf } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const routeLoop = defineRule({
  id: 'route-loop',
  meta: {
    title: "The firewall's own subnet is routed to the firewall",
    severity: 'high',
    concepts: ['route'],
    layer: 'route',
    why: 'What the firewall forwards comes back to it and is never delivered.',
    fix: "Let the default route of the firewall's subnet lead to the internet.",
    sources: ['https://learn.microsoft.com/azure/firewall/forced-tunneling'],
  },

  /** Yields a hit for each firewall whose subnet certainly sends what leaves back to it. */
  *check(view) {
    const site = siteOf(view)
    for (const firewall of site.azure.firewalls.all) {
      const subnet = site.azure.subnets.of(firewall.subnet)
      if (subnet === undefined) continue
      const exit = exitOf(site, routesOf(site, subnet), 'v4')
      if (exit.kind !== 'firewall' || exit.firewall !== firewall) continue
      const { origin } = subnet.routeTable
      const association = view.resources.find(
        ({ kind, origin: home }) =>
          kind === 'azurerm_subnet_route_table_association' &&
          home.source === origin.source &&
          home.start <= origin.start &&
          home.end >= origin.end,
      )
      yield azureHit(view, {
        object: firewall.object,
        at: origin,
        severity: 'high',
        say: `is in ${labelOf(subnet.object)}, whose default route ${exit.route.label} leads back to it: what it forwards is never delivered. Remove the route, or the table from that subnet.`,
        fix: () =>
          association &&
          inPlace(
            removeBlock(association.origin),
            "Takes the route table from the firewall's subnet, which then leaves by Azure's own default route.",
          ),
      })
    }
  },

  merge: mergeAzure,

  /** The subnet without the table. */
  patch: (hit) => hit.fix?.(),
})
