import { type AddressSet, addressSets, NO_ADDRESSES, toCidrs } from '../algebra/addresses.ts'
import { connectionSets, hasPort, NO_CONNECTIONS } from '../algebra/connections.ts'
import { type FilterPackets, filtersOf, type RulePackets } from '../compare/nsg-packets.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import type { NodePool } from '../model/azure/cluster.ts'
import { surely } from '../model/azure/prop.ts'
import { PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import { azureOf } from './facts/azure-view.ts'
import { ADMIN_PORTS, isReached, isWide } from './facts/internet-admission.ts'
import { resourcesOfKind } from './facts/of-kind.ts'
import { foreignPart } from './facts/public-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { becauseOf, takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const bastionMissing = defineRule({
  id: 'bastion-missing',
  meta: {
    title: 'Machines are administered straight over the internet',
    severity: 'note',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'A machine that is administered over its public address is one wrong rule, or one lost key, away from everybody. Behind Azure Bastion it needs neither the address nor the rule.',
    fix: 'Administer machines through Azure Bastion, a VPN or just-in-time access, and take the public address and the rule away.',
    sources: [
      'https://learn.microsoft.com/azure/bastion/bastion-overview',
      'https://learn.microsoft.com/azure/aks/operator-best-practices-network#securely-connect-to-nodes-through-a-bastion-host',
    ],
  },

  /**
   * Yields a note for each group in front of machines with public addresses that lets some public addresses, and not the whole internet,
   * through to SSH or remote desktop, where the tree has no Azure Bastion.
   */
  *check(view, { trusted }) {
    const azure = azureOf(view)
    // One of another network, or of a module that is not in the tree, may be meant for these machines.
    if (azure.objects.ofType('microsoft.network/bastionhosts').length > 0) return
    if (resourcesOfKind(view, 'module').length > 0) return
    for (const filter of filtersOf(azure)) {
      for (const one of filter.of('inbound')) {
        const { rule } = one
        const { ports, sources } = administration(one, trusted)
        if (rule.isDefault || ports.length === 0) continue
        if (!isReached(view, filter) && !hasOpenNodes(azure, filter, ports)) continue
        const from = listNames(toCidrs(sources))
        const hit = azureHit(view, {
          object: filter.object,
          at: rule.origin,
          detail: `administration ${ports.join(' ')}`,
          severity: 'note',
          ...becauseOf(rule, {
            tells: 'condition',
            aside: () => 'Through Azure Bastion or a VPN these machines need neither a public address nor this rule.',
          }),
          say: `lets ${from} administer machines over their public addresses, ${listNames(ports.map((port) => `${ADMIN_PORTS.get(port)} (TCP ${port})`))}, by rule ${rule.name} (priority ${rule.priority}), and the repository has no Azure Bastion. Through Bastion or a VPN they need neither the address nor the rule.`,
          decide: 'Is there a Bastion or VPN elsewhere that these machines can be reached through?',
        })
        yield takesRule(hit, rule)
      }
    }
  },

  merge: mergeAzure,
})

/** SSH, remote desktop and remote PowerShell. */
const ADMINISTRATION = [22, 3389, 5985, 5986]

/** Which of these ports a rule opens to public addresses that are not the whole internet, and to which. */
function administration(
  { passes }: RulePackets,
  trusted: AddressSet,
): { readonly ports: readonly number[]; readonly sources: AddressSet } {
  const own = passes.certain.filter(
    ({ from }) =>
      !isWide(from, trusted) &&
      !addressSets.isEmpty(foreignPart(from.addresses, trusted)) &&
      // A rule for a tag or a private range comes from where a Bastion or VPN may stand.
      addressSets.covers(PUBLIC_ADDRESSES, from.addresses),
  )
  const connections = own.map((box) => box.connections).reduce(connectionSets.union, NO_CONNECTIONS)
  return {
    ports: ADMINISTRATION.filter((port) => hasPort(connections, 'TCP', port)),
    sources: own.map(({ from }) => foreignPart(from.addresses, trusted)).reduce(addressSets.union, NO_ADDRESSES),
  }
}

/** Nodes with public addresses behind the group, whose own group AKS opens for one of the ports. */
function hasOpenNodes(
  { clusters, subnets }: AzureNetwork,
  { object }: FilterPackets,
  ports: readonly number[],
): boolean {
  const isBehind = ({ subnet }: NodePool) => {
    const group = subnets.of(subnet)?.securityGroup
    return group?.kind === 'found' && group.object === object
  }
  return clusters.all.some(({ pools }) =>
    pools.some(
      (pool) =>
        surely(pool.publicIps, true) &&
        isBehind(pool) &&
        pool.allowedHostPorts.some(({ first, last, protocol }) =>
          ports.some(
            (port) => first.known && last.known && first.value <= port && port <= last.value && surely(protocol, 'TCP'),
          ),
        ),
    ),
  )
}
