import { rangeOf } from '../reach/azure/places.ts'
import { azureOf } from './facts/azure-view.ts'
import { admittedRanges } from './facts/paas-access.ts'
import { countV4, foreignPart, isInternet, MANY_ADDRESSES, printCount } from './facts/public-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const paasRangeWide = defineRule({
  id: 'paas-range-wide',
  meta: {
    title: 'Firewall of a service admits a wide range',
    severity: 'medium',
    concepts: ['paas-default-allow'],
    layer: 'paas-firewall',
    why: 'A range that is wider than one organisation has holds strangers.',
    fix: 'Admit the addresses that need the service.',
    sources: ['https://learn.microsoft.com/azure/azure-sql/database/firewall-configure'],
  },

  /** Yields a hit for each service whose ranges, added up, hold more public addresses than one organisation has. */
  *check(view, { trusted }) {
    for (const { object, addresses, items } of admittedRanges(azureOf(view), trusted)) {
      const count = countV4(addresses)
      if (count <= MANY_ADDRESSES || isInternet(addresses)) continue
      const wide = items.items.filter(
        (item) => item.known && countV4(foreignPart(rangeOf(item.value), trusted)) > MANY_ADDRESSES / 16,
      )
      yield azureHit(view, {
        object,
        at: wide[0]?.origin ?? items.origin,
        severity: 'medium',
        extent: count,
        say: `admits ${printCount(count)} public addresses: ${listNames(wide.flatMap((item) => (item.known ? [item.value] : [])))}. Admit the addresses that need it.`,
        decide: 'Which addresses need the service?',
      })
    }
  },

  merge: mergeAzure,
})
