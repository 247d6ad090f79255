import { toAddress } from './address.ts'
import { apiPlace, toApiServer } from './api-walk.ts'
import {
  at,
  type Card,
  cardAt,
  leavingCard,
  nodeCard,
  podNamed,
  poolNamed,
  poolOf,
  type World,
  wireCard,
} from './cards.ts'
import type { Pod } from './cluster-state.ts'
import { enters, leaves, packetFrom, send } from './delivery-walk.ts'
import { byGateway } from './gateway-walk.ts'
import { toName } from './name-walk.ts'
import { fromOutside } from './outside-walk.ts'
import { type Demand, isPodAddress } from './places.ts'
import { admits, type PolicyEnd } from './policy-walk.ts'
import { sendPublic, toPlatform } from './public-walk.ts'
import { byService, leadsTo } from './service-walk.ts'
import type { Question, State } from './state.ts'
import { familyOfPacket, type Target, targetOf } from './targets.ts'
import { ARRIVES, type Arrival, anyWay, type Judgement, judgeInAllWorlds, stopped } from './worlds.ts'

const METADATA = toAddress('169.254.169.254')!

/**
 * Walks one packet through Kubernetes and Azure, in every world. Written from the specification, with one concrete packet at a
 * time: no sets, no classes, nothing of the engine.
 *
 * Undefined where there are too many worlds.
 */
export function judge(state: State, question: Question): Judgement | undefined {
  return judgeInAllWorlds((choose) => ask({ state, choose }, question))
}

function ask({ state, choose }: World, question: Question): Arrival {
  const { from, to, protocol, port } = question
  const world: World = { state, choose, family: familyOfPacket(state, choose, question) }
  const target = targetOf(world, to)
  const demand: Demand = { protocol, port }
  const pod = podNamed(world.state, from)
  if (pod !== undefined) return fromPod(world, pod, target, demand)
  const pool = from.startsWith('node/') ? poolNamed(world.state, from.slice('node/'.length)) : undefined
  if (pool !== undefined) return fromCard(world, nodeCard(world, pool, 'source'), target, demand)
  const source = targetOf(world, from)
  if (source.kind === 'public') return fromOutside(world, source.place, target, demand)
  if (source.kind !== 'private') throw new Error(`nothing opens a connection from ${from}`)
  return fromCard(world, cardAt(world.state, source.address)!, target, demand)
}

function fromPod(world: World, pod: Pod, target: Target, demand: Demand): Arrival {
  const { state, choose } = world
  const { protocol, port } = demand
  const pool = poolOf(world, pod)
  const may = (end: PolicyEnd) => admits(state, pod, 'Egress', end, protocol, port, choose)
  switch (target.kind) {
    case 'pod':
      return betweenPods(world, pod, target.pod, demand)
    case 'node': {
      const isOwn = pool === target.pool && choose('on the node itself', [true, false])
      const node = nodeCard(world, target.pool, 'destination')
      if (!may({ kind: 'node', isOwn, address: node.address })) return stopped('network-policy')
      if (isOwn) return ARRIVES
      return send(world, leavingCard(world, pod, pool, at(node.address)), at(node.address), node, demand)
    }
    case 'private': {
      if (!may({ kind: 'address', address: target.address })) return stopped('network-policy')
      const card = leavingCard(world, pod, pool, at(target.address))
      return send(world, card, at(target.address), cardAt(state, target.address), demand)
    }
    case 'metadata':
      if (!may({ kind: 'address', address: METADATA })) return stopped('network-policy')
      return toPlatform(world, leavingCard(world, pod, pool, { kind: 'public' }), 'AzurePlatformIMDS', demand)
    case 'api-server':
      return toApiServer(world, leavingCard(world, pod, pool, apiPlace(world)), may, demand)
    case 'public': {
      if (target.name === undefined) {
        const { place } = target
        const end: PolicyEnd =
          place.kind === 'address' ? { kind: 'address', address: place.address } : { kind: 'public' }
        if (!may(end)) return stopped('network-policy')
        return sendPublic(world, leavingCard(world, pod, pool, place), place, demand, () => ARRIVES)
      }
      return toName(world, (place) => leavingCard(world, pod, pool, place), pod, target.name, demand)
    }
  }
}

