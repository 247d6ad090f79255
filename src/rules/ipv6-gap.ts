import { labelOf } from '../model/azure/azure-object.ts'
import { knownItems } from '../model/azure/prop.ts'
import { addIpv6Route } from './closing/ipv6-route.ts'
import { askAzure, azureWitness, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { exitOf, isForced, waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const ipv6Gap = defineRule({
  id: 'ipv6-gap',
  meta: {
    title: 'IPv6 leaves past the firewall',
    severity: 'medium',
    concepts: ['egress', 'route'],
    layer: 'route',
    why: 'A route for 0.0.0.0/0 holds IPv4 alone. On a dual-stack cluster IPv6 takes the default route of Azure.',
    fix: 'Route ::/0 as 0.0.0.0/0, or to nowhere.',
    sources: ['https://learn.microsoft.com/azure/aks/configure-dual-stack'],
  },

  /** Yields a hit for each subnet of a dual-stack cluster whose IPv4 is surely forced elsewhere and whose IPv6 surely leaves. */
  *check(view) {
    for (const way of waysOut(view)) {
      const { cluster, subnet, routes } = way
      if (!isForced(way) || !knownItems(cluster.ipFamilies).some((family) => family.toLowerCase() === 'ipv6')) continue
      const exit = exitOf(siteOf(view), routes, 'v6')
      if (exit.kind !== 'internet') continue
      const query = { from: way.peer, to: PUBLIC_V6, protocol: 'TCP', port: 443 } as const
      const outcome = askAzure(view, query)
      if (outcome.answer !== 'allowed') continue
      yield azureHit(view, {
        object: subnet.object,
        detail: subjectOf(view, cluster.object),
        severity: 'medium',
        say: `routes IPv4 of ${labelOf(cluster.object)} to a firewall, an appliance or a gateway, but has no route for ::/0: IPv6 of this dual-stack cluster leaves for the internet unfiltered. Add a route for ::/0.`,
        witness: azureWitness(query, outcome),
        decide: 'Where must IPv6 go? A route for ::/0 with next hop None keeps it in.',
        objectsTo: ({ kind }) => kind === 'egress',
        fix: () => addIpv6Route(view, way),
      })
    }
  },

  merge: mergeAzure,

  /** A route for ::/0 beside that for 0.0.0.0/0. */
  patch: (hit) => hit.fix?.(),
})

/** Any public host. */
const PUBLIC_V6 = '2606:4700::1111'
