import { parseCidr } from '../algebra/addresses.ts'
import { azureOf } from './facts/azure-view.ts'
import { addressesOfPool } from './facts/node-counts.ts'
import { countV4 } from './facts/public-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const subnetTooSmall = defineRule({
  id: 'subnet-too-small',
  meta: {
    title: 'Subnet is too small for its node pools',
    severity: 'medium',
    concepts: ['ip-planning'],
    layer: 'route',
    why: 'Nodes cannot be added, or an upgrade stops half way, when the subnet has no free address.',
    fix: 'Use a larger subnet, fewer nodes, or Azure CNI Overlay, in which pods take no addresses of the subnet.',
    sources: ['https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning'],
  },

  /** Yields a hit for each subnet whose pools, at their largest and during an upgrade, take more addresses than it has. */
  *check(view) {
    const azure = azureOf(view)
    for (const { object, prefixes } of azure.subnets.all) {
      if (!prefixes.complete || prefixes.items.some((item) => !item.known) || prefixes.absent) continue
      const size = prefixes.items.reduce((sum, item) => {
        const cidr = item.known ? parseCidr(item.value) : undefined
        // Azure keeps the first four addresses and the last.
        return sum + (cidr?.family === 'v4' ? Math.max(0, countV4(cidr.addresses) - 5) : 0)
      }, 0)
      const needs = azure.clusters.all.flatMap((cluster) =>
        cluster.pools
          .filter(({ subnet }) => subnet.kind === 'found' && subnet.object === object)
          .map((pool) => addressesOfPool(cluster, pool)),
      )
      const need = needs.reduce<number>((sum, one) => sum + (one ?? 0), 0)
      if (size === 0 || need <= size) continue
      yield azureHit(view, {
        object,
        at: prefixes.items[0]!.origin,
        severity: 'medium',
        extent: need - size,
        say: `has room for ${size} addresses, and its node pools take ${need} at their largest, with the nodes that an upgrade adds. Use a larger subnet, or Azure CNI Overlay.`,
        decide: 'A larger subnet, fewer nodes, or Azure CNI Overlay?',
      })
    }
  },

  merge: mergeAzure,
})