function betweenPods(world: World, pod: Pod, other: Pod, demand: Demand): Arrival {
  const { state, choose } = world
  const { protocol, port } = demand
  const [pool, otherPool] = [poolOf(world, pod), poolOf(world, other)]
  const isNear = pool === otherPool && choose(`${pod.name} beside ${other.name}`, [true, false])
  const source = wireCard(world, pod, pool)
  const destination = wireCard(world, other, otherPool)
  if (!admits(state, pod, 'Egress', endOf(other, destination, isNear), protocol, port, choose))
    return stopped('network-policy')
  const crossed = isNear ? ARRIVES : between(world, source, destination, demand)
  const admitted = admits(state, other, 'Ingress', endOf(pod, source, isNear), protocol, port, choose)
  // Where both deny, either may be named.
  if (!crossed.arrives) return admitted ? crossed : stopped(...crossed.layers, 'network-policy')
  return admitted ? ARRIVES : stopped('network-policy')
}

/** A pod as the policies of another see it: one on the host network is a node. */
function endOf(pod: Pod, { address }: Card, isOwn: boolean): PolicyEnd {
  return pod.hostNetwork ? { kind: 'node', isOwn, address } : { kind: 'pod', pod, address }
}

/** Between nodes of a cluster whose pods have a range of their own, routes steer nothing; the filters of both ends are met. */
function between(world: World, source: Card, destination: Card, demand: Demand): Arrival {
  const isOverlay = isPodAddress(world.state, source.address) || isPodAddress(world.state, destination.address)
  if (!isOverlay) return send(world, source, at(destination.address), destination, demand)
  const packet = packetFrom(source, at(destination.address), demand, destination)
  const left = leaves(world, source, packet)
  return left.arrives ? enters(world, destination, packet) : left
}

/** From a host of the network. */
function fromCard(world: World, card: Card, target: Target, demand: Demand): Arrival {
  const { state } = world
  switch (target.kind) {
    case 'pod':
      return toPod(world, card, target.pod, demand)
    case 'node': {
      const node = nodeCard(world, target.pool, 'destination')
      return send(world, card, at(node.address), node, demand)
    }
    case 'private':
      return send(world, card, at(target.address), cardAt(state, target.address), demand)
    case 'metadata':
      return toPlatform(world, card, 'AzurePlatformIMDS', demand)
    case 'api-server':
      return toApiServer(world, card, () => true, demand)
    case 'public':
      if (target.name === undefined) return sendPublic(world, card, target.place, demand, () => ARRIVES)
      return toName(world, () => card, undefined, target.name, demand)
  }
}

function toPod(world: World, card: Card, pod: Pod, demand: Demand): Arrival {
  const { state, choose } = world
  const { protocol, port } = demand
  const pool = poolOf(world, pod)
  const destination = wireCard(world, pod, pool)
  if (card.isNode) {
    const isOwn = card.pool === pool && choose('on the node itself', [true, false])
    const crossed = isOwn ? ARRIVES : between(world, card, destination, demand)
    if (!crossed.arrives) return crossed
    const end: PolicyEnd = { kind: 'node', isOwn, address: card.address }
    return admits(state, pod, 'Ingress', end, protocol, port, choose) ? ARRIVES : stopped('network-policy')
  }
  const ways: Arrival[] = []
  if (pod.hostNetwork || state.cluster.mode === 'node-subnet' || state.cluster.mode === 'pod-subnet') {
    const crossed = send(world, card, at(destination.address), destination, demand)
    const end: PolicyEnd = { kind: 'address', address: card.address }
    const admitted = admits(state, pod, 'Ingress', end, protocol, port, choose)
    ways.push(crossed.arrives && !admitted ? stopped('network-policy') : crossed)
  }
  for (const service of state.services) {
    if (service.kind !== 'internal' || !leadsTo(service, pod, port)) continue
    ways.push(byService(world, service, pod, at(card.address), demand, card))
  }
  return anyWay([...ways, ...byGateway(world, pod, at(card.address), card, demand)], 'service')
}
