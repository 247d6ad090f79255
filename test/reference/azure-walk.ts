import { type Address, after, contains, type Family, familyOf, rangeOf, toAddress } from './address.ts'
import {
  endpointSubnetAt,
  type Home,
  isConnected,
  isInSubnet,
  isPodAddress,
  isPublic,
  matchesPorts,
  type Packet,
  type Place,
  passesNsg,
  route,
  spaceAt,
} from './filter-walk.ts'
import { judgeByFirewall, translate } from './firewall-walk.ts'
import { admits, CLUSTER_DNS, hasLabels, type PolicyEnd } from './policy-walk.ts'
import type { NsgRule, Pod, Pool, Question, Service, State, Subnet, Vault } from './state.ts'
import { ARRIVES, type Arrival, type Choose, type Judgement, judgeInAllWorlds, stopped } from './worlds.ts'

const METADATA = toAddress('169.254.169.254')!
/** What AKS calls an API server: `api.hcp.<region>.azmk8s.io`, an Azure address that no service tag but AzureCloud holds. */
const API_NAME = 'api.hcp.westeurope.azmk8s.io'
const API_PLACE: Place = { kind: 'public', tag: 'API server', region: 'westeurope' }

/**
 * Walks one packet through Kubernetes and Azure, in every world. Written from the specification, with one concrete packet at a
 * time: no sets, no classes, nothing of the engine.
 *
 * Undefined where there are too many worlds.
 */
export function judge(state: State, question: Question): Judgement | undefined {
  return judgeInAllWorlds((choose) => ask({ state, choose }, question))
}

export interface World {
  readonly state: State
  readonly choose: Choose
  /** Of the packet; IPv4 where both ends have both and nothing else says so, or either. */
  readonly family?: Family
}

/** A network card: where a packet leaves or arrives. */
interface Card extends Home {
  readonly address: Address
  /** Of a node, and of a pod that has an address of the node's card. */
  readonly pool?: Pool
  /** The public address of a node belongs to the node's own address alone. */
  readonly isNode: boolean
}

type Demand = Pick<Packet, 'protocol' | 'port' | 'name'>

type Target =
  | { readonly kind: 'pod'; readonly pod: Pod }
  | { readonly kind: 'node'; readonly pool: Pool }
  | { readonly kind: 'private'; readonly address: Address }
  | { readonly kind: 'public'; readonly place: Place; readonly name?: string }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'api-server' }

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

/** What is written decides; between two hosts with both families either may be used. */
function familyOfPacket(state: State, choose: Choose, { from, to }: Question): Family {
  const [written] = [from, to].flatMap((name) => toAddress(name) ?? [])
  if (written !== undefined) return familyOf(written)
  const hasBoth = (name: string) => {
    const [kind, vnet, subnet] = name.split('/')
    if (kind === 'subnet') return subnetNamed(state, vnet!, subnet!).subnet.prefix6 !== undefined
    return state.cluster.podCidr6 !== undefined && (kind === 'node' || podNamed(state, name) !== undefined)
  }
  return hasBoth(from) && hasBoth(to) ? choose('family', [4, 6] as const) : 4
}

/** The range of a subnet that a packet's address is of. */
function rangeFor({ family }: World, { prefix, prefix6 }: Subnet): string {
  return family === 6 && prefix6 !== undefined ? prefix6 : prefix
}

// ---- who is meant ----

function podNamed({ pods }: State, name: string): Pod | undefined {
  return pods.find((pod) => `${pod.namespace}/${pod.name}` === name)
}

function poolNamed({ cluster }: State, name: string): Pool {
  return cluster.pools.find((pool) => pool.name === name)!
}

function targetOf(world: World, text: string): Target {
  const { state } = world
  if (text === 'internet') return { kind: 'public', place: { kind: 'public' } }
  if (text === 'metadata') return { kind: 'metadata' }
  if (text === 'api-server') return { kind: 'api-server' }
  const [kind, first, second] = text.split('/')
  if (kind === 'tag') {
    const [tag, region] = first!.split('.')
    return { kind: 'public', place: { kind: 'public', tag: tag!, ...(region !== undefined && { region }) } }
  }
  if (kind === 'node') return { kind: 'node', pool: poolNamed(state, first!) }
  if (kind === 'subnet') {
    const { subnet } = subnetNamed(state, first!, second!)
    return { kind: 'private', address: anyAddress(world, text, rangeFor(world, subnet)) }
  }
  const address = toAddress(text)
  if (address !== undefined) {
    const place: Place = { kind: 'address', address }
    return isPublic(state, place) ? { kind: 'public', place } : { kind: 'private', address }
  }
  const pod = podNamed(state, text)
  if (pod !== undefined) return { kind: 'pod', pod }
  return { kind: 'public', place: { kind: 'public' }, name: text }
}

