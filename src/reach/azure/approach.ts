import { type AddressSet, ALL_ADDRESSES, addressSets } from '../../algebra/addresses.ts'
import { type Bounds, exactly } from '../../algebra/bounds.ts'
import {
  type ConnectionSet,
  connectionSet,
  connectionSets,
  type PortProtocol,
  samplePort,
  singlePort,
} from '../../algebra/connections.ts'
import { hasNumber, toPairs } from '../../algebra/intervals.ts'
import { serviceSets } from '../../algebra/service-sets.ts'
import type { Truth } from '../../algebra/truth.ts'
import type { Cluster, NodePool } from '../../model/azure/cluster.ts'
import { knownValue, surely } from '../../model/azure/prop.ts'
import type { Ingress } from '../../model/kubernetes/ingress.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Approach, PlainDoor, SeenAs } from '../door.ts'
import { translationsOf } from '../layers/firewall.ts'
import { routesTo } from '../layers/route.ts'
import { azureIngress, filteredAt, routesOf } from './azure-exposure.ts'
import type { PlaceRegion } from './flows.ts'
import { type Frontend, frontendsOf } from './frontends.ts'
import { firewallHost, type Host, nodeHost, podHost, subnetHost } from './hosts.ts'
import {
  gatewayOf,
  hasPublicFrontend,
  isApplicationGatewayClass,
  isController,
  leadsTo,
  nodePortsOf,
  ROUTING_CLASS,
  withinRanges,
} from './inbound.ts'
import { type Answer, inSeriesLazily, whichever } from './outcome.ts'
import { poolsOf } from './placement.ts'
import { INTERNET, NOWHERE, type Places, places } from './places.ts'
import { placeBounds } from './prefixes.ts'
import { type Site, workerPools } from './state.ts'
import { walk } from './walk.ts'

/** What of the sources outside gets to a door: hosts of the internet, and those of networks. */
interface Arrivals {
  readonly outside: Bounds<Places>
  readonly inside: Bounds<Places>
}

/**
 * What the Azure network lets come to each way into a cluster, with sets: the same layers as the walk of one packet, asked once for each
 * frontend, port and pool, whatever stands behind them.
 */
export function toApproach(site: Site, cluster: Cluster): Approach {
  const known = new Map<string, Arrivals>()
  let frontends: ReadonlyMap<Resource, Frontend> | undefined
  let ingresses: ReadonlyMap<Resource, Ingress> | undefined
  const context: Context = {
    site,
    cluster,
    frontendOf: (resource) => {
      frontends ??= new Map(frontendsOf(site, cluster).map((one) => [one.service.resource, one]))
      return frontends.get(resource)
    },
    ingressOf: (resource) => {
      ingresses ??= new Map((site.state.kubernetes?.ingresses ?? []).map((one) => [one.resource, one]))
      return ingresses.get(resource)
    },
    remember: (key, make) => {
      const made = known.get(key) ?? make()
      known.set(key, made)
      return made
    },
  }
  return { narrow: (door, behind) => narrow(context, door, behind) }
}

interface Context {
  readonly site: Site
  readonly cluster: Cluster
  frontendOf(resource: Resource): Frontend | undefined
  ingressOf(resource: Resource): Ingress | undefined
  remember(key: string, make: () => Arrivals): Arrivals
}

function narrow(context: Context, door: PlainDoor, behind: readonly Workload[]): readonly PlainDoor[] {
  switch (door.kind) {
    case 'load-balancer':
      return throughBalancer(context, door)
    case 'node-port':
      return [throughNodePort(context, door)]
    case 'host-port':
    case 'host-network':
      return [throughHost(context, door, behind)]
    case 'ingress':
      return [throughIngress(context, door, behind)]
    case 'external-ip':
    case 'firewall-nat':
      // Which of the cluster's routes lead such an address to a node is not in the tree.
      return [door]
  }
}

// ---- load balancers ----

