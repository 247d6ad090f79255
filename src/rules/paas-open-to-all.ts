import type { StateView } from '../compare/state-view.ts'
import { read } from '../model/azure/azure-object.ts'
import { at, surely, textProp } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { replaceLiteral } from './edit/literal.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { admittedRanges, isOpenToAll } from './facts/paas-access.ts'
import { closeEndpoint, denyByDefault, hasPrivateEndpoint } from './facts/paas-settings.ts'
import { isInternet } from './facts/public-ranges.ts'
import { unplacedSettings } from './facts/unplaced-settings.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule, type Hit } from './rule.ts'

export const paasOpenToAll = defineRule({
  id: 'paas-open-to-all',
  meta: {
    title: 'Anybody may call the service',
    severity: 'high',
    concepts: ['paas-default-allow', 'paas-public-network-access'],
    layer: 'paas-firewall',
    why: 'The public endpoint is on and its firewall admits every address, so only credentials stand between strangers and the data.',
    fix: 'Deny by default and admit the subnets and addresses that need it, or switch the public endpoint off and use a private endpoint.',
    sources: [
      'https://learn.microsoft.com/azure/private-link/private-link-overview',
      'https://learn.microsoft.com/azure/storage/common/storage-network-security',
    ],
  },

  /** Yields a hit for each service whose public endpoint certainly admits the internet. */
  *check(view, { trusted }) {
    const azure = azureOf(view)
    for (const service of azure.services.all) {
      if (!isOpenToAll(service, trusted)) continue
      const { object, defaultAction, publicAccess, ipRules } = service
      const byDefault = surely(defaultAction, 'Allow')
      const wide = ipRules.items.find((item) => item.known)
      const isPrivateToo = hasPrivateEndpoint(view, service)
      yield azureHit(view, {
        object,
        at: byDefault
          ? ((defaultAction.known ? writtenOrigin(defaultAction) : undefined) ??
            (publicAccess.known ? writtenOrigin(publicAccess) : undefined))
          : wide?.origin,
        severity: 'high',
        say: `has its public endpoint on, and ${byDefault ? 'no firewall rule limits it' : 'its firewall rules add up to the whole internet'}: anybody may try to use it. ${
          isPrivateToo
            ? 'A private endpoint leads to it already, so the public one can be switched off.'
            : 'Deny by default and admit what needs it, or use a private endpoint and switch the public one off.'
        }`,
        decide: 'Which subnets and addresses need the service?',
        fix: () =>
          isPrivateToo
            ? inPlace(closeEndpoint(service), 'Switches the public endpoint off; the private endpoint stays.')
            : inPlace(
                byDefault ? denyByDefault(service) : undefined,
                'Denies by default: the rules say who may come in.',
              ),
      })
    }
    for (const { object, addresses, items } of admittedRanges(azure, trusted)) {
      if (!object.type.endsWith('/firewallrules') || !isInternet(addresses)) continue
      yield azureHit(view, {
        object,
        at: items.origin,
        severity: 'high',
        say: 'admits the whole internet to the server. Admit the addresses that need it.',
      })
    }
    yield* openSwitches(view)
    yield* rulesOfOthers(view)
  },

  merge: mergeAzure,

  /** Off where a private endpoint exists, else deny by default. */
  patch: (hit) => hit.fix?.(),
})

/** Services with one switch for who may come in. */
const OPEN_SWITCHES = [
  {
    type: 'microsoft.batch/batchaccounts',
    arm: 'properties.networkProfile.accountAccess.defaultAction',
    azurerm: ['network_profile', 'account_access', 'default_action'],
    open: 'Allow',
    // Without a profile the portal shows all networks; the API's own default is not documented.
    fallback: '',
    value: 'Deny',
  },
  {
    type: 'microsoft.storagesync/storagesyncservices',
    arm: 'properties.incomingTrafficPolicy',
    azurerm: ['incoming_traffic_policy'],
    open: 'AllowAllTraffic',
    fallback: 'AllowAllTraffic',
    value: 'AllowVirtualNetworksOnly',
  },
] as const

function* openSwitches(view: StateView): Iterable<Hit> {
  const { objects } = azureOf(view)
  for (const { type, arm, azurerm, open, fallback, value } of OPEN_SWITCHES) {
    for (const object of objects.ofType(type)) {
      const { origin } = object.resource
      const access = textProp(read(object, 'properties.publicNetworkAccess'), 'Enabled', origin)
      const policy = textProp(read(object, arm), fallback, origin)
      if (object.existing || !access.known || access.value.toLowerCase() === 'disabled') continue
      if (!policy.known || policy.value.toLowerCase() !== open.toLowerCase()) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(policy),
        severity: 'high',
        say: 'has its public endpoint on and lets every network in: anybody may try to use it. Deny by default and admit what needs it.',
        fix: () => inPlace(setProperty(object, policy, { arm, azurerm, value }), 'Lets nobody in by default.'),
      })
    }
  }
}

/** Rules for an account that is not in the tree. */
function* rulesOfOthers(view: StateView): Iterable<Hit> {
  for (const { resource, body } of unplacedSettings(view, 'azurerm_storage_account_network_rules')) {
    const action = textProp(at(body, 'properties.networkAcls.defaultAction'), 'Deny', resource.origin)
    if (!action.known || action.value.toLowerCase() !== 'allow') continue
    yield {
      resource: resource.address,
      at: action.origin,
      subject: `network rules ${view.identity(resource.address)}`,
      severity: 'high',
      message: `${resource.address} lets every network into its storage account: anybody may try to use it. Deny by default and admit what needs it.`,
      fix: () => inPlace(replaceLiteral(action.origin, 'Deny'), 'Denies by default: the rules say who may come in.'),
    }
  }
}