function subnetNamed(state: State, vnetName: string, subnetName: string): Home {
  const vnet = state.vnets.find(({ name }) => name === vnetName)!
  const subnet = vnet.subnets.find(({ name }) => name === subnetName)!
  return { vnet, subnet }
}

/** Any address of a range that a host can have: one of each kind that the state's prefixes tell apart. */
function anyAddress({ state, choose }: World, key: string, range: string): Address {
  return choose(`address of ${key} in ${range}`, addressesOf(state, range))
}

const samples = new WeakMap<State, Map<string, readonly Address[]>>()

function addressesOf(state: State, range: string): readonly Address[] {
  let known = samples.get(state)
  if (known === undefined) {
    known = new Map()
    samples.set(state, known)
  }
  const found = known.get(range)
  if (found !== undefined) return found
  const { first, last } = rangeOf(range)!
  // Azure keeps the first four addresses and the last.
  const lowest = after(first, 4)
  const addresses = new Set([lowest])
  for (const [, cidr] of JSON.stringify(state).matchAll(/"([\da-f]*[.:][\da-f.:]+(?:\/\d+)?)"/g)) {
    const cut = rangeOf(cidr!)
    if (cut === undefined || familyOf(cut.first) !== familyOf(first)) continue
    for (const address of [cut.first, after(cut.last, 1)])
      if (address > lowest && address < last) addresses.add(address)
  }
  known.set(range, [...addresses])
  return known.get(range)!
}

function nodeCard(world: World, pool: Pool, key: string): Card {
  const home = subnetNamed(world.state, pool.vnet, pool.subnet)
  return {
    ...home,
    pool,
    isNode: true,
    address: anyAddress(world, `${key} node of ${pool.name}`, rangeFor(world, home.subnet)),
  }
}

/** The range that a pod's own address is of. */
function podRange(world: World, pool: Pool): string {
  const { state, family } = world
  const { mode, podCidr, podCidr6 } = state.cluster
  if (mode === 'overlay' || mode === 'kubenet') return family === 6 && podCidr6 !== undefined ? podCidr6 : podCidr
  return rangeFor(world, subnetNamed(state, pool.vnet, pool.podSubnet ?? pool.subnet).subnet)
}

/** The card by which a pod's packets with its own address travel: §6.1, third column. */
function wireCard(world: World, pod: Pod, pool: Pool): Card {
  if (pod.hostNetwork) return nodeCard(world, pool, `${pod.namespace}/${pod.name}`)
  const home = subnetNamed(world.state, pool.vnet, pool.podSubnet ?? pool.subnet)
  const address = anyAddress(world, `${pod.namespace}/${pod.name}`, podRange(world, pool))
  // A pod of a pod subnet has no address of the node's card.
  return { ...home, address, isNode: false, ...(pool.podSubnet === undefined && { pool }) }
}

/** The card by which a pod reaches what is no pod: §6.1, columns four and five. */
function leavingCard(world: World, pod: Pod, pool: Pool, destination: Place): Card {
  const { mode } = world.state.cluster
  const node = () => nodeCard(world, pool, `${pod.namespace}/${pod.name}`)
  if (pod.hostNetwork || mode === 'overlay' || mode === 'kubenet') return node()
  if (mode === 'pod-subnet') return wireCard(world, pod, pool)
  const { vnet } = subnetNamed(world.state, pool.vnet, pool.subnet)
  const isNear = destination.kind === 'address' && spaceAt(vnet, destination.address) !== undefined
  return isNear ? wireCard(world, pod, pool) : node()
}

/** The address that a pod of the cluster has. */
export function placePod(world: World, pod: Pod): Address {
  return wireCard(world, pod, poolOf(world, pod)).address
}

