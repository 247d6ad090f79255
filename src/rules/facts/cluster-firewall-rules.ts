import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import { nameSets } from '../../algebra/names.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { surely } from '../../model/azure/prop.ts'
import type { Places } from '../../reach/azure/places.ts'
import { siteOf } from './azure-site.ts'
import { azureOf } from './azure-view.ts'
import { type FirewallRulePackets, firewallRules } from './firewall-rules.ts'
import { waysOut } from './way-out.ts'

/** The rules that let something out of a firewall, of collections that are certainly there and completely read. */
export function allowRules(view: StateView): readonly FirewallRulePackets[] {
  const azure = azureOf(view)
  let rules = ALLOWING.get(azure)
  if (rules === undefined) {
    rules = firewallRules(azure).filter(
      ({ rule, collection }) =>
        rule.kind !== 'nat' &&
        surely(collection.action, 'Allow') &&
        collection.complete &&
        collection.object.resource.maybe === undefined,
    )
    ALLOWING.set(azure, rules)
  }
  return rules
}

/** States that share a network share its firewalls. */
const ALLOWING = new WeakMap<AzureNetwork, readonly FirewallRulePackets[]>()

/** Addresses with which a cluster's nodes and pods come to the firewall that their default routes lead to; undefined where they lead elsewhere. */
export function sourcesOf(view: StateView, cluster: Cluster): AddressSet | undefined {
  const { topology } = siteOf(view)
  const ways = waysOut(view).filter((way) => way.cluster === cluster)
  if (ways.length === 0 || ways.some(({ exit }) => exit.kind !== 'firewall')) return undefined
  return ways.map(({ subnet }) => topology.addressesOf(subnet).certain).reduce(addressSets.union, NO_ADDRESSES)
}

/** The addresses of a side; undefined where a tag, a name or `*` is in it. */
export function plainAddresses({ addresses, services, hosts }: Places): AddressSet | undefined {
  const isNamed = services.services.length > 0 || services.others.except || services.others.symbols.length > 0
  return isNamed || !nameSets.isEmpty(hosts) ? undefined : addresses
}
