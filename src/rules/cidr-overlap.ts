import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { eachNetwork } from './each.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { networkName, networksOf, overlaps, podRangesOf, rangesIn, withPeers } from './facts/cluster-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type Hit } from './rule.ts'

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
  check: eachNetwork(function* (view) {
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
    yield* clashesBehindHubs(view)
  }),

  merge: mergeAzure,
})

/** Networks of two clusters that a third one joins: Azure refuses the second peering with a range that one of its peers has. */
function* clashesBehindHubs(view: StateView): Iterable<Hit> {
  const azure = azureOf(view)
  for (const hub of azure.virtualNetworks.all) {
    const spokes = withPeers(azure, hub).filter((network) => network !== hub)
    for (const [index, one] of spokes.entries()) {
      const own = rangesIn(one.addressSpace, networkName(one.object))
      for (const other of spokes.slice(0, index)) {
        const clash = rangesIn(other.addressSpace, networkName(other.object)).find((range) =>
          own.some((mine) => overlaps(mine.addresses, range.addresses)),
        )
        if (clash === undefined) continue
        const clusters = azure.clusters.all.filter((cluster) =>
          networksOf(azure, cluster).some((network) => network === one || network === other),
        )
        const whose =
          clusters.length > 1 ? `, the networks of ${listNames(clusters.map(({ object }) => labelOf(object)))},` : ''
        yield azureHit(view, {
          object: one.object,
          at: own.find(({ addresses }) => overlaps(addresses, clash.addresses))?.origin,
          detail: `${subjectOf(view, hub.object)} ${subjectOf(view, other.object)}`,
          severity: 'high',
          say: `and ${clash.words}${whose} are both peered with ${networkName(hub.object)}, and ${clash.text} overlaps: Azure refuses the second peering, and nothing could tell their hosts apart. Give each its own range.`,
          decide: 'Which range is free?',
        })
      }
    }
  }
}
