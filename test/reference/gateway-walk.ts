import { toAddress } from './address.ts'
import { anyAddress, at, type Card, poolOf, subnetNamed, type World, wireCard } from './cards.ts'
import type { Ingress, Pod } from './cluster-state.ts'
import { enters, leaves, packetFrom, send } from './delivery-walk.ts'
import { type Demand, isConnected, type Place } from './places.ts'
import { admits } from './policy-walk.ts'
import { route } from './route-walk.ts'
import { byService, leadsTo } from './service-walk.ts'
import type { GatewayListener, State } from './state.ts'
import { ARRIVES, type Arrival, stopped } from './worlds.ts'

/**
 * §8: by the application gateway, where an Ingress or a pool of it leads to the pod. A web application firewall narrows content, never
 * addresses. `card`: the client's, where it has one in the network.
 */
export function byGateway(
  world: World,
  pod: Pod,
  client: Place,
  card: Card | undefined,
  demand: Demand,
): readonly Arrival[] {
  const { state } = world
  if (state.gateway === undefined || demand.protocol !== 'TCP') return []
  const isOffered = (isPublic: boolean) => isPublic === (card === undefined)
  const listeners = state.gateway.listeners.filter(
    ({ isPublic, backends }) => isOffered(isPublic) && backends.length > 0,
  )
  const ingresses = ingressesTo(state, pod, demand.port).filter(({ usesPrivate }) => isOffered(!usesPrivate))
  return [
    ...ingresses.map((ingress) => {
      const arrived = toListener(world, client, card, ingress.tls ? 443 : 80)
      return arrived.arrives ? toPodOf(world, pod, demand) : arrived
    }),
    ...listeners.flatMap((listener) => byPool(world, listener, pod, client, card, demand)),
  ]
}

/** Ingresses whose Service leads to the port of a pod, for which the gateway has such a frontend. */
export function ingressesTo({ ingresses, services, gateway }: State, pod: Pod, port: number): readonly Ingress[] {
  return ingresses.filter(({ namespace, service, usesPrivate }) => {
    const hasFrontend = usesPrivate ? gateway?.privateAddress !== undefined : gateway?.isPublic === true
    const backend = services.find((one) => one.namespace === namespace && one.name === service)
    return hasFrontend && backend !== undefined && leadsTo(backend, pod, port)
  })
}

export function gatewayCard(world: World): Card {
  const { vnet, subnet } = world.state.gateway!
  const home = subnetNamed(world.state, vnet, subnet)
  return { ...home, address: anyAddress(world, 'gateway', home.subnet.prefix), isNode: false, groups: [] }
}

/** From the client to the gateway: by its public address, or by its private one. */
function toListener(world: World, client: Place, card: Card | undefined, port: number): Arrival {
  const { state, choose } = world
  const gateway = gatewayCard(world)
  const demand: Demand = { protocol: 'TCP', port }
  if (card !== undefined) {
    const address = toAddress(state.gateway!.privateAddress!)!
    return send(world, card, at(address), { ...gateway, address }, demand)
  }
  const entered = enters(world, gateway, { source: client, destination: at(gateway.address), ...demand })
  if (!entered.arrives) return entered
  return route(state, gateway, client, choose).kind === 'internet' ? ARRIVES : stopped('route')
}

/** "Pod IPs directly, no NodePort, no Service VIP"; the policy sees the gateway's subnet. */
function toPodOf(world: World, pod: Pod, demand: Demand): Arrival {
  const { state, choose } = world
  const gateway = gatewayCard(world)
  const destination = wireCard(world, pod, poolOf(world, pod))
  const crossed = toPodAddress(world, gateway, pod, destination, demand)
  if (!crossed.arrives) return crossed
  const end = { kind: 'address', address: gateway.address } as const
  return admits(state, pod, 'Ingress', end, 'TCP', demand.port, choose) ? ARRIVES : stopped('network-policy')
}

function toPodAddress(world: World, gateway: Card, pod: Pod, destination: Card, demand: Demand): Arrival {
  const { mode } = world.state.cluster
  const to = at(destination.address)
  if (pod.hostNetwork || mode === 'node-subnet' || mode === 'pod-subnet')
    return send(world, gateway, to, destination, demand)
  const packet = packetFrom(gateway, to, demand, destination)
  const all = [leaves(world, gateway, packet), enters(world, destination, packet)]
  if (!isLed(world, gateway, destination)) all.push(stopped('route'))
  const layers = all.flatMap((arrival) => (arrival.arrives ? [] : arrival.layers))
  return layers.length === 0 ? ARRIVES : stopped(...layers)
}

/**
 * An overlay is extended into the gateway's subnet, if that is in the nodes' network. "Kubenet: route table on the gateway subnet": that of
 * the nodes; the controller tries to give it the one that AKS made, where neither has one of its own.
 */
function isLed({ state, choose }: World, gateway: Card, destination: Card): boolean {
  if (state.cluster.mode === 'overlay') return gateway.vnet === destination.vnet
  if (gateway.vnet !== destination.vnet && !isConnected(state, gateway.vnet, destination.vnet)) return false
  const [own, nodes] = [gateway.subnet.routeTable, destination.subnet.routeTable]
  if (own !== nodes) return false
  return own !== undefined || choose('the controller may change the subnet', [true, false])
}

/** A pool with the address of an internal load balancer: the gateway is its client. */
function byPool(
  world: World,
  { port, backends }: GatewayListener,
  pod: Pod,
  client: Place,
  card: Card | undefined,
  demand: Demand,
): readonly Arrival[] {
  const targets = world.state.services.filter(
    (service) =>
      service.address !== undefined && backends.includes(service.address) && leadsTo(service, pod, demand.port),
  )
  return targets.map((service) => {
    const arrived = toListener(world, client, card, port)
    if (!arrived.arrives) return arrived
    const gateway = gatewayCard(world)
    return byService(world, service, pod, at(gateway.address), demand, gateway)
  })
}
