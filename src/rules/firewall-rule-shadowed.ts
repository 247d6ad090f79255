import { coversPackets, isEmptyBox, TooManyPackets } from '../compare/packets.ts'
import { surely } from '../model/azure/prop.ts'
import { eachNetwork } from './each.ts'
import { azureOf } from './facts/azure-view.ts'
import { type FirewallRulePackets, firewallRules } from './facts/firewall-rules.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const firewallRuleShadowed = defineRule({
  id: 'firewall-rule-shadowed',
  meta: {
    title: 'Firewall rule never decides',
    severity: 'note',
    concepts: ['firewall'],
    layer: 'firewall',
    why: 'Network rules come before application rules whatever their priorities, so a rule can be without effect: a denial that was meant to protect does not.',
    fix: 'Take the rule out, or move it before those that cover it.',
    sources: ['https://learn.microsoft.com/azure/firewall/rule-processing'],
  },

  /** Yields a hit for each rule whose every packet a single rule before it certainly takes; more urgent for a denial below an Allow. */
  check: eachNetwork(function* (view) {
    const before = new Map<unknown, FirewallRulePackets[]>()
    // Kinds come before priorities.
    const rules = firewallRules(azureOf(view)).filter(
      ({ rule, collection }) => rule.kind !== 'nat' && collection.action.known,
    )
    for (const one of [
      ...rules.filter(({ rule }) => rule.kind === 'network'),
      ...rules.filter(({ rule }) => rule.kind === 'application'),
    ]) {
      const above = before.get(one.owner) ?? []
      before.set(one.owner, above)
      const cover = above.length > MOST_ABOVE ? undefined : above.find((other) => covers(other, one))
      above.push(one)
      if (cover === undefined) continue
      const isLost = surely(one.collection.action, 'Deny') && surely(cover.collection.action, 'Allow')
      yield {
        ...azureHit(view, {
          object: one.owner,
          at: one.rule.value.origin,
          detail: `shadowed ${one.label}`,
          severity: isLost ? 'medium' : 'note',
          say: `never comes to ${one.rule.kind} rule ${one.label}: ${cover.rule.kind} rule ${cover.label} takes all of its packets before it. ${isLost ? 'What it was meant to deny is allowed.' : 'Take it out, or move it before.'}`,
        }),
        resource: one.collection.object.resource.address,
      }
    }
  }),

  merge: mergeAzure,
})

/** A rule set that is longer is not searched pair by pair. */
const MOST_ABOVE = 500

function covers({ packets, collection }: FirewallRulePackets, { packets: own }: FirewallRulePackets): boolean {
  if (isEmptyBox(own.possible) || isEmptyBox(packets.certain) || collection.object.resource.maybe !== undefined)
    return false
  try {
    return coversPackets([packets.certain], [own.possible])
  } catch (error) {
    if (error instanceof TooManyPackets) return false
    throw error
  }
}