function throughBalancer(context: Context, door: PlainDoor): readonly PlainDoor[] {
  const frontend = context.frontendOf(door.resource)
  const port = portOf(door, frontend?.service)
  if (frontend === undefined || port === undefined) return [door]
  const arrivals = arrivalsAt(context, frontend, port)
  // What annotations admit, the node's own filter enforces alone; what the spec lists, kube-proxy drops on every way.
  const listed = exactly(frontend.nodeRanges ?? ALL_ADDRESSES)
  return [withArrivals({ ...door, sources: listed }, arrivals), ...translations(context, door, frontend, port)]
}

/** The port of the Service that the door is for. */
function portOf({ frontend }: PlainDoor, service: Service | undefined): ServicePort | undefined {
  const asked = samplePort(frontend)
  return asked && service?.ports.find(({ protocol, port }) => protocol === asked.protocol && port === asked.port)
}

/** One of the pools answers and nobody knows which: what all of them let in is certain. */
function arrivalsAt(context: Context, frontend: Frontend, port: ServicePort): Arrivals {
  const { site, cluster } = context
  const { service, floating, public: isPublic } = frontend
  return context.remember(`${service.resource.address} ${port.protocol} ${port.port}`, () => {
    const clients = portsFrom(port.protocol, port.port)
    const nodes = floating ? clients : portsFrom(port.protocol, port.nodePort)
    const parts = workerPools(cluster).map((pool): Arrivals => {
      const node = nodeHost(site, cluster, pool)
      const target: Host = floating ? { ...node, places: frontend.places } : node
      return {
        outside: isPublic === 'no' ? NOBODY : fromOutside(site, target, nodes),
        inside: isPublic === 'yes' ? NOBODY : toInternalFrontend(site, node, frontend, clients, nodes),
      }
    })
    const all = oneOf(parts)
    return isPublic === 'maybe' ? { outside: perhaps(all.outside), inside: perhaps(all.inside) } : all
  })
}

/** Without floating IP the client and its routes see the frontend, the node its own address and the node port. */
function toInternalFrontend(
  site: Site,
  node: Host,
  { floating, places: own }: Frontend,
  clients: ConnectionSet,
  nodes: ConnectionSet,
): Bounds<Places> {
  if (floating) return fromInside(site, { ...node, places: own }, clients)
  const balancer: Host = { ...node, places: own, subnet: undefined, cards: [] }
  return placeBounds.intersect(fromInside(site, balancer, clients), admittedAt(site, node, nodes))
}

/** NAT rules of firewalls that lead to the frontend; inside the network the firewall's address is the source. */
function translations(
  { site, cluster }: Context,
  door: PlainDoor,
  frontend: Frontend,
  { protocol, port }: ServicePort,
): readonly PlainDoor[] {
  if (port === undefined || (protocol !== 'TCP' && protocol !== 'UDP')) return []
  return site.azure.firewalls.all.flatMap((firewall) => {
    const home = firewallHost(site, firewall)
    const rules = translationsOf(site.azure, firewall)
    return rules.flatMap((rule, index): readonly PlainDoor[] => {
      const { step } = rule
      if (rule.address === undefined || !addressSets.covers(frontend.places.addresses, rule.address)) return []
      const outside = rule.port === undefined ? port : rule.ports.possible[0]
      const isMeant = rule.port === undefined ? hasNumber(rule.ports.possible, port) : rule.port === port
      if (!isMeant || outside === undefined || step.resource === undefined) return []
      const onward = inSeriesLazily(
        () =>
          whichever(
            workerPools(cluster).map((pool) => {
              const host: Host = { ...nodeHost(site, cluster, pool), places: frontend.places }
              return walk(site, home, { kind: 'host', host }, { protocol, port, name: undefined })
            }),
          ),
        () => withinRanges(frontend, { places: home.places, host: home, end: { kind: 'nodes' } }),
      )
      // The first rule that matches ends.
      const before = rules.slice(0, index).filter(({ ports, destination }) => {
        return hasNumber(ports.possible, outside) && places.equal(destination.certain, rule.destination.certain)
      })
      const left = before.reduce((all, { source }) => placeBounds.subtract(all, source), rule.source)
      const clients = placeBounds.intersect(left, exactly(INTERNET))
      const sources = answered(clients, step.resource.maybe === undefined ? onward.answer : weaker(onward.answer))
      if (places.isEmpty(sources.possible)) return []
      return [
        {
          ...door,
          kind: 'firewall-nat',
          resource: step.resource,
          origin: step.origin ?? step.resource.origin,
          public: publicTruth(sources),
          sources: addressesOf(sources),
          serviceTags: tagsOf(sources),
          frontend: singlePort(protocol, outside),
          seenAs: forwarded(door.seenAs, home.places.addresses),
        },
      ]
    })
  })
}

