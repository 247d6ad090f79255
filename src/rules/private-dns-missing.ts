import type { StateView } from '../compare/state-view.ts'
import { type AzureObject, labelOf } from '../model/azure/azure-object.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { type Link, linkAt } from '../model/azure/link.ts'
import type { PrivateDnsZone } from '../model/azure/private-link.ts'
import { knownValue, surely } from '../model/azure/prop.ts'
import type { VirtualNetwork } from '../model/azure/virtual-network.ts'
import { canReach } from '../reach/azure/peerings.ts'
import { resolversOf } from '../reach/layers/dns.ts'
import { eachNetwork } from './each.ts'
import { linkZone } from './edit/link-zone.ts'
import { replaceLiteral } from './edit/literal.ts'
import { inPlace } from './edit/one-patch.ts'
import { siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { networkName, networksOf } from './facts/cluster-ranges.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type Hit } from './rule.ts'

export const privateDnsMissing = defineRule({
  id: 'private-dns-missing',
  meta: {
    title: 'Name of a private API server is not known where it is asked for',
    severity: 'medium',
    concepts: ['private-endpoint'],
    layer: 'dns',
    why: 'The API server of a private cluster is found by a name in a private DNS zone. Where the zone is not linked to the network whose DNS server answers, nodes do not join and nobody there can use the cluster.',
    fix: 'Link the zone to the networks of the DNS servers and of the clients.',
    sources: [
      'https://learn.microsoft.com/azure/aks/private-clusters#hub-and-spoke-with-custom-dns-for-private-aks-clusters',
    ],
  },

  /** Yields a hit for each private cluster without a public name, and network of its nodes' DNS servers or of an administrator's machine, where its zone is not linked. */
  check: eachNetwork(function* (view) {
    for (const cluster of azureOf(view).clusters.all) {
      const { api } = cluster
      // The public name of a private cluster leads to the private address, so that every network can resolve it.
      if (!surely(api.private, true) || !surely(api.publicName, false)) continue
      const zone = azureOf(view).privateDnsZones.of(api.zone)
      const word = knownValue(api.privateDnsZone)?.toLowerCase()
      if (word === 'none') yield nameless(view, cluster)
      // Of a zone that is not in the tree nobody here knows the links.
      else if (zone !== undefined || word === 'system') yield* unlinked(view, cluster, zone)
    }
  }),

  merge: mergeAzure,

  /** A zone of AKS's own, or a link written like the one that is there. */
  patch: (hit) => hit.fix?.(),
})

/** Source: AKS, private-clusters, "Limitations for private AKS clusters with custom DNS" */
function nameless(view: StateView, { object, api }: Cluster): Hit {
  const zone = api.privateDnsZone
  return azureHit(view, {
    object,
    at: writtenOrigin(zone),
    detail: 'nameless',
    severity: 'medium',
    say: 'is a private cluster without a private DNS zone and without a public name: no DNS server knows its API server, and AKS does not support the two together. Leave the zone to AKS, name one of your own, or turn the public name on, which leads to the private address.',
    decide: 'Which zone is to hold the name of the API server?',
    fix: () =>
      inPlace(
        object.azurerm === undefined ? replaceLiteral(zone.origin, 'system') : replaceLiteral(zone.origin, 'System'),
        'Lets AKS make the private zone and link it to the network of the nodes.',
      ),
  })
}

/** Of the zone that AKS makes where none is given, all links that it has are known: one. */
function* unlinked(view: StateView, cluster: Cluster, zone: PrivateDnsZone | undefined): Iterable<Hit> {
  const site = siteOf(view)
  const networks = networksOf(site.azure, cluster)
  const asked = new Set<VirtualNetwork>()
  for (const network of networks) {
    for (const resolver of resolversOf(site, network)) {
      if (resolver === undefined || networks.includes(resolver) || asked.has(resolver)) continue
      asked.add(resolver)
      if (mayBeLinked(view, zone, resolver)) continue
      yield unlinkedHit(
        view,
        cluster,
        zone,
        resolver,
        'medium',
        `is private: its nodes ask the DNS servers in ${networkName(resolver.object)}, and ${zoneWords(zone, networks)}. Unless these servers forward the name elsewhere, nodes do not find the API server and do not join`,
      )
    }
  }
  for (const [client, machines] of clientNetworks(view, networks)) {
    const answering = resolversOf(site, client)
    if (answering.length !== 1 || answering[0] !== client || asked.has(client) || mayBeLinked(view, zone, client))
      continue
    yield unlinkedHit(
      view,
      cluster,
      zone,
      client,
      'low',
      `is private, and ${zoneWords(zone, networks)}: ${listNames(machines)} in ${networkName(client.object)}, a network that is peered with it, cannot resolve the name of its API server`,
    )
  }
}

function zoneWords(zone: PrivateDnsZone | undefined, networks: readonly VirtualNetwork[]): string {
  if (zone !== undefined) return `its private zone ${labelOf(zone.object)} is not linked to that network`
  const own = listNames(networks.map(({ object }) => networkName(object)))
  return `AKS links the zone that it makes to ${own === '' ? 'the network of the nodes' : own} alone`
}

function unlinkedHit(
  view: StateView,
  { object, api }: Cluster,
  zone: PrivateDnsZone | undefined,
  network: VirtualNetwork,
  severity: 'medium' | 'low',
  words: string,
): Hit {
  return azureHit(view, {
    object,
    at: writtenOrigin(api.privateDnsZone),
    detail: `zone ${subjectOf(view, network.object)}`,
    severity,
    say: `${words}. ${zone === undefined ? 'Use a zone of your own, and link' : 'Link'} it to ${networkName(network.object)}.`,
    decide:
      zone === undefined
        ? 'Which private zone of your own is to hold the name, linked to both networks?'
        : 'Is the zone to be linked to that network?',
    fix: () => zone && linkZone(zone, network),
  })
}

/** A link to the network, or one of which nobody can tell where it leads. */
function mayBeLinked(view: StateView, zone: PrivateDnsZone | undefined, { object }: VirtualNetwork): boolean {
  const { objects } = azureOf(view)
  const name = knownValue(object.name)
  const links: readonly Link[] =
    zone === undefined
      ? // What is linked to a zone that the tree does not hold may be linked to that of AKS.
        objects
          .ofType('microsoft.network/privatednszones/virtualnetworklinks')
          .filter(({ parent }) => parent === undefined || parent.existing)
          .map((link) => linkAt(objects, link, 'properties.virtualNetwork.id'))
      : zone.links.map((link) => link.network)
  return links.some(
    (link) =>
      link.kind === 'unknown' ||
      (link.kind === 'found' && link.object === object) ||
      (link.kind === 'outside' && (link.name === undefined || name === undefined || link.name === name)),
  )
}

/** Networks that certainly reach those of the nodes and hold machines that by their names are for administration or deployment. */
function clientNetworks(
  view: StateView,
  networks: readonly VirtualNetwork[],
): ReadonlyMap<VirtualNetwork, readonly string[]> {
  const site = siteOf(view)
  const found = new Map<VirtualNetwork, string[]>()
  for (const card of site.azure.interfaces) {
    if (!isAdmin(card.object)) continue
    const name = labelOf(card.object)
    for (const { subnet } of card.configurations) {
      const home = site.azure.subnets.of(subnet)
      const network = home && site.topology.networkOf(home)
      if (network === undefined || networks.includes(network)) continue
      if (!networks.some((own) => canReach(site, network, own) === 'yes')) continue
      const same = found.get(network)
      if (same === undefined) found.set(network, [name])
      else if (!same.includes(name)) same.push(name)
    }
  }
  return found
}

const ADMIN =
  /(?:^|[^a-z])(?:jump(?:box|host|server)?|bastion|admin|mgmt|management|devops|runners?|(?:build|ci|cd)-?agents?)(?:[^a-z]|$)/i

/** Whether the name or address of a machine's card says that people or pipelines work there. */
function isAdmin({ name, resource }: AzureObject): boolean {
  return ADMIN.test(resource.address.replace(/_/g, '-')) || ADMIN.test(knownValue(name) ?? '')
}
