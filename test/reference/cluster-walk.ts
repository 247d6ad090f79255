import { type Address, after, contains, isPrivate, PRIVATE, rangeOf, toAddress } from './address.ts'
import { placeNode, placePod, type World } from './cards.ts'
import type { Pod } from './cluster-state.ts'
import { gatewayCard, ingressesTo } from './gateway-walk.ts'
import { admits, hasLabels, type PolicyEnd } from './policy-walk.ts'
import { leadsTo } from './service-walk.ts'
import type { Question, State } from './state.ts'
import { ARRIVES, type Arrival, type Choose, type Judgement, judgeInAllWorlds, stopped } from './worlds.ts'

/** How a packet from outside of the cluster gets to a pod; `none`: only what policies say of it is asked. */
export type Door = 'none' | 'load-balancer' | 'node-port' | 'external-address' | 'ingress' | 'host-port'

/**
 * What the cluster's own layers say of a packet: policies of both ends, Services, Ingresses and the ports of nodes. Whether the network
 * around it carries the packet is not asked.
 *
 * Ends: a pod of the state, `nodes`, `metadata`, or an address. Undefined where there are too many worlds.
 */
export function judgeInCluster(state: State, question: Question, door: Door): Judgement | undefined {
  return judgeInAllWorlds((choose) => ask(state, question, door, choose))
}

function ask(state: State, { from, to, protocol, port }: Question, door: Door, choose: Choose): Arrival {
  const source = endOf(state, from, to, choose)
  const target = endOf(state, to, from, choose)
  if (source === undefined || target === undefined) return stopped('host')
  if (door !== 'none') {
    const pod = podOf(state, to)
    return pod === undefined ? stopped('host') : throughDoor(state, door, source, pod, { protocol, port }, choose)
  }
  const [sender, receiver] = [podOf(state, from), podOf(state, to)]
  if (sender !== undefined && !admits(state, sender, 'Egress', target, protocol, port, choose))
    return stopped('network-policy')
  if (receiver !== undefined && !admits(state, receiver, 'Ingress', source, protocol, port, choose))
    return stopped('network-policy')
  return ARRIVES
}

function podOf({ pods }: State, name: string): Pod | undefined {
  return pods.find((pod) => `${pod.namespace}/${pod.name}` === name)
}

/** Undefined for a pod that the state does not have. */
function endOf(state: State, name: string, other: string, choose: Choose): PolicyEnd | undefined {
  if (name === 'metadata') return { kind: 'address', address: toAddress('169.254.169.254')! }
  const address = toAddress(name)
  if (address !== undefined) return { kind: 'address', address }
  const pod = podOf(state, name)
  if (name !== 'nodes' && pod === undefined) return undefined
  const world = { state, choose }
  if (pod !== undefined && !pod.hostNetwork)
    return { kind: 'pod', pod, address: state.alone ? anyPrivate(world, name) : placePod(world, pod) }
  const isOwn = podOf(state, other) !== undefined && choose('on the node itself', [true, false])
  return { kind: 'node', isOwn, address: state.alone ? anyPrivate(world, name) : placeNode(world, pod) }
}

/** Manifests do not tell the addresses of pods and nodes: any private one that the policies tell apart. */
function anyPrivate({ state, choose }: World, who: string): Address {
  const written = [...JSON.stringify(state.policies).matchAll(/\d+\.\d+\.\d+\.\d+(?:\/\d+)?/g)].flatMap(([cidr]) => {
    const { first, last } = rangeOf(cidr)!
    return [first, after(last, 1)]
  })
  const some = PRIVATE.map((range) => after(rangeOf(range)!.first, 4))
  return choose(`address of ${who}`, [...new Set([...some, ...written.filter(isPrivate)])])
}

/** A controller of Ingresses: a pod of which the tree says nothing. */
const CONTROLLER: Pod = {
  namespace: 'ingress-controller',
  name: 'controller',
  labels: {},
  hostNetwork: false,
  port: 443,
}

function throughDoor(
  state: State,
  door: Exclude<Door, 'none'>,
  client: PolicyEnd,
  pod: Pod,
  { protocol, port }: Pick<Question, 'protocol' | 'port'>,
  choose: Choose,
): Arrival {
  const node: PolicyEnd = {
    kind: 'node',
    isOwn: false,
    address: state.alone ? anyPrivate({ state, choose }, 'node') : placeNode({ state, choose }, undefined),
  }
  const admitsAs = (end: PolicyEnd) =>
    admits(state, pod, 'Ingress', end, protocol, port, choose) ? ARRIVES : stopped('network-policy')
  if (door === 'load-balancer') {
    const ways = state.services.filter((service) => service.kind === 'public' && leadsTo(service, pod, port))
    const open = ways.filter(({ sourceRanges, allowedRanges }) => {
      const ranges = [...sourceRanges, ...allowedRanges]
      return (
        ranges.length === 0 || (client.kind === 'address' && ranges.some((range) => contains(range, client.address!)))
      )
    })
    if (open.length === 0) return stopped('service')
    return admitsAs(choose('Service', open).local ? client : choose('source that the policy sees', [client, node]))
  }
  if (door === 'ingress' && state.gateway !== undefined && ingressesTo(state, pod, port).length > 0)
    return admitsAs({ kind: 'address', address: gatewayCard({ state, choose }).address })
  const entry = state.entries?.find(
    (one) =>
      one.kind === door &&
      one.namespace === pod.namespace &&
      one.port === port &&
      one.protocol === protocol &&
      hasLabels(pod.labels, one.selector),
  )
  if (entry === undefined) return stopped('service')
  if (door === 'ingress')
    return admitsAs({ kind: 'pod', pod: CONTROLLER, address: anyPrivate({ state, choose }, 'controller') })
  return admitsAs(entry.local ? client : choose('source that the policy sees', [client, node]))
}
