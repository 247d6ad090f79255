import { type AddressSet, addressSets } from '../algebra/addresses.ts'
import type { Origin } from '../base/origin.ts'
import { printEnd } from '../compare/azure-flows.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import type { PropList } from '../model/azure/prop.ts'
import { rangeOf } from '../reach/azure/places.ts'
import { azureOf } from './facts/azure-view.ts'
import { gateChangesOf, untrusted } from './facts/gate-widening.ts'
import { isOpenToAll } from './facts/paas-access.ts'
import { countV4 } from './facts/public-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const paasWidened = defineRule({
  id: 'paas-widened',
  meta: {
    title: 'Service is open to more networks',
    severity: 'medium',
    concepts: ['paas-firewall'],
    layer: 'paas-firewall',
    why: 'The change lets networks call the service that could not before.',
    fix: 'Check that they are meant; use a private endpoint where you can.',
    sources: ['https://learn.microsoft.com/azure/private-link/private-link-overview'],
  },

  /** Yields a hit for each service whose firewall certainly admits more, unless it admits everybody, which another rule says. */
  *checkChange(change, settings) {
    const { trusted } = settings
    const { head } = change
    if (head === undefined) return
    for (const { before, after, gained } of gateChangesOf(change)) {
      if (before === undefined || after === undefined || !after.name.startsWith('service/')) continue
      const service = azureOf(head).services.of(after.object)
      const news = untrusted(gained.certain, 'from', settings)
      if (service === undefined || news.length === 0 || isOpenToAll(service, trusted)) continue
      const wasOff = before.admits.possible.length === 0
      const added = news.map(({ from }) => from.addresses).reduce(addressSets.union, addressSets.empty)
      const access = service.publicAccess
      const ends = [...new Set(news.map(({ from }) => printEnd(from)))]
      yield azureHit(head, {
        object: after.object,
        at:
          wasOff && access.known && access.isDefault !== true
            ? access.origin
            : (newRule(service.ipRules, added) ?? originOf(after.object)),
        detail: 'widened',
        severity: wasOff || countV4(added) > 256 ? 'medium' : 'low',
        say: `${wasOff ? 'had no public endpoint that anybody could use, and now admits' : 'admits more callers than before:'} ${ends.slice(0, 3).join(', ')}${ends.length > 3 ? ' and more' : ''}. Check that they are meant.`,
      })
    }
  },

  merge: mergeAzure,
})

/** Where the first rule stands that holds some of the addresses. */
function newRule(rules: PropList<string>, added: AddressSet): Origin | undefined {
  return rules.items.find(
    (item) => item.known && !addressSets.isEmpty(addressSets.intersect(rangeOf(item.value), added)),
  )?.origin
}
