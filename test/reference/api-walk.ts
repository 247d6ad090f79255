import { after, contains, rangeOf } from './address.ts'
import { anyAddress, at, type Card, subnetNamed, type World } from './cards.ts'
import { leaves, packetFrom, send } from './delivery-walk.ts'
import { askServers } from './name-walk.ts'
import { type Demand, isConnected, type Place } from './places.ts'
import type { PolicyEnd } from './policy-walk.ts'
import { isOfCluster, sendPublic } from './public-walk.ts'
import type { State } from './state.ts'
import { ARRIVES, type Arrival, stopped } from './worlds.ts'

/** What AKS calls an API server: `api.hcp.<region>.azmk8s.io`, an Azure address that no service tag but AzureCloud holds. */
const API_NAME = 'api.hcp.westeurope.azmk8s.io'
const API_PLACE: Place = { kind: 'public', tag: 'API server', region: 'WestEurope' }

export function apiPlace({ state }: World): Place {
  const [first] = state.cluster.pools
  if (!state.cluster.api.private) return API_PLACE
  return at(after(rangeOf(subnetNamed(state, first!.vnet, first!.subnet).subnet.prefix)!.first, 4))
}

/** §10: public as the internet, then the access list; private by the endpoint that AKS puts beside the first pool. */
export function toApiServer(world: World, card: Card, may: (end: PolicyEnd) => boolean, demand: Demand): Arrival {
  const { state, choose } = world
  const { api, pools } = state.cluster
  if (!api.private) {
    if (!may({ kind: 'public' })) return stopped('network-policy')
    return sendPublic(world, card, API_PLACE, { ...demand, name: API_NAME }, (identity) => {
      if (api.authorized.length === 0 || api.authorized.includes('0.0.0.0/0')) return ARRIVES
      const isOwn = identity === 'load-balancer'
      return isOwn || api.authorized.includes(identity as string) ? ARRIVES : stopped('api-server')
    })
  }
  const home = subnetNamed(state, pools[0]!.vnet, pools[0]!.subnet)
  const address = anyAddress(world, 'API server', home.subnet.prefix)
  if (!may({ kind: 'address', address })) return stopped('network-policy')
  if (!isOfCluster(state, card)) {
    const asked = askServers(world, card)
    if ('arrives' in asked) return asked
    // AKS links its own zone to the cluster's network only.
    const { resolver } = asked
    const isKnown = resolver === 'outside' ? choose('a server outside knows', [true, false]) : resolver === home.vnet
    if (!isKnown) return stopped('dns')
  }
  const endpoint: Card = { ...home, address, isNode: false, groups: [], isEndpoint: true }
  // The /32 of the endpoint beats every route in its own and peered networks; its subnet's NSG does not apply to it.
  const isNear = card.vnet === home.vnet || isConnected(state, card.vnet, home.vnet)
  return isNear
    ? leaves(world, card, packetFrom(card, at(address), demand))
    : send(world, card, at(address), endpoint, demand)
}

export function admitsToApi({ cluster }: State, client: Place): Arrival {
  const { api } = cluster
  if (api.private) return stopped('api-server')
  const isListed = api.authorized.some((range) =>
    client.kind === 'address' ? contains(range, client.address) : range === '0.0.0.0/0',
  )
  return api.authorized.length === 0 || isListed ? ARRIVES : stopped('api-server')
}
