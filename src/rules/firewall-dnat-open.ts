import { printConnections } from '../algebra/connections.ts'
import { knownValue } from '../model/azure/prop.ts'
import { replaceItems } from './edit/list-items.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { contentSubjects, firewallRules } from './facts/firewall-rules.ts'
import { isWide } from './facts/internet-admission.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const firewallDnatOpen = defineRule({
  id: 'firewall-dnat-open',
  meta: {
    title: 'Firewall forwards the internet to an internal address',
    severity: 'high',
    concepts: ['firewall'],
    layer: 'firewall',
    why: 'A DNAT rule for any source publishes what stands behind it, and nothing reads the traffic.',
    fix: 'Limit the sources, or publish web applications through an application gateway with a WAF.',
    sources: ['https://learn.microsoft.com/azure/firewall/tutorial-firewall-dnat-policy'],
  },

  /** Yields a hit for each DNAT rule that certainly admits the internet. */
  *check(view, { trusted, trustedRanges }) {
    const subject = contentSubjects()
    for (const one of firewallRules(azureOf(view))) {
      const { rule, collection, packets, label, owner } = one
      if (rule.kind !== 'nat' || !isWide(packets.certain.from, trusted)) continue
      const target =
        (rule.translatedAddress ?? rule.translatedName) && knownValue((rule.translatedAddress ?? rule.translatedName)!)
      yield {
        ...azureHit(view, {
          object: owner,
          at: rule.value.origin,
          detail: label,
          severity: 'high',
          say: `forwards anybody on the internet to ${target ?? 'an internal address'} on ${printConnections(packets.certain.connections)} by DNAT rule ${label}. Limit its sources.`,
          decide: 'Which sources need it?',
          fix: () =>
            trustedRanges.length === 0
              ? undefined
              : inPlace(
                  replaceItems(
                    rule.sources.origin,
                    rule.sources.items.map(({ origin }) => origin),
                    () => true,
                    trustedRanges,
                  ),
                  `Lets only the trusted ranges of the configuration use DNAT rule ${label}.`,
                ),
        }),
        subject: subject(one),
        because: { line: lineOf(rule.value.origin), tells: 'condition' },
        resource: collection.object.resource.address,
      }
    }
  },

  merge: mergeAzure,

  /** The trusted ranges of the configuration as its sources. */
  patch: (hit) => hit.fix?.(),
})
