import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const wafNotPreventing = defineRule({
  id: 'waf-not-preventing',
  meta: {
    title: 'Web application firewall only watches',
    severity: 'low',
    concepts: ['waf-detection'],
    layer: 'ingress',
    why: 'In detection mode attacks are logged and let through.',
    fix: 'Set the mode to Prevention once the log is quiet.',
    sources: ['https://learn.microsoft.com/azure/web-application-firewall/ag/policy-overview#waf-modes'],
  },

  /** Yields a hit for each policy, and each gateway with a setting of its own, that certainly detects only. */
  *check(view) {
    const azure = azureOf(view)
    for (const { object, enabled, mode } of azure.wafPolicies.all) {
      if (!surely(enabled, true) || mode === undefined || !surely(mode, 'Detection') || !mode.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(mode),
        severity: 'low',
        say: 'is in detection mode: attacks are logged and let through. Set it to Prevention once its log is quiet.',
        fix: () =>
          inPlace(
            setProperty(object, mode, { arm: 'properties.policySettings.mode', value: 'Prevention' }),
            'Sets the mode to Prevention.',
          ),
      })
    }
    for (const { object, wafEnabled, wafMode, wafPolicy } of azure.applicationGateways.all) {
      if (wafPolicy.kind !== 'absent' || !surely(wafEnabled, true) || !surely(wafMode, 'Detection') || !wafMode.known)
        continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(wafMode),
        severity: 'low',
        say: 'has its web application firewall in detection mode: attacks are logged and let through. Set it to Prevention once its log is quiet.',
        fix: () =>
          inPlace(
            setProperty(object, wafMode, {
              arm: 'properties.webApplicationFirewallConfiguration.firewallMode',
              value: 'Prevention',
            }),
            'Sets the mode to Prevention.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Prevention. */
  patch: (hit) => hit.fix?.(),
})
