import { cidr } from '../algebra/addresses.ts'
import { azureOf } from './facts/azure-view.ts'
import { networksOf, overlaps, podRangesOf, rangesIn } from './facts/cluster-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const reservedRangeUsed = defineRule({
  id: 'reserved-range-used',
  meta: {
    title: 'Range is reserved by AKS',
    severity: 'high',
    concepts: ['ip-planning'],
    layer: 'route',
    why: 'AKS uses 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 and 192.0.2.0/24 itself.',
    fix: 'Use other private ranges.',
    sources: ['https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning'],
  },

  /** Yields a hit for each range of a cluster or of its networks that holds reserved addresses. */
  *check(view) {
    const azure = azureOf(view)
    for (const cluster of azure.clusters.all) {
      const taken = [
        ...podRangesOf(cluster),
        ...rangesIn(cluster.serviceCidrs, 'services'),
        ...networksOf(azure, cluster).flatMap(({ addressSpace }) => rangesIn(addressSpace, 'network')),
      ]
      for (const range of taken) {
        const [reserved] = RESERVED.filter(({ addresses }) => overlaps(addresses, range.addresses))
        if (reserved === undefined) continue
        yield azureHit(view, {
          object: cluster.object,
          at: range.origin,
          detail: `${range.words} ${reserved.text}`,
          severity: 'high',
          say: `uses ${range.text} for its ${range.words}, which holds ${reserved.text}: AKS keeps that for itself. Use another range.`,
          decide: 'Which range is free?',
        })
      }
    }
  },

  merge: mergeAzure,
})

const RESERVED = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'].map((text) => ({
  text,
  addresses: cidr(text),
}))