/** All of a protocol's where the port is not known. */
function portsFrom(protocol: PortProtocol, port: number | undefined): ConnectionSet {
  return port === undefined ? connectionSet(protocol) : singlePort(protocol, port)
}

/** What policies see of clients whose packets come from somebody else's address. */
function forwarded(seenAs: SeenAs, addresses: AddressSet): SeenAs {
  return seenAs === 'unfiltered' ? seenAs : { addresses, orNodes: seenAs === 'node-or-client' }
}

// ---- nodes ----

/** A node port answers on every node: one that lets the client in is enough. */
function throughNodePort(context: Context, door: PlainDoor): PlainDoor {
  const { site, cluster } = context
  const { protocol } = samplePort(door.target.possible) ?? { protocol: 'TCP' as const }
  const port = samplePort(door.frontend)?.port
  const arrivals = context.remember(`node port ${protocol} ${port} ${door.public}`, () =>
    workerPools(cluster)
      .map((pool) =>
        toNode(site, nodeHost(site, cluster, pool), pool, nodePortsOf(protocol, port), door.public !== 'no'),
      )
      .reduce(
        (a, b) => ({
          outside: placeBounds.union(a.outside, b.outside),
          inside: placeBounds.union(a.inside, b.inside),
        }),
        NO_ARRIVALS,
      ),
  )
  return withArrivals(door, arrivals)
}

/** The pod runs on one of the pools that take it. */
function throughHost(context: Context, door: PlainDoor, behind: readonly Workload[]): PlainDoor {
  const { site, cluster } = context
  const own = behind.find(({ resource }) => resource === door.resource)
  const pools = own === undefined ? workerPools(cluster) : poolsOf(cluster, own)
  const key = `host ${pools.map((pool) => cluster.pools.indexOf(pool)).join()} ${JSON.stringify(door.frontend)}`
  const arrivals = context.remember(key, () =>
    oneOf(pools.map((pool) => toNode(site, nodeHost(site, cluster, pool), pool, door.frontend, true))),
  )
  return withArrivals(door, arrivals)
}

function toNode(
  site: Site,
  node: Host,
  { publicIps }: NodePool,
  connections: ConnectionSet,
  fromInternet: boolean,
): Arrivals {
  const outside = (): Bounds<Places> => {
    const isPublic = knownValue(publicIps)
    if (!fromInternet || isPublic === false) return NOBODY
    const all = fromOutside(site, node, connections)
    return isPublic === true ? all : perhaps(all)
  }
  return { outside: outside(), inside: fromInside(site, node, connections) }
}

// ---- Ingress ----

function throughIngress(context: Context, door: PlainDoor, behind: readonly Workload[]): PlainDoor {
  const ingress = context.ingressOf(door.resource)
  if (ingress === undefined) return door
  return isApplicationGatewayClass(ingress)
    ? throughGateway(context, door, ingress, behind)
    : throughController(context, door, ingress)
}

