import type { AzureObject } from '../model/azure/azure-object.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { Subnet } from '../model/azure/virtual-network.ts'
import { azureOf } from './facts/azure-view.ts'
import { waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const subnetShared = defineRule({
  id: 'subnet-shared',
  meta: {
    title: 'Cluster shares its subnet',
    severity: 'low',
    concepts: ['ip-planning'],
    layer: 'nsg',
    why: 'Security groups, routes and firewall rules know a subnet by its range: what is open for one of its users is open for all, and a cluster that grows takes the addresses of the others.',
    fix: 'Give each cluster, and what is no part of it, a subnet of its own.',
    sources: [
      'https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning',
      'https://learn.microsoft.com/azure/aks/azure-cni-overlay',
    ],
  },

  /** Yields a hit for each subnet that several clusters, or a cluster and private endpoints or network cards, certainly share. */
  *check(view) {
    const azure = azureOf(view)
    const clusters = new Map<Subnet, AzureObject[]>()
    for (const { subnet, cluster } of waysOut(view)) {
      const own = clusters.get(subnet)
      if (own === undefined) clusters.set(subnet, [cluster.object])
      else if (!own.includes(cluster.object)) own.push(cluster.object)
    }
    for (const [subnet, own] of clusters) {
      const isHere = (link: { readonly kind: string; readonly object?: unknown }) =>
        link.kind === 'found' && link.object === subnet.object
      const others = [
        ...azure.interfaces.filter(({ configurations }) => configurations.some((one) => isHere(one.subnet))),
        ...azure.privateEndpoints.all.filter((endpoint) => isHere(endpoint.subnet)),
      ].map(({ object }) => object)
      const users = [...own, ...others]
      if (users.length < 2) continue
      yield azureHit(view, {
        object: subnet.object,
        severity: own.length > 1 ? 'low' : 'note',
        extent: users.length,
        say: `holds ${listNames(users.map(labelOf), 4)}: groups, routes and firewall rules cannot tell them apart, and they share its addresses. Give each a subnet of its own.`,
        decide: 'Which of them gets a subnet of its own?',
      })
    }
  },

  merge: mergeAzure,
})
