import type { MapValue } from '../base/value.ts'
import { read } from '../model/azure/azure-object.ts'
import { isOlder } from '../model/azure/cluster.ts'
import { at, blocksOf, textProp, textsProp } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const wafRuleLog4j = defineRule({
  id: 'waf-rule-log4j',
  meta: {
    title: 'Web application firewall does not block Log4Shell',
    severity: 'low',
    concepts: ['waf-rule-log4j'],
    layer: 'ingress',
    why: 'Rule 944240 blocks CVE-2021-44228, by which one request takes over a Java server.',
    fix: 'Use a rule set that has the rule, and leave it on.',
    sources: [
      'https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules',
      'https://nvd.nist.gov/vuln/detail/CVE-2021-44228',
    ],
  },

  /** Yields a hit for each policy whose rule sets certainly have no such rule, or have it switched off. */
  *check(view) {
    for (const { object } of azureOf(view).wafPolicies.all) {
      const value = read(object, 'properties.managedRules.managedRuleSets')
      const sets = blocksOf(value)
      if (!sets.complete) continue
      const answers = sets.blocks.map(blocksLog4Shell)
      if (answers.includes('yes') || answers.includes('unknown')) continue
      yield azureHit(view, {
        object,
        at: sets.blocks.find((set, index) => answers[index] === 'no' && set.origin.start > 0)?.origin ?? value?.origin,
        severity: 'low',
        say: 'does not block Log4Shell (CVE-2021-44228): rule 944240 is not in its rule sets, or is switched off. Use a rule set that has it, and leave it on.',
      })
    }
  },

  merge: mergeAzure,
})

const RULE = '944240'

/** Whether one managed rule set has the rule, on and blocking. */
function blocksLog4Shell(set: MapValue): 'yes' | 'no' | 'unknown' {
  const type = textProp(at(set, 'ruleSetType'), 'OWASP', set.origin)
  const version = textProp(at(set, 'ruleSetVersion'), '', set.origin)
  if (!type.known || !version.known) return 'unknown'
  // CRS 3.0 and older have no such rule.
  if (/bot/i.test(type.value) || (/^owasp$/i.test(type.value) && isOlder(version.value, 3, 1))) return 'no'
  for (const group of blocksOf(at(set, 'ruleGroupOverrides')).blocks) {
    for (const id of blocksOf(at(group, 'rules')).blocks) {
      const ruleId = textProp(at(id, 'ruleId'), '', id.origin)
      if (!ruleId.known || ruleId.value !== RULE) continue
      // An override without a state switches the rule off.
      const state = textProp(at(id, 'state') ?? at(id, 'enabledState'), 'Disabled', id.origin)
      const action = textProp(at(id, 'action'), 'Block', id.origin)
      if (!state.known || !action.known) return 'unknown'
      return state.value.toLowerCase() === 'enabled' && !/^(?:allow|log)$/i.test(action.value) ? 'yes' : 'no'
    }
    const disabled = textsProp(at(group, 'disabledRules'), group.origin)
    if (disabled.items.some((item) => item.known && item.value === RULE)) return 'no'
  }
  return 'yes'
}
