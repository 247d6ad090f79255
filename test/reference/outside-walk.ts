import { type Address, toAddress } from './address.ts'
import { admitsToApi } from './api-walk.ts'
import { at, type Card, cardAt, firewallCard, nodeCard, poolOf, type World } from './cards.ts'
import type { Pod, Pool } from './cluster-state.ts'
import { deliver, enters, packetFrom } from './delivery-walk.ts'
import { translate } from './firewall-walk.ts'
import { byGateway } from './gateway-walk.ts'
import { admitsOutsider, paasNamed } from './paas-walk.ts'
import type { Demand, Place } from './places.ts'
import { route } from './route-walk.ts'
import { byService, leadsTo } from './service-walk.ts'
import type { Target } from './targets.ts'
import { ARRIVES, type Arrival, anyWay, stopped } from './worlds.ts'

/** From the internet: only by something public. */
export function fromOutside(world: World, client: Place, target: Target, demand: Demand): Arrival {
  const { state } = world
  switch (target.kind) {
    case 'pod':
      return anyWay(waysTo(world, client, target.pod, demand), 'service')
    case 'node':
      return target.pool.publicIps ? toNode(world, client, target.pool, demand) : stopped('nat')
    case 'private': {
      const card = cardAt(state, target.address)
      if (card?.machine?.publicIp) return toCard(world, client, card, demand)
      const ways = byFirewall(world, client, target.address, demand, (home, source) =>
        deliver(world, home, { ...packetFrom(home, at(target.address), demand, card), source }, card),
      )
      return anyWay(ways, 'nat')
    }
    case 'metadata':
      return stopped('route')
    case 'api-server':
      return admitsToApi(state, client)
    case 'public': {
      const paas = target.name === undefined ? undefined : paasNamed(state, target.name)
      return paas === undefined ? ARRIVES : admitsOutsider(paas, client, world.choose)
    }
  }
}

function waysTo(world: World, client: Place, pod: Pod, demand: Demand): readonly Arrival[] {
  const ways = world.state.services
    .filter((service) => leadsTo(service, pod, demand.port))
    .flatMap((service): readonly Arrival[] => {
      if (service.kind === 'public') return [byService(world, service, pod, client, demand, undefined)]
      if (service.kind === 'cluster') return []
      return byFirewall(world, client, toAddress(service.address!)!, demand, (home, source) =>
        byService(world, service, pod, source, demand, home),
      )
    })
  const pool = poolOf(world, pod)
  if (pod.hostNetwork) ways.push(pool.publicIps ? toNode(world, client, pool, demand) : stopped('nat', 'service'))
  return [...ways, ...byGateway(world, pod, client, undefined, demand)]
}

function toNode(world: World, client: Place, pool: Pool, demand: Demand): Arrival {
  return toCard(world, client, nodeCard(world, pool, 'destination'), demand)
}

/** By a card's public address; the reply leaves by the routes of its subnet (§10). */
function toCard(world: World, client: Place, card: Card, demand: Demand): Arrival {
  const packet = { source: client, destination: at(card.address), destinationGroups: card.groups, ...demand }
  const entered = enters(world, card, packet)
  if (!entered.arrives) return entered
  return route(world.state, card, client, world.choose).kind === 'internet' ? ARRIVES : stopped('route')
}

/** By a DNAT rule to an address: the firewall sends on with an address of its own. */
function byFirewall(
  world: World,
  client: Place,
  address: Address,
  { protocol, port }: Demand,
  then: (home: Card, source: Place) => Arrival,
): readonly Arrival[] {
  const { firewall } = world.state
  if (firewall === undefined || protocol !== 'TCP') return []
  const rule = translate(firewall, client, port, world.choose)
  if (rule === undefined || toAddress(rule.address) !== address || rule.translatedPort !== port) return []
  const home = firewallCard(world)
  return [then(home, at(home.address))]
}
