import { knownValue, surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const firewallIdps = defineRule({
  id: 'firewall-idps',
  meta: {
    title: 'Firewall policy does not stop intrusions',
    severity: 'note',
    concepts: ['firewall-idps-not-deny'],
    layer: 'firewall',
    why: 'Intrusion detection of a Premium policy recognises attacks in traffic that rules allow; only in deny mode it stops them.',
    fix: 'Set intrusion detection to Deny on Premium policies.',
    sources: ['https://learn.microsoft.com/azure/firewall/premium-features#idps'],
  },

  /** Yields a note for each policy whose intrusion detection does not deny. */
  *check(view) {
    for (const { object, intrusionDetection: mode, tier } of azureOf(view).firewallPolicies.all) {
      if (!mode.known || surely(mode, 'Deny')) continue
      const isPremium = knownValue(tier)?.toLowerCase() === 'premium'
      yield azureHit(view, {
        object,
        at: writtenOrigin(mode),
        severity: 'note',
        say: `${mode.value === 'Alert' ? 'only logs intrusions' : 'does not look for intrusions'}${isPremium ? '. Set intrusion detection to Deny.' : '; that needs a Premium policy.'}`,
        fix: () =>
          isPremium
            ? inPlace(
                setProperty(object, mode, {
                  arm: 'properties.intrusionDetection.mode',
                  azurerm: ['intrusion_detection', 'mode'],
                  value: 'Deny',
                }),
                'Stops what intrusion detection recognises.',
              )
            : undefined,
      })
    }
  },

  merge: mergeAzure,

  /** Deny, on a Premium policy. */
  patch: (hit) => hit.fix?.(),
})
