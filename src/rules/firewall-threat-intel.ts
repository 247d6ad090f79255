import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const firewallThreatIntel = defineRule({
  id: 'firewall-threat-intel',
  meta: {
    title: 'Firewall does not deny known malicious hosts',
    severity: 'low',
    concepts: ['firewall-threat-intel-off'],
    layer: 'firewall',
    why: 'Threat intelligence drops traffic to and from hosts that Microsoft knows to be malicious, but only in deny mode.',
    fix: 'Set it to Deny.',
    sources: ['https://learn.microsoft.com/azure/firewall/threat-intel'],
  },

  /** Yields a hit for each firewall without a policy, and each policy, that certainly does not deny. */
  *check(view) {
    const azure = azureOf(view)
    const own = azure.firewalls.all.filter(({ policy }) => policy.kind === 'absent')
    for (const { object, threatIntelligence: mode } of [...own, ...azure.firewallPolicies.all]) {
      if (!mode.known || surely(mode, 'Deny')) continue
      const isOff = mode.value === 'Off'
      yield azureHit(view, {
        object,
        at: writtenOrigin(mode),
        severity: 'low',
        say: `${isOff ? 'has threat intelligence switched off' : 'only logs what threat intelligence knows to be malicious'}${mode.isDefault === true ? ' (the default)' : ''}. Set it to Deny.`,
        fix: () =>
          inPlace(
            setProperty(object, mode, {
              arm: 'properties.threatIntelMode',
              azurerm: [object.type.endsWith('/firewallpolicies') ? 'threat_intelligence_mode' : 'threat_intel_mode'],
              value: 'Deny',
            }),
            'Denies what threat intelligence knows to be malicious.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Deny. */
  patch: (hit) => hit.fix?.(),
})
