import { type Address, after, type Family, familyOf, rangeOf, toAddress } from './address.ts'
import type { Pod, Pool } from './cluster-state.ts'
import { type Home, isInSubnet, type Place, spaceAt } from './places.ts'
import type { Machine, NsgRule, State, Subnet } from './state.ts'
import type { Choose } from './worlds.ts'

export interface World {
  readonly state: State
  readonly choose: Choose
  /** Of the packet; IPv4 where both ends have both and nothing else says so, or either. */
  readonly family?: Family
}

/** A network card: where a packet leaves or arrives. */
export interface Card extends Home {
  readonly address: Address
  /** Of a node, and of a pod that has an address of the node's card. */
  readonly pool?: Pool
  /** The public address of a node belongs to the node's own address alone. */
  readonly isNode: boolean
  /** Of a machine. */
  readonly machine?: Machine
  /** Application security groups that its address is in. */
  readonly groups: readonly string[]
  /** Of a private endpoint, to which the filters of its subnet hold only where the subnet says so. */
  readonly isEndpoint?: true
}

export function at(address: Address): Place {
  return { kind: 'address', address }
}

export function poolNamed({ cluster }: State, name: string): Pool {
  return cluster.pools.find((pool) => pool.name === name)!
}

export function podNamed({ pods }: State, name: string): Pod | undefined {
  return pods.find((pod) => `${pod.namespace}/${pod.name}` === name)
}

export function subnetNamed(state: State, vnetName: string, subnetName: string): Home {
  const vnet = state.vnets.find(({ name }) => name === vnetName)!
  const subnet = vnet.subnets.find(({ name }) => name === subnetName)!
  return { vnet, subnet }
}

/** The range of a subnet that a packet's address is of. */
export function rangeFor({ family }: World, { prefix, prefix6 }: Subnet): string {
  return family === 6 && prefix6 !== undefined ? prefix6 : prefix
}

/** Any address of a range that a host can have: one of each kind that the state's prefixes tell apart. */
export function anyAddress({ state, choose }: World, key: string, range: string): Address {
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
  const taken = new Set(takenAddresses(state).map(toAddress))
  // Azure keeps the first four addresses and the last.
  const lowest = after(first, 4)
  const addresses = new Set([lowest])
  for (const [, cidr] of JSON.stringify(state).matchAll(/"([\da-f]*[.:][\da-f.:]+(?:\/\d+)?)"/g)) {
    const cut = rangeOf(cidr!)
    if (cut === undefined || familyOf(cut.first) !== familyOf(first)) continue
    for (const address of [cut.first, after(cut.last, 1)])
      if (address > lowest && address < last && !taken.has(address)) addresses.add(address)
  }
  known.set(range, [...addresses])
  return known.get(range)!
}

/** Written out for somebody in particular, so that nobody else has them. */
function takenAddresses({ machines, endpoints, services, gateway }: State): readonly string[] {
  const written = [
    ...machines.map(({ address }) => address),
    ...endpoints.map(({ address }) => address),
    ...services.map(({ address }) => address),
    gateway?.privateAddress,
  ]
  return written.filter((address) => address !== undefined)
}

export function nodeCard(world: World, pool: Pool, key: string): Card {
  const home = subnetNamed(world.state, pool.vnet, pool.subnet)
  return {
    ...home,
    pool,
    isNode: true,
    groups: pool.groups,
    address: anyAddress(world, `${key} node of ${pool.name}`, rangeFor(world, home.subnet)),
  }
}

/** The range that a pod's own address is of. */
export function podRange(world: World, pool: Pool): string {
  const { state, family } = world
  const { mode, podCidr, podCidr6 } = state.cluster
  if (mode === 'overlay' || mode === 'kubenet') return family === 6 && podCidr6 !== undefined ? podCidr6 : podCidr
  return rangeFor(world, subnetNamed(state, pool.vnet, pool.podSubnet ?? pool.subnet).subnet)
}

/** The card by which a pod's packets with its own address travel: §6.1, third column. */
export function wireCard(world: World, pod: Pod, pool: Pool): Card {
  if (pod.hostNetwork) return nodeCard(world, pool, `${pod.namespace}/${pod.name}`)
  const home = subnetNamed(world.state, pool.vnet, pool.podSubnet ?? pool.subnet)
  const address = anyAddress(world, `${pod.namespace}/${pod.name}`, podRange(world, pool))
  // A pod of a pod subnet has no address of the node's card, and one of a range of its own no IP configuration (§2.3).
  return {
    ...home,
    address,
    isNode: false,
    groups: world.state.cluster.mode === 'node-subnet' ? pool.groups : [],
    ...(pool.podSubnet === undefined && { pool }),
  }
}

/** The card by which a pod reaches what is no pod: §6.1, columns four and five. */
export function leavingCard(world: World, pod: Pod, pool: Pool, destination: Place): Card {
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

export function poolOf({ state, choose }: World, pod: Pod): Pool {
  const pools = state.cluster.pools.filter(({ name }) => pod.pool === undefined || pod.pool === name)
  return choose(`pool of ${pod.namespace}/${pod.name}`, pools)
}

/** Who has a private address: undefined where no network of the tree holds it. */
export function cardAt(state: State, address: Address): Card | undefined {
  for (const vnet of state.vnets) {
    if (spaceAt(vnet, address) === undefined) continue
    const subnet = vnet.subnets.find((one) => isInSubnet(one, address)) ?? OUTSIDE_SUBNETS
    const machine = state.machines.find((one) => toAddress(one.address) === address)
    return { vnet, subnet, address, isNode: false, groups: machine?.groups ?? [], ...(machine && { machine }) }
  }
  return undefined
}

export const OUTSIDE_SUBNETS: Subnet = {
  name: '',
  prefix: '',
  nat: false,
  serviceEndpoints: [],
  defaultOutbound: false,
  endpointPolicies: 'Disabled',
}

/** Azure uses no NSG of the firewall's subnet (§4.1). */
export const FIREWALL_SUBNET = 'AzureFirewallSubnet'

export function firewallCard(world: World): Card {
  const { firewall, vnets } = world.state
  const { vnet: vnetName, prefix } = firewall!
  return {
    vnet: vnets.find(({ name }) => name === vnetName)!,
    subnet: { ...OUTSIDE_SUBNETS, name: FIREWALL_SUBNET, prefix },
    address: anyAddress(world, 'firewall', prefix),
    isNode: false,
    groups: [],
  }
}

/** The rules of the NSG on a machine's card, where it has one. */
export function rulesOfMachine({ nsgs }: State, machine: Machine): readonly NsgRule[] | undefined {
  return nsgs.find(({ name }) => name === machine.nsg)?.rules
}
