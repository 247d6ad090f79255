import type { StateView } from '../compare/state-view.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { type AzureObject, labelOf, read } from '../model/azure/azure-object.ts'
import type { Link } from '../model/azure/link.ts'
import { surely, textProp, wordProp } from '../model/azure/prop.ts'
import type { VirtualNetwork } from '../model/azure/virtual-network.ts'
import { rulesetOf } from '../reach/layers/firewall-ruleset.ts'
import { eachNetwork } from './each.ts'
import { siteOf } from './facts/azure-site.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const ddosPlanMissing = defineRule({
  id: 'ddos-plan-missing',
  meta: {
    title: 'Network with public entries has no DDoS protection',
    severity: 'note',
    concepts: ['ddos'],
    layer: 'nat',
    why: 'Every public address has Azure’s basic protection, which is the same for all. A plan for the network, or protection of the address, adapts to the traffic, alerts and gives help during an attack.',
    fix: 'Put the network under a DDoS protection plan, or turn IP protection on for its public addresses; both are charged.',
    sources: ['https://learn.microsoft.com/azure/ddos-protection/ddos-protection-sku-comparison'],
  },

  /** Yields a note for each network of the tree that certainly has neither, and an entry whose public address the tree makes. */
  check: eachNetwork(function* (view) {
    const azure = azureOf(view)
    for (const network of azure.virtualNetworks.all) {
      if (isProtected(network)) continue
      const entries = entriesOf(view, azure, network)
      if (entries.length === 0) continue
      const names = [...new Set(entries.map(labelOf))]
      yield azureHit(view, {
        object: network.object,
        severity: 'note',
        say: `has public entries (${listNames(names)}) and no DDoS protection plan, and ${verb(names, 'the address has', 'the addresses have')} no protection of ${verb(names, 'its', 'their')} own: what Azure gives everybody is all there is. Put the network under a plan, or turn IP protection on for the addresses; both are charged.`,
        decide: 'Is a plan, or protection of single addresses, worth its price here?',
      })
    }
  }),

  merge: mergeAzure,
})

/** A plan that is named, also one that is not in the tree or not known, protects unless it is switched off. */
function isProtected({ object }: VirtualNetwork): boolean {
  const plan = read(object, 'properties.ddosProtectionPlan')
  const enabled = textProp(read(object, 'properties.enableDdosProtection'), 'false', object.resource.origin)
  if (!enabled.known) return true
  return plan === undefined
    ? enabled.value.toLowerCase() === 'true'
    : enabled.isDefault === true || enabled.value.toLowerCase() === 'true'
}

/** What lets clients of the internet into a network by an address that the tree makes and does not protect. */
function entriesOf(view: StateView, azure: AzureNetwork, network: VirtualNetwork): readonly AzureObject[] {
  const { topology } = siteOf(view)
  const isHere = (subnet: Link) => {
    const home = azure.subnets.of(subnet)
    return home !== undefined && topology.networkOf(home) === network
  }
  const isOpen = (link: Link) => {
    const address = azure.publicIps.of(link)
    if (address === undefined) return false
    const mode = wordProp(
      read(address.object, PROTECTION),
      MODES,
      'VirtualNetworkInherited',
      address.object.resource.origin,
    )
    return surely(mode, 'VirtualNetworkInherited') || surely(mode, 'Disabled')
  }
  const gateways = azure.applicationGateways.all.filter(
    ({ subnet, frontends }) => isHere(subnet) && frontends.some(({ publicIp }) => isOpen(publicIp)),
  )
  const cards = azure.interfaces.filter(({ configurations }) =>
    configurations.some(({ subnet, publicIp }) => isHere(subnet) && isOpen(publicIp)),
  )
  // One without DNAT rules lets nobody in.
  const firewalls = azure.firewalls.all.filter(
    (firewall) =>
      isHere(firewall.subnet) && firewall.publicIps.some(isOpen) && rulesetOf(azure, firewall).nat.length > 0,
  )
  // A load balancer is where the machines behind it are.
  const balancers = azure.loadBalancers.all.filter(
    ({ frontends, rules, object }) =>
      rules.length > 0 &&
      frontends.some(({ publicIp }) => isOpen(publicIp)) &&
      azure.interfaces.some(({ configurations }) =>
        configurations.some(
          ({ subnet, backendPools }) =>
            isHere(subnet) &&
            backendPools.some(
              (pool) => pool.kind === 'found' && (pool.object === object || pool.object.parent === object),
            ),
        ),
      ),
  )
  return [...gateways, ...firewalls, ...balancers, ...cards].map(({ object }) => object)
}

const PROTECTION = 'properties.ddosSettings.protectionMode'
const MODES = ['VirtualNetworkInherited', 'Enabled', 'Disabled'] as const