/** The address of a node: of the one that a pod on the host network runs on, or of any. */
export function placeNode(world: World, pod: Pod | undefined): Address {
  const pool = pod === undefined ? world.choose('pool of the node', world.state.cluster.pools) : poolOf(world, pod)
  return nodeCard(world, pool, pod === undefined ? 'any' : `${pod.namespace}/${pod.name}`).address
}

function poolOf({ state, choose }: World, pod: Pod): Pool {
  const pools = state.cluster.pools.filter(({ name }) => pod.pool === undefined || pod.pool === name)
  return choose(`pool of ${pod.namespace}/${pod.name}`, pools)
}

/** Who has a private address: undefined where no network of the tree holds it. */
function cardAt(state: State, address: Address): Card | undefined {
  for (const vnet of state.vnets) {
    if (spaceAt(vnet, address) === undefined) continue
    const subnet = vnet.subnets.find((one) => isInSubnet(one, address)) ?? OUTSIDE_SUBNETS
    return { vnet, subnet, address, isNode: false }
  }
  return undefined
}

const OUTSIDE_SUBNETS: Subnet = {
  name: '',
  prefix: '',
  nat: false,
  keyVaultEndpoint: false,
  defaultOutbound: false,
  endpointPolicies: 'Disabled',
}

// ---- from a pod ----

