import { contains, toAddress } from './address.ts'
import { at, type Card, firewallCard, nodeCard, type World } from './cards.ts'
import type { Pod, Service } from './cluster-state.ts'
import { enters, isForwarded, leaves, packetFrom, throughFirewall } from './delivery-walk.ts'
import { type Demand, isConnected, type Packet, type Place } from './places.ts'
import { admits, hasLabels, type PolicyEnd } from './policy-walk.ts'
import { route } from './route-walk.ts'
import { ARRIVES, type Arrival, stopped } from './worlds.ts'

export function leadsTo(service: Service, pod: Pod, port: number): boolean {
  return (
    service.namespace === pod.namespace &&
    (service.targetPort ?? service.port) === port &&
    hasLabels(pod.labels, service.selector)
  )
}

/** Of a public frontend: an Azure address of which no rule but those of AKS knows. */
function frontendPlace(service: Service): Place {
  if (service.address !== undefined) return at(toAddress(service.address)!)
  return { kind: 'public', tag: `frontend of ${service.namespace}-${service.name}` }
}

/** §6.3 and §10: client → frontend → a node of any pool → pod. `card`: the client's, where it has one in the network. */
export function byService(
  world: World,
  service: Service,
  pod: Pod,
  client: Place,
  demand: Demand,
  card: Card | undefined,
): Arrival {
  const { state, choose } = world
  const node = nodeCard(world, choose('receiving pool', state.cluster.pools), 'receiving')
  if (demand.protocol !== 'TCP') return stopped('service')
  if (card !== undefined)
    return fromNetwork(world, service, card, node, client, (seen) => toPodBehind(world, service, pod, seen, node))
  const entered = enters(world, node, behindBalancer(service, client, node))
  if (!entered.arrives) return entered
  // The reply goes by the node's own routes: to an appliance it is lost (§3.3).
  if (route(state, node, client, choose).kind !== 'internet') return stopped('route')
  return toPodBehind(world, service, pod, client, node)
}

/** kube-proxy's ranges, then the pod's policies. */
function toPodBehind(world: World, service: Service, pod: Pod, client: Place, node: Card): Arrival {
  const { state, choose } = world
  const inRange = (range: string) =>
    client.kind === 'address' ? contains(range, client.address) : range === '0.0.0.0/0'
  if (service.sourceRanges.length > 0 && !service.sourceRanges.some(inRange)) return stopped('service')
  if (!service.local && state.cluster.engine === 'azure') return ARRIVES
  const clientEnd: PolicyEnd =
    client.kind === 'address' ? { kind: 'address', address: client.address } : { kind: 'public' }
  const nodeEnd: PolicyEnd = { kind: 'node', isOwn: false, address: node.address }
  const end = service.local ? clientEnd : choose('source that the policy sees', [clientEnd, nodeEnd])
  return admits(state, pod, 'Ingress', end, 'TCP', service.targetPort ?? service.port, choose)
    ? ARRIVES
    : stopped('network-policy')
}

/** `then`: with the source that the node sees, which is the firewall's where that translates. */
function fromNetwork(
  world: World,
  service: Service,
  card: Card,
  node: Card,
  client: Place,
  then: (source: Place) => Arrival,
): Arrival {
  const { state, choose } = world
  const frontend = frontendPlace(service)
  const before: Packet = {
    ...packetFrom(card, frontend, { protocol: 'TCP', port: service.port }),
    source: client,
  }
  const left = leaves(world, card, before)
  if (!left.arrives) return left
  const hop = route(state, card, frontend, choose)
  const passed = hop.kind === 'firewall' ? throughFirewall(world, before) : before
  if (passed === undefined) return stopped('firewall')
  if (hop.kind === 'firewall') {
    const home = firewallCard(world)
    if (!isConnected(state, home.vnet, node.vnet) && home.vnet !== node.vnet) return stopped('route')
    if (!isForwarded(world, card, home, node)) return stopped('route')
  } else if (hop.kind !== 'local' || hop.vnet !== node.vnet) return stopped('route')
  const entered = enters(world, node, {
    ...behindBalancer(service, passed.source, node),
    sourceGroups: passed.sourceGroups ?? [],
  })
  return entered.arrives ? then(passed.source) : entered
}

/** What the node's filters see: with floating IP the frontend, else the node and its port (§6.3). */
function behindBalancer(service: Service, source: Place, node: Card): Packet {
  const isFloating = service.nodePort === undefined
  return {
    source,
    destination: isFloating ? frontendPlace(service) : at(node.address),
    // The frontend's address is no IP configuration of the node's card (§2.3).
    destinationGroups: isFloating ? [] : node.groups,
    protocol: 'TCP',
    port: service.nodePort ?? service.port,
  }
}
