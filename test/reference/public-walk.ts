import { type Card, rulesOfMachine, type World } from './cards.ts'
import { leaves, packetFrom } from './delivery-walk.ts'
import { matchesPorts } from './filter-walk.ts'
import { judgeByFirewall } from './firewall-walk.ts'
import type { Demand, Place } from './places.ts'
import { route } from './route-walk.ts'
import type { State, Subnet } from './state.ts'
import { ARRIVES, type Arrival, stopped } from './worlds.ts'

/** Which address the far end sees: of the NAT gateway, a load balancer, the firewall …, or the subnet itself. */
export type Identity = 'nat' | 'firewall' | 'load-balancer' | 'balancer' | 'own' | 'lent' | { readonly subnet: Subnet }

/** To a public address: §1.4 and §3. */
export function sendPublic(
  world: World,
  card: Card,
  place: Place,
  demand: Demand,
  accept: (identity: Identity) => Arrival,
): Arrival {
  const { state, choose } = world
  const packet = packetFrom(card, place, demand)
  const left = leaves(world, card, packet)
  if (!left.arrives) return left
  const hop = route(state, card, place, choose)
  switch (hop.kind) {
    case 'nowhere':
    case 'local':
    case 'endpoint':
      return stopped('route')
    case 'service-endpoint':
      return accept({ subnet: card.subnet })
    case 'firewall': {
      const judged = judgeByFirewall(state, packet, choose)
      // "0.0.0.0/0 = never SNAT (then no internet)"; application rules always translate (§4.4).
      const isDropped = judged === 'network' && state.firewall!.snat === 'never'
      return judged === 'denied' || isDropped ? stopped('firewall') : accept('firewall')
    }
    case 'internet': {
      const identity = wayOut(state, card, place)
      return identity === undefined ? stopped('nat') : accept(identity)
    }
  }
}

/** §1.4: "NAT gateway > instance-level public IP > LB outbound rule > default outbound access > none". */
function wayOut(state: State, card: Card, place: Place): Identity | undefined {
  const { cluster } = state
  // NAT gateways, public addresses of nodes and default outbound access are IPv4 alone.
  if (place.kind === 'address' && typeof place.address === 'bigint') {
    const isDual = cluster.podCidr6 !== undefined && cluster.outbound === 'loadBalancer'
    return isOfCluster(state, card) && isDual ? 'load-balancer' : undefined
  }
  if (card.subnet.nat) return 'nat'
  if (card.machine?.publicIp || (card.isNode && card.pool?.publicIps === true)) return 'own'
  if (isOfCluster(state, card) && cluster.outbound === 'loadBalancer') return 'load-balancer'
  if (card.machine?.balanced && state.balancer?.outbound) return 'balancer'
  // "With network API version ≥ 2025-07-01, subnets of a newly created VNet default to private" (§1.3).
  return (card.subnet.defaultOutbound ?? card.vnet.isPrivate !== true) ? 'lent' : undefined
}

/** Nodes and pods; hosts that share a subnet with pods are not asked about. */
export function isOfCluster({ cluster }: State, card: Card): boolean {
  if (card.machine !== undefined) return false
  return card.pool !== undefined || cluster.pools.some(({ podSubnet }) => podSubnet === card.subnet.name)
}

/** §2.6: NSGs are met only by their rules for the tag of the platform service. */
export function toPlatform({ state }: World, card: Card, tag: string, { protocol, port }: Demand): Arrival {
  const groups = [
    state.nsgs.find(({ name }) => name === card.subnet.nsg)?.rules ?? [],
    (card.machine && rulesOfMachine(state, card.machine)) ?? [],
  ]
  const isDenied = groups.some((rules) => {
    const rule = rules
      .filter(({ direction, destinations }) => direction === 'Outbound' && destinations.includes(tag))
      .sort((a, b) => a.priority - b.priority)
      .find((one) => (one.protocol === '*' || one.protocol.toUpperCase() === protocol) && matchesPorts(one.ports, port))
    return rule?.access === 'Deny'
  })
  return isDenied ? stopped('nsg') : ARRIVES
}
