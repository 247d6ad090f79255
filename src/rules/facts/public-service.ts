import { type AddressSet, addressSets, NO_ADDRESSES, printAddress } from '../../algebra/addresses.ts'
import {
  type ConnectionSet,
  connectionSet,
  connectionSets,
  NO_CONNECTIONS,
  type PortProtocol,
  samplePort,
} from '../../algebra/connections.ts'
import { both, type Truth, toTruth } from '../../algebra/truth.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Service } from '../../model/kubernetes/service.ts'
import { workloadName } from '../../model/kubernetes/workload.ts'
import { sampleAddress } from '../../reach/address-ranges.ts'
import type { Door } from '../../reach/door.ts'
import type { Reachability } from '../../reach/reachability.ts'
import type { PathStep, Witness } from '../finding.ts'
import { askAzure, azureWitness, linkedCluster } from './azure-site.ts'
import { countAddresses, extentOf, HALF_OF_V4, publicPart } from './open-egress.ts'
import { addressOf, controllerEnd, doorStep, nodesEnd, peerName, proofOf } from './proof.ts'

/** A Service of type LoadBalancer as the internet sees it. */
export interface PublicService {
  readonly service: Service
  /** `yes`: every layer that the tree shows lets the internet in; `no` is never given. */
  readonly open: Truth
  /** Public addresses that may come in, trusted ones left out. */
  readonly sources: AddressSet
  /** What clients connect to. */
  readonly frontend: ConnectionSet
  /** Ports of the pods that are reached. */
  readonly target: ConnectionSet
  /** Pods behind it; none where the tree does not run them. */
  readonly names: readonly string[]
  readonly extent: number
  /** The ways in that count, one for each port and kind of pod. */
  readonly doors: readonly Door[]
  /** A packet from one of the sources; from one that is not among those of `before`, where there is such a one. */
  readonly prove: (before?: AddressSet) => Witness | undefined
}

/** The load balancers that let the internet in through every layer, for certain or perhaps, in the order of the network. */
export function publicServices(view: StateView, trusted: AddressSet): Iterable<PublicService> {
  return servicesBy(
    view,
    trusted,
    ({ internet }) => internet,
    (own, loadBalancer) => (own.length === 0 ? loadBalancer : joinSources(own)),
  )
}

/** The same by what the cluster says alone: the network around it is not asked. */
export function offeredServices(view: StateView, trusted: AddressSet): Iterable<PublicService> {
  return servicesBy(
    view,
    trusted,
    ({ offered }) => offered,
    (_, loadBalancer) => loadBalancer,
  )
}

function* servicesBy(
  view: StateView,
  trusted: AddressSet,
  openBy: (door: Door) => Door['internet'],
  sourcesBy: (doors: readonly Door[], loadBalancer: Door['sources']) => Door['sources'],
): Iterable<PublicService> {
  const doors = doorsByResource(view)
  for (const service of view.network.kubernetes.services) {
    const { loadBalancer } = service
    if (loadBalancer === undefined || loadBalancer.refused !== undefined || loadBalancer.public === 'no') continue
    if (service.selector === undefined) continue
    const own = (doors.get(service.resource.address) ?? []).filter(({ kind }) => kind === 'load-balancer')
    const reached = own.filter((door) => !connectionSets.isEmpty(openBy(door).possible))
    if (own.length > 0 && reached.length === 0) continue
    const admitted = sourcesBy(reached, loadBalancer.sources)
    const sources = publicPart(admitted.possible, trusted)
    if (countAddresses(sources) < HALF_OF_V4) continue
    const frontend = service.ports
      .map(({ protocol, port }) => (port === undefined ? NO_CONNECTIONS : connectionSet(protocol, port, port)))
      .reduce(connectionSets.union, NO_CONNECTIONS)
    const isCertain = reached.some((door) => !connectionSets.isEmpty(openBy(door).certain))
    const rangesKnown = countAddresses(publicPart(admitted.certain, trusted)) >= HALF_OF_V4
    yield {
      service,
      open: isCertain ? both(loadBalancer.public, toTruth(rangesKnown)) : 'maybe',
      sources,
      frontend: reached.length === 0 ? frontend : joinFrontends(reached, frontend),
      target: reached.map((door) => openBy(door).possible).reduce(connectionSets.union, NO_CONNECTIONS),
      names: [...new Set(reached.flatMap((door) => namesBehind(view, door)))],
      extent: extentOf(sources, frontend),
      doors: reached,
      prove: (before = NO_ADDRESSES) => {
        const verdict = loadBalancer.public === 'yes' ? 'allow' : 'unknown'
        const newcomers = addressSets.subtract(sources, before)
        const from = addressSets.isEmpty(newcomers) ? sources : newcomers
        return proveDoor(view, reached[0], from, `${service.resource.address} is a public load balancer`, verdict)
      },
    }
  }
}

