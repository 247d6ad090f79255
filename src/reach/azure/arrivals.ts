import { type AddressSet, addressSets } from '../../algebra/addresses.ts'
import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { type ConnectionSet, connectionSets, singlePort } from '../../algebra/connections.ts'
import { toPairs } from '../../algebra/intervals.ts'
import { serviceSets } from '../../algebra/service-sets.ts'
import type { Truth } from '../../algebra/truth.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import type { Ingress } from '../../model/kubernetes/ingress.ts'
import type { Resource } from '../../parse/resource.ts'
import type { PlainDoor } from '../door.ts'
import { routesTo } from '../layers/route.ts'
import { azureIngress } from './azure-ingress.ts'
import { filteredAt } from './filtered-region.ts'
import type { PlaceRegion } from './flows.ts'
import type { Frontend } from './frontends.ts'
import { routesOf } from './host-routes.ts'
import type { Host } from './hosts.ts'
import type { Answer } from './outcome.ts'
import { INTERNET, NOWHERE, type Places, places } from './places.ts'
import { placeBounds } from './prefixes.ts'
import type { Site } from './state.ts'

/** What of the sources outside gets to a door: hosts of the internet, and those of networks. */
export interface Arrivals {
  readonly outside: Bounds<Places>
  readonly inside: Bounds<Places>
}

/** What every door of one cluster is asked with. */
export interface DoorContext {
  readonly site: Site
  readonly cluster: Cluster
  frontendOf(resource: Resource): Frontend | undefined
  ingressOf(resource: Resource): Ingress | undefined
  remember(key: string, make: () => Arrivals): Arrivals
}

/** No source at all, for certain. */
export const NOBODY: Bounds<Places> = exactly(NOWHERE)

/** Nobody gets to the door. */
export const NO_ARRIVALS: Arrivals = { outside: NOBODY, inside: NOBODY }

/** A door with the sources that are both meant by it and let through to it. */
export function withArrivals(door: PlainDoor, { outside, inside }: Arrivals): PlainDoor {
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

/** Public hosts whose packets the filters admit and whose answers go back the way the packets came. */
export function fromOutside(site: Site, host: Host, connections: ConnectionSet, needsAnswer = true): Bounds<Places> {
  if (host.unknown !== undefined) return { certain: NOWHERE, possible: INTERNET }
  const admitted = placeBounds.intersect(admittedAt(site, host, connections), exactly(INTERNET))
  return needsAnswer ? placeBounds.intersect(admitted, answerable(site, host)) : admitted
}

/** Public hosts to which a subnet's routes lead straight. */
export function answerable(site: Site, { subnet }: Host): Bounds<Places> {
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

/** Hosts of networks whose packets some connection of the set brings to the host. */
export function fromInside(site: Site, host: Host, connections: ConnectionSet): Bounds<Places> {
  return peersOn(azureIngress(site, { ...host, publicIps: [] }), connections)
}

/** Sources that the host's own filters admit. */
export function admittedAt(site: Site, host: Host, connections: ConnectionSet): Bounds<Places> {
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
export function onAny(
  connections: ConnectionSet,
  from: (connections: ConnectionSet) => Bounds<Places>,
): Bounds<Places> {
  const ports = toPairs(connections.TCP).map(([first]) => first)
  return ports.map((port) => from(singlePort('TCP', port))).reduce(placeBounds.union, NOBODY)
}

/** One of several arrivals is the case and nobody knows which: what all have is certain. */
export function oneOf(parts: readonly Arrivals[]): Arrivals {
  const either = (a: Bounds<Places>, b: Bounds<Places>): Bounds<Places> => ({
    certain: places.intersect(a.certain, b.certain),
    possible: places.union(a.possible, b.possible),
  })
  const [first = NO_ARRIVALS, ...rest] = parts
  return rest.reduce((a, b) => ({ outside: either(a.outside, b.outside), inside: either(a.inside, b.inside) }), first)
}

/** The same sources, none of them certain. */
export function perhaps({ possible }: Bounds<Places>): Bounds<Places> {
  return { certain: NOWHERE, possible }
}

/** The sources as far as what stands behind lets them on. */
export function answered(where: Bounds<Places>, answer: Answer): Bounds<Places> {
  return answer === 'allowed' ? where : answer === 'denied' ? NOBODY : perhaps(where)
}

/** The answer of something that only may exist. */
export function weaker(answer: Answer): Answer {
  return answer === 'allowed' ? 'unknown' : answer
}

/** The addresses among the sources. */
export function addressesOf({ certain, possible }: Bounds<Places>): Bounds<AddressSet> {
  return { certain: certain.addresses, possible: possible.addresses }
}

/** The services among the sources, where they are single ones: all of them stand beside all addresses. */
export function tagsOf({ possible: { services } }: Bounds<Places>): readonly string[] {
  if (services.others.except) return []
  return services.services.map(([name, { except, symbols }]) => (except ? name : `${name}.${symbols.join(', ')}`))
}

/** Whether anybody of the internet is among the sources. */
export function publicTruth({ certain, possible }: Bounds<Places>): Truth {
  return !places.isEmpty(certain) ? 'yes' : places.isEmpty(possible) ? 'no' : 'maybe'
}
