import { addressSets } from '../algebra/addresses.ts'
import type { AzureObject } from '../model/azure/azure-object.ts'
import { read } from '../model/azure/azure-object.ts'
import { at, type PropList, textsProp } from '../model/azure/prop.ts'
import { parseRange } from '../reach/azure/places.ts'
import { azureOf } from './facts/azure-view.ts'
import { unplacedSettings } from './facts/unplaced-settings.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const vnetDns = defineRule({
  id: 'vnet-dns',
  meta: {
    title: 'Network depends on one DNS server, or on servers outside of it',
    severity: 'note',
    concepts: ['vnet-single-dns'],
    layer: 'dns',
    why: 'With one server, names stop resolving when it stops; servers outside of the network do not know private zones.',
    fix: 'Use two servers of your own networks, or Azure’s DNS.',
    sources: [
      'https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances',
    ],
  },

  /** Yields a note for each network or card with a single DNS server, and each network whose servers are outside of it. */
  *check(view) {
    const azure = azureOf(view)
    const cards = azure.objects.ofType('microsoft.network/networkinterfaces')
    const lists: readonly (readonly [AzureObject, PropList<string>])[] = [
      ...azure.virtualNetworks.all.map(({ object, dnsServers }) => [object, dnsServers] as const),
      ...cards
        .filter(({ existing }) => !existing)
        .map(
          (object) =>
            [object, textsProp(read(object, 'properties.dnsSettings.dnsServers'), object.resource.origin)] as const,
        ),
    ]
    for (const [object, servers] of lists) {
      const only = servers.items[0]
      if (!servers.complete || servers.items.length !== 1 || only === undefined || !isServer(only)) continue
      yield azureHit(view, {
        object,
        at: only.origin,
        detail: 'single',
        concepts: ['vnet-single-dns'],
        severity: 'note',
        say: 'has a single DNS server: when it stops, no name resolves. Name a second one, or use Azure’s DNS.',
      })
    }
    for (const { resource, body } of unplacedSettings(view, 'azurerm_virtual_network_dns_servers')) {
      const servers = textsProp(at(body, 'properties.dhcpOptions.dnsServers'), resource.origin)
      const only = servers.items[0]
      if (!servers.complete || servers.items.length !== 1 || only === undefined || !isServer(only)) continue
      yield {
        resource: resource.address,
        at: only.origin,
        subject: `single server ${view.identity(resource.address)}`,
        concepts: ['vnet-single-dns'],
        severity: 'note',
        message: `${resource.address} gives its network a single DNS server: when it stops, no name resolves. Name a second one, or use Azure’s DNS.`,
      }
    }
    for (const { object, addressSpace, dnsServers } of azure.virtualNetworks.all) {
      if (!addressSpace.complete || addressSpace.items.some(({ known }) => !known)) continue
      const own = addressSpace.items
        .map((item) => (item.known ? parseRange(item.value) : undefined))
        .reduce((a, b) => addressSets.union(a ?? addressSets.empty, b ?? addressSets.empty), addressSets.empty)
      const outside = dnsServers.items.find((item) => {
        if (!item.known) return item.unknown.reason === 'evaluation-error'
        const address = item.value === AZURE_DNS ? undefined : parseRange(item.value)
        return (
          item.value !== AZURE_DNS && (address === undefined || !addressSets.covers(own ?? addressSets.empty, address))
        )
      })
      if (outside === undefined) continue
      yield azureHit(view, {
        object,
        at: outside.origin,
        detail: 'outside',
        concepts: ['vnet-dns-outside'],
        severity: 'note',
        say: `uses a DNS server${outside.known ? ` (${outside.value})` : ''} that is not in its own address space: private zones resolve only where that server forwards to Azure’s DNS from a linked network.`,
      })
    }
  },

  merge: mergeAzure,
})

/** Azure's own resolver, which is in no network. */
const AZURE_DNS = '168.63.129.16'

function isServer(item: PropList<string>['items'][number]): boolean {
  return !item.known || item.value !== AZURE_DNS
}