function fromPod(world: World, pod: Pod, target: Target, demand: Demand): Arrival {
  const { state, choose } = world
  const { protocol, port } = demand
  const pool = poolOf(world, pod)
  const may = (end: PolicyEnd) => admits(state, pod, 'Egress', end, protocol, port, choose)
  switch (target.kind) {
    case 'pod': {
      const other = target.pod
      const otherPool = poolOf(world, other)
      const isNear = pool === otherPool && choose(`${pod.name} beside ${other.name}`, [true, false])
      const source = wireCard(world, pod, pool)
      const destination = wireCard(world, other, otherPool)
      if (!may(endOf(other, destination, isNear))) return stopped('network-policy')
      const crossed = isNear ? ARRIVES : between(world, source, destination, demand)
      const admitted = admits(state, other, 'Ingress', endOf(pod, source, isNear), protocol, port, choose)
      // Where both deny, either may be named.
      if (!crossed.arrives) return admitted ? crossed : stopped(...crossed.layers, 'network-policy')
      return admitted ? ARRIVES : stopped('network-policy')
    }
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

/** A pod as the policies of another see it: one on the host network is a node. */
function endOf(pod: Pod, { address }: Card, isOwn: boolean): PolicyEnd {
  return pod.hostNetwork ? { kind: 'node', isOwn, address } : { kind: 'pod', pod, address }
}

function at(address: Address): Place {
  return { kind: 'address', address }
}

/** Between nodes of a cluster whose pods have a range of their own, routes steer nothing; the filters of both ends are met. */
function between(world: World, source: Card, destination: Card, demand: Demand): Arrival {
  const isOverlay = isPodAddress(world.state, source.address) || isPodAddress(world.state, destination.address)
  if (!isOverlay) return send(world, source, at(destination.address), destination, demand)
  const packet: Packet = { source: at(source.address), destination: at(destination.address), ...demand }
  if (!leaves(world, source, packet)) return stopped('nsg')
  return enters(world, destination, packet) ? ARRIVES : stopped('nsg')
}

// ---- from a host of the network ----

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
  return anyWay(ways, 'service')
}

function anyWay(ways: readonly Arrival[], none: string): Arrival {
  if (ways.some(({ arrives }) => arrives)) return ARRIVES
  return stopped(...(ways.length === 0 ? [none] : ways.flatMap((way) => (way.arrives ? [] : way.layers))))
}

// ---- from the internet ----

function fromOutside(world: World, client: Place, target: Target, demand: Demand): Arrival {
  const { state } = world
  switch (target.kind) {
    case 'pod': {
      const ways = state.services
        .filter((service) => leadsTo(service, target.pod, demand.port))
        .flatMap((service): readonly Arrival[] => {
          if (service.kind === 'public') return [byService(world, service, target.pod, client, demand, undefined)]
          return byFirewall(world, client, toAddress(service.address!)!, demand, (home, source) =>
            byService(world, service, target.pod, source, demand, home),
          )
        })
      const pool = poolOf(world, target.pod)
      if (target.pod.hostNetwork && pool.publicIps) ways.push(toNode(world, client, pool, demand))
      else if (target.pod.hostNetwork) ways.push(stopped('nat', 'service'))
      return anyWay(ways, 'service')
    }
    case 'node':
      return target.pool.publicIps ? toNode(world, client, target.pool, demand) : stopped('nat')
    case 'private':
      return anyWay(
        byFirewall(world, client, target.address, demand, (home, source) => {
          const destination = cardAt(state, target.address)
          return deliver(world, home, source, at(target.address), destination, demand)
        }),
        'nat',
      )
    case 'metadata':
      return stopped('route')
    case 'api-server':
      return admitsToApi(state, client)
    case 'public': {
      const vault = state.vaults.find((one) => vaultName(one) === target.name)
      return vault === undefined ? ARRIVES : openVault(vault, client)
    }
  }
}

/** By the public address of a node; the reply leaves by the routes of its subnet (§10). */
function toNode(world: World, client: Place, pool: Pool, demand: Demand): Arrival {
  const node = nodeCard(world, pool, 'destination')
  const packet: Packet = { source: client, destination: at(node.address), ...demand }
  if (!enters(world, node, packet)) return stopped('nsg')
  return route(world.state, node, client, world.choose).kind === 'internet' ? ARRIVES : stopped('route')
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

function firewallCard(world: World): Card {
  const { firewall, vnets } = world.state
  const { vnet: vnetName, prefix } = firewall!
  const vnet = vnets.find(({ name }) => name === vnetName)!
  return {
    vnet,
    subnet: { ...OUTSIDE_SUBNETS, name: 'AzureFirewallSubnet', prefix },
    address: anyAddress(world, 'firewall', prefix),
    isNode: false,
  }
}

// ---- Services ----

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
function byService(
  world: World,
  service: Service,
  pod: Pod,
  client: Place,
  demand: Demand,
  card: Card | undefined,
): Arrival {
  const { state, choose } = world
  const { engine } = state.cluster
  const node = nodeCard(world, choose('receiving pool', state.cluster.pools), 'receiving')
  const frontend = frontendPlace(service)
  const isFloating = service.nodePort === undefined
  const destination = isFloating ? frontend : at(node.address)
  const packet: Packet = { source: client, destination, protocol: 'TCP', port: service.nodePort ?? service.port }
  if (demand.protocol !== 'TCP') return stopped('service')
  if (card === undefined) {
    if (!enters(world, node, packet)) return stopped('nsg')
    // The reply goes by the node's own routes: to an appliance it is lost (§3.3).
    if (route(state, node, client, choose).kind !== 'internet') return stopped('route')
  } else {
    const before: Packet = { source: client, destination: frontend, ...demand, port: service.port }
    if (card.subnet.name !== 'AzureFirewallSubnet' && !leaves(world, card, before)) return stopped('nsg')
    const hop = route(state, card, frontend, choose)
    if (hop.kind === 'firewall') {
      const judged = judgeByFirewall(state.firewall!, before, choose)
      if (judged === 'denied') return stopped('firewall')
      if (!isConnected(state, firewallCard(world).vnet, node.vnet) && state.firewall!.vnet !== node.vnet.name)
        return stopped('route')
      if (!isForwarded(world, card, firewallCard(world), node)) return stopped('route')
    } else if (hop.kind !== 'local' || hop.vnet !== node.vnet) return stopped('route')
    if (!enters(world, node, packet)) return stopped('nsg')
  }
  const inRange = (range: string) =>
    client.kind === 'address' ? contains(range, client.address) : range === '0.0.0.0/0'
  if (service.sourceRanges.length > 0 && !service.sourceRanges.some(inRange)) return stopped('service')
  if (!service.local && engine === 'azure') return ARRIVES
  const clientEnd: PolicyEnd =
    client.kind === 'address' ? { kind: 'address', address: client.address } : { kind: 'public' }
  const nodeEnd: PolicyEnd = { kind: 'node', isOwn: false, address: node.address }
  const end = service.local ? clientEnd : choose('source that the policy sees', [clientEnd, nodeEnd])
  return admits(state, pod, 'Ingress', end, 'TCP', service.targetPort ?? service.port, choose)
    ? ARRIVES
    : stopped('network-policy')
}

/** The NSG that AKS keeps on the cards of its nodes. */
function aksRules({ cluster, services }: State, node: Card): readonly NsgRule[] {
  const rules: NsgRule[] = []
  let priority = 500
  const allow = (sources: readonly string[], destinations: readonly string[], port: number) =>
    rules.push({
      direction: 'Inbound',
      priority: priority++,
      access: 'Allow',
      protocol: 'Tcp',
      sources,
      destinations,
      ports: [`${port}`],
    })
  for (const service of services) {
    const ranges = [...service.sourceRanges, ...service.allowedRanges]
    // "0.0.0.0/0 → internet", besides the ranges themselves.
    const isOpen = ranges.includes('0.0.0.0/0') || (ranges.length === 0 && service.kind === 'public')
    const sources = isOpen ? ['Internet', ...ranges] : ranges
    const frontend =
      service.nodePort !== undefined
        ? node.subnet.prefix
        : (service.address ?? `frontend of ${service.namespace}-${service.name}`)
    const port = service.nodePort ?? service.port
    if (sources.length > 0) allow(sources, [frontend], port)
    if (service.denyOthers && ranges.length > 0) {
      rules.push({
        direction: 'Inbound',
        priority: 4095,
        access: 'Deny',
        protocol: 'Tcp',
        sources: ['*'],
        destinations: [frontend],
        ports: [`${port}`],
      })
    }
  }
  for (const port of cluster.pools.flatMap(({ allowedHostPorts }) => allowedHostPorts)) allow(['Internet'], ['*'], port)
  return rules
}

// ---- NSGs, routes, delivery ----

/** NIC NSG, then subnet NSG. */
function leaves(world: World, card: Card, packet: Packet): boolean {
  const { state, choose } = world
  if (card.pool !== undefined && !passesNsg(state, [], 'Outbound', packet, card, choose)) return false
  const nsg = state.nsgs.find(({ name }) => name === card.subnet.nsg)
  return nsg === undefined || passesNsg(state, nsg.rules, 'Outbound', packet, card, choose)
}

/** Subnet NSG, then NIC NSG. The NSG of a private endpoint's subnet only where its policies switch it on (§2.7). */
function enters(world: World, card: Card, packet: Packet): boolean {
  const { state, choose } = world
  const isEndpoint = endpointSubnetAt(state, card.vnet, card.address) === card.subnet && card.pool === undefined
  const applies = !isEndpoint || ['Enabled', 'NetworkSecurityGroupEnabled'].includes(card.subnet.endpointPolicies)
  const nsg = applies ? state.nsgs.find(({ name }) => name === card.subnet.nsg) : undefined
  if (nsg !== undefined && !passesNsg(state, nsg.rules, 'Inbound', packet, card, choose)) return false
  return card.pool === undefined || passesNsg(state, aksRules(state, card), 'Inbound', packet, card, choose)
}

/** To a private address; `destination` is undefined where no network of the tree holds it. */
function send(world: World, card: Card, to: Place, destination: Card | undefined, demand: Demand): Arrival {
  const { state, choose } = world
  const packet: Packet = { source: at(card.address), destination: to, ...demand }
  if (!leaves(world, card, packet)) return stopped('nsg')
  const hop = route(state, card, to, choose)
  switch (hop.kind) {
    case 'nowhere':
    case 'internet':
    case 'service-endpoint':
      return stopped('route')
    case 'endpoint':
      return deliver(world, card, packet.source, to, destination, demand)
    case 'local':
      return destination?.vnet === hop.vnet
        ? deliver(world, card, packet.source, to, destination, demand)
        : stopped('route')
    case 'firewall': {
      const judged = judgeByFirewall(state.firewall!, packet, choose)
      if (judged === 'denied') return stopped('firewall')
      const home = firewallCard(world)
      // Application rules always translate the source, network rules never towards private ranges (§4.4).
      const source = judged === 'application' ? at(home.address) : packet.source
      if (destination !== undefined && !isForwarded(world, card, home, destination)) return stopped('route')
      return deliver(world, home, source, to, destination, demand)
    }
  }
}

/** Whether a peering takes what the firewall's network passes on but did not send: off, nobody says for certain (§1.2). */
function isForwarded({ state, choose }: World, card: Card, home: Card, destination: Card): boolean {
  if (card.vnet === home.vnet || destination.vnet === home.vnet) return true
  const half = state.peerings.find(({ from, to }) => from === destination.vnet.name && to === home.vnet.name)
  return half === undefined || half.forwarded || choose('forwarded traffic is dropped', [false, true])
}

/** From a card, or from the firewall, to who has the address. */
function deliver(
  { state, choose }: World,
  card: Card,
  source: Place,
  to: Place,
  destination: Card | undefined,
  demand: Demand,
): Arrival {
  if (destination === undefined) return stopped('route')
  const { vnet } = destination
  if (card.vnet !== vnet && !isConnected(state, card.vnet, vnet)) return stopped('route')
  if (!enters({ state, choose }, destination, { source, destination: to, ...demand })) return stopped('nsg')
  const isFiltered = [card, destination].some(({ pool, subnet }) => pool !== undefined || subnet.nsg !== undefined)
  const isDoubtful = state.peerings.some(
    ({ from, to: other, access }) =>
      !access && [from, other].includes(card.vnet.name) && [from, other].includes(vnet.name),
  )
  // The flag only changes the tag; where no NSG asks the tag, nobody says (§1.2).
  if (card.vnet !== vnet && isDoubtful && !isFiltered && !choose('peering without access', [true, false]))
    return stopped('route')
  return ARRIVES
}

/** Which address the far end sees: of the NAT gateway, the load balancer, the firewall …, or the subnet itself. */
type Identity = 'nat' | 'firewall' | 'load-balancer' | 'own' | { readonly subnet: Subnet }

/** To a public address: §1.4 and §3. */
function sendPublic(
  world: World,
  card: Card,
  place: Place,
  demand: Demand,
  accept: (identity: Identity) => Arrival,
): Arrival {
  const { state, choose } = world
  const packet: Packet = { source: at(card.address), destination: place, ...demand }
  if (!leaves(world, card, packet)) return stopped('nsg')
  const hop = route(state, card, place, choose)
  switch (hop.kind) {
    case 'nowhere':
    case 'local':
    case 'endpoint':
      return stopped('route')
    case 'service-endpoint':
      return accept({ subnet: card.subnet })
    case 'firewall':
      return judgeByFirewall(state.firewall!, packet, choose) === 'denied' ? stopped('firewall') : accept('firewall')
    case 'internet':
      // NAT gateways, public addresses of nodes and default outbound access are IPv4 alone (§1.4).
      if (place.kind === 'address' && typeof place.address === 'bigint') {
        const isDual = state.cluster.podCidr6 !== undefined && state.cluster.outbound === 'loadBalancer'
        return isOfCluster(state, card) && isDual ? accept('load-balancer') : stopped('nat')
      }
      if (card.subnet.nat) return accept('nat')
      if (card.isNode && card.pool?.publicIps === true) return accept('own')
      if (isOfCluster(state, card) && state.cluster.outbound === 'loadBalancer') return accept('load-balancer')
      return card.subnet.defaultOutbound ? accept('own') : stopped('nat')
  }
}

/** Nodes and pods; hosts that share a subnet with pods are not asked about. */
function isOfCluster({ cluster }: State, card: Card): boolean {
  return card.pool !== undefined || cluster.pools.some(({ podSubnet }) => podSubnet === card.subnet.name)
}

// ---- platform, names, API server ----

/** §2.6: NSGs are met only by their rules for the tag of the platform service. */
function toPlatform({ state }: World, card: Card, tag: string, { protocol, port }: Demand): Arrival {
  const nsg = state.nsgs.find(({ name }) => name === card.subnet.nsg)
  const rule = nsg?.rules
    .filter(({ direction, destinations }) => direction === 'Outbound' && destinations.includes(tag))
    .sort((a, b) => a.priority - b.priority)
    .find((one) => {
      return (one.protocol === '*' || one.protocol.toUpperCase() === protocol) && matchesPorts(one.ports, port)
    })
  return rule?.access === 'Deny' ? stopped('nsg') : ARRIVES
}

export function vaultName({ name }: Vault): string {
  return `${name}.vault.azure.net`
}

/** Names of Azure's own services, and the tags whose addresses they have (§2.4, §4.5). */
const SERVICES_OF_NAMES = new Map([
  ['mcr.microsoft.com', 'MicrosoftContainerRegistry'],
  ['management.azure.com', 'AzureResourceManager'],
  ['login.microsoftonline.com', 'AzureActiveDirectory'],
])

/** §7: the name is resolved, then it is the private endpoint, the vault's public address, or some public host. */
function toName(
  world: World,
  cardFor: (place: Place) => Card,
  pod: Pod | undefined,
  name: string,
  demand: Demand,
): Arrival {
  const { state, choose } = world
  const { protocol, port } = demand
  const may = (end: PolicyEnd) => pod === undefined || admits(state, pod, 'Egress', end, protocol, port, choose)
  if (pod !== undefined && !resolves(world, pod)) return stopped('dns', 'network-policy')
  const vault = state.vaults.find((one) => vaultName(one) === name)
  const named: Demand = { ...demand, name }
  const tag = SERVICES_OF_NAMES.get(name)
  const service: Place =
    vault !== undefined
      ? { kind: 'public', tag: 'AzureKeyVault', region: 'WestEurope' }
      : { kind: 'public', ...(tag !== undefined && { tag }) }
  const outer = cardFor(service)
  const dns = toPlatform(world, outer, 'AzurePlatformDNS', { protocol: 'UDP', port: 53 })
  if (!dns.arrives) return stopped('dns', 'nsg')
  const endpoint = state.endpoints.find((one) => one.vault === vault?.name)
  if (endpoint !== undefined && state.zone?.links.includes(outer.vnet.name)) {
    const home = subnetNamed(state, endpoint.vnet, endpoint.subnet)
    const address = anyAddress(world, `endpoint of ${endpoint.vault}`, home.subnet.prefix)
    if (!may({ kind: 'address', address })) return stopped('network-policy')
    return send(world, cardFor(at(address)), at(address), { ...home, address, isNode: false }, named)
  }
  if (!may({ kind: 'public' })) return stopped('network-policy')
  return sendPublic(world, outer, service, named, (identity) =>
    vault === undefined ? ARRIVES : admitsToVault(vault, identity),
  )
}

/** UDP or TCP 53 to the cluster's DNS server, which runs somewhere in the cluster. */
function resolves(world: World, pod: Pod): boolean {
  const { state, choose } = world
  const range = podRange(world, choose('pool of the DNS server', state.cluster.pools))
  const end: PolicyEnd = { kind: 'pod', pod: CLUSTER_DNS, address: anyAddress(world, 'DNS server', range) }
  return admits(state, pod, 'Egress', end, 'UDP', 53, choose) || admits(state, pod, 'Egress', end, 'TCP', 53, choose)
}

/** §7.1, the public path. */
function admitsToVault(vault: Vault, identity: Identity): Arrival {
  if (!vault.publicAccess) return stopped('paas-firewall')
  if (vault.defaultAction === 'Allow') return ARRIVES
  const isListed =
    typeof identity === 'string'
      ? vault.ipRules.includes(identity)
      : vault.subnets.some(({ subnet }) => subnet === identity.subnet.name)
  return isListed ? ARRIVES : stopped('paas-firewall')
}

/** §7.1 for a client outside Azure. */
function openVault(vault: Vault, client: Place): Arrival {
  const isListed =
    client.kind === 'address' && vault.ipRules.some((rule) => /^\d/.test(rule) && contains(rule, client.address))
  return vault.publicAccess && (vault.defaultAction === 'Allow' || isListed) ? ARRIVES : stopped('paas-firewall')
}

function apiPlace({ state }: World): Place {
  const [first] = state.cluster.pools
  if (!state.cluster.api.private) return API_PLACE
  return at(after(rangeOf(subnetNamed(state, first!.vnet, first!.subnet).subnet.prefix)!.first, 4))
}

/** §10: public as the internet, then the access list; private by the endpoint that AKS puts beside the first pool. */
function toApiServer(world: World, card: Card, may: (end: PolicyEnd) => boolean, demand: Demand): Arrival {
  const { state } = world
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
  // AKS links its own zone to the cluster's network only.
  if (card.vnet !== home.vnet) return stopped('dns')
  const packet: Packet = { source: at(card.address), destination: at(address), ...demand }
  // The /32 of the endpoint beats every route; its subnet's NSG does not apply to it.
  return leaves(world, card, packet) ? ARRIVES : stopped('nsg')
}

function admitsToApi({ cluster }: State, client: Place): Arrival {
  const { api } = cluster
  if (api.private) return stopped('api-server')
  const isListed = api.authorized.some((range) =>
    client.kind === 'address' ? contains(range, client.address) : range === '0.0.0.0/0',
  )
  return api.authorized.length === 0 || isListed ? ARRIVES : stopped('api-server')
}
