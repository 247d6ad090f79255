import { addressSets, printAddresses } from '../algebra/addresses.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import { rangeOf } from '../reach/azure/places.ts'
import { replaceItems } from './edit/list-items.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { gateChangesOf, untrusted } from './facts/gate-widening.ts'
import { countV4, foreignPart, MANY_ADDRESSES } from './facts/public-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const apiServerWidened = defineRule({
  id: 'api-server-widened',
  meta: {
    title: 'API server is open to more addresses',
    severity: 'medium',
    concepts: ['aks-api-public'],
    layer: 'api-server',
    why: 'The change lets addresses reach the API server that could not before.',
    fix: 'Check that the new ranges are yours; name them as trusted in ringfence.yml.',
    sources: ['https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges'],
  },

  /** Yields a hit for each cluster whose API server certainly admits new addresses, unless it admits so many that other rules say it. */
  *checkChange(change, settings) {
    const { trusted } = settings
    const { head } = change
    if (head === undefined) return
    for (const { before, after, gained } of gateChangesOf(change)) {
      if (before === undefined || after === undefined || !after.name.startsWith('api-server/')) continue
      const news = untrusted(gained.certain, 'from', settings)
      const all = after.admits.certain.map(({ from }) => from.addresses).reduce(addressSets.union, addressSets.empty)
      if (news.length === 0 || countV4(foreignPart(all, trusted)) > MANY_ADDRESSES) continue
      const added = news.map(({ from }) => from.addresses).reduce(addressSets.union, addressSets.empty)
      const cluster = azureOf(head).clusters.of(after.object)
      const ranges = cluster?.api.authorizedRanges
      const isNew = (text: string) => !addressSets.isEmpty(addressSets.intersect(rangeOf(text), added))
      const first = ranges?.items.find((item) => item.known && isNew(item.value))
      const wasPrivate = before.admits.possible.length === 0
      yield azureHit(head, {
        object: after.object,
        at: first?.origin ?? originOf(after.object),
        detail: 'widened',
        severity: wasPrivate ? 'high' : countV4(added) > 256 ? 'medium' : 'low',
        say: `${wasPrivate ? 'had no public API server and now has one for' : 'lets new addresses reach its API server:'} ${printAddresses(added)}. Check that they are yours, and name them as trusted in ringfence.yml.`,
        decide: 'Are the new ranges yours?',
        fix: () =>
          ranges &&
          inPlace(
            replaceItems(
              ranges.origin,
              ranges.items.map(({ origin }) => origin),
              (index) => {
                const item = ranges.items[index]!
                return item.known && isNew(item.value)
              },
              [],
            ),
            'Takes the new ranges out of the list.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** The list as it was. */
  patch: (hit) => hit.fix?.(),
})