/** Client to the gateway's subnet, and from there straight to the pod, which sees the gateway. */
function throughGateway(
  { site, cluster }: Context,
  door: PlainDoor,
  { annotations }: Ingress,
  behind: readonly Workload[],
): PlainDoor {
  const { gateway, subnet } = gatewayOf(site, cluster)
  const demand = samplePort(door.target.possible)
  if (subnet === undefined || demand === undefined) return door
  const host = subnetHost(site, subnet)
  const isPrivate = annotations.get('appgw.ingress.kubernetes.io/use-private-ip') === 'true'
  const pools = new Set(behind.flatMap((workload) => poolsOf(cluster, workload)))
  const onHost = behind.some(({ hostNetwork }) => hostNetwork === 'yes')
  const onward = whichever(
    [...pools].flatMap((pool) => {
      const pod = podHost(site, cluster, pool, onHost)
      return pod === undefined ? [] : [walk(site, host, { kind: 'host', host: pod }, { ...demand, name: undefined })]
    }),
  )
  const { answer } = onward
  const outside =
    isPrivate || !hasPublicFrontend(gateway) ? NOBODY : onAny(door.frontend, (on) => fromOutside(site, host, on, false))
  const inside = isPrivate ? onAny(door.frontend, (on) => fromInside(site, host, on)) : NOBODY
  const narrowed = withArrivals(door, { outside: answered(outside, answer), inside: answered(inside, answer) })
  return { ...narrowed, seenAs: { addresses: host.places.addresses, orNodes: false } }
}

/** The controller's own load balancer, where the tree runs the controller or an add-on of AKS does; else nobody knows it. */
function throughController(context: Context, door: PlainDoor, ingress: Ingress): PlainDoor {
  const { site, cluster } = context
  const workloads = (site.state.kubernetes?.workloads ?? []).filter((one) => isController(one, ingress))
  const entries = workloads.flatMap((controller) =>
    frontendsOf(site, cluster).flatMap((frontend) =>
      [80, 443].flatMap((number) => {
        const port = leadsTo(frontend.service, controller, { protocol: 'TCP', port: number, name: undefined })
        const wanted = connectionSets.covers(door.frontend, singlePort('TCP', number))
        return port === undefined || !wanted ? [] : [{ controller, arrivals: arrivalsAt(context, frontend, port) }]
      }),
    ),
  )
  const [first] = entries
  if (first !== undefined) {
    const all = entries
      .map(({ arrivals }) => arrivals)
      .reduce((a, b) => ({
        outside: placeBounds.union(a.outside, b.outside),
        inside: placeBounds.union(a.inside, b.inside),
      }))
    return { ...withArrivals(door, all), seenAs: { workload: first.controller.id } }
  }
  const { webAppRouting, defaultIngressController } = cluster.addons
  const kind = knownValue(defaultIngressController)
  if (ingress.className !== ROUTING_CLASS || surely(webAppRouting, false) || kind === undefined) return door
  const isPublic = kind === 'AnnotationControlled' || kind === 'External'
  const arrivals = context.remember(`add-on ${isPublic} ${JSON.stringify(door.frontend)}`, () =>
    oneOf(
      workerPools(cluster).map((pool) => {
        const node: Host = { ...nodeHost(site, cluster, pool), cards: [] }
        return {
          outside: isPublic ? onAny(door.frontend, (on) => fromOutside(site, node, on, false)) : NOBODY,
          inside: isPublic ? NOBODY : onAny(door.frontend, (on) => fromInside(site, node, on)),
        }
      }),
    ),
  )
  return withArrivals(door, arrivals)
}

// ---- what the fabric lets through ----

const NOBODY: Bounds<Places> = exactly(NOWHERE)
const NO_ARRIVALS: Arrivals = { outside: NOBODY, inside: NOBODY }

/** Public hosts whose packets the filters admit and whose answers go back the way the packets came. */
function fromOutside(site: Site, host: Host, connections: ConnectionSet, needsAnswer = true): Bounds<Places> {
  if (host.unknown !== undefined) return { certain: NOWHERE, possible: INTERNET }
  const admitted = placeBounds.intersect(admittedAt(site, host, connections), exactly(INTERNET))
  return needsAnswer ? placeBounds.intersect(admitted, answerable(site, host)) : admitted
}

/** Public hosts to which a subnet's routes lead straight. */
function answerable(site: Site, { subnet }: Host): Bounds<Places> {
  if (subnet === undefined) return exactly(INTERNET)
  const set = routesOf(site, subnet)
  if (set.unknown !== undefined) return { certain: NOWHERE, possible: INTERNET }
  let certain = INTERNET
  let possible = NOWHERE
  for (const { places: carried, route } of routesTo(set, INTERNET)) {
    const { kind } = route.hop
    const isStraight = kind === 'internet' || kind === 'service-endpoint'
    if (isStraight || kind === 'unknown') possible = places.union(possible, carried)
    if (!isStraight) certain = places.subtract(certain, carried)
  }
  return { certain: places.intersect(certain, possible), possible }
}

