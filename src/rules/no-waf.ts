import { type AzureObject, read } from '../model/azure/azure-object.ts'
import { at, blocksOf, present, surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const noWaf = defineRule({
  id: 'no-waf',
  meta: {
    title: 'Public web entry has no web application firewall',
    severity: 'medium',
    concepts: ['no-waf'],
    layer: 'ingress',
    why: 'Requests from the internet reach the application unread: injection and known exploits pass.',
    fix: 'Attach a WAF policy in prevention mode.',
    sources: ['https://learn.microsoft.com/azure/web-application-firewall/overview'],
  },

  /** Yields a hit for each public gateway without a WAF, each Front Door endpoint without a policy, and each policy that is off. */
  *check(view) {
    const azure = azureOf(view)
    for (const { object, frontends, wafPolicy, wafEnabled, listeners } of azure.applicationGateways.all) {
      const isPublic = frontends.some(({ publicIp }) => publicIp.kind === 'found' || publicIp.kind === 'outside')
      const mayBePublic = frontends.some(({ publicIp }) => publicIp.kind === 'unknown')
      if ((!isPublic && !mayBePublic) || wafPolicy.kind !== 'absent' || !surely(wafEnabled, false)) continue
      if (listeners.length > 0 && listeners.every(({ wafPolicy: own }) => own.kind !== 'absent')) continue
      yield azureHit(view, {
        object,
        at: wafEnabled.known ? writtenOrigin(wafEnabled) : undefined,
        severity: isPublic ? 'medium' : 'low',
        say: `${isPublic ? 'is' : 'seems to be'} public and has no web application firewall: requests from the internet reach the applications unread. Attach a WAF policy in prevention mode (its SKU must be WAF_v2).`,
      })
    }
    for (const object of azure.objects.ofType('microsoft.network/frontdoors')) {
      if (object.existing || !hasOpenEndpoint(object)) continue
      yield azureHit(view, {
        object,
        severity: 'medium',
        say: 'has an endpoint without a web application firewall policy: requests from the internet reach the applications unread. Attach a policy.',
      })
    }
    for (const { object, enabled } of azure.wafPolicies.all) {
      if (!surely(enabled, false)) continue
      yield azureHit(view, {
        object,
        at: enabled.known ? writtenOrigin(enabled) : undefined,
        severity: 'medium',
        say: 'is a web application firewall policy that is switched off: whatever it is attached to has no WAF. Switch it on.',
        fix: () =>
          enabled.known
            ? inPlace(
                setProperty(object, enabled, {
                  arm: object.type.includes('frontdoor')
                    ? 'properties.policySettings.enabledState'
                    : 'properties.policySettings.state',
                  value: 'Enabled',
                  flag: true,
                }),
                'Switches the policy on.',
              )
            : undefined,
      })
    }
  },

  merge: mergeAzure,

  /** On. */
  patch: (hit) => hit.fix?.(),
})

function hasOpenEndpoint(object: AzureObject): boolean {
  const { blocks } = blocksOf(read(object, 'properties.frontendEndpoints'))
  return blocks.some(
    (block) =>
      present(
        at(block, 'properties.webApplicationFirewallPolicyLink') ?? at(block, 'webApplicationFirewallPolicyLink'),
      ) === undefined,
  )
}
