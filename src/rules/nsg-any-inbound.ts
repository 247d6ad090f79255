import { eachNetwork } from './each.ts'
import { narrowSource } from './edit/narrow-source.ts'
import { azureOf } from './facts/azure-view.ts'
import { admissionsOf, admissionWitness, isAnyPort, ruleFor, strangersOf } from './facts/internet-admission.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { becauseOf, ruleObject, takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgAnyInbound = defineRule({
  id: 'nsg-any-inbound',
  meta: {
    title: 'Network security group admits the internet to any port',
    severity: 'high',
    concepts: ['nsg-any', 'nsg-open-port'],
    layer: 'nsg',
    why: 'A group that lets everybody through to everything filters nothing.',
    fix: 'Name the ports and the sources that are needed.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview'],
  },

  /** Yields a hit for each group that certainly lets the internet through to thousands of ports, after its denials. */
  check: eachNetwork(function* (view, { trusted, trustedRanges }) {
    for (const admission of admissionsOf(view, trusted)) {
      const { filter, connections, isReached } = admission
      if (!isAnyPort(connections)) continue
      const rule = ruleFor(admission, connections)
      const object = ruleObject(azureOf(view), filter, rule)
      const hit = azureHit(view, {
        object: filter.object,
        at: rule.origin,
        severity: isReached ? 'critical' : 'high',
        extent: isReached ? 2 : 1,
        say: `lets ${strangersOf(admission, rule)} through to any port by rule ${rule.name} (priority ${rule.priority})${isReached ? ', and machines behind it have public addresses' : ''}. Name the ports and the sources that are needed.`,
        witness: admissionWitness(admission, rule, connections, 22),
        decide: 'Which ports and sources are needed?',
        fix: () => object && narrowSource(azureOf(view), object, trustedRanges),
      })
      yield takesRule({ ...hit, ...becauseOf(rule, { tells: 'condition' }) }, rule)
    }
  }),

  merge: mergeAzure,

  /** The trusted ranges, or no rule. */
  patch: (hit) => hit.fix?.(),
})