function fromInside(site: Site, host: Host, connections: ConnectionSet): Bounds<Places> {
  return peersOn(azureIngress(site, { ...host, publicIps: [] }), connections)
}

function admittedAt(site: Site, host: Host, connections: ConnectionSet): Bounds<Places> {
  return peersOn(filteredAt(site, host, 'inbound', { side: 'destination', places: host.places }), connections)
}

/** Who may open some connection of a set. With one port that is who may open it; of several, certain is who may open all. */
function peersOn({ certain, possible }: Bounds<PlaceRegion>, connections: ConnectionSet): Bounds<Places> {
  const some = possible
    .filter((part) => !connectionSets.isEmpty(connectionSets.intersect(part.connections, connections)))
    .reduce((all, { peers }) => places.union(all, peers), NOWHERE)
  const every = certain
    .filter((part) => connectionSets.covers(part.connections, connections))
    .reduce((all, { peers }) => places.union(all, peers), NOWHERE)
  return places.equal(some, every) ? exactly(every) : { certain: every, possible: some }
}

/** Listeners of web traffic: one of them that answers is enough. */
function onAny(connections: ConnectionSet, from: (connections: ConnectionSet) => Bounds<Places>): Bounds<Places> {
  const ports = toPairs(connections.TCP).map(([first]) => first)
  return ports.map((port) => from(singlePort('TCP', port))).reduce(placeBounds.union, NOBODY)
}

function oneOf(parts: readonly Arrivals[]): Arrivals {
  const either = (a: Bounds<Places>, b: Bounds<Places>): Bounds<Places> => ({
    certain: places.intersect(a.certain, b.certain),
    possible: places.union(a.possible, b.possible),
  })
  const [first = NO_ARRIVALS, ...rest] = parts
  return rest.reduce((a, b) => ({ outside: either(a.outside, b.outside), inside: either(a.inside, b.inside) }), first)
}

function perhaps({ possible }: Bounds<Places>): Bounds<Places> {
  return { certain: NOWHERE, possible }
}

function answered(where: Bounds<Places>, answer: Answer): Bounds<Places> {
  return answer === 'allowed' ? where : answer === 'denied' ? NOBODY : perhaps(where)
}

function weaker(answer: Answer): Answer {
  return answer === 'allowed' ? 'unknown' : answer
}

// ---- the door as it is left ----

function withArrivals(door: PlainDoor, { outside, inside }: Arrivals): PlainDoor {
  const all = placeBounds.union(outside, inside)
  const reached = addressesOf(all)
  const side = (which: 'certain' | 'possible') => addressSets.intersect(door.sources[which], reached[which])
  const isWhole = addressSets.covers(door.sources.possible, INTERNET.addresses)
  return {
    ...door,
    public: publicTruth(outside),
    sources: { certain: side('certain'), possible: side('possible') },
    serviceTags:
      door.serviceTags.length > 0 && !serviceSets.isEmpty(all.possible.services)
        ? door.serviceTags
        : isWhole
          ? tagsOf(all)
          : [],
  }
}

function addressesOf({ certain, possible }: Bounds<Places>): Bounds<AddressSet> {
  return { certain: certain.addresses, possible: possible.addresses }
}

/** The services among the sources, where they are single ones: all of them stand beside all addresses. */
function tagsOf({ possible: { services } }: Bounds<Places>): readonly string[] {
  if (services.others.except) return []
  return services.services.map(([name, { except, symbols }]) => (except ? name : `${name}.${symbols.join(', ')}`))
}

function publicTruth({ certain, possible }: Bounds<Places>): Truth {
  return !places.isEmpty(certain) ? 'yes' : places.isEmpty(possible) ? 'no' : 'maybe'
}
