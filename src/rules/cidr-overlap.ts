import { azureHit, mergeAzure } from './azure-hit.ts'
import { azureOf } from './azure-view.ts'
import { networkName, networksOf, overlaps, podRangesOf, rangesIn, withPeers } from './cluster-ranges.ts'
import { defineRule } from './rule.ts'

export const cidrOverlap = defineRule({
  id: 'cidr-overlap',
  meta: {
    title: 'Address ranges overlap',
    severity: 'high',
    concepts: ['ip-planning'],
    layer: 'route',
    why: 'Addresses that two networks have cannot be told apart: traffic goes to the wrong one or nowhere.',
    fix: 'Give each its own range; ranges of pods can be the same in several clusters, and in nothing else.',
    sources: ['https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning'],
  },

  /** Yields a hit for each pair of a cluster's ranges, its networks and their peers that certainly overlap, and for peered networks that do. */
  *check(view) {
    const azure = azureOf(view)
    for (const cluster of azure.clusters.all) {
      const networks = [...new Set(networksOf(azure, cluster).flatMap((network) => withPeers(azure, network)))]
      const taken = [...podRangesOf(cluster), ...rangesIn(cluster.serviceCidrs, 'services')]
      const others = networks.flatMap(({ object, addressSpace }) =>
        rangesIn(addressSpace, `network ${networkName(object)}`),
      )
      for (const [index, range] of taken.entries()) {
        const clash = [...taken.slice(index + 1), ...others].find((other) => overlaps(other.addresses, range.addresses))
        if (clash === undefined) continue
        yield azureHit(view, {
          object: cluster.object,
          at: range.origin === cluster.object.resource.origin ? clash.origin : range.origin,
          detail: `${range.words} ${clash.words}`,
          severity: 'high',
          say: `gives its ${range.words} ${range.text}, which overlaps ${clash.text} of ${clash.words.startsWith('network') ? clash.words : `its ${clash.words}`}: traffic between them goes to the wrong place. Give each its own range.`,
          decide: 'Which range is free?',
        })
      }
    }
    for (const { object, network, remote } of azure.peerings.all) {
      const [own, other] = [azure.virtualNetworks.of(network), azure.virtualNetworks.of(remote)]
      if (own === undefined || other === undefined || own === other) continue
      const mine = rangesIn(own.addressSpace, networkName(own.object))
      const clash = rangesIn(other.addressSpace, networkName(other.object)).find((range) =>
        mine.some((one) => overlaps(one.addresses, range.addresses)),
      )
      if (clash === undefined) continue
      yield azureHit(view, {
        object,
        severity: 'high',
        say: `peers ${networkName(own.object)} with ${clash.words}, whose range ${clash.text} overlaps it: Azure refuses the peering. Give each its own range.`,
        decide: 'Which range is free?',
      })
    }
  },

  merge: mergeAzure,
})