/** The addresses that may come in by any way that a resource makes. */
export function sourcesOf(view: StateView, address: string): AddressSet {
  return joinSources(
    (doorsByResource(view).get(address) ?? []).filter(({ internet }) => !connectionSets.isEmpty(internet.possible)),
  ).possible
}

function joinSources(doors: readonly Door[]): Door['sources'] {
  return {
    certain: doors.map(({ admitted }) => admitted.certain).reduce(addressSets.union, NO_ADDRESSES),
    possible: doors.map(({ admitted }) => admitted.possible).reduce(addressSets.union, NO_ADDRESSES),
  }
}

/** The ports that lead somewhere; all where the cluster picks some. */
function joinFrontends(doors: readonly Door[], all: ConnectionSet): ConnectionSet {
  const own = doors.map(({ frontend }) => frontend).reduce(connectionSets.union, NO_CONNECTIONS)
  return connectionSets.isEmpty(own) ? all : own
}

const known = new WeakMap<Reachability, ReadonlyMap<string, readonly Door[]>>()

/** The ways in from outside by the address of what makes them. */
export function doorsByResource({ reach }: StateView): ReadonlyMap<string, readonly Door[]> {
  const made = known.get(reach)
  if (made !== undefined) return made
  const byResource = new Map<string, Door[]>()
  for (const door of reach.doors()) {
    const same = byResource.get(door.resource.address)
    if (same === undefined) byResource.set(door.resource.address, [door])
    else same.push(door)
  }
  known.set(reach, byResource)
  return byResource
}

/** The workloads behind a door, as people call them. */
export function namesBehind({ reach }: StateView, { subject }: Door): readonly string[] {
  return reach.universe.classes[subject]!.members.flatMap((member) => {
    const workload = member.kind === 'workload' ? reach.classes.workload(member.id) : undefined
    return workload === undefined ? [] : [workloadName(workload)]
  })
}

/**
 * A packet from outside through a door to a pod behind it, past every layer that the tree shows; undefined where there is no pod or no
 * port.
 */
export function proveDoor(
  view: StateView,
  door: Door | undefined,
  sources: AddressSet,
  rule: string,
  verdict: PathStep['verdict'] = 'allow',
): Witness | undefined {
  if (door === undefined) return undefined
  const { reach } = view
  const { subject, resource, origin, internet, allowed, kind } = door
  const member = reach.universe.classes[subject]!.members.find(({ id }) => reach.classes.workload(id) !== undefined)
  const admitted = addressSets.intersect(sources, door.admitted.possible)
  const address = sampleAddress(addressSets.isEmpty(admitted) ? sources : admitted)
  const target = [internet.certain, allowed.certain, internet.possible, allowed.possible]
    .map(samplePort)
    .find((port) => port !== undefined)
  if (member === undefined || address === undefined || target === undefined) return undefined
  const workload = reach.classes.workload(member.id)!
  const to = { kind: 'endpoint', endpoint: member, facts: { ...reach.classes.facts[subject]!, workload } } as const
  const client = addressOf(printAddress(address))
  const sender = { from: peerName(client), sourceAddress: printAddress(address) }
  const layer = kind === 'ingress' ? 'ingress' : kind === 'host-port' || kind === 'host-network' ? 'host' : 'service'
  const entry = { ...doorStep(layer, rule, resource.address, origin), verdict }
  const around = linkedCluster(view) === undefined ? undefined : wayAround(view, door, sender, workload.id, target)
  if (around !== undefined) {
    return { packet: { ...around.packet, to: peerName(to) }, path: [entry, ...around.path] }
  }
  // Behind a load balancer policies see the client or a node, behind an Ingress its controller.
  const seen = kind === 'ingress' ? [controllerEnd(reach), client] : [client, nodesEnd(reach)]
  const from = seen.find((end) => reach.explain({ from: end, to, ...target }).allowed !== 'no') ?? client
  const { packet, path } = proofOf(reach, { from, to, ...target })
  return { packet: { ...packet, ...sender }, path: [entry, ...path] }
}

/**
 * The packet through the network around the cluster as well; undefined where that is no way in of its own. Where a route or rule names the
 * client's address and fares otherwise with it, one public host that no rule names more closely stands for the internet.
 */
function wayAround(
  view: StateView,
  { resource }: Door,
  { from, sourceAddress }: { readonly from: string; readonly sourceAddress: string },
  to: string,
  target: { readonly protocol: PortProtocol; readonly port: number },
): Witness | undefined {
  const ask = (peer: string) => {
    const query = { from: peer, to, ...target, via: resource }
    return { query, outcome: askAzure(view, query) }
  }
  const exact = ask(sourceAddress)
  const any = from === sourceAddress ? exact : ask(from)
  const isSame = exact.outcome.answer === any.outcome.answer
  const { query, outcome } = any.outcome.answer === 'denied' ? exact : any
  if (outcome.answer === 'denied') return undefined
  const { packet, path } = azureWitness(query, outcome)
  const isAddress = isSame || query.from === sourceAddress
  return { packet: { ...packet, from, ...(isAddress && { sourceAddress }) }, path }
}
