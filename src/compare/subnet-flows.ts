import { addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import { exactly } from '../algebra/bounds.ts'
import { ALL_CONNECTIONS } from '../algebra/connections.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { Subnet } from '../model/azure/virtual-network.ts'
import { azureEgress } from '../reach/azure/azure-egress.ts'
import { azureIngress } from '../reach/azure/azure-ingress.ts'
import { carriersOf } from '../reach/azure/carriers.ts'
import { placeRegions, regionBounds } from '../reach/azure/flows.ts'
import { type Host, nodeHost, subnetHost } from '../reach/azure/hosts.ts'
import { atAddresses, EVERYWHERE, PLATFORM, type Places, places, placesKey } from '../reach/azure/places.ts'
import { type Site, toSite, workerPools } from '../reach/azure/state.ts'
import { attachmentCause, attachmentChanges } from './attachments.ts'
import { azureExplainer, type Question, wayCause } from './egress-cause.ts'
import type { Flow, FlowEnd } from './flows.ts'
import { namePlaces } from './name-places.ts'
import { oncePerPair } from './network-pair.ts'
import { divide, type Piece } from './pieces.ts'
import type { StateView } from './state-view.ts'
import { type AlteredSubnet, alteredSubnets } from './subnet-structure.ts'
import { type CarrierNames, carrierNames, wayChanges } from './way-changes.ts'

/**
 * What a change opens and closes for hosts of subnets by what it attaches to them, by where their routes lead and by what their network
 * is connected with: filters at both ends, routes and firewalls together. Pods of a linked cluster are told by themselves.
 */
export function subnetFlows(base: StateView, head: StateView): readonly Flow[] {
  const [was, is] = [siteOf(base), siteOf(head)]
  if (was === undefined || is === undefined) return []
  const common = commonOf(was.azure, is.azure, head.identity)
  const sides: Sides = { base, head, was, is }
  const told: Told[] = []
  for (const subnet of common.altered) {
    if (!isTold(was, base, subnet.was) || !isTold(is, head, subnet.is)) continue
    told.push(...remembered(common.egress, subnet, common, () => egressOf(subnet, sides, common.names)))
  }
  for (const subnet of common.altered) {
    // What AKS keeps before the nodes of a linked cluster follows its Services.
    const isOwn = holdsNodes(was, subnet.was) || holdsNodes(is, subnet.is)
    const ingress = () => ingressOf(subnet, sides)
    told.push(...(isOwn ? ingress() : remembered(common.ingress, subnet, common, ingress)))
  }
  return joinSubnets(told, is).flatMap(toFlows)
}

/** What all states have in common whose Azure networks are the same ones in base and head. */
interface Common {
  readonly altered: readonly AlteredSubnet[]
  readonly names: CarrierNames
  /** Of the resources that the networks are made of. */
  readonly addresses: ReadonlySet<string>
  readonly egress: Map<AlteredSubnet, readonly Told[]>
  readonly ingress: Map<AlteredSubnet, readonly Told[]>
}

const commonOf = oncePerPair(
  (was, is, identity): Common => ({
    altered: alteredSubnets(toSite({ azure: was }), toSite({ azure: is }), identity),
    names: carrierNames(was, is, identity),
    addresses: new Set([was, is].flatMap(({ objects }) => objects.objects.map(({ resource }) => resource.address))),
    egress: new Map(),
    ingress: new Map(),
  }),
)

/** What was told of a subnet in another state, as far as it is because of resources that both states have. */
function remembered(
  known: Map<AlteredSubnet, readonly Told[]>,
  subnet: AlteredSubnet,
  { addresses }: Common,
  tell: () => readonly Told[],
): readonly Told[] {
  const before = known.get(subnet)
  if (before !== undefined) return before
  const told = tell()
  if (told.every(({ cause }) => cause === undefined || addresses.has(cause.resource))) known.set(subnet, told)
  return told
}

function egressOf(subnet: AlteredSubnet, sides: Sides, names: CarrierNames): readonly Told[] {
  const { was, is } = sides
  const [before, after] = [subnetHost(was, subnet.was), subnetHost(is, subnet.is)]
  const moved = wayChanges(carriersOf(was, before), carriersOf(is, after), names)
  // What its own hosts send to each other is told where it comes in.
  const own = addressSets.intersect(
    was.topology.addressesOf(subnet.was).certain,
    is.topology.addressesOf(subnet.is).certain,
  )
  const others = exactly(placeRegions.of(places.subtract(BEYOND, atAddresses(own)), ALL_CONNECTIONS))
  const to = (site: Site, host: Host) => regionBounds.intersect(azureEgress(site, host), others)
  return divide(to(was, before), to(is, after), moved).map((piece) => ({
    subnet,
    kind: 'egress',
    piece,
    cause: causeOf(piece, 'egress', subnet, sides),
  }))
}

function ingressOf(subnet: AlteredSubnet, sides: Sides): readonly Told[] {
  const { was, is } = sides
  const [before, after] = [hostIn(was, subnet.was), hostIn(is, subnet.is)]
  // What the other end newly sends is told by it, unless the filters here are others.
  const sources = subnet.isFiltered ? BEYOND : places.subtract(BEYOND, inNetworks(was, is))
  const only = exactly(placeRegions.of(sources, ALL_CONNECTIONS))
  const from = (site: Site, host: Host) => regionBounds.intersect(azureIngress(site, host), only)
  return divide(from(was, before), from(is, after)).map((piece) => ({
    subnet,
    kind: 'ingress',
    piece,
    cause: causeOf(piece, 'ingress', subnet, sides),
  }))
}

interface Sides {
  readonly base: StateView
  readonly head: StateView
  readonly was: Site
  readonly is: Site
}

interface Told {
  readonly subnet: AlteredSubnet
  readonly kind: 'ingress' | 'egress'
  readonly piece: Piece
  readonly cause: Flow['cause']
}

function siteOf({ link, network }: StateView): Site | undefined {
  if (link !== undefined && link.kind !== 'none') return link.site
  return network.azure && toSite({ azure: network.azure })
}

/** Platform addresses are reached whatever routes and filters say. */
const BEYOND = places.subtract(EVERYWHERE, atAddresses(PLATFORM))

/** What leaves the subnets of a linked cluster is told with the policies of its pods. */
function isTold(site: Site, { link }: StateView, subnet: Subnet): boolean {
  if (link?.kind !== 'linked') return true
  return !workerPools(link.cluster).some((pool) =>
    [pool.subnet, pool.podSubnet].some((own) => site.azure.subnets.of(own) === subnet),
  )
}

/** Whether nodes of the cluster that the manifests are for are in a subnet. */
function holdsNodes({ azure, cluster }: Site, subnet: Subnet): boolean {
  return cluster !== undefined && workerPools(cluster).some((pool) => azure.subnets.of(pool.subnet) === subnet)
}

/** A node where pools have the subnet: before nodes stands the group that AKS keeps, too. */
function hostIn(site: Site, subnet: Subnet): Host {
  for (const cluster of site.azure.clusters.all) {
    const pool = workerPools(cluster).find((one) => site.azure.subnets.of(one.subnet) === subnet)
    if (pool !== undefined) return { ...nodeHost(site, cluster, pool), publicIps: [] }
  }
  return subnetHost(site, subnet)
}

function inNetworks(was: Site, is: Site): Places {
  const spaces = [was, is].flatMap((site) =>
    site.azure.virtualNetworks.all.map((network) => site.topology.spaceOf(network).possible),
  )
  return atAddresses(spaces.reduce(addressSets.union, NO_ADDRESSES))
}

/** One packet is asked about; where that tells nothing, what is attached to the subnet on one side alone. */
function causeOf(piece: Piece, kind: Told['kind'], { names, was, is }: AlteredSubnet, sides: Sides): Flow['cause'] {
  const { base, head } = sides
  const question =
    (view: StateView, subnet: string): Question =>
    (peer, packet) =>
      azureExplainer(view).explain(
        kind === 'egress' ? { from: subnet, to: peer, ...packet } : { from: peer, to: subnet, ...packet },
      )
  if (names.base !== undefined && names.head !== undefined) {
    const ask = { base: question(base, names.base), head: question(head, names.head) }
    const found = wayCause({ ...piece, closed: placeRegions.empty }, ask, base, head)
    if (found !== undefined) return found
  }
  return attachmentCause(attachmentChanges(base, head).find(({ subnet }) => subnet === was || subnet === is))
}

/** Subnets of one network that fare alike are told at once. */
function joinSubnets(told: readonly Told[], is: Site): readonly (Told & { readonly name: string })[] {
  const alike = new Map<string, Told[]>()
  for (const one of told) {
    const { kind, piece, subnet, cause } = one
    const network = is.topology.networkOf(subnet.is)
    const { where, before, after, via } = piece
    const key = JSON.stringify([
      kind,
      network === undefined ? '' : is.azure.virtualNetworks.all.indexOf(network),
      placesKey(where),
      before,
      after,
      via,
      cause?.file,
      cause?.line,
    ])
    alike.set(key, [...(alike.get(key) ?? []), one])
  }
  return [...alike.values()].flatMap((group) => {
    const network = is.topology.networkOf(group[0]!.subnet.is)
    const name = network && knownValue(network.object.name)
    const others = network === undefined ? 0 : is.topology.subnetsOf(network).length
    if (group.length > 1 && group.length >= others - 2 && name !== undefined)
      return [{ ...group[0]!, name: `every subnet in vnet/${name}` }]
    return group.map((one) => ({ ...one, name: one.subnet.names.head ?? one.subnet.is.object.resource.address }))
  })
}

function toFlows({ kind, piece, cause, name }: Told & { readonly name: string }): readonly Flow[] {
  const { where, before, after, via } = piece
  const rest = { before, after, ...(via && { via }), ...(cause && { cause }) }
  const own: FlowEnd = { name }
  return namePlaces(where).map(
    (end): Flow => (kind === 'egress' ? { kind, from: own, to: end, ...rest } : { kind, from: end, to: own, ...rest }),
  )
}
