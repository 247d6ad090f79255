import { labelOf } from '../model/azure/azure-object.ts'
import { knownItems, surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { allowRules } from './facts/cluster-firewall-rules.ts'
import { contentSubjects } from './facts/firewall-rules.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const firewallFqdnNeedsDnsProxy = defineRule({
  id: 'firewall-fqdn-needs-dns-proxy',
  meta: {
    title: 'Names in network rules without the DNS proxy',
    severity: 'medium',
    concepts: ['firewall'],
    layer: 'firewall',
    why: 'A network rule with a name matches the addresses that the firewall itself resolved. Without the proxy clients may be told others, and the connection fails now and then.',
    fix: 'Switch the DNS proxy of the firewall on, and let the clients ask it.',
    sources: ['https://learn.microsoft.com/azure/firewall/fqdn-filtering-network-rules'],
  },

  /** Yields a hit for each network rule with names, of a policy whose DNS proxy is certainly off. */
  *check(view) {
    const azure = azureOf(view)
    const subject = contentSubjects()
    for (const one of allowRules(view)) {
      const names = knownItems(one.rule.destinationNames)
      const policy = azure.firewallPolicies.of(one.owner)
      if (one.rule.kind !== 'network' || names.length === 0 || policy === undefined) continue
      if (!surely(policy.dnsProxy, false)) continue
      yield {
        ...azureHit(view, {
          object: one.owner,
          at: one.rule.destinationNames.origin,
          detail: `names ${subject(one)}`,
          severity: 'medium',
          say: `has names in network rule ${one.label} (${listNames(names, 4)}) and no DNS proxy: the rule matches the addresses that the firewall resolved, and clients that ask another server may be told others, so connections fail now and then. Switch the proxy of ${labelOf(one.owner)} on, and let the networks ask the firewall for names.`,
          fix: () =>
            inPlace(
              setProperty(policy.object, policy.dnsProxy, {
                arm: 'properties.dnsSettings.enableProxy',
                azurerm: ['dns', 'proxy_enabled'],
                value: true,
              }),
              'Switches the DNS proxy on; the networks must ask the firewall for names.',
            ),
        }),
        resource: one.collection.object.resource.address,
      }
    }
  },

  merge: mergeAzure,

  /** The proxy switched on. */
  patch: (hit) => hit.fix?.(),
})
