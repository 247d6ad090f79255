import { surely } from '../model/azure/prop.ts'
import { rangeOf } from '../reach/azure/places.ts'
import { replaceItems } from './edit/list-items.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { addressesOf, countV4, foreignPart, isInternet, MANY_ADDRESSES, printCount } from './facts/public-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const apiServerRangesWide = defineRule({
  id: 'api-server-ranges-wide',
  meta: {
    title: 'Authorised ranges of the API server admit much of the internet',
    severity: 'high',
    concepts: ['aks-api-public'],
    layer: 'api-server',
    why: 'A list that holds the internet, or millions of strangers, keeps nobody out.',
    fix: 'List the addresses that administer the cluster, and nothing wider.',
    sources: ['https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges'],
  },

  /** Yields a hit for each public cluster whose ranges, added up, hold more public addresses than one organisation has. */
  *check(view, { trusted, trustedRanges }) {
    for (const { api, object } of azureOf(view).clusters.all) {
      if (!surely(api.private, false)) continue
      const { authorizedRanges: ranges } = api
      const admitted = foreignPart(addressesOf(ranges).certain, trusted)
      const count = countV4(admitted)
      if (count <= MANY_ADDRESSES) continue
      const wide = (text: string) => countV4(foreignPart(rangeOf(text), trusted)) > MANY_ADDRESSES / 16
      const items = ranges.items
      const first = items.find((item) => item.known && wide(item.value)) ?? items[0]
      const isWhole = isInternet(admitted)
      yield azureHit(view, {
        object,
        at: first?.origin ?? ranges.origin,
        severity: isWhole ? 'high' : 'medium',
        extent: count,
        say: `lets ${printCount(count)} public addresses reach its API server (${listNames(items.flatMap((item) => (item.known && wide(item.value) ? [item.value] : [])))}), so its list of authorised ranges ${isWhole ? 'keeps nobody out' : 'keeps few out'}. List the addresses that administer the cluster.`,
        decide:
          'Which addresses administer the cluster? Name them as trusted in ringfence.yml, and the patch is to list them.',
        fix: () =>
          inPlace(
            replaceItems(
              ranges.origin,
              items.map(({ origin }) => origin),
              (index) => {
                const item = items[index]!
                return item.known && wide(item.value)
              },
              trustedRanges,
            ),
            'Takes the wide ranges out of the list, and puts the trusted ranges of the configuration in.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** The ranges that are no wider, with the trusted ones of the configuration. */
  patch: (hit) => hit.fix?.(),
})
