import { toAddress } from './address.ts'
import { anyAddress, at, type Card, cardAt, firewallCard, podRange, subnetNamed, type World } from './cards.ts'
import type { Pod } from './cluster-state.ts'
import { send } from './delivery-walk.ts'
import { admitsCaller, paasNamed, paasPlace } from './paas-walk.ts'
import { type Demand, isPublic, type Place } from './places.ts'
import { admits, CLUSTER_DNS, type PolicyEnd } from './policy-walk.ts'
import { sendPublic, toPlatform } from './public-walk.ts'
import type { Endpoint, Paas, Vnet } from './state.ts'
import { ARRIVES, type Arrival, stopped } from './worlds.ts'

/** Names of Azure's own services, and the tags whose addresses they have (§2.4, §4.5). */
const SERVICES_OF_NAMES = new Map([
  ['mcr.microsoft.com', 'MicrosoftContainerRegistry'],
  ['management.azure.com', 'AzureResourceManager'],
  ['login.microsoftonline.com', 'AzureActiveDirectory'],
])

const QUERY: Demand = { protocol: 'UDP', port: 53 }

/** §7: the name is resolved, then it is the private endpoint, the service's public address, or some public host. */
export function toName(
  world: World,
  cardFor: (place: Place) => Card,
  pod: Pod | undefined,
  name: string,
  demand: Demand,
): Arrival {
  const { state, choose } = world
  const { protocol, port } = demand
  const may = (end: PolicyEnd) => pod === undefined || admits(state, pod, 'Egress', end, protocol, port, choose)
  if (pod !== undefined && !asksClusterDns(world, pod)) return stopped('dns', 'network-policy')
  const paas = paasNamed(state, name)
  const tag = SERVICES_OF_NAMES.get(name)
  const service: Place = paas !== undefined ? paasPlace(paas) : { kind: 'public', ...(tag !== undefined && { tag }) }
  const outer = cardFor(service)
  const asked = askServers(world, outer)
  if ('arrives' in asked) return asked
  const meant = paas === undefined ? 'public' : resolve(world, paas, asked.resolver)
  if (meant === 'nothing') return stopped('dns')
  const named: Demand = { ...demand, name }
  if (meant !== 'public') {
    const destination = endpointCard(world, meant)
    const place = at(destination.address)
    if (!may({ kind: 'address', address: destination.address })) return stopped('network-policy')
    const sent = send(world, cardFor(place), place, destination, named)
    if (!sent.arrives || !meant.manual) return sent
    // "A manual connection is Pending until approved: not open."
    return choose('somebody approves the connection', [true, false]) ? ARRIVES : stopped('private-endpoint')
  }
  if (!may({ kind: 'public' })) return stopped('network-policy')
  return sendPublic(world, outer, service, named, (identity) =>
    paas === undefined ? ARRIVES : admitsCaller(paas, identity, choose),
  )
}

/** UDP or TCP 53 to the cluster's DNS server, which runs somewhere in the cluster. */
function asksClusterDns(world: World, pod: Pod): boolean {
  const { state, choose } = world
  const range = podRange(world, choose('pool of the DNS server', state.cluster.pools))
  const server: PolicyEnd = { kind: 'pod', pod: CLUSTER_DNS, address: anyAddress(world, 'DNS server', range) }
  // Only admin policies may be about the server's namespace, and these only about pods, whatever their addresses.
  const client: PolicyEnd = pod.hostNetwork
    ? { kind: 'node', isOwn: false, address: server.address }
    : { kind: 'pod', pod, address: server.address }
  return (['UDP', 'TCP'] as const).some(
    (protocol) =>
      admits(state, pod, 'Egress', server, protocol, 53, choose) &&
      admits(state, CLUSTER_DNS, 'Ingress', client, protocol, 53, choose),
  )
}

/** The network whose private zones count for an answer; `outside`: a server of which nobody knows what it answers. */
type Resolver = Vnet | 'outside'

/** Which resolver answers the client: any of its network's servers that it reaches. Azure's own is in every network. */
export function askServers(world: World, card: Card): { readonly resolver: Resolver } | Arrival {
  const { state, choose } = world
  const { dnsServers } = card.vnet
  const azure = (): readonly Resolver[] =>
    toPlatform(world, card, 'AzurePlatformDNS', QUERY).arrives ? [card.vnet] : []
  const found =
    dnsServers.length === 0 ? azure() : dnsServers.flatMap((server) => askServer(world, card, server, azure))
  if (found.length === 0) return stopped('dns')
  return { resolver: choose(`server of ${state.vnets.indexOf(card.vnet)}`, found) }
}

/** "Custom servers must forward to 168.63.129.16 inside a linked VNet": hosts of the state are taken to. */
function askServer(world: World, card: Card, server: string, azure: () => readonly Resolver[]): readonly Resolver[] {
  const { state } = world
  if (server === AZURE_DNS) return azure()
  const address = toAddress(server)!
  if (isPublic(state, at(address)))
    return sendPublic(world, card, at(address), QUERY, () => ARRIVES).arrives ? ['outside'] : []
  const { firewall } = state
  const isFirewall = server === firewall?.address
  if (isFirewall && !firewall.dnsProxy) return []
  const destination = isFirewall ? { ...firewallCard(world), address } : cardAt(state, address)
  return destination !== undefined && send(world, card, at(address), destination, QUERY).arrives
    ? [destination.vnet]
    : []
}

const AZURE_DNS = '168.63.129.16'

/** §7.3: the zone of the service's kind counts where it is linked to the resolver's network; without a record there is no such name. */
function resolve({ state, choose }: World, paas: Paas, resolver: Resolver): Endpoint | 'public' | 'nothing' {
  const endpoint = state.endpoints.find(({ service }) => service === paas.name)
  if (endpoint === undefined) return 'public'
  if (resolver === 'outside') return choose('what a server outside answers', ['public', endpoint] as const)
  const zone = state.zones.find(({ kind }) => kind === paas.kind)
  const link = zone?.links.find(({ vnet }) => vnet === resolver.name)
  if (link === undefined) return 'public'
  if (endpoint.recorded) return endpoint
  return link.fallsBack ? 'public' : 'nothing'
}

function endpointCard(world: World, { service, vnet, subnet, address, groups }: Endpoint): Card {
  const home = subnetNamed(world.state, vnet, subnet)
  const own =
    address === undefined ? anyAddress(world, `endpoint of ${service}`, home.subnet.prefix) : toAddress(address)!
  return { ...home, address: own, isNode: false, groups, isEndpoint: true }
}
